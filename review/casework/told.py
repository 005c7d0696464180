"""The numbers of a quarter as a document, in which they are kept word for word, and back.

Pure. What was told is never computed again: cases are classified anew, released, merged, and the
same quarter told twice would differ by exactly what may not be known.
"""

import json

from review.casework.numbers import Quarter
from review.casework.statistics import QuarterReport, Share, Table, Told

VERSION = 1
TABLES = ("category", "severity", "channel", "outcome", "ages")
SHARES = ("acknowledgement", "feedback", "substantiated", "retaliation", "follow_up")
_CODES = {told.name.lower(): told for told in Told}


def quarter_name(quarter: Quarter) -> str:
    """A quarter's name, as in 2026-Q3."""
    return f"{quarter.year:04}-Q{quarter.number}"


def document(report: QuarterReport, volume: tuple[int, int] | None) -> dict[str, object]:
    """What is told of a quarter, in coded values; with the fourth goes the year's volume."""
    return {
        "v": VERSION,
        "quarter": quarter_name(report.quarter),
        "tables": {
            name: {"cells": dict(table.cells), "total": table.total}
            for name, table in tables(report).items()
        },
        "median_days": report.median_days,
        "shares": {name: _spelled(share) for name, share in shares(report).items()},
        "volume": None if volume is None else list(volume),
    }


def read(text: str) -> tuple[QuarterReport, tuple[int, int] | None]:
    """The report that a kept document is, and the year's volume."""
    found = json.loads(text)
    year, number = found["quarter"].split("-Q")
    counts = [Table(cells["cells"], cells["total"]) for cells in map(found["tables"].get, TABLES)]
    told = {name: _CODES.get(str(value), value) for name, value in found["shares"].items()}
    category, severity, channel, outcome, ages = counts
    report = QuarterReport(
        quarter=Quarter(int(year), int(number)),
        by_category=category,
        by_severity=severity,
        by_channel=channel,
        by_outcome=outcome,
        ages=ages,
        median_days=found["median_days"],
        on_time={name: told[name] for name in SHARES[:2]},
        substantiated=told["substantiated"],
        retaliation=told["retaliation"],
        follow_up=told["follow_up"],
    )
    volume = found["volume"]
    return report, None if volume is None else (volume[0], volume[1])


def tables(report: QuarterReport) -> dict[str, Table]:
    """The tables of a report by their names, in order."""
    return {
        "category": report.by_category,
        "severity": report.by_severity,
        "channel": report.by_channel,
        "outcome": report.by_outcome,
        "ages": report.ages,
    }


def shares(report: QuarterReport) -> dict[str, Share]:
    """The shares of a report by their names, in order."""
    return {
        **report.on_time,
        "substantiated": report.substantiated,
        "retaliation": report.retaliation,
        "follow_up": report.follow_up,
    }


def _spelled(share: Share) -> int | str:
    return share.name.lower() if isinstance(share, Told) else share
