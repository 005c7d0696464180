"""What holds for the cases of every charter book, however odd, and for everybody who looks."""

import json
import random
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from review.casework.filed.assess import assess, codes
from review.casework.filed.viewers import hidden_from, seen_by
from review.charter import engine
from review.charter.book import Book
from review.charter.clauses import default_charter
from review.charter.findings import Standing
from review.charter.located import Json
from review.charter.parse import make_book
from review.charter.render import render_book
from review.charter_cli import charter_group
from tests.review.casework import odd_cases
from tests.review.charter import odd_books

CHARTER = default_charter()
AS_OF = st.dates(date(2025, 6, 1), date(2028, 6, 1))
Rows = list[dict[str, Json]]
STORY = Path(__file__).parents[2] / "stories/casework/the-chair-is-named.json"
# Records that speak of several cases at once.
OF_MANY = frozenset({
    "legal_hold_placed", "disposition_proposed", "disposition_executed", "disposition_certified",
    "inventory_taken",
})  # fmt: skip
# A later decision of the owner changes what the rules ask, also of days before it.
CHANGES = frozenset({"setting_changed"})


def story_book() -> Book:
    return make_book(json.loads(STORY.read_text())["book"])


@settings(max_examples=50, deadline=None)
@given(odd_cases.rows(), AS_OF, st.sampled_from(["", "ana", "bo", "cfo", "lead"]))
def test_an_odd_book_of_cases_is_assessed_and_never_stops_the_rules(
    rows: Rows, as_of: date, viewer: str
) -> None:
    result = assess(CHARTER, odd_books.book_from(rows), as_of, None, viewer)
    assert result.render()
    for one in result.findings:
        assert one.since <= as_of, one
        assert one.until is None or one.since <= one.until <= as_of, one
        assert (one.standing is Standing.CLOSED) == (one.until is not None)


@settings(max_examples=25, deadline=None)
@given(odd_cases.rows(), AS_OF, st.randoms(use_true_random=False))
def test_the_order_of_a_day_s_records_changes_nothing_of_a_case(
    rows: Rows, as_of: date, chance: random.Random
) -> None:
    # Three days for all records, so that most of them share one.
    near = [{**row, "event_date": f"2026-03-{n % 3 + 1:02}"} for n, row in enumerate(rows)]
    near = [{k: v for k, v in row.items() if k != "recorded_at"} for row in near]
    book = odd_books.book_from(near)
    events = list(book.events)
    chance.shuffle(events)
    shuffled = Book(
        book.header, tuple(events), book.kept, book.people, book.firms, book.fiscal_year_end,
        book.exchange, book.settings,
    )  # fmt: skip
    assert assess(CHARTER, shuffled, as_of).render() == assess(CHARTER, book, as_of).render()


@settings(max_examples=40, deadline=None)
@given(odd_cases.rows(leave_out=CHANGES), AS_OF, st.integers(1, 200))
def test_what_was_found_of_a_case_stays_found_day_by_day(
    rows: Rows, as_of: date, days: int
) -> None:
    book = odd_books.book_from(rows)
    before, after = (assess(CHARTER, book, day) for day in (as_of, as_of + timedelta(days=days)))
    mine = set(codes()) - {"N04"}
    found, still = (
        {(one.code, one.about) for one in result.findings if one.code in mine}
        for result in (before, after)
    )
    assert found <= still


@settings(max_examples=40, deadline=None)
@given(odd_cases.rows(), AS_OF)
def test_the_charter_s_half_finds_the_same_with_and_without_the_cases(
    rows: Rows, as_of: date
) -> None:
    book = odd_books.book_from(rows)
    alone, whole = engine.assess(CHARTER, book, as_of), assess(CHARTER, book, as_of)
    theirs, ours = (
        [one for one in result.findings if one.code not in codes()] for result in (alone, whole)
    )
    assert ours == theirs


@settings(max_examples=60, deadline=None)
@given(odd_cases.rows(leave_out=OF_MANY), AS_OF, st.sampled_from(["ana", "bo", "cy"]))
def test_somebody_concerned_gets_byte_for_byte_the_book_without_the_case(
    rows: Rows, as_of: date, viewer: str
) -> None:
    """Two worlds: with and without everything that speaks of the case."""
    first: dict[str, Json] = {
        "type": "submission_received", "event_date": "2026-01-04", "kind": "CONCERN",
        "case": "case-1", "sealed_to": ["ana", "bo"], "excluded": [viewer],
    }  # fmt: skip
    book = odd_books.book_from([first, *rows])
    world = odd_books.book_from([first, *rows])
    events = tuple(one for one in world.events if "case-1" not in json.dumps(one.fields))
    without = Book(
        world.header, events, world.kept, world.people, world.firms, world.fiscal_year_end,
        world.exchange, world.settings,
    )  # fmt: skip
    assert assess(CHARTER, book, as_of, None, viewer).render() == (
        assess(CHARTER, without, as_of, None, viewer).render()
    )


def test_a_record_of_several_cases_is_told_without_the_one_that_is_hidden() -> None:
    book = story_book()
    more: Rows = [
        {
            "id": "p1", "type": "disposition_proposed", "event_date": "2026-08-01",
            "manifest": "both", "cases": ["case-1", "case-2"], "by": "bo",
        },
        {
            "id": "p2", "type": "disposition_proposed", "event_date": "2026-08-01",
            "manifest": "one", "cases": ["case-1"], "by": "bo",
        },
        {
            "id": "p3", "type": "disposition_approved", "event_date": "2026-08-02",
            "manifest": "one", "manifest_sha256": "0" * 64, "person": "bo", "account": "bo",
        },
        {
            "id": "p4", "type": "inventory_taken", "event_date": "2026-08-03",
            "present": ["case-1"], "ledger_verifies": True,
        },
    ]  # fmt: skip
    document: dict[str, Json] = {
        **book.header,
        "events": [*(dict(e.fields) for e in book.events), *more],
    }
    seen = seen_by(CHARTER, make_book(document), date(2026, 12, 31), "ana")
    left = {one.id: one for one in seen.events}
    assert left["p1"].texts("cases") == ("case-2",)
    assert left["p4"].texts("present") == ()
    assert not {"p2", "p3"} & set(left)
    assert "case-1" not in render_book(seen)


def test_whoever_has_no_part_in_a_case_is_told_nothing_of_it() -> None:
    book = story_book()
    hidden = {
        person: hidden_from(CHARTER, book, date(2026, 12, 31), person) for person in book.people
    }
    assert {person for person, cases in hidden.items() if cases == {"case-1"}} == {"ana", "cfo"}
    assert all(cases in (frozenset(), {"case-1"}) for cases in hidden.values())


def test_an_attempt_is_shown_to_the_other_readers_only() -> None:
    book, day = story_book(), date(2026, 6, 1)
    shown = {
        person: "K05" in {one.code for one in assess(CHARTER, book, day, None, person).findings}
        for person in book.people
    }
    assert {person for person, told in shown.items() if told} == {"bo", "cy", "dee", "eve"}


# -- the command --------------------------------------------------------------------------------


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "book.json"
    path.write_text(json.dumps(json.loads(STORY.read_text())["book"]))
    return path


def run(*arguments: str) -> str:
    result = CliRunner().invoke(charter_group, list(arguments))
    assert result.exit_code == 0, result.output
    return result.output


def test_the_command_prints_what_both_halves_find(file: Path) -> None:
    shown = run("assess", str(file), "--as-of", "2026-06-11")
    assert "B K02  OPEN      R-5.4   case-1 since 2026-06-11" in shown
    assert "H K07  OPEN      R-5.4   case-1 since 2026-06-05" in shown


def test_the_command_tells_a_person_what_they_may_know(file: Path) -> None:
    shown = run("assess", str(file), "--as-of", "2026-06-11", "--viewer", "ana")
    assert "case-1" not in shown
    assert "Findings: none" in shown


def test_the_command_refuses_a_viewer_the_book_does_not_name(file: Path) -> None:
    result = CliRunner().invoke(charter_group, ["assess", str(file), "--viewer", "nobody"])
    assert result.exit_code == 2
    assert "nobody is nobody the book names" in result.output


def test_the_command_runs_a_story_of_cases() -> None:
    assert run("check", str(STORY)).endswith("expectations hold\n")
