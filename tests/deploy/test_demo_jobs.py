"""The days of a demo that is kept, with a stand-in for the commands that it runs."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from deploy.demo_jobs import Jobs, last_day, settle
from deploy.errors import DayIsOver, ProgramEnded
from deploy.installation import Installation

FIRST, LATER = date(2026, 11, 22), date(2034, 1, 15)


@pytest.fixture
def here(tmp_path: Path) -> Installation:
    (tmp_path / "committee").mkdir()
    (tmp_path / "committee" / "root.pub").write_text("a key\n")
    return Installation(tmp_path)


class Commands:
    """Keeps what would have been run; those that fail raise as the supervisor does."""

    def __init__(self, *failing: str) -> None:
        self.run: list[str] = []
        self._failing = failing

    def __call__(self, settings: Mapping[str, str], *words: str) -> None:
        days = {text for name, text in settings.items() if name.endswith("_TODAY")}
        assert days == {LATER.isoformat()}
        self.run.append(" ".join(words[:2]))
        if words[0] == "intake":
            self.run[-1] += f" {words[-1]}"
        if words[0] in self._failing:
            raise ProgramEnded(f"{words[0]} ended by itself with status 1\n  its words")


DAILY = [
    "intake close-days 2034-01-15",
    "collect --wait",
    "cases move-on",
    "dispositions execute",
    "backup make",
    "ledger batch",
    "dispositions verify",
    "backup expire",
    "ledger batch",
]


def begun(here: Installation) -> None:
    Jobs(here, FIRST, Commands()).begin()


def test_a_demo_goes_on_with_its_last_day_or_a_later_one(here: Installation) -> None:
    assert settle(here, None, FIRST) is None
    assert settle(here, LATER, FIRST) == LATER
    Jobs(here, LATER, Commands()).begin()
    assert settle(here, None, FIRST) == LATER
    assert settle(here, None, date(2034, 1, 16)) is None
    assert settle(here, date(2034, 1, 16), FIRST) == date(2034, 1, 16)


def test_a_demo_never_goes_back_to_a_day_before_its_last(here: Installation) -> None:
    Jobs(here, LATER, Commands()).begin()
    with pytest.raises(DayIsOver, match="has been on 2034-01-15 already, and no day comes back"):
        settle(here, FIRST, FIRST)


def test_years_are_made_up_for_before_anybody_looks(here: Installation) -> None:
    """No command closes more days at once than intake would."""
    begun(here)
    commands = Commands()
    jobs = Jobs(here, LATER, commands)
    jobs.catch_up()
    closed = ["2029-05-10", "2031-10-27", "2034-01-15"]
    assert commands.run == [*(f"intake close-days {day}" for day in closed), *DAILY]
    assert last_day(here) == LATER
    commands.run.clear()
    jobs.often()
    assert commands.run == ["collect --wait", "ledger batch"]


def test_years_that_were_interrupted_go_on_where_they_stood(here: Installation) -> None:
    begun(here)
    with pytest.raises(ProgramEnded):
        Jobs(here, LATER, Commands("intake")).catch_up()
    assert last_day(here) == FIRST


def test_on_its_own_day_a_demo_makes_up_for_nothing(here: Installation) -> None:
    Jobs(here, LATER, Commands()).begin()
    commands = Commands()
    jobs = Jobs(here, LATER, commands)
    jobs.catch_up()
    assert commands.run == []
    jobs.often()
    assert commands.run == [*DAILY, "collect --wait", "ledger batch"]


def test_what_a_job_cannot_do_is_told_once_and_the_others_are_done(
    here: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    commands = Commands("dispositions", "collect")
    jobs = Jobs(here, LATER, commands)
    jobs.often()
    jobs.often()
    assert commands.run[-1] == "ledger batch"
    told = capsys.readouterr().out.splitlines()
    assert told == [
        f"demo: {name} ended by itself with status 1; see {here.logs}"
        for name in ("collect", "dispositions")
    ]
