"""The verbs of backups: make one, look whether it is whole, and bring it back."""

import datetime
import os
import tempfile
from pathlib import Path

import click

from crypto.errors import Malformed, MalformedKey
from crypto.identity import Identity
from crypto.recipient import Recipient
from deploy import backup, database
from deploy.errors import BackupRefused, SettingMissing

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_IDENTITY = "The operator's identity, one line that begins with AGE-SECRET-KEY-PQ-1."


@click.group("backup")
def backup_group() -> None:
    """Make backups of the stores, and look whether they are whole."""


@backup_group.command("make")
@click.argument("store", type=click.Choice(database.NAMES))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--recipient", type=FILE, required=True, help="One line that begins with age1pq1.")
def make(store: str, file: Path, recipient: Path) -> None:
    """Seal the whole STORE, as it is at one moment, into a new FILE."""
    try:
        sealed_to = Recipient.parse(recipient.read_text("ascii").strip())
    except (UnicodeDecodeError, Malformed, MalformedKey) as problem:
        raise BackupRefused(f"{recipient} holds no recipient") from problem
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    digest = backup.write(store, _url(store), file, [sealed_to], today)
    click.echo(f"made and read back: {file}, SHA-256 {digest}")


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
