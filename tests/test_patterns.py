"""No pattern of ours can be made to try for ever (ASVS 1.3.12).

A pattern takes a time that doubles with each letter when something may be repeated in more ways
than one. So what is repeated without end has in it no other such repetition and no choice, but for
the few that are listed here, where each turn begins with a letter that the turn before cannot have
taken.
"""

import ast
import importlib
import json
from collections.abc import Iterator
from typing import Any

import pytest

from review.audit import brief
from review.charter import values
from tests.sources import SOURCES, calls, imported, last
from tests.test_style import ROOT

_parser = importlib.import_module("re._parser")
_is = importlib.import_module("re._constants")

_TAKES = {"compile", "search", "match", "fullmatch", "findall", "finditer", "sub", "split"}
# Each turn begins with a sign, a word or a quotation mark that no other turn could begin or end.
PLAIN = {
    r"https://[a-z0-9-]+(\.[a-z0-9-]+)+(/[A-Za-z0-9._~-]+)*/?",
    r"(?=.{3,254}\Z)[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*",
    r"https://([a-z0-9-]+(?:\.[a-z0-9-]+)*)(:[1-9][0-9]{1,4})?",
    r"""#[^\n]*|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[;{}]|[^\s;{}"']+""",
    r"\bwithout (?:the |our |any |first |prior |getting |obtaining |having )*"
    r"(?:authori[sz]ation|approval|permission|consent)\b",
}
# Made of parts that stand in the source, or of words that are escaped.
MADE = {
    "crypto/entry_patterns.py": 1,
    "intake/web/price.py": 1,
    "review/audit/brief.py": 2,
    "review/casework/wording.py": 1,
    "review/guessable.py": 1,
    "review/charter/values.py": 1,
    "review/charter_view/shelf.py": 2,
}


def written() -> Iterator[tuple[str, str | bytes | None]]:
    """Every pattern in the source with its file; None where it is made of parts."""
    for path, nodes in SOURCES.items():
        for word, call in calls(nodes):
            if word.startswith("re.") and last(word) in _TAKES:
                try:
                    yield str(path), ast.literal_eval(call.args[0])
                except ValueError:
                    yield str(path), None


def impeding() -> Iterator[str]:
    """The patterns of the lint over words for submitters, which the browser has too."""
    rules = json.loads((ROOT / "review/casework/wording.json").read_text())
    for rule in rules["rules"]:
        yield from rule["patterns"]
    yield from rules["cleared"]


def faults(parts: Any, *, repeated: bool = False) -> Iterator[str]:
    """What could be taken in several ways, within what is repeated without end."""
    for kind, given in parts:
        endless = kind in _REPEATS and given[1] == _is.MAXREPEAT
        if repeated and (endless or kind is _is.BRANCH):
            yield str(kind)
        for each in inner(kind, given):
            yield from faults(each, repeated=repeated or endless)


_REPEATS = (_is.MAX_REPEAT, _is.MIN_REPEAT)


def inner(kind: Any, given: Any) -> list[Any]:
    """The patterns that a part of a pattern is made of."""
    if kind is _is.BRANCH:
        return list(given[1])
    if kind in (*_REPEATS, _is.SUBPATTERN, _is.ASSERT, _is.ASSERT_NOT):
        return [given[-1]]
    return []


def test_a_pattern_that_could_try_for_ever_is_found() -> None:
    for pattern in ("(a+)+", "(?:a|a)*b", "(x(a*)){2,}"):
        assert list(faults(_parser.parse(pattern))), pattern
    assert not list(faults(_parser.parse("[a-z]+(?:-[a-z]{1,5})*(x|y)")))


def test_no_pattern_can_be_made_to_try_for_ever() -> None:
    assert not [n for nodes in SOURCES.values() for n in imported(nodes) if n.startswith("re.")]
    found = [*written()]
    patterns = {pattern for _path, pattern in found if pattern is not None}
    assert len(patterns) > 60
    patterns |= {*impeding(), *(pattern for pattern, _message in values._PATTERNS.values())}
    assert {each for each in patterns if list(faults(_parser.parse(each)))} == PLAIN
    made = [path for path, pattern in found if pattern is None]
    assert {path: made.count(path) for path in made} == MADE


@pytest.mark.parametrize("line", [b",".join([b'{"digest":null'] * 4000), b'{"case":"' * 4000])
def test_a_line_of_a_bundle_that_fits_nowhere_is_refused_at_once(line: bytes) -> None:
    """Its pattern repeats whole messages, each of which begins with a bracket."""
    assert brief._LINE.fullmatch(line) is None
    assert brief._MESSAGES.fullmatch(line) is None
