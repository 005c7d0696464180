"""The operator's page and whatever else tells an operator what to type: all of it exists."""

import re
from pathlib import Path

import click
import pytest

from deploy.cli import main
from deploy.doctor import registry
from deploy.host import next_steps

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = (ROOT / "docs/operator.md").read_text()
# commands.md is written from the commands themselves.
PAGES = [
    ROOT / "README.md",
    *(path for path in sorted((ROOT / "docs").glob("*.md")) if path.name != "commands.md"),
]
TOPICS = (
    *(
        "Install",
        "The onion service",
        "The first ceremony",
        "Every day",
        "The end of a case",
        "A drill of the line",
        "A drill",
        "After a loss",
        "Another release",
    ),
    *("An incident", "Other keys", "The end"),
)
# A command as a sentence of a program names it.
_SAID = re.compile(r"underrose( [a-z][a-z-]+)+( --[a-z-]+)*")


def typed(text: str) -> list[str]:
    """Every command line of a page, with its continued lines joined."""
    joined = text.replace("\\\n", " ")
    found = [line for line in joined.splitlines() if line.startswith("underrose ")]
    return [*found, *re.findall(r"`(underrose [^`]+)`", joined)]


def said(folder: Path) -> list[str]:
    """Every command that the texts of a folder's programs name."""
    texts = [path.read_text() for path in folder.rglob("*.py")]
    joined = [re.sub(r'"\s*\n\s*f?"', "", text) for text in texts]
    return [found[0] for text in joined for found in _SAID.finditer(text)]


def problem(line: str) -> str | None:
    """Why a line cannot be typed, or None: no such verb, or no such option."""
    words = line.replace("…", "").split()[1:]
    command: click.Command = main
    while isinstance(command, click.Group) and words:
        name = words.pop(0)
        if name not in command.commands:
            return f"{line}: there is no {name}"
        command = command.commands[name]
    options = {name for each in command.params for name in each.opts}
    wrong = [word for word in words if word.startswith("--") and word not in options]
    return f"{line}: there is no {' '.join(wrong)}" if wrong else None


@pytest.mark.parametrize("topic", TOPICS)
def test_the_page_has_everything_that_an_operator_has_to_do(topic: str) -> None:
    assert f"\n## {topic}\n" in PAGE


def test_every_command_on_the_operators_page_exists() -> None:
    lines = typed(PAGE)
    assert len(lines) > 30
    assert [each for line in lines if (each := problem(line))] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_on_any_page_exists(page: Path) -> None:
    lines = typed(page.read_text().replace("$ console underrose", "underrose"))
    assert [each for line in lines if (each := problem(line))] == []


@pytest.mark.parametrize("module", [registry, next_steps], ids=["doctor", "installer"])
def test_every_command_that_a_program_tells_somebody_to_type_exists(module: object) -> None:
    folder = Path(str(getattr(module, "__file__", ""))).parent
    lines = said(folder)
    assert len(lines) > 3
    # A sentence may go on behind a command; its verbs are what must be there.
    assert [each for line in lines if (each := problem(line)) and not _goes_on(line)] == []


def _goes_on(line: str) -> bool:
    words = line.split()
    return any(problem(" ".join(words[:size])) is None for size in range(2, len(words)))


def test_every_place_on_the_page_that_a_program_names_is_there() -> None:
    texts = "".join(path.read_text() for path in (ROOT / "deploy").rglob("*.py"))
    for topic in re.findall(r"docs/operator\.md, ([A-Z][a-z ]+)", texts):
        assert f"\n## {topic}\n" in PAGE, topic
