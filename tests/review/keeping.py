"""A book with acts that wait, its keeper, and what an auditor would find in the ledger."""

import datetime
import pickle
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine

from crypto import checkpoint, cosignature, merkle
from crypto import entry as entry_format
from crypto.cosignature import Signer
from crypto.entry import Entry
from crypto.note import Note
from review.kept import KeptCheckpoint
from review.ledger import Keeper, run_batch
from review.store import entries, ledger, schema
from review.store.database import open_engine, reading, writing
from review.store.ledger import LedgerRow, SignedHead
from tests.review.tables import rows
from tests.stores import here

DAY = datetime.date(2026, 11, 21)
NOON = 1_795_262_400
KEEPER = Signer("ledger.example/one", b"k" * 32)
SECOND = Signer("ledger.example/two", b"2" * 32)
CASE = "aa" * 32
MOVED = {"step": "triage", "from": "ACKNOWLEDGED", "to": "TRIAGED", "act": "ac" * 32}


@dataclass
class House:
    """One book in a folder, and beside it, as it would be elsewhere, what the keeper keeps."""

    folder: Path
    signer: Signer = KEEPER
    # Of a book that is there already; by default it is in the folder, and made if it is not.
    url: str = ""
    engine: Engine = field(init=False)

    def __post_init__(self) -> None:
        if here().on_postgresql:
            self.url = here().make(self.folder, "book")
        if self.url:
            self.engine = open_engine(self.url)
            return
        new = not self.file.exists()
        self.file.touch()
        self.url = f"sqlite:///{self.file}"
        self.engine = open_engine(self.url)
        if new:
            with writing(self.engine) as connection:
                schema.book.create_all(connection)

    @property
    def file(self) -> Path:
        return self.folder / "book.db"

    @property
    def kept(self) -> Path:
        return self.folder / "kept"

    def keeper(self, signer: Signer | None = None) -> Keeper:
        return Keeper(
            book=self.engine, signer=signer or self.signer, kept=KeptCheckpoint(self.kept)
        )

    def act(self, times: int = 1, case_id: str = CASE) -> None:
        """Let things happen to a case."""
        with writing(self.engine) as connection:
            for _ in range(times):
                entry = entries.Entry(
                    type="case.moved", on=DAY, case_id=case_id, by="chair", data=MOVED
                )
                entries.record(connection, entry)

    def batch(self, day: datetime.date = DAY, *, first: bool = False) -> SignedHead:
        return run_batch(self.keeper(), day, NOON, first=first)

    def row(self) -> LedgerRow:
        with reading(self.engine) as connection:
            row = ledger.current(connection)
        assert row is not None
        return row

    def entries(self, number: int = 1) -> list[Entry]:
        """Every entry of a ledger, each of which is what its leaf hash says."""
        with reading(self.engine) as connection:
            rows = list(ledger.rows_from(connection, number))
        assert [index for index, _, _ in rows] == list(range(len(rows)))
        assert all(merkle.leaf_hash(document) == leaf for _, leaf, document in rows)
        return [entry_format.parse(document) for _, _, document in rows]

    def heads(self, number: int = 1) -> list[SignedHead]:
        with reading(self.engine) as connection:
            return list(ledger.checkpoints(connection, number))

    def kept_note(self) -> Note:
        note = KeptCheckpoint(self.kept).read()
        assert note is not None
        return note

    def audit(self, signer: Signer = KEEPER, number: int = 1) -> None:
        """What anybody can check: every checkpoint is of these leaves, and signed."""
        leaves = [merkle.leaf_hash(each.to_bytes()) for each in self.entries(number)]
        for head in self.heads(number):
            tree = merkle.Tree().extend(leaves[: head.size]).tree
            assert checkpoint.parse(head.note.text).root == tree.root()
            cosignature.verify(head.note, signer.key)

    def chain(self, case_id: str = CASE) -> list[Entry]:
        """The entries of a case that the ledgers have; each follows the one before."""
        with reading(self.engine) as connection:
            places = ledger.case_chain(connection, case_id)
            found = [ledger.entry_at(connection, each.ledger, each.index) for each in places]
        assert [each.n for each in places] == list(range(1, len(places) + 1))
        line = [entry_format.parse(document) for document in found]
        previous = None
        for each, place in zip(line, places, strict=True):
            each.check_case(case_id)
            each.check_follows(previous)
            assert bytes.fromhex(each.leaf_hash) == place.leaf_hash
            previous = each
        return line

    def behind_its_back(self, *statements: str) -> None:
        """Attack: what somebody can do who owns the database, triggers and all."""
        with here().unguarded(self.url) as execute:
            for statement in statements:
                execute(statement)

    def backup(self) -> bytes:
        """The book as a backup has it."""
        if here().on_postgresql:
            return pickle.dumps(rows(self.engine))
        with closing(sqlite3.connect(self.file)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return self.file.read_bytes()

    def restore(self, backup: bytes) -> None:
        """Make the book what a backup has."""
        self.engine.dispose()
        if here().on_postgresql:
            here().fill(self.url, schema.book, pickle.loads(backup))  # noqa: S301 - our own
            return
        for suffix in ("-wal", "-shm"):
            self.file.with_name(self.file.name + suffix).unlink(missing_ok=True)
        self.file.write_bytes(backup)

    def close(self) -> None:
        self.engine.dispose()


def house(folder: Path) -> Iterator[House]:
    """A house that is closed at the end."""
    made = House(folder)
    yield made
    made.close()
