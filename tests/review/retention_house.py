"""An installation that begins anew as often as one likes, with two cases that are put aside."""

import datetime
from pathlib import Path

from review.casework.deadlines import ClockSettings
from review.ledger import run_batch
from review.moving_on import move_on
from tests import committee
from tests.browser.installation import Installation
from tests.review import ledgers
from tests.review.retaining import Committee
from tests.review.retention_model import DAY
from tests.stores import here

# Whom the first cases name, and the day on which it begins: that on which they are due.
FIRST: tuple[tuple[str, ...], ...] = ((), ("member-2",))
BEGIN = committee.TODAY + 30 * DAY


def batch(installation: Installation, day: datetime.date) -> None:
    """What the daily job of the ledger does."""
    seconds = int((day - committee.TODAY).total_seconds())
    run_batch(ledgers.keeper(installation), day, ledgers.AT + seconds)


class House:
    """One installation, which is as new at the beginning of each example."""

    def __init__(self, installation: Installation, folder: Path) -> None:
        self.installation = installation
        self.clean, self.kept = folder / "clean", folder / "kept"
        for made in (self.clean, self.kept):
            made.mkdir()
        self.first = installation.submitter("first"), installation.submitter("second")
        people = Committee(installation, committee.TODAY)
        batch(installation, committee.TODAY)
        for each, out in zip(self.first, FIRST, strict=True):
            each.submit(excluded=out)
            installation.collect()
            people.put_aside(each)
        move_on(installation.book, committee.TODAY, ClockSettings())
        batch(installation, committee.TODAY)
        batch(installation, BEGIN)
        self.checkpoint = (installation.folder / "ledger.checkpoint").read_bytes()
        installation.close()
        here().copy(installation.folder, self.clean)

    def begin(self) -> None:
        """Make everything new."""
        self.installation.close()
        here().copy(self.clean, self.installation.folder)
        kept = self.installation.folder / "ledger.checkpoint"
        kept.write_bytes(self.checkpoint)

    def keep(self) -> None:
        """A copy of drop and shred keys as they are."""
        self.installation.close()
        here().copy(self.installation.folder, self.kept, ("drop", "shred"))

    def put_back(self, store: str) -> None:
        """Make a store what it was when it was kept."""
        self.installation.close()
        here().copy(self.kept, self.installation.folder, (store,))
