"""The verbs of the collector: `underrose collect` and `underrose set-aside`.

A collection that went well says nothing: on a host whose journal keeps the time of every line, a
line would tell the hour at which somebody wrote to the committee.
"""

import datetime
import os

import click
from sqlalchemy import Connection

from intake import drop as door
from review.again import uncollect
from review.collect import collect as run_collection
from review.collector import Collector
from review.errors import CollectorBusy, SettingsRefused
from review.locking import alone, alone_everywhere
from review.routing import CollectorFiles, collector_files
from review.settings import Settings, read_policy, read_store_key
from review.store import rosters, set_aside
from review.store.database import open_book, open_shred, reading, writing
from review.store.shred import Locksmith


@click.command("collect")
@click.option("--verbose", is_flag=True, help="Say how much was collected.")
@click.option("--wait", is_flag=True, help="Wait for another collector that is at work.")
@click.option("--again", is_flag=True, help="Take in again what a restored book has lost.")
@click.pass_context
def collect(context: click.Context, verbose: bool, wait: bool, again: bool) -> None:
    """Bring deposits into the book, letters and proofs to the mailboxes.

    Run it as often as you like: it takes up what is left and does nothing twice. It says nothing
    when all went well. The exit status is 1 when something was set aside now or could not be
    posted, and each such thing is one line. If another collector is at work this one leaves the
    work to it.
    """
    settings = Settings.from_environ(os.environ)
    files = collector_files(settings)
    collector = _collector(settings, files)
    try:
        with (
            alone(files.lock, _busy(), wait=wait),
            alone_everywhere(collector.book, "collect", _busy(), wait=wait),
        ):
            if again:
                uncollect(collector)
            done = run_collection(collector, today(settings))
    except CollectorBusy as problem:
        # A timer that meets a long collection is no failure.
        click.echo(f"underrose: {problem}", err=True)
        return
    if verbose:
        click.echo(
            f"collected: {done.submissions} submissions, {done.follow_ups} follow-ups; "
            f"posted: {done.letters} letters, {done.proofs} proofs"
        )
    for sentence in done.problems:
        click.echo(f"underrose: {sentence}", err=True)
    if done.problems:
        context.exit(1)


def _busy() -> CollectorBusy:
    return CollectorBusy("another collector is at work")


@click.group("set-aside")
def set_aside_group() -> None:
    """Deposits that could not be taken in, and stay in the drop."""


@set_aside_group.command("list")
def list_set_aside() -> None:
    """Say which deposits are set aside, since which day and why."""
    settings = Settings.from_environ(os.environ)
    with reading(open_book(settings.book_url)) as book:
        for each in set_aside.listed(book):
            click.echo(f"{each.deposit_id}  {each.on}  {each.sentence}")


@set_aside_group.command("retry")
@click.argument("deposit_ids", metavar="[DEPOSIT]...", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Every deposit that is set aside.")
def retry(deposit_ids: tuple[str, ...], everything: bool) -> None:
    """Let the next collection try these deposits again."""
    if bool(deposit_ids) == everything:
        raise click.UsageError("give either deposits or --all")
    settings = Settings.from_environ(os.environ)
    with writing(open_book(settings.book_url)) as book:
        known = [each.deposit_id for each in set_aside.listed(book)]
        unknown = sorted(set(deposit_ids) - set(known))
        if unknown:
            raise click.UsageError(f"not set aside: {', '.join(unknown)}")
        wanted = known if everything else sorted(set(deposit_ids))
        set_aside.forget(book, wanted)
    click.echo(f"to be tried again: {len(wanted)}")


def today(settings: Settings) -> datetime.date:
    """The installation's civil day."""
    return settings.day(datetime.datetime.now(datetime.UTC))


def locksmith(settings: Settings, book: Connection) -> Locksmith:
    """What opens the shred keys of this book's cases."""
    roster = rosters.current_roster(book, settings.root_key, demo=settings.demo)
    return Locksmith(roster.installation, read_store_key(settings.store_key_file))


def _collector(settings: Settings, files: CollectorFiles) -> Collector:
    book = open_book(settings.book_url)
    with reading(book) as connection:
        keys = locksmith(settings, connection)
        routed = rosters.routing_recipients(connection, settings.root_key, demo=settings.demo)
    if not any(each.recipient.text in routed for each in files.identity.identities):
        # Every deposit would be set aside, one by one.
        raise SettingsRefused(
            ["REVIEW_ROUTING_IDENTITY_FILE holds an identity that no roster of the book names"]
        )
    return Collector(
        drop=door.open_drop(files.drop_url),
        book=book,
        shred=open_shred(settings.shred_url),
        locksmith=keys,
        routing=files.identity,
        root_key=settings.root_key,
        demo=settings.demo,
        policy=read_policy(settings.policy_file),
        replica=settings.replica,
        clocks=settings.clocks,
    )
