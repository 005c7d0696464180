"""The documents name what exists, and what exists is documented."""

import dataclasses
import re
from pathlib import Path

import click
import pytest

from deploy import proxying, reference
from deploy.cli import main
from intake import database, postgres
from intake.pace import Pace
from intake.server import options
from intake.settings import Settings as IntakeSettings
from intake.web import counts
from review.settings import Settings as ReviewSettings

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text()
PAGES = sorted((ROOT / "docs").rglob("*.md")) + sorted(ROOT.glob("*.md"))


def verbs(command: click.Command, path: tuple[str, ...] = ()) -> list[str]:
    """Every command of the program, as it is typed after `underrose`."""
    if isinstance(command, click.Group):
        return [
            verb for name, sub in command.commands.items() for verb in verbs(sub, (*path, name))
        ]
    return [" ".join(path)]


def test_the_reference_pages_are_what_the_code_says() -> None:
    assert (ROOT / "docs/settings.md").read_text() == reference.settings_page()
    assert (ROOT / "docs/commands.md").read_text() == reference.commands_page()


@pytest.mark.parametrize("verb", verbs(main))
def test_every_command_is_documented(verb: str) -> None:
    assert f"`underrose {verb}`" in reference.commands_page()


@pytest.mark.parametrize(
    ("prefix", "settings"), [("INTAKE_", IntakeSettings), ("REVIEW_", ReviewSettings)]
)
def test_every_setting_says_who_could_abuse_it(prefix: str, settings: type) -> None:
    page = reference.settings_page()
    for field in dataclasses.fields(settings):
        text = page.split(f"### `{prefix}{field.name.upper()}`\n\n")[1].split("\n")[0]
        assert "Who can" in text, field.name


def known_tests() -> set[str]:
    return {
        name
        for path in (ROOT / "tests").rglob("*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text(), flags=re.M)
    }


def test_every_promise_in_the_readme_names_a_test_that_exists() -> None:
    named = set(re.findall(r"`(test_\w+)`", README))
    assert len(named) >= 12
    assert named <= known_tests()


# Attacks on parts that are not built yet. This only ever becomes smaller.
WAITING: set[int] = set()


def attacks() -> tuple[dict[int, set[str]], set[int]]:
    """The tests of each number that docs/attacks.md has, and the numbers that have none yet."""
    page, _, waiting = (ROOT / "docs/attacks.md").read_text().partition("without a test yet")
    found: dict[int, set[str]] = {}
    for numbers, row in re.findall(r"^\| ([0-9, ]+) \|(.*)\|$", page, flags=re.M):
        for number in numbers.split(","):
            found.setdefault(int(number), set()).update(re.findall(r"`(test_\w+)`", row))
    return found, {int(number) for number in re.findall(r"^\| (\d+) \|", waiting, flags=re.M)}


@pytest.mark.parametrize("number", range(1, 42))
def test_every_attack_has_a_test_or_waits_for_its_part(number: int) -> None:
    owned, waiting = attacks()
    assert bool(owned.get(number)) != (number in waiting)


def test_no_attack_is_added_to_those_that_wait() -> None:
    assert attacks()[1] <= WAITING


def test_every_attack_names_tests_that_exist() -> None:
    page = (ROOT / "docs/attacks.md").read_text()
    assert set(re.findall(r"`(test_\w+)`", page)) <= known_tests()


def test_what_each_seizure_surrenders_names_tests_that_exist() -> None:
    page = (ROOT / "docs/threats.md").read_text()
    part = page.split("## What the seizure of each thing surrenders")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (.+) \| .+ \| .+ \| (.+) \|$", part, flags=re.M)[1:]
    assert len(rows) >= 14
    for taken, tests in rows:
        named = set(re.findall(r"`(test_\w+)`", tests))
        assert named, taken
        assert named <= known_tests(), taken


def test_the_times_and_numbers_are_those_of_the_source() -> None:
    pace, server, proxy = Pace(), postgres._SERVER, proxying.TEMPLATE.read_text()
    worker = options("", 1, 1)["worker_connections"]
    in_proxy = {
        name: re.findall(rf"{name} (\w+);", proxy)
        for name in ("proxy_connect_timeout", "proxy_read_timeout", "limit_conn connections")
    }
    expected = {
        "connections of a process to one PostgreSQL database": f"{postgres.POOL}",
        "waiting for one of them, for a connection, for the writers' lock": (
            f"10 s, {postgres._CLIENT['connect_timeout']} s, {server['lock_timeout'][:-1]} s"
        ),
        "a statement, a transaction in which nothing is said": (
            f"{server['statement_timeout'][:-1]} s, 60 s"
        ),
        "connections of a process to one SQLite file, waiting for its writers": (
            f"32, {database._PATIENCE:g} s"
        ),
        "waiting for Redis, before each worker counts by itself": f"{counts.PATIENCE} s",
        "connections of a worker of intake": f"{worker}",
        "head of a request, its texts, silence while files come": (
            f"{pace.head:g} s, {pace.text:g} s, {pace.silence:g} s"
        ),
        "least rate of files": f"{pace.rate:g} bytes a second",
        "connections of one address to the proxy": "64",
        "the proxy's wait for a program, for its answer": "5 s, 120 s",
    }
    assert list(in_proxy.values()) == [["5s"], ["120s"], ["64"]]
    page = (ROOT / "docs/architecture.md").read_text()
    part = page.split("## Times and numbers")[1].split("\n## ")[0]
    found = re.findall(r"^\| (.+) \| (.+) \|$", part, flags=re.M)[1:]
    assert dict(found) == expected
    for path in ("intake/postgres.py", "review/store/postgres.py"):
        text = (ROOT / path).read_text()
        assert "pool_timeout=10," in text
        assert "'idle_in_transaction_session_timeout', '60s'" in text
    for path in ("intake/database.py", "review/store/database.py"):
        assert "pool_size=32, max_overflow=0" in (ROOT / path).read_text()


def test_the_page_of_faults_names_tests_that_exist() -> None:
    named = set(re.findall(r"`(test_\w+)`", (ROOT / "docs/faults.md").read_text()))
    assert named
    assert named <= known_tests()


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_between_documents_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text())
    assert [link for link in links if not (page.parent / link).exists()] == []
