"""The pages of docs/spec about intake say what the program does, no more and no less."""

import ast
import re
from pathlib import Path

import pytest

from intake.errors import PriceAsked
from intake.schema import metadata
from intake.web import errors, sealed
from tests.intake.house import House

pytestmark = pytest.mark.stores

ROOT = Path(__file__).resolve().parents[2]


def rows(name: str, pattern: str) -> list[tuple[str, ...]]:
    """What each row of a page's tables has where the pattern has groups."""
    text = (ROOT / "docs" / "spec" / f"{name}.md").read_text()
    return [match.groups() for match in re.finditer(pattern, text, flags=re.M)]


def test_the_tables_of_the_drop_are_printed_as_they_are() -> None:
    expected = [
        (name, ", ".join(f"`{each.name}`" + "?" * bool(each.nullable) for each in table.columns))
        for name, table in metadata.tables.items()
    ]
    assert rows("drop", r"^\| `([a-z_]+)` \| (`.+) \|$") == expected


def test_every_status_is_printed_with_its_reason() -> None:
    # The price has numbers with it, so it has no place in the table of reasons.
    reasons = {**errors.REASONS, PriceAsked: "price"}
    expected = [
        (kind.__name__, str(status), f"`{reasons[kind]}`" if kind in reasons else "–")
        for kind, status in errors.STATUS.items()
    ]
    assert rows("intake-http", r"^\| `(\w+)` \| (\d+) \| (.+) \|$") == expected


def test_the_parts_of_every_sealed_request_are_printed() -> None:
    """Read from the code, where each request names its parts in one call."""
    tree = ast.parse(Path(sealed.__file__).read_text())
    calls = [
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) == "Fields.read"
        and isinstance(node.args[0], ast.Constant)
    ]
    printed = rows("intake-http", r"^\| `POST /sealed/[a-z-]+` \| (.+) \|$")
    assert len(printed) == 4
    spelled = [" ".join(re.findall(r"`([^`]+)`", parts)) for (parts,) in printed]
    assert sorted(spelled) == sorted(str(call) for call in calls)


def test_every_route_is_printed_and_no_other(house: House) -> None:
    routes = sorted(
        f"{method} {rule.rule}"
        for rule in house.app.url_map.iter_rules()
        for method in (rule.methods or set()) & {"GET", "POST"}
    )
    printed = rows("intake-http", r"^\| `((?:GET|POST) [^`]+)` \| .+ \|$")
    assert sorted(route for (route,) in printed) == routes


def test_the_answer_that_finds_nothing_begins_as_printed() -> None:
    answer = sealed._one_size(b'{"found":false}', 0)
    assert answer.rstrip(b"\0") == bytes.fromhex("0000000f") + b'{"found":false}'
    assert len(answer) == sealed.MAILBOX_STEP == 131072
