"""Whether a firm is independent: derived from what was found, never entered.

It is not from the first day of a prohibited service, a contingent fee, a partner's year too many or
too early, a hire within the cooling-off period, or a relationship concluded not to be compatible.
"""

from collections.abc import Mapping
from datetime import date

from review.charter.facts import Facts
from review.charter.notes import Notes
from review.charter.services import Services

Stains = Mapping[str, list[tuple[date, date]]]
_NAMED = (
    ("firm_relationship_began", "relationship", "firm"),
    ("partner_served", "person", "firm"),
    ("oversight_role_hired", "person", "former_firm"),
)
STAINS = ("R02", "R03", "R04", "R05", "P01", "P16", "C01")


def stained(notes: Notes, services: Services) -> Stains:
    """For each firm the spans in which it was not independent."""
    owner = _owners(notes.facts, services)
    found: dict[str, list[tuple[date, date]]] = {}
    for one in notes.findings:
        if one.code in STAINS and one.severity == "B":
            for firm in owner.get(one.about, ()):
                found.setdefault(firm, []).append((one.since, one.until or date.max))
    for event in notes.view.of("compatibility_assessed"):
        if event.text("conclusion") == "NOT_COMPATIBLE" and notes.acted(event):
            for firm in owner.get(event.text("subject"), ()):
                found.setdefault(firm, []).append((event.day_of, date.max))
    return found


def is_independent(stains: Stains, firm: str, day: date) -> bool:
    """Whether nothing on record takes a firm's independence on a day."""
    return not any(begin <= day < end for begin, end in stains.get(firm, ()))


def _owners(facts: Facts, services: Services) -> Mapping[str, set[str]]:
    """Whose a service, relationship, invoice, engagement or partner is."""
    pairs = [(one.id, one.firm) for one in services.all]
    pairs += [
        (approval.id, services.by_id[name].firm)
        for approval in services.approvals
        for name in approval.services
        if name in services.by_id
    ]
    pairs += [(one.id, one.firm) for one in facts.engagements.all]
    pairs += [(one.id, one.creditor) for one in facts.payments.all]
    for kind, name, firm in _NAMED:
        pairs += [(event.text(name), event.text(firm)) for event in facts.view.of(kind)]
    found: dict[str, set[str]] = {}
    for name, firm in pairs:
        found.setdefault(name, set()).add(firm)
    return found
