"""The checklist of required communications: one row for each paragraph, answered or blank.

A draft holds the answered rows alone, because blank is not nil; the form shows all of them, each
in its place.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from review.charter.errors import Problem
from review.charter_forms.drafts import Posted

LIST = "rows"


@dataclass(frozen=True)
class Paragraph:
    """One row: its paragraph of AS 1301, and in short what is to be told."""

    paragraph: str
    says: str


@cache
def paragraphs() -> tuple[Paragraph, ...]:
    """The rows in their order; the first has the number 1."""
    document = tomllib.loads(Path(__file__).with_name("checklist.toml").read_text(encoding="utf-8"))
    return tuple(Paragraph(row["paragraph"], row["says"]) for row in document[LIST])


def in_place(typed: Posted, problems: Sequence[Problem]) -> tuple[Posted, tuple[Problem, ...]]:
    """What a form shows of a draft, and its problems, with each row at its paragraph's place."""
    numbers = {str(n): str(n - 1) for n in range(1, len(paragraphs()) + 1)}
    places = {
        name.split(".")[1]: numbers[texts[0]]
        for name, texts in typed.items()
        if _is_number(name) and texts and texts[0] in numbers
    }
    moved = {_moved(name, places): texts for name, texts in typed.items()}
    return moved, tuple(replace(one, field=_moved(one.field, places)) for one in problems)


def _is_number(name: str) -> bool:
    steps = name.split(".")
    return len(steps) == 3 and steps[0] == LIST and steps[2] == "row"


def _moved(name: str, places: dict[str, str]) -> str:
    steps = name.split(".")
    if steps[0] == LIST and len(steps) > 1:
        steps[1] = places.get(steps[1], steps[1])
    return ".".join(steps)
