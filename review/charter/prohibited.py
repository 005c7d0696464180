"""The prohibited services (PRH): a list that no approval opens.

Five of them may be provided if it is reasonable to conclude that the results are not audited. That
is blocked as well, until the committee itself has decided on a memorandum of counsel whose hash is
on record.
"""

from datetime import date

from review.charter.book import Event
from review.charter.facts import Facts
from review.charter.findings import Severity, Standing
from review.charter.notes import Notes
from review.charter.services import Service, Services

WITH_PROVISO = {f"PRH-{n}" for n in range(1, 6)}


def is_prohibited(facts: Facts, service: Service) -> bool:
    """Whether the service may not be provided at all, as far as the book shows."""
    screen = service.screen
    if screen.text("result") == "PROHIBITED":
        return True
    if screen.text("result") != "PROVISO_CLAIMED":
        return False
    memo = screen.row("memo")
    proven = memo is not None and bool(memo.text("sha256"))
    if not proven or screen.text("code") not in WITH_PROVISO:
        return True
    return not any(one.ruling.is_committees for one in service.approvals)


def assess(notes: Notes, services: Services) -> None:
    """P01 for services of the book and for what a firm did from outside any engagement."""
    refused: dict[str, date] = {}
    for event in notes.view.of("pre_approval_refused"):
        for name in event.texts("services"):
            refused.setdefault(name, event.day_of)
    for service in services.all:
        if is_prohibited(notes.facts, service):
            _service(notes, service, refused.get(service.id))
    for event in notes.view.of("firm_relationship_began"):
        if event.text("prohibited_code"):
            _relationship(notes, event)


def _service(notes: Notes, service: Service, refused: date | None) -> None:
    code = service.screen.text("code") or "the prohibited list"
    records = [service.request.id, *(one.event.id for one in service.approvals)]
    if service.work is not None:
        notes.finding(
            "P01",
            service.id,
            service.work.day_of,
            Severity.B,
            f"The service {service.id} falls under {code} and was performed.",
            records=[*records, service.work.id],
        )
        return
    notes.finding(
        "P01",
        service.id,
        service.request.day_of,
        Severity.H,
        f"The service {service.id} falls under {code}: no approval opens it.",
        standing=Standing.BLOCKED,
        until=refused,
        records=records,
    )


def _relationship(notes: Notes, event: Event) -> None:
    """A prohibited service within the audit and professional engagement period."""
    facts, firm = notes.facts, event.text("firm")
    engagements = facts.engagements.of_firm(firm)
    engaged = [one.engaged_on for one in engagements if one.engaged_on]
    if not engagements:
        return
    opens = min([facts.calendar.start(min(one.fiscal_year for one in engagements)), *engaged])
    closes = facts.engagements.ended_for(firm) or date.max
    last = event.day("to") or date.max
    if last < opens or event.day_of > closes:
        return
    name, code = event.text("relationship"), event.text("prohibited_code")
    sentence = f"{firm} provided a service under {code} within the period of its audit."
    if engaged:
        since = max(event.day_of, min(engaged))
        notes.finding("P01", name, since, Severity.B, sentence, records=[event.id])
    else:
        since = max(event.day_of, engagements[0].begins)
        blocked = Standing.BLOCKED
        notes.finding(
            "P01", name, since, Severity.H, sentence, standing=blocked, records=[event.id]
        )
