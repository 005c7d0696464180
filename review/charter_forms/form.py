"""A form as a page shows it: each input with what was typed, what may be chosen, what is wrong."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from review.charter.errors import Problem
from review.charter.vocabulary import event_types
from review.charter_forms.checklist import LIST, in_place, paragraphs
from review.charter_forms.drafts import CHECKLIST, MOST_ROWS, NOBODY, Posted
from review.charter_forms.inputs import Input, inputs, label
from review.charter_forms.known import Choices, Known


@dataclass(frozen=True)
class Shown:
    """One input, filled in."""

    input: Input
    typed: tuple[str, ...]
    choices: tuple[Known, ...]
    problems: tuple[str, ...]
    # A value that the form sends by itself; empty for an input that a person fills in.
    fixed: str = ""

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
    rows = rows_in(typed)
    if event_type == CHECKLIST:
        typed, problems = in_place(typed, problems)
        rows |= {LIST: len(paragraphs())}
    asked = inputs(event_type, rows)

    def choose(one: Input) -> tuple[Known, ...]:
        return choices.of(event_type, one.name.rpartition(".")[2], one.kind)

    return Form(
        event_type,
        label(event_type),
        found.says,
        _named(event_type, groups(asked, typed, problems, choose)),
        loose(asked, problems),
    )


def groups(
    asked: Sequence[Input],
    typed: Posted,
    problems: Sequence[Problem],
    choose: Callable[[Input], tuple[Known, ...]],
) -> tuple[Group, ...]:
    """Inputs by the object that they belong to, each filled in."""
    shown = [_shown(one, typed, problems, choose) for one in asked]
    return tuple(
        Group(_title(place), tuple(group))
        for place, group in groupby(shown, key=lambda one: one.input.name.rpartition(".")[0])
    )


def loose(asked: Sequence[Input], problems: Sequence[Problem]) -> tuple[str, ...]:
    """The problems that are shown at no input."""
    return tuple(
        _sentence(each) for each in problems if not any(_belongs(each, one) for one in asked)
    )


def rows_in(typed: Posted) -> dict[str, int]:
    """The rows of each list in which something was typed, and one more, by the list's name."""
    found: dict[str, int] = {}
    for name in (name for name, texts in typed.items() if any(text.strip() for text in texts)):
        steps = name.split(".")
        for place, step in enumerate(steps):
            if step.isascii() and step.isdigit() and len(step) < 4:
                listed = ".".join(steps[:place])
                found[listed] = max(found.get(listed, 1), min(int(step) + 2, MOST_ROWS))
    return found


def _named(event_type: str, made: tuple[Group, ...]) -> tuple[Group, ...]:
    """The checklist's rows by what they ask; every other group as it is."""
    if event_type != CHECKLIST:
        return made
    titles = {
        _title(f"{LIST}.{n}"): f"{n + 1}. AS 1301 {one.paragraph}: {one.says}"
        for n, one in enumerate(paragraphs())
    }
    return tuple(
        Group(titles[group.title], tuple(map(_numbered, group.inputs)))
        if group.title in titles
        else group
        for group in made
    )


def _numbered(one: Shown) -> Shown:
    """A row's number is the form's to say, not a person's to choose."""
    steps = one.input.name.split(".")
    return replace(one, fixed=str(int(steps[1]) + 1)) if steps[2:] == ["row"] else one


def _shown(
    one: Input,
    typed: Posted,
    problems: Sequence[Problem],
    choose: Callable[[Input], tuple[Known, ...]],
) -> Shown:
    offered = tuple(Known(option, label(option.lower())) for option in one.options)
    return Shown(
        one,
        tuple(typed.get(one.name, ())),
        offered or choose(one),
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
