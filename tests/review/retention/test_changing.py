"""A line of the schedule: what it spells, what only counsel can answer, and what follows what."""

import datetime
from dataclasses import replace
from typing import Any

import pytest

from review.casework.codes import RecordClass
from review.errors import MalformedForm
from review.retention import changing
from review.retention.changing import BUILT_IN, Jurisdiction
from review.retention.schedule import Period
from tests import committee, retention

TODAY = committee.TODAY


def line(**data: Any) -> changing.Line:
    act = retention.change(**data)
    return changing.read(act.subject, act.data)


def test_every_class_that_a_case_can_get_has_a_built_in_line_without_a_question() -> None:
    assert {each.value for each in RecordClass} <= set(BUILT_IN)
    for each in BUILT_IN.values():
        assert changing.questions(each) == ()


def test_a_line_is_what_its_act_spells() -> None:
    found = line(period="P7Y6M", maximum="P3650D", jurisdictions=["EU", "US"])
    assert found.terms.period == Period(7, 6)
    assert found.terms.maximum == Period(days=3650)
    assert found.jurisdictions == (Jurisdiction.EU, Jurisdiction.US)


@pytest.mark.parametrize(
    "data",
    [
        {"period": "P"}, {"period": "7Y"}, {"period": "P7W"}, {"period": "P9999Y"},
        {"jurisdictions": []}, {"jurisdictions": ["US", "EU"]}, {"jurisdictions": ["XX"]},
        {"effective": "20261231"}, {"effective": "2026-02-30"}, {"basis": "WHIM"},
        {"disposition": "SELL"}, {"resolution": "a/c"}, {"version": True},
        {"version": "1"}, {"class": "RC-02"},
    ],
)  # fmt: skip
def test_what_is_no_line_is_refused(data: dict[str, Any]) -> None:
    with pytest.raises(MalformedForm):
        line(**data)


def test_an_act_about_another_subject_is_no_line() -> None:
    act = retention.change()
    for about in ("schedule/rc-02", "schedule/RC-01", "rc-01", "texts/en"):
        with pytest.raises(MalformedForm):
            changing.read(about, act.data)


def test_a_minimum_above_the_maximum_is_a_question_for_counsel() -> None:
    (asked,) = changing.questions(line(period="P7Y", maximum="P6Y11M"))
    assert asked.startswith("Ask counsel: RC-01 would be kept at least 7 years")
    assert changing.questions(line(period="P7Y", maximum="P7Y")) == ()


def test_a_country_s_limit_below_the_minimum_is_a_question_for_counsel() -> None:
    asked = changing.questions(line(period="P4Y", jurisdictions=["DE", "FR", "IT"]))
    assert [("Germany" in each, "France" in each) for each in asked] == [
        (True, False),
        (False, True),
    ]


def test_a_change_counts_only_from_a_later_day() -> None:
    before = BUILT_IN["RC-01"]
    for days, refused in ((-1, True), (0, True), (1, False)):
        effective = (TODAY + datetime.timedelta(days=days)).isoformat()
        assert bool(changing.refusals(line(effective=effective), before, TODAY)) == refused


def test_a_version_follows_the_one_before_it_and_takes_effect_no_sooner() -> None:
    first = line()
    second = line(version=2)
    assert changing.refusals(second, first, TODAY) == ()
    assert changing.refusals(first, first, TODAY)
    sooner = replace(second.terms, effective=TODAY + datetime.timedelta(days=1))
    assert "no sooner" in changing.refusals(replace(second, terms=sooner), first, TODAY)[0]


def test_the_newest_line_is_not_yet_the_one_in_force() -> None:
    agreed = [line()]
    assert changing.newest("RC-01", agreed) == agreed[0]
    assert changing.in_force("RC-01", agreed, TODAY) == BUILT_IN["RC-01"]
    assert changing.in_force("RC-01", agreed, retention.LATER) == agreed[0]
    assert changing.newest("RC-02", agreed) == BUILT_IN["RC-02"]
