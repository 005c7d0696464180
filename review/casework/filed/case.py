"""One case as a charter book records it: its days, its standing, and who is out of it.

Events of one day are simultaneous unless both carry a time; where they must have an order, a case
moves forward in the order of its stages, and the gravest of several classifications counts. So the
order of the file, and the names of events, decide nothing.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cached_property

from review.casework.codes import Severity, gravest
from review.casework.course import Stage
from review.casework.deadlines import History
from review.casework.parties import may_force_recusal
from review.charter.book import Event
from review.charter.facts import Facts
from review.workdays import months_after

ENDS = frozenset(
    {
        Stage.CLOSED, Stage.MONITORING, Stage.RETENTION, Stage.MERGED, Stage.REFERRED,
        Stage.NOT_A_REPORT, Stage.DISPOSED,
    }
)  # fmt: skip
_ORDER = tuple(Stage)
TRIAGED = frozenset(_ORDER) - {
    Stage.RECEIVED, Stage.OPENED, Stage.CONFLICT_REROUTED, Stage.ACKNOWLEDGED, Stage.REOPENED,
}  # fmt: skip
# What a submitter does is no sign that anybody is at work on the case.
_NOT_ACTIVITY = frozenset({"submission_received", "follow_up_received", "access_refused"})
VOTING = ("CHAIR", "MEMBER")
SEATED = (*VOTING, "ALTERNATE")


class FiledCase:
    """The events of one case that can be seen, and what they come to."""

    def __init__(self, facts: Facts, name: str, events: tuple[Event, ...]) -> None:
        self.facts, self.id, self.events = facts, name, events
        self._of: dict[str, list[Event]] = {}
        for event in events:
            self._of.setdefault(event.type, []).append(event)
        self.submission = self.of("submission_received")[0]

    def of(self, *types: str) -> list[Event]:
        """The case's events of these types, by day."""
        found = [event for name in types for event in self._of.get(name, ())]
        return sorted(found, key=lambda event: event.day_of)

    @property
    def received(self) -> date:
        """The day the submission came."""
        return self.submission.day_of

    @property
    def profile(self) -> str:
        """US_ONLY or EU: the case's own, or the owner's."""
        return self.submission.text("profile") or str(self.facts.view.setting("profile"))

    # -- who is in and who is out ------------------------------------------------------------

    @cached_property
    def out_since(self) -> Mapping[str, date]:
        """Everybody who is concerned by the case, and from which day."""
        found = {
            person: event.day_of
            for event in reversed(self.of("submission_received"))
            for person in event.texts("excluded")
        }
        marks = sorted(
            self.of("case_conflict_marked"), key=lambda one: (one.day_of, one.text("person"))
        )
        # A mark by two others holds only if they are clear themselves on that day.
        for event in marks:
            person = event.text("person")
            by = [one for one in event.texts("by") if one == person or self._is_seated(one, event)]
            out = {one for one, day in found.items() if day < event.day_of}
            if person not in found and may_force_recusal(by, person, out):
                found[person] = event.day_of
        return found

    def _is_seated(self, person: str, event: Event) -> bool:
        seats = self.facts.seats
        return not seats.is_known or seats.on(event.day_of).roles.get(person) in SEATED

    def out_on(self, day: date) -> frozenset[str]:
        """Who is concerned by the case at the end of a day."""
        return frozenset(person for person, since in self.out_since.items() if since <= day)

    def granted_on(self, day: date) -> frozenset[str]:
        """To whom the case was sealed or shared by the end of a day."""
        found: set[str] = set()
        for event in self.of("submission_received", "case_shared"):
            if event.day_of <= day:
                found.update(event.texts("sealed_to"), event.texts("to"))
        return frozenset(found)

    # -- where it stands ---------------------------------------------------------------------

    @cached_property
    def moves(self) -> tuple[tuple[date, Stage], ...]:
        """Each stage from its day, in order."""
        found = [
            (event.day_of, Stage(event.text("to")), event.time) for event in self.of("case_moved")
        ]
        found += [(e.day_of, Stage.DETERMINED, e.time) for e in self.of("case_determined")]
        found += [(day, Stage.DISPOSED, "") for day in self._gone()]
        found.sort(key=lambda one: (one[0], one[2] or "99", _ORDER.index(one[1])))
        return ((self.received, Stage.RECEIVED), *((day, stage) for day, stage, _ in found))

    def _gone(self) -> Iterator[date]:
        for event in self.facts.view.of("disposition_executed"):
            if self.id in event.texts("cases"):
                yield event.day_of

    def stage_on(self, day: date) -> Stage:
        """The stage at the end of a day."""
        reached = [stage for when, stage in self.moves if when <= day]
        return reached[-1] if reached else Stage.RECEIVED

    def is_open_on(self, day: date) -> bool:
        """Whether the committee has the case at work at the end of a day."""
        return self.received <= day and self.stage_on(day) not in ENDS

    @cached_property
    def spans(self) -> tuple[tuple[date, date | None], ...]:
        """The days from which the case was open, and from which not any more."""
        found: list[tuple[date, date | None]] = []
        for day in sorted({when for when, _ in self.moves}):
            is_open, runs = self.is_open_on(day), bool(found) and found[-1][1] is None
            if is_open and not runs:
                found.append((day, None))
            elif runs and not is_open:
                found[-1] = (found[-1][0], day)
        return tuple(found)

    def first_move(self, stages: Iterable[Stage]) -> date | None:
        """The first day on which the case reached one of some stages."""
        wanted = frozenset(stages)
        return next((day for day, stage in self.moves if stage in wanted), None)

    # -- what happened -----------------------------------------------------------------------

    @cached_property
    def opened(self) -> date | None:
        """The day a reader who is not concerned first opened it."""
        days = [
            e.day_of for e in self.of("case_opened") if e.text("by") not in self.out_on(e.day_of)
        ]
        return min(days, default=None)

    @cached_property
    def acknowledged(self) -> date | None:
        """The day the submitter first heard: any reply says that somebody has read."""
        days = [event.day_of for event in self.of("reply_left")]
        moved = self.first_move({Stage.ACKNOWLEDGED})
        return min([*days, *([moved] if moved else [])], default=None)

    @cached_property
    def fed_back(self) -> date | None:
        """The day of the first feedback."""
        days = [e.day_of for e in self.of("reply_left") if e.text("kind") == "FEEDBACK"]
        return min(days, default=None)

    @cached_property
    def triaged(self) -> date | None:
        """The day it was first assessed: classified with a severity, or moved on."""
        days = [e.day_of for e in self.of("case_classified") if e.text("severity") != Severity.S0]
        moved = self.first_move(TRIAGED)
        return min([*days, *([moved] if moved else [])], default=None)

    def severity_on(self, day: date) -> Severity:
        """The severity at the end of a day: the gravest of the last day that gave one."""
        rows = [e for e in self.of("case_classified") if e.day_of <= day]
        last = rows[-1].day_of if rows else None
        return gravest(frozenset(Severity(e.text("severity")) for e in rows if e.day_of == last))

    @cached_property
    def first_severity(self) -> Severity:
        """The severity that the triage gave it; S0 while nobody can say."""
        rows = [e for e in self.of("case_classified") if e.text("severity") != Severity.S0]
        return self.severity_on(rows[0].day_of) if rows else Severity.S0

    @cached_property
    def alarms(self) -> tuple[Event, ...]:
        """What first made everybody's business of it: a day's S1, or an officer concerned."""
        rows = [
            event
            for event in self.of("case_classified")
            if event.text("severity") == Severity.S1 or event.flag("subject_is_officer")
        ]
        first = [event for event in rows if event.day_of == rows[0].day_of]
        return tuple(sorted(first, key=lambda one: one.id))

    @cached_property
    def set_aside(self) -> date | None:
        """The day two people found that it is no concern or complaint, which ends its clocks."""
        return self.first_move({Stage.NOT_A_REPORT})

    def activity(self) -> tuple[date, ...]:
        """The days on which somebody of the committee did something with it."""
        return tuple(
            sorted({event.day_of for event in self.events if event.type not in _NOT_ACTIVITY})
        )

    def closings(self) -> tuple[date, ...]:
        """The days on which it was closed."""
        return tuple(sorted({day for day, stage in self.moves if stage is Stage.CLOSED}))

    @cached_property
    def history(self) -> History:
        """The days its clocks run from and stop at."""
        alarms, closings = self.alarms, self.closings()
        return History(
            received=self.received,
            opened=self.opened,
            acknowledged=self.acknowledged,
            triaged=self.triaged,
            severity=self.first_severity,
            classified=alarms[0].day_of if alarms else None,
            officer_is_subject=bool(alarms),
            escalated=self.escalated,
            fed_back=self.fed_back,
            closed=closings[0] if closings else None,
            protected_steps=tuple(
                sorted({e.day_of for e in self.of("detriment_noticed")} | set(closings[1:]))
            ),
            checks=tuple(sorted({e.day_of for e in self.of("retaliation_checked")})),
        )

    @cached_property
    def escalated(self) -> date | None:
        """The first day by whose end every member who may know of it had been told."""
        told = {name for event in self.alarms for name in event.texts("by")}
        for event in self.of("case_opened", "case_escalated") if self.alarms else ():
            told.update((*event.texts("to"), event.text("by")))
            if event.type != "case_escalated" or event.day_of < self.alarms[0].day_of:
                continue
            # A role says that all who hold it were told.
            roles = set(event.texts("to")) - set(self.facts.view.book.people)
            serving = set(self.facts.seats.serving(event.day_of))
            if roles or serving - self.out_on(event.day_of) <= told:
                return event.day_of
        return None


def cases_of(facts: Facts) -> tuple[FiledCase, ...]:
    """Every case that a submission began, by name."""
    events: dict[str, list[Event]] = {}
    for event in facts.view.events:
        if event.has("case"):
            events.setdefault(event.text("case"), []).append(event)
    return tuple(
        FiledCase(facts, name, tuple(found))
        for name, found in sorted(events.items())
        if any(event.type == "submission_received" for event in found)
    )


def year_after(day: date) -> date:
    """The same day a year later."""
    return months_after(day, 12)
