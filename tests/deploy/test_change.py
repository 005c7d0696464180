"""Changes of the roster: who comes and goes, and whose key is another."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from itertools import combinations

import pytest

from crypto import age, enrolment, recovery, signing, strict
from crypto.cosignature import Signer
from crypto.enrolment import Enrolled
from crypto.errors import EnrolmentRejected, InvalidSignature, MalformedRoster, WrongIdentity
from crypto.identity import Identity, read_identity_file
from crypto.recipient import Recipient
from crypto.roster import Roster, check_follows
from deploy import change
from deploy.change import Change, Root
from deploy.committee import Seat
from deploy.errors import FingerprintDiffers, NotOfTheCommittee
from tests import committee

TODAY = date(2027, 1, 8)
ROSTER = committee.roster()
ROOT = Root(ROSTER, committee.ROOT_SEED, TODAY)
NEW = Seat("new", "member", "Director", "Gloria Pratt")


def enrolled(seat: str = "new", name: str = "new", under: Roster = ROSTER) -> Enrolled:
    text = committee.identity(name).text.encode() + b"\n"
    copy = age.seal(text, [committee.recipient("recovery")])
    made = enrolment.make(committee.seed(name), under, seat, TODAY, copy)
    return Enrolled(enrolment.verify(made), copy)


def ids(roster: Roster) -> list[str]:
    return [reader.id for reader in roster.readers]


CHANGES: dict[str, Callable[[], Change]] = {
    "join": lambda: change.join(ROOT, enrolled(), NEW),
    "leave": lambda: change.leave(ROOT, "member-2"),
    "seat": lambda: change.seat_again(ROOT, "member-1", "chair"),
    "extend": lambda: change.extend(ROOT),
    "reader": lambda: change.rotate_reader(ROOT, enrolled("member-1")),
    **{name: partial(made, ROOT) for name, made in change.OFFICES.items()},
}


@pytest.mark.parametrize("name", list(CHANGES))
def test_every_change_is_the_next_roster_signed_by_the_root(name: str) -> None:
    made = CHANGES[name]()
    check_follows(made.roster, ROSTER)
    assert (made.roster.epoch, made.roster.issued_on) == (2, TODAY)
    assert made.roster.installation == ROSTER.installation
    assert made.done


def test_who_joins_has_the_seat_and_the_key_of_their_request() -> None:
    made = change.join(ROOT, enrolled(), NEW)
    reader = made.roster.reader("new")
    assert reader is not None
    assert (reader.role, reader.name) == ("member", "Gloria Pratt")
    assert reader.recipient == committee.recipient("new")
    assert reader.verify_key == signing.verify_key(committee.signing_seed("new"))
    assert [paper.path for paper in made.papers] == ["safe/recovery/new.age"]


def test_who_was_listed_and_joins_is_there_once() -> None:
    made = change.join(ROOT, enrolled("finance"), Seat("finance", "member", "Director", "Henry"))
    assert ids(made.roster)[-1] == "finance"
    assert "finance" not in {each.id for each in made.roster.listed}


def test_nobody_joins_twice_or_with_another_s_request() -> None:
    with pytest.raises(NotOfTheCommittee, match="has a seat already"):
        change.join(ROOT, enrolled("chair"), Seat("chair", "chair", "Chair", "Ada"))
    with pytest.raises(NotOfTheCommittee, match="request is of new"):
        change.join(ROOT, enrolled(), Seat("other", "member", "Director", "Other"))


def test_a_request_played_again_under_a_later_roster_is_refused() -> None:
    old = enrolled()
    without = change.leave(Root(change.join(ROOT, old, NEW).roster, ROOT.seed, TODAY), "new")
    with pytest.raises(EnrolmentRejected, match="to be made again"):
        change.join(Root(without.roster, ROOT.seed, TODAY), old, NEW)


def test_a_request_that_the_server_exchanged_is_found_out_by_its_fingerprint() -> None:
    own, exchanged = enrolled(), enrolled(name="the-server-s")
    change.read_aloud(own.request, own.request.fingerprint)
    with pytest.raises(FingerprintDiffers, match="was read aloud"):
        change.read_aloud(exchanged.request, own.request.fingerprint)


def test_a_fingerprint_is_typed_as_people_hear_it() -> None:
    request = enrolled().request
    heard = request.fingerprint.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    change.read_aloud(request, f"  {heard} ")
    for wrong in ("", request.fingerprint[:-1], request.fingerprint + "0"):
        with pytest.raises(FingerprintDiffers):
            change.read_aloud(request, wrong)


def test_who_leaves_is_gone_or_stays_listed() -> None:
    assert "member-2" not in change.leave(ROOT, "member-2").roster.ids
    made = change.leave(ROOT, "member-2", stays_listed=True)
    assert "member-2" not in ids(made.roster)
    assert "member-2" in {each.id for each in made.roster.listed}
    assert "secretary" not in change.leave(ROOT, "secretary").roster.ids
    with pytest.raises(NotOfTheCommittee):
        change.leave(ROOT, "nobody")


def test_a_roster_keeps_two_readers() -> None:
    roster = ROSTER
    for person in ("counsel", "alternate", "member-2"):
        roster = change.leave(Root(roster, ROOT.seed, TODAY), person).roster
    with pytest.raises(MalformedRoster, match="at least two readers"):
        change.leave(Root(roster, ROOT.seed, TODAY), "member-1")


def test_a_new_chair_takes_the_place_of_the_old_one() -> None:
    made = change.seat_again(ROOT, "member-1", "chair").roster
    assert {each.id: each.role for each in made.readers} == {
        "chair": "member",
        "member-1": "chair",
        "member-2": "member",
        "alternate": "alternate",
        "counsel": "counsel",
    }
    with pytest.raises(NotOfTheCommittee):
        change.seat_again(ROOT, "finance", "chair")


def test_a_roster_is_extended_or_shortened() -> None:
    same = ROSTER.expires_on - ROSTER.issued_on
    assert change.extend(ROOT).roster.expires_on == TODAY + same
    short = Root(ROSTER, ROOT.seed, TODAY, days=30)
    assert change.extend(short).roster.expires_on == TODAY + timedelta(days=30)


def test_a_reader_s_new_key_takes_the_place_of_the_old_one() -> None:
    made = change.rotate_reader(ROOT, enrolled("member-1"))
    reader = made.roster.reader("member-1")
    assert reader is not None
    assert (reader.role, reader.name) == ("member", "Ben Okafor")
    assert reader.recipient == committee.recipient("new")
    assert ids(made.roster) == ids(ROSTER)
    with pytest.raises(NotOfTheCommittee, match="to join"):
        change.rotate_reader(ROOT, enrolled())


def test_a_new_routing_identity_is_the_roster_s() -> None:
    made = change.rotate_routing(ROOT)
    (paper,) = made.papers
    assert read_identity_file(paper.content)[0].recipient == made.roster.routing
    assert made.roster.routing != ROSTER.routing


def test_earlier_statement_keys_stay_listed_as_long_as_there_is_room() -> None:
    roster = ROSTER
    for _ in range(9):
        made = change.rotate_statement(Root(roster, ROOT.seed, TODAY))
        new = signing.verify_key(strict.b64(made.papers[0].content.decode().strip()))
        assert made.roster.statement_keys[0] == new
        assert made.roster.statement_keys[1:] == roster.statement_keys[:7]
        roster = made.roster


def test_another_key_of_the_ledger_is_another_ledger_s() -> None:
    made = change.rotate_ledger(ROOT)
    signer = Signer.parse(made.papers[0].content.decode().removesuffix("\n"))
    assert signer.key == made.roster.ledger_key
    first = f"underrose/{ROSTER.installation}/2"
    assert signer.name == first
    later = change.rotate_ledger(Root(made.roster, ROOT.seed, TODAY)).roster.ledger_key
    assert later is not None
    assert later.name == f"underrose/{ROSTER.installation}/3"


def copies() -> dict[str, bytes]:
    recipient = committee.recipient("recovery")
    return {
        name: age.seal(committee.identity(name).text.encode() + b"\n", [recipient])
        for name in ids(ROSTER)
    }


def test_a_new_recovery_key_opens_every_copy_and_the_old_one_none() -> None:
    made = change.rotate_recovery(ROOT, copies(), committee.identity("recovery"))
    papers = {paper.path: paper.content for paper in made.papers}
    (new,) = read_identity_file(papers["safe/recovery.identity"])
    assert new.recipient == made.roster.recovery
    for name in ids(ROSTER):
        sealed = papers[f"safe/recovery/{name}.age"]
        (own,) = read_identity_file(age.open_sealed(sealed, [new]))
        assert own.recipient == committee.recipient(name)
        with pytest.raises(WrongIdentity):
            age.open_sealed(sealed, [committee.identity("recovery")])


def test_no_recovery_copy_is_left_behind() -> None:
    missing, wrong = copies(), copies()
    del missing["counsel"]
    wrong["counsel"] = wrong["chair"]
    for held in (missing, wrong):
        with pytest.raises(NotOfTheCommittee, match="counsel"):
            change.rotate_recovery(ROOT, held, committee.identity("recovery"))


def test_another_root_key_changes_nothing() -> None:
    with pytest.raises(InvalidSignature):
        change.extend(Root(ROSTER, bytes(32), TODAY))


def test_any_two_of_three_shares_open_a_recovery_copy() -> None:
    shares = recovery.split(committee.seed("recovery"), 2, 3)
    for chosen in combinations(shares, 2):
        joined = Identity.from_seed(recovery.join(chosen))
        (own,) = read_identity_file(age.open_sealed(copies()["chair"], [joined]))
        assert own.recipient == Recipient.parse(committee.recipient("chair").text)
