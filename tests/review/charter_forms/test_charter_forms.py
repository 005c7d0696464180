"""Forms ask what the vocabulary asks, keep what was typed, and say what would follow."""

import json
from datetime import date

import pytest

from review.charter.clauses import default_charter
from review.charter.errors import Problem
from review.charter.located import Json
from review.charter.parse import parse_book
from review.charter.render import render_book
from review.charter.vocabulary import event_types
from review.charter_forms.consequences import Consequences, consequences
from review.charter_forms.drafts import draft, typed
from review.charter_forms.duties import DECISIONS, DUTIES, ON_EVERY_DUTY
from review.charter_forms.form import form, rows_in
from review.charter_forms.history import register
from review.charter_forms.inputs import inputs
from review.charter_forms.known import Choices
from review.charter_forms.start import head, shown, steps
from review.charter_view.shelf import Shelf
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
    paged = [name for duty in DUTIES for name in duty.types] + [*DECISIONS.types, *ON_EVERY_DUTY]
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


def test_what_a_form_shows_of_a_record_is_read_back_as_the_same_record() -> None:
    frame = ("id", "recorded_at", "recorded_by")
    for event in BOOK.events:
        own = {name: value for name, value in event.fields.items() if name not in frame}
        assert draft(event.type, typed(own)) == own


def test_a_row_of_the_checklist_that_was_not_answered_is_no_answer() -> None:
    posted = {f"rows.{n}.row": [str(n + 1)] for n in range(37)}
    posted |= {"rows.4.response": ["NIL"]}
    assert draft("required_communications_made", posted)["rows"] == [{"row": 5, "response": "NIL"}]


def test_numbers_and_bands_are_typed_one_a_line() -> None:
    found = draft("quarter_aggregate", {"cells": ["received: 0-2\r\nholds: 4"]})
    assert found["cells"] == {"received": "0-2", "holds": 4}
    assert draft("quarter_aggregate", {"cells": ["received"]})["cells"] == "received"


@pytest.mark.parametrize("name", sorted(event_types()))
def test_each_form_shows_each_input_once_and_keeps_what_was_typed(name: str) -> None:
    given = {"event_date": ["soon"], "note": ["of ours"]}
    made = form(name, Choices(BOOK), given)
    shown = [one for group in made.groups for one in group.inputs]
    assert {one.input.name for one in shown} >= {one.name for one in inputs(name)}
    assert {n: list(one.typed) for one in shown if (n := one.input.name) in given} == given


def test_a_problem_is_shown_at_its_input_and_one_without_at_the_form() -> None:
    draft_ = draft("fee_set", {"event_date": ["soon"], "engagement": ["nowhere"]})
    told = consequences(CHARTER, BOOK, [draft_], date(2026, 6, 10))
    elsewhere = Problem(1, "", "kept", "is missing")
    made = form("fee_set", Choices(BOOK), typed(draft_), (*told.problems, elsewhere))
    wrong = {one.input.name for group in made.groups for one in group.inputs if one.problems}
    assert {"event_date", "engagement", "amount", "decision.taken"} <= wrong
    assert made.problems == ("Kept: is missing",)


def test_a_form_has_an_empty_row_after_the_last_one_that_was_filled_in() -> None:
    made = form("meeting_held", Choices(BOOK), MEETING)
    names = {one.input.name for group in made.groups for one in group.inputs}
    assert {"attendance.1.person", "attendance.2.person"} <= names
    assert "attendance.3.person" not in names
    assert rows_in({"items.5000.title": ["x"]}) == {}


def test_people_firms_and_what_the_book_has_named_can_be_chosen() -> None:
    choices = Choices(BOOK)
    assert [one.value for one in choices.of("fee_set", "firm", "firm")] == list(BOOK.firms)
    named = {event.text("engagement") for event in BOOK.events if event.type == "firm_selected"}
    assert {one.value for one in choices.of("fee_set", "engagement", "ref")} == named
    assert choices.of("fee_set", "amount", "money") == ()


def test_a_register_leaves_no_record_out_and_shows_what_was_replaced() -> None:
    document = json.loads(render_book(BOOK))
    old = next(event for event in document["events"] if event["type"] == "meeting_held")
    document["events"].append(
        {
            "id": "undo",
            "type": "record_withdrawn",
            "event_date": "2027-12-30",
            "recorded_at": "2027-12-30",
            "reason": "It was another day",
            "supersedes": old["id"],
        }
    )
    book = parse_book(json.dumps(document))
    lines = [line for duty in DUTIES for line in register(book, duty, Shelf(book))]
    elsewhere = {*DECISIONS.types, "judgement_recorded"}
    expected = sorted(event.id for event in book.events if event.type not in elsewhere)
    assert sorted(line.id for line in lines) == expected
    assert [line.replaced_by for line in lines if line.id == old["id"]] == ["undo"]
    meetings = register(book, next(duty for duty in DUTIES if duty.name == "meetings"), Shelf(book))
    assert [line.day for line in meetings] == sorted((line.day for line in meetings), reverse=True)


def test_the_checklist_shows_all_its_rows_and_each_answer_at_its_paragraph() -> None:
    one = draft("required_communications_made", {"rows.4.row": ["5"], "rows.4.response": ["NIL"]})
    made = form("required_communications_made", Choices(BOOK), typed(one))
    rows = [group for group in made.groups if ". AS 1301 " in group.title]
    assert len(rows) == 37
    answered = [
        group.title[:17]
        for group in rows
        for each in group.inputs
        if each.input.name.endswith(".response") and each.typed
    ]
    assert answered == ["5. AS 1301 .08: T"]


def test_a_problem_of_a_row_is_shown_at_its_paragraph() -> None:
    posted = {"rows.6.row": ["7"], "rows.6.response": ["NOT_APPLICABLE"]}
    one = draft("required_communications_made", posted | {"event_date": ["2026-06-10"]})
    told = consequences(CHARTER, BOOK, [one], date(2026, 6, 10))
    made = form("required_communications_made", Choices(BOOK), typed(one), told.problems)
    wrong = [each.input.name for g in made.groups for each in g.inputs if each.problems]
    assert "rows.6.reason" in wrong


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("suppression_k", "5", 5),
        ("quorum", "MAJORITY", "MAJORITY"),
        ("quorum", "2", 2),
        ("stockholder_ratification", "no", False),
        ("unpaid_days", "30, 60, 90", [30, 60, 90]),
        ("overlay_off", "none", []),
        ("overlay_off", "L-04 L-05", ["L-04", "L-05"]),
        ("meetings_per_year", "many", "many"),
    ],
)
def test_a_setting_is_read_as_what_it_may_be(key: str, text: str, value: Json) -> None:
    assert draft("setting_changed", {"key": [key], "value": [text]})["value"] == value


def test_a_head_that_is_changed_keeps_what_the_form_does_not_ask() -> None:
    before = dict(BOOK.header)
    again = head(shown(before), before)
    assert {name: again[name] for name in before} == before


def test_the_first_steps_of_a_good_book_are_done_and_of_none_are_not() -> None:
    assert not any(step.is_done for step in steps(None))
    undone = [step.path for step in steps(BOOK) if not step.is_done]
    assert undone == ["/charter/decisions"]
