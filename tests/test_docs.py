"""The documents name what exists, and what exists is documented."""

import dataclasses
import re
from pathlib import Path

import click
import pytest

from deploy import reference
from deploy.cli import main
from intake.settings import Settings as IntakeSettings
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
WAITING = {20}


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


def test_the_page_of_faults_names_tests_that_exist() -> None:
    named = set(re.findall(r"`(test_\w+)`", (ROOT / "docs/faults.md").read_text()))
    assert named
    assert named <= known_tests()


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_between_documents_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text())
    assert [link for link in links if not (page.parent / link).exists()] == []
