"""The verbs of backups: make them, look whether they are whole, and bring them back."""

import datetime
import os
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click

from crypto import files, signing, strict
from crypto.errors import Malformed, MalformedKey
from crypto.identity import Identity
from crypto.recipient import Recipient
from deploy import backup, backup_making, database, days
from deploy.backup_making import ALL, Maker
from deploy.backup_reading import Header, Opened, Opener
from deploy.errors import BackupRefused, FolderTaken, SettingMissing
from review.store import backups
from review.store.database import open_book, reading

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_STORES = click.Choice(["all", *database.NAMES])


def _opening(command: Callable[..., Any]) -> Callable[..., Any]:
    identity = "The operator's identity, one line that begins with AGE-SECRET-KEY-PQ-1."
    signer = "The public key of the installation's backups, as `backup key` printed it."
    command = click.option("--signer", type=FILE, required=True, help=signer)(command)
    return click.option("--identity", type=FILE, required=True, help=identity)(command)


@click.group("backup")
def backup_group() -> None:
    """Make backups of the stores, and look whether they are whole."""


@backup_group.command("key")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="A new file.")
def key(out: Path) -> None:
    """Make the key that signs this installation's backups, and print its public half.

    The file stays on the host that makes backups. What is printed goes where they are restored.
    """
    seed = os.urandom(signing.SEED_SIZE)
    try:
        files.write_new(str(out), strict.to_b64(seed).encode("ascii") + b"\n")
    except FileExistsError:
        raise FolderTaken(f"{out} exists already, and a key is never written over") from None
    click.echo(strict.to_b64(signing.verify_key(seed)))


@backup_group.command("make")
@click.argument("store", type=_STORES)
@click.argument("folder", type=FOLDER)
@click.option("--recipient", type=FILE, required=True, help="One line that begins with age1pq1.")
@click.option("--key", "key_file", type=FILE, required=True, help="What `backup key` has made.")
@click.option("--keep", type=click.IntRange(1, 3650), help="Days; 90 for the book, otherwise 7.")
@click.option("--whole", is_flag=True, help="Also of the book, whatever there is already.")
def make(
    store: str, folder: Path, recipient: Path, key_file: Path, keep: int | None, whole: bool
) -> None:
    """Seal STORE, as it is at one moment, into a new file in FOLDER, or all three stores.

    A backup of the book leaves out what the newest whole one has, if that is less than 30 days old
    and lies in FOLDER too. Each is read back, and then noted in the book, so that deposits can
    leave the drop.
    """
    maker = Maker(folder, _url, open_book(_url("book")), recipient_of(recipient), _seed(key_file))
    run, today = backup_making.new_run(), _today()
    for each in _each(store):
        path = maker.make(each, run, today, keep=keep, whole=whole)
        click.echo(f"made and read back: {path}, SHA-256 {backup.digest_of(path)}")


@backup_group.command("list")
def list_backups() -> None:
    """Say which backups there are, since which day, and on which day each expires."""
    with reading(open_book(_url("book"))) as book:
        for each in backups.listed(book):
            end = f"expires {each.expires_on}"
            if each.removed_on is not None:
                end = f"removed {each.removed_on}"
            needs = "" if each.base is None else f"  needs {each.base}"
            click.echo(f"{each.store}  {each.on}  {end}  {each.file_name}{needs}")


@backup_group.command("expire")
@click.argument("folder", type=FOLDER)
def expire(folder: Path) -> None:
    """Remove from FOLDER the backups whose day has come.

    The newest of each store stays, and so does what it was made on. What a run has left that was
    interrupted is removed as well when its time is over. When the last backup has gone that could
    have brought back what was disposed of, the ledger is told.
    """
    for path in backup_making.expire(folder, open_book(_url("book")), _today()):
        click.echo(f"removed: {path.name}")


@backup_group.command("check")
@click.argument("store", type=click.Choice(database.NAMES))
@click.argument("file", type=FILE)
@_opening
def check(store: str, file: Path, identity: Path, signer: Path) -> None:
    """Open a backup of STORE, and the one that it was made on, and say what it holds."""
    _tell(backup.check(store, file, _opener(identity, signer)))


@click.command("restore")
@click.argument("store", type=_STORES)
@click.argument("file", type=FILE)
@_opening
@click.option("--drill", is_flag=True, help="Into a temporary folder, which is then removed.")
def restore(store: str, file: Path, identity: Path, signer: Path, drill: bool) -> None:
    """Put a backup into the absent or empty STORE, and compare every row.

    With `all`, FILE is that of the book, and those of the same run for the other stores lie beside
    it. Nothing is touched before every file is found to be whole, signed, and of one run. The book
    tells its ledger that it was restored. A ledger whose newest entries were not in the backup goes
    on with: underrose ledger continue.
    """
    opener = _opener(identity, signer)
    paths = {store: file} if store != "all" else _run_of(file)
    found = {}
    for name, path in paths.items():
        with Opened(name, path, opener) as opened:
            found[name] = opened.header.id
    backup_making.of_one_run(paths, found)
    with tempfile.TemporaryDirectory(prefix="underrose-drill-") as folder:
        for name, path in paths.items():
            url = f"sqlite:///{folder}/{name}.db" if drill else _url(name)
            _tell(backup.restore(name, path, opener, url, None if drill else _today()))


def _run_of(book: Path) -> dict[str, Path]:
    """The files beside the book's that are called as those of the same run."""
    backup_id = book.stem.rpartition("-")[2]
    found = {"book": book}
    for name in ALL[1:]:
        beside = sorted(book.parent.glob(f"{name}-*-{backup_id}.age"))
        if not beside:
            raise BackupRefused(f"there is no backup of the {name} of the same run beside {book}")
        found[name] = beside[0]
    return found


def _each(store: str) -> Iterable[str]:
    return ALL if store == "all" else (store,)


def _tell(header: Header) -> None:
    needs = "" if header.base is None else f", made on {header.base[0]}"
    click.echo(f"{header.store} of {header.on}{needs}")
    for table, (rows, digest) in header.counts.items():
        click.echo(f"{table}: {rows} rows, SHA-256 {digest}")


def _today() -> datetime.date:
    return days.today(os.environ)


def _url(store: str) -> str:
    try:
        return database.urls(os.environ)[store]
    except KeyError:
        raise SettingMissing(f"the environment does not name the {store}") from None


def _line(path: Path) -> str:
    try:
        return path.read_text("ascii").strip()
    except UnicodeDecodeError:
        return ""


def recipient_of(path: Path) -> Recipient:
    """The recipient in a file of one line. Raises BackupRefused."""
    try:
        return Recipient.parse(_line(path))
    except (Malformed, MalformedKey) as problem:
        raise BackupRefused(f"{path} holds no recipient") from problem


def _opener(identity: Path, signer: Path) -> Opener:
    try:
        opened = Identity.parse(_line(identity))
    except (Malformed, MalformedKey) as problem:
        raise BackupRefused(f"{identity} holds no identity") from problem
    return Opener([opened], _key(signer))


def _seed(path: Path) -> bytes:
    if path.stat().st_mode & 0o077:
        raise BackupRefused(f"{path} can be read by others: run chmod 600 {path}")
    return _key(path)


def _key(path: Path) -> bytes:
    try:
        found = strict.b64(_line(path))
    except Malformed:
        found = b""
    if len(found) != signing.SEED_SIZE:
        raise BackupRefused(f"{path} does not hold 32 bytes in base64, on one line")
    return found
