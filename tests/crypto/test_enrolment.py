"""Requests for a seat: what is read, what is refused, and what an exchanged one looks like."""

import datetime

import pytest

from crypto import enrolment, strict
from crypto.age import seal
from crypto.enrolment import Enrolled, Request
from crypto.errors import EnrolmentRejected, InvalidSignature, MalformedEnrolment
from crypto.roster import Roster
from tests import committee

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
