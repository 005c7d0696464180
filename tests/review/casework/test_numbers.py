"""Small numbers stay unknown, also to somebody who knows the rule and can subtract."""

import datetime
import itertools
from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.casework.numbers import FEWEST, Quarter, by_year, told, told_quarters

Told = tuple[tuple[int | None, ...], int | None]


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


@pytest.mark.parametrize("quarters", [1, 2, 3, 4])
def test_no_hidden_number_can_be_computed_by_who_knows_the_rule(quarters: int) -> None:
    """Attack: try every table that could be behind what is shown. Whole, for small numbers."""
    behind: dict[Told, list[tuple[int, ...]]] = defaultdict(list)
    for counts in itertools.product(range(FEWEST + 3), repeat=quarters):
        behind[told(counts)].append(counts)
    for (shown, total), tables in behind.items():
        for place, cell in enumerate(shown):
            possible = {table[place] for table in tables}
            assert (len(possible) > 1) is (cell is None), (shown, total)
        assert (len({sum(table) for table in tables}) > 1) is (total is None), (shown, total)


@given(st.lists(st.integers(0, 500), min_size=1, max_size=4))
def test_no_hidden_cell_can_be_computed_from_shown_ones_and_totals(counts: list[int]) -> None:
    shown, total = told(counts)
    open_ones = sum(cell for cell in shown if cell is not None)
    hidden = [count for count, cell in zip(counts, shown, strict=True) if cell is None]
    assert all(count < FEWEST for count in hidden)
    if total is not None and hidden:
        possible = [
            table
            for table in itertools.product(range(FEWEST), repeat=len(hidden))
            if open_ones + sum(table) == total
        ]
        assert all(len({table[n] for table in possible}) > 1 for n in range(len(hidden)))


@given(st.lists(st.integers(0, 500), min_size=1, max_size=4))
def test_what_is_shown_is_true(counts: list[int]) -> None:
    shown, total = told(counts)
    assert all(cell in (None, count) for cell, count in zip(shown, counts, strict=True))
    assert total in (None, sum(counts))
    assert all(number >= FEWEST for number in (*shown, total) if number is not None)


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((3, 4, 5, 6), ((3, 4, 5, 6), 18)),
        ((2, 4, 5, 6), ((None, 4, 5, 6), None)),
        ((0, 4, 5, 6), ((None, 4, 5, 6), None)),
        ((1, 2, 5, 6), ((None, None, 5, 6), 14)),
        ((2, 2, 5, 6), ((None, None, 5, 6), None)),
        ((0, 0, 5, 6), ((None, None, 5, 6), None)),
        ((1, 0, 1, 0), ((None, None, None, None), None)),
        ((1, 1, 1, 0), ((None, None, None, None), 3)),
    ],
)
def test_a_total_is_left_out_where_the_difference_would_tell(
    counts: tuple[int, ...], expected: Told
) -> None:
    assert told(counts) == expected


def test_only_quarters_that_are_over_and_settled_are_told() -> None:
    begun = day("2026-11-21")
    assert told_quarters(begun, begun) == []
    assert told_quarters(begun, day("2027-01-14")) == []
    assert told_quarters(begun, day("2027-01-15")) == [Quarter(2026, 4)]
    assert told_quarters(begun, day("2027-07-20")) == [
        Quarter(2026, 4),
        Quarter(2027, 1),
        Quarter(2027, 2),
    ]


def test_quarters_before_the_ledger_are_no_cells() -> None:
    """Attack: a quarter that is known to be empty, to subtract from a total."""
    quarters = told_quarters(day("2026-08-01"), day("2027-02-01"))
    (year,) = by_year([day("2026-09-30")] * 5 + [day("2026-10-01")] * 2, quarters)
    assert dict(year.quarters) == {3: 5, 4: None}
    assert (year.year, year.total, year.is_over) == (2026, None, True)


def test_the_total_of_a_year_is_told_when_the_year_is_over() -> None:
    quarters = told_quarters(day("2026-01-01"), day("2027-04-20"))
    acts = [day(f"2026-{month:02}-15") for month in range(1, 13)] + [day("2027-01-01")] * 3
    newest, before = by_year([*acts, day("2027-04-01"), day("2025-12-31")], quarters)
    assert (newest.year, dict(newest.quarters), newest.total) == (2027, {1: 3}, None)
    assert not newest.is_over
    assert (before.year, before.total) == (2026, 12)
    assert dict(before.quarters) == {1: 3, 2: 3, 3: 3, 4: 3}


@given(st.dates(day("1990-01-01"), day("2090-01-01")))
def test_every_day_is_in_the_one_quarter_that_holds_it(when: datetime.date) -> None:
    quarter = Quarter.of(when)
    assert quarter.first_day <= when < quarter.next.first_day
