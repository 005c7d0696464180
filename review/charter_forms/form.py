"""A form as a page shows it: each input with what was typed, what may be chosen, what is wrong."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from review.charter.errors import Problem
from review.charter.vocabulary import Field, ListOf, event_types
from review.charter_forms.checklist import LIST, in_place, paragraphs
from review.charter_forms.drafts import CHECKLIST, MOST_ROWS, NOBODY, Posted
from review.charter_forms.inputs import BETWEEN, COMMON_FIELDS, IN_A_MEETING, TAKEN, Input, inputs
from review.charter_forms.known import Choices, Known
from review.charter_view.wording import label, option, sentence

MORE = "more"
# What a form can do without at first sight: it opens when something is in it.
FOLDED = frozenset({"evidence", "materials"})


# Texts of more than a line, and inputs and groups that come first whatever the file's order.
_LONG = frozenset(
    ("actions", "basis", "conclusion", "description", "exposure", "issues", "note", "opinion")
    + ("question", "reason", "risk", "safeguard", "scope", "text", "threat")
)
_FIRST = ("event_date", "kind", "opened", "closed", "for_date")
_FIRST_GROUPS = ("", "attendance", "items", "executive_sessions")
_SPELLED = {
    "date": re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII),
    "time": re.compile(r"\d{2}:\d{2}", re.ASCII),
}
_HINTS = {
    "money": "In dollars, as in 18000.50.",
    "percent": "As in 4.5.",
    "counts": "One a line, as in received: 0-2.",
    "period": "As in P7Y or P30D.",
    "fy": "The year in which it ends, as in 2026.",
    "id+": "Left empty, it is made from the day.",
}


@dataclass(frozen=True)
class Shown:
    """One input, filled in."""

    input: Input
    typed: tuple[str, ...]
    choices: tuple[Known, ...]
    problems: tuple[str, ...]
    # A value that the form sends by itself; empty for an input that a person fills in.
    fixed: str = ""
    # Whether a person need not see it: what is in it goes back as it came.
    is_hidden: bool = False

    @property
    def says_nobody(self) -> bool:
        """Whether leaving it empty is an answer, which a form without scripts must send too."""
        return self.input.many and self.input.name.rpartition(".")[2] in NOBODY

    @property
    def unknown(self) -> tuple[str, ...]:
        """What was typed and is none of the choices."""
        known = {choice.value for choice in self.choices}
        return tuple(text for text in self.typed if text and text not in known)

    @property
    def widget(self) -> str:
        """What it is entered with: boxes, select, flag, area, or a type of input element.

        A day or time that is none stays text, so that it is shown as it was typed.
        """
        kind = self.input.kind
        if kind == "sha256":
            # Any hash may be named; those of documents that are kept here are offered.
            return "text"
        if self.choices or kind in ("person", "firm", "party", "choice"):
            return "boxes" if self.input.many else "select"
        if kind == "bool":
            return "flag"
        if self.input.many or kind == "counts" or self.input.name.rpartition(".")[2] in _LONG:
            return "area"
        spelled = _SPELLED.get(kind)
        fits = spelled and all(spelled.fullmatch(text) for text in self.typed if text)
        return kind if fits else "text"

    @property
    def hint(self) -> str:
        """How to spell it, where the input does not say so itself."""
        return _HINTS.get(self.input.kind, "") or (
            "One a line." if self.widget == "area" and self.input.many else ""
        )

    @property
    def why(self) -> str:
        """Why it is asked for, as a sentence; empty where nothing is said of it."""
        return sentence(self.input.why)


@dataclass(frozen=True)
class Group:
    """The inputs of one object; title is empty for those of the record itself."""

    place: str
    title: str
    inputs: tuple[Shown, ...]
    why: str = ""

    @property
    def depth(self) -> int:
        """1 for an object of the record, 2 for one within such an object."""
        return sum(not step.isdigit() for step in self.place.split("."))

    @property
    def is_folded(self) -> bool:
        """Whether the form may leave it closed."""
        used = any(
            one.problems or (any(one.typed) and one.input.kind != "id+") for one in self.inputs
        )
        return self.can_fold and not used

    @property
    def can_fold(self) -> bool:
        """Whether it is one of those that may be left closed."""
        return self.place == MORE or not FOLDED.isdisjoint(self.place.split("."))


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
    problems = tuple(map(_of_the_day, problems))
    if event_type == CHECKLIST:
        typed, problems = in_place(typed, problems)
        rows |= {LIST: len(paragraphs())}
    asked = inputs(event_type, rows)

    def choose(one: Input) -> tuple[Known, ...]:
        if (event_type, one.name) == ("setting_changed", "value"):
            return choices.values("".join(list(typed.get("key", ()))[:1]))
        return choices.of(event_type, one.name.rpartition(".")[2], one.kind)

    says = {field.name: _group_says(field) for field in found.fields}
    made = groups(asked, _with_taken(asked, typed), problems, choose)
    shown = (
        Group(group.place, group.title, _unnumbered(group), _why(group.place, says))
        for group in _named(event_type, made)
    )
    return Form(
        event_type,
        label(event_type),
        sentence(found.says),
        tuple(_last(shown)),
        loose(asked, problems),
    )


def _of_the_day(one: Problem) -> Problem:
    """A form says nothing of the day of recording, which is today."""
    if one.field != "recorded_at":
        return one
    return replace(one, field="event_date", message="is a day to come, or none")


def groups(
    asked: Sequence[Input],
    typed: Posted,
    problems: Sequence[Problem],
    choose: Callable[[Input], tuple[Known, ...]],
) -> tuple[Group, ...]:
    """Inputs by the object that they belong to, each filled in; those of the record first."""
    found: dict[str, list[Shown]] = {"": []}
    for one in asked:
        place = one.name.rpartition(".")[0]
        found.setdefault(place, []).append(_shown(one, typed, problems, choose))
    return tuple(
        Group(place, title(place), tuple(sorted(shown, key=_input_place)))
        for place, shown in sorted(found.items(), key=lambda pair: _group_place(pair[0]))
        if shown
    )


def _input_place(one: Shown) -> int:
    return _FIRST.index(one.input.name) if one.input.name in _FIRST else len(_FIRST)


def _group_place(place: str) -> int:
    first = place.split(".")[0]
    return _FIRST_GROUPS.index(first) if first in _FIRST_GROUPS else len(_FIRST_GROUPS)


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


def title(place: str) -> str:
    """A group's title, as in Item 1: vote."""
    said: list[str] = []
    for step in place.split("."):
        if step.isdigit() and said:
            said[-1] += f" {int(step) + 1}"
        elif step:
            said.append(label(step) if not said else label(step).lower())
    return ": ".join(said)


def _group_says(field: Field) -> str:
    return field.says if isinstance(field.type, ListOf) else ""


def _why(place: str, says: dict[str, str]) -> str:
    steps = place.split(".")
    if steps[-1] == "decision" and len(steps) == 1:
        return "Who decided: fill in one of these."
    first = len(steps) == 2 and steps[1] == "0"
    return sentence(says.get(steps[0], "")) if first else ""


def _last(found: Iterable[Group]) -> Iterable[Group]:
    """The groups, with what is common to all records, and names, in a group of its own at last."""
    common = {field.name for field in COMMON_FIELDS}
    later: list[Shown] = []
    documents = []
    for group in found:
        kept = [
            one
            for one in group.inputs
            if group.place
            or not (one.input.name in common or (one.input.kind == "id+" and not one.choices))
        ]
        later += [one for one in group.inputs if one not in kept]
        if group.place.startswith("evidence"):
            documents.append(group)
        elif kept:
            yield replace(group, inputs=tuple(kept))
    yield from documents
    yield Group(MORE, "Note, name and correction", tuple(later))


def _unnumbered(group: Group) -> tuple[Shown, ...]:
    """Rows are numbered by their place; a number that somebody gave goes back as it came."""
    if not group.place:
        return group.inputs
    return tuple(
        replace(one, is_hidden=True, fixed="".join(one.typed[:1]))
        if one.input.kind == "id" and not one.fixed
        else one
        for one in group.inputs
    )


def _with_taken(asked: Sequence[Input], typed: Posted) -> Posted:
    """What was typed, with each decision at a meeting as the one choice that it is in a form."""
    found = dict(typed)
    for one in asked:
        base = one.name.removesuffix(f".{TAKEN}")
        parts = [
            text for part in IN_A_MEETING for text in list(typed.get(f"{base}.{part}", ()))[:1]
        ]
        if one.kind == TAKEN and len(parts) == len(IN_A_MEETING):
            found[one.name] = [BETWEEN.join(parts)]
    return found


def _named(event_type: str, made: tuple[Group, ...]) -> tuple[Group, ...]:
    """The checklist's rows by what they ask; every other group as it is."""
    if event_type != CHECKLIST:
        return made
    titles = {
        f"{LIST}.{n}": f"{n + 1}. AS 1301 {one.paragraph}: {one.says}"
        for n, one in enumerate(paragraphs())
    }
    return tuple(
        replace(group, title=titles[group.place], inputs=tuple(map(_numbered, group.inputs)))
        if group.place in titles
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
    offered = tuple(Known(each, option(each)) for each in one.options)
    return Shown(
        one,
        tuple(typed.get(one.name, ())),
        offered or choose(one),
        tuple(problem.message for problem in problems if _belongs(problem, one)),
    )


def _belongs(problem: Problem, one: Input) -> bool:
    """A problem of one line of a list is shown at the list, and one of a decision where it is."""
    if one.kind == TAKEN:
        base = one.name.removesuffix(f".{TAKEN}")
        return problem.field in (base, *(f"{base}.{part}" for part in IN_A_MEETING))
    rest = problem.field.removeprefix(one.name)
    return problem.field == one.name or (one.many and rest[:1] == "." and rest[1:].isdigit())


def _sentence(problem: Problem) -> str:
    shown = title(problem.field)
    return f"{shown}: {problem.message}" if shown else problem.message
