"""The verbs of dispositions: carry out, look whether all is gone, and hand out a certificate."""

import os

import click

from intake import drop as door
from review.certifying import certify
from review.disposal import Stores, execute
from review.errors import JobBusy, SettingsRefused
from review.jobs import today
from review.locking import alone, alone_everywhere
from review.settings import Settings
from review.store.database import open_book, open_shred


@click.group("dispositions")
def dispositions_group() -> None:
    """What is disposed of when its time is over and two people have approved it."""


@dispositions_group.command("execute")
@click.pass_context
def execute_command(context: click.Context) -> None:
    """Carry out every disposition whose days of cooling are over.

    Whatever stands against it by then leaves a record where it is. Run it once a day, by a timer,
    before the backups. It does nothing twice, goes on where a run was stopped, and says nothing
    when all went well. The exit status is 1 when something is left to do.
    """
    settings = Settings.from_environ(os.environ)
    stores = _stores(settings)
    busy = JobBusy("dispositions are being carried out already")
    with alone(settings.store_key_file, busy), alone_everywhere(stores.book, "dispose", busy):
        done = execute(stores, today(settings))
    for sentence in done.problems:
        click.echo(f"underrose: {sentence}", err=True)
    if done.problems:
        context.exit(1)


@dispositions_group.command("verify")
@click.pass_context
def verify_command(context: click.Context) -> None:
    """Look whether what was disposed of is gone from every store, and certify it.

    Run it once a day, by a timer, after the ledger's batch, as another program than the one that
    executes. What has to wait for the executor or for the ledger is certified by a later run. It
    says nothing when all went well. The exit status is 1 when something is still there.
    """
    settings = Settings.from_environ(os.environ)
    found = certify(_stores(settings), today(settings))
    if found.residue:
        told = "something is still there of records that were disposed of"
        click.echo(f"underrose: {told}: {found.residue}", err=True)
        context.exit(1)


def _stores(settings: Settings) -> Stores:
    if settings.drop_url is None:
        raise SettingsRefused(["REVIEW_DROP_URL must be set for dispositions"])
    return Stores(
        drop=door.open_drop(settings.drop_url),
        book=open_book(settings.book_url),
        shred=open_shred(settings.shred_url),
        root_key=settings.root_key,
        demo=settings.demo,
    )
