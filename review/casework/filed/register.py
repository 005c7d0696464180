"""What a file records of retention, read once: schedule, holds, executions and certificates."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from review.casework.course import Stage
from review.casework.filed.case import FiledCase
from review.charter.book import Event
from review.charter.notes import Notes
from review.retention import holds
from review.retention.holds import Hold, Record, Release, Scope
from review.retention.schedule import ClassVersion, Period, Schedule, Trigger


@dataclass(frozen=True)
class Term:
    """One run of a record's time: its class version, from its trigger to a reopening if any."""

    version: ClassVersion
    triggered: date
    until: date | None

    @property
    def due(self) -> date:
        """The day from which the record may go."""
        return self.version.due(self.triggered)


class Retained:
    """A case as its retention sees it."""

    def __init__(self, register: "Register", case: FiledCase) -> None:
        self.register, self.case, self.id = register, case, case.id

    @cached_property
    def terms(self) -> tuple[Term, ...]:
        """Every run of its time, in order: a reopening ends one, a new ending begins another."""
        found: list[Term] = []
        for event in self.case.of("case_moved"):
            stage = Stage(event.text("to"))
            if found and found[-1].until is None and stage is Stage.REOPENED:
                found[-1] = Term(found[-1].version, found[-1].triggered, event.day_of)
            if not event.text("class"):
                continue
            version = self.register.schedule.kept(
                event.text("class"), event.number("class_version"), event.day_of
            )
            if version is not None:
                found.append(Term(version, event.day_of, None))
        return tuple(found)

    def term_on(self, day: date) -> Term | None:
        """The run of its time that a day falls in, if its time runs then."""
        running = [
            one
            for one in self.terms
            if one.triggered <= day and (one.until is None or day < one.until)
        ]
        return running[-1] if running else None

    def record_on(self, day: date) -> Record:
        """What a hold asks of it on a day."""
        term = self.term_on(day)
        return Record(self.id, term.version.code if term else "", self.case.received)

    def holds_on(self, day: date) -> tuple[Hold, ...]:
        """The holds that stand over it at the end of a day."""
        out = self.case.out_on(day)
        return holds.covering(self.register.holds, self.record_on(day), day, out)

    @cached_property
    def executed(self) -> Event | None:
        """What carried it out, if anything did."""
        found = self.register.executions.get(self.id, ())
        return found[0] if found else None

    @property
    def gone(self) -> date | None:
        """The day it was carried out."""
        return self.executed.day_of if self.executed else None


class Register:
    """Everything a book records of retention, read once."""

    def __init__(self, notes: Notes, cases: Sequence[FiledCase]) -> None:
        self.notes, self.view = notes, notes.view
        self.cases = tuple(Retained(self, case) for case in cases)

    @cached_property
    def versions(self) -> tuple[tuple[Event, ClassVersion], ...]:
        """Every class version that somebody set, with its record."""
        return tuple((event, self._version(event)) for event in self.view.of("retention_class_set"))

    def _version(self, event: Event) -> ClassVersion:
        resolved = self.resolved_on(event)
        return ClassVersion(
            event.text("class"),
            event.number("version"),
            Trigger(event.text("trigger")),
            Period.parse(event.text("period")),
            max(event.day_of, resolved or event.day_of),
            Period.parse(event.text("maximum")) if event.has("maximum") else None,
            resolved is not None,
        )

    def resolved_on(self, event: Event) -> date | None:
        """The day the committee resolved what an event sets; None while it has not."""
        if event.row("decision") is None or not self.notes.acted(event):
            return None
        return self.notes.facts.rulings.of(event).day or event.day_of

    @cached_property
    def schedule(self) -> Schedule:
        """The schedule with every version that was resolved."""
        return Schedule(tuple(version for _, version in self.versions))

    @cached_property
    def holds(self) -> tuple[Hold, ...]:
        """Every hold, with what was tried to end it."""
        return tuple(self._hold(event) for event in self.view.of("legal_hold_placed"))

    def _hold(self, event: Event) -> Hold:
        row = event.row("scope")
        ended = self.view.by("hold", "legal_hold_released").get(event.text("hold"), ())
        return Hold(
            event.text("hold"),
            Scope(
                frozenset(row.texts("cases") if row else ()),
                frozenset(row.texts("classes") if row else ()),
                row.day("received_from") if row else None,
                row.day("received_to") if row else None,
            ),
            event.day_of,
            tuple(Release(one.day_of, frozenset(one.texts("by"))) for one in ended),
        )

    @cached_property
    def executions(self) -> Mapping[str, tuple[Event, ...]]:
        """What was carried out, by case."""
        return _by_case(self.view.of("disposition_executed"))

    @cached_property
    def certificates(self) -> Mapping[str, tuple[Event, ...]]:
        """What was certified, by case."""
        return _by_case(self.view.of("disposition_certified"))

    def proposals(self, manifest: str) -> tuple[Event, ...]:
        """What was proposed under a manifest's name."""
        return self.view.by("manifest", "disposition_proposed").get(manifest, ())

    def verifications(self, manifest: str) -> tuple[Event, ...]:
        """What was verified of a manifest."""
        return self.view.by("manifest", "disposition_verified").get(manifest, ())


def _by_case(events: Iterable[Event]) -> dict[str, tuple[Event, ...]]:
    found: dict[str, list[Event]] = {}
    for event in events:
        for name in event.texts("cases"):
            found.setdefault(name, []).append(event)
    return {name: tuple(rows) for name, rows in found.items()}
