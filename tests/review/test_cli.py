"""The verbs of the console's host, as an operator types them."""

import os
import re
import threading
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from review import cli
from review.errors import (
    CollectorBusy,
    ExportRefused,
    PersonRefused,
    ReviewError,
    SettingsRefused,
)
from review.locking import alone
from tests import committee
from tests.browser.installation import Installation, identity_file
from tests.browser.submitter import Submitter
from tests.review.collecting import forge
from tests.review.desk import Desk
from tests.review.tables import entries, rows

pytestmark = pytest.mark.stores

Run = Callable[..., Result]
BUSY = CollectorBusy("another collector is at work")


@pytest.fixture
def run(installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a verb with the settings of an installation."""
    routing = tmp_path / "routing.identity"
    routing.write_text(committee.identity("routing").text + "\n")
    routing.chmod(0o600)
    for name, value in installation.environment().items():
        monkeypatch.setenv(name, value)
    for name in ("drop", "book", "shred"):
        # The verbs of several roles are run here; test_whole_on_postgres.py tells them apart.
        monkeypatch.setenv(f"REVIEW_{name.upper()}_URL", installation.url(name))
    monkeypatch.setenv("REVIEW_ROUTING_IDENTITY_FILE", str(routing))
    group = click.Group("test", commands=list(cli.review_commands))

    def invoke(*words: object) -> Result:
        return CliRunner().invoke(group, [str(word) for word in words])

    return invoke


def refused(result: Result, kind: type[ReviewError]) -> str:
    """What deploy/cli.py prints as one line."""
    assert isinstance(result.exception, kind), result.output
    text = str(result.exception)
    assert text
    assert text[0].islower() or text.startswith("REVIEW_")
    assert not text.endswith(".")
    return text


def test_collecting_says_what_it_did_only_when_asked(run: Run, installation: Installation) -> None:
    """Attack: a journal that keeps the hour of every line, and so of every submission."""
    somebody = installation.submitter()
    somebody.submit()
    somebody.follow_up("more")
    for result in (run("collect"), run("collect")):
        assert (result.exit_code, result.output) == (0, "")
    somebody.follow_up("and more")
    said = run("collect", "--verbose").output
    assert said == "collected: 0 submissions, 1 follow-ups; posted: 0 letters, 0 proofs\n"


def test_what_is_set_aside_is_told_once_and_listed_until_it_is_tried_again(
    run: Run, installation: Installation
) -> None:
    """Attack: one bad deposit, for which every later collection would be a failure."""
    deposit = forge(installation, "bad", routing=b"nothing")
    told = f"underrose: deposit {deposit} is set aside: its routing cannot be honoured\n"
    for _again in range(2):
        first, second = run("collect"), run("collect")
        assert (first.exit_code, first.output) == (1, told)
        assert (second.exit_code, second.output) == (0, "")
        listed = f"{deposit}  {committee.TODAY}  its routing cannot be honoured\n"
        assert run("set-aside", "list").output == listed
        assert run("set-aside", "retry", deposit).output == "to be tried again: 1\n"
        assert run("set-aside", "list").output == ""
    assert run("set-aside", "retry", "--all").output == "to be tried again: 0\n"
    for words in ((), (deposit,), ("--all", deposit)):
        assert run("set-aside", "retry", *words).exit_code == 2


def test_a_collector_that_meets_another_leaves_the_work_to_it(
    run: Run, installation: Installation, tmp_path: Path
) -> None:
    installation.submitter().submit()
    with alone(tmp_path / "routing.identity", BUSY):
        met = run("collect")
    assert (met.exit_code, met.output) == (0, "underrose: another collector is at work\n")
    assert rows(installation.book)["cases"] == []
    assert run("collect", "--wait").output == ""
    assert len(rows(installation.book)["cases"]) == 1


def test_a_collector_that_waits_goes_on_when_the_other_is_done(tmp_path: Path) -> None:
    lock, done = tmp_path / "lock", threading.Event()
    lock.touch()

    def wait() -> None:
        with alone(lock, BUSY, wait=True):
            done.set()

    with alone(lock, BUSY):
        waiting = threading.Thread(target=wait)
        waiting.start()
        assert not done.is_set()
    waiting.join()
    assert done.is_set()


def test_a_routing_identity_of_another_committee_is_found_out_before_anything_is_set_aside(
    run: Run, installation: Installation, tmp_path: Path
) -> None:
    installation.submitter().submit()
    (tmp_path / "routing.identity").write_text(committee.identity("another").text + "\n")
    assert "REVIEW_ROUTING_IDENTITY_FILE" in refused(run("collect"), SettingsRefused)
    assert rows(installation.book)["set_aside"] == []


def test_a_collector_without_its_identity_says_what_is_missing(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REVIEW_ROUTING_IDENTITY_FILE")
    assert "REVIEW_ROUTING_IDENTITY_FILE" in refused(run("collect"), SettingsRefused)


def test_people_come_and_go(
    run: Run, installation: Installation, tmp_path: Path, app: object
) -> None:
    with installation.book.begin() as connection:
        connection.exec_driver_sql("DELETE FROM people WHERE id IN ('chair', 'auditor')")
    password, identity = tmp_path / "password", tmp_path / "identity.age"
    password.write_text("a long enough password\n")
    identity.write_bytes(identity_file("chair"))
    files = ("--password-file", password, "--identity", identity)
    added = run("people", "add", "chair", "--username", "ada", *files)
    assert added.output == "added: ada, chair\n"
    role = ("--role", "retention-auditor")
    added = run("people", "add", "auditor", "--username", "grace", *role)
    assert added.output == "added: grace, retention-auditor\n"
    desk = Desk(app, "chair")  # type: ignore[arg-type]
    assert desk.get("/").status_code == 200
    password.write_text("another long password")
    changed = run("people", "set-password", "ada", "--password-file", password)
    assert changed.output == "changed: ada\n"
    assert desk.get("/").status_code == 303
    assert run("people", "remove", "ada").output == "removed: ada\n"
    kept = {row[0]: row[6] for row in rows(installation.book)["people"]}
    assert (kept["chair"], kept["auditor"]) == (False, True)


def test_a_reader_whose_passphrase_was_lost_gets_another_identity_file(
    run: Run, installation: Installation, tmp_path: Path, app: object
) -> None:
    desk = Desk(app, "chair")  # type: ignore[arg-type]
    file = tmp_path / "identity.age"
    file.write_bytes(identity_file("chair", "nine other words"))
    words = ("people", "set-identity", "chair", "--identity", file)
    assert run(*words).output == "changed: chair\n"
    assert desk.get("/").status_code == 303
    again = Desk(app, "chair")  # type: ignore[arg-type]
    assert again.get("/me/identity").data == file.read_bytes()
    file.write_text(committee.identity("chair").text)
    assert "not sealed with a passphrase" in refused(run(*words), PersonRefused)
    file.write_bytes(identity_file("chair"))
    for nobody in ("auditor", "none"):
        refused(run("people", "set-identity", nobody, "--identity", file), PersonRefused)
    recorded = [row.data for row in entries(installation.book, "identity.recovered")]
    assert recorded == ['{"person":"chair"}']


def test_an_invitation_is_printed_once_and_for_no_reader_who_has_a_way_in(
    run: Run, installation: Installation
) -> None:
    made = run("people", "invite", "secretary")
    assert made.exit_code == 0
    invitation, where = made.output.splitlines()
    assert re.fullmatch(r"([A-Z2-7]{4}-){5}[A-Z2-7]{4}", invitation)
    assert where == "enter it at http://localhost/join within three days"
    assert invitation not in repr(rows(installation.book))
    assert "two others" in refused(run("people", "invite", "chair"), PersonRefused)
    assert "nobody" in refused(run("people", "invite", "stranger"), PersonRefused)


def test_a_short_password_is_refused(run: Run, tmp_path: Path) -> None:
    password = tmp_path / "password"
    password.write_text("elevenchars\n")
    result = run("people", "set-password", "chair", "--password-file", password)
    assert "12 characters" in refused(result, PersonRefused)


def test_nobody_chooses_the_password_of_another(
    run: Run, installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REVIEW_ALLOW_PASSWORD", "0")
    monkeypatch.setenv("REVIEW_ALLOW_CODE", "1")
    password = tmp_path / "password"
    password.write_text("a long enough password\n")
    before = rows(installation.book)["people"]
    given = ("--password-file", password)
    changed = run("people", "set-password", "chair", *given)
    added = run("people", "add", "finance", "--username", "henry", "--role", "secretary", *given)
    for result in (changed, added):
        assert "people invite" in refused(result, PersonRefused)
    assert rows(installation.book)["people"] == before


def test_no_reader_is_made_by_an_option(run: Run) -> None:
    result = run("people", "add", "finance", "--username", "henry", "--role", "chair")
    assert result.exit_code == 2
    assert "chair" in result.output


def test_cases_are_exported_by_id_or_all(
    run: Run, submitter: Submitter, hidden: Submitter, tmp_path: Path
) -> None:
    one, everything = tmp_path / "one.zip", tmp_path / "all.zip"
    assert "1 cases" in run("export", "--case", hidden.case_id, "--out", one).output
    assert "2 cases" in run("export", "--all", "--out", everything).output
    assert one.stat().st_size < everything.stat().st_size
    assert submitter.case_id.encode() not in one.read_bytes()
    refused(run("export", "--all", "--out", one), ExportRefused)
    for words in ((), ("--all", "--case", hidden.case_id)):
        assert run("export", *words, "--out", tmp_path / "x.zip").exit_code == 2


def test_a_demonstration_listens_on_this_machine_only(run: Run) -> None:
    for bind in ("0.0.0.0:8001", "192.0.2.1:80", "[::]:8001", "example.org:80", "8001"):
        assert "127.0.0.1" in refused(run("review", "serve", "--bind", bind), SettingsRefused)


def test_every_verb_and_option_explains_itself(run: Run) -> None:
    assert "REVIEW_BOOK_URL" in os.environ
    for words in (("review", "serve"), ("collect",), ("people", "add"), ("export",)):
        result = run(*words, "--help")
        assert result.exit_code == 0
        assert len(result.output.splitlines()) > 5
