"""By when a case needs what, in civil days.

This module is pure: days in, days out. The two clocks are those of Directive (EU) 2019/1937,
article 9(1)(b) and (f), which the committee follows everywhere: an acknowledgement within seven
days of receipt, feedback within three months of the acknowledgement. Feedback is counted from the
earlier of the acknowledgement and its last day, so that a late acknowledgement wins no time.
"""

import calendar
from datetime import date, timedelta

ACKNOWLEDGE_DAYS = 7
FEEDBACK_MONTHS = 3
# Days after the end of a case, and months, on which somebody looks for retaliation.
CHECK_DAYS = (30, 60, 90, 180)
WATCHED_MONTHS = 12


def acknowledge_by(received: date) -> date:
    """The last day on which an acknowledgement is in time."""
    return received + timedelta(days=ACKNOWLEDGE_DAYS)


def feedback_by(received: date, acknowledged: date | None) -> date:
    """The last day on which the submitter is to hear what was done."""
    last = acknowledge_by(received)
    return months_after(min(acknowledged or last, last), FEEDBACK_MONTHS)


def days_open(received: date, today: date) -> int:
    """How many days a case has been with the committee; none before the day it came."""
    return max((today - received).days, 0)


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or that month's last day where it has no such day.

    Raises ValueError for a day past all calendars.
    """
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return day.replace(
        year=year, month=month, day=min(day.day, calendar.monthrange(year, month)[1])
    )
