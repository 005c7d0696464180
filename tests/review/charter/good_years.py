"""A company that does everything in time, for as many fiscal years as one likes.

A rule that finds something here is wrong. The bench uses the same years, because a book of ten of
them is what a committee really has.
"""

import hashlib
from collections.abc import Iterator
from datetime import date

from review.charter.book import Book
from review.charter.located import Json
from review.charter.parse import make_book

MEMBERS = ("ana", "bo", "cy")
TESTS = ("N5605a2", "R10A3", "NO_FS_PREP", "LITERACY", "SOPHISTICATION", "ACFE")
PEOPLE = {
    "ana": "DIRECTOR",
    "bo": "DIRECTOR",
    "cy": "DIRECTOR",
    "cfo": "MANAGEMENT",
    "head": "INTERNAL_AUDITOR",
    **{f"lead{n}": "FIRM" for n in range(8)},
}
Event = dict[str, Json]
QUARTERS = ((1, "05-04"), (2, "08-03"), (3, "11-02"))


def good_book(first: int = 2026, years: int = 2) -> Book:
    """A book that is kept for everything from a year's first day."""
    return book_of(good_events(first, years), first)


def good_events(first: int = 2026, years: int = 2) -> list[Event]:
    """The events of such a book, without ids."""
    return [*_before(first), *_all(first, years)]


def book_of(rows: list[Event], first: int = 2026) -> Book:
    """A book of these events, numbered in their order."""
    events: list[Json] = [{"id": f"e{n}", **event} for n, event in enumerate(rows)]
    return make_book(
        {
            "format": "underrose-book/1",
            "company": {
                "name": "Good, Inc.",
                "exchange": "NASDAQ",
                "fiscal_year_end": "12-31",
                "filer_status": "NON_ACCELERATED",
            },
            "kept": [{"clauses": ["*"], "from": f"{first}-01-01"}],
            "settings": {},
            "people": [{"id": p, "name": p, "kind": kind} for p, kind in PEOPLE.items()],
            "firms": [{"id": "h", "name": "Firm H"}],
            "events": events,
        }
    )


def _all(first: int, years: int) -> Iterator[Event]:
    for year in range(first, first + years):
        yield from _year(year)


def _event(name: str, day: str, /, **fields: Json) -> Event:
    return {"type": name, "event_date": day, **fields}


def _with(*parties: Json) -> Event:
    return {"with": list(parties)}


def _document(kind: str, title: str) -> Json:
    return {"sha256": hashlib.sha256(title.encode()).hexdigest(), "kind": kind, "title": title}


def _decision(day: str, item: str) -> Json:
    return {"meeting": f"m-{day}", "item": item}


def _meeting(day: str, lead: str, titles: dict[str, str]) -> Event:
    people: list[Json] = [{"person": person, "as": "MEMBER"} for person in MEMBERS]
    guests = (("cfo", "MANAGEMENT"), ("head", "INTERNAL_AUDITOR"), (lead, "FIRM"))
    people += [{"person": person, "as": role} for person, role in guests]
    items: list[Json] = [
        {
            "item": item,
            "title": title,
            "clauses": ["P-b"],
            "outcome": "APPROVED",
            "vote": {"for": list(MEMBERS)},
        }
        for item, title in titles.items()
    ]
    sessions: list[Json] = [
        {"with": role, "present": [*MEMBERS, person]} for person, role in guests
    ]
    return _event(
        "meeting_held", day, meeting=f"m-{day}", kind="REGULAR", opened="10:00", closed="13:00",
        attendance=people, items=items, executive_sessions=sessions,
        evidence=[_document("MIN", f"Minutes {day}")],
    )  # fmt: skip


def _before(first: int) -> Iterator[Event]:
    """What was there when the book began."""
    day = f"{first - 1}-05-13"
    yield _event("board_meeting_held", day, board_meeting=f"b-{day}", kind="REGULAR")
    yield _meeting(f"{first - 1}-02-23", "lead0", {"1": "Selection"})
    for person in MEMBERS:
        role = "CHAIR" if person == "ana" else "MEMBER"
        yield _event("seat_began", day, person=person, body="COMMITTEE", role=role)
        yield _determination(person, day)
    yield _event("internal_audit_function_set", day, arrangement="IN_HOUSE", designee="head")
    yield _event(
        "firm_selected", f"{first - 1}-02-23", engagement=f"en-{first - 1}", firm="h",
        fiscal_year=first - 1, decision=_decision(f"{first - 1}-02-23", "1"),
    )  # fmt: skip
    yield _event("filing_made", f"{first - 1}-03-15", filing=f"k-{first - 2}", form="10-K",
                 fiscal_year=first - 2)  # fmt: skip
    yield from _letter(first - 2)
    yield from _planned(first, f"{first - 1}-11-02")


def _determination(person: str, day: str) -> Event:
    return _event(
        "board_determination", day, person=person, tests=list(TESTS), result="MET",
        board_meeting=f"b-{day}",
    )  # fmt: skip


def _planned(year: int, day: str) -> Iterator[Event]:
    for month_day in ("02-23", "05-04", "08-03", "11-02", "12-07"):
        yield _event(
            "meeting_planned", day, meeting=f"m-{year}-{month_day}", kind="REGULAR",
            for_date=f"{year}-{month_day}",
        )  # fmt: skip


def _letter(fiscal_year: int) -> Iterator[Event]:
    day = f"{fiscal_year + 1}-02-20"
    yield _event(
        "independence_letter_received", day, letter=f"l-{fiscal_year}", firm="h", dated=day,
        fiscal_year=fiscal_year, affirmation="CLEAN", kind="ANNUAL",
    )  # fmt: skip


def _year(year: int) -> Iterator[Event]:
    """One fiscal year; its February finishes the year before."""
    lead = f"lead{(year - 2000) // 5 % 8}"
    yield from _february(year, lead)
    yield from _may(year)
    for quarter, month_day in QUARTERS:
        yield from _quarter(year, quarter, f"{year}-{month_day}", lead)
    yield from _summer(year)
    yield from _autumn(year, lead)


def _february(year: int, lead: str) -> Iterator[Event]:
    day, done = f"{year}-02-23", year - 1
    names = ("Selection", "Fees", "Services", "Statements", "Independence", "Recommendation")
    yield from _letter(done)
    yield _meeting(day, lead, {str(n): name for n, name in enumerate(names, 1)})
    item = {n: _decision(day, str(n)) for n in range(1, 7)}
    yield _event(
        "statements_reviewed", day, fiscal_year=done, document="10-K",
        decision=item[4], **_with("MANAGEMENT", "FIRM"),
    )  # fmt: skip
    rows: list[Json] = [{"row": n, "response": "NIL"} for n in range(1, 38)]
    yield _event(
        "required_communications_made", day, firm="h", fiscal_year=done, form="WRITTEN", to="FULL",
        rows=rows,
    )  # fmt: skip
    yield _event("firm_report_received", day, firm="h", fiscal_year=done, kind="SX_2_07")
    yield _event("independence_discussed", day, firm="h", letters=[f"l-{done}"], decision=item[5])
    yield _event(
        "compatibility_assessed", day, subject=f"s-tax-{year}", conclusion="COMPATIBLE",
        decision=item[5],
    )  # fmt: skip
    yield _event(
        "independence_action", day, action=f"a-{done}", firm="h", fiscal_year=done,
        kind="NO_ACTION_NEEDED", decision=item[5],
    )  # fmt: skip
    yield _event("inclusion_recommended", day, fiscal_year=done, decision=item[6])
    yield _event(
        "firm_evaluated", day, firm="h", fiscal_year=done, conclusion="good", decision=item[1]
    )
    yield from _engaged(year, item, lead)
    yield _event("officer_disclosure_made", f"{year}-03-10", fiscal_year=done, quarter=4,
                 nothing_to_disclose=True)  # fmt: skip
    yield _event("firm_report_issued", f"{year}-03-12", firm="h", fiscal_year=done, kind="AUDIT")
    yield _event("filing_made", f"{year}-03-15", filing=f"k-{done}", form="10-K", fiscal_year=done)
    yield _event("filing_made", f"{year}-04-01", filing=f"p-{done}", form="DEF 14A",
                 fiscal_year=done)  # fmt: skip
    yield _event(
        "fee_disclosure_made", f"{year}-04-01", fiscal_year=done, filing=f"p-{done}",
        firms=[{"firm": "h", "audit": "400000", "audit_related": "0", "tax": "30000",
                "other": "0"}],
    )  # fmt: skip


def _engaged(year: int, item: dict[int, Json], lead: str) -> Iterator[Event]:
    """The firm's year: selected, paid for, approved, begun and billed."""
    day, key = f"{year}-02-23", f"en-{year}"
    yield _event("firm_verified", day, firm="h", registered=True)
    yield _event("firm_selected", day, firm="h", fiscal_year=year, engagement=key, decision=item[1])
    for name, category, fee in (("audit", "AUDIT", "400000"), ("tax", "TAX", "30000")):
        service = f"s-{name}-{year}"
        yield _event(
            "service_requested", day, service=service, firm="h", fiscal_year=year,
            category=category, description=f"{name} of {year}", estimated_fee=fee,
            recognised_as_non_audit=name != "audit", prohibited_screen={"result": "CLEAR"},
        )  # fmt: skip
        yield _event(
            "pre_approval_given", day, pre_approval=f"pa-{name}-{year}", services=[service],
            route="SPECIFIC", decision=item[3], cap="450000", valid_to=f"{year + 1}-04-30",
            package_3524="COMPLETE",
        )  # fmt: skip
    yield _event(
        "engagement_agreed", day, engagement=key, fee_cap="400000", contingent_fee=False,
        signed_by=["CHAIR"], acknowledged=item[2], services=[f"s-audit-{year}"],
        indemnity_clause=False, evidence=[_document("EL", f"Letter {year}")],
    )  # fmt: skip
    yield _event("fee_set", day, engagement=key, amount="400000", decision=item[2])
    yield _event("partner_served", f"{year}-03-20", person=lead, firm="h", fiscal_year=year,
                 role="LEAD")  # fmt: skip
    for name, fee in (("audit", "400000"), ("tax", "30000")):
        yield _event("service_started", f"{year}-04-06", service=f"s-{name}-{year}")
        yield _event(
            "invoice_received", f"{year}-06-01", invoice=f"i-{name}-{year}", amount=fee,
            service=f"s-{name}-{year}", fiscal_year=year, pre_approval=f"pa-{name}-{year}",
            **{"from": "h"},
        )  # fmt: skip
        yield _event("invoice_paid", f"{year}-06-20", invoice=f"i-{name}-{year}", amount=fee)


def _may(year: int) -> Iterator[Event]:
    day = f"{year}-05-12"
    yield _event("stockholder_meeting_held", day, stockholder_meeting=f"asm-{year}")
    yield _event(
        "ratification_voted", day, engagement=f"en-{year}", stockholder_meeting=f"asm-{year}",
        against=1, abstain=1, result="RATIFIED", **{"for": 1000},
    )  # fmt: skip
    yield _event("board_meeting_held", day, board_meeting=f"b-{day}", kind="REGULAR")
    yield _event(
        "board_report_made", day, board_report=f"br-{day}", board_meeting=f"b-{day}",
        covers=[f"m-{year}-02-23", f"m-{year}-05-04"],
    )  # fmt: skip
    for person in MEMBERS:
        yield _determination(person, day)


def _quarter(year: int, quarter: int, day: str, lead: str) -> Iterator[Event]:
    yield _meeting(day, lead, {"1": "Interim statements", "2": "Reviews of the quarter"})
    yield _event("interim_review_completed", day, firm="h", fiscal_year=year, quarter=quarter)
    yield _event(
        "required_communications_made", day, firm="h", fiscal_year=year, quarter=quarter,
        form="ORAL", to="FULL", rows=[{"row": 12, "response": "NIL"}],
    )  # fmt: skip
    yield _event("officer_disclosure_made", day, fiscal_year=year, quarter=quarter,
                 nothing_to_disclose=True)  # fmt: skip
    filed = str(date.fromisoformat(day).replace(day=10))
    yield _event("filing_made", filed, filing=f"q-{year}-{quarter}", form="10-Q", fiscal_year=year,
                 quarter=quarter)  # fmt: skip
    tested = str(date.fromisoformat(day).replace(day=20))
    yield _event("channel_tested", tested, channel="web", result="PASSED")


def _summer(year: int) -> Iterator[Event]:
    day = f"{year}-08-03"
    item = _decision(day, "2")
    yield _event(
        "audit_plan_presented", day, plan=f"plan-{year}", firm="h", fiscal_year=year, version=1,
        contents=["STRATEGY", "TIMING"],
    )  # fmt: skip
    yield _event(
        "audit_plan_reviewed", day, plan=f"plan-{year}", covers=["SCOPE", "RESOURCES"],
        decision=item,
    )  # fmt: skip
    yield _event("fieldwork_started", f"{year}-10-05", firm="h", fiscal_year=year)
    yield from _report(year, day)
    yield _event(
        "complaint_procedures_adopted",
        day,
        procedures=f"cp-{year}",
        channels=["web"],
        decision=item,
    )
    yield _event("complaint_procedures_published", day, procedures=f"cp-{year}", where="intranet")
    board = f"b-{year}-08-05"
    yield _event("board_meeting_held", f"{year}-08-05", board_meeting=board, kind="REGULAR")
    yield _event(
        "board_report_made", f"{year}-08-05", board_report=f"br-{board}", board_meeting=board,
        covers=[f"m-{day}"],
    )  # fmt: skip


def _report(year: int, day: str) -> Iterator[Event]:
    name = f"qc-{year}"
    parts = ("procedures", "internal_review", "peer_review", "inspection", "inquiries", "steps")
    yield _event(
        "quality_control_report_received", day, quality_control_report=name, firm="h",
        content_as_of=f"{year}-06-30", lookback_from=f"{year - 5}-06-30",
        elements=dict.fromkeys(parts, "PRESENT"),
    )  # fmt: skip
    yield _event(
        "quality_control_report_reviewed", day, quality_control_report=name,
        decision=_decision(day, "2"),
    )  # fmt: skip


def _autumn(year: int, lead: str) -> Iterator[Event]:
    day = f"{year}-11-02"
    item = _decision(day, "2")
    yield _event("committee_evaluated", day, fiscal_year=year, decision=item)
    yield _event("charter_reviewed", day, conclusion="ADEQUATE", decision=item)
    policy = f"pol-{year}"
    yield _event(
        "pre_approval_policy_adopted", day, policy=policy, decision=item,
        entries=[{"entry": f"tax-{year}", "category": "TAX", "text": "Returns of two states",
                  "describes_service": True}],
    )  # fmt: skip
    yield _event("channel_tested", f"{year}-02-01", channel="web", result="PASSED")
    yield _event("channel_tested", f"{year}-04-20", channel="web", result="PASSED")
    yield _event("channel_tested", f"{year}-07-10", channel="web", result="PASSED")
    yield _event("channel_tested", f"{year}-10-15", channel="web", result="PASSED")
    yield from _planned(year + 1, day)
    yield _event("stockholder_meeting_planned", day, stockholder_meeting=f"asm-{year + 1}",
                 for_date=f"{year + 1}-05-12")  # fmt: skip
    board = f"b-{year}-11-10"
    yield _event("board_meeting_held", f"{year}-11-10", board_meeting=board, kind="REGULAR")
    covers: list[Json] = [f"m-{day}"]
    if lead:
        yield _meeting(f"{year}-12-07", lead, {"1": "The year ahead"})
        yield _event("board_meeting_held", f"{year}-12-09", board_meeting=f"b-{year}-12-09",
                     kind="REGULAR")  # fmt: skip
        yield _event(
            "board_report_made", f"{year}-12-09", board_report=f"br-{year}-12-09",
            board_meeting=f"b-{year}-12-09", covers=[f"m-{year}-12-07"],
        )  # fmt: skip
    yield _event(
        "board_report_made", f"{year}-11-10", board_report=f"br-{board}", board_meeting=board,
        covers=covers,
    )  # fmt: skip
