import itertools
from typing import Any

import pytest

from crypto import answers
from crypto.document import Document
from crypto.errors import MalformedMessage
from tests.vectors.cases import fixed

BODIES: dict[str, dict[str, Any]] = {
    "submission": dict(fixed.ANSWERS),
    "follow-up": {"text": "a"},
    "reply": {"text": "a"},
    "note": {"text": "a"},
    "state": {"state": "received", "next_on": None},
}


def read(kind: str, body: object) -> dict[str, answers.Answer]:
    return answers.read(kind, Document({"body": body}, ["body"], MalformedMessage))


@pytest.mark.parametrize("kind", BODIES)
def test_a_body_is_read_as_it_is(kind: str) -> None:
    assert read(kind, BODIES[kind]) == BODIES[kind]


@pytest.mark.parametrize("kind", BODIES)
def test_every_field_must_be_there_and_no_other(kind: str) -> None:
    for name in BODIES[kind]:
        less = {key: value for key, value in BODIES[kind].items() if key != name}
        with pytest.raises(MalformedMessage):
            read(kind, less)
        with pytest.raises(MalformedMessage):
            read(kind, {**less, name.upper(): BODIES[kind][name]})
    with pytest.raises(MalformedMessage):
        read(kind, {**BODIES[kind], "more": ""})


CODED = {
    "kind": answers.CONCERNS,
    "relation": answers.RELATIONS,
    "ongoing": answers.ONGOING,
    "state": answers.STATES,
}


def fits(name: str, value: object) -> bool:
    """Whether a value, which is no code and no day, is of the type of this field."""
    if name == "reply_wanted":
        return isinstance(value, bool)
    if name == "next_on":
        return value is None
    return isinstance(value, str) and name not in CODED


@pytest.mark.parametrize("kind", BODIES)
def test_every_field_has_one_type(kind: str) -> None:
    values: list[object] = [None, True, 1, "neither a code nor a day", [], {}]
    for name, value in itertools.product(BODIES[kind], values):
        body = {**BODIES[kind], name: value}
        if fits(name, value):
            assert read(kind, body) == body
        else:
            with pytest.raises(MalformedMessage):
                read(kind, body)


@pytest.mark.parametrize("name", CODED)
def test_every_coded_value_is_read(name: str) -> None:
    kind = "state" if name == "state" else "submission"
    for value in CODED[name]:
        assert read(kind, {**BODIES[kind], name: value})[name] == value


def test_bodies_are_not_taken_for_each_other() -> None:
    for kind, other in itertools.permutations(BODIES, 2):
        if BODIES[kind].keys() != BODIES[other].keys():
            with pytest.raises(MalformedMessage):
                read(kind, BODIES[other])
