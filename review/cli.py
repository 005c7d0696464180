"""The verbs of the console's host; those of the collector are in review/jobs.py."""

import datetime
import ipaddress
import os
from pathlib import Path

import click
from sqlalchemy import Engine

from crypto.errors import CryptoError
from crypto.passwords import hash_password
from review import notices, sign_ins
from review import people as enrolment
from review.app import check, create_app
from review.auditor_export import export_to as export_bundle
from review.case_jobs import cases_group
from review.disposition_jobs import dispositions_group
from review.errors import PersonRefused, SettingsRefused
from review.export import export as write_export
from review.export import reserved
from review.jobs import collect, locksmith, set_aside_group, today
from review.key_cli import key_commands
from review.ledger_jobs import ledger_group
from review.people import Enrolment
from review.roles import READERS, Role
from review.server import serve
from review.settings import Settings, read_ledger_key
from review.statistics_jobs import statistics_group
from review.store import rosters
from review.store.database import open_book, open_shred, reading, writing
from review.store.shred import Locksmith
from review.storecheck import check_store

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
    settings.check_ways_in()
    # What is missing is one line here, and not a worker that dies again and again.
    check(settings)
    serve(lambda: create_app(settings), bind, threads, https=settings.https)


@click.group("people")
def people() -> None:
    """Attach sign-ins to people of the roster, and take them away."""


@people.command("add")
@click.argument("person_id", metavar="ROSTER_ID")
@click.option("--username", required=True)
@click.option("--password-file", type=FILE, help="One line, in a demonstration only.")
@click.option("--identity", type=FILE, help="The identity file, sealed with a passphrase.")
@click.option(
    "--role",
    type=click.Choice([role.value for role in Role if role not in READERS]),
    help="For people whom the roster lists without a key, and for who is to come on it.",
)
@click.option("--name", help="Who a candidate is, whom no roster names yet.")
def add(
    person_id: str,
    username: str,
    password_file: Path | None,
    identity: Path | None,
    role: str | None,
    name: str | None,
) -> None:
    """Let the person with this roster id sign in."""
    settings = _settings()
    if password_file is not None:
        _check_given(settings)
    wanted = Enrolment(
        person_id=person_id,
        username=username,
        role=None if role is None else Role(role),
        password_hash=None if password_file is None else _hash(password_file),
        identity=None if identity is None else identity.read_bytes(),
        name=name,
    )
    with writing(open_book(settings.book_url)) as connection:
        roster = rosters.current_roster(connection, settings.root_key, demo=settings.demo)
        person = enrolment.enrol(connection, roster, wanted, today(settings))
    click.echo(f"added: {person.username}, {person.role}")


@people.command("invite")
@click.argument("username")
def invite(username: str) -> None:
    """Print an invitation, with which somebody makes their first passkey.

    Hand it over yourself: it counts once, for three days, and whoever has it can sign in. For a
    reader of cases who has had a way in, two others of the committee agree first, in the console.
    """
    settings = _settings()
    now = datetime.datetime.now(datetime.UTC)
    with writing(open_book(settings.book_url)) as connection:
        roster = rosters.current_roster(connection, settings.root_key, demo=settings.demo)
        person = enrolment.known(connection, username)
        made = sign_ins.invite(connection, roster, person.id, None, now)
    click.echo(f"{made}\nenter it at {settings.origin or 'the console'}/join within three days")


@people.command("set-password")
@click.argument("username")
@click.option("--password-file", type=FILE, required=True)
def set_password(username: str, password_file: Path) -> None:
    """Give somebody another password, and end all their logins; in a demonstration only."""
    settings = _settings()
    _check_given(settings)
    password_hash = _hash(password_file)
    with writing(open_book(settings.book_url)) as connection:
        enrolment.change_password(connection, username, password_hash)
    click.echo(f"changed: {username}")


@people.command("set-identity")
@click.argument("username")
@click.option("--identity", type=FILE, required=True, help="Sealed with the new passphrase.")
def set_identity(username: str, identity: Path) -> None:
    """Keep another identity file for a reader whose passphrase was lost, and end their logins."""
    settings = _settings()
    with writing(open_book(settings.book_url)) as connection:
        roster = rosters.current_roster(connection, settings.root_key, demo=settings.demo)
        sealed = identity.read_bytes()
        enrolment.replace_identity(connection, roster, username, sealed, today(settings))
    click.echo(f"changed: {username}")


@people.command("set-address")
@click.argument("username")
@click.argument("address", required=False)
def set_address(username: str, address: str | None) -> None:
    """Send somebody's weekly notice to this mail address, or none without one."""
    with writing(open_book(_settings().book_url)) as connection:
        notices.set_address(connection, username, address)
    click.echo(f"changed: {username}")


@people.command("remove")
@click.argument("username")
def remove(username: str) -> None:
    """Let somebody sign in no more, and end all their logins."""
    settings = _settings()
    with writing(open_book(settings.book_url)) as connection:
        roster = rosters.current_roster(connection, settings.root_key, demo=settings.demo)
        enrolment.remove(connection, roster, username, today(settings))
    click.echo(f"removed: {username}")


for command in key_commands:
    people.add_command(command)


@click.command("export")
@click.option("--case", "case_ids", multiple=True, metavar="ID", help="May be given repeatedly.")
@click.option("--all", "everything", is_flag=True, help="Every case of the book.")
@click.option("--auditor", is_flag=True, help="The ledger, to be verified by who reads no case.")
@click.option("--out", required=True, type=click.Path(path_type=Path))
def export(case_ids: tuple[str, ...], everything: bool, auditor: bool, out: Path) -> None:
    """Write cases into a zip file that their readers open with `python -m crypto open`.

    With --auditor it is the retention auditor's bundle, in which nothing can be opened, for
    `python -m review.audit verify`.
    """
    if [bool(case_ids), everything, auditor].count(True) != 1:
        raise click.UsageError("give one of --case, --all and --auditor")
    settings = _settings()
    if auditor:
        _export_ledger(settings, out)
    else:
        _export_cases(settings, None if everything else list(dict.fromkeys(case_ids)), out)


def _export_ledger(settings: Settings, out: Path) -> None:
    book = open_book(settings.book_url)
    with reading(book) as connection:
        roster = rosters.current_roster(connection, settings.root_key, demo=settings.demo)
    digest = export_bundle(book, roster.installation, out, today(settings))
    click.echo(f"exported: the auditor's bundle, in {out}\nsha256: {digest}")


def _export_cases(settings: Settings, wanted: list[str] | None, out: Path) -> None:
    book, shred, keys = _stores(settings)
    done = write_export(book, shred, keys, wanted, out, today(settings))
    for case_id in done.skipped:
        click.echo(f"skipped: case {case_id}, whose shred key is gone", err=True)
    for name in done.damaged:
        click.echo(f"left out: {name}, whose row in the book is damaged", err=True)
    click.echo(f"exported: {len(done.cases)} cases, still sealed, in {out}")
    if done.damaged:
        raise SystemExit(1)


@click.command("verify")
@click.option("--store", is_flag=True, required=True, help="What this host's book holds.")
@click.option("--case", "case_ids", multiple=True, metavar="ID", help="May be given repeatedly.")
@click.option("--all", "everything", is_flag=True, help="Every case of the book.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The report.")
def verify(store: bool, case_ids: tuple[str, ...], everything: bool, out: Path) -> None:
    """Compare what the book holds with what the ledger tells, and report.

    It is for the retention auditor, who picks the cases: every envelope and slice of them is
    hashed and compared. The report has no content. It is signed with the ledger's key where
    REVIEW_LEDGER_KEY_FILE names one. The exit status is 1 when something is not as it was logged.
    """
    if bool(case_ids) == everything:
        raise click.UsageError("give either --case or --all")
    settings = _settings()
    book, shred, keys = _stores(settings)
    wanted = None if everything else list(dict.fromkeys(case_ids))
    signer = None if settings.ledger_key_file is None else read_ledger_key(settings.ledger_key_file)
    with reserved(out) as partial:
        checked = check_store(book, shred, keys, wanted, today(settings), signer)
        partial.write_bytes(checked.report)
    for case in checked.cases:
        for problem in case.problems:
            click.echo(f"case {case.case}: {problem.sentence}")
    click.echo(
        f"checked: {len(checked.cases)} cases, {checked.envelopes} envelopes, "
        f"{checked.slices} slices; exceptions: {checked.exceptions}"
    )
    if signer is None:
        click.echo("unsigned: REVIEW_LEDGER_KEY_FILE is not set", err=True)
    if checked.exceptions:
        raise SystemExit(1)


review_commands: tuple[click.Command, ...] = (
    review_group,
    collect,
    set_aside_group,
    people,
    export,
    verify,
    cases_group,
    dispositions_group,
    ledger_group,
    statistics_group,
)


def _stores(settings: Settings) -> tuple[Engine, Engine, Locksmith]:
    """Book, shred keys, and what opens the rows of the one with the other."""
    book = open_book(settings.book_url)
    with reading(book) as connection:
        keys = locksmith(settings, connection)
    return book, open_shred(settings.shred_url), keys


def _settings() -> Settings:
    return Settings.from_environ(os.environ)


def _check_given(settings: Settings) -> None:
    if not settings.allow_password:
        raise PersonRefused(
            "a password that somebody else has chosen is for a demonstration only: "
            "use underrose people invite"
        )


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
