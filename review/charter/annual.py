"""What is owed at least once a year: the bucket that can be missed, and the wait since the last.

More than twelve months since the last act is a warning; more than thirteen make the instance
overdue; the breach is the fiscal year that ends without one, at its last day. An owner who counts
rolling months has no buckets: there the breach begins after thirteen months.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from review.charter.calendars import year_name
from review.charter.findings import Severity, Status
from review.charter.notes import Notes
from review.workdays import days_after, months_after

Act = tuple[date, str]
GRACE_MONTHS = 1


def committee(day: date) -> str:
    """Duties of the committee are about the committee, whatever the day."""
    del day
    return "committee"


@dataclass(frozen=True)
class Yearly:
    """A duty of every year: its leaf, its code, who it is about, and what has been done."""

    leaf: str
    code: str
    about: Callable[[date], str]
    what: str
    acts: Sequence[Act]
    breach: bool = True


def assess(notes: Notes, duty: Yearly) -> None:
    """The warnings, the breaches and the instances of one duty."""
    acts = sorted(set(duty.acts))
    buckets = notes.view.setting("annual_mode") == "FISCAL_YEAR"
    _waits(notes, duty, acts, rolling=not buckets)
    for year in notes.facts.fiscal_years(duty.leaf):
        _year(notes, duty, year, acts, buckets=buckets)


def _waits(notes: Notes, duty: Yearly, acts: list[Act], *, rolling: bool) -> None:
    months = notes.view.number("annual_warn_months")
    for place, (day, record) in enumerate(acts):
        following = acts[place + 1][0] if place + 1 < len(acts) else None
        since = days_after(months_after(day, months), 1)
        late = days_after(months_after(day, months + GRACE_MONTHS), 1)
        if following is not None and following < since:
            continue
        breached = rolling and duty.breach and min(following or date.max, notes.view.as_of) >= late
        notes.finding(
            duty.code,
            duty.about(since),
            since,
            Severity.B if breached else Severity.W,
            f"{duty.what} was last on {day}, more than {months} months before.",
            leaves=(duty.leaf,),
            until=following,
            records=[record],
        )


def _year(notes: Notes, duty: Yearly, year: int, acts: list[Act], *, buckets: bool) -> None:
    start, end = notes.facts.calendar.start(year), notes.facts.calendar.end(year)
    done = next((act for act in acts if start <= act[0] <= end), None)
    can_be_missed = notes.view.is_kept(duty.leaf, start)
    if done is not None:
        status = Status.SATISFIED
    elif not can_be_missed:
        return
    else:
        status = _waiting(notes, duty, end, acts, buckets=buckets)
    if status is Status.BREACHED:
        later = next((day for day, _ in acts if day > end), None)
        status = Status.SATISFIED_LATE if later else status
        notes.finding(
            duty.code,
            duty.about(end),
            end,
            Severity.B,
            f"{duty.what} did not take place in {year_name(year)}.",
            leaves=(duty.leaf,),
            until=later,
            due=end,
            period=year_name(year),
        )
    notes.occurrence(
        duty.leaf, duty.about(end), status, due=end, period=year_name(year),
        records=[done[1] if done else ""],
    )  # fmt: skip


def _waiting(notes: Notes, duty: Yearly, end: date, acts: list[Act], *, buckets: bool) -> Status:
    """What a year without the act is called on as_of."""
    if notes.view.as_of >= end:
        return Status.BREACHED if buckets and duty.breach else Status.OVERDUE
    before = [day for day, _ in acts if day <= notes.view.as_of]
    months = notes.view.number("annual_warn_months") + GRACE_MONTHS
    if before and notes.view.as_of > months_after(before[-1], months):
        return Status.OVERDUE
    return notes.status(end, None, Status.OVERDUE)
