"""Each benchmark runs and says something; how fast is not asked here."""

import math
from pathlib import Path

import pytest

from tests.bench import backups, charter_assess, charter_pages, intake, many_cases, sealing, steps
from tests.bench.figures import Figure, median_ratio, p95

pytestmark = pytest.mark.sqlite("what is measured is served from files")

TINY = intake.Size(seconds=0.0, rounds=1, clients=(1, 2), mib=2, workers=1, threads=4)


def said(figures: list[Figure]) -> set[str]:
    """The names of figures that are numbers."""
    assert all(math.isfinite(figure.value) for figure in figures)
    return {figure.name.partition(",")[0] for figure in figures}


def test_sealing_and_opening_are_measured() -> None:
    figures = sealing.measure(mib=1, rounds=1)
    assert said(figures) == {"sealing 1 MiB", "opening 1 MiB"}
    assert all(figure.value > 0 for figure in figures)


def test_the_shares_of_a_submission_add_up() -> None:
    figures = steps.measure(rounds=1)
    shares = [figure.value for figure in figures if figure.unit == "%"]
    assert len(shares) == 6
    assert math.isclose(sum(shares), 100.0)


def test_the_public_service_is_measured() -> None:
    names = said(list(intake.measure(TINY)))
    assert {"submissions of 2 KB", "start page p95", "look-ups", "page /form"} <= names
    assert {"upload of 2 MiB", "memory of all workers over idle"} <= names


def test_the_charter_book_is_measured() -> None:
    assert said(charter_assess.measure([1])) == {"assessing a charter book of 1 years"}
    assert len(said(charter_pages.measure(1))) == len(charter_pages.MODELS)


def test_a_goal_is_reached_or_missed() -> None:
    assert Figure("rate", "", 0.7, 0.6).reached
    assert Figure("growth", "", 2.5, 2.0, most=True).reached is False
    assert "missed" in Figure("rate", "", 0.5, 0.6).line()
    assert p95([*range(1, 101)]) == 95
    assert median_ratio([(1, 2), (3, 4), (9, 1)]) == 0.75


def test_backups_are_measured_and_the_next_day_s_is_small(tmp_path: Path) -> None:
    steps = {step.name: step for step in backups.run(tmp_path, 3, 1)}
    assert len(steps) == 7
    assert steps["whole backup"].size > 3 * backups.SLICE
    assert backups.SLICE < steps["backup of the next day"].size < 2 * backups.SLICE


def test_pages_with_many_cases_are_measured() -> None:
    figures = list(many_cases.measure(many_cases.Size(8, 16, 1, 1), "SQLite"))
    assert len(figures) == 2 * len(many_cases.PAGES)
    assert all(math.isfinite(figure.value) and figure.value > 0 for figure in figures)
