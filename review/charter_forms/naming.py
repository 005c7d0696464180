"""Short names that nobody has to think of: a form fills them in, and a person may choose others."""

from collections.abc import Iterator

from review.charter.book import Book
from review.charter.vocabulary import Field, ListOf, Record, Scalar, event_types
from review.charter_forms.drafts import Draft


def named(one: Draft, book: Book) -> Draft:
    """The draft with a name for what it brings up, and a number for each row that has none."""
    found = {**one}
    for field in event_types()[str(one["type"])].fields:
        if field.required and field.name not in found and _is_new(field):
            found[field.name] = _free(_stem(field.name, found), set(_taken(book)))
        elif isinstance(field.type, ListOf) and isinstance(field.type.item, Record):
            _number(found, field.name, field.type.item)
    return found


def _is_new(field: Field) -> bool:
    return isinstance(field.type, Scalar) and field.type.kind == "id+"


def _stem(name: str, one: Draft) -> str:
    day = one.get("for_date") or one.get("event_date")
    word = name.replace("_", "-")
    return f"{word}-{day}" if isinstance(day, str) and day.isascii() else word


def _free(stem: str, taken: set[str]) -> str:
    """The stem, or the first of stem-2, stem-3 … that nothing has."""
    name, number = stem, 2
    while name in taken:
        name, number = f"{stem}-{number}", number + 1
    return name


def _taken(book: Book) -> Iterator[str]:
    """Every word that a record has at its top, which is where things get their names."""
    for event in book.events:
        yield from (value for value in event.fields.values() if isinstance(value, str))
    yield from (*book.people, *book.firms)


def _number(one: Draft, name: str, item: Record) -> None:
    """The rows of a list by their numbers, where the type names each and a person did not."""
    key = next(
        (f.name for f in item.fields if isinstance(f.type, Scalar) and f.type.kind == "id"), ""
    )
    rows = one.get(name)
    if not key or not isinstance(rows, list):
        return
    one[name] = [
        {key: str(n), **row} if isinstance(row, dict) else row for n, row in enumerate(rows, 1)
    ]
