"""What the committee and the board are told of cases: numbers that lead to nobody.

Pure, from coded values. A quarter is told once, when it is over, and never on demand: two tellings
of one quarter would differ by one case. A cell below three, zero included, is not told, and neither
is what would give it away by subtraction. Below ten cases there is no rate and no median. Drills
are left out, and so is a case from which a reader is excluded, until the others release it.
"""

import enum
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from review.casework.codes import (
    Category,
    Channel,
    Outcome,
    Severity,
    gravest_outcome,
)
from review.casework.numbers import FEWEST, Quarter

LEAST_FOR_RATES = 10
PERCENT = 100
AGES = (30, 60, 90)
_CONFIRMED = frozenset({Outcome.SUBSTANTIATED, Outcome.PARTLY})
_DECIDED = _CONFIRMED | {Outcome.UNSUBSTANTIATED}


@dataclass(frozen=True)
class Counted:
    """What is counted of one case: coded values and days, nothing else."""

    received: date
    category: Category = Category.OTH
    severity: Severity = Severity.S0
    channel: Channel = Channel.ONLINE
    closed: date | None = None
    outcomes: frozenset[Outcome] = frozenset()
    acknowledge_by: date | None = None
    acknowledged: date | None = None
    feedback_by: date | None = None
    fed_back: date | None = None
    came_back: bool = False
    is_drill: bool = False
    has_excluded_reader: bool = False
    is_released: bool = False


@dataclass(frozen=True)
class Table:
    """Counts by word. None is not told; the total is None when it is too small itself."""

    cells: Mapping[str, int | None]
    total: int | None


class Told(enum.StrEnum):
    """Why a share is not a number."""

    TOO_FEW = "too few cases for a rate"
    HARDLY_ANY = "none, or hardly any"
    NEARLY_ALL = "all, or nearly all"
    HIDDEN = "not told, because a small number would show"


Share = int | Told


@dataclass(frozen=True)
class QuarterReport:
    """What is told of one quarter."""

    quarter: Quarter
    by_category: Table
    by_severity: Table
    by_channel: Table
    by_outcome: Table
    ages: Table
    median_days: int | None
    on_time: Mapping[str, Share]
    substantiated: Share
    retaliation: Share
    follow_up: Share


def shared(cases: Iterable[Counted]) -> tuple[Counted, ...]:
    """The cases that may be counted where everybody sees the numbers."""
    return tuple(
        case
        for case in cases
        if not case.is_drill and (case.is_released or not case.has_excluded_reader)
    )


def report(
    cases: Iterable[Counted], quarter: Quarter, today: date, fewest: int = FEWEST
) -> QuarterReport | None:
    """What is told of a quarter, or nothing until it is over.

    What happened after its last day is left out, so that it reads the same whenever it is asked.
    """
    if today < quarter.next.first_day:
        return None
    counted = [case for case in shared(cases) if case.received < quarter.next.first_day]
    came = [case for case in counted if case.received >= quarter.first_day]
    ended = [case for case in counted if _is_in(case.closed, quarter)]
    outcomes = [_outcome(case) for case in ended]
    by_category = table(Category, [case.category for case in came], fewest)
    by_outcome = table(Outcome, [one for one in outcomes if one is not None], fewest)
    return QuarterReport(
        quarter,
        by_category,
        table(Severity, [case.severity for case in came], fewest),
        table(Channel, [case.channel for case in came], fewest),
        by_outcome,
        ages(counted, quarter, fewest),
        median([(case.closed - case.received).days for case in ended if case.closed]),
        {
            "acknowledgement": _on_time(
                [(case.acknowledge_by, case.acknowledged) for case in counted], quarter, fewest
            ),
            "feedback": _on_time(
                [(case.feedback_by, case.fed_back) for case in counted], quarter, fewest
            ),
        },
        _if_told(
            by_outcome,
            _DECIDED,
            share(
                sum(one in _CONFIRMED for one in outcomes),
                sum(one in _DECIDED for one in outcomes),
                fewest,
            ),
        ),
        _if_told(
            by_category,
            {Category.RET},
            share(sum(case.category is Category.RET for case in came), len(came), fewest),
        ),
        share(sum(case.came_back for case in came), len(came), fewest),
    )


def volume(
    cases: Iterable[Counted], year: int, headcount: int, today: date
) -> tuple[int, int] | None:
    """Submissions of a whole calendar year for each hundred people: the number, then hundredths.

    None until the year is over, and below ten submissions. Windows that overlap would tell by their
    difference what came in between, so there is one for each year.
    """
    count = sum(case.received.year == year for case in shared(cases))
    if today.year <= year or count < LEAST_FOR_RATES or headcount <= 0:
        return None
    return divmod(round(PERCENT * PERCENT * count / headcount), PERCENT)


def table(words: Iterable[str], found: Sequence[str], fewest: int = FEWEST) -> Table:
    """Counts by word with what gives a small cell away left out.

    The total may be known from another table, so each table is safe with its total known: where the
    small cells alone could be computed from it, the smallest of the others goes too, with all that
    are equal to it. A total below the least is not told, and nothing else then is.
    """
    counter = Counter(str(one) for one in found)
    counts = {str(word): counter[str(word)] for word in words}
    if len(found) < fewest:
        return Table(dict.fromkeys(counts), None)
    hidden = _hidden(counts, fewest)
    cells = {word: None if word in hidden else count for word, count in counts.items()}
    return Table(cells, len(found))


def _hidden(counts: Mapping[str, int], fewest: int) -> frozenset[str]:
    small = {word: count for word, count in counts.items() if count < fewest}
    if not small:
        return frozenset()
    together = sum(small.values())
    is_open = len(small) > 1 and 0 < together < len(small) * (fewest - 1)
    rest = [count for count in counts.values() if count >= fewest]
    if is_open or not rest:
        return frozenset(small)
    least = min(rest)
    return frozenset(small) | {word for word, count in counts.items() if count == least}


def ages(cases: Iterable[Counted], quarter: Quarter, fewest: int = FEWEST) -> Table:
    """How long the cases that were open at a quarter's end had been open by then."""
    end = quarter.next.first_day
    days = [
        (end - case.received).days for case in cases if case.closed is None or case.closed >= end
    ]
    names = [f"up to {AGES[0]}", *(f"over {age}" for age in AGES)]
    found = [names[sum(count > age for age in AGES)] for count in days]
    return table(names, found, fewest)


def share(part: int, whole: int, fewest: int = FEWEST) -> Share:
    """A percentage; or why there is none, where it would tell of few cases or of zero."""
    if whole < LEAST_FOR_RATES:
        return Told.TOO_FEW
    if part < fewest:
        return Told.HARDLY_ANY
    if whole - part < fewest:
        return Told.NEARLY_ALL
    return round(PERCENT * part / whole)


def _if_told(told: Table, words: Iterable[str], one: Share) -> Share:
    """A share of some words of a table, only where the table itself tells each of them.

    Otherwise a percentage would give away the cell that was left out, or the small one that it was
    left out for. Which cells are told is known already, so this says nothing more.
    """
    hides = any(told.cells[str(word)] is None for word in words)
    return Told.HIDDEN if hides and not isinstance(one, Told) else one


def median(days: Iterable[int]) -> int | None:
    """The median, or None below ten; of an even number the lower of the two in the middle."""
    ordered = sorted(days)
    return ordered[(len(ordered) - 1) // 2] if len(ordered) >= LEAST_FOR_RATES else None


def _on_time(
    clocks: Iterable[tuple[date | None, date | None]], quarter: Quarter, fewest: int
) -> Share:
    due = [(by, done) for by, done in clocks if by is not None and _is_in(by, quarter)]
    in_time = sum(done is not None and done <= by for by, done in due)
    return share(in_time, len(due), fewest)


def _is_in(day: date | None, quarter: Quarter) -> bool:
    return day is not None and quarter.first_day <= day < quarter.next.first_day


def _outcome(case: Counted) -> Outcome | None:
    return gravest_outcome(case.outcomes)
