"""The demo's charter book is as believable on any day, and its first task can really be done."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from deploy import charter_seed
from deploy.committee import read
from deploy.keys import EXAMPLE
from review import charter_desk
from review.charter.book import Book
from review.charter.clauses import default_charter
from review.charter.engine import assess
from review.charter.findings import Assessment, Severity, Standing, Status
from review.charter.parse import parse_book
from review.store import entries
from review.store.charter_schema import charter_records
from review.store.database import reading, writing
from review.web.parts import attach
from review.workdays import is_business_day
from tests.browser.installation import Installation
from tests.review.conftest import app, installation
from tests.review.desk import Desk, parts_of

pytestmark = pytest.mark.sqlite("the demo keeps its data in files")

__all__ = ["app", "installation"]

DAYS = [
    date(2026, 11, 21),
    date(2026, 12, 31),
    date(2027, 1, 1),
    date(2027, 2, 28),
    date(2028, 2, 29),
    date(2028, 3, 1),
    date(2029, 5, 31),
    date(2030, 7, 4),
    date(2031, 9, 1),
    date(2033, 10, 30),
]
TYPE = "evidence.recorded"
# What is open on the demo's day, whichever day it is.
OPEN = {
    Severity.B: {"P03", "V02"},
    Severity.H: {"G01", "M05"},
    Severity.W: {"E01", "E05", "K09", "K11", "R01", "Z01"},
    Severity.I: {"E04", "M14", "P14"},
}


def book(day: date) -> Book:
    text = json.dumps(charter_seed.document(day), indent=1)
    return parse_book(text, default_charter(), casework=False)


def found(day: date) -> Assessment:
    return assess(default_charter(), book(day), day)


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_the_same_is_open_on_any_day_that_the_demo_is_run(day: date) -> None:
    seen = found(day)
    opened = [one for one in seen.findings if one.is_open]
    assert {s: {one.code for one in opened if one.severity is s} for s in Severity} == OPEN
    assert {one.standing for one in opened} == {
        Standing.OPEN,
        Standing.IN_CURE,
        Standing.JUDGEMENT,
    }
    assert {one.status for one in seen.leaves} == set(Status)


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_the_book_has_two_years_and_nothing_of_the_days_to_come(day: date) -> None:
    shown = book(day)
    assert max(event.recorded for event in shown.events) <= day
    assert all(event.day_of <= event.recorded for event in shown.events)
    (kept,) = shown.kept
    assert 650 < (day - kept.first).days < 740
    assert all(
        is_business_day(event.day_of) for event in shown.events if event.type == "meeting_held"
    )


def test_the_years_between_are_well_kept() -> None:
    day = DAYS[0]
    grave = {
        one.code
        for one in found(day).findings
        if one.standing is Standing.CLOSED and one.severity in (Severity.B, Severity.H)
    }
    # A vacancy that was cured, a use of the policy told late, two questions on independence that
    # waited for a meeting, and a prohibited service that was refused.
    assert grave == {"M01", "P20", "I05", "P01"}


def test_the_people_of_the_book_are_those_of_the_demo_s_committee() -> None:
    committee = read(EXAMPLE.read_text())
    ids = {each.id for each in committee.readers} | {each.id for each in committee.listed}
    assert ids <= set(book(DAYS[0]).people)


@pytest.fixture
def seeded(app: Flask, installation: Installation) -> Flask:
    """The console with the demo's charter book, on its day."""
    parts = parts_of(app)
    day = DAYS[0]
    with writing(installation.book) as connection:
        charter_seed.store(connection, day, "secretary")
    attach(app, replace(parts, settings=replace(parts.settings, today=day)))
    return app


def test_every_record_of_it_has_its_hash_among_what_waits_for_the_ledger(seeded: Flask) -> None:
    with reading(parts_of(seeded).book) as connection:
        kept = {row.digest for row in connection.execute(select(charter_records.c.digest))}
        told = [e.data["document"] for e in entries.pending(connection) if e.type == TYPE]
    assert set(told) == kept
    assert len(told) == len(book(DAYS[0]).events) > 250


def test_a_visitor_finds_why_r_1d_is_red_and_fixes_it_in_the_forms(seeded: Flask) -> None:
    desk = Desk(seeded, "secretary")
    assert "Breached" in desk.get("/charter/clauses/R-1d").text
    # The finding leads to the decision and to the meeting at which it was not presented.
    (told,) = [one for one in found(DAYS[0]).findings if one.code == "P03" and one.is_open]
    page = desk.get("/charter/findings?clause=R-1d").text
    assert "P03" in page
    events = {event.id: event for event in book(DAYS[0]).events}
    assert all(f"/charter/records/{name}" in page for name in told.records)
    (held,) = [events[name] for name in told.records if events[name].type == "meeting_held"]
    # The meeting's record has an item in which it was.
    record = desk.get(f"/charter/records/{held.id}").text
    assert "Decision of the chair on the covenant procedures, presented" in record
    (item,) = [i for i in held.rows("items") if "presented" in i.text("title")]
    form = "/charter/duties/pre-approvals/pre_approval_presented"
    assert told.about in desk.get(form).text
    filled = {
        "event_date": held.text("event_date"),
        "pre_approval": told.about,
        "decision.meeting": held.text("meeting"),
        "decision.item": item.text("item"),
    }
    checked = desk.post(form, {**filled, "do": "check"})
    assert checked.status_code == 200
    assert "P03" in checked.text
    assert "Breached" in desk.get("/charter/clauses/R-1d").text
    assert desk.post(form, {**filled, "do": "record"}).status_code == 303
    # R-1d is red no more, and neither is the purpose that it was rolled up into.
    assert "Breached" not in desk.get("/charter/clauses/R-1d").text
    assert "P03" not in desk.get("/charter/findings?clause=R-1d").text
    assert "E05" not in desk.get("/charter/findings").text
    # What was known the day before stays.
    before = f"/charter/ask?as_of={DAYS[0]}&known_at={DAYS[0] - timedelta(1)}"
    assert "P03" in desk.get(before).text


MEETING = {
    "event_date": "2026-11-20",
    "meeting": "special",
    "kind": "SPECIAL",
    "opened": "09:00",
    "closed": "11:00",
    "attendance.0.person": "chair",
    "attendance.0.as": "MEMBER",
    "attendance.1.person": "member-1",
    "attendance.1.as": "MEMBER",
    "attendance.1.out": "10:00",
    "attendance.2.person": "head",
    "attendance.2.as": "INTERNAL_AUDITOR",
    "items.0.item": "1",
    "items.0.title": "A service that has begun",
    "items.0.at": "09:30",
    "items.0.vote.for": ["chair", "member-1"],
    "items.0.outcome": "APPROVED",
    "items.1.item": "2",
    "items.1.title": "Fees of an advisor",
    "items.1.at": "10:30",
    "items.1.vote.for": "chair",
    "items.1.outcome": "APPROVED",
    "executive_sessions.0.with": "INTERNAL_AUDITOR",
    "executive_sessions.0.from": "09:40",
    "executive_sessions.0.to": "09:55",
    "executive_sessions.0.present": ["chair", "member-1", "head"],
}
SERVICE = {
    "event_date": "2026-11-16",
    "service": "benefits",
    "firm": "rowan",
    "fiscal_year": "2026",
    "category": "OTHER",
    "description": "Comparison of benefit plans",
    "estimated_fee": "9000",
    "recognised_as_non_audit": "yes",
    "prohibited_screen.result": "CLEAR",
}
APPROVAL = {
    "event_date": "2026-11-20",
    "pre_approval": "late",
    "services": "benefits",
    "route": "SPECIFIC",
    "decision.meeting": "special",
    "decision.item": "1",
    "cap": "9000",
}


def test_each_record_s_consequence_is_explained_at_once(seeded: Flask) -> None:
    """A meeting with an executive session, a quorum lost before a vote, a late pre-approval."""
    desk = Desk(seeded, "secretary")

    def explained(form: str, fields: Mapping[str, Sequence[str]]) -> str:
        told = desk.post(f"/charter/duties/{form}", {**fields, "do": "check"})
        assert told.status_code == 200, told.text
        done = desk.post(f"/charter/duties/{form}", {**fields, "do": "record"})
        assert done.status_code == 303, done.text
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", told.text))

    before = next_session(seeded)
    page = explained("meetings/meeting_held", MEETING)
    assert "There was no quorum at item 2" in page
    # The session counts, and the year until the next one begins anew.
    assert next_session(seeded) > before
    explained("pre-approvals/service_requested", SERVICE)
    began = {"event_date": "2026-11-18", "service": "benefits"}
    page = explained("pre-approvals/service_started", began)
    assert "P02" in page
    assert "it was not approved" in page
    # The approval comes too late for the work, and opens nothing backwards.
    explained("pre-approvals/pre_approval_given", APPROVAL)
    page = desk.get("/charter/findings?clause=R-1d").text
    assert "it was approved on November 20, 2026" in page
    assert {"N04", "P02", "P11"} <= {one.code for one in now(seeded).findings if one.is_open}


def now(app: Flask) -> Assessment:
    """What the book in the database comes to on the demo's day."""
    with reading(parts_of(app).book) as connection:
        kept = charter_desk.read_book(connection, default_charter())
    return assess(default_charter(), kept, DAYS[0])


def next_session(app: Flask) -> date:
    """The day by which the committee has to meet the internal auditor again."""
    (one,) = [each for each in now(app).occurrences if each.leaf == "MT-2.2"]
    assert one.due is not None
    return one.due
