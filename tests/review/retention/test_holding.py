"""A hold as its act spells it."""

import datetime
from typing import Any

import pytest

from review.errors import MalformedForm
from review.retention import holding
from review.retention.holds import Record
from tests import retention

CASE = "ef" * 32


def terms(**data: Any) -> holding.Terms:
    act = retention.hold(b"sealed", **data)
    return holding.read(act.subject, act.data)


def test_a_hold_is_what_its_act_spells() -> None:
    found = terms(classes=["RC-01", "RC-05"], begun="2026-01-01", to="2026-12-31")
    assert (found.hold, found.matter, found.custodian) == (retention.HOLD, "M-1", "chair")
    inside = Record(CASE, "RC-05", datetime.date(2026, 12, 31))
    assert found.scope.covers(inside)
    assert not found.scope.covers(Record(CASE, "RC-05", datetime.date(2027, 1, 1)))
    assert not found.scope.covers(Record(CASE, "", datetime.date(2026, 12, 31)))


def test_a_hold_that_names_a_case_covers_no_other() -> None:
    found = terms(cases=[CASE])
    assert found.scope.covers(Record(CASE, "", datetime.date(2026, 1, 1)))
    assert not found.scope.covers(Record("00" * 32, "", datetime.date(2026, 1, 1)))


@pytest.mark.parametrize(
    "data",
    [
        {"matter": "a:b"}, {"matter": "x/y"}, {"matter": "x" * 41}, {"custodian": "CHAIR"},
        {"classes": ["RC-99"]}, {"classes": ["RC-02", "RC-01"]}, {"classes": "RC-01"},
        {"categories": ["a"]}, {"categories": "REV"},
        {"cases": ["ef"]}, {"cases": [CASE, CASE]}, {"sealed": "ab"}, {"to": "tomorrow"},
        {"begun": "2026-12-31", "to": "2026-01-01"}, {"begun": "20261231"}, {"more": "x"},
    ],
)  # fmt: skip
def test_what_is_no_hold_is_refused(data: dict[str, Any]) -> None:
    with pytest.raises(MalformedForm):
        terms(**data)


def test_a_hold_has_the_name_that_its_subject_has() -> None:
    assert holding.hold_of(holding.subject(retention.HOLD)) == retention.HOLD
    for about in ("hold/", "hold/ab", retention.HOLD, f"hold/{'A' * 64}"):
        assert holding.hold_of(about) is None
