"""Whether a decision stands: who made it, and whether they could.

A book names the decision; the vote, the quorum and the authority are looked up here.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from review.charter.book import Event, Row
from review.charter.gatherings import Gatherings, quorum
from review.charter.seats import Seats
from review.charter.view import View


class Maker(StrEnum):
    """Who decided."""

    COMMITTEE = "COMMITTEE"
    DELEGATE = "DELEGATE"
    BOARD = "BOARD"
    MANAGEMENT = "MANAGEMENT"
    NOBODY = "NOBODY"


class Force(StrEnum):
    """Whether a decision binds; UNPROVEN if the book does not hold what would show it."""

    VALID = "VALID"
    VOID = "VOID"
    UNPROVEN = "UNPROVEN"


@dataclass(frozen=True)
class Ruling:
    """A decision looked up: its maker, its force, why, and the records it rests on."""

    maker: Maker
    force: Force
    reason: str = ""
    records: tuple[str, ...] = ()
    time: str = ""
    day: date | None = None

    @property
    def is_committees(self) -> bool:
        """Whether the committee itself decided, and could."""
        return self.maker is Maker.COMMITTEE and self.force is Force.VALID


class Rulings:
    """Looks decisions up."""

    def __init__(self, view: View, seats: Seats, gatherings: Gatherings) -> None:
        self._view, self._seats, self._gatherings = view, seats, gatherings
        self._consents = {e.text("consent"): e for e in view.of("consent_signed")}
        self._grants = view.of("delegation_granted", "delegation_ended")

    def of(self, event: Event, name: str = "decision") -> Ruling:
        """The decision that an event rests on."""
        decision = event.row(name)
        if decision is None:
            return Ruling(Maker.NOBODY, Force.UNPROVEN, "no decision is recorded")
        return self.look_up(decision, event.day_of)

    def look_up(self, decision: Row, day: date) -> Ruling:
        """A decision taken on a day."""
        if decision.has("meeting"):
            return self._item(decision.text("meeting"), decision.text("item"))
        if decision.has("consent"):
            return self._consent(decision.text("consent"))
        if decision.has("delegate"):
            return self._delegate(decision.text("delegate"), day)
        if decision.has("board_meeting"):
            return Ruling(Maker.BOARD, Force.VALID)
        return Ruling(Maker.MANAGEMENT, Force.VALID)

    def committee_acted(self, event: Event, name: str = "decision") -> bool:
        """Whether the committee itself decided, validly, what an event records."""
        return self.of(event, name).is_committees

    def _item(self, meeting: str, name: str) -> Ruling:
        gathering = self._gatherings.by_id.get(meeting)
        item = gathering.items.get(name) if gathering else None
        if gathering is None or item is None:
            return Ruling(Maker.COMMITTEE, Force.UNPROVEN, "the minutes do not show the item")
        records = (gathering.event.id,)
        if gathering.passed(item):
            return Ruling(Maker.COMMITTEE, Force.VALID, "", records, item.text("at"), gathering.day)
        count = gathering.count(item)
        lacks = f"{len(count.counted)} of {count.required} members were counted"
        reason = "the item was not adopted" if count.is_quorate else f"there was no quorum: {lacks}"
        at = item.text("at")
        return Ruling(Maker.COMMITTEE, Force.VOID, reason, records, at, gathering.day)

    def _consent(self, name: str) -> Ruling:
        consent = self._consents.get(name)
        if consent is None:
            return Ruling(Maker.COMMITTEE, Force.UNPROVEN, "the consent is not in the book")
        reason = self.consent_problem(consent)
        force = Force.VOID if reason else Force.VALID
        return Ruling(Maker.COMMITTEE, force, reason, (consent.id,), day=consent.day_of)

    def consent_problem(self, consent: Event) -> str:
        """Why a written consent decides nothing; empty if it does."""
        serving = self._seats.serving(consent.day_of)
        if not self._seats.is_known:
            return ""
        signed = {row.text("person") for row in consent.rows("signatures")}
        if set(serving) - signed:
            return "not every serving member signed"
        required = quorum(len(serving), self._view.setting("quorum", consent.day_of))
        return "" if len(serving) >= required > 0 else "the serving members are no quorum"

    def _delegate(self, person: str, day: date) -> Ruling:
        if self._seats.is_known and person not in self._seats.serving(day):
            return Ruling(Maker.DELEGATE, Force.VOID, f"{person} was not a serving member")
        grant = self.delegation(person, day)
        if grant is None:
            return Ruling(Maker.DELEGATE, Force.UNPROVEN, "no delegation is recorded")
        if not self.committee_acted(grant):
            return Ruling(Maker.DELEGATE, Force.VOID, "the delegation itself was void", (grant.id,))
        return Ruling(Maker.DELEGATE, Force.VALID, "", (grant.id,))

    def delegation(self, person: str, day: date) -> Event | None:
        """The delegation to a person in force on a day."""
        found = None
        for event in self._grants:
            if event.day_of <= day and person in event.texts("to"):
                found = event if event.type == "delegation_granted" else None
        return found

    def delegated_cap(self, decision: Row, day: date) -> Decimal | None:
        """How much the delegate may approve for a service, or None without a limit."""
        grant = self.delegation(decision.text("delegate"), day)
        return grant.amount("cap") if grant and grant.has("cap") else None
