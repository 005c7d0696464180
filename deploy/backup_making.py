"""Makes backups after a policy, notes them in the book, and removes those whose day has come.

Drop and shred keys are small and kept for days, so that what is to be destroyed is not kept in old
copies: each of their backups is whole. The book is large and kept for months: one backup a month is
whole, and those between are made on it. Beside a whole one lies a list of the contents that the
next can leave out: hashes of what is sealed. A list or a whole backup that is not what was noted is
not built on.
"""

import datetime
import hashlib
import re
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

from sqlalchemy import Engine

from crypto.stanza import Wraps
from deploy import backup, database
from deploy.backup import Base, Made, Plan
from deploy.errors import BackupRefused
from review import certifying
from review.store import backups
from review.store.backups import Backup
from review.store.database import reading, writing

# In this order: a key is there before the rows that it opens, and a deposit is in the book before
# the drop lets it go.
ALL = ("book", "shred", "drop")
# Days: of deposits and of keys that are to be destroyed old copies must not stay.
KEPT: Mapping[str, int] = {"drop": 7, "shred": 7, "book": 90}
# Days for which others are made on a whole one; without a line every backup is whole.
_BUILT_ON: Mapping[str, int] = {"book": 30}
_HASH_SIZE = 32
_NAMED = re.compile(
    r"(?P<file>(?P<store>book|shred|drop)-(?P<on>\d{4}-\d\d-\d\d)-[0-9a-f]{32}\.age)(\.has|\.part)?"
)


class Maker:
    """What backups of one installation are made with; urls are those of the stores by name."""

    def __init__(
        self,
        folder: Path,
        urls: Callable[[str], str],
        noted_in: Engine,
        recipient: Wraps,
        seed: bytes,
    ) -> None:
        self._folder = folder
        self._urls = urls
        self._noted_in = noted_in
        self._recipient = recipient
        self._seed = seed

    def make(
        self, store: str, run: str, today: datetime.date, *, keep: int | None, whole: bool
    ) -> Path:
        """Make one backup in a run, read it back, note it, and say where it is.

        Raises BackupRefused or FolderTaken.
        """
        base = None if whole else self._base(store, today)
        plan = Plan(store, run, today.isoformat(), [self._recipient], self._seed, base)
        expires = today + datetime.timedelta(days=keep or KEPT[store])
        named = Backup(run, store, today, expires, "", "")
        path = self._folder / named.file_name
        made = backup.write(plan, self._urls(store), path)
        has = self._write_list(path, made) if base is None and store in _BUILT_ON else None
        noted = Backup(
            id=run,
            store=store,
            on=today,
            expires_on=expires,
            digest=made.digest,
            contents=made.contents,
            base=None if base is None else base.id,
            has=has,
        )
        with writing(self._noted_in) as book:
            backups.record(book, noted, made.had)
        return path

    def _base(self, store: str, today: datetime.date) -> Base | None:
        """What the next backup can be made on, if it is there and is what was noted."""
        with reading(self._noted_in) as book:
            newest = backups.newest_whole(book, store)
        days = datetime.timedelta(days=_BUILT_ON.get(store, 0))
        if newest is None or newest.on + days <= today or newest.on > today:
            return None
        path = self._folder / newest.file_name
        try:
            listed = list_of(path).read_bytes()
            good = hashlib.sha256(listed).hexdigest() == newest.has
            good = good and backup.digest_of(path) == newest.digest
        except OSError:
            return None
        schema, _, has = listed.partition(b"\n")
        if not good or schema.decode("ascii") != database.head(store):
            return None
        pieces = {has[at : at + _HASH_SIZE] for at in range(0, len(has), _HASH_SIZE)}
        return Base(newest.id, newest.contents, pieces)

    def _write_list(self, path: Path, made: Made) -> str:
        store = path.name.partition("-")[0]
        listed = database.head(store).encode("ascii") + b"\n" + b"".join(sorted(made.has))
        list_of(path).write_bytes(listed)
        backup.sync(path.parent)
        return hashlib.sha256(listed).hexdigest()


def list_of(path: Path) -> Path:
    """The list that lies beside a whole backup."""
    return path.with_name(path.name + ".has")


def new_run() -> str:
    """The id of the backups that are made together."""
    return secrets.token_hex(16)


def expire(folder: Path, noted_in: Engine, today: datetime.date) -> list[Path]:
    """Remove the files whose day has come, note each, and say which.

    When with them the last went that could bring a disposed record back, the ledger is told.
    """
    with reading(noted_in) as book:
        old = backups.expired(book, today)
    gone = []
    for each in old:
        path = folder / each.file_name
        path.unlink(missing_ok=True)
        list_of(path).unlink(missing_ok=True)
        backup.sync(folder)
        with writing(noted_in) as book:
            backups.mark_removed(book, each, today)
        gone.append(path)
    swept, left = _sweep(folder, noted_in, today)
    with writing(noted_in) as book:
        certifying.tell_ended(book, today, left)
    return gone + swept


def _sweep(
    folder: Path, noted_in: Engine, today: datetime.date
) -> tuple[list[Path], datetime.date | None]:
    """Remove what a run has left that ended before it could note it, when its time is over.

    What is removed, and the first day of what is not: a backup of the book counts as none.
    """
    with reading(noted_in) as book:
        noted = {each.file_name for each in backups.listed(book) if each.removed_on is None}
    gone, left = [], list[datetime.date]()
    for path in sorted(folder.iterdir()):
        found = _NAMED.fullmatch(path.name)
        if found is None or found["file"] in noted:
            continue
        made_on = datetime.date.fromisoformat(found["on"])
        if made_on + datetime.timedelta(days=KEPT[found["store"]]) <= today:
            path.unlink()
            gone.append(path)
        elif found["store"] != "book":
            left.append(made_on)
    return gone, min(left, default=None)


def of_one_run(paths: Mapping[str, Path], found: Mapping[str, str]) -> None:
    """Return if backups of several stores were made together. Raises BackupRefused."""
    if len(set(found.values())) != 1:
        names = ", ".join(path.name for path in paths.values())
        raise BackupRefused(f"these were not made together: {names}")
