"""The verbs of the ledger's keeper: `underrose ledger`.

A batch runs once a day, at a fixed hour, also when nothing came. It says nothing when all went
well.
"""

import datetime
import os
import sys
import time
from pathlib import Path

import click

from crypto import files, note
from crypto.note import Note
from review.batch import is_idle
from review.errors import LedgerBusy, SettingsRefused
from review.jobs import today
from review.kept import KeptCheckpoint
from review.ledger import Keeper, consistency, continue_ledger, run_batch, take_cosigned
from review.locking import alone, alone_everywhere
from review.settings import Settings, read_ledger_key, read_policy
from review.store import entries
from review.store.database import open_book, reading
from review.store.ledger import SignedHead

_first = click.option("--first", is_flag=True, help="The kept checkpoint is lost, and only that.")


@click.group("ledger")
def ledger_group() -> None:
    """The ledger of all acts: append to it, sign it, and show that it continues."""


@ledger_group.command("batch")
@_first
@click.option("--unless-empty", is_flag=True, help="Make no batch of cover alone, as in a demo.")
@click.option("--wait", is_flag=True, help="Wait for another batch that is at work.")
@click.option("--verbose", is_flag=True, help="Say what was signed.")
def batch(first: bool, unless_empty: bool, wait: bool, verbose: bool) -> None:
    """Append what waits to the ledger and sign it; daily, after the collection.

    A tree that is smaller than the one signed last, or does not continue it, is not signed. If
    another batch is at work this one leaves the work to it.
    """
    settings = _settings()
    keeper = _keeper(settings)
    try:
        with (
            alone(_key_file(settings), _busy(), wait=wait),
            alone_everywhere(keeper.book, "ledger", _busy(), wait=wait),
        ):
            with reading(keeper.book) as connection:
                idle = unless_empty and is_idle(connection)
                cut = entries.cut_off(connection)
            if cut:
                click.echo(f"underrose: acts were deleted before these that wait: {cut}", err=True)
            if not idle:
                _tell(run_batch(keeper, today(settings), _now(settings), first=first), verbose)
    except LedgerBusy as problem:
        click.echo(f"underrose: {problem}", err=True)


@ledger_group.command("continue")
@_first
def continue_command(first: bool) -> None:
    """Begin another ledger, under a new key, that names where the last one ended.

    For a keeper who has lost entries, or the key. Make the key with `underrose keys new-ledger`,
    name it in REVIEW_LEDGER_KEY_FILE, and publish a roster that lists it.
    """
    settings = _settings()
    keeper = _keeper(settings)
    with (
        alone(_key_file(settings), _busy(), wait=True),
        alone_everywhere(keeper.book, "ledger", _busy(), wait=True),
    ):
        continue_ledger(keeper, today(settings), _now(settings), first=first)
    click.echo(f"begun: {keeper.signer.name}")


@ledger_group.command("consistency")
@click.option(
    "--from", "old_size", required=True, type=click.IntRange(0), help="The size seen last, or 0."
)
@click.option("--out", type=click.Path(path_type=Path), help="Standard output by default.")
def consistency_command(old_size: int, out: Path | None) -> None:
    """Write the file with which `python -m crypto cosign` sees that the ledger continues."""
    proof = consistency(open_book(_settings().book_url), old_size)
    if out is None:
        sys.stdout.buffer.write(proof)
    else:
        files.replace(str(out), proof)


@ledger_group.command("cosigned")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def cosigned(file: Path) -> None:
    """Take back a checkpoint that somebody of the policy has cosigned."""
    settings = _settings()
    policy = read_policy(settings.policy_file)
    if policy is None:
        raise SettingsRefused(["REVIEW_POLICY_FILE must say whose cosignatures count"])
    new = take_cosigned(open_book(settings.book_url), policy, _note(file))
    click.echo(f"cosigned: {', '.join(new)}" if new else "cosigned: nobody who had not before")


def _busy() -> LedgerBusy:
    return LedgerBusy("another batch is at work")


def _note(file: Path) -> Note:
    with files.about(str(file)):
        return note.parse(files.read(str(file), note.SIZE_LIMIT))


def _tell(head: SignedHead, verbose: bool) -> None:
    if verbose:
        click.echo(f"signed: {head.size} entries")


def _settings() -> Settings:
    return Settings.from_environ(os.environ)


def _key_file(settings: Settings) -> Path:
    if settings.ledger_key_file is None:
        raise SettingsRefused(["REVIEW_LEDGER_KEY_FILE must be set for the ledger's keeper"])
    return settings.ledger_key_file


def _keeper(settings: Settings) -> Keeper:
    named = {
        "REVIEW_LEDGER_KEY_FILE": settings.ledger_key_file,
        "REVIEW_CHECKPOINT_FILE": settings.checkpoint_file,
    }
    missing = [name for name, value in named.items() if value is None]
    if settings.ledger_key_file is None or settings.checkpoint_file is None:
        raise SettingsRefused([f"{name} must be set for the ledger's keeper" for name in missing])
    return Keeper(
        book=open_book(settings.book_url),
        signer=read_ledger_key(settings.ledger_key_file),
        kept=KeptCheckpoint(settings.checkpoint_file),
    )


def _now(settings: Settings) -> int:
    """When this is signed, in seconds since 1970; in a demo that pretends a day, its midnight."""
    if settings.today is None:
        return int(time.time())
    midnight = datetime.datetime.combine(settings.today, datetime.time(), datetime.UTC)
    return int(midnight.timestamp())
