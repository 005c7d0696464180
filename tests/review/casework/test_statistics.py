"""Numbers for the board: right, of quarters that are over, and leading to nobody."""

import itertools
from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.casework import benchmarks, charts
from review.casework.codes import LABELS, Category, Channel, Outcome, Severity
from review.casework.numbers import Quarter
from review.casework.statistics import (
    Counted,
    Table,
    Told,
    ages,
    median,
    report,
    share,
    shared,
    table,
    volume,
)

Q1 = Quarter(2026, 1)
LATER = date(2026, 4, 1)
DAYS = st.dates(date(2025, 10, 1), date(2026, 9, 30))
CASES = st.lists(
    st.builds(
        Counted,
        received=DAYS,
        category=st.sampled_from(Category),
        severity=st.sampled_from(Severity),
        channel=st.sampled_from(Channel),
        closed=st.none() | DAYS,
        outcomes=st.frozensets(st.sampled_from(Outcome), max_size=2),
        acknowledge_by=st.none() | DAYS,
        acknowledged=st.none() | DAYS,
        feedback_by=st.none() | DAYS,
        fed_back=st.none() | DAYS,
        came_back=st.booleans(),
        is_drill=st.booleans(),
        has_excluded_reader=st.booleans(),
        is_released=st.booleans(),
    ),
    max_size=40,
)


@pytest.mark.parametrize(("words", "fewest"), [(2, 3), (3, 3), (4, 3), (3, 2), (3, 4)])
def test_no_hidden_cell_can_be_computed_by_who_knows_the_rule_and_the_total(
    words: int, fewest: int
) -> None:
    """Attack: try every table that could be behind what is shown. Whole, for small numbers."""
    most = 9
    names = "abcd"[:words]
    behind: dict[tuple[object, ...], list[tuple[int, ...]]] = defaultdict(list)
    for counts in itertools.product(range(most + 1), repeat=words):
        if fewest <= sum(counts) <= most:
            told = table(names, list(itertools.chain(*map(_repeat, names, counts))), fewest)
            behind[(*told.cells.values(), told.total)].append(counts)
    assert behind
    for shown, tables in behind.items():
        for place in range(words):
            possible = {counts[place] for counts in tables}
            assert (len(possible) > 1) is (shown[place] is None), (shown, tables)


def _repeat(name: str, count: int) -> list[str]:
    return [name] * count


@given(st.lists(st.sampled_from("abcdef"), max_size=60))
def test_what_a_table_shows_is_true_and_never_small(found: list[str]) -> None:
    told = table("abcdef", found)
    for word, count in told.cells.items():
        assert count is None or (count == found.count(word) and count >= 3)
    assert told.total == (len(found) if len(found) >= 3 else None)
    if told.total is None:
        assert set(told.cells.values()) == {None}
    assert list(told.cells.values()).count(None) != 1


def cases(count: int, **changed: object) -> list[Counted]:
    return [replace(Counted(date(2026, 2, 2)), **changed) for _ in range(count)]  # type: ignore[arg-type]


def test_a_quarter_is_told_when_it_is_over_and_then_always_the_same() -> None:
    """Attack: ask again after each case, and subtract."""
    some = cases(12, closed=date(2026, 5, 5), outcomes=frozenset({Outcome.PARTLY}))
    assert report(some, Q1, date(2026, 3, 31)) is None
    first = report(some, Q1, LATER)
    later = cases(5) + [replace(one, received=date(2026, 4, 1)) for one in some]
    assert report([*some, *later[5:]], Q1, date(2027, 1, 1)) == first


def test_drills_and_cases_with_somebody_excluded_are_left_out_until_released() -> None:
    drill = cases(1, is_drill=True)
    excluded = cases(1, has_excluded_reader=True)
    released = cases(1, has_excluded_reader=True, is_released=True)
    assert shared([*drill, *excluded, *released]) == tuple(released)


@given(CASES, st.dates(date(2026, 1, 1), date(2026, 12, 31)))
def test_a_case_with_somebody_excluded_changes_no_number(found: list[Counted], today: date) -> None:
    """Attack: find out from the board's numbers that there is a case about oneself."""
    without = [one for one in found if one.is_released or not one.has_excluded_reader]
    for quarter in (Quarter(2025, 4), Q1, Quarter(2026, 2)):
        assert report(found, quarter, today) == report(without, quarter, today)
    assert volume(found, 2025, 100, today) == volume(without, 2025, 100, today)


@given(CASES)
def test_a_report_can_be_made_of_any_cases_and_hides_what_is_small(found: list[Counted]) -> None:
    told = report(found, Q1, LATER)
    assert told is not None
    for one in (told.by_category, told.by_severity, told.by_channel, told.by_outcome, told.ages):
        assert all(count is None or count >= 3 for count in one.cells.values())
    assert told.by_category.total == told.by_severity.total == told.by_channel.total


def test_there_is_no_rate_below_ten_and_none_that_tells_of_few() -> None:
    assert share(5, 9) is Told.TOO_FEW
    assert share(2, 10) is Told.HARDLY_ANY
    assert share(0, 10) is Told.HARDLY_ANY
    assert share(8, 10) is Told.NEARLY_ALL
    assert share(10, 10) is Told.NEARLY_ALL
    assert share(3, 10) == 30
    assert share(7, 10) == 70


def test_the_median_is_told_from_ten_cases_on_and_is_no_mean() -> None:
    assert median(range(9)) is None
    assert median([1] * 9 + [900]) == 1
    assert median(range(10)) == 4


def test_substantiation_counts_what_was_decided_and_each_case_by_its_gravest_outcome() -> None:
    closed = date(2026, 3, 3)
    both = frozenset({Outcome.UNSUBSTANTIATED, Outcome.SUBSTANTIATED})
    found = [
        *cases(4, closed=closed, outcomes=both),
        *cases(6, closed=closed, outcomes=frozenset({Outcome.UNSUBSTANTIATED})),
        *cases(3, closed=closed, outcomes=frozenset({Outcome.PARTLY})),
        *cases(9, closed=closed, outcomes=frozenset({Outcome.REFERRED})),
        *cases(1, closed=closed, outcomes=frozenset({Outcome.INCONCLUSIVE})),
    ]
    told = report(found, Q1, LATER)
    assert told is not None
    assert told.substantiated == 54
    assert told.by_outcome.cells[Outcome.REFERRED] == 9
    assert told.median_days == 29


def test_a_share_is_told_only_beside_the_cells_that_it_is_of() -> None:
    """Attack: computing a cell that was left out from a percentage of it and its neighbours."""
    closed = date(2026, 3, 3)
    for partly in range(3):
        found = [
            *cases(5, closed=closed, outcomes=frozenset({Outcome.SUBSTANTIATED})),
            *cases(6, closed=closed, outcomes=frozenset({Outcome.UNSUBSTANTIATED})),
            *cases(partly, closed=closed, outcomes=frozenset({Outcome.PARTLY})),
            *cases(9 - partly, category=Category.ACC),
            *cases(3, category=Category.RET),
        ]
        told = report(found, Q1, LATER)
        assert told is not None
        assert told.substantiated is Told.HIDDEN
        # Left out, because everything else but zeros could be computed with it.
        assert told.by_category.cells[Category.RET] is None
        assert told.retaliation is Told.HIDDEN


@given(CASES)
def test_no_share_gives_a_hidden_cell_away(found: list[Counted]) -> None:
    told = report(found, Q1, LATER)
    assert told is not None
    if not isinstance(told.retaliation, Told):
        assert told.by_category.cells[Category.RET] is not None
    if not isinstance(told.substantiated, Told):
        for one in (Outcome.SUBSTANTIATED, Outcome.PARTLY, Outcome.UNSUBSTANTIATED):
            assert told.by_outcome.cells[one] is not None


def test_on_time_is_counted_by_what_was_due_in_the_quarter() -> None:
    due = date(2026, 2, 9)
    found = [
        *cases(7, acknowledge_by=due, acknowledged=due),
        *cases(2, acknowledge_by=due, acknowledged=due + timedelta(days=1)),
        *cases(1, acknowledge_by=due),
        *cases(20, acknowledge_by=date(2026, 4, 2)),
    ]
    told = report(found, Q1, LATER)
    assert told is not None
    assert told.on_time["acknowledgement"] == 70
    assert told.on_time["feedback"] is Told.TOO_FEW


def test_open_cases_are_told_by_age_at_the_quarter_s_end() -> None:
    end = date(2026, 4, 1)
    days = [30] * 3 + [31] * 4 + [61] * 5 + [91] * 6
    found = [Counted(end - timedelta(days=count)) for count in days]
    found += [Counted(end - timedelta(days=91), closed=end - timedelta(days=1))] * 9
    assert ages(found, Q1) == Table({"up to 30": 3, "over 30": 4, "over 60": 5, "over 90": 6}, 18)


def test_volume_is_told_for_whole_years_with_ten_submissions() -> None:
    found = [Counted(date(2025, 3, 3))] * 10
    assert volume(found, 2025, 1000, date(2026, 1, 1)) == (1, 0)
    assert volume(found, 2025, 637, date(2026, 1, 1)) == (1, 57)
    assert volume(found, 2025, 1000, date(2025, 12, 31)) is None
    assert volume(found[1:], 2025, 1000, date(2026, 1, 1)) is None
    assert volume(found, 2025, 0, date(2026, 1, 1)) is None


# -- benchmarks and pictures --------------------------------------------------------------------


def test_every_benchmark_has_its_year_and_its_source() -> None:
    for one in benchmarks.BENCHMARKS:
        assert 2000 < one.year <= 2025
        assert ".com" in one.source
        assert one in benchmarks.beside(one.metric)
    newest = benchmarks.beside("substantiated")
    assert [one.year for one in newest] == [2024, 2017]


def test_a_picture_says_in_words_what_it_shows() -> None:
    labels = {code.value: LABELS[code] for code in Severity}
    told = table(Severity, ["S1"] * 4 + ["S3"] * 9 + ["S4"])
    drawing = charts.bars("By severity, Q1 2026", told, labels, 3)
    root = ElementTree.fromstring(drawing)
    said = charts.described("By severity, Q1 2026", told, labels, 3)
    assert root.get("role") == "img"
    assert root.get("aria-label") == said
    assert said == ("By severity, Q1 2026: 14 in all. Critical 4, Medium 9; 3 more not told.")
    shown = "".join(root.itertext())
    for label in labels.values():
        assert label in shown


def test_a_picture_of_too_few_tells_only_that() -> None:
    told = table(Severity, ["S1", "S3"])
    assert charts.described("Cases", told, {}, 3) == "Cases: fewer than 3 in all."
    assert "<rect" in charts.bars("Cases", told, {}, 3)
    assert charts.bars("Cases", table([], []), {}, 3)


def test_a_picture_is_safe_with_any_words() -> None:
    told = table(["a"], ["a"] * 3)
    drawing = charts.bars('<script>"&', told, {"a": "</text><script>"}, 3)
    assert "<script" not in drawing
    ElementTree.fromstring(drawing)
