"""Which backups there are, when each expires, and what some verified backup has had."""

import datetime
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select, update

from review.store.schema import backed_up, backups, envelopes


@dataclass(frozen=True)
class Backup:
    """A backup of one store that was verified on a day; removed_on is that of its file.

    id is that of the run which made it, and the same for all stores. digest is of its file,
    contents of its payload, has of the list of what another can be made on. base is the id of the
    backup that it was made on, and that it needs.
    """

    id: str
    store: str
    on: datetime.date
    expires_on: datetime.date
    digest: str
    contents: str
    base: str | None = None
    has: str | None = None
    removed_on: datetime.date | None = None

    @property
    def file_name(self) -> str:
        """What its file is called."""
        return f"{self.store}-{self.on}-{self.id}.age"


def record(connection: Connection, backup: Backup, had: Collection[str]) -> None:
    """Note a verified backup, and the ids of what it has had that no other had before."""
    connection.execute(
        insert(backups).values(
            id=backup.id,
            store=backup.store,
            on=backup.on,
            expires_on=backup.expires_on,
            digest=backup.digest,
            contents=backup.contents,
            base=backup.base,
            has=backup.has,
            removed_on=None,
        )
    )
    known = select(backed_up.c.id).where(backed_up.c.store == backup.store)
    for each in sorted(set(had) - set(connection.execute(known).scalars())):
        connection.execute(insert(backed_up).values(store=backup.store, id=each))


def listed(connection: Connection) -> list[Backup]:
    """Every backup there was, by day and store."""
    ordered = select(backups).order_by(backups.c.on, backups.c.store, backups.c.id)
    return [Backup(**row._mapping) for row in connection.execute(ordered)]


def oldest(connection: Connection, store: str) -> datetime.date | None:
    """The day of the oldest backup of a store whose file is there, None where there is none."""
    there = backups.c.removed_on.is_(None)
    found = select(func.min(backups.c.on)).where(backups.c.store == store, there)
    day: datetime.date | None = connection.execute(found).scalar()
    return day


def newest_whole(connection: Connection, store: str) -> Backup | None:
    """The newest backup of a store that needs no other and whose file is there."""
    whole = [
        each
        for each in listed(connection)
        if each.store == store and each.base is None and each.removed_on is None
    ]
    return whole[-1] if whole else None


def expired(connection: Connection, today: datetime.date) -> list[Backup]:
    """The backups whose day has come, but for those of a store's newest day: one always stays.

    So does what one that stays was made on.
    """
    there = [each for each in listed(connection) if each.removed_on is None]
    newest = {each.store: each.on for each in there}
    old = [each for each in there if each.expires_on <= today and each.on < newest[each.store]]
    needed = {(each.store, each.base) for each in there if each not in old}
    return [each for each in old if (each.store, each.id) not in needed]


def mark_removed(connection: Connection, backup: Backup, today: datetime.date) -> None:
    """Note that the file of a backup is gone."""
    found = (backups.c.store == backup.store) & (backups.c.id == backup.id)
    connection.execute(update(backups).where(found).values(removed_on=today))


def safe(connection: Connection, deposit_ids: Collection[str]) -> list[str]:
    """Which of these deposits are in a verified backup, and the shred keys of their cases too."""
    kept, key = backed_up.alias("kept"), backed_up.alias("key")
    found = (
        select(envelopes.c.deposit_id)
        .join(kept, (kept.c.store == "book") & (kept.c.id == envelopes.c.deposit_id))
        .join(key, (key.c.store == "shred") & (key.c.id == envelopes.c.case_id))
        .where(envelopes.c.deposit_id.in_(deposit_ids))
        .order_by(envelopes.c.deposit_id)
    )
    return [str(each) for each in connection.execute(found).scalars()]
