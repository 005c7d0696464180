"""Forms ask what the vocabulary asks, keep what was typed, and say what would follow."""

import json
from datetime import date

import pytest

from review.charter.clauses import default_charter
from review.charter.located import Json
from review.charter.parse import parse_book
from review.charter.render import render_book
from review.charter.vocabulary import event_types
from review.charter_forms.consequences import Consequences, consequences
from review.charter_forms.drafts import draft
from review.charter_forms.duties import DECISIONS, DUTIES, ON_EVERY_DUTY
from review.charter_forms.inputs import inputs
from tests.review.charter.good_years import good_book

CHARTER = default_charter()
BOOK = good_book(2026, 2)
MEETING = {
    "event_date": ["2026-06-10"],
    "meeting": ["m-extra"],
    "kind": ["SPECIAL"],
    "opened": ["09:00"],
    "closed": ["11:00"],
    "attendance.0.person": ["ana"],
    "attendance.0.as": ["MEMBER"],
    "attendance.1.person": ["bo"],
    "attendance.1.as": ["MEMBER"],
    "attendance.1.out": ["09:30"],
    "executive_sessions.0.with": ["MANAGEMENT"],
    "executive_sessions.0.present": ["ana", "bo", "cfo"],
    "items.0.item": ["1"],
    "items.0.title": ["Approve a service"],
    "items.0.at": ["10:00"],
    "items.0.vote.for": ["ana"],
    "items.0.vote.against": [""],
    "items.0.outcome": ["APPROVED"],
}


def test_every_record_of_the_charter_is_on_exactly_one_page() -> None:
    paged = [name for duty in DUTIES for name in duty.types] + [*DECISIONS, *ON_EVERY_DUTY]
    charter = [one.name for one in event_types().values() if one.half == "CHARTER"]
    assert len(DUTIES) == 13
    assert sorted(paged) == sorted(
        charter + ["record_withdrawn"] * ("record_withdrawn" not in charter)
    )


@pytest.mark.parametrize("name", sorted(event_types()))
def test_each_form_has_an_input_for_each_field_it_needs(name: str) -> None:
    asked = inputs(name)
    names = [one.name for one in asked]
    assert len(names) == len(set(names))
    assert {one.name.split(".")[0] for one in asked} >= {f.name for f in event_types()[name].fields}


def test_what_does_not_fit_is_kept_as_it_was_typed() -> None:
    typed = {"event_date": ["soon"], "engagement": ["e"], "amount": ["12,5"], "change_order": ["?"]}
    found = draft("fee_set", typed)
    assert (found["event_date"], found["amount"], found["change_order"]) == ("soon", "12,5", "?")
    told = consequences(CHARTER, BOOK, [found], date(2026, 6, 10))
    assert {problem.field for problem in told.problems} >= {"event_date", "amount", "change_order"}


def test_blank_is_silence_and_an_answer_of_nobody_is_a_list() -> None:
    found = draft("meeting_held", MEETING)
    items = found["items"]
    assert isinstance(items, list)
    assert items[0] == {
        "item": "1",
        "title": "Approve a service",
        "at": "10:00",
        "vote": {"for": ["ana"], "against": []},
        "outcome": "APPROVED",
    }
    assert "place" not in found


def _told(*drafts: dict[str, Json]) -> Consequences:
    before = render_book(BOOK)
    told = consequences(CHARTER, BOOK, json.loads(json.dumps(drafts)), date(2026, 6, 11))
    assert render_book(BOOK) == before
    assert told.problems == ()
    return told


def test_a_quorum_lost_before_a_vote_is_told_before_it_is_recorded() -> None:
    told = _told(draft("meeting_held", MEETING))
    assert "N04" in {one.code for one in told.appear}
    assert all(one.sentence for one in told.appear)


def test_a_pre_approval_after_the_start_of_work_is_told_before_it_is_recorded() -> None:
    service = {
        "event_date": ["2026-06-01"],
        "service": ["s-extra"],
        "firm": [BOOK.firms[0]],
        "fiscal_year": ["2026"],
        "category": ["OTHER"],
        "description": ["A training day for the finance team"],
        "recognised_as_non_audit": ["yes"],
        "prohibited_screen.result": ["CLEAR"],
    }
    approval = {
        "event_date": ["2026-06-10"],
        "pre_approval": ["p-extra"],
        "services": ["s-extra"],
        "route": ["SPECIFIC"],
        "decision.meeting": ["m-extra"],
        "decision.item": ["1"],
    }
    begun = {"event_date": ["2026-06-02"], "service": ["s-extra"]}
    told = _told(
        draft("service_requested", service),
        draft("service_started", begun),
        draft("meeting_held", MEETING | {"attendance.1.out": [""]}),
        draft("pre_approval_given", approval),
    )
    assert "P02" in {one.code for one in told.appear if one.about == "s-extra"}


def test_a_prohibited_service_is_told_before_it_is_recorded() -> None:
    service = {
        "event_date": ["2026-06-01"],
        "service": ["s-extra"],
        "firm": [BOOK.firms[0]],
        "fiscal_year": ["2026"],
        "category": ["OTHER"],
        "description": ["Keeping the subsidiary's books"],
        "recognised_as_non_audit": ["yes"],
        "prohibited_screen.code": ["PRH-1"],
        "prohibited_screen.result": ["PROHIBITED"],
    }
    told = _told(draft("service_requested", service))
    assert [one.standing for one in told.appear if one.code == "P01"] == ["BLOCKED"]


def test_withdrawing_the_meeting_takes_its_finding_away_again() -> None:
    document = json.loads(render_book(BOOK))
    document["events"].append(
        {"id": "held", "recorded_at": "2026-06-10", **draft("meeting_held", MEETING)}
    )
    book = parse_book(json.dumps(document))
    typed = {"event_date": ["2026-06-11"], "reason": ["It was another day"], "supersedes": ["held"]}
    told = consequences(CHARTER, book, [draft("record_withdrawn", typed)], date(2026, 6, 11))
    assert told.problems == ()
    assert "N04" in {one.code for one in told.disappear}
