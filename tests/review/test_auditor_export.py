"""The auditor's bundle out of a real book: whole, of one moment, recorded, nothing sealed in it."""

import hashlib
import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from crypto import attestation, entry
from crypto.cosignature import Signer
from review import cli
from review.audit import bundle, records
from review.auditor_export import contents, export_to
from review.errors import ExportRefused, SettingsRefused, StateUnknown
from review.ledger import continue_ledger
from review.store import ledger
from review.store.database import reading, writing
from tests import committee
from tests.browser.installation import Installation
from tests.browser.submitter import Submitter
from tests.review import ledgers
from tests.review.collecting import console
from tests.review.desk import sealed_form
from tests.review.tables import entries

pytestmark = pytest.mark.stores

Run = Callable[..., Result]


@pytest.fixture
def run(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a verb with the settings of the console."""
    for name, value in installation.environment().items():
        monkeypatch.setenv(name, value)
    group = click.Group("test", commands=list(cli.review_commands))

    def invoke(*words: object) -> Result:
        return CliRunner().invoke(group, [str(word) for word in words])

    return invoke


def read(path: Path) -> dict[str, bytes]:
    """Every file of a bundle."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_bundle_is_the_book_s_ledger_and_records(
    run: Run, installation: Installation, submitter: Submitter, tmp_path: Path
) -> None:
    head = ledgers.batch(installation)
    submitter.follow_up("more")
    installation.collect()
    out = tmp_path / "bundle.zip"
    result = run("export", "--auditor", "--out", out)
    assert (result.exit_code, result.stderr) == (0, "")
    digest = hashlib.sha256(out.read_bytes()).hexdigest()
    assert result.stdout.endswith(f"sha256: {digest}\n")
    (recorded,) = entries(installation.book, "exported")
    assert json.loads(recorded.data) == {"bundle": digest, "reader": "auditor"}
    assert (recorded.by, recorded.case_id) == (None, None)

    files = read(out)
    lines = files["ledgers/1/entries.jsonl"].splitlines()
    assert len(lines) == head.size
    assert all(entry.parse(line).to_bytes() == line for line in lines)
    assert files["ledgers/1/checkpoint"] == head.note.to_bytes()
    assert files["rosters/1.json"] == installation.roster.document
    (record,) = map(records.parse, files["records.jsonl"].splitlines())
    assert record.case == submitter.case_id
    assert [(each.thread, each.n) for each in record.messages] == [
        *(("submitter", 1), ("submitter", 2), ("submitter", 3)),
    ]
    assert [each.type for each in record.waiting] == ["follow-up.received"]
    manifest = bundle.Manifest.parse(files["manifest.json"])
    assert (manifest.installation, manifest.made_on) == (committee.INSTALLATION, committee.TODAY)


def test_the_bundle_of_one_book_has_the_same_bytes_again(
    installation: Installation, submitter: Submitter, tmp_path: Path
) -> None:
    ledgers.batch(installation)
    hashes = {
        export_to(installation.book, committee.INSTALLATION, tmp_path / name, committee.TODAY)
        for name in ("one", "two")
    }
    assert len(hashes) == 1


def test_nothing_sealed_and_no_secret_is_in_a_bundle(
    installation: Installation, submitter: Submitter, hidden: Submitter, tmp_path: Path
) -> None:
    """Attack: a bundle that could be opened with every key there is, or that tells who is whom."""
    ledgers.batch(installation)
    out = tmp_path / "bundle.zip"
    export_to(installation.book, committee.INSTALLATION, out, committee.TODAY)
    everything = b"\n".join(
        content for name, content in read(out).items() if not name.startswith("rosters/")
    )
    assert b"age-encryption.org" not in everything
    for somebody in (submitter, hidden):
        assert somebody.case_id.encode() in everything
        assert somebody.case.text.encode() not in everything
    with installation.book.connect() as raw:
        table = raw.exec_driver_sql
        secrets = [row[0] for row in table("SELECT mailbox_id FROM cases")]
        secrets += [row[0] for row in table("SELECT password_hash FROM people")]
        secrets += [row[0] for row in table("SELECT id FROM envelopes")]
        secrets += [row[0] for row in table("SELECT upload_id FROM envelopes") if row[0]]
    assert all(secret.encode() not in everything for secret in secrets)
    # Who was excluded from which case is in the book, and not for the auditor.
    with_names = [line for line in everything.splitlines() if b"member-2" in line]
    assert all(b"person.enrolled" in line for line in with_names)
    assert b"exclu" not in everything
    for name in [reader[3] for reader in committee.READERS]:
        assert name.encode() not in everything


def test_a_file_that_is_there_is_not_replaced_and_nothing_recorded(
    run: Run, installation: Installation, tmp_path: Path
) -> None:
    ledgers.batch(installation)
    out = tmp_path / "bundle.zip"
    out.write_bytes(b"mine")
    result = run("export", "--auditor", "--out", out)
    assert isinstance(result.exception, ExportRefused)
    assert out.read_bytes() == b"mine"
    assert entries(installation.book, "exported") == []


def test_without_a_signed_ledger_there_is_no_bundle(
    run: Run, installation: Installation, tmp_path: Path
) -> None:
    out = tmp_path / "bundle.zip"
    assert "no ledger yet" in str(run("export", "--auditor", "--out", out).exception)
    ledgers.batch(installation)
    with writing(installation.book) as connection:
        row = ledger.current(connection)
        assert row is not None
        ledger.append(connection, row, [b"x"] * 16)
    assert "not signed yet" in str(run("export", "--auditor", "--out", out).exception)
    assert os.listdir(tmp_path).count("bundle.zip") == 0
    assert entries(installation.book, "exported") == []


def test_a_state_that_there_is_none_of_is_named_and_nothing_recorded(
    run: Run, installation: Installation, submitter: Submitter, tmp_path: Path
) -> None:
    """Attack: a row changed behind the console's back, so that no bundle can be made any more."""
    ledgers.batch(installation)
    with installation.book.begin() as connection:
        connection.execute(text("UPDATE cases SET state = 'GONE'"))
    found = run("export", "--auditor", "--out", tmp_path / "bundle.zip").exception
    assert isinstance(found, StateUnknown)
    assert submitter.case_id in str(found)
    assert os.listdir(tmp_path).count("bundle.zip") == 0
    assert entries(installation.book, "exported") == []


def test_a_ledger_that_continues_another_is_exported_with_it(
    installation: Installation, submitter: Submitter, tmp_path: Path
) -> None:
    """Also when the first one ended with a batch that nobody signed: the next took it along."""
    head = ledgers.batch(installation)
    with writing(installation.book) as connection:
        row = ledger.current(connection)
        assert row is not None
        covers = [entry.cover(committee.TODAY, os.urandom(32)).to_bytes() for _ in range(16)]
        ledger.append(connection, row, covers)
    second = Signer("ledger.example/two", committee.seed("second ledger"))
    continue_ledger(ledgers.keeper(installation, second), committee.TODAY, ledgers.AT)
    out = tmp_path / "bundle.zip"
    export_to(installation.book, committee.INSTALLATION, out, committee.TODAY)
    files = read(out)
    assert len(files["ledgers/1/entries.jsonl"].splitlines()) == head.size
    assert b"ledger.continued" in files["ledgers/2/entries.jsonl"].splitlines()[0]


@pytest.mark.parametrize(
    "options",
    [
        ["--auditor", "--all"],
        ["--auditor", "--case", "ab" * 32],
        ["--case", "ab" * 32, "--all"],
        [],
    ],
)
def test_an_export_is_of_one_thing(run: Run, tmp_path: Path, options: list[str]) -> None:
    result = run("export", *options, "--out", tmp_path / "x")
    assert result.exit_code == 2
    assert "give one of" in result.output


def test_the_host_check_says_what_it_found_and_writes_a_report(
    run: Run, installation: Installation, submitter: Submitter, tmp_path: Path
) -> None:
    ledgers.batch(installation)
    out = tmp_path / "store.json"
    result = run("verify", "--store", "--case", submitter.case_id, "--out", out)
    assert result.exit_code == 0, result.output
    assert result.stdout == "checked: 1 cases, 2 envelopes, 1 slices; exceptions: 0\n"
    assert "unsigned" in result.stderr
    assert json.loads(out.read_bytes())["cases"][0]["case"] == submitter.case_id
    gone = run("verify", "--store", "--case", "ab" * 32, "--out", tmp_path / "other.json")
    assert gone.exit_code == 1
    assert f"case {'ab' * 32}: the book holds no such case" in gone.stdout
    assert "exceptions: 1" in gone.stdout


def test_the_host_check_signs_with_the_ledger_s_key(
    run: Run,
    installation: Installation,
    submitter: Submitter,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ledgers.batch(installation)
    key = tmp_path / "ledger.key"
    key.write_text(committee.ledger_signer().private_text + "\n")
    key.chmod(0o644)
    monkeypatch.setenv("REVIEW_LEDGER_KEY_FILE", str(key))
    out = tmp_path / "store.json"
    result = run("verify", "--store", "--all", "--out", out)
    assert isinstance(result.exception, SettingsRefused)
    assert not out.exists()
    key.chmod(0o600)
    result = run("verify", "--store", "--all", "--out", out)
    assert (result.exit_code, result.stderr) == (0, "")
    keys = [committee.ledger_signer().key]
    attestation.verify(attestation.STORE_CHECK, out.read_bytes(), keys)


def test_the_host_check_wants_to_know_which_cases(run: Run, tmp_path: Path) -> None:
    assert run("verify", "--store", "--out", tmp_path / "x").exit_code == 2
    both = run("verify", "--store", "--all", "--case", "ab", "--out", tmp_path / "x")
    assert both.exit_code == 2
    assert run("verify", "--all", "--out", tmp_path / "x").exit_code == 2


def test_the_bundle_is_of_one_moment(
    installation: Installation, submitter: Submitter, tmp_path: Path
) -> None:
    """Attack: an act between reading ledger and records, so that one tells what the other lacks."""
    ledgers.batch(installation)
    out = tmp_path / "bundle.zip"
    with reading(installation.book) as connection, out.open("wb") as file:
        made = contents(connection, committee.INSTALLATION, committee.TODAY)
        desk = console(installation)
        form = sealed_form(desk.app, submitter, "note")
        assert desk.post(f"/cases/{submitter.case_id}/notes", form).status_code == 204
        ledgers.batch(installation)
        bundle.write(file, made)
    files = read(out)
    (record,) = map(records.parse, files["records.jsonl"].splitlines())
    assert len(record.messages) == 2
    assert record.waiting == ()
    assert len(files["ledgers/1/entries.jsonl"].splitlines()) == 16
