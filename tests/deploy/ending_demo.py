"""The end of a case in a demo that is kept and started again on later days.

Everything comes through the front door: pages that people see, what they sign, and the commands
that an operator or a retention auditor types.
"""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from crypto import certifying
from crypto.certifying import Certificate
from crypto.receipt import ReceiptCode
from deploy import paper
from deploy.client import Client
from deploy.demo import UNDERROSE
from deploy.demo_jobs import last_day
from deploy.errors import FrontDoorRefused
from deploy.installation import Installation, environment
from deploy.submitter import PlainSubmitter
from tests.running import Running

# The seed that was set aside, of a class that is kept for thirty days.
SHORT = "coffee"
# Longer than RC-04 is kept, and no longer than it may be there without being overdue.
DUE = timedelta(days=45)
COOLED = timedelta(days=8)


def acknowledge_all(demo: Running) -> None:
    """The chair answers everybody whom nobody has answered."""
    chair = demo.sign_in("chair")
    for case in map(chair.open, chair.inbox()):
        if not case.messages["committee"]:
            chair.reply(case, "Thank you. We have read what you wrote.")
    demo.collect()


def told(here: Installation, kind: str) -> list[dict[str, object]]:
    """What the ledger was told by entries of a type."""
    with closing(sqlite3.connect(here.folder / "book.db", timeout=30)) as book:
        entries = [
            json.loads(row[0]) for row in book.execute("SELECT document FROM ledger_entries")
        ]
    return [entry["data"] for entry in entries if entry["type"] == kind]


def case_of(here: Installation, record_class: str) -> str:
    """The first case that is kept under a class."""
    with closing(sqlite3.connect(here.folder / "book.db", timeout=30)) as book:
        asked = "SELECT case_id FROM kept_as WHERE record_class = ? ORDER BY case_id"
        return str(book.execute(asked, (record_class,)).fetchone()[0])


def proof_of(demo: Running) -> bytes:
    """What the submitter of the short case has saved, once the ledger has it."""
    demo.record()
    mailbox = PlainSubmitter(Client(demo.port))
    (proof,) = mailbox.proofs(paper.read(demo.here)[1][SHORT]).values()
    return proof


def answers_as_unknown(demo: Running) -> bool:
    """Whether the short case's mailbox is to its receipt code what it is to one never given."""
    known, never = paper.read(demo.here)[1][SHORT], ReceiptCode.draw().text
    one, other = (PlainSubmitter(Client(demo.port)).read(code).words for code in (known, never))
    return one.replace(known, "") == other.replace(never, "") and "broken machine" not in one


@contextmanager
def later(demo: Running, by: timedelta) -> Iterator[Running]:
    """The same demo, started again so many days later."""
    last = last_day(demo.here)
    assert last is not None
    again = Running(demo.here.folder, "--keep", "--today", (last + by).isoformat())
    try:
        yield again
    finally:
        again.end()


def run(
    demo: Running, *words: str, book: Path | None = None, expect: Collection[int] = (0,)
) -> str:
    """What a command prints, with the settings of every store; book is another one's file."""
    settings = demo.here.for_collector(demo.today)
    if book is not None:
        settings["REVIEW_BOOK_URL"] = f"sqlite:///{book.absolute()}"
    done = subprocess.run(
        [UNDERROSE, *words], env=environment(settings), capture_output=True, text=True
    )
    assert done.returncode in expect, done
    return done.stdout + done.stderr


def _opening(here: Installation) -> list[str]:
    """The words of a command that opens a backup."""
    files = ("--identity", here.operator_identity), ("--signer", here.backup_signer)
    return [str(word) for pair in files for word in pair]


def said_of_the_proof(demo: Running, proof: bytes) -> str:
    """What anybody finds who checks a proof away from the installation."""
    file = demo.here.folder / "saved.tlog-proof"
    file.write_bytes(proof)
    words = ["verify", "--proof", str(file), "--policy", str(demo.here.policy)]
    done = subprocess.run(
        [sys.executable, "-m", "crypto", *words],
        env=environment({}),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done
    return done.stdout


def certificate_of(here: Installation) -> Certificate:
    """The one certificate that a demo's book has."""
    with closing(sqlite3.connect(here.folder / "book.db", timeout=30)) as book:
        ((document,),) = book.execute("SELECT document FROM certificates").fetchall()
    return certifying.parse(document)


def is_not_due(demo: Running, case: str) -> None:
    """A case that is not due cannot be proposed."""
    with pytest.raises(FrontDoorRefused, match="422"):
        demo.sign_in("chair").propose(case)


def hold_and_release(demo: Running, case: str) -> None:
    """One places a hold, under which nobody can propose the case until two have released it."""
    chair, other = demo.sign_in("chair"), demo.sign_in("member-2")
    hold = demo.sign_in("alternate").hold(case, "M-2", "Somebody asks about the machine.")
    for release in (None, chair.release):
        if release is not None:
            release(hold)
        with pytest.raises(FrontDoorRefused, match="422"):
            chair.propose(case)
    other.release(hold)


def two_approve(demo: Running, case: str) -> None:
    """The chair proposes what two others approve, and cannot be one of them."""
    chair = demo.sign_in("chair")
    what = chair.propose(case)
    with pytest.raises(FrontDoorRefused, match="422"):
        chair.approve(what)
    for person in ("alternate", "member-2"):
        demo.sign_in(person).approve(what)


class Backup:
    """The backup that a demo has made on its day, before a case went."""

    def __init__(self, demo: Running) -> None:
        (self._book,) = demo.here.backups.glob(f"book-{demo.today}-*.age")
        (self._keys,) = demo.here.backups.glob(f"shred-{demo.today}-*.age")

    def does_not_bring_back_the_key(self, demo: Running) -> None:
        """The file with the key has gone on its day, and nothing of that run comes back whole."""
        assert not self._keys.exists()
        words = "restore", "all", str(self._book), *_opening(demo.here)
        assert "there is no backup of the shred of the same run" in run(demo, *words, expect=(1,))

    def does_not_open(self, demo: Running, case: str) -> None:
        """Whoever brings back the book of that day alone has the rows of a case, and no key."""
        folder = demo.here.folder / "of-then"
        folder.mkdir()
        book = folder / "book.db"
        run(demo, "restore", "book", str(self._book), *_opening(demo.here), book=book)
        looked = "verify", "--store", "--case", case, "--out", str(folder / "report.json")
        said = run(demo, *looked, book=book, expect=(1,))
        assert f"case {case}: its shred key is gone or damaged, so that nothing of it opens" in said
