"""An operator makes backups, tries them, and restores an installation to an empty machine."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from deploy import backup
from deploy.backup_rows import Counts
from deploy.cli import main
from deploy.rights import BACKUP
from review.store.database import open_engine, reading
from tests import backups, committee
from tests.browser.installation import Installation
from tests.browser.submitter import File
from tests.review.conftest import installation
from tests.stores import Stores

pytestmark = pytest.mark.stores
__all__ = ["installation"]
Run = Callable[..., Result]
SETTINGS = {"drop": "INTAKE_DATABASE_URL", "book": "REVIEW_BOOK_URL", "shred": "REVIEW_SHRED_URL"}


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, stores: Stores, installation: Installation) -> Run:
    """Runs a verb for the stores of an installation with a case and a file."""
    installation.submitter().submit(files=[File("a.txt", "text/plain", b"a" * 70_000)])
    installation.collect()
    for name, setting in SETTINGS.items():
        monkeypatch.setenv(setting, stores.url(installation.folder, name, BACKUP))
    return lambda *words: CliRunner().invoke(main, [str(word) for word in words])


class Operator:
    """The files that an operator has, and what is given to each command."""

    def __init__(self, folder: Path, run: Run) -> None:
        self.kept = folder / "kept"
        self.kept.mkdir()
        (folder / "to").write_text(backups.RECIPIENT.text + "\n")
        (folder / "identity").write_text(committee.identity("operator").text + "\n")
        printed = run("backup", "key", "--out", folder / "key")
        (folder / "signer").write_text(printed.output)
        self.maker = ("--recipient", folder / "to", "--key", folder / "key")
        self.opener = ("--identity", folder / "identity", "--signer", folder / "signer")

    def file(self, store: str) -> Path:
        """The newest backup of a store."""
        (found,) = self.kept.glob(f"{store}-*.age")
        return found


@pytest.fixture
def operator(tmp_path: Path, run: Run) -> Operator:
    """An operator with keys and nothing kept yet."""
    return Operator(tmp_path, run)


def elsewhere(stores: Stores, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty machine, that the environment names from now on."""
    folder.mkdir()
    for name, setting in SETTINGS.items():
        monkeypatch.setenv(setting, stores.make(folder, name))
    return folder


def held(stores: Stores, folder: Path, name: str) -> Counts:
    """What a store holds."""
    engine = open_engine(stores.url(folder, name))
    try:
        with reading(engine) as connection:
            return backup.held(name, connection)
    finally:
        engine.dispose()


def test_an_installation_comes_back_on_an_empty_machine_by_one_command(
    run: Run,
    operator: Operator,
    installation: Installation,
    stores: Stores,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = {name: held(stores, installation.folder, name) for name in SETTINGS}
    done = run("backup", "make", "all", operator.kept, *operator.maker)
    assert (done.exit_code, done.output.count("made and read back")) == (0, 3)
    book = operator.file("book")
    drilled = run("restore", "all", book, *operator.opener, "--drill")
    assert drilled.exit_code == 0, drilled.output
    assert run("restore", "all", book, *operator.opener).exit_code == 1
    machine = elsewhere(stores, tmp_path / "machine", monkeypatch)
    restored = run("restore", "all", book, *operator.opener)
    assert (restored.exit_code, restored.output) == (0, drilled.output)
    assert "envelopes: 1 rows" in restored.output
    for name, counts in before.items():
        after = held(stores, machine, name)
        if name == "book":
            # It tells its ledger that it was restored.
            assert after["pending_entries"][0] == counts["pending_entries"][0] + 1
            after["pending_entries"] = counts["pending_entries"]
        assert after == counts, name


def test_files_of_two_runs_are_not_restored_together(
    run: Run, operator: Operator, stores: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Attack: keys that were destroyed since, beside the book of today."""
    assert run("backup", "make", "shred", operator.kept, *operator.maker).exit_code == 0
    old = operator.file("shred")
    old.rename(tmp_path / "old")
    assert run("backup", "make", "all", operator.kept, *operator.maker).exit_code == 0
    shred = operator.file("shred")
    (tmp_path / "old").replace(shred)
    machine = elsewhere(stores, tmp_path / "machine", monkeypatch)
    empty = {name: held(stores, machine, name) for name in SETTINGS}
    refused = run("restore", "all", operator.file("book"), *operator.opener)
    assert refused.exit_code == 1
    assert "not made together" in refused.output
    shred.unlink()
    assert (
        "of the same run" in run("restore", "all", operator.file("book"), *operator.opener).output
    )
    assert {name: held(stores, machine, name) for name in SETTINGS} == empty


def test_the_commands_say_what_there_is_and_what_is_wrong(
    run: Run, operator: Operator, tmp_path: Path
) -> None:
    assert run("backup", "make", "drop", operator.kept, *operator.maker).exit_code == 0
    file = operator.file("drop")
    assert file.name in run("backup", "list").output
    assert run("backup", "expire", operator.kept).output == ""
    checked = run("backup", "check", "drop", file, *operator.opener)
    assert checked.exit_code == 0
    assert "deposits: 1 rows" in checked.output
    assert run("backup", "key", "--out", tmp_path / "key").exit_code == 1
    (tmp_path / "signer").write_text("A" * 43 + "=\n")
    refused = run("backup", "check", "drop", file, *operator.opener)
    assert refused.exit_code == 1
    assert "another installation, or forged" in refused.output
    (tmp_path / "key").chmod(0o644)
    refused = run("backup", "make", "drop", operator.kept, *operator.maker)
    assert "chmod 600" in refused.output
