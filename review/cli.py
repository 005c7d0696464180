"""The verbs of the console's host: `underrose review serve`, `collect`, `people` and `export`."""

import datetime
import ipaddress
import os
from pathlib import Path

import click
from sqlalchemy import Connection

from crypto.errors import CryptoError
from crypto.passwords import hash_password
from intake import drop as door
from review import people as enrolment
from review.app import check, create_app
from review.collect import Collector, alone
from review.collect import collect as run_collection
from review.errors import PersonRefused, SettingsRefused
from review.export import export as write_export
from review.people import Enrolment
from review.roles import READERS, Role
from review.routing import collector_files
from review.server import serve
from review.settings import Settings, read_store_key
from review.store import rosters
from review.store.database import open_book, open_shred, reading, writing
from review.store.shred import Locksmith

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("review")
def review_group() -> None:
    """The committee's console."""


@review_group.command("serve")
@click.option("--bind", default="127.0.0.1:8001", show_default=True, metavar="ADDRESS")
@click.option("--threads", default=8, show_default=True, type=click.IntRange(1, 32))
def serve_command(bind: str, threads: int) -> None:
    """Serve the console; ADDRESS is HOST:PORT or unix:PATH."""
    settings = _settings()
    if settings.demo and not _is_loopback(bind):
        raise SettingsRefused(["a demonstration listens on this machine only: bind 127.0.0.1"])
    # What is missing is one line here, and not a worker that dies again and again.
    check(settings)
    serve(lambda: create_app(settings), bind, threads)


@click.command("collect")
@click.pass_context
def collect(context: click.Context) -> None:
    """Bring deposits into the book and letters to the mailboxes.

    Run it as often as you like: it takes up what is left and does nothing twice. The exit status is
    1 when something was set aside, and each such thing is one line.
    """
    settings = _settings()
    files = collector_files(settings)
    book = open_book(settings.book_url)
    with reading(book) as connection:
        locksmith = _locksmith(settings, connection)
    collector = Collector(
        drop=door.open_drop(files.drop_url),
        book=book,
        shred=open_shred(settings.shred_url),
        locksmith=locksmith,
        routing=files.identity,
        root_key=settings.root_key,
        demo=settings.demo,
    )
    with alone(files.lock):
        done = run_collection(collector, _today(settings))
    click.echo(
        f"collected: {done.submissions} submissions, {done.follow_ups} follow-ups; "
        f"posted: {done.letters} letters"
    )
    for problem in done.problems:
        click.echo(f"underrose: {problem}", err=True)
    if done.problems:
        context.exit(1)


@click.group("people")
def people() -> None:
    """Attach sign-ins to people of the roster, and take them away."""


@people.command("add")
@click.argument("person_id", metavar="ROSTER_ID")
@click.option("--username", required=True)
@click.option("--password-file", type=FILE, help="One line, at least twelve characters.")
@click.option("--identity", type=FILE, help="The identity file, sealed with a passphrase.")
@click.option(
    "--role",
    type=click.Choice([role.value for role in Role if role not in READERS]),
    help="For people whom the roster lists without a key.",
)
def add(
    person_id: str,
    username: str,
    password_file: Path | None,
    identity: Path | None,
    role: str | None,
) -> None:
    """Let the person with this roster id sign in."""
    settings = _settings()
    wanted = Enrolment(
        person_id=person_id,
        username=username,
        role=None if role is None else Role(role),
        password_hash=None if password_file is None else _hash(password_file),
        identity=None if identity is None else identity.read_bytes(),
    )
    with writing(open_book(settings.book_url)) as connection:
        roster = rosters.current_roster(connection, settings.root_key, demo=settings.demo)
        person = enrolment.enrol(connection, roster, wanted, _today(settings))
    click.echo(f"added: {person.username}, {person.role}")


@people.command("set-password")
@click.argument("username")
@click.option("--password-file", type=FILE, required=True)
def set_password(username: str, password_file: Path) -> None:
    """Give somebody another password, and end all their logins."""
    password_hash = _hash(password_file)
    with writing(open_book(_settings().book_url)) as connection:
        enrolment.change_password(connection, username, password_hash)
    click.echo(f"changed: {username}")


@people.command("remove")
@click.argument("username")
def remove(username: str) -> None:
    """Let somebody sign in no more, and end all their logins."""
    settings = _settings()
    with writing(open_book(settings.book_url)) as connection:
        enrolment.remove(connection, username, _today(settings))
    click.echo(f"removed: {username}")


@click.command("export")
@click.option("--case", "case_ids", multiple=True, metavar="ID", help="May be given repeatedly.")
@click.option("--all", "everything", is_flag=True, help="Every case of the book.")
@click.option("--out", required=True, type=click.Path(path_type=Path))
def export(case_ids: tuple[str, ...], everything: bool, out: Path) -> None:
    """Write cases into a zip file that their readers open with `python -m crypto open`."""
    if bool(case_ids) == everything:
        raise click.UsageError("give either --case or --all")
    settings = _settings()
    book = open_book(settings.book_url)
    with reading(book) as connection:
        locksmith = _locksmith(settings, connection)
    shred = open_shred(settings.shred_url)
    wanted = None if everything else list(dict.fromkeys(case_ids))
    count = write_export(book, shred, locksmith, wanted, out, _today(settings))
    click.echo(f"exported: {count} cases, still sealed, in {out}")


review_commands: tuple[click.Command, ...] = (review_group, collect, people, export)


def _settings() -> Settings:
    return Settings.from_environ(os.environ)


def _today(settings: Settings) -> datetime.date:
    return settings.day(datetime.datetime.now(datetime.UTC))


def _locksmith(settings: Settings, book: Connection) -> Locksmith:
    roster = rosters.current_roster(book, settings.root_key, demo=settings.demo)
    return Locksmith(roster.installation, read_store_key(settings.store_key_file))


def _hash(file: Path) -> str:
    password = file.read_text("utf-8").rstrip("\r\n")
    if len(password) < enrolment.SHORTEST_PASSWORD:
        raise PersonRefused(f"a password has {enrolment.SHORTEST_PASSWORD} characters or more")
    try:
        return hash_password(password)
    except CryptoError as problem:
        raise PersonRefused(str(problem)) from None


def _is_loopback(bind: str) -> bool:
    if bind.startswith("unix:"):
        return True
    host = bind.rpartition(":")[0].strip("[]")
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
