"""The configuration file: every setting of an installation in one TOML file, for all its programs.

The tables `intake` and `review` have the settings of docs/settings.md, by their names in small
letters and without the prefix. What a job needs beside them, or needs otherwise, stands in tables
of its own, such as `[collector.review]` for a program started with UNDERROSE_PROGRAM=collector.
What the environment has already wins, so that a unit can name its credentials.
"""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path

import intake.settings
import review.settings
from deploy.errors import ConfigurationRefused
from intake.errors import SettingsRefused as IntakeRefused
from review.errors import SettingsRefused as ReviewRefused

FILE = "UNDERROSE_CONFIG"
PROGRAM = "UNDERROSE_PROGRAM"
# The programs that serve, and the jobs: what moves between the databases, what signs the ledger,
# what takes backups, what sends the weekly notice, and what makes and upgrades databases.
MIGRATOR = "migrator"
JOBS = ("collector", "keeper", "backup", "mailer", MIGRATOR)
PROGRAMS = ("intake", "review", *JOBS)
_PREFIXES = {"intake": intake.settings.PREFIX, "review": review.settings.PREFIX}
_READERS: Mapping[str, Callable[[Mapping[str, str]], object]] = {
    "intake": intake.settings.Settings.from_environ,
    "review": review.settings.Settings.from_environ,
}
_MOST = 1 << 20


def settings(path: Path, program: str, environment: Mapping[str, str]) -> dict[str, str]:
    """What the file sets for a program and the environment does not, by the environment's names.

    Raises ConfigurationRefused with every problem of the file at once.
    """
    problems = [] if program in PROGRAMS else [f"{PROGRAM} must be one of {', '.join(PROGRAMS)}"]
    found: dict[str, str] = {}
    # The tables of jobs come after the two of everybody, and win.
    tables = sorted(_tables(_read(path), problems), key=lambda each: each[0] is not None)
    for job, kind, values in tables:
        texts = {name: _text(value) for name, value in values.items()}
        where = kind if job is None else f"{job}.{kind}"
        for name, text in texts.items():
            if text is None:
                problems.append(
                    f"{where}.{name} must be a text, a whole number, true, false or a day"
                )
            elif job == program or (job is None and _reads(program, kind)):
                found[_PREFIXES[kind] + name.upper()] = text
    if problems:
        raise ConfigurationRefused([f"{path}: {problem}" for problem in problems])
    return {name: text for name, text in found.items() if name not in environment}


def check(path: Path, environment: Mapping[str, str]) -> list[str]:
    """Every problem that a program would report of the file, each once and with its sentence.

    Raises ConfigurationRefused for a file that no program could read.
    """
    found: dict[str, None] = {}
    for program in PROGRAMS:
        given = settings(path, program, environment)
        for kind, read in _READERS.items():
            if _reads(program, kind):
                try:
                    made = read({**environment, **given})
                    if program == "review" and isinstance(made, review.settings.Settings):
                        made.check_ways_in()
                except (IntakeRefused, ReviewRefused) as refused:
                    found |= dict.fromkeys(refused.problems)
    return list(found)


def _reads(program: str, kind: str) -> bool:
    """Whether a program reads the settings of a kind; one that serves reads its own alone."""
    return program in JOBS or program == kind


def _tables(
    document: Mapping[str, object], problems: list[str]
) -> Iterator[tuple[str | None, str, Mapping[str, object]]]:
    """Every table of settings, with the job whose it is; what is no such table goes to problems."""
    for name, table in document.items():
        if name in _PREFIXES and isinstance(table, dict):
            yield None, name, table
        elif name in JOBS and isinstance(table, dict):
            for kind, inner in table.items():
                if kind in _PREFIXES and isinstance(inner, dict):
                    yield name, kind, inner
                else:
                    problems.append(f"{name}.{kind} is no table of this file")
        else:
            problems.append(f"{name} is no table of this file")


def _read(path: Path) -> dict[str, object]:
    try:
        with path.open("rb") as file:
            content = file.read(_MOST + 1)
        if len(content) > _MOST:
            raise ConfigurationRefused([f"{path}: is larger than 1 MiB"])
        return tomllib.loads(content.decode("utf-8"))
    except OSError as error:
        raise ConfigurationRefused([f"{path}: {error.strerror}"]) from error
    except ValueError as error:
        raise ConfigurationRefused([f"{path}: {error}"]) from error


def _text(value: object) -> str | None:
    """A value as the environment would have it, or None if a setting cannot be like that."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, datetime):
        return None
    if isinstance(value, int | date):
        return str(value)
    return value if isinstance(value, str) else None
