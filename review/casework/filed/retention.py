"""What the rules of retention find in a file, and the opinion it comes to.

T01, T06 to T08 and RA-18; disposed.py tells of what went. Each record is judged by the class
version it has kept since its trigger, and by the holds that stood over it on the day. A fact is
told once, under its most specific code.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from review.casework.course import Stage
from review.casework.filed import disposed
from review.casework.filed.case import FiledCase
from review.casework.filed.disposed import LEAF
from review.casework.filed.register import Register, Retained, Term
from review.charter.book import Event
from review.charter.findings import Finding, Severity, Standing, Status
from review.charter.notes import Notes
from review.charter.view import View
from review.retention import disposition, holds
from review.retention.opinion import Opinion
from review.retention.opinion import opinion as retention_opinion
from review.workdays import days_after

CLOCK = "DISPOSITION"


def assess(notes: Notes, cases: Sequence[FiledCase]) -> None:
    """Everything the rules of retention find."""
    register = Register(notes, cases)
    for retained in register.cases:
        _term(notes, retained)
        _contradiction(notes, retained)
        _population(notes, retained)
    disposed.assess(notes, register)
    _strangers(notes, register)
    _ledger(notes)
    _schedule(notes, register)


# -- due and overdue ------------------------------------------------------------------------------


def _term(notes: Notes, one: Retained) -> None:
    """T01 and the due instances: a record that is still there when its time and the grace are over.

    What stands under a hold is not overdue; the grace begins again where a hold ends.
    """
    grace = notes.view.number("disposition_grace_days")
    for term in one.terms:
        ends = [day for day in (one.gone, term.until) if day is not None and day >= term.triggered]
        end = min(ends, default=None)
        if term.until is None or (one.gone is not None and one.gone < term.until):
            _instance(notes, one, term, grace)
        for begin, stop in disposition.free_of_holds(
            term.due, end, one.register.holds, lambda day: bool(one.holds_on(day))
        ):
            since = disposition.late_from(begin, grace)
            if stop is None or since <= stop:
                notes.finding(
                    "T01", one.id, since, Severity.W,
                    f"The record of the case {one.id} was to be disposed of from {term.due}.",
                    until=stop, due=term.due, figures={"days": grace},
                    records=[one.case.submission.id],
                )  # fmt: skip


def _instance(notes: Notes, one: Retained, term: Term, grace: int) -> None:
    if one.gone is None and one.holds_on(notes.view.as_of):
        status = Status.NOT_APPLICABLE
    elif one.gone is not None:
        late = one.gone >= disposition.late_from(term.due, grace)
        status = Status.SATISFIED_LATE if late else Status.SATISFIED
    else:
        status = notes.status(days_after(term.due, grace), None, Status.OVERDUE)
    if status is Status.OVERDUE and not notes.view.is_kept(LEAF, term.triggered):
        return
    notes.occurrence(
        LEAF, one.id, status, due=term.due, clock=CLOCK, records=[one.case.submission.id]
    )


def _contradiction(notes: Notes, one: Retained) -> None:
    """T08: it must be kept longer than it may be, and only counsel can say what gives way."""
    for term in one.terms:
        version = term.version
        if version.is_contradictory(term.triggered):
            notes.finding(
                "T08", one.id, term.triggered, Severity.H,
                f"The record of the case {one.id} is to be kept {version.period} and no longer"
                f" than {version.maximum}.",
                standing=Standing.JUDGEMENT, until=_earliest(term.until, one.gone),
                records=[one.case.submission.id],
            )  # fmt: skip


def _earliest(*days: date | None) -> date | None:
    return min((day for day in days if day is not None), default=None)


# -- what there is --------------------------------------------------------------------------------


def _population(notes: Notes, one: Retained) -> None:
    """T07: a submission that the store has no record of, or that one person alone put aside.

    What was carried out is judged by its certificate, and not told again here.
    """
    missing: date | None = None
    for event in notes.view.of("inventory_taken"):
        there = one.id in event.texts("present")
        gone = one.gone is not None and one.gone <= event.day_of
        lacks = not there and not gone and one.case.received <= event.day_of
        if lacks and missing is None:
            missing = event.day_of
        elif not lacks and missing is not None:
            _lost(notes, one, missing, event.day_of)
            missing = None
    if missing is not None:
        _lost(notes, one, missing, None)
    for event in one.case.of("case_moved"):
        if event.text("to") == Stage.NOT_A_REPORT and len(set(event.texts("by"))) < holds.TWO:
            reopened = [
                later.day_of for later in one.case.of("case_moved")
                if later.day_of >= event.day_of and later.text("to") == Stage.REOPENED
            ]  # fmt: skip
            notes.finding(
                "T07", one.id, event.day_of, Severity.B,
                f"The case {one.id} was set aside as no concern or complaint by one person.",
                until=min(reopened, default=None), records=[event.id],
            )  # fmt: skip


def _lost(notes: Notes, one: Retained, since: date, until: date | None) -> None:
    notes.finding(
        "T07", one.id, since, Severity.B,
        f"The ledger has the submission of the case {one.id}, and the store has no record of it.",
        until=until, records=[one.case.submission.id],
    )  # fmt: skip


def _strangers(notes: Notes, register: Register) -> None:
    """T07 for what the store holds and the ledger never received."""
    known = {one.id: one.case.received for one in register.cases}
    told: set[str] = set()
    for event in notes.view.of("inventory_taken"):
        for name in event.texts("present"):
            received = known.get(name)
            if name not in told and (received is None or received > event.day_of):
                told.add(name)
                notes.finding(
                    "T07", name, event.day_of, Severity.B,
                    f"The store holds the case {name}, which the ledger has no submission of.",
                    until=received, records=[event.id],
                )  # fmt: skip


def _ledger(notes: Notes) -> None:
    """T06: the chain of checkpoints did not hold when it was looked at.

    That somebody looked is what the leaves rest on: without it nobody can say how they stand.
    """
    since: Event | None = None
    for event in notes.view.of("inventory_taken"):
        for leaf in (LEAF, "L-14"):
            notes.occurrence(leaf, event.id, Status.SATISFIED, due=event.day_of, records=[event.id])
        if since is None and not event.flag("ledger_verifies"):
            since = event
        elif since is not None and event.flag("ledger_verifies"):
            _broken(notes, since, event.day_of)
            since = None
    if since is not None:
        _broken(notes, since, None)


def _broken(notes: Notes, event: Event, until: date | None) -> None:
    notes.finding(
        "T06", "ledger", event.day_of, Severity.B, "The chain of the ledger's checkpoints breaks.",
        until=until, records=[event.id],
    )  # fmt: skip


def _schedule(notes: Notes, register: Register) -> None:
    """RA-18: a class version that the committee did not resolve, or that reaches back."""
    for event, version in register.versions:
        about = f"{version.code}/{version.version}"
        resolved = register.resolved_on(event)
        if resolved is None or resolved > event.day_of:
            notes.finding(
                "RA-18", about, event.day_of, Severity.B,
                f"Nobody had resolved the version {version.version} of the class {version.code};"
                " days are computed without it.",
                until=resolved, records=[event.id], always=True,
            )  # fmt: skip
        if resolved is not None and event.flag("applies_to_triggered"):
            notes.finding(
                "RA-18", about, max(resolved, event.day_of), Severity.H,
                f"The version {version.version} of the class {version.code} claims to move days"
                " that run already; in that part it is void.",
                records=[event.id], always=True,
            )  # fmt: skip


# -- the opinion ----------------------------------------------------------------------------------

_SPEAKS_OF_RETENTION = frozenset(
    {
        "inventory_taken", "retention_class_set", "legal_hold_placed", "disposition_proposed",
        "disposition_executed", "disposition_certified", "submission_received",
    }
)  # fmt: skip


def opinion(view: View, findings: Iterable[Finding]) -> str:
    """What a retention check comes to: exceptions are the T and RA findings at H or B that stand.

    Without an inventory nobody can say what is there. A book that records nothing of cases has no
    opinion on them.
    """
    if not any(event.type in _SPEAKS_OF_RETENTION for event in view.events):
        return ""
    if not view.of("inventory_taken") or not view.is_kept(LEAF, view.as_of):
        return Opinion.UNABLE_TO_VERIFY
    grave = (Severity.H, Severity.B)
    exceptions = [
        one
        for one in findings
        if one.is_open and one.severity in grave and one.code.startswith(("T", "RA-"))
    ]
    return retention_opinion(can_tell=True, exceptions=len(exceptions))
