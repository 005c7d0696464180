"""What is left of a record that was disposed of: in stores, in their files, and in backups.

Backups are real ones, and are restored. Until the last one of the shred keys has come to its day a
record can be brought back with it, and the test says so; after that day there is nothing.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import make_url, select

from crypto import disposing
from crypto.certifying import Certificate
from crypto.errors import CryptoError
from deploy import backup_making
from deploy.rights import BACKUP, COLLECTOR
from intake import drop as door
from review.errors import KeyDestroyed
from review.settings import read_store_key
from review.store import schema
from review.store.database import open_book, open_shred, reading
from review.store.shred import Locksmith, RowKey, kept_cases
from tests import backups, committee
from tests.backups import restored
from tests.browser.installation import Installation
from tests.browser.submitter import File, Submitter
from tests.review import ending, ledgers
from tests.review.conftest import installation
from tests.review.ending import COOLED
from tests.review.tables import entries
from tests.stores import ALL, Stores

pytestmark = pytest.mark.stores
__all__ = ["installation"]
DAY = datetime.timedelta(days=1)
# The last day of a backup of drop or shred keys that was made the day before the execution.
OVER = COOLED + 6 * DAY
TOLD = "A crane at the east dock lifts what the books do not have."


@pytest.fixture
def told(installation: Installation) -> Submitter:
    """Somebody whose case has a text, a file, and an unread answer in its mailbox."""
    somebody = installation.submitter("told")
    somebody.submit({"what": TOLD}, files=[File("dock.txt", "text/plain", TOLD.encode() * 900)])
    installation.collect()
    another = installation.submitter("another")
    another.submit()
    installation.collect()
    return somebody


def needles(installation: Installation, case_id: str) -> list[bytes]:
    """Bytes out of all that is sealed of a case, and of its key as it is wrapped.

    A server keeps what is long in pieces of two thousand bytes; these are within the first.
    """
    with reading(installation.book) as book:
        rows = [
            bytes(sealed)
            for table in (schema.envelopes, schema.slices, schema.grants)
            for sealed in book.execute(
                select(table.c.sealed).where(table.c.case_id == case_id)
            ).scalars()
        ]
    with reading(installation.shred) as shred:
        wrapped = select(schema.shred_keys.c.wrapped).where(schema.shred_keys.c.case_id == case_id)
        rows += map(bytes, shred.execute(wrapped).scalars())
    assert len(rows) >= 4
    return [row[32:56] for row in rows]


def mailbox_of(installation: Installation, case_id: str) -> str:
    with reading(installation.book) as book:
        found = select(schema.cases.c.mailbox_id).where(schema.cases.c.id == case_id)
        return str(book.execute(found).scalar_one())


def files_of(stores: Stores, folder: Path, *names: str) -> list[Path]:
    """The files that hold the rows of a folder's stores; of a server's, without its log."""
    if stores.cluster is None:
        return [path for name in names or ALL for path in folder.glob(f"{name}.db*")]
    found: list[Path] = []
    for name in names or ALL:
        database = str(make_url(stores.url(folder, name)).database)
        with stores.cluster.connect(database) as server:
            server.execute("CHECKPOINT")
            asked = "SELECT oid FROM pg_database WHERE datname = current_database()"
            row = server.execute(asked).fetchone()
        assert row is not None
        found += (stores.cluster.folder / "data" / "base" / str(row[0])).iterdir()
    return found


def found_in(paths: Iterable[Path], wanted: Iterable[bytes]) -> set[bytes]:
    """Which of these bytes stand in a file."""
    contents = [path.read_bytes() for path in paths if path.is_file()]
    return {each for each in wanted if any(each in content for content in contents)}


def keys_in(url: str, locksmith: Locksmith) -> dict[str, RowKey]:
    """Every row key that a store of shred keys opens."""
    engine = open_shred(url)
    try:
        with reading(engine) as shred:
            return {each: locksmith.key_of(shred, each) for each in kept_cases(shred)}
    finally:
        engine.dispose()


def opened(url: str, case_id: str, keys: Iterable[RowKey]) -> tuple[int, int]:
    """How many envelopes and slices of a case a book has, and how many any of these keys opens."""
    engine, there, good = open_book(url), 0, 0
    try:
        with reading(engine) as book:
            rows = [
                (table.name, [getattr(row, name) for name in names], row.sealed)
                for table, names in (
                    (schema.envelopes, ("id",)),
                    (schema.slices, ("case_id", "upload_id", "index")),
                )
                for row in book.execute(select(table).where(table.c.case_id == case_id))
            ]
    finally:
        engine.dispose()
    tried = list(keys)
    for table_name, place, sealed in rows:
        there += 1
        good += any(_opens(key, sealed, table_name, place) for key in tried)
    return there, good


def _opens(key: RowKey, sealed: bytes, table: str, place: list[object]) -> bool:
    try:
        key.open(sealed, table, *place)
    except CryptoError:
        return False
    return True


def has_mailbox(url: str, mailbox_id: str) -> bool:
    """Whether a drop has anything of a mailbox."""
    engine = door.open_drop(url)
    try:
        with door.reading(engine) as drop:
            return not door.is_gone(drop, mailbox_id)
    finally:
        engine.dispose()


def dispose_of(installation: Installation, case_id: str) -> disposing.Manifest:
    ending.retain(installation, case_id)
    return ending.approved(installation, case_id)


def end(installation: Installation) -> None:
    """What the jobs of the night do, and those of the night after."""
    assert ending.execute(installation, COOLED, COLLECTOR).gone == 1
    ledgers.batch(installation, COOLED)
    assert ending.certify(installation, COOLED, BACKUP).certified == 1
    ending.execute(installation, COOLED + DAY, COLLECTOR)


def test_no_byte_of_a_disposed_record_is_left_in_the_files_of_any_store(
    stores: Stores, installation: Installation, told: Submitter
) -> None:
    wanted = needles(installation, told.case_id)
    mailbox = [mailbox_of(installation, told.case_id).encode()]
    manifest = dispose_of(installation, told.case_id)
    assert found_in(files_of(stores, installation.folder), wanted) == set(wanted)
    assert found_in(files_of(stores, installation.folder, "drop"), mailbox) == set(mailbox)
    end(installation)
    assert ending.certificate_of(installation, manifest) is not None
    assert found_in(files_of(stores, installation.folder), wanted) == set()
    assert found_in(files_of(stores, installation.folder, "drop"), mailbox) == set()


@dataclass
class Kept:
    """A disposition, with backups of every store from before and from after."""

    folder: Path
    locksmith: Locksmith
    mailbox_id: str
    old: dict[str, Path]
    certificate: Certificate

    def files(self, store: str) -> list[Path]:
        """The backups of a store that are there."""
        return sorted(self.folder.glob(f"{store}-*.age"))


@pytest.fixture
def kept(stores: Stores, installation: Installation, told: Submitter, tmp_path: Path) -> Kept:
    """What an operator has the day after an execution."""
    folder = tmp_path / "kept"
    folder.mkdir()
    store_key = read_store_key(installation.folder / "store-key")
    mailbox_id = mailbox_of(installation, told.case_id)
    manifest = dispose_of(installation, told.case_id)
    before = backups.make(stores, installation.folder, *ALL, on=COOLED - DAY, into=folder)
    end(installation)
    backups.make(stores, installation.folder, *ALL, on=COOLED + DAY, into=folder)
    certificate = ending.certificate_of(installation, manifest)
    assert certificate is not None
    return Kept(
        folder,
        Locksmith(committee.INSTALLATION, store_key),
        mailbox_id,
        dict(zip(ALL, before, strict=True)),
        certificate,
    )


def test_until_its_day_an_old_backup_brings_a_record_back(
    stores: Stores, installation: Installation, told: Submitter, kept: Kept, tmp_path: Path
) -> None:
    """Who has the operator's key and the store key as well gets sealed files, as a reader had."""
    assert kept.certificate.backup == OVER
    backup_making.expire(kept.folder, installation.book, OVER - DAY)
    early = {name: restored(stores, kept.old[name], tmp_path / "early") for name in ALL}
    keys = keys_in(early["shred"], kept.locksmith)
    there, good = opened(early["book"], told.case_id, keys.values())
    assert there == good > 1
    assert has_mailbox(early["drop"], kept.mailbox_id)
    assert entries(installation.book, "backup.expired") == []


def test_from_its_day_on_no_backup_has_a_key_or_a_mailbox_and_the_ledger_is_told(
    stores: Stores, installation: Installation, told: Submitter, kept: Kept, tmp_path: Path
) -> None:
    backup_making.expire(kept.folder, installation.book, OVER)
    (entry,) = entries(installation.book, "backup.expired")
    assert entry.on == OVER
    keys: list[RowKey] = []
    for n, path in enumerate(kept.files("shred")):
        found = keys_in(restored(stores, path, tmp_path / f"shred{n}"), kept.locksmith)
        assert told.case_id not in found
        keys += found.values()
    assert keys
    for n, path in enumerate(kept.files("drop")):
        assert not has_mailbox(restored(stores, path, tmp_path / f"drop{n}"), kept.mailbox_id)
    books = kept.files("book")
    assert kept.old["book"] in books
    for n, path in enumerate(books):
        there, good = opened(restored(stores, path, tmp_path / f"book{n}"), told.case_id, keys)
        # The old one has the rows, sealed under a key that is nowhere.
        assert (there > 0, good) == (path == kept.old["book"], 0)
    with reading(installation.shred) as shred, pytest.raises(KeyDestroyed):
        kept.locksmith.key_of(shred, told.case_id)
