"""What goes into a spreadsheet is never a formula there."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.sheet import cell, sheet

FORMULAS = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =HYPERLINK(1)",
    "\u00a0=1",
    "\ufeff=1",
    "＝1",
    "|cmd",
    '=cmd|" /C calc"!A0',
)
BEGINS = set("=+-@\t\r\n|%＝＋－＠")


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_of_a_download_begins_a_formula(text: str) -> None:
    """Attack 32: a name that a spreadsheet computes, and that sends its neighbours elsewhere."""
    ((read,),) = rows(sheet([[text]]))
    assert read == f"'{text}"


@given(st.lists(st.lists(st.text() | st.integers() | st.none(), min_size=1), min_size=1))
def test_whatever_stands_in_a_cell_comes_back_and_begins_nothing(
    given_rows: list[list[str | int | None]],
) -> None:
    found = rows(sheet(given_rows))
    # A line of nothing but one empty cell is an empty line, which a reader passes over.
    assert found == [[str(cell(each)) for each in row] for row in given_rows]
    for row, wanted in zip(found, given_rows, strict=True):
        for text, value in zip(row, wanted, strict=True):
            assert isinstance(value, int) or text[:1] not in BEGINS


def rows(file: bytes) -> list[list[str]]:
    """The cells of a file as a spreadsheet reads them."""
    return list(csv.reader(io.StringIO(file.decode("utf-8-sig"), newline="")))
