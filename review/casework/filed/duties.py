"""What the clocks of a case come to: K01 to K08, and the instances of treatment."""

from collections.abc import Iterable, Sequence
from datetime import date

from review.casework.deadlines import (
    Clock,
    ClockSettings,
    FeedbackMode,
    Reading,
    feedback_by,
    readings,
)
from review.casework.filed.case import FiledCase
from review.charter.findings import Severity, Status
from review.charter.notes import Notes
from review.workdays import days_after

LEAF = "R-5.4"
Grade = tuple[date, Severity]
_LATE = {Clock.TRIAGE: "K04", Clock.ESCALATION: "K06", Clock.RETALIATION_CHECK: "K08"}
_SEVERITY = {"K04": Severity.W, "K06": Severity.H, "K08": Severity.W}
_SAID = {
    "K01": "The submitter of the case {case} was to hear by {due} that it came.",
    "K02": "The submitter of the case {case} was to hear by {due} what was done.",
    "K03": "The case {case} was not opened.",
    "K04": "The case {case} was to be triaged by {due}.",
    "K06": "Everybody who may know of the case {case} was to be told by {due}.",
    "K08": "Somebody was to look by {due} whether anybody suffered for the case {case}.",
}


def settings_of(notes: Notes) -> ClockSettings:
    """The clocks as the owner set them."""
    return ClockSettings(feedback_mode=FeedbackMode(str(notes.view.setting("feedback_mode"))))


def assess(notes: Notes, case: FiledCase) -> None:
    """Every clock of one case."""
    settings = settings_of(notes)
    with_policy = case.profile == "EU" or notes.view.setting("eu_clocks_as_policy") is True
    for reading in readings(case.history, settings):
        is_policy = reading.clock in (Clock.ACKNOWLEDGEMENT, Clock.FEEDBACK)
        if is_policy and not with_policy:
            continue
        if reading.clock is Clock.AGEING:
            continue
        _occurrence(notes, case, reading, settings)
        _grade(notes, case, reading, settings)
    _quiet(notes, case, settings)


def _done(case: FiledCase, reading: Reading) -> date | None:
    """The day that stopped a clock; a case set aside as no concern stops all of them."""
    done = reading.done
    if reading.clock is Clock.CLOSURE and case.spans:
        # Passed on or merged, it is no longer at work here either.
        done = case.spans[0][1]
    return min((day for day in (done, case.set_aside) if day is not None), default=None)


def _occurrence(notes: Notes, case: FiledCase, reading: Reading, settings: ClockSettings) -> None:
    graded = reading.clock in (Clock.ACKNOWLEDGEMENT, Clock.FEEDBACK)
    done = _done(case, reading)
    status = notes.status(reading.due, done, Status.BREACHED if graded else Status.OVERDUE)
    if reading.clock is Clock.SEC_MARKER and reading.due < notes.view.as_of:
        # It marks a day of the submitter's; nobody here is late.
        status = Status.NOT_APPLICABLE
    lacks = status in (Status.BREACHED, Status.OVERDUE)
    if lacks and not notes.view.is_kept(LEAF, case.received):
        return
    figures = _both_modes(case, settings) if reading.clock is Clock.FEEDBACK else {}
    notes.occurrence(
        LEAF, case.id, status, due=reading.due, clock=str(reading.clock),
        records=[case.submission.id], figures=figures,
    )  # fmt: skip


def _both_modes(case: FiledCase, settings: ClockSettings) -> dict[str, str | int]:
    return {
        mode.value.lower(): feedback_by(case.history, settings, mode).isoformat()
        for mode in FeedbackMode
    }


def _grade(notes: Notes, case: FiledCase, reading: Reading, settings: ClockSettings) -> None:
    """The finding of a clock, at the gravest step it had reached by the day it was done."""
    if reading.clock is Clock.ACKNOWLEDGEMENT:
        code, steps = "K01", _warned(reading, Severity.B)
    elif reading.clock is Clock.FEEDBACK:
        code, steps = "K02", _warned(reading, Severity.B)
    elif reading.clock is Clock.UNOPENED:
        code, steps = "K03", _warned(reading, Severity.H)
    elif reading.clock in _LATE:
        code = _LATE[reading.clock]
        steps = [(reading.late_from, _SEVERITY[code])]
    else:
        return
    done, today = _done(case, reading), notes.view.as_of
    reached = [step for step in steps if step[0] <= today and (done is None or step[0] <= done)]
    if not reached:
        return
    since, severity = reached[-1]
    figures = _both_modes(case, settings) if code == "K02" else {}
    notes.finding(
        code, case.id, since, severity, _SAID[code].format(case=case.id, due=reading.due),
        until=done, due=reading.due, figures=figures, records=[case.submission.id],
        source_class="LAW" if case.profile == "EU" and code in ("K01", "K02") else "",
    )  # fmt: skip


def _warned(reading: Reading, severity: Severity) -> list[Grade]:
    begin = reading.warn_from or reading.late_from
    return [(begin, Severity.W), (reading.late_from, severity)]


def _quiet(notes: Notes, case: FiledCase, settings: ClockSettings) -> None:
    """K07: nothing happened for thirty days, or the case is older than ninety."""
    for begin, end in case.spans:
        old = days_after(begin, settings.ageing + 1)
        records = [case.submission.id]
        if end is None or end >= old:
            notes.finding(
                "K07", case.id, old, Severity.H,
                f"The case {case.id} is older than {settings.ageing} days.",
                until=end, figures={"days": settings.ageing}, records=records,
            )  # fmt: skip
        for since, until in _gaps(case.activity(), begin, end, settings.idle):
            notes.finding(
                "K07", case.id, since, Severity.W,
                f"Nothing happened in the case {case.id} for {settings.idle} days.",
                until=until, figures={"days": settings.idle}, records=records,
            )  # fmt: skip


def _gaps(
    days: Sequence[date], begin: date, end: date | None, idle: int
) -> Iterable[tuple[date, date | None]]:
    """From when it had been quiet for too long, and until when."""
    inside = [day for day in days if begin < day and (end is None or day < end)]
    for first, after in zip([begin, *inside], [*inside, end], strict=True):
        since = days_after(first, idle + 1)
        if after is None or after >= since:
            yield since, after
