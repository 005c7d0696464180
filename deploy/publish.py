"""The verb `underrose roster publish`, by which alone people come to and leave a committee."""

import os
from collections.abc import Mapping
from pathlib import Path

import click

from crypto import strict
from crypto.errors import InvalidSignature, Malformed
from crypto.roster import Roster, check_current, verify
from deploy import database, days
from deploy.errors import SettingMissing
from intake import drop
from review import enrolment
from review.store import database as book
from review.store import entries, rosters


@click.group()
def roster() -> None:
    """Publish the signed list of the committee's people."""


@roster.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def publish(file: Path) -> None:
    """Verify the roster in FILE and make it current, in the drop and in the book.

    Each is named by the environment: INTAKE_DATABASE_URL or REVIEW_DROP_URL, and REVIEW_BOOK_URL.
    A host that has only one of them publishes there, and the other host does the same.
    """
    checked = _verified(file.read_bytes(), os.environ)
    urls = database.urls(os.environ)
    if not urls.keys() & {"drop", "book"}:
        raise SettingMissing(
            "the environment names neither the drop nor the book",
            hint="set INTAKE_DATABASE_URL or REVIEW_BOOK_URL, or both",
        )
    if url := urls.get("drop"):
        _into_the_drop(url, checked)
    if url := urls.get("book"):
        _into_the_book(url, checked)
    click.echo(f"published: epoch {checked.epoch}, fingerprint {checked.fingerprint}")


def _verified(document: bytes, environment: Mapping[str, str]) -> Roster:
    """The roster, signed by the root key that the settings pin, and usable here today."""
    keys = {environment.get(f"{prefix}_ROOT_KEY") for prefix in ("INTAKE", "REVIEW")} - {None, ""}
    if len(keys) != 1:
        problem = "not set" if not keys else "two different keys"
        raise SettingMissing(
            f"the root key is {problem}",
            hint="set INTAKE_ROOT_KEY or REVIEW_ROOT_KEY to the content of root.pub",
        )
    try:
        root_key = strict.b64(str(keys.pop()))
    except Malformed:
        root_key = b""
    if len(root_key) != 32:
        raise SettingMissing("the root key in the settings is not 32 bytes of base64")
    try:
        checked = verify(document, root_key)
    except InvalidSignature:
        raise InvalidSignature("the root key of the settings did not sign this roster") from None
    demo = "1" in (environment.get("INTAKE_DEMO"), environment.get("REVIEW_DEMO"))
    check_current(checked, days.today(environment), checked.epoch, demo)
    return checked


def _into_the_drop(url: str, checked: Roster) -> None:
    engine = drop.open_drop(url)
    with drop.writing(engine) as connection:
        drop.publish_roster(connection, checked, days.today())
    engine.dispose()


def _into_the_book(url: str, checked: Roster) -> None:
    engine = book.open_book(url)
    with book.writing(engine) as connection:
        before = rosters.newest(connection)
        if rosters.publish_roster(connection, checked):
            enrolment.take_effect(connection, before, checked, days.today())
            entries.record(
                connection,
                entries.Entry(
                    type="roster.published",
                    on=days.today(),
                    data={"roster": checked.hash, "epoch": checked.epoch},
                ),
            )
    engine.dispose()
