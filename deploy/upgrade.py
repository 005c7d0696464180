"""`underrose upgrade`: brings every database to this release by one command, or changes nothing.

First it is looked whether all of them fit: each of a version that this release knows, none newer.
Then there is a backup. On SQLite each file is sealed whole to the operator's recipient, as it is,
while nobody can write: any age tool opens it, and the release before goes on with it. On PostgreSQL
the release before must have made a backup today. Then each database is upgraded in a transaction of
its own, forward only. What was interrupted is run again.
"""

import datetime
import hashlib
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import click
from sqlalchemy import create_engine, inspect, make_url, text

from crypto import age
from crypto.stanza import Wraps
from deploy import database, days
from deploy.backup import sync
from deploy.backup_cli import FILE, FOLDER, recipient_of
from deploy.errors import UpgradeRefused

_BUSY = "stop the programs and run this again: systemctl stop 'underrose-*'"


@dataclass(frozen=True)
class Stage:
    """A database, the version it is of, and the version that it is to have."""

    name: str
    url: str
    now: str
    wanted: str

    @property
    def is_done(self) -> bool:
        """Whether there is nothing to upgrade."""
        return self.now == self.wanted


def stages(environment: Mapping[str, str]) -> list[Stage]:
    """Every database that the settings name. Raises UpgradeRefused if not all of them fit."""
    urls = database.urls(environment)
    if missing := [name for name in database.NAMES if name not in urls]:
        raise UpgradeRefused(
            f"the settings do not name all three databases: {', '.join(missing)}",
            hint="run it as migrator, with UNDERROSE_CONFIG and UNDERROSE_PROGRAM=migrator",
        )
    return [_stage(name, urls[name]) for name in database.NAMES]


def _stage(name: str, url: str) -> Stage:
    wanted = database.head(name)
    path = Path(str(make_url(url).database))
    if url.startswith("sqlite") and not path.is_file():
        raise UpgradeRefused(
            f"there is no {name} at {path}",
            hint="a new installation is made by underrose install, and a lost one by restore",
        )
    now = database.current(name, url)
    if now is None:
        raise UpgradeRefused(f"{name} is no database of ours, or was never finished")
    if now not in database.versions(name):
        raise UpgradeRefused(
            f"{name} is of version {now}, which this release does not know: it is newer",
            hint="install the release that made it; no release goes back",
        )
    return Stage(name, url, now, wanted)


def back_up(stage: Stage, folder: Path, recipient: Wraps, today: datetime.date) -> Path | None:
    """Seal a database as it is into a new file in folder, or see that a server has been backed up.

    Raises UpgradeRefused.
    """
    if not stage.url.startswith("sqlite"):
        _expect_backup(stage, today)
        return None
    path = folder / f"before-{stage.wanted}-{stage.name}-{today}-{os.urandom(4).hex()}.age"
    source = Path(str(make_url(stage.url).database))
    with closing(sqlite3.connect(source, timeout=10, isolation_level=None)) as held:
        try:
            # What is still beside the file goes into it, and then nobody writes until it is sealed.
            held.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            held.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise UpgradeRefused(f"{stage.name} is in use: {error}", hint=_BUSY) from error
        beside = source.with_name(f"{source.name}-wal")
        if beside.exists() and beside.stat().st_size:
            raise UpgradeRefused(f"{stage.name} is in use", hint=_BUSY)
        _seal(source, path, recipient)
    return path


class _Hashing:
    """A file that is written to, and the hash of what was."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.hash = hashlib.sha256()

    def write(self, data: bytes, /) -> None:
        """Write on."""
        self.hash.update(data)
        self._file.write(data)


def _seal(source: Path, path: Path, recipient: Wraps) -> None:
    """Seal a file into a new one, which is there whole and on the disk when this returns."""
    part = path.with_name(f"{path.name}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with source.open("rb") as plain, os.fdopen(descriptor, "wb") as file:
        target = _Hashing(file)
        age.seal_stream(plain, target, [recipient])
        file.flush()
        os.fsync(descriptor)
    with part.open("rb") as sealed:
        if hashlib.file_digest(sealed, "sha256").digest() != target.hash.digest():
            raise UpgradeRefused(f"{part} is not what was written to it: is the disk sound?")
    part.replace(path)
    sync(path.parent)


def _expect_backup(stage: Stage, today: datetime.date) -> None:
    """A server's backup is made by the release that knows its tables; the book has noted it."""
    if stage.name != "book":
        return
    engine = create_engine(stage.url)
    try:
        with engine.connect() as connection:
            noted: set[str] = set()
            if inspect(connection).has_table("backups"):
                query = text('SELECT store FROM backups WHERE "on" >= :on AND removed_on IS NULL')
                noted = set(connection.execute(query, {"on": today}).scalars())
    finally:
        engine.dispose()
    if missing := set(database.NAMES) - noted:
        raise UpgradeRefused(
            f"today there is no backup of {', '.join(sorted(missing))}",
            hint="make one with the release before: underrose backup make all FOLDER …",
        )


def carry_out(
    every: list[Stage], folder: Path, recipient: Wraps, today: datetime.date
) -> Iterator[str]:
    """Back all of them up, then upgrade each that is not done, and say so after each step."""
    if all(stage.is_done for stage in every):
        yield "every database is of this release's version already"
        return
    for stage in every:
        path = back_up(stage, folder, recipient, today)
        yield f"{stage.name}: backed up {'today' if path is None else f'to {path}'}"
    for stage in every:
        database.upgrade(stage.name, stage.url)
        yield f"{stage.name}: version {stage.now} became {stage.wanted}"


@click.command("upgrade")
@click.argument("folder", type=FOLDER)
@click.option("--recipient", type=FILE, required=True, help="One line that begins with age1pq1.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
def upgrade(folder: Path, recipient: Path, dry_run: bool) -> None:
    """Bring every database to this release, with a backup in FOLDER first; forward only.

    Run it when the programs are stopped. If anything does not fit, nothing is touched. Afterwards
    the release before can go on only with the backup.
    """
    every = stages(os.environ)
    sealed_to = recipient_of(recipient)
    if dry_run:
        for stage in every:
            click.echo(f"{stage.name}: version {stage.now}, would become {stage.wanted}")
        return
    for said in carry_out(every, folder, sealed_to, days.today()):
        click.echo(said)
    click.echo("now start the programs, and look: underrose doctor")
