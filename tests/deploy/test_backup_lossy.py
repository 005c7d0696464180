"""A book that is older than what there was: its ledger says so, and the auditor sees it."""

import datetime
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine

from crypto import policy
from crypto.cosignature import Signer
from deploy import backup
from review.auditor_export import export_to
from review.errors import LedgerRefused
from review.ledger import continue_ledger, run_batch
from review.store.database import open_book
from tests import backups, committee
from tests.browser.installation import Installation
from tests.review import ledgers
from tests.review.audit.looking import Seen, look
from tests.review.conftest import installation
from tests.stores import Stores

pytestmark = pytest.mark.stores
__all__ = ["installation"]
DAY = datetime.timedelta(days=1)
TOMORROW = committee.TODAY + DAY
AT = ledgers.AT + 86_400


class Machine:
    """Another machine, on which the book of before is restored."""

    def __init__(self, stores: Stores, folder: Path, path: Path) -> None:
        self.folder = folder
        folder.mkdir()
        url = stores.make(folder, "book")
        self.header = backup.restore("book", path, backups.OPENER, url, TOMORROW)
        self.book: Engine = open_book(url)

    def audit(self, *keepers: Signer) -> Seen:
        """What the auditor's verifier says of it, for whom these keys are the keeper's too."""
        out = self.folder / "bundle.zip"
        export_to(self.book, committee.INSTALLATION, out, TOMORROW)
        lines = [f"log {each.key.text}" for each in (committee.ledger_signer(), *keepers)]
        believed = policy.parse("\n".join([*lines, "quorum none", ""]).encode())
        return look(out.read_bytes(), policy=believed)


@pytest.fixture
def kept(stores: Stores, installation: Installation) -> Path:
    """A backup of a book with a case in its ledger."""
    installation.submitter().submit()
    installation.collect()
    ledgers.batch(installation)
    (path,) = backups.make(stores, installation.folder, "book")
    return path


@pytest.fixture
def machine(stores: Stores, tmp_path: Path, kept: Path) -> Iterator[Machine]:
    """The machine, as soon as the test asks for it."""
    made = Machine(stores, tmp_path / "machine", kept)
    yield made
    made.book.dispose()


def test_a_restored_book_says_so_in_its_ledger_and_the_auditor_sees_it(
    installation: Installation, kept: Path, machine: Machine
) -> None:
    """Attack: acts that nobody wanted are got rid of by a backup from before them."""
    keeper = replace(ledgers.keeper(installation), book=machine.book)
    run_batch(keeper, TOMORROW, AT)
    seen = machine.audit()
    assert seen.verified is not None
    told = [line for check in seen.verified.checks for line in check.told.unchecked]
    (line,) = [line for line in told if "restored from a backup" in line]
    assert f"what was done after {committee.TODAY}" in line
    assert f"the ledger before {TOMORROW}" in line
    assert kept.exists()


def test_a_book_older_than_its_ledger_is_not_signed_and_the_loss_is_found_by_the_auditor(
    installation: Installation, machine: Machine
) -> None:
    # The installation goes on after the backup, and its keeper has signed what is lost then.
    installation.submitter("another").submit()
    installation.collect()
    run_batch(ledgers.keeper(installation), TOMORROW, AT)
    keeper = replace(ledgers.keeper(installation), book=machine.book)
    with pytest.raises(LedgerRefused, match="were signed"):
        run_batch(keeper, TOMORROW, AT)
    second = Signer("ledger.example/two", committee.seed("second ledger"))
    continue_ledger(replace(keeper, signer=second), TOMORROW, AT)
    assert "entries were lost" in machine.audit(second).text
