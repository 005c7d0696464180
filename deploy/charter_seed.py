"""The demo's charter book: two fiscal years that always end with the demo's day.

deploy/charter_seed.toml tells what happened, in fiscal months or in days before the demo's. The
fiscal year is chosen so that the demo's day lies in its eleventh month, whatever day that is; so
what is due, late and in cure is the same on every day on which somebody looks.
"""

import hashlib
import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from deploy.committee import read
from deploy.keys import EXAMPLE
from review.charter.calendars import FiscalCalendar
from review.charter.clauses import default_charter
from review.charter.parse import FORMAT
from review.charter_files import import_book
from review.workdays import business_days_after, days_after, months_after, on_or_after

TEXTS = Path(__file__).parent / "charter_seed.toml"
# Which of the committee's people are what to the book; the rest are directors.
KINDS = {
    "counsel": "COUNSEL",
    "secretary": "SECRETARY",
    "auditor": "RETENTION_AUDITOR",
    "cfo": "MANAGEMENT",
    "controller": "MANAGEMENT",
}
MEMBERS = ("chair", "member-1", "member-2")
GUESTS = (("cfo", "MANAGEMENT"), ("head", "INTERNAL_AUDITOR"), ("lead", "FIRM"))
TESTS = {
    "reader": ["N5605a2", "R10A3", "NO_FS_PREP", "LITERACY"],
    "expert": ["N5605a2", "R10A3", "NO_FS_PREP", "LITERACY", "SOPHISTICATION", "ACFE"],
}
# The rows of the checklist that say something in an ordinary year; the rest are answered with nil.
COMMUNICATED = {2, 3, 5, 6, 7, 8, 15, 16, 19, 20, 22, 25, 29, 32, 36, 37}
DECISIONS = ("decision", "acknowledged", "released_by")
YEARS = ("fiscal_year", "last_inspection_year")
Row = dict[str, Any]


def fiscal_year_end(today: date) -> tuple[int, int]:
    """Month and day of the fiscal year's end that puts today into its eleventh month."""
    month = today.month % 12 + 1
    # The 29th of February is the month's last day in any year.
    return month, {2: 29, 4: 30, 6: 30, 9: 30, 11: 30}.get(month, 31)


def document(today: date) -> dict[str, Any]:
    """The whole book as its file has it, with what was on record on the demo's day."""
    texts = tomllib.loads(TEXTS.read_text(encoding="utf-8"))
    month, day = fiscal_year_end(today)
    calendar = FiscalCalendar(month, day)
    last = calendar.year_of(today)
    years = [_Year(calendar, last - 1, today, texts["agendas"])]
    years.append(_Year(calendar, last, today, texts["agendas"]))
    rows, (first, second) = texts["rows"], years
    events = [*first.events(rows["before"]), *first.events(rows["year"] + rows["first"])]
    events += second.events(rows["year"] + rows["second"])
    return {
        "format": FORMAT,
        "title": "The demo's charter book",
        "company": {**texts["company"], "fiscal_year_end": f"{month:02}-{day:02}"},
        "charter": "default",
        "kept": [{"clauses": ["*"], "from": calendar.start(last - 1).isoformat()}],
        "settings": {},
        "people": list(_people(texts["people"])),
        "firms": [{"id": name, "name": title} for name, title in texts["firms"].items()],
        "events": _named(events),
    }


def _people(others: Mapping[str, list[str]]) -> Iterator[Row]:
    committee = read(EXAMPLE.read_text(encoding="utf-8"))
    names = {each.id: each.name for each in committee.readers}
    names |= {each.id: each.name for each in committee.listed}
    for identifier, name in names.items():
        yield {"id": identifier, "name": name, "kind": KINDS.get(identifier, "DIRECTOR")}
    for identifier, (name, kind) in others.items():
        yield {"id": identifier, "name": name, "kind": kind}


def _named(events: list[Row]) -> list[Row]:
    """The events with the ids they have in a database, which say nothing."""
    ids = {event["id"]: _hash(f"event {event['id']}")[:32] for event in events}
    for event in events:
        event["id"] = ids[event["id"]]
        about = event.get("about")
        if isinstance(about, list):
            event["about"] = [_event(name, ids) for name in about]
    return events


def _event(name: str, ids: Mapping[str, str]) -> str:
    return ids[name.removeprefix("event ")] if name.startswith("event ") else name


@dataclass(frozen=True)
class _Year:
    """Turns the rows of one fiscal year into records."""

    calendar: FiscalCalendar
    year: int
    today: date
    agendas: Mapping[str, list[str]]

    def events(self, rows: list[Row]) -> list[Row]:
        """The records of what has happened by the demo's day."""
        found = []
        for number, row in enumerate(rows):
            happened = self.day(row["on"])
            if happened <= self.today:
                found.append(self._record(row, happened, number))
        return found

    def day(self, said: str) -> date:
        """A day of the file, moved to a day on which offices are open."""
        if counted := re.fullmatch(r"today([+-][0-9]+)", said):
            day = days_after(self.today, int(counted[1]))
            # What has happened stays in the past: it is moved back, and what is to come forward.
            return on_or_after(day) if day > self.today else _on_or_before(day)
        year, _, place = said.rpartition("/")
        month, number = map(int, place.split("-"))
        first = self.calendar.start(self.year + int(year or 0))
        return on_or_after(days_after(months_after(first, month - 1), number - 1))

    def _record(self, row: Row, happened: date, number: int) -> Row:
        written = business_days_after(happened, 1)
        if "late" in row:
            written = days_after(happened, row["late"])
        own = {key: value for key, value in row.items() if key not in ("on", "late")}
        made = {key: self._value(key, value) for key, value in own.items()}
        made.setdefault("id", f"{self.year} {number} {happened}")
        made |= {
            "event_date": happened.isoformat(),
            "recorded_at": min(written, self.today).isoformat(),
        }
        return self._meeting(made) if row["type"] == "meeting_held" else made

    def _value(self, key: str, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: self._value(name, each) for name, each in value.items()}
        if isinstance(value, list):
            return [self._value(key, each) for each in value]
        return self._word(key, value) if isinstance(value, str) else value

    def _word(self, key: str, text: str) -> Any:
        """A text with its years, days, decisions and documents filled in."""
        text = re.sub(r"\{(fy(?:-[0-9])?|last|next)\}", self._number, text)
        if text.startswith("@"):
            return self.day(text[1:]).isoformat()
        if key in YEARS:
            return int(text)
        if key in DECISIONS:
            return self._decision(text)
        if key == "evidence":
            kind, _, title = text.partition(" ")
            return [{"sha256": _hash(title), "kind": kind, "title": title, "stored": "ELSEWHERE"}]
        return _SHORT[key, text]() if (key, text) in _SHORT else text

    def _number(self, found: re.Match[str]) -> str:
        steps = {"last": "-1", "next": "1"}.get(found[1], found[1].removeprefix("fy") or "0")
        return str(self.year + int(steps))

    def _decision(self, text: str) -> Row:
        """A decision such as q3/2, an item of this year's meeting, or -1/q3/2 of another's."""
        place, item = text.rsplit("/", 1)
        year, _, meeting = place.rpartition("/")
        return {"meeting": f"{self.year + int(year or 0)}-{meeting}", "item": item}

    def _meeting(self, made: Row) -> Row:
        """A meeting with its attendance, sessions and items."""
        members = made.pop("members", MEMBERS)
        agenda = made["items"]
        lines = self.agendas[agenda] if isinstance(agenda, str) else agenda
        people = [{"person": person, "as": "MEMBER"} for person in members]
        title = f"Minutes {made['event_date']}"
        return {
            **made,
            "kind": "REGULAR",
            "opened": "10:00",
            "closed": "13:00",
            "attendance": people + [{"person": one, "as": role} for one, role in GUESTS],
            "executive_sessions": [
                {"with": role, "present": [*members, one]} for one, role in GUESTS
            ],
            "items": [_item(n, line, members) for n, line in enumerate(lines, 1)],
            "evidence": [
                {"sha256": _hash(title), "kind": "MIN", "title": title, "stored": "ELSEWHERE"}
            ],
        }


def _item(number: int, line: str, members: tuple[str, ...]) -> Row:
    title, clauses, outcome = line.split(" | ")
    item: Row = {"item": str(number), "title": title, "outcome": outcome}
    item["clauses"] = clauses.split()
    return {**item, "vote": {"for": list(members)}} if outcome == "APPROVED" else item


def _checklist() -> list[Row]:
    said = {number: "COMMUNICATED" if number in COMMUNICATED else "NIL" for number in range(1, 38)}
    return [{"row": number, "response": response} for number, response in said.items()]


def _policy() -> list[Row]:
    consents = "Consents for registrations of employee shares, and the bring-down that each needs"
    return [
        {"entry": "consents", "category": "AUDIT_RELATED", "text": consents,
         "describes_service": True, "cap": "8000"},
    ]  # fmt: skip


_SHORT: Mapping[tuple[str, str], Callable[[], list[Any]]] = {
    ("tests", "reader"): lambda: TESTS["reader"],
    ("tests", "expert"): lambda: TESTS["expert"],
    ("rows", "checklist"): _checklist,
    ("rows", "interim"): lambda: [{"row": 12, "response": "NIL"}],
    ("entries", "policy"): _policy,
}


def _on_or_before(day: date) -> date:
    """The day itself if it is a business day, else the last one before it."""
    while on_or_after(day) != day:
        day = days_after(day, -1)
    return day


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def store(connection: Connection, today: date, by: str) -> None:
    """Put the book into a database that has none, as one that was kept as a file before.

    by is the secretary's id in the roster. Every record's hash is among the entries that wait for
    the ledger.
    """
    source = json.dumps(document(today)).encode()
    import_book(connection, default_charter(), source, by, today)
