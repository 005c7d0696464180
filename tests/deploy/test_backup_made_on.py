"""Backups of the book between two whole ones: small, of no use without theirs, and not for ever."""

import base64
import datetime
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from crypto.age import open_sealed
from deploy import backup, backup_making
from deploy.backup_rows import Counts
from deploy.errors import BackupRefused
from deploy.rights import BACKUP
from review.store import backups as noted
from review.store import schema
from review.store.database import open_book, reading, writing
from tests import backups, committee
from tests.backups import OPENER
from tests.browser.installation import Installation
from tests.browser.submitter import File
from tests.review.conftest import installation
from tests.stores import Stores

pytestmark = pytest.mark.stores
__all__ = ["installation"]
Make = Callable[..., Path]
DAY = datetime.timedelta(days=1)
SIZE = 900_000


@pytest.fixture
def make(stores: Stores, installation: Installation) -> Make:
    """Makes a backup of the book on a day; the book has a case with a file of some size."""
    installation.submitter().submit(files=[File("a.txt", "text/plain", b"a" * SIZE)])
    installation.collect()
    (installation.folder / "kept").mkdir()

    def made(days: int = 0, **options: bool) -> Path:
        into, on = installation.folder / "kept", committee.TODAY + days * DAY
        (path,) = backups.make(stores, installation.folder, "book", on=on, into=into, **options)
        return path

    return made


def rows(stores: Stores, folder: Path) -> Counts:
    """What the book of a folder holds."""
    engine = open_book(stores.url(folder, "book"))
    with reading(engine) as connection:
        found = backup.held("book", connection)
    engine.dispose()
    return found


def test_between_whole_ones_only_what_is_new_is_written(
    stores: Stores, installation: Installation, make: Make, tmp_path: Path
) -> None:
    whole = make()
    installation.submitter("another").submit()
    installation.collect()
    before = rows(stores, installation.folder)
    small = make(1)
    assert small.stat().st_size < SIZE / 4 < SIZE < whole.stat().st_size
    header = backup.check("book", small, OPENER)
    assert header.base is not None
    assert whole.stem.endswith(header.base[0])
    assert header.counts == before
    (tmp_path / "other").mkdir()
    url = stores.make(tmp_path / "other", "book")
    assert backup.restore("book", small, OPENER, url).counts == before
    assert rows(stores, tmp_path / "other") == before


def test_without_the_very_one_it_was_made_on_a_backup_is_refused(
    stores: Stores, make: Make, tmp_path: Path
) -> None:
    """Attack: a set that was mixed from several, so that rows of one stand for those of another."""
    whole, small, other = make(), make(1), make(2, whole=True)
    sealed = whole.read_bytes()
    (tmp_path / "other").mkdir()
    url = stores.make(tmp_path / "other", "book")
    empty = rows(stores, tmp_path / "other")
    for content in (None, other.read_bytes(), sealed[:-1], small.read_bytes()):
        whole.unlink(missing_ok=True)
        if content is not None:
            whole.write_bytes(content)
        with pytest.raises(BackupRefused):
            backup.restore("book", small, OPENER, url)
        assert rows(stores, tmp_path / "other") == empty
    whole.write_bytes(sealed)
    backup.restore("book", small, OPENER, url)


def needs(path: Path) -> bool:
    """Whether a backup was made on another."""
    return backup.check("book", path, OPENER).base is not None


def test_nothing_is_made_on_what_is_not_what_was_noted(make: Make) -> None:
    whole = make()
    listed = backup_making.list_of(whole)
    for file in (whole, listed):
        kept = file.read_bytes()
        for content in (kept[:-1], kept[:-1] + bytes([kept[-1] ^ 1]), None):
            file.unlink()
            if content is not None:
                file.write_bytes(content)
            made = make(0)
            assert not needs(made)
            # The newest whole one of a day is drawn by lot; these are not to be it.
            made.unlink()
        file.unlink(missing_ok=True)
        file.write_bytes(kept)


def test_after_a_month_a_backup_is_whole_again(make: Make) -> None:
    make()
    assert needs(make(29))
    assert not needs(make(30))
    assert needs(make(31))


def test_what_a_backup_was_made_on_stays_as_long_as_that(
    stores: Stores, installation: Installation, make: Make
) -> None:
    whole, small, later = make(), make(20), make(30)
    engine = open_book(stores.url(installation.folder, "book", BACKUP))
    folder = whole.parent

    def gone(days: int) -> list[Path]:
        return backup_making.expire(folder, engine, committee.TODAY + days * DAY)

    assert gone(109) == []
    assert gone(110) == [whole, small]
    assert gone(1000) == []
    assert sorted(folder.iterdir()) == sorted([later, backup_making.list_of(later)])
    with reading(engine) as book:
        removed = [each.removed_on for each in noted.listed(book)]
    assert removed == [committee.TODAY + 110 * DAY] * 2 + [None]
    engine.dispose()


def test_a_run_that_ends_early_notes_nothing_and_what_it_left_is_removed_in_time(
    installation: Installation, make: Make, stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, engine = (
        installation.folder / "kept",
        open_book(stores.url(installation.folder, "book")),
    )
    left: list[Path] = []
    for place in ("digest_of", "sync"):
        with monkeypatch.context() as patch:
            patch.setattr(backup, place, interrupted)
            with pytest.raises(KeyboardInterrupt):
                make()
        left += folder.iterdir()
        with reading(engine) as book:
            assert noted.listed(book) == []
    # Before its name is there, the file is taken away; afterwards it is one that nobody noted.
    (unnoted,) = left
    (folder / (unnoted.name + ".part")).write_bytes(b"of one that was killed")
    (folder / "notes of the operator.age").write_bytes(b"")
    kept = make()
    assert backup_making.expire(folder, engine, committee.TODAY + 89 * DAY) == []
    gone = backup_making.expire(folder, engine, committee.TODAY + 90 * DAY)
    assert gone == [unnoted, folder / (unnoted.name + ".part")]
    assert len(list(folder.iterdir())) == 3
    assert not needs(kept)
    engine.dispose()


def interrupted(*_arguments: object) -> None:
    raise KeyboardInterrupt


def test_what_was_taken_out_of_the_book_is_in_no_backup_after_the_last_that_had_it(
    stores: Stores, installation: Installation, make: Make
) -> None:
    """Attack: bytes that are handed on from backup to backup after they were destroyed."""
    make()
    with writing(installation.book) as book:
        (content,) = book.execute(select(schema.slices.c.sealed)).scalars()
        book.execute(delete(schema.slices))
    small, whole = make(1), make(30)
    for path in (small, whole):
        payload = open_sealed(path.read_bytes(), OPENER.identities)
        assert len(payload) < SIZE
        assert base64.b64encode(content)[:600] not in payload
        assert backup.check("book", path, OPENER).counts["slices"][0] == 0
