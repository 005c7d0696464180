"""Spans of days, months and years, for whoever needs no calendar of business days.

The auditor's verifier counts with these and knows no library of holidays. review.workdays says what
a span of months is, and what becomes of one that would end outside the calendar.
"""

import calendar
from datetime import date, timedelta


def days_after(day: date, days: int) -> date:
    """The day so many days later; earlier for a negative number."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.max if days > 0 else date.min


def months_after(day: date, months: int) -> date:
    """The same day number so many months later, or that month's last day."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    if year > date.max.year:
        return date.max
    if year < date.min.year:
        return date.min
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def years_after(day: date, years: int) -> date:
    """The same day so many years later; 29 February becomes the 28th."""
    return months_after(day, 12 * years)
