"""The duties' pages: check first, record what is right, keep what was typed."""

import html
import json
import re
from datetime import date
from typing import Any

import pytest
from flask import Flask

from review import charter_desk
from review.charter.clauses import DEFAULT, default_charter
from review.charter.render import render_book
from review.charter_forms.duties import DUTIES
from review.store.database import reading, writing
from tests.browser.installation import READERS
from tests.review.charter.good_years import book_of, good_book
from tests.review.desk import Desk, parts_of

pytestmark = pytest.mark.stores

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


SETTING = "/charter/decisions/setting_changed"


def test_the_decisions_show_what_holds_and_a_change_is_a_record(begun: Flask) -> None:
    desk = Desk(begun, "secretary")
    assert "Majority" in desk.get("/charter/decisions").text
    form = desk.get(f"{SETTING}?key=quorum")
    assert '<option value="quorum" selected>' in form.text
    typed = {"event_date": "2026-11-20", "key": "quorum", "value": "2", "do": "record"}
    answer = desk.post(SETTING, typed)
    assert answer.status_code == 303
    page = desk.get(answer.headers["Location"]).text
    assert "<strong>2</strong>" in page
    assert "without a resolution" in page


def test_a_row_of_the_law_is_switched_off_and_on_again(begun: Flask) -> None:
    desk = Desk(begun, "secretary")
    link = re.search(r'href="([^"]*value=L-04)"', desk.get("/charter/decisions").text)
    assert link
    form = desk.get(html.unescape(link[1]))
    assert 'value="L-04"' in form.text
    for value, state in (("L-04", "Off"), ("none", "On")):
        typed = {"event_date": "2026-11-20", "key": "overlay_off", "value": value, "do": "record"}
        old = newest_change(begun)
        assert desk.post(SETTING, {**typed, "supersedes": old}).status_code == 303
        page = desk.get("/charter/decisions").text
        assert re.search(rf">{state}</span> <a href=\"/charter/clauses/L-04\"", page)


def newest_change(app: Flask) -> str:
    """The id of the newest change of a setting, or nothing."""
    with reading(parts_of(app).book) as connection:
        book = charter_desk.read_book(connection, default_charter())
    replaced = {event.supersedes for event in book.events}
    found = [e.id for e in book.events if e.type == "setting_changed" and e.id not in replaced]
    return "".join(found)


def test_another_charter_is_taken_with_every_mistake_said_and_the_shipped_one_comes_back(
    begun: Flask,
) -> None:
    desk, path = Desk(begun, "secretary"), "/charter/decisions/charter"
    source = desk.get(f"{path}.toml").text
    assert source == DEFAULT.read_text()
    wrong = source.replace('kind = "PURPOSE"', 'kind = "WISH"').replace("class = ", "klass = ", 1)
    refused = desk.post(path, {"source": wrong, "do": "adopt"})
    assert refused.status_code == 400
    assert "is not a part of this table" in refused.text
    assert "must be one of HEADING" in html.unescape(refused.text)
    assert "WISH" in refused.text
    own = source.replace("One Stop Systems, Inc.", "Example Widgets, Inc.")
    assert desk.post(path, {"source": own.replace("\n", "\r\n"), "do": "adopt"}).status_code == 303
    assert "Example Widgets, Inc." in desk.get("/charter").text
    assert desk.get(f"{path}.toml").text == own
    assert desk.post(HELD, {**MEETING, "do": "record"}).status_code == 303
    assert desk.post(path, {"source": "anything", "do": "shipped"}).status_code == 303
    assert "One Stop Systems, Inc." in desk.get("/charter").text


def test_only_the_secretary_puts_another_charter_in_place(begun: Flask) -> None:
    desk = Desk(begun, "chair")
    assert desk.get("/charter/decisions/charter").status_code == 404
    answer = desk.post("/charter/decisions/charter", {"source": DEFAULT.read_text()})
    assert answer.status_code == 404


def test_a_prohibited_service_is_held_up_with_its_rule_and_the_way_of_the_memo(
    begun: Flask,
) -> None:
    desk = Desk(begun, "secretary")
    asked = {
        "event_date": "2026-06-01",
        "service": "s-value",
        "firm": book_of([]).firms[0],
        "fiscal_year": "2026",
        "category": "OTHER",
        "description": "A valuation for the balance sheet",
        "recognised_as_non_audit": "yes",
        "prohibited_screen.code": "PRH-3",
        "prohibited_screen.result": "PROHIBITED",
    }
    path = "/charter/duties/pre-approvals"
    told = desk.post(f"{path}/service_requested", {**asked, "do": "check"})
    assert "Regulation S-X 2-01(c)(4)(iii)" in told.text
    assert "memo" in told.text
    assert desk.post(f"{path}/service_requested", {**asked, "do": "record"}).status_code == 303
    permission = {
        "event_date": "2026-06-10",
        "services": "s-value",
        "route": "DELEGATED",
        "decision.delegate": "ana",
    }
    before = records(begun)
    held = desk.post(f"{path}/pre_approval_given", {**permission, "do": "record"})
    assert held.status_code == 409
    assert "No approval opens it" in held.text
    assert records(begun) == before
    given = desk.post(f"{path}/pre_approval_given", {**permission, "do": "record-anyway"})
    assert given.status_code == 303
