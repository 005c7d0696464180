"""How long backups of a large book take, and with how much memory: python -m tests.bench.backups.

It fills a book with slices of random bytes in a folder, and makes there a whole backup, and one on
the next day after some more has come; then it reads both to their ends and restores the second.
The folder needs five times the size. Each step is a process of its own, whose memory is asked for.
"""

import datetime
import os
import secrets
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, insert

from deploy import backup, database
from deploy.backup_making import Maker, new_run
from review.store import schema
from review.store.database import open_book, writing
from tests import backups, committee

MIB = 1 << 20
SLICE = MIB + 32
DAY = datetime.timedelta(days=1)


class Step(NamedTuple):
    """What a step took: seconds, and those of the processor; the most MiB of memory; bytes written.

    A step that writes nothing has the size of what it read.
    """

    name: str
    seconds: float
    processor: float
    memory: float
    size: int


def run(folder: Path, size: int, more: int) -> Iterator[Step]:
    """Every step, with a book of size MiB to which more MiB come on the second day."""
    url, other = f"sqlite:///{folder}/book.db", f"sqlite:///{folder}/other.db"
    database.upgrade("book", url)
    book = folder / "book.db"
    yield _step("filling the book", book, lambda: _fill(url, size))
    yield _step("whole backup", folder, lambda: _make(folder, url, 0))
    yield _step("a day's more", book, lambda: _fill(url, more))
    yield _step("backup of the next day", folder, lambda: _make(folder, url, 1))
    first, second = sorted(folder.glob("*.age"))
    reads = backups.OPENER
    yield _step("check of the first", first, lambda: backup.check("book", first, reads))
    yield _step("check of the second", second, lambda: backup.check("book", second, reads))
    restored = folder / "other.db"
    yield _step("restoring", restored, lambda: backup.restore("book", second, reads, other))


def _step(name: str, made: Path, work: Callable[[], object]) -> Step:
    before, began = _size(made), time.monotonic()
    child = os.fork()
    if child == 0:
        work()
        os._exit(0)
    _, status, usage = os.wait4(child, 0)
    if status:
        raise ChildProcessError(f"{name} failed")
    taken, grown = time.monotonic() - began, _size(made) - before
    busy = usage.ru_utime + usage.ru_stime
    return Step(name, taken, busy, usage.ru_maxrss / 1024, grown or _size(made))


def _size(path: Path) -> int:
    """Of a folder its backups."""
    files = list(path.glob("*.age")) if path.is_dir() else [path]
    return sum(each.stat().st_size for each in files if each.exists())


def _fill(url: str, count: int) -> None:
    engine = open_book(url)
    for start in range(0, count, 64):
        with writing(engine) as connection:
            _upload(connection, min(64, count - start))
    engine.dispose()


def _upload(connection: Connection, count: int) -> None:
    case, upload = secrets.token_hex(32), secrets.token_hex(32)
    for index in range(count):
        row = {"case_id": case, "upload_id": upload, "index": index}
        row["id"] = secrets.randbits(62)
        connection.execute(insert(schema.slices), {**row, "sealed": os.urandom(SLICE)})


def _make(folder: Path, url: str, days: int) -> None:
    book = open_book(url)
    maker = Maker(folder, lambda _name: url, book, backups.RECIPIENT, backups.SEED)
    maker.make("book", new_run(), committee.TODAY + days * DAY, keep=None, whole=False)
    book.dispose()


def main() -> None:
    """Print a table for the folder, the MiB of the book and those of the day that are given."""
    for step in run(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])):
        size = step.size / MIB
        times = f"{step.seconds:.0f} s | {step.processor:.0f} s"
        print(f"| {step.name} | {times} | {step.memory:.0f} MiB | {size:.0f} MiB |", flush=True)


if __name__ == "__main__":
    main()
