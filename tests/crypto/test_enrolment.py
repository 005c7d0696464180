"""Requests for a seat: what is read, what is refused, and what an exchanged one looks like."""

import datetime
import json
import re

import pytest
from shamir_mnemonic.wordlist import WORDLIST

from crypto import enrolment, passphrase, strict
from crypto.age import seal
from crypto.enrolment import Enrolled, Request
from crypto.errors import EnrolmentRejected, InvalidSignature, MalformedEnrolment
from crypto.roster import Roster, parse
from tests import committee, node
from tests.groups import ROOT

DAY = datetime.date(2026, 11, 21)
ROSTER = committee.roster()
SEAT = "new-member"


def copy(name: str = "new") -> bytes:
    return seal(committee.identity(name).text.encode(), [committee.recipient("recovery")])


def document(seat: str = SEAT, name: str = "new", under: Roster = ROSTER) -> bytes:
    return enrolment.make(committee.seed(name), under, seat, DAY, None)


def request(seat: str = SEAT, name: str = "new", under: Roster = ROSTER) -> Request:
    return enrolment.verify(document(seat, name, under))


def changed(**changes: object) -> bytes:
    fields = strict.parse_canonical(document())
    assert isinstance(fields, dict)
    return strict.canonical({**fields, **changes})


def test_a_request_says_whose_key_it_brings_and_under_which_roster() -> None:
    made = request()
    assert (made.seat, made.on, made.roster) == (SEAT, DAY, ROSTER.hash)
    assert made.recipient == committee.recipient("new")
    assert len(made.fingerprint) == 24


@pytest.mark.parametrize(
    "changes",
    [
        {"recipient": committee.recipient("somebody-else").text},
        {"seat": "chair"},
        {"roster": "00" * 32},
        {"installation": "11" * 16},
        {"recovery": "00" * 32},
        {"on": "2026-11-22"},
    ],
)
def test_a_field_exchanged_on_the_way_is_found_out(changes: dict[str, object]) -> None:
    with pytest.raises(InvalidSignature):
        enrolment.verify(changed(**changes))


@pytest.mark.parametrize(
    "changes",
    [{"v": 2}, {"seat": "No Such"}, {"recipient": "age1pq1"}, {"more": 1}, {"on": "2026-02-30"}],
)
def test_what_is_no_request_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(MalformedEnrolment):
        enrolment.verify(changed(**changes))


def test_another_key_has_another_fingerprint() -> None:
    prints = {request(name=name).fingerprint for name in ("new", "newer", "newest")}
    assert len(prints) == 3


def test_a_request_made_under_an_earlier_roster_is_refused() -> None:
    old = request()
    enrolment.check_fits(old, ROSTER)
    with pytest.raises(EnrolmentRejected, match="to be made again"):
        enrolment.check_fits(old, committee.next_roster(ROSTER))


def test_a_key_that_the_roster_has_is_refused() -> None:
    with pytest.raises(EnrolmentRejected, match="is on the roster"):
        enrolment.check_fits(request(name="member-1"), ROSTER)


def test_another_installation_s_request_is_refused() -> None:
    elsewhere = committee.roster(installation="ab" * 16)
    with pytest.raises(EnrolmentRejected, match="another installation"):
        enrolment.check_fits(request(under=elsewhere), ROSTER)


def test_an_exchanged_recovery_copy_is_found_out() -> None:
    own, other = copy(), copy("somebody-else")
    made = enrolment.verify(enrolment.make(committee.seed("new"), ROSTER, SEAT, DAY, own))
    enrolment.check_copy(made, own)
    for wrong in (other, None):
        with pytest.raises(EnrolmentRejected, match="not the one that was made"):
            enrolment.check_copy(made, wrong)
        with pytest.raises(EnrolmentRejected):
            enrolment.read_list(enrolment.write_list([Enrolled(made, wrong)]))


def test_a_file_of_requests_comes_back_as_it_was_written() -> None:
    own = copy()
    made = enrolment.verify(enrolment.make(committee.seed("new"), ROSTER, SEAT, DAY, own))
    both = (Enrolled(request("aa", "aa"), None), Enrolled(made, own))
    written = enrolment.write_list(reversed(both))
    assert enrolment.read_list(written) == both
    assert enrolment.write_list(enrolment.read_list(written)) == written


def test_two_requests_of_one_seat_are_refused() -> None:
    both = [Enrolled(request(), None), Enrolled(request(name="newer"), None)]
    with pytest.raises(MalformedEnrolment, match="of one seat"):
        enrolment.read_list(enrolment.write_list(both))


@pytest.mark.parametrize(
    "data", [b"", b"{}", b'{"requests":[{"recovery":null,"request":"!"}],"v":1}']
)
def test_what_is_no_file_of_requests_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedEnrolment):
        enrolment.read_list(data)


def example() -> bytes:
    """The request of docs/spec/enrolment.md: the identity is the bytes 0 to 31."""
    bases = json.loads((ROOT / "tests/vectors/roster.json").read_text())["bases"]
    under = parse(bases["small"].encode())
    return enrolment.make(bytes(range(32)), under, "gloria", DAY, b"copy")


def test_the_example_request_is_the_one_that_its_page_describes() -> None:
    short = re.sub(
        r'"((?:age1pq1)?[A-Za-z0-9+/]{8})[A-Za-z0-9+/=]{35,}"', r'"\1…"', example().decode()
    )
    page = (ROOT / "docs/spec/enrolment.md").read_text()
    assert re.findall(r"```json\n(.+?)\n```", page) == [short]


@pytest.mark.node
def test_a_browser_makes_the_same_request_and_the_same_passphrases() -> None:
    script = """
        import { makeRequest } from "./crypto/browser/src/enrolment.js";
        import { makePassphrase, WORDLIST } from "./crypto/browser/src/passphrase.js";
        import { parseRoster } from "./crypto/browser/src/roster.js";
        import { readFileSync } from "node:fs";
        const { bases } = JSON.parse(readFileSync("tests/vectors/roster.json", "utf8"));
        const roster = parseRoster(new TextEncoder().encode(bases.small));
        const seed = Uint8Array.from({ length: 32 }, (_, at) => at);
        const copy = new TextEncoder().encode("copy");
        const made = await makeRequest(seed, roster, "gloria", "2026-11-21", copy);
        const passphrase = makePassphrase((size) => seed.subarray(1, 1 + size));
        const request = new TextDecoder().decode(made.document);
        const { fingerprint } = made;
        console.log(JSON.stringify({ request, fingerprint, passphrase, words: WORDLIST }));
    """
    done = node.run("--input-type=module", "--eval", script)
    assert done.returncode == 0, done.stderr
    made = json.loads(done.stdout)
    assert made["request"].encode() == example()
    assert made["fingerprint"] == enrolment.verify(example()).fingerprint
    assert made["words"] == list(WORDLIST)
    assert made["passphrase"] == passphrase.make(lambda size: bytes(range(1, 1 + size)))
