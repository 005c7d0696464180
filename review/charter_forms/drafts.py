"""What was typed into a form, as a draft of an event: nothing is guessed and nothing is dropped.

A blank input says nothing. A value that does not fit its kind is left as it was typed, so that
the parser says what is wrong with it and the form can show it again.
"""

from collections.abc import Mapping, Sequence

from review.charter.located import Json
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

Posted = Mapping[str, Sequence[str]]
MOST_ROWS = 100
_FLAGS = {"yes": True, "no": False}


def draft(event_type: str, posted: Posted) -> dict[str, Json]:
    """The draft of an event of a type, without an id.

    Raises KeyError for a type that the vocabulary does not have.
    """
    own = event_types()[event_type].fields
    names = {field.name for field in own} | {"id", "type", "recorded_at", "recorded_by"}
    common = (field for field in record(COMMON).fields if field.name not in names)
    return {"type": event_type, **_object((*common, *own), "", posted)}


def _object(fields: Sequence[Field], before: str, posted: Posted) -> dict[str, Json]:
    found = {field.name: _value(field.type, before + field.name, posted) for field in fields}
    return {name: value for name, value in found.items() if value is not None}


def _value(kind: Type, name: str, posted: Posted) -> Json:
    if isinstance(kind, Record):
        return _object(kind.fields, f"{name}.", posted) or None
    if isinstance(kind, OneOf):
        parts = {field.name: field for form in kind.forms for field in form.fields}
        return _object(tuple(parts.values()), f"{name}.", posted) or None
    typed = [text.strip() for text in posted.get(name, ()) if text.strip()]
    if isinstance(kind, ListOf):
        return _list(kind.item, name, typed, posted)
    return _scalar(kind, typed[0]) if typed else None


def _list(item: Type, name: str, typed: list[str], posted: Posted) -> Json:
    if isinstance(item, Scalar | Choice):
        values = [_scalar(item, text) for text in typed]
    else:
        rows = (_value(item, f"{name}.{n}", posted) for n in range(MOST_ROWS))
        values = [row for row in rows if row is not None]
    # An empty list is something else than silence: a form says so by the input's name alone.
    return values if values or name in posted else None


def _scalar(kind: Scalar | Choice, text: str) -> Json:
    if isinstance(kind, Choice):
        return next((option for option in kind.options if str(option) == text), text)
    if kind.kind == "bool":
        return _FLAGS.get(text, text)
    if kind.kind in {"int", "fy"} and text.isascii() and text.isdigit() and len(text) < 19:
        return int(text)
    return text
