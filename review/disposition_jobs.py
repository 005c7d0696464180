"""The verb `underrose dispositions execute`, for a timer."""

import os

import click

from intake import drop as door
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
    if settings.drop_url is None:
        raise SettingsRefused(["REVIEW_DROP_URL must be set to carry out dispositions"])
    stores = Stores(
        drop=door.open_drop(settings.drop_url),
        book=open_book(settings.book_url),
        shred=open_shred(settings.shred_url),
    )
    busy = JobBusy("dispositions are being carried out already")
    with alone(settings.store_key_file, busy), alone_everywhere(stores.book, "dispose", busy):
        done = execute(stores, today(settings))
    for sentence in done.problems:
        click.echo(f"underrose: {sentence}", err=True)
    if done.problems:
        context.exit(1)
