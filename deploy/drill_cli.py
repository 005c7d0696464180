"""The verbs `underrose drill`: try the line from the front door to a member's reply and back."""

import os
from pathlib import Path

import click

from crypto import signing
from deploy import drill
from deploy.errors import DrillRefused, SettingMissing
from deploy.front import FrontDoor
from deploy.submitter import SealingSubmitter
from review import drilled
from review.jobs import today
from review.settings import Settings, check_private
from review.store.database import open_book, writing
from review.store.drills import PASSED

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
NEW_FILE = click.Path(dir_okay=False, path_type=Path)

address = click.option(
    "--address",
    required=True,
    metavar="ADDRESS",
    help="Where submitters write: https://HOST, or unix:PATH of the socket of intake.",
)


@click.group("drill")
def drill_group() -> None:
    """Try whether what people write reaches the committee, and its reply them."""


@drill_group.command("new-key")
@click.option("--out", required=True, type=NEW_FILE, help="A new file.")
def new_key(out: Path) -> None:
    """Make a drill key, and print its public half, which goes into REVIEW_DRILL_KEY.

    The file is for whoever sends drills, and for nobody who has a case of their own.
    """
    click.echo(drill.new_key(out))


@drill_group.command("send")
@address
@click.option("--key", required=True, type=FILE, help="The file of the drill key.")
@click.option("--keep", required=True, type=NEW_FILE, help="A new file, to read the reply with.")
def send(address: str, key: Path, keep: Path) -> None:
    """Send a drill through the front door, as a submitter's browser would.

    Its mark is sealed inside: only who opens the case sees that it is a drill. The receipt code
    goes into the file and is never printed. Run check, with the same file, when the committee has
    had time to reply.
    """
    settings = Settings.from_environ(os.environ)
    check_private(key, "the file of the drill key")
    seed = drill.read_key(key)
    if settings.drill_key is None:
        raise SettingMissing(
            "REVIEW_DRILL_KEY is not set", hint="underrose drill new-key makes one"
        )
    if signing.verify_key(seed) != settings.drill_key:
        raise DrillRefused("the key in the file is not the one that REVIEW_DRILL_KEY names")
    sent = drill.send(SealingSubmitter(FrontDoor(address), settings.root_key), seed, keep)
    click.echo(f"sent on {sent.on}: the reply is read with {keep}")
    click.echo(f"then run: underrose drill check --address {address} --keep {keep}")


@drill_group.command("check")
@address
@click.option("--keep", required=True, type=FILE, help="The file that send has written.")
@click.option("--give-up", is_flag=True, help="Without a reply, record that the drill failed.")
def check(address: str, keep: Path, give_up: bool) -> None:
    """Look whether the committee has replied, and record how the drill went.

    It passed when a reader has signed that it is a drill and a reply, signed by a reader, is in its
    mailbox. That goes to the ledger with the next batch, and the secretary finds it beside the
    charter's evidence. The exit status is 1 while the drill goes on, or when it failed.
    """
    settings = Settings.from_environ(os.environ)
    check_private(keep, "the file of the drill")
    sent = drill.read_kept(keep)
    on = drill.answered(SealingSubmitter(FrontDoor(address), settings.root_key), sent)
    if on is None and not give_up:
        raise DrillRefused(
            f"nobody has replied yet to the drill of {sent.on}",
            hint="ask the readers to look, or record with --give-up that it failed",
        )
    book = open_book(settings.book_url)
    try:
        with writing(book) as connection:
            found = drilled.record(connection, sent.case, sent.on, on, today(settings))
    finally:
        book.dispose()
    if found.outcome != PASSED:
        raise DrillRefused(
            f"the drill of {sent.on} failed: nobody has replied; it is on the record"
        )
    click.echo(f"the drill of {sent.on} passed: it was answered on {found.answered}")
