"""The verb `underrose statistics publish`, for a timer."""

import datetime
import os

import click

from review.jobs import today
from review.publishing import publish
from review.settings import Settings
from review.store import rosters
from review.store.database import open_book, writing

# The day before the first roster counts as its first, which could be of another quarter.
_SLACK = datetime.timedelta(days=1)


@click.group("statistics")
def statistics_group() -> None:
    """The numbers of quarters, which are told once."""


@statistics_group.command("publish")
def publish_command() -> None:
    """Tell the numbers of every quarter that is over, and was not told yet.

    A quarter is told two weeks after its end, when what comes late is in, and never again. Run it
    once a day, by a timer. It says which quarters were told, and nothing when none was due.
    """
    settings = Settings.from_environ(os.environ)
    with writing(open_book(settings.book_url)) as connection:
        begun = rosters.first_day(connection)
        if begun is None:
            return
        told = publish(connection, begun + _SLACK, today(settings), settings.headcount)
    for quarter in told:
        click.echo(f"told: {quarter}")
