"""The verbs of `underrose people` between the console and the ceremony: requests and copies."""

import os
from pathlib import Path

import click

from crypto import files
from crypto.enrolment import read_list
from crypto.roster import key_hash
from review import enrolment
from review.errors import PersonRefused
from review.settings import Settings
from review.store import keys, people, rosters
from review.store.database import open_book, reading

_OUT = click.option("--out", required=True, type=click.Path(path_type=Path), help="A new file.")


@click.command("requests")
@_OUT
def requests(out: Path) -> None:
    """Write the requests of everybody who made a key, for the offline ceremony.

    The file holds public keys and sealed copies. That a key is its maker's nobody can tell from it:
    the ceremony asks each for the fingerprint that their own screen shows.
    """
    settings = Settings.from_environ(os.environ)
    with reading(open_book(settings.book_url)) as connection:
        roster = rosters.current_roster(connection, settings.root_key, demo=settings.demo)
        written = enrolment.requests(connection, roster)
        waiting = len(keys.all_waiting(connection))
    _write(out, written)
    found = read_list(written)
    for each in found:
        click.echo(f"{each.request.seat}: {each.request.fingerprint}, made on {each.request.on}")
    click.echo(f"written: {len(found)} requests under roster {roster.epoch}, in {out}")
    if waiting > len(found):
        left = waiting - len(found)
        click.echo(f"left out: {left} made under an earlier roster; ask for them again", err=True)


@click.command("recovery-copy")
@click.argument("username")
@_OUT
def recovery_copy(username: str, out: Path) -> None:
    """Write the sealed recovery copy of somebody who lost their passphrase.

    Only the recovery key opens it, on the offline machine: `underrose keys recovery open`.
    """
    settings = Settings.from_environ(os.environ)
    with reading(open_book(settings.book_url)) as connection:
        roster = rosters.current_roster(connection, settings.root_key, demo=settings.demo)
        person = people.by_username(connection, username)
        reader = None if person is None else roster.reader(person.id)
        if reader is None:
            raise PersonRefused("no reader of the roster has this user name")
        key = key_hash(reader.recipient.text)
        copies = keys.files(connection, reader.id, key, keys.RECOVERY)
    if not copies:
        raise PersonRefused(f"no recovery copy of {reader.id} is here: look in the safe")
    _write(out, copies[0].sealed)
    click.echo(f"written: the recovery copy of {reader.id}, sealed, in {out}")


def _write(out: Path, content: bytes) -> None:
    try:
        files.write_new(str(out), content)
    except FileExistsError:
        raise PersonRefused(f"{out} exists already: name another file with --out") from None


key_commands = (requests, recovery_copy)
