"""The duties' pages: check first, record what is right, keep what was typed."""

import json
from datetime import date
from typing import Any

import pytest
from flask import Flask

from review import charter_desk
from review.charter.clauses import default_charter
from review.charter.render import render_book
from review.charter_forms.duties import DUTIES
from review.store.database import reading, writing
from tests.browser.installation import READERS
from tests.review.charter.good_years import book_of, good_book
from tests.review.desk import Desk, parts_of

MEETING: dict[str, Any] = {
    "event_date": "2026-06-10",
    "meeting": "m-extra",
    "kind": "SPECIAL",
    "opened": "09:00",
    "closed": "11:00",
    "attendance.0.person": "ana",
    "attendance.0.as": "MEMBER",
    "attendance.1.person": "bo",
    "attendance.1.as": "MEMBER",
    "attendance.1.out": "09:30",
    "items.0.item": "1",
    "items.0.title": "Approve <a service>",
    "items.0.at": "10:00",
    "items.0.vote.for": "ana",
    "items.0.vote.against": "",
    "items.0.vote.abstain": "",
    "items.0.outcome": "APPROVED",
}
HELD = "/charter/duties/meetings/meeting_held"


@pytest.fixture
def begun(app: Flask) -> Flask:
    """The console with a book that is set up, and the seats of the good years in it."""
    head = dict(book_of([]).header)
    document = json.loads(render_book(good_book(2026, 1)))
    seats = [one for one in document["events"] if one["type"] == "seat_began"]
    here = parts_of(app)
    with writing(here.book) as connection:
        charter_desk.setup(connection, default_charter(), head, "secretary", here.today)
        frame = ("id", "type", "event_date", "recorded_at")
        drafts = [
            charter_desk.Draft(
                one["type"],
                date.fromisoformat(one["event_date"]),
                {name: value for name, value in one.items() if name not in frame},
            )
            for one in seats
        ]
        charter_desk.record(connection, default_charter(), drafts, "secretary", here.today)
    return app


def records(app: Flask) -> list[str]:
    with reading(parts_of(app).book) as connection:
        book = charter_desk.read_book(connection, default_charter())
    return [event.type for event in book.events]


@pytest.mark.parametrize("duty", DUTIES, ids=lambda duty: duty.name)
def test_each_duty_has_its_page_and_a_form_for_each_of_its_records(begun: Flask, duty: Any) -> None:
    desk = Desk(begun, "secretary")
    assert desk.get(f"/charter/duties/{duty.name}").status_code == 200
    for kind in duty.types:
        assert desk.get(f"/charter/duties/{duty.name}/{kind}").status_code == 200, kind


def test_a_check_tells_of_the_quorum_that_was_lost_and_records_nothing(begun: Flask) -> None:
    before = records(begun)
    page = Desk(begun, "secretary").post(HELD, {**MEETING, "do": "check"})
    assert page.status_code == 200
    assert "N04" in page.text
    assert "Approve &lt;a service&gt;" in page.text
    assert records(begun) == before


def test_what_is_right_is_recorded_and_shown(begun: Flask) -> None:
    desk = Desk(begun, "secretary")
    answer = desk.post(HELD, {**MEETING, "do": "record"})
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/charter/duties/meetings?recorded=")
    assert "Recorded: " in desk.get(answer.headers["Location"]).text
    assert "special meeting of June 10, 2026" in desk.get("/charter/duties/meetings").text
    assert "meeting_held" in records(begun)


def test_a_form_with_a_mistake_comes_back_with_everything_that_was_typed(begun: Flask) -> None:
    before = records(begun)
    page = Desk(begun, "secretary").post(HELD, {**MEETING, "opened": "nine", "do": "record"})
    assert page.status_code == 400
    assert 'value="nine"' in page.text
    assert "Approve &lt;a service&gt;" in page.text
    assert records(begun) == before


@pytest.mark.parametrize("person", sorted({*READERS, "auditor"}))
def test_nobody_but_the_secretary_records(begun: Flask, person: str) -> None:
    before = records(begun)
    desk = Desk(begun, person)
    assert desk.get(HELD).status_code == 404
    assert desk.post(HELD, {**MEETING, "do": "record"}).status_code == 404
    assert records(begun) == before


def test_before_there_is_a_book_the_pages_say_so_and_there_is_no_form(app: Flask) -> None:
    desk = Desk(app, "secretary")
    assert "has not been set up" in desk.get("/charter/duties").text
    assert "has not been set up" in desk.get("/charter/duties/meetings").text
    assert desk.get(HELD).status_code == 404


def test_a_secretary_sets_the_book_up_in_the_pages(app: Flask) -> None:
    desk = Desk(app, "secretary")
    assert "chair" in desk.get("/charter/start").text
    typed = {
        "kept_from": "2026-01-01",
        "company.name": "Example",
        "company.exchange": "NASDAQ",
        "company.fiscal_year_end": "12-31",
        "people.0.id": "ana",
        "people.0.name": "Ana",
        "people.0.kind": "DIRECTOR",
    }
    wrong = desk.post("/charter/start", {**typed, "company.fiscal_year_end": "32", "do": "record"})
    assert wrong.status_code == 400
    assert "Ana" in wrong.text
    assert "has not been set up" in desk.get("/charter/duties").text
    assert desk.post("/charter/start", {**typed, "do": "record"}).status_code == 303
    assert "has not been set up" not in desk.get("/charter/duties").text
    assert desk.get(HELD).status_code == 200
