"""What a case does by itself once it is over: it is watched for retaliation, and then kept.

Pure, and without settings: the console's job takes these steps by it and the auditor's verifier
judges them by it. So an installation whose checks run longer is watched as long as everybody's,
and none can be watched shorter.
"""

from datetime import date

from review.casework.clocks import CHECK_DAYS, WATCHED_MONTHS, months_after
from review.casework.course import Stage, Step
from review.casework.standing import Course

# The steps that nobody signs, by the names that entries have for them.
BY_ITSELF = frozenset({Step.MONITOR, Step.RETAIN})
# What is over and can go on by itself.
WAITING = frozenset(
    {Stage.CLOSED, Stage.MONITORING, Stage.REFERRED, Stage.MERGED, Stage.NOT_A_REPORT}
)


def is_over(course: Course, on: date) -> bool:
    """Whether a closed case was watched long enough by this day.

    It was when somebody has looked after all days but the last, or when the last has come. Who was
    made to suffer meanwhile is watched anew from that day.
    """
    begins = _begins(course)
    if not begins:
        return False
    return _was_checked(course, max(begins)) or _is_a_year(max(begins), on)


def next_step(course: Course, on: date) -> Step | None:
    """The step that the case takes by itself on this day, or None."""
    if course.stage is Stage.CLOSED:
        return Step.MONITOR
    if course.stage is Stage.MONITORING:
        return Step.RETAIN if is_over(course, on) else None
    if course.stage is Stage.MERGED:
        # Who wrote has to hear of it first; after a year it is kept all the same.
        ended = course.closed_on or course.received_on
        return Step.RETAIN if course.fed_back_on or _is_a_year(ended, on) else None
    return Step.RETAIN if course.stage in WAITING else None


def _begins(course: Course) -> tuple[date, ...]:
    return (*course.detriments, *((course.closed_on,) if course.closed_on else ()))


def _was_checked(course: Course, begin: date) -> bool:
    return (max(course.checks, default=begin) - begin).days > CHECK_DAYS[-1]


def _is_a_year(begin: date, on: date) -> bool:
    try:
        return on >= months_after(begin, WATCHED_MONTHS)
    except ValueError:
        # Past all calendars: that day never comes.
        return False
