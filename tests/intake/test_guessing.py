"""Guessing receipt codes, and what of a code stays anywhere once its request is over."""

import ast
import gc
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from crypto.receipt import ReceiptCode
from tests.intake.house import House

pytestmark = pytest.mark.stores

ROOT = Path(__file__).resolve().parents[2]
FORMS = 200


def mailboxes_asked_for(engine: Engine) -> list[str]:
    """The statements about mailboxes from now on."""
    found: list[str] = []

    def asked(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if "mailboxes" in statement:
            found.append(statement)

    event.listen(engine, "before_cursor_execute", asked)
    return found


def test_a_code_with_a_slip_is_asked_of_no_database(house: House) -> None:
    """Attack 8: guesses that cost the database something, or that it could tell apart."""
    code, token = house.submit(), house.token("/follow-up")
    asked = mailboxes_asked_for(house.app.extensions["intake"].engine)
    for at in range(29):
        if code[at] != "-":
            slip = f"{code[:at]}{'1' if code[at] == '0' else '0'}{code[at + 1 :]}"
            assert house.follow(slip, token=token).status_code == 422
    assert asked == []
    house.follow(ReceiptCode.draw().text, token=token)
    assert asked != []


def test_the_codes_of_forms_are_drawn_anew_from_all_there_are(house: House) -> None:
    """Attack 8: a form whose code somebody could foretell."""
    drawn = [int(house.token(), 16) for _ in range(FORMS)]
    assert len(set(drawn)) == FORMS
    for bit in range(120):
        ones = sum(token >> bit & 1 for token in drawn)
        # Of a fair coin this is wrong once in a million times, for all bits together.
        assert FORMS // 4 < ones < FORMS * 3 // 4


@pytest.mark.parametrize("package", ["intake", "crypto"])
def test_no_cache_could_hold_a_code(package: str) -> None:
    """Attack 36: a codename kept in the server's memory because a function remembers its calls."""
    cached = {
        f"{path.relative_to(ROOT)} {node.name}"
        for path in (ROOT / package).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef)
        # What a property keeps goes with its object, which here is a form or a roster.
        and any("cache" in ast.unparse(each) for each in node.decorator_list)
        and all(ast.unparse(each) != "cached_property" for each in node.decorator_list)
    }
    # The patterns of entry types, by their names.
    assert cached <= {"crypto/entry_patterns.py _pattern"}


def test_no_object_of_the_process_holds_a_code_after_its_request(house: House) -> None:
    """Attack 36. What Python has freed and not overwritten is another matter: see threats.md."""
    # Backwards, so that the test itself does not keep what it looks for.
    wanted = _use_a_code(house)
    gc.collect()
    held = [
        type(owner).__name__
        for owner in gc.get_objects()
        # By type() and not isinstance(), which would look through the proxy of an object that is
        # gone already.
        if type(owner) is not type(house)
        for each in gc.get_referents(owner)
        if issubclass(type(each), str | bytes) and _holds(each, wanted)
    ]
    assert held == []


def _use_a_code(house: House) -> tuple[str, ...]:
    code = house.submit(what="words")
    assert house.follow(code, text="more").status_code == 200
    assert house.follow(code).status_code == 200
    receipt = ReceiptCode.parse(code)
    return code[::-1], code.replace("-", "")[::-1], receipt.raw[::-1].hex()


def _holds(value: str | bytes, wanted: tuple[str, ...]) -> bool:
    if isinstance(value, bytes):
        return bytes.fromhex(wanted[2])[::-1] in value or _holds(value.decode("latin-1"), wanted)
    return any(each[::-1] in value for each in wanted)
