"""Tables as files for a spreadsheet, in which no cell can be a formula.

This module is pure. A spreadsheet takes what begins with = + - or @ for a formula, and some take a
tab, a line break or the wide forms of these letters for the same; a formula can send what stands
beside it elsewhere. So every text that begins like that is led by an apostrophe, which a
spreadsheet shows as text. Numbers are numbers.
"""

import csv
import io
from collections.abc import Iterable, Sequence

_BEGINS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "|", "%")

Cell = str | int | None


def cell(value: Cell) -> str | int:
    """A value as it stands in the file."""
    if value is None or isinstance(value, int):
        return "" if value is None else value
    # White space before it does not hinder a spreadsheet.
    begins = value.lstrip(" \u00a0\ufeff\u200b").startswith(_BEGINS)
    return f"'{value}" if begins or value.startswith(_BEGINS) else value


def sheet(rows: Iterable[Sequence[Cell]]) -> bytes:
    """The file, in UTF-8 with the mark by which spreadsheets know it."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    for row in rows:
        writer.writerow([cell(value) for value in row])
    return out.getvalue().encode("utf-8-sig")
