"""The verb `underrose notices send`, for a timer."""

import datetime
import os

import click
from sqlalchemy import Engine

from deploy import mail
from deploy.errors import SettingMissing
from review import notices
from review.errors import JobBusy
from review.jobs import today
from review.locking import alone, alone_everywhere
from review.notices import Addressee
from review.settings import Settings, read_mail_password
from review.store import notices as store
from review.store import rosters
from review.store.database import open_book, reading, writing


@click.group("notices")
def notices_group() -> None:
    """The weekly notice by mail, which says nothing of any case."""


@notices_group.command("send")
@click.pass_context
def send(context: click.Context) -> None:
    """Send the week's notice to everybody with an account and an address who has not had it.

    It is the same for everybody, and it goes out whether anything has come in or not. Run it as
    often as you like: nobody gets it twice in a week. Whoever could not be reached is tried again
    the next time, and is one line here; the exit status is then 1. It says nothing when all went
    well.
    """
    settings = Settings.from_environ(os.environ)
    server, sender = _server(settings)
    book = open_book(settings.book_url)
    busy = JobBusy("notices are being sent")
    try:
        with alone(settings.store_key_file, busy), alone_everywhere(book, "notices", busy):
            problems = _send(book, settings, server, sender)
    except JobBusy as problem:
        # A timer that meets a slow mail server is no failure.
        click.echo(f"underrose: {problem}", err=True)
        return
    for sentence in problems:
        click.echo(f"underrose: {sentence}", err=True)
    if problems:
        context.exit(1)


def _send(book: Engine, settings: Settings, server: mail.Server, sender: str) -> list[str]:
    """Send what is due; a sentence for each person whom the server did not take."""
    week = notices.week_of(today(settings))
    with reading(book) as connection:
        roster = rosters.current_roster(connection, settings.root_key, demo=settings.demo)
        due = notices.due(connection, roster, week)
    if not due:
        return []
    message = mail.notice(sender, week)
    problems = []
    with mail.connected(server, sender) as client:
        for each in due:
            refused = mail.deliver(client, sender, each.address, message)
            if refused is None:
                _mark(book, week, each)
            else:
                problems.append(f"{each.person_id} was not sent the notice: {refused}")
    return problems


def _mark(book: Engine, week: datetime.date, each: Addressee) -> None:
    # At once and by itself: who dies after this sends nobody the same notice again.
    with writing(book) as connection:
        store.mark_sent(connection, week, each.person_id)


def _server(settings: Settings) -> tuple[mail.Server, str]:
    if settings.mail_server is None or settings.mail_from is None:
        raise SettingMissing(
            "the environment names no mail server",
            hint="set REVIEW_MAIL_SERVER and REVIEW_MAIL_FROM",
        )
    host, port = settings.mail_server
    password = None
    if settings.mail_user is not None and settings.mail_password_file is not None:
        password = read_mail_password(settings.mail_password_file)
    server = mail.Server(
        host=host,
        port=port,
        user=settings.mail_user,
        password=password,
        ca_file=settings.mail_ca_file,
    )
    return server, settings.mail_from
