"""Where records stand at the end of their time, and how many of each class stand there.

Pure, and the same for the console's page and for the auditor's report: a record is under hold, due,
overdue or kept by its class, its due day and the day on which one asks.
"""

import enum
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date

from review.retention.disposition import late_from


class Where(enum.StrEnum):
    """Where a record stands, from its receipt to its end."""

    OPEN = "open"
    KEPT = "kept"
    HELD = "held"
    DUE = "due"
    OVERDUE = "overdue"
    DISPOSED = "disposed"


def where(due: date | None, day: date, *, is_held: bool) -> Where:
    """Where a record that is there stands on a day; without a due day it is open.

    Under a hold nothing is due, and so nothing overdue.
    """
    if due is None:
        return Where.OPEN
    if is_held:
        return Where.HELD
    if day < due:
        return Where.KEPT
    return Where.OVERDUE if day >= late_from(due) else Where.DUE


def tally(found: Iterable[tuple[str, Where]]) -> Mapping[str, Mapping[Where, int]]:
    """How many records of each class stand where, by the codes of the classes; "" for none yet.

    Every class has every place, so that a table of them has no gaps.
    """
    counted: dict[str, Counter[Where]] = {}
    for code, place in found:
        counted.setdefault(code, Counter())[place] += 1
    return {code: {each: counted[code][each] for each in Where} for code in sorted(counted)}
