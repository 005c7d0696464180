"""The book's form as JSON Schema, written from the same types the parser uses.

docs/spec/charter-book.schema.json is this module's output. A schema cannot say everything: names
that lead nowhere, days that do not exist and supersession are found by the parser only.
"""

import json

from review.charter.parse import FORMAT
from review.charter.settings import SETTINGS
from review.charter.values import LONGEST_TEXT, YEARS
from review.charter.vocabulary import (
    COMMON,
    NAMED,
    TOP,
    Choice,
    EventType,
    Field,
    ListOf,
    Record,
    Scalar,
    Type,
    decision_type,
    event_types,
    record,
)

Schema = dict[str, object]
_ID = r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,63}$"
_DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_SCALARS: dict[str, Schema] = {
    "id": {"type": "string", "pattern": _ID},
    "text": {"type": "string", "minLength": 1, "maxLength": LONGEST_TEXT},
    "date": {"type": "string", "pattern": _DATE},
    "time": {"type": "string", "pattern": r"^([01][0-9]|2[0-3]):[0-5][0-9]$"},
    "fy": {"type": "integer", "minimum": YEARS.start, "maximum": YEARS.stop - 1},
    "period": {"type": "string", "pattern": r"^P(?=.)([0-9]+Y)?([0-9]+M)?([0-9]+W)?([0-9]+D)?$"},
    "money": {"type": "string", "pattern": r"^(0|[1-9][0-9]{0,14})(\.[0-9]{2})?$"},
    "percent": {"type": "string", "pattern": r"^(100(\.0+)?|[1-9]?[0-9](\.[0-9]{1,6})?)$"},
    "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
    "int": {"type": "integer", "minimum": 0},
    "bool": {"type": "boolean"},
    "any": {},
    "counts": {
        "type": "object",
        "additionalProperties": {
            "anyOf": [
                {"type": "integer", "minimum": 0},
                {"type": "string", "pattern": r"^(0|[1-9][0-9]{0,8})(-[1-9][0-9]{0,8}|\+)?$"},
            ]
        },
    },
}


def book_schema() -> Schema:
    """The schema of a whole book."""
    schema = _object(record(TOP).fields)
    properties = schema["properties"]
    if isinstance(properties, dict):
        properties["format"] = {"const": FORMAT}
        properties["settings"] = {
            "type": "object",
            "properties": {key: {} for key in SETTINGS},
            "additionalProperties": False,
        }
        properties["events"] = {
            "type": "array",
            "items": {"oneOf": [{"$ref": f"#/$defs/{name}"} for name in event_types()]},
        }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A charter's book",
        **schema,
        "$defs": {
            **{f"value.{name}": dict(schema) for name, schema in _SCALARS.items() if schema},
            **{f"value.{name}": _whole(kind) for name, kind in _named().items()},
            **{found.name: _event(found) for found in event_types().values()},
        },
    }


def schema_text() -> str:
    """The schema as it is published."""
    return json.dumps(book_schema(), indent=1, ensure_ascii=False) + "\n"


def _event(found: EventType) -> Schema:
    own = {field.name for field in found.fields}
    common = [field for field in record(COMMON).fields if field.name not in own]
    schema = _object((*common, *found.fields))
    properties = schema["properties"]
    if isinstance(properties, dict):
        properties["type"] = {"const": found.name}
    return {"description": found.says, **schema} if found.says else schema


def _object(fields: tuple[Field, ...]) -> Schema:
    return {
        "type": "object",
        "properties": {field.name: _type(field.type) for field in fields},
        "required": [field.name for field in fields if field.required],
        "additionalProperties": False,
    }


def _type(kind: Type) -> Schema:
    """A type as it is used: what has a name in section 2 is referred to, not repeated."""
    names = _named()
    for name, named in names.items():
        if named == kind:
            return {"$ref": f"#/$defs/value.{name}"}
    if isinstance(kind, Scalar):
        name = kind.kind if kind.kind in _SCALARS else "id"
        return {} if name == "any" else {"$ref": f"#/$defs/value.{name}"}
    return _whole(kind)


def _named() -> dict[str, Type]:
    return {**{name: record(text) for name, text in NAMED.items()}, "decision": decision_type()}


def _whole(kind: Type) -> Schema:
    """A type written out."""
    if isinstance(kind, Choice):
        return {"enum": list(kind.options)}
    if isinstance(kind, ListOf):
        return {"type": "array", "items": _type(kind.item)}
    if isinstance(kind, Record):
        return _object(kind.fields)
    if isinstance(kind, Scalar):
        return dict(_SCALARS.get(kind.kind, _SCALARS["id"]))
    return {"oneOf": [_object(form.fields) for form in kind.forms]}
