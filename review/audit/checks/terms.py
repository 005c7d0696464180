"""Nothing went before its day or under a hold, and nothing stays long after its day unseen.

The due day of a record is computed from its class, the version of the schedule that stood when its
time began, and the day on which it began: for what is there by the acts that ended its case, for
what has gone by its manifest, held against the days of the entries.
"""

import json
from datetime import date, timedelta
from typing import Any

from crypto.act import Act
from crypto.disposing import Line
from review.audit import earlier
from review.audit.cases import Case
from review.audit.check import Check
from review.audit.disposed import Disposed
from review.audit.entries import Row
from review.audit.place import Place
from review.audit.retained import Ending, Executed
from review.casework.course import OVER, Stage, Step, Term
from review.casework.signed import code
from review.retention.disposition import free_of_holds, late_from
from review.retention.holds import Record
from review.retention.schedule import DRILL_CLASS

_PROPOSED, _RECUSED = b"act.proposed", b"case.recused"
_MOVES = earlier.TYPES | {b"case.moved", b"case.closed"}
_MERGED, _DRILLED = code(Step.MERGE), code(Step.MARK_DRILL)
# An act may be of the day before the one on which its first signature came.
_SLACK = timedelta(days=1)
_CATEGORIES = (
    "whether a hold by what cases are about covered a record that went: what it was about has gone "
    "with it"
)


class Terms(Check):
    """Records go in time: not before, and not long after."""

    name = "terms"
    holds = "every record that went was due by its class, and its days are those of its entries"
    tests = ("RA-10",)
    types = _MOVES | {_PROPOSED, _RECUSED}

    def begin(self) -> None:
        """The acts by which cases end."""
        self._acts = {each.act.hash: each.act for each in self.known.bundle.acts()}
        # On which day each act of a case that has gone was signed first.
        self._signed: dict[str, date] = {}

    def act(self, place: Place | None, row: Row, case: Case | None) -> None:
        """A step that may end a case, or somebody who leaves it."""
        if case is None or case.id is None:
            return
        data, on, retained = json.loads(row[2]), _day(row[5]), self.known.retained
        if row[8] == _PROPOSED:
            if case.is_gone:
                self._signed.setdefault(data["act"], on)
        elif row[8] == _RECUSED:
            retained.out.setdefault(case.id.hex(), {}).setdefault(data["person"], on)
        else:
            self._move(case.id.hex(), data, on)

    def _move(self, case: str, data: dict[str, Any], on: date) -> None:
        act = self._acts.get(data.get("act") or "")
        if act is not None and "yes" in act.words(Term.HOLD_DECISION.value):
            self.known.retained.needing_hold.add(case)
        if act is not None and act.words(Term.CATEGORY.value):
            found = frozenset(act.words(Term.CATEGORY.value))
            self.known.retained.categories[case] = found
        self._end(case, data, act, on)

    def _end(self, case: str, data: dict[str, Any], act: Act | None, on: date) -> None:
        endings = self.known.retained.endings
        after, before = data["to"], data["from"]
        if after == Stage.REOPENED:
            endings.pop(case, None)
        if after not in OVER or before in OVER:
            return
        first = self._signed.get(data.get("act") or "", on) - _SLACK
        found = Ending(on, first, is_merged=data.get("step") == _MERGED)
        if act is not None:
            found.on = act.on
            found.record_class = next(iter(act.words(Term.RETENTION_CLASS.value)), None)
            found.lead = next(iter(act.words(Term.LEAD_CASE.value)), None)
        if data.get("step") == _DRILLED:
            found.record_class = DRILL_CLASS
        endings[case] = found

    def end(self) -> None:
        """Judge what has gone, and what is there."""
        lines = {
            (there.manifest.hash, line.case): (there, line)
            for there in self.known.dispositions
            for line in there.manifest.records
        }
        for gone in self.known.retained.executed:
            name = "" if gone.case.id is None else gone.case.id.hex()
            found = lines.get((gone.manifest, name))
            if found is not None:
                line = found[1]
                self.known.retained.went[name] = (line.record_class, line.version, line.triggered)
                self._check_gone(gone, *found)
        if self.known.today:
            self._check_there(_day(self.known.today))

    def _check_gone(self, gone: Executed, there: Disposed, line: Line) -> None:
        retained = self.known.retained
        kept = retained.due(line.record_class, line.version, line.triggered)
        if kept is None:
            self.tell(
                f"{gone.case.name} went as {line.record_class}, which is no class", gone.place
            )
            return
        self._check_trigger(gone, line)
        if kept != (line.version, line.due):
            self.tell(
                f"{gone.case.name} went as due on {line.due} by version {line.version} of "
                f"{line.record_class}; it was due on {kept[1]} by version {kept[0]}",
                gone.place,
            )
        if gone.on < kept[1]:
            self.tell(
                f"{gone.case.name} went on {gone.on}, {(kept[1] - gone.on).days} days before it "
                f"was due on {kept[1]}",
                gone.place,
                code="T02",
            )
        self._check_late(gone.case, line.record_class, kept[1], gone.on)

    def _check_trigger(self, gone: Executed, line: Line) -> None:
        """What people signed has gone too; the entries tell between which days it was signed."""
        name = "" if gone.case.id is None else gone.case.id.hex()
        ending = self.known.retained.endings.get(name)
        if ending is None:
            self.tell(f"{gone.case.name} went, and never ended", gone.place, code="T02")
        elif line.triggered < ending.first:
            self.tell(
                f"{gone.case.name} went as kept since {line.triggered}, and ended on {ending.on}",
                gone.place,
                code="T02",
            )
        elif ending.is_merged:
            # As what it was kept, the acts of both cases would say; not from before it was merged.
            self.leave("from which day records ran that went with the case they were merged into")
        elif line.triggered > ending.on:
            self.tell(
                f"{gone.case.name} went as kept since {line.triggered}, and ended on {ending.on}",
                gone.place,
            )

    def _check_there(self, today: date) -> None:
        for case in self.known.cases.all:
            if case.id is None or case.recorded is None or case.is_gone:
                continue
            kept = self.known.retained.kept(case.id.hex())
            due = None if kept is None else self.known.retained.due(*kept)
            if kept is not None and due is not None:
                self._check_late(case, kept[0], due[1], None, today)

    def _check_late(
        self, case: Case, record_class: str, due: date, gone: date | None, today: date | None = None
    ) -> None:
        """A warning for a record that was there for more than the days of grace."""
        retained = self.known.retained
        if case.id is None or (gone is None and today is not None and today < due):
            return
        name, received = case.id.hex(), received_on(case)

        def is_held(day: date) -> bool:
            return retained.is_held(name, record_class, received, day)

        for begin, end in free_of_holds(due, gone, retained.holds.values(), is_held):
            late = late_from(begin)
            if (end or today or late) >= late and (end is None or end == gone):
                days = ((end or today or late) - begin).days
                says = f"went {days} days after" if gone else f"is there {days} days after"
                self.warn(
                    f"{case.name} {says} it could have gone, on {begin}", case.last, code="T01"
                )


class Withheld(Check):
    """No hold was passed over, whenever it was placed."""

    name = "withheld"
    holds = "no hold stood over a record on the day on which it went"
    tests = ("RA-11",)

    def end(self) -> None:
        """Ask every hold again, as of that day."""
        retained = self.known.retained
        held = retained.holds.values()
        for gone in retained.executed:
            if gone.case.id is None:
                continue
            record = Record(gone.case.id.hex(), gone.record_class, received_on(gone.case))
            if any(each.scope.categories and each.stands_on(gone.on) for each in held):
                self.leave(_CATEGORIES)
            for hold in retained.holds_over(record, gone.on):
                self.tell(
                    f"{gone.case.name} went on {gone.on} under the hold {hold.name}, which was "
                    f"placed on {hold.placed}",
                    gone.place,
                    code="T03",
                )


def received_on(case: Case) -> date:
    """The day of a case, as holds ask for it."""
    return _day(case.received_on if case.recorded is None else case.recorded[1])


def _day(spelled: bytes) -> date:
    return date.fromisoformat(spelled.decode())
