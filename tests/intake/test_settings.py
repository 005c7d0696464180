"""Settings are read once, all problems at once, and nothing unknown is let pass."""

import dataclasses
import datetime
import inspect
import re
from pathlib import Path

import pytest

from crypto import strict
from intake.errors import SettingsRefused
from intake.settings import Settings

GOOD = {
    "INTAKE_DATABASE_URL": "sqlite:////srv/drop.db",
    "INTAKE_ROOT_KEY": strict.to_b64(bytes(32)),
    "INTAKE_STATEMENT_KEY_FILE": "/etc/underrose/statement.key",
}


def problems(**changes: str) -> tuple[str, ...]:
    with pytest.raises(SettingsRefused) as refused:
        Settings.from_environ({**GOOD, **changes})
    return refused.value.problems


def test_three_settings_are_enough() -> None:
    settings = Settings.from_environ(GOOD)
    assert settings.root_key == bytes(32)
    assert (settings.timezone.key, settings.demo, settings.https) == ("UTC", False, False)
    assert (settings.max_files, settings.max_file_bytes) == (10, 536870912)


def test_other_programs_variables_are_left_alone() -> None:
    assert Settings.from_environ({**GOOD, "PATH": "/bin", "REVIEW_BOOK_URL": "x"})


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(SettingsRefused) as refused:
        Settings.from_environ({"INTAKE_DEMO": "yes", "INTAKE_TIMEZONE": "Mars/Base"})
    assert len(refused.value.problems) == 5


def test_an_unknown_name_is_refused() -> None:
    assert problems(INTAKE_MAX_FILE="3") == ("INTAKE_MAX_FILE is not a setting",)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("INTAKE_DATABASE_URL", "postgresql://db/drop"),
        ("INTAKE_DATABASE_URL", "sqlite://"),
        ("INTAKE_DATABASE_URL", "no url"),
        ("INTAKE_ROOT_KEY", strict.to_b64(bytes(31))),
        ("INTAKE_ROOT_KEY", "A" * 43),
        ("INTAKE_STATEMENT_KEY_FILE", ""),
        ("INTAKE_HTTPS", "true"),
        ("INTAKE_MAX_FILES", "17"),
        ("INTAKE_MAX_FILES", "+3"),
        ("INTAKE_MAX_FILES", "３"),
        ("INTAKE_MAX_FILE_BYTES", "0"),
        ("INTAKE_TODAY", "20261121"),
        ("INTAKE_ONION_LOCATION", "http://name.onion/path"),
        ("INTAKE_ONION_LOCATION", "https://example.com"),
        ("INTAKE_BUDGET_READS", "often"),
        ("INTAKE_LIMITER_STORAGE", "file:///tmp/x"),
    ],
)
def test_a_value_that_cannot_be_meant_is_refused_by_name(name: str, value: str) -> None:
    changes = {name: value, "INTAKE_DEMO": "1"} if name == "INTAKE_TODAY" else {name: value}
    (problem,) = problems(**changes)
    assert problem.startswith(f"{name} must be ")


@pytest.mark.parametrize(
    ("storage", "taken"),
    [
        ("memory://", True),
        ("redis+unix:///run/redis/socket", True),
        ("redis://127.0.0.1:6379/0", True),
        ("redis://:word@[::1]:6379", True),
        ("redis://localhost:6379", True),
        ("rediss://limits.example:6380", True),
        ("redis://limits.example:6379", False),
        ("redis://127.0.0.1@192.0.2.7:6379", False),
        ("redis://127.0.0.1.example:6379", False),
        ("redis://[", False),
        ("redis://", False),
    ],
)
def test_budgets_go_to_another_machine_by_tls_only(storage: str, taken: bool) -> None:
    found = [] if taken else problems(INTAKE_LIMITER_STORAGE=storage)
    assert len(found) == (not taken)
    if taken:
        settings = Settings.from_environ({**GOOD, "INTAKE_LIMITER_STORAGE": storage})
        assert settings.limiter_storage == storage


def test_a_pretended_day_is_for_demonstrations_only() -> None:
    assert "INTAKE_DEMO" in problems(INTAKE_TODAY="2026-11-21")[0]
    settings = Settings.from_environ({**GOOD, "INTAKE_TODAY": "2026-11-21", "INTAKE_DEMO": "1"})
    assert settings.today == datetime.date(2026, 11, 21)


def test_problems_do_not_repeat_a_value() -> None:
    assert "hunter2" not in problems(INTAKE_DATABASE_URL="mysql://root:hunter2@db/x")[0]


def test_every_setting_says_its_meaning_and_whom_it_trusts() -> None:
    source = Path(inspect.getfile(Settings)).read_text()
    for field in dataclasses.fields(Settings):
        said = re.search(rf'\n    {field.name}: [^\n]*\n    """(.+?)"""', source, re.S)
        assert said is not None, field.name
        assert "Who can change this" in " ".join(said[1].split()), field.name
