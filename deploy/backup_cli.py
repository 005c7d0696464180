"""The verbs of backups: make one, look whether it is whole, and bring it back."""

import dataclasses
import datetime
import os
import secrets
import tempfile
from pathlib import Path

import click

from crypto.errors import Malformed, MalformedKey
from crypto.identity import Identity
from crypto.recipient import Recipient
from deploy import backup, database
from deploy.errors import BackupRefused, SettingMissing
from review.store import backups
from review.store.database import open_book, reading, writing

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
# Days: of deposits and of keys that are to be destroyed old copies must not stay.
_KEPT = {"drop": 7, "shred": 7, "book": 90}
_IDENTITY = "The operator's identity, one line that begins with AGE-SECRET-KEY-PQ-1."


@click.group("backup")
def backup_group() -> None:
    """Make backups of the stores, and look whether they are whole."""


@backup_group.command("make")
@click.argument("store", type=click.Choice(database.NAMES))
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--recipient", type=FILE, required=True, help="One line that begins with age1pq1.")
@click.option("--keep", type=click.IntRange(1, 3650), help="Days; 90 for the book, otherwise 7.")
def make(store: str, folder: Path, recipient: Path, keep: int | None) -> None:
    """Seal the whole STORE, as it is at one moment, into a new file in FOLDER.

    It is read back, and then noted in the book, so that deposits can leave the drop.
    """
    try:
        sealed_to = Recipient.parse(recipient.read_text("ascii").strip())
    except (UnicodeDecodeError, Malformed, MalformedKey) as problem:
        raise BackupRefused(f"{recipient} holds no recipient") from problem
    noted_in, today = open_book(_url("book")), _today()
    days = keep or _KEPT[store]
    made = backups.Backup(
        secrets.token_hex(16), store, today, today + datetime.timedelta(days=days), ""
    )
    file = folder / made.file_name
    digest, had = backup.write(store, _url(store), file, [sealed_to], today.isoformat())
    with writing(noted_in) as book:
        backups.record(book, dataclasses.replace(made, digest=digest), had)
    click.echo(f"made and read back: {file}, SHA-256 {digest}")


@backup_group.command("list")
def list_backups() -> None:
    """Say which backups there are, since which day, and on which day each expires."""
    with reading(open_book(_url("book"))) as book:
        for each in backups.listed(book):
            end = f"expires {each.expires_on}"
            if each.removed_on is not None:
                end = f"removed {each.removed_on}"
            click.echo(f"{each.store}  {each.on}  {end}  {each.file_name}")


@backup_group.command("expire")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def expire(folder: Path) -> None:
    """Remove from FOLDER the backups whose day has come; the newest of each store stays."""
    engine, today = open_book(_url("book")), _today()
    with reading(engine) as book:
        old = backups.expired(book, today)
    for each in old:
        (folder / each.file_name).unlink(missing_ok=True)
        with writing(engine) as book:
            backups.mark_removed(book, each.id, today)
        click.echo(f"removed: {each.file_name}")


@backup_group.command("check")
@click.argument("store", type=click.Choice(database.NAMES))
@click.argument("file", type=FILE)
@click.option("--identity", type=FILE, required=True, help=_IDENTITY)
def check(store: str, file: Path, identity: Path) -> None:
    """Open a backup of STORE to its end, and say what it holds."""
    _tell(backup.check(store, file, [_identity(identity)]))


@click.command("restore")
@click.argument("store", type=click.Choice(database.NAMES))
@click.argument("file", type=FILE)
@click.option("--identity", type=FILE, required=True, help=_IDENTITY)
@click.option("--drill", is_flag=True, help="Into a temporary folder, which is then removed.")
def restore(store: str, file: Path, identity: Path, drill: bool) -> None:
    """Put a backup into the absent or empty STORE, and compare every row.

    A ledger whose newest entries were not in the backup goes on with: underrose ledger continue.
    """
    opener = [_identity(identity)]
    if not drill:
        _tell(backup.restore(store, file, opener, _url(store)))
        return
    with tempfile.TemporaryDirectory(prefix="underrose-drill-") as folder:
        _tell(backup.restore(store, file, opener, f"sqlite:///{folder}/{store}.db"))


def _tell(counts: backup.Counts) -> None:
    for table, (rows, digest) in counts.items():
        click.echo(f"{table}: {rows} rows, SHA-256 {digest}")


def _today() -> datetime.date:
    return datetime.datetime.now(datetime.UTC).date()


def _url(store: str) -> str:
    try:
        return database.urls(os.environ)[store]
    except KeyError:
        raise SettingMissing(f"the environment does not name the {store}") from None


def _identity(path: Path) -> Identity:
    try:
        return Identity.parse(path.read_text("ascii").strip())
    except (UnicodeDecodeError, Malformed, MalformedKey) as problem:
        raise BackupRefused(f"{path} holds no identity") from problem
