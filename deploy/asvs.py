"""docs/asvs.md: what OWASP ASVS asks for, requirement by requirement, and what answers it.

docs/asvs/standard.toml has the ids and levels of the standard, the other files beside it an answer
to each: tests that prove it, or a reason. Both come from the checkout and are in no wheel.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "asvs"
_HEAD = """\
# ASVS {version}

What the [OWASP Application Security Verification Standard](https://github.com/OWASP/ASVS) asks for
at all three levels, each in a few words of ours, and what answers it: tests that prove it, a page
that says it, or a reason. *Deviation* means that we do something else on purpose; *open* that it is
not so yet, or that no test proves it. The data are in `docs/asvs/`; `tests/test_asvs.py` compares
them with the standard's list, with the tests that there are and with the pages, and
`python -m deploy.reference` writes this page.

"""


class Status(StrEnum):
    """What a requirement is answered with."""

    MET = "met"
    DEVIATION = "deviation"
    OPEN = "open"
    NOT_APPLICABLE = "not applicable"


@dataclass(frozen=True)
class Answer:
    """How one requirement is answered.

    asks and why are in our words, tests are named as they are defined, and says has for pages, by
    their paths from the checkout's root, words that stand there.
    """

    id: str
    asks: str
    status: Status
    tests: tuple[str, ...]
    says: dict[str, str]
    why: str


@dataclass(frozen=True)
class Chapter:
    """A chapter of the standard: the level of each id in its order, and the answers as written."""

    number: int
    name: str
    levels: dict[str, int]
    answers: tuple[Answer, ...]


def version() -> str:
    """The version of the standard that is answered."""
    return str(_standard()["version"])


def chapters() -> list[Chapter]:
    """Every chapter with its answers. Raises TypeError or ValueError for what is no answer."""
    return [
        Chapter(
            one["number"],
            one["name"],
            {
                f"{section}.{place}": level
                for section, levels in one["sections"].items()
                for place, level in enumerate(levels, start=1)
            },
            tuple(_answers(FOLDER / one["file"])),
        )
        for one in _standard()["chapters"]
    ]


def _standard() -> dict[str, list[dict]]:  # type: ignore[type-arg]
    return tomllib.loads((FOLDER / "standard.toml").read_text(encoding="utf-8"))


def _answers(path: Path) -> list[Answer]:
    rows = tomllib.loads(path.read_text(encoding="utf-8"))
    return [_answer(number, **row) for number, row in rows.items()]


def _answer(
    number: str,
    *,
    asks: str,
    status: str,
    tests: Sequence[str] = (),
    says: Mapping[str, str] = MappingProxyType({}),
    why: str = "",
) -> Answer:
    return Answer(number, asks, Status(status), tuple(tests), dict(says), why)


def page() -> str:
    """docs/asvs.md."""
    every = chapters()
    parts = [_HEAD.format(version=version()), *_totals(every)]
    for chapter in every:
        parts.append(f"\n## {chapter.number} {chapter.name}\n\n")
        parts.append("| | level | asks for | | by |\n|---|---|---|---|---|\n")
        for answer in chapter.answers:
            level = chapter.levels[answer.id]
            parts.append(
                f"| {answer.id} | {level} | {answer.asks} | {answer.status} | {_by(answer)} |\n"
            )
    return "".join(parts)


def _totals(every: list[Chapter]) -> list[str]:
    found = [(chapter.levels[each.id], each) for chapter in every for each in chapter.answers]
    lines = [f"| level | {' | '.join(Status)} | together |\n", f"|---|{'---|' * len(Status)}---|\n"]
    for title, levels in (("1", {1}), ("2", {2}), ("3", {3}), ("all", {1, 2, 3})):
        own = [each for level, each in found if level in levels]
        counts = [str(sum(each.status is status for each in own)) for status in Status]
        lines.append(f"| {title} | {' | '.join(counts)} | {len(own)} |\n")
    return lines


def _by(answer: Answer) -> str:
    pages = [f"[{path}]({_from_docs(path)}): “{words}”" for path, words in answer.says.items()]
    names = [f"`{name}`" for name in answer.tests]
    return f"{answer.why} {', '.join([*pages, *names])}".strip()


def _from_docs(path: str) -> str:
    return path.removeprefix("docs/") if path.startswith("docs/") else f"../{path}"
