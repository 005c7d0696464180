"""Which scripts the submitters' pages have: told to the ledger, for whoever looks from elsewhere.

One hash stands for all of them, whatever they are called: docs/spec/ledger-entry.md says how it is
made. `underrose doctor --from` computes it from what an address serves.
"""

import hashlib
import importlib.metadata
import json
import os
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import click
from sqlalchemy import Connection

import intake
from crypto import strict
from crypto.entry import Entry
from crypto.entry import parse as parse_entry
from crypto.errors import MalformedEntry
from deploy import days
from deploy.errors import SettingMissing
from review.audit.opened import Bundle
from review.store import database as book
from review.store import entries
from review.store.by_type import of_types

TYPE = "scripts.served"
STATIC = Path(intake.__file__ or "").parent / "web" / "static"
_CONTEXT = b"underrose/v1/scripts\n"
_SCRIPTS = (".js", ".css")


def digest(contents: Iterable[str]) -> str:
    """The hash of scripts and styles, by the SHA-256 of each in hexadecimal."""
    return hashlib.sha256(_CONTEXT + strict.canonical(sorted(set(contents)))).hexdigest()


def of_this_release() -> dict[str, str]:
    """The entry's data: the release that runs this, and the hash of its scripts."""
    files = (path for path in STATIC.rglob("*") if path.suffix in _SCRIPTS)
    made = digest(hashlib.sha256(path.read_bytes()).hexdigest() for path in files)
    return {"release": importlib.metadata.version("underrose"), "scripts": made}


def told(connection: Connection) -> dict[str, object] | None:
    """What the ledger was told last, or is to be told with its next batch; None before that."""
    waiting = [each for each in entries.pending(connection) if each.type == TYPE]
    if waiting:
        return dict(waiting[-1].data)
    every = list(of_types(connection, {TYPE}))
    return dict(every[-1].data) if every else None


def record(connection: Connection, today: date) -> bool:
    """Tell the ledger which scripts this release has; whether that was news."""
    here = of_this_release()
    if told(connection) == here:
        return False
    entries.record(connection, entries.Entry(type=TYPE, on=today, data=dict(here)))
    return True


def in_bundle(bundle: Bundle) -> Entry | None:
    """The last such entry of an auditor's bundle. The bundle is not verified by this."""
    found = None
    for number in bundle.ledgers:
        for chunk in bundle.entry_chunks(number):
            for line in chunk.splitlines():
                if f'"type":"{TYPE}"'.encode() in line:
                    found = _entry(line) or found
    return found


def _entry(line: bytes) -> Entry | None:
    try:
        return parse_entry(line)
    except MalformedEntry:
        return None


@click.group("scripts")
def scripts_group() -> None:
    """Which scripts the submitters' pages have."""


@scripts_group.command("record")
def record_command() -> None:
    """Tell the ledger which scripts this release has, after it was installed.

    Whoever has the auditor's bundle can then compare from any other machine what the public host
    serves: underrose doctor --from URL --bundle FILE. The same again is told once.
    """
    url = os.environ.get("REVIEW_BOOK_URL")
    if not url:
        raise SettingMissing("REVIEW_BOOK_URL is not set", hint="name it in underrose.toml")
    engine = book.open_book(url)
    try:
        with book.writing(engine) as connection:
            is_news = record(connection, days.today(os.environ))
    finally:
        engine.dispose()
    click.echo(f"{'recorded' if is_news else 'known'}: {json.dumps(of_this_release())}")
