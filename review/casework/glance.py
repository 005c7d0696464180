"""A quarter's numbers as a director reads them: tables with their words, and ours beside others'.

Pure. Every picture has its table, and both say the same.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from review.casework import benchmarks, charts, told
from review.casework.benchmarks import Benchmark
from review.casework.codes import LABELS, Category, Channel, Outcome, Severity
from review.casework.numbers import FEWEST
from review.casework.statistics import QuarterReport, Share, Table, Told

TITLES = {
    "category": "What they are about",
    "severity": "How grave they are",
    "channel": "How they came",
    "outcome": "How they ended",
    "ages": "How long the open ones have been open",
}
METRICS = {
    "volume": "Submissions for each hundred people, in the year",
    "median_days": "Days from receipt to closing (median)",
    "acknowledgement": "Acknowledged in time",
    "feedback": "Told in time what was done",
    "substantiated": "Substantiated, wholly or in part",
    "retaliation": "About retaliation",
    "follow_up": "Submitters who came back",
}
NOT_TOLD = f"fewer than {FEWEST}, or not told"
_ENUMS = {"category": Category, "severity": Severity, "channel": Channel, "outcome": Outcome}


@dataclass(frozen=True)
class Shown:
    """A table of counts: its name, its title, a label and a count for each row, and the total."""

    name: str
    title: str
    rows: tuple[tuple[str, str], ...]
    total: str
    described: str


@dataclass(frozen=True)
class Measure:
    """One number of ours, in words, and what others report of the same."""

    name: str
    title: str
    ours: str
    others: tuple[Benchmark, ...]


def tables(report: QuarterReport) -> tuple[Shown, ...]:
    """The five tables, in order."""
    return tuple(_shown(name, table) for name, table in told.tables(report).items())


def picture(report: QuarterReport, name: str) -> str | None:
    """The picture of a table, as an SVG document; None for a name that is no table's."""
    table = told.tables(report).get(name)
    return None if table is None else charts.bars(TITLES[name], table, dict(labels(name)), FEWEST)


def measures(report: QuarterReport, volume: tuple[int, int] | None) -> tuple[Measure, ...]:
    """Ours beside others', the year's volume only where it was told."""
    ours = {name: _share(share) for name, share in told.shares(report).items()}
    if volume is not None:
        ours["volume"] = f"{volume[0]}.{volume[1]:02}"
    ours["median_days"] = (
        str(Told.TOO_FEW).replace("a rate", "a median")
        if report.median_days is None
        else f"{report.median_days} days"
    )
    return tuple(
        Measure(name, title, ours[name], benchmarks.beside(name))
        for name, title in METRICS.items()
        if name in ours
    )


def labels(name: str) -> Mapping[str, str]:
    """The words for the codes of a table."""
    return {str(code): LABELS[code] for code in _ENUMS[name]} if name in _ENUMS else _AGES


def lines(report: QuarterReport, volume: tuple[int, int] | None) -> Iterator[tuple[str, ...]]:
    """All of it as the rows of a spreadsheet: what it is, of what, how much."""
    quarter = told.quarter_name(report.quarter)
    yield ("Quarter", "Table", "Row", "Number")
    for shown in tables(report):
        for label, count in (*shown.rows, ("Together", shown.total)):
            yield (quarter, shown.title, label, count)
    for measure in measures(report, volume):
        yield (quarter, measure.title, "", measure.ours)
        for other in measure.others:
            yield (quarter, measure.title, f"{other.year}: {other.source}", other.figure)


_AGES = {
    "up to 30": "Up to 30 days",
    "over 30": "Over 30 days",
    "over 60": "Over 60 days",
    "over 90": "Over 90 days",
}


def _shown(name: str, table: Table) -> Shown:
    words = labels(name)
    rows = tuple((words[word], _count(count)) for word, count in table.cells.items())
    described = charts.described(TITLES[name], table, dict(words), FEWEST)
    return Shown(name, TITLES[name], rows, _count(table.total), described)


def _count(count: int | None) -> str:
    return NOT_TOLD if count is None else str(count)


def _share(share: Share) -> str:
    return str(share) if isinstance(share, Told) else f"{share} %"
