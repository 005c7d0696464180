"""The types of events are those of the published page, and the schema is written from them."""

import json
import re
from pathlib import Path

import pytest

from review.charter.schema import book_schema, schema_text
from review.charter.vocabulary import (
    Choice,
    ListOf,
    Scalar,
    event_types,
    parse_group,
    parse_type,
)

SPEC = Path(__file__).parents[3] / "docs" / "spec"
PAGE = (SPEC / "charter-book.md").read_text()


def test_there_are_131_types_and_casework_stays_apart() -> None:
    assert len(event_types()) == 131
    assert sum(found.half == "CASEWORK" for found in event_types().values()) == 27


def test_the_types_are_those_of_the_page() -> None:
    section = PAGE.split("## 3 Events")[1].split("## 4 How")[0]
    blocks = re.findall(r"### (\d+) .*?```text\n(.*?)```", section, flags=re.S)
    on_page = {
        found.name: found.fields
        for number, block in blocks
        for found in parse_group(block, "", int(number))
    }
    assert on_page == {found.name: found.fields for found in event_types().values()}


def test_the_published_schema_is_what_the_code_says() -> None:
    assert (SPEC / "charter-book.schema.json").read_text() == schema_text()


def test_the_schema_knows_every_type() -> None:
    schema = json.loads(schema_text())
    named = {row["$ref"].removeprefix("#/$defs/") for row in _items(schema)}
    assert named == set(event_types())
    assert named <= set(book_schema()["$defs"])  # type: ignore[call-overload]


def _items(
    schema: dict[str, dict[str, dict[str, dict[str, list[dict[str, str]]]]]],
) -> list[dict[str, str]]:
    return schema["properties"]["events"]["items"]["oneOf"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("text", Scalar("text")),
        ("1|2|3", Choice((1, 2, 3))),
        ("A|B", Choice(("A", "B"))),
        ("PRH-1..PRH-3", Choice(("PRH-1", "PRH-2", "PRH-3"))),
        ("1..3", Choice((1, 2, 3))),
        ("[person]", ListOf(Scalar("person"))),
        ("firm|ref", Scalar("party")),
    ],
)
def test_the_notation_is_read(text: str, expected: object) -> None:
    assert parse_type(text) == expected


@pytest.mark.parametrize("text", ["[text", "{a: text", "{a}", "[text] x"])
def test_a_mistake_in_the_notation_is_a_mistake_of_ours(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_type(text)
