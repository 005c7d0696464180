"""A book is read strictly: one way to write each thing, and every mistake named at once."""

import contextlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review.charter.errors import MalformedBook, Problem
from review.charter.located import read_json
from review.charter.parse import parse_book
from review.charter.render import book_sha256, render_book

STORIES = sorted((Path(__file__).parents[2] / "stories" / "charter").glob("*.json"))
F1 = next(path for path in STORIES if path.stem.startswith("f1"))
Book = dict[str, Any]


def small() -> Book:
    return {
        "format": "underrose-book/1",
        "company": {"name": "A", "exchange": "NASDAQ", "fiscal_year_end": "12-31"},
        "kept": [{"clauses": ["MT-1"], "from": "2026-01-01"}],
        "people": [{"id": "ana", "name": "Ana"}, {"id": "cfo", "name": "C", "kind": "MANAGEMENT"}],
        "firms": [{"id": "h", "name": "H"}],
        "events": [
            {
                "id": "e1",
                "type": "meeting_held",
                "event_date": "2026-02-24",
                "meeting": "m",
                "kind": "REGULAR",
                "opened": "10:00",
                "closed": "12:00",
                "attendance": [{"person": "ana", "as": "MEMBER"}],
                "items": [{"item": "1", "title": "All", "outcome": "APPROVED"}],
            },
            {
                "id": "e2",
                "type": "firm_selected",
                "event_date": "2026-02-24",
                "firm": "h",
                "fiscal_year": 2026,
                "engagement": "en",
                "decision": {"meeting": "m", "item": "1"},
            },
        ],
    }


def problems(book: Book | str) -> list[Problem]:
    text = book if isinstance(book, str) else json.dumps(book, indent=1)
    with pytest.raises(MalformedBook) as caught:
        parse_book(text)
    return list(caught.value.problems)


def test_the_small_book_is_read() -> None:
    book = parse_book(json.dumps(small()))
    assert [event.type for event in book.events] == ["meeting_held", "firm_selected"]
    assert book.people == {"ana": "", "cfo": "MANAGEMENT"}


def _set(path: str, value: object) -> Callable[[Book], None]:
    def change(book: Book) -> None:
        place: Any = book
        *steps, last = [int(s) if s.isdigit() else s for s in path.split("/")]
        for step in steps:
            place = place[step]
        if value is None:
            del place[last]
        else:
            place[last] = value

    return change


MISTAKES: list[tuple[str, object, str, str]] = [
    ("format", "underrose-book/2", "format", "must be"),
    ("colour", "red", "colour", "not a field"),
    ("company/exchange", "LSE", "company.exchange", "must be one of"),
    ("company/fiscal_year_end", "02-30", "company.fiscal_year_end", "month and day"),
    ("charter", "0" * 64, "charter", "not the charter"),
    ("kept/0/clauses", ["R-9"], "kept.0.clauses.0", "no part of the charter"),
    ("kept/0/to", "2025-12-31", "kept.0.to", "before from"),
    ("settings", {"meetings": 4}, "settings.meetings", "not a setting"),
    ("settings", {"meetings_per_year": 0}, "settings.meetings_per_year", "from 1 to 52"),
    ("settings", {"quorum": "TWO"}, "settings.quorum", "MAJORITY or a number"),
    ("settings", {"unpaid_days": [30, 30, 60]}, "settings.unpaid_days", "rising"),
    ("settings", {"alternate": "eve"}, "settings.alternate", "not one of the people"),
    ("people/1/id", "ana", "people.1.id", "used twice"),
    ("events/1/id", "e1", "id", "used twice"),
    ("events/1/type", "firm_chosen", "type", "not a type"),
    ("events/1/colour", 1, "colour", "not a field"),
    ("events/1/firm", None, "firm", "is missing"),
    ("events/1/firm", "k", "firm", "not one of the firms"),
    ("events/1/fiscal_year", "2026", "fiscal_year", "whole number"),
    ("events/1/fiscal_year", 26, "fiscal_year", "fiscal year such as"),
    ("events/1/fiscal_year", True, "fiscal_year", "whole number"),
    ("events/1/event_date", "2026-02-30", "event_date", "day that exists"),
    ("events/1/event_date", "2026-2-3", "event_date", "day that exists"),
    ("events/1/event_date", "20260224", "event_date", "day that exists"),
    ("events/1/event_time", "24:00", "event_time", "a time"),
    ("events/1/recorded_at", "2026-02-23", "recorded_at", "before event_date"),
    ("events/1/decision", {"meeting": "m"}, "decision", "exactly one of"),
    ("events/1/decision", {"consent": "c", "delegate": "ana"}, "decision", "exactly one of"),
    ("events/1/decision", {"delegate": "eve"}, "decision.delegate", "not one of the people"),
    ("events/1/decision", {"consent": "m"}, "decision.consent", "names a meeting already"),
    ("events/1/decision", {"consent": "c9"}, "decision.consent", "not a consent"),
    ("events/1/engagement", "m", "engagement", "names a meeting already"),
    ("events/1/engagement", "e1", "engagement", "id of an event already"),
    ("events/1/engagement", "a b", "engagement", "must be an id"),
    ("events/1/note", "a\tb", "note", "control characters"),
    ("events/1/note", "\ud800", "note", "control characters"),
    ("events/1/note", "x" * 2001, "note", "1 to 2000"),
    ("events/1/supersedes", "e9", "supersedes", "not an event"),
    ("events/1/supersedes", "e1", "supersedes", "another type"),
    ("events/1/supersedes", "e2", "supersedes", "circle"),
    ("events/1/evidence", [{"kind": "RES"}], "evidence.0.title", "is missing"),
    ("events/0/attendance/0/as", "BOSS", "attendance.0.as", "must be one of"),
    ("events/0/items/0/vote", {"for": ["eve"]}, "items.0.vote.for.0", "not one of the people"),
    ("events/0/items", {}, "items", "must be a list"),
]


@pytest.mark.parametrize(("path", "value", "field", "message"), MISTAKES)
def test_a_mistake_is_named(path: str, value: object, field: str, message: str) -> None:
    book = small()
    _set(path, value)(book)
    found = problems(book)
    assert any(p.field == field and message in p.message for p in found), found


@pytest.mark.parametrize("spelling", ["1e3", "18,000", "018", "18.5", "-1", "+1", " 1", "１"])
def test_an_amount_has_one_spelling(spelling: str) -> None:
    book = small()
    fee = {"id": "e3", "type": "fee_set", "event_date": "2026-03-01", "engagement": "en"}
    book["events"].append({**fee, "amount": spelling, "decision": {"management": "cfo"}})
    assert [p.field for p in problems(book)] == ["amount"]


def test_everything_is_reported_at_once_by_line() -> None:
    book = small()
    _set("events/0/opened", "late")(book)
    _set("events/1/firm", "k")(book)
    _set("title", "")(book)
    found = problems(book)
    assert {(p.event, p.field) for p in found} == {("", "title"), ("e1", "opened"), ("e2", "firm")}
    lines = json.dumps(book, indent=1).splitlines()
    for one in found:
        assert one.field in lines[one.line - 1]


def test_what_a_filing_or_dismissal_needs_is_asked_for() -> None:
    book = small()
    book["events"] += [
        {"id": "f", "type": "filing_made", "event_date": "2026-05-01", "filing": "q",
         "form": "10-Q"},
        {"id": "g", "type": "engagement_ended", "event_date": "2026-05-01", "engagement": "en",
         "reason": "DISMISSED"},
    ]  # fmt: skip
    found = {(p.event, p.field) for p in problems(book)}
    assert found == {("f", "fiscal_year"), ("f", "quarter"), ("g", "decision")}


def test_a_withdrawal_names_what_it_withdraws() -> None:
    book = small()
    book["events"].append(
        {"id": "w", "type": "record_withdrawn", "event_date": "2026-05-01", "reason": "no"}
    )
    assert [(p.event, p.field) for p in problems(book)] == [("w", "supersedes")]


def test_an_import_takes_the_charter_half_only() -> None:
    book = small()
    book["events"].append(
        {"id": "k", "type": "key_activated", "event_date": "2026-05-01", "person": "ana"}
    )
    text = json.dumps(book)
    assert len(parse_book(text).events) == 3
    with pytest.raises(MalformedBook, match="belongs to casework"):
        parse_book(text, casework=False)
    assert "key_activated" not in render_book(parse_book(text), casework=False)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "a value is expected"),
        ("{", "a name in quotes"),
        ('{"a" 1}', "a colon"),
        ('{"a": 1,}', "a name in quotes"),
        ('{"a": 1, "a": 1}', "there twice"),
        ('{"a": NaN}', "a value is expected"),
        ('{"a": 01}', "a comma or }"),
        ("[1 2]", "a comma or ]"),
        ('{"a": "b\n"}', "not closed or not allowed"),
        ('{"a": 1} x', "follows the end"),
        ("\ufeff{}", "byte order mark"),
        ("[" * 50 + "]" * 50, "nested too deeply"),
    ],
)
def test_what_is_no_json_is_refused_with_its_line(text: str, message: str) -> None:
    with pytest.raises(MalformedBook, match=message):
        read_json(text)


def test_what_is_not_utf_8_is_refused() -> None:
    with pytest.raises(MalformedBook, match="line 2: is not UTF-8"):
        parse_book(b'{\n"a": "\xff"}')


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_what_is_rendered_is_read_as_the_same_book(path: Path) -> None:
    book = parse_book(json.dumps(json.loads(path.read_text())["book"]))
    text = render_book(book)
    again = parse_book(text)
    assert render_book(again) == text
    assert book_sha256(again) == book_sha256(book)


@settings(max_examples=150, deadline=None)
@given(st.recursive(
    st.none() | st.booleans() | st.integers(-(10**15), 10**15) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
))  # fmt: skip
def test_json_is_read_as_the_standard_reader_reads_it(value: object) -> None:
    assert read_json(json.dumps(value)).value == value


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60) | st.binary(max_size=60))
def test_no_text_stops_the_reader(text: str | bytes) -> None:
    with contextlib.suppress(MalformedBook):
        parse_book(text)


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_no_change_of_a_book_stops_the_parser(data: st.DataObject) -> None:
    book = small()
    place: Any = book
    while isinstance(place, dict | list) and place and data.draw(st.booleans()):
        keys = sorted(place) if isinstance(place, dict) else range(len(place))
        key = data.draw(st.sampled_from(list(keys)))
        if not isinstance(place[key], dict | list) or data.draw(st.booleans()):
            place[key] = data.draw(st.sampled_from([None, 0, -1, "", "x", [], {}, [[]], True, 1.5]))
            break
        place = place[key]
    with contextlib.suppress(MalformedBook):
        parse_book(json.dumps(book))
