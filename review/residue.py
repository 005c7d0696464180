"""What is still there of records that are said to be gone, in any of the three stores."""

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, Engine, select

from intake import drop as door
from review.disposed import Stores
from review.store.casework_schema import act_endings, acts, drills, open_acts
from review.store.database import reading
from review.store.dispositions import Unfinished
from review.store.schema import book as tables
from review.store.shred import kept_among

# What names a case or its mailbox after these have gone: its stub, its entries, what waits for a
# certificate, and for as long as a backup of the drop could bring a mailbox back, which it was.
_STAYS = frozenset(
    {
        *("disposed_cases", "unfinished_disposals", "left_out_cases", "case_entries"),
        *("pending_entries", "gone_mailboxes"),
    }
)
_CHUNK = 1 << 20
_FILES = ("", "-wal", "-journal")


def left_of(stores: Stores, gone: Collection[Unfinished]) -> set[str]:
    """The cases of these of which something is left: a row, a key, a mailbox.

    Where a store is a file, its bytes are searched as well for the name of what had to go, so that
    a page that is free, or a log, is not overlooked.
    """
    case_ids = {each.case_id for each in gone}
    by_mailbox = {each.mailbox_id: each.case_id for each in gone}
    with reading(stores.book) as book:
        left = _rows(book, case_ids)
        left |= {by_mailbox[each] for each in _rows_of_mailboxes(book, by_mailbox)}
    with reading(stores.shred) as shred:
        left |= kept_among(shred, case_ids)
    left |= _bytes_in(stores.shred, case_ids)
    with door.reading(stores.drop) as drop:
        left |= {each.case_id for each in gone if not door.is_gone(drop, each.mailbox_id)}
        # What came a moment ago names the mailbox, and stays for the collector.
        quiet = {each for each in by_mailbox if not door.waiting_of(drop, each)}
    return left | {by_mailbox[each] for each in _bytes_in(stores.drop, quiet)}


def _rows(book: Connection, case_ids: Collection[str]) -> set[str]:
    """The cases that a row of the book names that is not to stay."""
    named = _columns("case_id") + [acts.c.subject, act_endings.c.subject, open_acts.c.subject]
    # That a case was a drill stays known.
    kept = select(drills.c.marked).where(drills.c.marked.is_not(None))
    found: set[str] = set()
    for column in named:
        asked = select(column).where(column.in_(sorted(case_ids)))
        if column.name == "subject":
            asked = asked.where(column.table.c.hash.not_in(kept))
        found.update(book.execute(asked.distinct()).scalars())
    return found


def _rows_of_mailboxes(book: Connection, mailboxes: Iterable[str]) -> set[str]:
    wanted, found = sorted(mailboxes), set[str]()
    for column in _columns("mailbox_id"):
        found.update(book.execute(select(column).where(column.in_(wanted)).distinct()).scalars())
    return found


def _columns(name: str) -> list[Column[Any]]:
    return [
        table.c[name]
        for table in tables.sorted_tables
        if table.name not in _STAYS and name in table.c
    ]


def _bytes_in(engine: Engine, names: Collection[str]) -> set[str]:
    """Which of these names stand in the bytes of a store's files; of a server's, none is told."""
    if engine.dialect.name != "sqlite" or not names:
        return set()
    base = str(engine.url.database).removeprefix("file:")
    wanted, found = {each: each.encode("ascii") for each in names}, set[str]()
    for path in (Path(base + each) for each in _FILES):
        if path.exists():
            for piece in _pieces(path, max(map(len, names))):
                found |= {each for each, name in wanted.items() if name in piece}
    return found


def _pieces(path: Path, overlap: int) -> Iterator[bytes]:
    """The bytes of a file in pieces that overlap, so that no name is cut in two."""
    kept = b""
    with path.open("rb") as file:
        while piece := file.read(_CHUNK):
            yield kept + piece
            kept = (kept + piece)[-overlap:]
