"""What was typed into a form, as a draft of an event: nothing is guessed and nothing is dropped.

A blank input says nothing. A value that does not fit its kind is left as it was typed, so that
the parser says what is wrong with it and the form can show it again.
"""

import json
from collections.abc import Iterator, Mapping, Sequence

from review.charter.located import Json
from review.charter.settings import SETTINGS
from review.charter.vocabulary import (
    COMMON,
    Choice,
    Field,
    ListOf,
    OneOf,
    Record,
    Scalar,
    Type,
    event_types,
    record,
)
from review.charter_forms.inputs import BETWEEN, TAKEN

Draft = dict[str, Json]
Posted = Mapping[str, Sequence[str]]
MOST_ROWS = 100
# In these lists nobody and nothing is an answer: a form says so by the input's name alone.
NOBODY = frozenset({"told", "for", "against", "abstain", "present", "items"})
CHECKLIST = "required_communications_made"
_FLAGS = {"yes": True, "no": False}


def draft(event_type: str, posted: Posted) -> Draft:
    """The draft of an event of a type, without an id.

    Raises KeyError for a type that the vocabulary does not have.
    """
    own = event_types()[event_type].fields
    names = {field.name for field in own} | {"id", "type", "recorded_at", "recorded_by"}
    common = (field for field in record(COMMON).fields if field.name not in names)
    found: Draft = {"type": event_type, **_object((*common, *own), "", posted)}
    if event_type == CHECKLIST:
        _leave_blank_rows_blank(found)
    if event_type == "setting_changed":
        _read_setting(found)
    return found


def object_of(fields: Sequence[Field], posted: Posted) -> Draft:
    """An object of these fields, from what was typed."""
    return _object(fields, "", posted)


def typed(one: Draft) -> dict[str, list[str]]:
    """What a form shows for a draft: draft(type, typed(one)) is the same draft again."""
    found: dict[str, list[str]] = {}
    for name, text in _flat(one, ""):
        found.setdefault(name, []).extend([] if text is None else [text])
    return {name: texts for name, texts in found.items() if name != "type"}


def _leave_blank_rows_blank(found: Draft) -> None:
    """A row carries its number whether or not it was answered, and blank is not nil."""
    rows = found.get("rows")
    if isinstance(rows, list):
        found["rows"] = [row for row in rows if isinstance(row, dict) and set(row) != {"row"}]


def _read_setting(found: Draft) -> None:
    """A setting's value is of the kind of what holds without it."""
    key, text = found.get("key"), found.get("value")
    if not isinstance(text, str) or not isinstance(key, str) or key not in SETTINGS:
        return
    default = SETTINGS[key].default
    if isinstance(default, bool):
        found["value"] = _FLAGS.get(text, text)
    elif isinstance(default, list):
        words = [] if text == "none" else text.replace(",", " ").split()
        found["value"] = [_whole(word) for word in words]
    elif default is not None:
        found["value"] = _whole(text)


def _whole(text: str) -> Json:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else text


def _flat(value: Json, name: str) -> Iterator[tuple[str, str | None]]:
    if isinstance(value, dict):
        for part, inner in value.items():
            yield from _flat(inner, f"{name}.{part}" if name else part)
    elif isinstance(value, list) and any(isinstance(one, dict) for one in value):
        for n, one in enumerate(value):
            yield from _flat(one, f"{name}.{n}")
    elif isinstance(value, list):
        yield name, None
        for one in value:
            yield name, _text(one)
    else:
        yield name, _text(value)


def _text(value: Json) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else json.dumps(value)


def _object(fields: Sequence[Field], before: str, posted: Posted) -> Draft:
    found = {field.name: _value(field.type, before + field.name, posted) for field in fields}
    kept: Draft = {name: value for name, value in found.items() if value is not None}
    # Empty lists alone are an object that nobody began to fill in.
    return kept if any(value != [] for value in kept.values()) else {}


def _value(kind: Type, name: str, posted: Posted) -> Json:
    if isinstance(kind, Record):
        return _object(kind.fields, f"{name}.", posted) or None
    if isinstance(kind, OneOf):
        parts = {field.name: field for form in kind.forms for field in form.fields}
        return _object(tuple(parts.values()), f"{name}.", _taken_apart(name, posted)) or None
    entered = [text.strip() for text in posted.get(name, ()) if text.strip()]
    if isinstance(kind, ListOf):
        return _list(kind.item, name, entered, posted)
    return _scalar(kind, entered[0]) if entered else None


def _taken_apart(name: str, posted: Posted) -> Posted:
    """What was chosen as a meeting's item, as the two parts that it stands for."""
    taken = next(iter(posted.get(f"{name}.{TAKEN}", ())), "").strip()
    meeting, both, item = taken.partition(BETWEEN)
    if not both:
        return posted
    return {**posted, f"{name}.meeting": [meeting], f"{name}.item": [item]}


def _list(item: Type, name: str, entered: list[str], posted: Posted) -> Json:
    if isinstance(item, Scalar | Choice):
        lines = (line.strip() for text in entered for line in text.splitlines())
        values = [_scalar(item, line) for line in lines if line]
    else:
        rows = (_value(item, f"{name}.{n}", posted) for n in range(MOST_ROWS))
        values = [row for row in rows if row is not None]
    nobody = name in posted and name.rpartition(".")[2] in NOBODY
    return values if values or nobody else None


def _scalar(kind: Scalar | Choice, text: str) -> Json:
    if isinstance(kind, Choice):
        return next((option for option in kind.options if str(option) == text), text)
    if kind.kind == "bool":
        return _FLAGS.get(text, text)
    if kind.kind in {"int", "fy"}:
        return _whole(text)
    if kind.kind == "counts":
        return _counts(text)
    return text


def _counts(text: str) -> Json:
    """Numbers and bands, one a line, as in received: 0-2."""
    lines = [line.partition(":") for line in text.splitlines() if line.strip()]
    cells: Draft = {}
    for name, colon, cell in lines:
        if not colon or name.strip() in cells:
            return text
        cells[name.strip()] = _whole(cell.strip())
    return cells
