"""A whole installation that can be put back as it was, for things that must go wrong often.

The parent makes it once, and makes no connection to it afterwards. Each life of the programs on it
is a child process; before each the databases are put back as they were kept.
"""

import contextlib
import datetime
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Engine

from crypto import strict
from crypto.receipt import ReceiptCode
from crypto.roster import Roster
from intake import drop as door
from intake.app import create_app
from intake.notary import Notary
from intake.rosters import Rosters
from intake.settings import Settings
from intake.web.parts import EXTENSION, Parts, attach
from intake.web.request import MuteFlask
from review.collect import collect
from review.collector import Collector
from review.kept import KeptCheckpoint
from review.ledger import Keeper, run_batch
from review.store.ledger import SignedHead
from tests import committee
from tests.browser.installation import Installation
from tests.intake.house import House, environ, hurry, key_file
from tests.review import ledgers
from tests.review.collecting import close, collector_of
from tests.stores import here

DAY = datetime.timedelta(days=1)
DATABASES = ("drop.db", "book.db", "shred.db")
# Budgets are not what is tried here.
PLENTY = {
    f"INTAKE_BUDGET_{name}": "100000/minute"
    for name in ("DEPOSITS", "SLICES", "READS", "FORM", "MAILBOX")
}


class Ground:
    """The installation, the public service that works on it, and the states that were kept."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "installation"
        self._kept = folder / "kept"
        self.folder.mkdir()
        self._kept.mkdir()
        # Kept, because a ground outlives the test that made it.
        self.stores = here()
        self.installation = Installation(self.folder)
        url = self.installation.url("drop")
        key = key_file(url)
        key.touch(mode=0o600)
        key.write_text(strict.to_b64(committee.statement_seed()) + "\n")
        self.settings = Settings.from_environ(environ(url, **PLENTY))
        self.app = create_app(self.settings)
        hurry(self.app)
        # One engine for each database, so that a child finds its statements compiled.
        self.collector = collector_of(self.installation, self.folder)
        for name in self.app.jinja_env.list_templates():
            # So that no child has to compile them.
            self.app.jinja_env.get_template(name)
        self.let_go()

    def let_go(self) -> None:
        """Have no connection in this process that a child could inherit."""
        parts: Parts = self.app.extensions[EXTENSION]
        parts.engine.dispose()
        self.installation.close()
        close(self.collector)

    def keep(self, name: str) -> None:
        """Keep everything as it is now, under a name."""
        if not self.stores.on_postgresql:
            self._merge_logs()
        self.stores.keep(self.folder, name)
        shutil.copytree(self.folder, self._kept / name)

    def put_back(self, name: str) -> None:
        """Make everything what it was when it was kept."""
        self.stores.put_back(self.folder, name)
        shutil.rmtree(self.folder)
        shutil.copytree(self._kept / name, self.folder)

    def _merge_logs(self) -> None:
        for name in DATABASES:
            with contextlib.closing(sqlite3.connect(self.folder / name)) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def files(self) -> list[Path]:
        """Every file of the installation."""
        return [path for path in self.folder.rglob("*") if path.is_file()]

    @contextlib.contextmanager
    def life(self) -> Iterator["Life"]:
        """The programs, started anew. Only for a child, or for a parent that lets go again."""
        parts: Parts = self.app.extensions[EXTENSION]
        rosters = Rosters.of(self.settings)
        # On a server the public service is nobody but intake, whom rows are named to. A file has no
        # roles, and one engine for both lets a child find its statements compiled.
        engine = parts.engine if self.stores.on_postgresql else self.collector.drop
        attach(self.app, replace(parts, rosters=rosters, engine=engine))
        try:
            yield Life(self, self.collector)
        finally:
            self.let_go()


class Here(House):
    """The front door of a ground."""

    def __init__(self, app: MuteFlask, engine: Engine, roster: Roster) -> None:
        # Not the parent's: that one makes a drop of its own.
        self.app = app
        self.client = app.test_client()
        self.engine = engine
        self.roster = roster


@dataclass
class Life:
    """The programs of an installation from a start to an end."""

    ground: Ground
    collector: Collector

    def __post_init__(self) -> None:
        roster = self.ground.installation.roster
        self.house = Here(self.ground.app, self.collector.drop, roster)

    def collect(self, on: datetime.date = committee.TODAY) -> list[str]:
        """What the timer does; the problems that it tells."""
        return collect(self.collector, on).problems

    def close_days(self, on: datetime.date) -> None:
        """Sign the tally of every day before this one."""
        notary = Notary(committee.statement_seed(), committee.INSTALLATION)
        with door.writing(self.collector.drop, on) as connection:
            door.close_days(connection, on, notary)

    def batch(self, on: datetime.date = committee.TODAY) -> SignedHead:
        """The ledger's daily batch, at its fixed hour."""
        days = (on - committee.TODAY).days
        kept = KeptCheckpoint(self.ground.folder / "ledger.checkpoint")
        keeper = Keeper(book=self.collector.book, signer=committee.ledger_signer(), kept=kept)
        return run_batch(keeper, on, ledgers.AT + days * 86_400)

    def settle(self, *days: int) -> list[str]:
        """Let so many days from now come, with every job of theirs; the problems that were told."""
        problems = []
        for on in (committee.TODAY + day * DAY for day in days):
            self.close_days(on)
            problems += self.collect(on)
            self.batch(on)
            problems += self.collect(on)
        return problems


def code_of_form(token: bytes) -> str:
    """The receipt code that goes with the token of a form."""
    return ReceiptCode.from_form_token(token, committee.INSTALLATION).text
