"""Fees (R-1b, R-1g.2): set before work, billed within a cap, weighed against the audit's.

Two bases stay apart: the de minimis test looks at what was paid, the proxy statement at what was
billed for the year.
"""

from collections.abc import Mapping
from decimal import Decimal

from review.charter.book import Event
from review.charter.calendars import year_name
from review.charter.engagements import Engagement
from review.charter.findings import Severity, Status
from review.charter.notes import Notes
from review.charter.payments import Invoice, by_category, ratio, total
from review.charter.services import Approval, Services

LEAVES = ("R-1b.1",)
NEAR = Decimal("0.9")


def assess(notes: Notes, services: Services) -> None:
    """P06, P15 and P16, with the instances of R-1b.1."""
    billed: dict[str, list[Invoice]] = {}
    for invoice in notes.facts.payments.all:
        if invoice.creditor not in notes.view.book.firms:
            continue
        approval = _approval_of(invoice, services)
        if approval is not None and approval.event.type == "pre_approval_given":
            billed.setdefault(approval.id, []).append(invoice)
        _matched(notes, invoice, services)
        if invoice.event.flag("contingent"):
            _contingent(notes, invoice.id, invoice.event)
    for name, invoices in billed.items():
        _cap(notes, services.by_approval[name], invoices)
    for engagement in notes.facts.engagements.all:
        _fee_set(notes, engagement, services)
        contingent = [one for one in engagement.agreed if one.flag("contingent_fee")]
        if contingent:
            _contingent(notes, engagement.id, contingent[0])


def _approval_of(invoice: Invoice, services: Services) -> Approval | None:
    """The approval an invoice names, or the only one its service has."""
    named = invoice.event.text("pre_approval")
    if named:
        return services.by_approval.get(named)
    service = services.by_id.get(invoice.event.text("service"))
    given = (
        [a for a in service.approvals if a.event.type == "pre_approval_given"] if service else []
    )
    return given[0] if len(given) == 1 else None


def _matched(notes: Notes, invoice: Invoice, services: Services) -> None:
    """P15: an invoice with no approval that stands, until there is one."""
    service = services.by_id.get(invoice.event.text("service"))
    if service is not None:
        stands = [one.day for one in service.approvals if one.stands]
    else:
        named = services.by_approval.get(invoice.event.text("pre_approval"))
        stands = [named.day] if named is not None and named.stands else []
    first, day = min(stands, default=None), invoice.event.day_of
    if first is not None and first <= day:
        return
    notes.finding(
        "P15",
        invoice.id,
        day,
        Severity.H,
        f"The invoice {invoice.id} of {day} belongs to no approval.",
        until=first,
        records=[invoice.event.id],
    )


def _cap(notes: Notes, approval: Approval, invoices: list[Invoice]) -> None:
    """P06: W from 90 % of the cap, H above it; a warning ends when the approval runs out."""
    cap = approval.event.amount("cap")
    if not approval.event.has("cap") or not cap:
        return
    sum_so_far, since = Decimal(0), None
    for invoice in sorted(invoices, key=lambda one: (one.event.day_of, one.id)):
        sum_so_far += invoice.amount
        if since is None and sum_so_far >= NEAR * cap:
            since = invoice.event.day_of
    over = sum_so_far > cap
    since = max(since, approval.day) if since else None
    notes.finding(
        "P06",
        approval.id,
        since,
        Severity.H if over else Severity.W,
        f"{sum_so_far} was billed under {approval.id}; the cap is {cap}.",
        until=None if over else approval.valid_to,
        figures={"ratio": ratio(sum_so_far, cap)},
        records=[approval.event.id, *(one.event.id for one in invoices)],
    )


def _contingent(notes: Notes, about: str, event: Event) -> None:
    notes.finding(
        "P16",
        about,
        event.day_of,
        Severity.B,
        f"The fee of {about} depends on a result.",
        records=[event.id],
    )


def _fee_set(notes: Notes, engagement: Engagement, services: Services) -> None:
    """R-1b.1: the committee sets the fee before the engagement's work begins."""
    started = [
        one.started.day_of
        for one in services.of_engagement(engagement)
        if one.started is not None and one.fiscal_year == engagement.fiscal_year
    ]
    done = next((e for e in engagement.fees if notes.acted(e)), None)
    due = min(started, default=None)
    if engagement.ended is not None and not started and done is None:
        return
    notes.due(
        "R-1b.1",
        engagement.id,
        due,
        done.day_of if done else None,
        missed=Status.BREACHED,
        bucket_from=engagement.begins,
        period=year_name(engagement.fiscal_year),
        records=[done.id if done else ""],
    )


def ratios(notes: Notes, services: Services) -> None:
    """P14: what the firm was billed for beside the audit, against the audit."""
    category = {one.id: one.category for one in services.all}
    pairs = {(i.creditor, i.event.number("fiscal_year")) for i in notes.facts.payments.all}
    for firm, year in sorted(pairs):
        if firm in notes.view.book.firms:
            _ratio(notes, firm, year, category)


def _ratio(notes: Notes, firm: str, year: int, category: Mapping[str, str]) -> None:
    invoices = list(notes.facts.payments.billed(firm, year))
    fees = by_category(invoices, category)
    audit = fees.get("AUDIT", Decimal(0))
    other = total(fees.get(name, Decimal(0)) for name in ("AUDIT_RELATED", "TAX", "OTHER"))
    severity = _ratio_grade(audit, other, fees)
    final = notes.view.as_of >= notes.facts.calendar.end(year)
    if severity is None or not audit:
        return
    if severity is Severity.H and not final:
        severity = Severity.W
    notes.finding(
        "P14",
        firm,
        max(invoice.event.day_of for invoice in invoices),
        severity,
        f"Beside the audit {firm} was billed {other} for {year_name(year)}, and {audit} for it.",
        period=year_name(year),
        figures={"ratio": ratio(other, audit)},
        until=notes.facts.filings.kfd(year),
        condition=True,
    )


def _ratio_grade(audit: Decimal, other: Decimal, fees: Mapping[str, Decimal]) -> Severity | None:
    # The second measure sets "all other" against audit, audit-related and tax compliance; a book
    # does not tell tax compliance from tax advice, so all tax counts on the friendly side.
    friendly = audit + fees.get("AUDIT_RELATED", Decimal(0)) + fees.get("TAX", Decimal(0))
    if other >= audit or fees.get("OTHER", Decimal(0)) > friendly:
        return Severity.H
    if 2 * other >= audit:
        return Severity.W
    return Severity.I if 4 * other >= audit else None
