"""Books that nobody would write, for Hypothesis: every type of event, few names, few days.

Events are drawn from the same types the parser reads, so a new type is tried without a change
here. References may lead nowhere: the engine must not mind.
"""

from collections.abc import Mapping
from datetime import date, timedelta

from hypothesis import strategies as st

from review.charter.book import Book
from review.charter.located import Json
from review.charter.parse import make_book
from review.charter.vocabulary import (
    Choice,
    ListOf,
    OneOf,
    Record,
    Scalar,
    Type,
    event_types,
    refers_to,
)

FIRST = date(2025, 6, 1)
PEOPLE = {
    "ana": "DIRECTOR",
    "bo": "DIRECTOR",
    "cy": "DIRECTOR",
    "cfo": "MANAGEMENT",
    "lead": "FIRM",
    "ia": "INTERNAL_AUDITOR",
}
DAYS = st.integers(0, 900).map(lambda n: str(FIRST + timedelta(days=n)))
FAR = st.sampled_from(["0001-01-01", "1900-02-28", "2400-02-29", "9999-12-31"])
TIMES = st.sampled_from(["00:00", "09:30", "10:00", "11:15", "12:00", "23:59"])
TEXTS = st.sampled_from(["P-b", "R-1d.1", "CLEAR", "4.01", "5.02(b)", "FY2026-Q1", "SAS 61"])
_SCALARS: Mapping[str, st.SearchStrategy[Json]] = {
    "text": TEXTS,
    "date": st.one_of(DAYS, DAYS, DAYS, FAR),
    "time": TIMES,
    "fy": st.integers(2025, 2028),
    "period": st.just("P7Y"),
    "money": st.sampled_from(["0", "1", "9000", "18000.50", "400000"]),
    "percent": st.sampled_from(["0", "4.5", "100"]),
    "sha256": st.just("0" * 64),
    "int": st.integers(0, 5),
    "bool": st.booleans(),
    "person": st.sampled_from(sorted(PEOPLE)),
    "firm": st.sampled_from(["h", "k"]),
    "party": st.sampled_from(["h", "k", "advisor-1", "administration"]),
    "id": st.sampled_from(["1", "2"]),
    "any": st.sampled_from([4, "MAJORITY", True]),
    "counts": st.just({"received": "0-2"}),
    "event": st.just("nothing"),
}
_ANY_REF = st.sampled_from(["service-1", "letter-1", "engagement-1", "relationship-1", "e1", "e2"])


def _value(kind: Type, event: str, name: str) -> st.SearchStrategy[Json]:
    if isinstance(kind, Scalar):
        if kind.kind in ("id+", "ref", "ref+"):
            entity = refers_to(event, name)
            return st.sampled_from([f"{entity}-1", f"{entity}-2"]) if entity else _ANY_REF
        return _SCALARS[kind.kind]
    if isinstance(kind, Choice):
        return st.sampled_from(list(kind.options))
    if isinstance(kind, ListOf):
        return st.lists(_value(kind.item, event, name), max_size=3)
    if isinstance(kind, OneOf):
        return st.one_of([_record(form, event) for form in kind.forms])
    return _record(kind, event)


def _record(kind: Record, event: str) -> st.SearchStrategy[Json]:
    required = {f.name: _value(f.type, event, f.name) for f in kind.fields if f.required}
    optional = {f.name: _value(f.type, event, f.name) for f in kind.fields if not f.required}
    return st.fixed_dictionaries(required, optional=optional)


def events(name: str) -> st.SearchStrategy[dict[str, Json]]:
    """An event of one type, of any content its type allows."""
    own = _record(Record(event_types()[name].fields), name)

    def whole(parts: tuple[Json, str, str]) -> dict[str, Json]:
        body, day, time = parts
        fields: dict[str, Json] = {"type": name, "event_date": day}
        if time:
            fields["event_time"] = time
        return {**fields, **(body if isinstance(body, dict) else {})}

    days = st.one_of(DAYS, DAYS, DAYS, DAYS, FAR)
    return st.tuples(own, days, st.sampled_from(["", "", "09:30"])).map(whole)


CHARTER_TYPES = sorted(
    name
    for name, found in event_types().items()
    # What changes the past on purpose, or the rules themselves, is tried on its own.
    if found.half == "CHARTER" and name not in ("record_withdrawn", "setting_changed")
)
SEATS: list[dict[str, Json]] = [
    {
        "type": "seat_began",
        "event_date": "2025-05-14",
        "person": person,
        "body": "COMMITTEE",
        "role": "CHAIR" if person == "ana" else "MEMBER",
    }
    for person in ("ana", "bo", "cy")
]


def header(month_day: str = "12-31", first: str = "2025-01-01") -> dict[str, Json]:
    """A book's head: everything is kept from a day."""
    return {
        "format": "underrose-book/1",
        "company": {"name": "Odd, Inc.", "exchange": "NASDAQ", "fiscal_year_end": month_day},
        "kept": [{"clauses": ["*"], "from": first}],
        "settings": {},
        "people": [{"id": p, "name": p, "kind": kind} for p, kind in PEOPLE.items()],
        "firms": [{"id": firm, "name": firm} for firm in ("h", "k")],
    }


def book_from(rows: list[dict[str, Json]], **head: str) -> Book:
    """A book of these events, numbered in their order."""
    listed: list[Json] = [{"id": f"e{n}", **row} for n, row in enumerate(rows)]
    return make_book({**header(**head), "events": listed})


def _meeting(name: str, day: str) -> dict[str, Json]:
    everybody: list[Json] = ["ana", "bo", "cy"]
    attendance: list[Json] = [{"person": person, "as": "MEMBER"} for person in everybody]
    items: list[Json] = [
        {"item": item, "title": "All", "outcome": "APPROVED", "vote": {"for": everybody}}
        for item in ("1", "2")
    ]
    return {
        "type": "meeting_held",
        "event_date": day,
        "meeting": name,
        "kind": "REGULAR",
        "opened": "09:00",
        "closed": "12:00",
        "attendance": attendance,
        "items": items,
    }


# Meetings that can decide, so that what refers to one of them is more often valid than not.
MEETINGS = [
    _meeting("meeting-1", "2025-06-03"),
    _meeting("meeting-2", "2026-02-24"),
    _meeting("meeting-3", "2026-08-04"),
    _meeting("meeting-4", "2026-11-03"),
]
GROUPS = sorted({event_types()[name].group for name in CHARTER_TYPES})


@st.composite
def rows(draw: st.DrawFn, most: int = 25) -> list[dict[str, Json]]:
    """Some events of a few kinds of duty, mostly beside a committee that meets."""
    found = list(SEATS) if draw(st.integers(0, 5)) else []
    found += MEETINGS if draw(st.integers(0, 5)) else []
    groups = draw(st.sets(st.sampled_from(GROUPS), min_size=1, max_size=3))
    types = [name for name in CHARTER_TYPES if event_types()[name].group in groups]
    chosen = draw(st.lists(st.sampled_from(types), min_size=most // 3, max_size=most))
    return found + [draw(events(name)) for name in chosen]
