"""The command: every check is told, for people and for programs, and the end says how it was."""

import ast
import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from deploy.cli import main
from deploy.doctor import cli, registry
from deploy.doctor import here as places
from deploy.doctor.finding import Check, Finding, bad, good, left_out
from deploy.doctor.here import Here
from deploy.doctor.registry import CHECKS, findings
from tests.deploy.doctor.world import machine

FOLDER = Path(registry.__file__).parent / "checks"


def one(here: Here) -> Iterator[Finding]:
    """Says one of each."""
    assert here.today
    yield good("all is well")
    yield bad("this is broken", "mend it")
    yield left_out("there is nothing")


@pytest.fixture
def look_at(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The command looks at an empty machine."""
    monkeypatch.setattr(places, "of_machine", lambda _root: machine(tmp_path))


def test_every_module_of_checks_is_registered_once_and_tested() -> None:
    modules = {path.stem for path in FOLDER.glob("*.py")} - {"__init__"}
    assert sorted(each.look.__module__.rpartition(".")[2] for each in CHECKS) == sorted(modules)
    assert len({each.name for each in CHECKS}) == len(CHECKS)
    tested: set[str] = set()
    for path in Path(__file__).parent.glob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module == "deploy.doctor.checks":
                tested |= {each.name for each in node.names}
    assert tested == modules


@pytest.mark.usefixtures("look_at")
def test_each_failure_says_what_to_do_and_the_end_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "CHECKS", (Check("one", "something", one),))
    said = CliRunner().invoke(main, ["doctor"])
    assert said.exit_code == 1
    lines = [line.strip() for line in said.output.splitlines()]
    assert lines == [
        "something (one)",
        "good  all is well",
        "BAD  this is broken",
        "do: mend it",
        "-  there is nothing",
    ]
    quiet = CliRunner().invoke(main, ["doctor", "--quiet"]).output
    assert "all is well" not in quiet
    told = json.loads(CliRunner().invoke(main, ["doctor", "--json"]).output)
    assert [each["found"] for each in told] == ["good", "bad", "left out"]
    assert told[1] == {"check": "one", "found": "bad", "said": "this is broken", "do": "mend it"}


@pytest.mark.usefixtures("look_at")
def test_when_nothing_is_bad_the_end_is_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    well = Check("well", "something", lambda _here: iter([good("all is well")]))
    monkeypatch.setattr(cli, "CHECKS", (well,))
    assert CliRunner().invoke(main, ["doctor"]).exit_code == 0


@pytest.mark.parametrize("check", CHECKS, ids=lambda each: each.name)
def test_what_cannot_be_looked_at_is_bad_or_left_out_and_never_good(
    check: Check, tmp_path: Path
) -> None:
    def nobody(*_given: object) -> places.Answer:
        raise ConnectionRefusedError("nobody is there")

    empty = dataclasses.replace(machine(tmp_path), is_synchronised=False, front=nobody)
    found = list(findings(check, empty))
    # With no rows, services or disks there is nothing that could be wrong with them.
    if check.name not in ("services", "roles", "room", "permissions"):
        assert any(each.do for each in found)


def test_an_address_that_is_none_is_refused() -> None:
    assert CliRunner().invoke(main, ["doctor", "--from", "speak.example.com"]).exit_code == 2
