"""Every public function that reads bytes or text from outside is reached by a target's seeds.

Which functions those are is computed from the sources: by their names and by what they take.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.run import kept
from tests.fuzz.targets import TARGETS
from tests.groups import ROOT

# Where bytes of others are read. The rest of the review is given what was read here.
PLACES = ("crypto", "intake", "review/audit", "review/charter", "review/charter_forms")
VERBS = ("parse", "read", "draft")
TAKES = {"bytes", "str", "str | bytes", "bytes | str", "Values", "Posted", "Body"}
# What no outsider has a hand in, or what only hands on to something that is searched.
ELSEWHERE = {
    "crypto.archive.read": "by a name of our own; what it gives is searched with export",
    "crypto.cosigning.read_key": "reads a file for cosignature.Signer.parse",
    "crypto.cosigning.read_policy": "reads a file for policy.parse",
    "crypto.document.parse_value": "strict.parse_canonical under another error",
    "crypto.files.read": "a file of a command, with a limit",
    "crypto.identity.parse": "one line of read_identity_file",
    "intake.settings.read": "the operator's own setting",
    "intake.web.limits.read": "counts a look at a mailbox",
    "intake.web.sealed.read": "by names of our own; the body is read_small's",
    "review.audit.report.read_signed": "attestation.parse, a signature and a strict Document",
    "review.charter.vocabulary.parse_group": "our own vocabulary, checked when it is loaded",
    "review.charter.vocabulary.parse_type": "our own vocabulary, checked when it is loaded",
}


def readers() -> Iterator[tuple[str, str, int]]:
    """Each public function that reads, as its dotted name, file and first line."""
    for place in PLACES:
        for path in sorted((ROOT / place).rglob("*.py")):
            module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.FunctionDef) and _reads(node):
                    yield f"{module}.{node.name}", str(path), _line(node)


def _line(node: ast.FunctionDef) -> int:
    return min([node.lineno, *(each.lineno for each in node.decorator_list)])


def _reads(node: ast.FunctionDef) -> bool:
    verb = node.name.partition("_")[0]
    given_to = [each for each in node.args.args if each.arg not in ("self", "cls")]
    if verb not in VERBS or not given_to:
        return False
    takes = given_to[-1] if node.name == "draft" else given_to[0]
    return takes.annotation is not None and ast.unparse(takes.annotation) in TAKES


def reached() -> set[tuple[str, int]]:
    """File and first line of every function that seeds and kept inputs lead to."""
    found: set[tuple[str, int]] = set()

    def note(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call":
            found.add((frame.f_code.co_filename, frame.f_code.co_firstlineno))

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        for name, target in TARGETS.items():
            for data in [*target.seeds(), *kept(name)[:40]]:
                target.run(data)
    finally:
        sys.setprofile(before)
    return found


def test_every_reader_of_outside_bytes_is_searched() -> None:
    there = list(readers())
    assert len(there) > 25
    found = reached()
    missed = {name for name, path, line in there if (path, line) not in found}
    assert missed - set(ELSEWHERE) == set(), "give these a target in tests/fuzz"
    assert set(ELSEWHERE) <= {name for name, _path, _line in there}


SPLICE = st.tuples(st.integers(0, 1 << 14), st.integers(0, 64), st.binary(max_size=32))


@pytest.mark.parametrize("name", TARGETS)
@given(drawn=st.data())
def test_no_drawn_input_breaks_a_parser(name: str, drawn: st.DataObject) -> None:
    """Seeds with pieces cut out and others put in, and bytes of no seed at all."""
    target = TARGETS[name]
    data = drawn.draw(st.binary(max_size=200) | st.sampled_from(list(target.seeds())))
    for at, length, piece in drawn.draw(st.lists(SPLICE, max_size=3)):
        start = at % (len(data) + 1)
        data = data[:start] + piece + data[start + length :]
    target.run(data)


def test_a_reader_without_a_target_is_noticed(tmp_path: Path) -> None:
    """The computation itself works: a new parser would be among the readers."""
    node = ast.parse("def parse(data: bytes) -> int: ...").body[0]
    assert isinstance(node, ast.FunctionDef)
    assert _reads(node)
    other = ast.parse("def parse(data: Document) -> int: ...").body[0]
    assert isinstance(other, ast.FunctionDef)
    assert not _reads(other)
