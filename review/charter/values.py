"""One value against its type: what is wrong with it, in words for the person who wrote it."""

import re
from collections.abc import Iterator
from datetime import date

from review.charter.located import Json, Path
from review.charter.vocabulary import Choice, Field, ListOf, OneOf, Record, Scalar, Type

LONGEST_TEXT = 2000
YEARS = range(1900, 3000)

_PATTERNS = {
    "id": (r"[A-Za-z0-9][A-Za-z0-9._/-]{0,63}", "must be an id: 1 to 64 of A-Z a-z 0-9 . _ / -"),
    "time": (r"([01][0-9]|2[0-3]):[0-5][0-9]", "must be a time such as 09:30"),
    "period": (
        r"P(?=.)([1-9][0-9]{0,3}Y)?([1-9][0-9]{0,3}M)?([1-9][0-9]{0,3}W)?([1-9][0-9]{0,4}D)?",
        "must be a period such as P7Y or P30D",
    ),
    "money": (
        r"(0|[1-9][0-9]{0,14})(\.[0-9]{2})?",
        'must be an amount in dollars such as "18000" or "18000.50"',
    ),
    "percent": (r"(100(\.0+)?|[1-9]?[0-9](\.[0-9]{1,6})?)", 'must be a percentage such as "4.5"'),
    "sha256": (r"[0-9a-f]{64}", "must be 64 lower-case hexadecimal digits"),
}
_SAME_AS_ID = {"id+", "ref", "ref+", "event", "person", "firm", "party"}
_BAND = re.compile(r"(0|[1-9][0-9]{0,8})(-[1-9][0-9]{0,8}|\+)?")
_MONTH_DAY = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")

Complaint = tuple[Path, str]


def complaints(value: Json, kind: Type, path: Path = ()) -> Iterator[Complaint]:
    """Everything that is wrong with a value, each with its place; nothing if it fits."""
    if isinstance(kind, Scalar):
        message = scalar_problem(value, kind.kind)
        if message:
            yield path, message
    elif isinstance(kind, Choice):
        # A number is no word, and True is not 1.
        if isinstance(value, bool) or value not in kind.options:
            yield path, "must be one of " + ", ".join(map(str, kind.options))
    elif isinstance(kind, ListOf):
        yield from _list(value, kind, path)
    elif isinstance(kind, Record):
        yield from _object(value, kind.fields, path)
    else:
        yield from _one_form(value, kind, path)


def _list(value: Json, kind: ListOf, path: Path) -> Iterator[Complaint]:
    if not isinstance(value, list):
        yield path, "must be a list"
        return
    for place, item in enumerate(value):
        yield from complaints(item, kind.item, (*path, place))


def _object(value: Json, fields: tuple[Field, ...], path: Path) -> Iterator[Complaint]:
    if not isinstance(value, dict):
        yield path, "must be an object"
        return
    known = {field.name: field for field in fields}
    for name, part in value.items():
        if name not in known:
            yield (*path, name), "is not a field of this"
        else:
            yield from complaints(part, known[name].type, (*path, name))
    for field in fields:
        if field.required and field.name not in value:
            yield (*path, field.name), "is missing"


def _one_form(value: Json, kind: OneOf, path: Path) -> Iterator[Complaint]:
    if isinstance(value, dict):
        for form in kind.forms:
            if {field.name for field in form.fields} == set(value):
                yield from _object(value, form.fields, path)
                return
    forms = " or ".join("{" + ", ".join(f.name for f in form.fields) + "}" for form in kind.forms)
    yield path, f"must be exactly one of {forms}"


def scalar_problem(value: Json, kind: str) -> str:
    """Why a value without parts is not of this kind; empty if it is."""
    if kind == "any":
        return ""
    if kind in ("int", "fy", "bool"):
        return _number_problem(value, kind)
    if kind == "counts":
        return _counts_problem(value)
    if not isinstance(value, str):
        return "must be a text in quotes"
    if kind == "text":
        return text_problem(value)
    if kind == "date":
        return "" if is_date(value) else "must be a day that exists, such as 2026-02-24"
    pattern, message = _PATTERNS["id" if kind in _SAME_AS_ID else kind]
    return "" if re.fullmatch(pattern, value) else message


def _number_problem(value: Json, kind: str) -> str:
    if kind == "bool":
        return "" if isinstance(value, bool) else "must be true or false"
    if isinstance(value, bool) or not isinstance(value, int):
        return "must be a whole number"
    if kind == "fy" and value not in YEARS:
        return "must be a fiscal year such as 2026"
    return "must not be negative" if value < 0 else ""


def _counts_problem(value: Json) -> str:
    if not isinstance(value, dict):
        return "must be an object of numbers or bands"
    for name, cell in value.items():
        if text_problem(name):
            return "has a name that is not allowed"
        whole = isinstance(cell, int) and not isinstance(cell, bool) and cell >= 0
        if not whole and not (isinstance(cell, str) and _BAND.fullmatch(cell)):
            return f"{name} must be a number or a band such as 0-2"
    return ""


def text_problem(value: str) -> str:
    """Why a text may not stand in a book; empty if it may."""
    if not value or len(value) > LONGEST_TEXT:
        return f"must be a text of 1 to {LONGEST_TEXT} characters"
    # Lone surrogates and control characters cannot be written back, or hide what is written.
    if any(ord(c) < 32 or 127 <= ord(c) < 160 or 0xD800 <= ord(c) < 0xE000 for c in value):
        return "must not contain control characters"
    return ""


def is_date(value: str) -> bool:
    """Whether it is a day that exists, in the one spelling of it."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def is_month_day(value: str) -> bool:
    """Whether it is a day of a year such as 12-31; 02-29 stands for the last of February."""
    found = _MONTH_DAY.fullmatch(value)
    return found is not None and not is_bad_month_day(int(found[1]), int(found[2]))


def is_bad_month_day(month: int, day: int) -> bool:
    """Whether no year has this day."""
    return day > (29 if month == 2 else 30 if month in (4, 6, 9, 11) else 31)
