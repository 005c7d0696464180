"""A type of event as the inputs of a form: names, labels, kinds, choices, and why each is asked.

An input's name is the path of its value joined with dots, and an object in a list has its number
in the path, as in items.0.vote.for; drafts.py reads the same names back.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from review.charter.vocabulary import (
    Choice,
    EventType,
    Field,
    ListOf,
    OneOf,
    Record,
    Scalar,
    Type,
    decision_type,
    event_types,
    record,
)
from review.charter_view.wording import label

_ASKED = "{event_time: time, evidence: [evidence], note: text, supersedes: event}"
_WHY = {
    "event_time": "only where the order within the day matters",
    "evidence": "the document that shows it; without one the record rests on your word",
    "note": "what a reader of the record should know",
    "supersedes": "the record that this one replaces; both stay visible",
}
COMMON_FIELDS = tuple(
    Field(field.name, field.type, field.required, _WHY[field.name])
    for field in record(_ASKED).fields
)


# How many rows each list of objects has in a form, by its name; one where nothing is said.
Rows = Mapping[str, int]


@dataclass(frozen=True)
class Input:
    """One input: kind is a scalar's kind of the vocabulary, or "choice"."""

    name: str
    label: str
    kind: str
    required: bool
    many: bool = False
    options: tuple[str, ...] = ()
    why: str = ""


EVENT_DATE = Input("event_date", label("event_date"), "date", required=True)
# One input for two parts of a decision: the meeting, and the item in it. No id has the sign between
# them.
TAKEN = "taken"
BETWEEN = "#"
IN_A_MEETING = ("meeting", "item")


def inputs(event_type: str, rows: Rows | None = None) -> tuple[Input, ...]:
    """The inputs of a type's form, with as many rows of each repeated object.

    Raises KeyError for a type that the vocabulary does not have.
    """
    found: EventType = event_types()[event_type]
    own = {field.name for field in found.fields}
    common = (field for field in COMMON_FIELDS if field.name not in own)
    asked = (*found.fields, *common)
    return (EVENT_DATE, *inputs_of(asked, rows))


def inputs_of(fields: Iterable[Field], rows: Rows | None = None) -> tuple[Input, ...]:
    """The inputs of an object's fields, with as many rows of each repeated object."""
    return tuple(one for field in fields for one in _field(field, "", rows or {}, held=True))


def _field(field: Field, before: str, rows: Rows, *, held: bool) -> Iterator[Input]:
    name = before + field.name
    yield from _type(field, field.type, name, rows, held=held and field.required)


def _type(field: Field, kind: Type, name: str, rows: Rows, *, held: bool) -> Iterator[Input]:
    if isinstance(kind, Scalar | Choice):
        yield _input(field, kind, name, required=held)
    elif isinstance(kind, ListOf) and isinstance(kind.item, Scalar | Choice):
        yield _input(field, kind.item, name, required=held, many=True)
    elif isinstance(kind, ListOf):
        # An empty row is no row, so nothing in one is asked for unless it is begun.
        for n in range(rows.get(name, 1)):
            yield from _type(field, kind.item, f"{name}.{n}", rows, held=False)
    elif isinstance(kind, Record):
        for part in kind.fields:
            yield from _field(part, f"{name}.", rows, held=held)
    elif isinstance(kind, OneOf):
        yield from _forms(kind, name, rows)


def _forms(kind: OneOf, name: str, rows: Rows) -> Iterator[Input]:
    """The parts of every form, each once; which form is meant shows in what is filled in."""
    parts = {part.name: part for form in kind.forms for part in form.fields}
    if kind == decision_type():
        # A meeting's item is chosen as one thing; drafts.py takes it apart again.
        yield Input(f"{name}.{TAKEN}", label(TAKEN), TAKEN, required=False)
        parts = {part: field for part, field in parts.items() if part not in IN_A_MEETING}
    for part in parts.values():
        for one in _field(part, f"{name}.", rows, held=False):
            yield replace(one, label=label(part.name, "decision"))


def _input(
    field: Field, kind: Scalar | Choice, name: str, *, required: bool, many: bool = False
) -> Input:
    shown = label(name.rpartition(".")[2])
    if isinstance(kind, Choice):
        options = tuple(str(option) for option in kind.options)
        return Input(name, shown, "choice", required, many, options, field.says)
    return Input(name, shown, kind.kind, required, many, (), field.says)
