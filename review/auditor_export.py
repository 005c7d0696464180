"""The auditor's bundle, made from the book alone, and recorded before anybody has it.

One state of the book goes in: ledgers, checkpoints, records and tally of a single read. The bundle
is complete, and its hash is in an entry, before its first byte leaves for a browser or its file has
a name: an export that nobody gets is better than one that the ledger does not know of.
"""

import datetime
import hashlib
import importlib.metadata
import os
import tempfile
from contextlib import ExitStack
from io import BufferedRandom
from pathlib import Path

from sqlalchemy import Connection, Engine

from review.audit import bundle
from review.audit.acts import SignedAct
from review.audit.bundle import Batch, Contents, Ledger
from review.errors import ExportRefused
from review.export import Made, reserved
from review.store import acts, charter_book, dispositions, entries, ledger, rosters
from review.store.by_type import raw
from review.store.database import reading, writing
from review.store.entries import Entry
from review.store.ledger import LedgerRow
from review.store.records import records, waiting_of_no_case

NAME = "bundle.zip"
READER = "auditor"


def make(book: Engine, installation: str, today: datetime.date, by: str | None) -> Made:
    """A bundle for somebody to take away now. Raises ExportRefused; then nothing is recorded."""
    with ExitStack() as undo:
        # It holds less than the book, and in clear as there: nothing that a file could give away.
        file = undo.enter_context(tempfile.TemporaryFile())
        digest = _write(book, file, installation, today)
        size = file.tell()
        file.seek(0)
        _record(book, digest, today, by)
        undo.pop_all()
    return Made(file, size)


def export_to(
    book: Engine, installation: str, out: Path, today: datetime.date, by: str | None = None
) -> str:
    """Write a bundle into a new file; return its SHA-256. Raises ExportRefused."""
    with reserved(out) as partial:
        with partial.open("r+b") as file:
            digest = _write(book, file, installation, today)
            os.fsync(file.fileno())
        _record(book, digest, today, by)
    return digest


def _write(book: Engine, file: BufferedRandom, installation: str, today: datetime.date) -> str:
    """Write a bundle into a file, to its end; the SHA-256 of the whole."""
    with reading(book) as connection:
        bundle.write(file, contents(connection, installation, today))
    file.flush()
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()


def contents(connection: Connection, installation: str, today: datetime.date) -> Contents:
    """What a bundle holds, to be written while the connection lasts.

    Raises ExportRefused if there is no ledger, or if its newest batch is not signed.
    """
    there = ledger.all_ledgers(connection)
    if not there:
        raise ExportRefused("there is no ledger yet: the first daily batch begins it")
    signed = {each.number: _signed_size(connection, each) for each in there}
    if signed[there[-1].number] != there[-1].size:
        # Its acts wait no more and nobody has signed for them yet: a bundle could tell of neither.
        raise ExportRefused("the newest batch is not signed yet: run underrose ledger batch")
    return Contents(
        installation=installation,
        made_on=today,
        program=f"underrose {importlib.metadata.version('underrose')}",
        rosters=rosters.all_rosters(connection).values(),
        ledgers=[_ledger(connection, number, size) for number, size in signed.items()],
        records=records(connection),
        charter=charter_book.told(connection),
        acts=(SignedAct(each.act, each.signatures) for each in acts.all_done(connection)),
        waiting=waiting_of_no_case(connection),
        dispositions=dispositions.told(connection),
        tally=(document for _on, document in ledger.tally_days(connection)),
    )


def _signed_size(connection: Connection, row: LedgerRow) -> int:
    newest = ledger.newest_checkpoint(connection, row.number)
    return 0 if newest is None else newest.size


def _ledger(connection: Connection, number: int, size: int) -> Ledger:
    """A ledger as far as it was signed: what an ended one has behind that, the next took along."""
    return Ledger(
        number=number,
        entries=(raw(entry) for _at, entry in ledger.entries_from(connection, number, 0, size)),
        checkpoints=(
            Batch(on=each.on, size=each.size, note=each.note)
            for each in ledger.checkpoints(connection, number)
        ),
    )


def _record(book: Engine, digest: str, today: datetime.date, by: str | None) -> None:
    told = {"bundle": digest, "reader": READER}
    with writing(book) as connection:
        entries.record(connection, Entry(type="exported", on=today, by=by, data=told))
