"""What a hold asks for while it stands: notices, acknowledgements, and a look every six months."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.errors import MalformedForm
from review.retention import custody
from review.retention.custody import ACKNOWLEDGE, NOTIFY, REVIEW, Awaited, Due, Note, Notice
from tests import committee, retention

DAY = timedelta(days=1)
PLACED = date(2026, 3, 31)


def note(kind: str, day: date, on: date | None = None, custodian: str = "IT-2") -> Note:
    return Note(kind, "" if kind == REVIEW else custodian, day, on or day)


def read(kind: str, **data: Any) -> Note:
    act = retention.noted(kind, **data)
    return custody.read(act.act, act.subject, act.data, act.on)


def test_an_act_says_who_was_told_and_when() -> None:
    found = read(NOTIFY)
    assert found == Note(NOTIFY, "IT-2", committee.TODAY, committee.TODAY)
    assert read(REVIEW) == note(REVIEW, committee.TODAY)


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        (NOTIFY, {"custodian": "a:b"}), (NOTIFY, {"day": "tomorrow"}),
        (NOTIFY, {"day": "20261121"}), (NOTIFY, {"more": "x"}), (REVIEW, {"custodian": "IT-2"}),
        ("place-hold", {}),
    ],
)  # fmt: skip
def test_what_is_no_note_of_a_hold_is_refused(kind: str, data: dict[str, Any]) -> None:
    with pytest.raises(MalformedForm):
        read(kind, **data)


def test_the_subject_is_the_hold_s_and_no_other_thing_s() -> None:
    assert custody.hold_of(custody.subject(retention.HOLD)) == retention.HOLD
    for about in (retention.HOLD, f"hold/{retention.HOLD}", "custody/ab", f"custody/{'A' * 64}"):
        assert custody.hold_of(about) is None


def test_nobody_acknowledges_what_they_were_not_told_or_before_they_were() -> None:
    told = [note(NOTIFY, PLACED)]
    answer = note(ACKNOWLEDGE, PLACED)
    assert custody.refusals(answer, []) == ("Nobody has told them of the hold yet.",)
    assert custody.refusals(answer, told) == ()
    before = note(ACKNOWLEDGE, PLACED - DAY, PLACED)
    assert custody.refusals(before, told) == ("They were told on a later day than that.",)
    again = custody.refusals(answer, [*told, answer])
    assert again == ("They have acknowledged it already.",)
    ahead = custody.refusals(note(NOTIFY, PLACED + DAY, PLACED), [])
    assert ahead == ("That day is still to come.",)


def test_who_is_told_again_has_to_acknowledge_it_again() -> None:
    notes = [note(NOTIFY, PLACED), note(ACKNOWLEDGE, PLACED), note(NOTIFY, PLACED + DAY)]
    assert custody.notices(notes) == (Notice("IT-2", PLACED, PLACED + DAY, None),)


def test_a_notice_is_awaited_until_it_is_acknowledged() -> None:
    told = [note(NOTIFY, PLACED, custodian="member-1")]
    first = custody.awaited(PLACED, "chair", "member-1", told)[0]
    assert first == Awaited(Due.ACKNOWLEDGE, "member-1", PLACED)
    known = [*told, note(ACKNOWLEDGE, PLACED, custodian="member-1")]
    (only,) = custody.awaited(PLACED, "chair", "member-1", known)
    assert only.what is Due.REVIEW


def test_a_custodian_who_did_not_place_it_is_to_be_told() -> None:
    first = custody.awaited(PLACED, "chair", "member-1", [])[0]
    assert first == Awaited(Due.TELL, "member-1", PLACED)
    assert [each.what for each in custody.awaited(PLACED, "chair", "chair", [])] == [Due.REVIEW]


@given(st.lists(st.dates(PLACED, date(2040, 1, 1)), max_size=5).map(sorted))
def test_a_hold_is_looked_at_again_six_months_after_it_last_was(days: list[date]) -> None:
    due = custody.review_by(PLACED, [note(REVIEW, day) for day in days])
    last = max(days, default=PLACED)
    assert 181 <= (due - last).days <= 184
    assert due.day in (last.day, 28, 29, 30)
