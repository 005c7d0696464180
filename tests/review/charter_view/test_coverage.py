"""The charter's page: every word of it, the state of each clause, and what to do first."""

from datetime import date, timedelta

import pytest

from review.charter.findings import Assessment, Severity, Status
from review.charter_view.coverage import AHEAD, STEPS, coverage
from review.charter_view.shelf import Shelf
from review.charter_view.states import STATES, worst
from tests.review.charter_view.stories import CHARTER, F1, F2, seen

YEAR_END = date(2026, 12, 31)


def states(found: Assessment, shelf: Shelf) -> dict[str, Status]:
    lines = coverage(CHARTER, found, shelf).lines
    return {line.clause.id: line.state.status for line in lines if line.state}


def test_the_page_has_the_charter_word_for_word() -> None:
    shown = coverage(CHARTER, *seen(F1, YEAR_END))
    assert "\n".join(line.clause.text for line in shown.lines) + "\n" == CHARTER.text


def test_every_status_has_a_word_and_a_shape_of_its_own() -> None:
    assert {state.status for state in STATES} == set(Status)
    assert len({state.word for state in STATES}) == len({s.shape for s in STATES}) == len(Status)


def test_a_clause_with_an_open_breach_is_breached_though_a_judgement_is_owed_too() -> None:
    assert states(*seen(F1, YEAR_END))["R-1d"] is Status.BREACHED
    assert states(*seen(F1, date(2026, 2, 24)))["R-1d"] is not Status.BREACHED


def test_an_unknown_leaf_is_never_hidden_behind_one_that_is_met() -> None:
    assert worst([Status.SATISFIED, Status.UNKNOWN]).status is Status.UNKNOWN
    assert worst([Status.UNKNOWN, Status.BREACHED]).status is Status.BREACHED
    assert worst([]).status is Status.NOT_APPLICABLE


@pytest.mark.parametrize("name", [F1, F2])
def test_unknown_always_has_its_reason(name: str) -> None:
    shown = coverage(CHARTER, *seen(name, YEAR_END))
    leaves = [leaf for line in shown.lines for leaf in line.leaves] + list(shown.overlay)
    unknown = [leaf for leaf in leaves if leaf.state.status is Status.UNKNOWN]
    assert unknown
    assert all(leaf.reason for leaf in unknown)


@pytest.mark.parametrize("name", [F1, F2])
def test_the_counts_are_those_of_the_open_findings_on_any_day(name: str) -> None:
    day = date(2026, 1, 1)
    for _ in range(30):
        found, shelf = seen(name, day)
        shown = coverage(CHARTER, found, shelf)
        assert sum(n for _, n in shown.counts) == sum(one.is_open for one in found.findings)
        assert sum(n for _, n in shown.states) == sum(bool(line.leaves) for line in shown.lines)
        day += timedelta(days=23)


def test_what_to_do_next_begins_with_the_gravest_and_says_each_thing_once() -> None:
    shown = coverage(CHARTER, *seen(F1, YEAR_END))
    findings = [step.finding for step in shown.steps if step.finding]
    assert findings[0].severity is Severity.B
    codes = [one.code for one in findings]
    assert len(codes) == len(set(codes))
    assert "P01" not in codes, "what was blocked was never done and needs no cure"
    assert 0 < len(shown.steps) <= STEPS


def test_without_a_grave_finding_the_next_thing_is_what_is_due_soonest() -> None:
    found, shelf = seen(F2, YEAR_END)
    step = coverage(CHARTER, found, shelf).steps[0]
    assert step.finding is None
    assert step.due == min(o.due for o in found.occurrences if o.due and o.status in AHEAD)
