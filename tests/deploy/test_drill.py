"""A drill goes in by the front door, to a reader's reply and back, and is on the record."""

import json
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from crypto import act as act_format
from crypto import drill, signing, strict
from deploy.cli import main
from deploy.client import Client
from deploy.member import Member
from intake.app import create_app
from intake.schema import metadata
from intake.settings import Settings
from review.store.database import reading
from review.store.drills import newest
from tests import committee
from tests.acts import make
from tests.browser.installation import PASSPHRASE, PASSWORD, Installation
from tests.intake.house import environ, put_key
from tests.review.conftest import app, installation
from tests.review.desk import Desk
from tests.review.tables import entries, rows
from tests.serving import serving

__all__ = ["app", "installation"]
pytestmark = pytest.mark.stores


@dataclass
class Line:
    """An installation with its front door open, and the operator's two files."""

    installation: Installation
    console: Flask
    address: str
    key: Path
    keep: Path

    def run(self, *words: str, **changed: str) -> Result:
        """One of the operator's commands."""
        env = {**self.installation.environment(), **changed}
        return CliRunner().invoke(main, ["drill", *words], env=env)

    def send(self, **changed: str) -> Result:
        """Send the drill."""
        where = ("--address", self.address, "--key", str(self.key), "--keep", str(self.keep))
        return self.run("send", *where, **changed)

    def check(self, *words: str) -> Result:
        """Look whether it was answered."""
        return self.run("check", "--address", self.address, "--keep", str(self.keep), *words)


@pytest.fixture
def line(installation: Installation, app: Flask, tmp_path: Path) -> Iterator[Line]:
    url = installation.url("drop")
    put_key(url)
    key = tmp_path / "drill.key"
    key.touch(mode=0o600)
    key.write_text(strict.to_b64(committee.DRILL_SEED) + "\n")
    with serving(create_app(Settings.from_environ(environ(url)))) as port:
        address = f"http://127.0.0.1:{port}"
        yield Line(installation, app, address, key, tmp_path / "drill.kept")


def answer(line: Line, *, replies: bool = True, marks: bool = True) -> str:
    """A reader opens the drill, replies and signs that it is one; the case."""
    with serving(line.console) as port:
        member = Member(Client(port))
        member.sign_in("member-1", PASSWORD)
        member.unlock(PASSPHRASE)
        (case,) = member.inbox()
        opened = member.open(case)
        mark = drill.found_in(str(opened.submission.body["what"]))
        assert mark is not None
        drill.check(mark, committee.INSTALLATION, case)
        if replies:
            member.reply(opened, "We have read this.")
    if marks:
        desk = Desk(line.console, "member-1")
        told = json.loads(desk.get(f"/cases/{case}/manifest").text)
        made = make(
            "mark-a-drill", subject=case, previous=told["previous"], mark=list(mark.words),
            **{"from": told["stage"], "to": "NOT_A_REPORT"},
        )  # fmt: skip
        signed = act_format.sign(made, "member-1", committee.signing_seed("member-1"))
        form = {
            "act": made.document.decode(),
            "signature": strict.to_b64(signed.signature),
        }
        assert desk.post(f"/cases/{case}/steps", form).status_code == 204
    return case


def test_a_drill_goes_through_the_front_door_to_a_reply_and_back(line: Line) -> None:
    sent = line.send()
    assert sent.exit_code == 0, sent.output
    assert stat.S_IMODE(line.keep.stat().st_mode) == 0o600
    kept = json.loads(line.keep.read_text())
    assert kept["code"] not in sent.output
    early = line.check()
    assert (early.exit_code, "nobody has replied yet" in early.output) == (1, True)
    line.installation.collect()
    case = answer(line)
    assert case == kept["case"]
    line.installation.collect()
    passed = line.check()
    assert passed.exit_code == 0, passed.output
    assert "passed" in passed.output
    assert kept["code"] not in passed.output
    (entry,) = entries(line.installation.book, "drill.run")
    told = json.loads(entry.data)
    day = committee.TODAY.isoformat()
    assert {**told, "marked": None} == {
        "outcome": "passed", "sent": day, "answered": day, "marked": None,
    }  # fmt: skip
    with reading(line.installation.book) as connection:
        (found,) = newest(connection, committee.TODAY)
    assert found.marked == told["marked"]
    assert "on the record already" in line.check().output


def test_nothing_outside_the_sealed_message_says_that_it_is_a_drill(
    line: Line, installation: Installation
) -> None:
    """Attack: whoever has the databases, or watches the wire, waits for the drill alone."""
    assert line.send().exit_code == 0
    drilled = rows(installation.drop, metadata)
    mark = strict.to_b64(signing.verify_key(committee.DRILL_SEED))
    assert not any(word in repr(drilled) for word in ("drill", mark, mark[:20]))
    installation.collect()
    found = rows(installation.book, without=["people", "rosters"])
    assert mark not in repr(found)
    assert found["drills"] == []
    real = installation.submitter("of a real case")
    real.submit()
    installation.collect()
    sizes = {len(row[-1]) for row in rows(installation.book)["envelopes"]}
    assert len(sizes) == 1


def test_a_drill_that_was_answered_and_not_marked_is_not_over(line: Line) -> None:
    line.send()
    line.installation.collect()
    answer(line, marks=False)
    line.installation.collect()
    found = line.check()
    assert (found.exit_code, "nobody has signed yet" in found.output) == (1, True)
    assert entries(line.installation.book, "drill.run") == []


def test_a_drill_that_nobody_answers_is_given_up_and_has_failed(line: Line) -> None:
    line.send()
    line.installation.collect()
    found = line.check("--give-up")
    assert (found.exit_code, "failed" in found.output) == (1, True)
    (entry,) = entries(line.installation.book, "drill.run")
    assert json.loads(entry.data)["outcome"] == "failed"


def test_a_drill_is_not_sent_with_another_key_or_over_a_file_that_is_there(line: Line) -> None:
    other = strict.to_b64(signing.verify_key(committee.seed("another")))
    assert "is not the one" in line.send(REVIEW_DRILL_KEY=other).output
    assert not line.keep.exists()
    line.keep.write_text("kept of another drill")
    assert "exists already" in line.send().output
    assert line.keep.read_text() == "kept of another drill"
    line.keep.unlink()
    line.key.chmod(0o644)
    assert "can be read by others" in line.send().output


def test_a_front_door_that_does_not_answer_leaves_no_file(line: Line) -> None:
    where = ("--address", "http://127.0.0.1:1", "--key", str(line.key), "--keep", str(line.keep))
    found = line.run("send", *where)
    assert (found.exit_code, "was not answered" in found.output) == (1, True)
    assert not line.keep.exists()


def test_a_new_drill_key_is_for_its_owner_alone(line: Line, tmp_path: Path) -> None:
    path = tmp_path / "new.key"
    made = line.run("new-key", "--out", str(path))
    assert made.exit_code == 0
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    seed = strict.b64(path.read_text().strip())
    assert made.output.strip() == strict.to_b64(signing.verify_key(seed))
    again = line.run("new-key", "--out", str(path))
    assert (again.exit_code, "exists already" in again.output) == (1, True)
