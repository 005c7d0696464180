"""The fee disclosure (L-12): every firm, every category, and what went through the exception.

What the proxy statement prints is held against the records on the day it is filed.
"""

from datetime import date
from decimal import Decimal

from review.charter.book import Event, Row
from review.charter.calendars import year_name
from review.charter.de_minimis import DeMinimis
from review.charter.findings import Severity, Status
from review.charter.notes import Notes
from review.charter.payments import by_category, total
from review.charter.services import Services

LEAVES = ("L-12",)


def assess(notes: Notes, services: Services, exception: DeMinimis) -> None:
    """P18 and F08 on the fee table and the de minimis percentages (L-12)."""
    made = {e.text("filing"): e for e in notes.view.of("fee_disclosure_made")}
    for filing in notes.facts.filings.all:
        if filing.text("form") != "DEF 14A":
            continue
        event, year = made.get(filing.text("filing")), filing.number("fiscal_year")
        lacks = _lacks(notes, event, year, services, exception)
        if lacks:
            notes.finding(
                "P18",
                filing.text("filing"),
                filing.day_of,
                Severity.H,
                f"The fee disclosure for {year_name(year)} lacks {', '.join(lacks)}.",
                until=_amended(notes, filing),
                period=year_name(year),
                records=[filing.id, event.id if event else ""],
            )
        status = Status.OVERDUE if lacks else Status.SATISFIED
        if event is not None or notes.view.is_kept("L-12", filing.day_of):
            records = [filing.id, event.id if event else ""]
            notes.occurrence(
                "L-12",
                filing.text("filing"),
                status,
                due=filing.day_of,
                period=year_name(year),
                records=records,
            )
    for event in made.values():
        _contradicted(notes, event, services, exception)


def _lacks(
    notes: Notes, event: Event | None, year: int, services: Services, exception: DeMinimis
) -> list[str]:
    if event is None:
        return ["the whole fee table"]
    shown = {row.text("firm") for row in event.rows("firms")}
    engaged = {
        one.firm
        for one in notes.facts.engagements.all
        if one.fiscal_year in (year - 1, year) and one.agreed
    }
    lacks = [f"the firm {firm}" for firm in sorted(engaged - shown)]
    used = [one for one in exception.late if not one.is_audit and one.fiscal_year == year]
    if any(exception.approval(one) for one in used) and event.row("de_minimis_percent") is None:
        lacks.append("the percentages under the de minimis exception")
    return lacks


def _amended(notes: Notes, filing: Event) -> date | None:
    """The day on which counsel's decision on a filing was recorded."""
    decided = notes.view.by("filing", "filing_decision_recorded").get(filing.text("filing"), ())
    return decided[0].day_of if decided else None


def _contradicted(notes: Notes, event: Event, services: Services, exception: DeMinimis) -> None:
    year, name = event.number("fiscal_year"), event.text("filing")
    filing = notes.facts.filings.by_id(name)
    wrong = _wrong_amounts(notes, event, year, services)
    wrong += _wrong_percentages(notes, event, year, services, exception)
    if not wrong or filing is None:
        return
    notes.finding(
        "F08",
        name,
        max(filing.day_of, event.day_of),
        Severity.B,
        f"The fee disclosure for {year_name(year)} contradicts the records: {'; '.join(wrong)}.",
        leaves=("L-12",),
        whose="COMPANY",
        until=_amended(notes, filing),
        period=year_name(year),
        records=[event.id, filing.id],
    )


def _wrong_amounts(notes: Notes, event: Event, year: int, services: Services) -> list[str]:
    """Categories of which more was billed than the table shows; a bill may still be to come."""
    category = {one.id: one.category for one in services.all}
    wrong = []
    for row in event.rows("firms"):
        fees = by_category(notes.facts.payments.billed(row.text("firm"), year), category)
        for name in ("AUDIT", "AUDIT_RELATED", "TAX", "OTHER"):
            if fees.get(name, Decimal(0)) > row.amount(name.lower()):
                wrong.append(f"{fees[name]} was billed as {name}")
    return wrong


def _wrong_percentages(
    notes: Notes, event: Event, year: int, services: Services, exception: DeMinimis
) -> list[str]:
    stated = event.row("de_minimis_percent")
    if stated is None:
        return []
    category = {one.id: one.category for one in services.all}
    wrong = []
    fees: dict[str, Decimal] = {}
    for row in event.rows("firms"):
        for name, amount in by_category(
            notes.facts.payments.billed(row.text("firm"), year), category
        ).items():
            fees[name] = fees.get(name, Decimal(0)) + amount
    for name in ("AUDIT_RELATED", "TAX", "OTHER"):
        used = total(
            one.fee
            for one in exception.late
            if one.category == name
            and one.fiscal_year == year
            and exception.outcome(one).failed_on is None
            and exception.approval(one) is not None
        )
        share = 100 * used / fees[name] if fees.get(name) else Decimal(0)
        if not _agrees(stated, name.lower(), share):
            wrong.append(f"{share.quantize(Decimal('0.1'))} % of {name} was de minimis")
    return wrong


def _agrees(stated: Row, name: str, share: Decimal) -> bool:
    """Whether a stated percentage is the real one, rounded as it is stated."""
    if not stated.has(name):
        return not share
    shown = stated.amount(name)
    return abs(shown - share) <= Decimal(1).scaleb(shown.as_tuple().exponent or 0) / 2  # type: ignore[arg-type]
