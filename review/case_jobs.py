"""The verb `underrose cases move-on`, for a timer."""

import os

import click

from review.jobs import today
from review.moving_on import move_on
from review.settings import Settings
from review.store.database import open_book


@click.group("cases")
def cases_group() -> None:
    """What cases do by themselves."""


@cases_group.command("move-on")
def move_on_command() -> None:
    """Let cases that are over go on by themselves.

    A closed case is watched for retaliation, and kept once it was checked to the end, or after
    twelve months; one that was passed on or was no report is kept at once. Run it once a day, by a
    timer, before the ledger grows. It does nothing twice, and says nothing: how many cases ended
    is told by quarter only.
    """
    settings = Settings.from_environ(os.environ)
    move_on(open_book(settings.book_url), today(settings), settings.clocks)
