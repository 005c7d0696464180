"""A form as a page shows it: each input with what was typed, what may be chosen, what is wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from review.charter.errors import Problem
from review.charter.vocabulary import event_types
from review.charter_forms.drafts import MOST_ROWS, NOBODY, Posted
from review.charter_forms.inputs import Input, inputs, label
from review.charter_forms.known import Choices, Known


@dataclass(frozen=True)
class Shown:
    """One input, filled in."""

    input: Input
    typed: tuple[str, ...]
    choices: tuple[Known, ...]
    problems: tuple[str, ...]

    @property
    def says_nobody(self) -> bool:
        """Whether leaving it empty is an answer, which a form without scripts must send too."""
        return self.input.many and self.input.name.rpartition(".")[2] in NOBODY


@dataclass(frozen=True)
class Group:
    """The inputs of one object; title is empty for those of the record itself."""

    title: str
    inputs: tuple[Shown, ...]


@dataclass(frozen=True)
class Form:
    """A form: what it records, its groups in order, and problems that belong to no input."""

    type: str
    title: str
    says: str
    groups: tuple[Group, ...]
    problems: tuple[str, ...]


def form(
    event_type: str, choices: Choices, typed: Posted, problems: Sequence[Problem] = ()
) -> Form:
    """The form of a type with what was typed, one empty row more, and what is wrong where.

    Raises KeyError for a type that the vocabulary does not have.
    """
    found = event_types()[event_type]
    asked = inputs(event_type, rows_in(typed) + 1)
    names = {one.name for one in asked}
    shown = [_shown(event_type, one, choices, typed, problems) for one in asked]
    return Form(
        event_type,
        label(event_type),
        found.says,
        tuple(
            Group(_title(place), tuple(group))
            for place, group in groupby(shown, key=lambda one: one.input.name.rpartition(".")[0])
        ),
        tuple(_sentence(one) for one in problems if one.field not in names),
    )


def rows_in(typed: Posted) -> int:
    """One more than the highest number of a row in which something was typed; zero for none."""
    numbers = [
        int(step)
        for name, texts in typed.items()
        if any(text.strip() for text in texts)
        for step in name.split(".")
        if step.isascii() and step.isdigit() and len(step) < 4
    ]
    return min(max(numbers, default=-1) + 1, MOST_ROWS - 1)


def _shown(
    event_type: str, one: Input, choices: Choices, typed: Posted, problems: Sequence[Problem]
) -> Shown:
    field = one.name.rpartition(".")[2]
    offered = tuple(Known(option, label(option.lower())) for option in one.options)
    return Shown(
        one,
        tuple(typed.get(one.name, ())),
        offered or choices.of(event_type, field, one.kind),
        tuple(problem.message for problem in problems if _belongs(problem, one)),
    )


def _belongs(problem: Problem, one: Input) -> bool:
    """A problem of one line of a list is shown at the list."""
    rest = problem.field.removeprefix(one.name)
    return problem.field == one.name or (one.many and rest[:1] == "." and rest[1:].isdigit())


def _title(place: str) -> str:
    """A group's title, as in Items 1, vote."""
    words = [str(int(step) + 1) if step.isdigit() else step for step in place.split(".")]
    text = ", ".join(words).replace("_", " ")
    return text[:1].upper() + text[1:]


def _sentence(problem: Problem) -> str:
    shown = _title(problem.field)
    return f"{shown}: {problem.message}" if shown else problem.message
