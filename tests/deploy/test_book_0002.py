"""The book of version 0.1.0 is brought to what the ledger needs, and nothing of it is lost."""

import datetime
import json
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import select

from crypto.cosignature import Signer
from deploy import database
from intake.database import create_file, open_engine, writing
from review.kept import KeptCheckpoint
from review.ledger import Keeper, run_batch
from review.store import entries, ledger, schema
from review.store.database import open_book, reading

pytestmark = pytest.mark.sqlite("a book of 0.1.0, which knew no server")

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
DAY = datetime.date(2026, 11, 21)
KEEPER = Signer("ledger.example/one", b"k" * 32)
CASE, OTHER = "aa" * 32, "bb" * 32


@pytest.fixture
def book(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A book as version 0.1.0 made it, empty."""
    url = f"sqlite:///{tmp_path / 'book.db'}"
    create_file(url)
    engine = open_engine(url)
    with writing(engine) as connection:
        command.upgrade(database._configuration("book", connection), "0001")
    engine.dispose()
    with closing(sqlite3.connect(tmp_path / "book.db")) as raw:
        yield raw


def put(book: sqlite3.Connection, table: str, **values: Any) -> None:
    names = ", ".join(f'"{name}"' for name in values)
    marks = ", ".join("?" for _ in values)
    book.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(values.values()))


def pending(book: sqlite3.Connection, number: int, kind: str, **values: Any) -> None:
    row = {"id": f"{number:032x}", "type": kind, "on": "2026-11-20", "data": "{}", **values}
    if "follows" in row:
        row["previous"] = f"{row.pop('follows'):032x}"
    put(book, "pending_entries", **row)


def envelope(book: sqlite3.Connection, thread: str, n: int, case_id: str = CASE) -> None:
    put(book, "envelopes", id=f"{thread}{n}{case_id[:2]}", case_id=case_id, thread=thread,
        kind="note", n=n, on="2026-11-20", sealed=b"s", digest="d", slices=0)  # fmt: skip


def case(book: sqlite3.Connection, case_id: str) -> None:
    put(book, "cases", id=case_id, mailbox_id=case_id, on="2026-11-20", roster="r",
        recipient="age", state="OPENED", generation=1)  # fmt: skip
    put(book, "readings", case_id=case_id, person_id="chair", n=1)


def fill(book: sqlite3.Connection) -> None:
    """Entries of every kind that 0.1.0 wrote, in no order but that of their line."""
    hashes = {name: f"{number:064x}" for number, name in enumerate(("s", "f", "r", "m", "n"), 1)}
    moved = '{"from":"OPENED","to":"TRIAGE"}'
    case(book, CASE)
    case(book, OTHER)
    for thread, n in (("submitter", 1), ("submitter", 2), ("committee", 1), ("committee", 2),
                      ("notes", 1)):  # fmt: skip
        envelope(book, thread, n)
    # Of the other case the book has a message of which no entry tells.
    envelope(book, "submitter", 1, OTHER)
    line = [
        ("submission.received", {"digest": hashes["s"], "commitment": "cc" * 32,
                                 "data": '{"slices":0}'}),
        ("case.opened", {"by": "chair", "data": '{"from":"RECEIVED","to":"OPENED"}'}),
        ("reply.left", {"by": "chair", "digest": hashes["r"], "data": moved}),
        ("case.read", {"by": "chair", "on": "2026-11-21"}),
        ("note.left", {"by": "chair", "digest": hashes["n"]}),
        ("follow-up.received", {"digest": hashes["f"], "commitment": "dd" * 32,
                                "data": '{"slices":2}'}),
        ("case.moved", {"by": "chair", "digest": hashes["m"], "data": moved}),
        ("exported", {"digest": "ee" * 32}),
    ]  # fmt: skip
    for number, (kind, values) in enumerate(line):
        follows = {"follows": 100 - number + 1} if number else {}
        pending(book, 100 - number, kind, case_id=CASE, **follows, **values)
    pending(book, 200, "login.started", by="chair", data='{"by":"password"}')
    pending(book, 201, "person.enrolled", by="chair", data='{"role":"chair"}')
    book.commit()


def upgraded(tmp_path: Path) -> Any:
    database.upgrade("book", f"sqlite:///{tmp_path / 'book.db'}")
    return open_book(f"sqlite:///{tmp_path / 'book.db'}")


def test_entries_that_waited_are_what_the_ledger_can_say(
    book: sqlite3.Connection, tmp_path: Path
) -> None:
    fill(book)
    engine = upgraded(tmp_path)
    with reading(engine) as connection:
        found = entries.pending(connection)
        of_case = entries.of_case(connection, CASE)
    assert len(found) == 10
    assert len({each.nonce for each in found}) == 10
    for each in found:
        each.leaf(each.nonce, None).to_bytes()
    assert [each.type for each in of_case] == [
        *("submission.received", "case.opened", "reply.left", "case.read", "note.left"),
        *("follow-up.received", "case.moved-earlier", "exported"),
    ]
    assert [each.message_n for each in of_case] == [1, None, None, None, None, 2, None, None]
    exported = of_case[-1]
    assert (exported.digest, exported.data) == (None, {"bundle": "ee" * 32, "reader": "case"})
    (moved,) = [each for each in found if each.type == "case.moved-earlier"]
    assert moved.data == {"from": "OPENED", "to": "TRIAGE"}
    (login,) = [each for each in found if each.type == "login.started"]
    assert login.data == {"means": "password"}
    engine.dispose()


def test_digests_and_days_are_told_where_the_entries_tell_them(
    book: sqlite3.Connection, tmp_path: Path
) -> None:
    fill(book)
    upgraded(tmp_path).dispose()
    told = {
        (thread, n): digest and int(digest, 16)
        for thread, n, digest in book.execute(
            "SELECT thread, n, sealed_digest FROM envelopes WHERE case_id = ?", [CASE]
        )
    }
    assert told == {("submitter", 1): 1, ("submitter", 2): 2, ("committee", 1): 3,
                    ("committee", 2): 4, ("notes", 1): 5}  # fmt: skip
    other = "SELECT sealed_digest FROM envelopes WHERE case_id = ?"
    assert book.execute(other, [OTHER]).fetchall() == [(None,)]
    days = dict(book.execute('SELECT case_id, "on" FROM readings').fetchall())
    assert days == {CASE: "2026-11-21", OTHER: None}


def test_a_first_batch_takes_in_all_that_an_earlier_version_wrote(tmp_path: Path) -> None:
    with zipfile.ZipFile(FIXTURES / "demo-0.1.0.zip") as archive:
        (name,) = [name for name in archive.namelist() if name.endswith("book.db")]
        (tmp_path / "book.db").write_bytes(archive.read(name))
    with closing(sqlite3.connect(tmp_path / "book.db")) as raw:
        before = raw.execute("SELECT count(*) FROM pending_entries").fetchone()[0]
    assert before > 30
    engine = upgraded(tmp_path)
    keeper = Keeper(book=engine, signer=KEEPER, kept=KeptCheckpoint(tmp_path / "kept"))
    head = run_batch(keeper, DAY, 0)
    with reading(engine) as connection:
        documents = [json.loads(document) for _, document in ledger.entries_from(connection, 1)]
        cases = connection.exec_driver_sql("SELECT id FROM cases").scalars().all()
        chains = [ledger.case_chain(connection, case_id) for case_id in cases]
        received = connection.exec_driver_sql(
            "SELECT count(*) FROM envelopes WHERE thread = 'submitter'"
        ).scalar()
        untold = connection.exec_driver_sql(
            "SELECT count(*) FROM envelopes WHERE sealed_digest IS NULL"
        ).scalar()
    assert head.size == len(documents)
    told = [each for each in documents if each["type"] not in ("cover", "rules.adopted")]
    assert len(told) == before
    assert all(chains)
    assert sum(each.message_n is not None for chain in chains for each in chain) == received
    assert untold == 0
    engine.dispose()


def test_a_slice_of_a_case_of_before_gets_a_random_number(
    book: sqlite3.Connection, tmp_path: Path
) -> None:
    for index in range(8):
        put(book, "slices", case_id=CASE, upload_id=OTHER, index=index, sealed=bytes([index]))
    book.commit()
    engine = upgraded(tmp_path)
    with reading(engine) as connection:
        asked = select(schema.slices).order_by(schema.slices.c.index)
        there = connection.execute(asked).all()
    assert [tuple(each)[:4] for each in there] == [
        (CASE, OTHER, index, bytes([index])) for index in range(8)
    ]
    assert len({each.id for each in there}) == 8
    assert min(each.id for each in there) >= 0
    engine.dispose()
