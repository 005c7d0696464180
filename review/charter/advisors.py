"""Advisors and funding (R-6): the committee determines, and the company pays.

An invoice runs from its own day. Management may not veto, cut or delay what the committee has
determined.
"""

from datetime import date

from review.charter.book import Event
from review.charter.findings import Severity, Status
from review.charter.notes import Notes
from review.charter.payments import Invoice
from review.workdays import days_after

LEAVES = ("R-6.1", "R-6.2", "R-6.3", "R-6.4")
ADMINISTRATION = "administration"
PURPOSES = {"FIRM": "R-6.2", "ADVISOR": "R-6.3", "ADMINISTRATION": "R-6.4"}
SHORT_DAYS = 30


def assess(notes: Notes) -> None:
    """V01 to V04, with the instances of R-6."""
    for event in notes.view.of("advisor_engaged"):
        _advisor(notes, event)
    for invoice in notes.facts.payments.all:
        _invoice(notes, invoice)
    _funding(notes)
    for event in notes.view.of("funding_obstructed"):
        _obstructed(notes, event)


def _advisor(notes: Notes, event: Event) -> None:
    name = event.text("advisor")
    if not event.flag("independent_of_management"):
        notes.finding(
            "V04", name, event.day_of, Severity.H,
            f"The advisor {name} also works for management.", records=[event.id],
        )  # fmt: skip
    done = event.day_of if notes.acted(event) else None
    notes.due("R-6.1", name, event.day_of, done, bucket_from=event.day_of, records=[event.id])


def _leaf(notes: Notes, creditor: str) -> str:
    if creditor == ADMINISTRATION:
        return "R-6.4"
    return "R-6.2" if creditor in notes.view.book.firms else "R-6.3"


def _invoice(notes: Notes, invoice: Invoice) -> None:
    """V01: paid in part. V02: unpaid, graver by the month."""
    leaf, day, paid = _leaf(notes, invoice.creditor), invoice.event.day_of, invoice.settled_on
    steps = notes.view.setting("unpaid_days", day)
    limits = [step for step in steps if isinstance(step, int)] if isinstance(steps, list) else []
    last = min(paid, notes.view.as_of) if paid else notes.view.as_of
    waited = (last - day).days
    grades = [
        severity
        for limit, severity in zip(limits, (Severity.W, Severity.H, Severity.B), strict=False)
        if waited > limit and (paid is None or paid > days_after(day, limit))
    ]
    # The day of payment is in time for the step it falls on, so the wait before it counts.
    if grades and limits:
        since = days_after(day, limits[0] + 1)
        if paid is None or paid >= since:
            notes.finding(
                "V02", invoice.id, since, grades[-1],
                f"The invoice {invoice.id} of {day} is unpaid.",
                leaves=(leaf,), until=paid, figures={"days": waited}, records=[invoice.event.id],
            )  # fmt: skip
    first = invoice.paid[0][0] if invoice.paid else None
    if first is not None and (paid is None or paid > days_after(first, SHORT_DAYS)):
        notes.finding(
            "V01", invoice.id, days_after(first, SHORT_DAYS + 1), Severity.H,
            f"The invoice {invoice.id} was paid in part on {first}.",
            leaves=(leaf,), until=paid, records=[invoice.event.id],
        )  # fmt: skip
    due = days_after(day, limits[0]) if limits else None
    breached = bool(grades) and grades[-1] is Severity.B
    notes.due(
        leaf, invoice.id, due, paid, missed=Status.BREACHED if breached else Status.OVERDUE,
        bucket_from=day, records=[invoice.event.id],
    )  # fmt: skip


def _funding(notes: Notes) -> None:
    """V01 for what the committee determined and sent for payment, and which was not paid."""
    submitted = notes.view.by("funding", "funding_submitted")
    for event in notes.view.of("funding_determined"):
        name, purpose = event.text("funding"), event.text("purpose")
        sent = submitted.get(name, ())
        if not notes.acted(event) or not sent:
            continue
        paid = _paid_in_full(notes, event, _creditors(notes, event))
        due = days_after(sent[0].day_of, SHORT_DAYS)
        if paid is None or paid > due:
            notes.finding(
                "V01", name, days_after(due, 1), Severity.H,
                f"Less than the {event.amount('amount')} determined for {name} was paid by {due}.",
                leaves=(PURPOSES[purpose],), until=paid, due=due, records=[event.id, sent[0].id],
            )  # fmt: skip


def _creditors(notes: Notes, event: Event) -> set[str]:
    purpose = event.text("purpose")
    if purpose == "FIRM":
        return set(notes.view.book.firms)
    if purpose == "ADMINISTRATION":
        return {ADMINISTRATION}
    advisors = {one.text("advisor") for one in notes.view.of("advisor_engaged")}
    return {event.text("advisor")} if event.has("advisor") else advisors


def _paid_in_full(notes: Notes, event: Event, creditors: set[str]) -> date | None:
    left = event.amount("amount")
    cash = [
        paid
        for creditor in creditors
        for paid in notes.facts.payments.cash(creditor, event.day_of, notes.view.as_of)
    ]
    for day, amount in sorted(cash):
        left -= amount
        if left <= 0:
            return day
    return None


def _obstructed(notes: Notes, event: Event) -> None:
    """V03: an approval step, a cut or a refusal by management."""
    invoice = notes.facts.payments.by_id.get(event.text("invoice"))
    funding = notes.view.by("funding", "funding_determined").get(event.text("funding"), ())
    leaves = tuple(PURPOSES.values())
    if invoice is not None:
        leaves = (_leaf(notes, invoice.creditor),)
    elif funding:
        leaves = (PURPOSES[funding[0].text("purpose")],)
    refused = event.text("kind") != "APPROVAL_STEP"
    settled = invoice.settled_on if invoice is not None and refused else None
    notes.finding(
        "V03", event.text("invoice") or event.text("funding") or event.id, event.day_of,
        Severity.B,
        f"Management stood in the way of funding: {event.text('kind').lower().replace('_', ' ')}.",
        leaves=leaves,
        until=settled if settled and settled > event.day_of else None,
        records=[event.id],
    )  # fmt: skip
