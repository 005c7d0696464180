"""The commands of timers while a database is locked or the disk is full: a line, and once more."""

import sqlite3
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from deploy.cli import main
from intake import database
from review.store import database as book
from tests import committee
from tests.faults.deeds import begin
from tests.faults.forked import Say, in_child
from tests.faults.ground import DATABASES, Ground
from tests.faults.test_full_disk import limited

pytestmark = pytest.mark.sqlite("a file that is locked or full; test_server.py has a server's")

ROUTING = "routing.identity"


@pytest.fixture
def ground(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ground:
    made = Ground(tmp_path)
    begin(made)
    made.put_back("waiting")
    path = made.folder / ROUTING
    path.touch(mode=0o600)
    path.write_text(f"{committee.identity('routing').text}\n")
    for name, value in _environment(made).items():
        monkeypatch.setenv(name, value)
    shortly = [each.replace("=10000", "=20") for each in database._PRAGMAS]
    monkeypatch.setattr(database, "_PRAGMAS", tuple(shortly))
    monkeypatch.setattr(book, "_PATIENCE", 20)
    return made


def _environment(ground: Ground) -> dict[str, str]:
    drop = f"sqlite:///{ground.folder / 'drop.db'}"
    return {
        **ground.installation.environment(),
        "REVIEW_DROP_URL": drop,
        "REVIEW_ROUTING_IDENTITY_FILE": str(ground.folder / ROUTING),
    }


def _collect(say: Say) -> None:
    result = CliRunner().invoke(main, ["collect", "--verbose"])
    say(str(result.exit_code))
    say(result.output)
    assert result.exception is None or isinstance(result.exception, SystemExit)


def _on_a_full_disk(say: Say) -> None:
    with limited():
        _collect(say)


def check_told(said: list[str]) -> None:
    status, output = said
    assert status == "1"
    assert output.startswith("underrose: a database cannot be used: ")
    assert "nothing is lost" in output
    assert "Traceback" not in output


def test_a_collection_that_cannot_write_says_so_in_a_line_and_takes_it_up_again(
    ground: Ground,
) -> None:
    with closing(sqlite3.connect(ground.folder / "book.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        check_told(in_child(_collect).said)
    with ExitStack() as console:
        for name in DATABASES:
            # Somebody has it open, or not even a reader could open it on a full disk.
            other = console.enter_context(closing(sqlite3.connect(ground.folder / name)))
            other.execute("SELECT * FROM alembic_version").fetchall()
        check_told(in_child(_on_a_full_disk).said)
    assert in_child(_collect).said == [
        "0",
        "collected: 1 submissions, 1 follow-ups; posted: 1 letters, 0 proofs\n",
    ]
