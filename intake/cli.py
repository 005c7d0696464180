"""The verbs of the public service: `underrose intake …`."""

import datetime
import ipaddress
import os
from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy import Connection, Engine

from intake import drop
from intake.app import create_app
from intake.errors import SettingsRefused
from intake.notary import appoint, read_seed
from intake.postgres import sees_everything
from intake.rosters import Rosters
from intake.server import serve
from intake.settings import Settings
from intake.tally import MOST_DAYS, MOST_DAYS_TOLD
from intake.web.daykey import DayKey
from intake.web.parts import EXTENSION, Parts, clock


@click.group("intake")
def intake_group() -> None:
    """The public service that takes submissions in."""


@intake_group.command("serve")
@click.option("--bind", default="127.0.0.1:8000", show_default=True, metavar="ADDRESS")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64))
# As many as there are connections to the drop. No thread waits for somebody who sends slowly: only
# half of them may carry files, and a request reaches one of the others when it is complete.
@click.option("--threads", default=32, show_default=True, type=click.IntRange(2, 32))
def serve_command(bind: str, workers: int, threads: int) -> None:
    """Serve the public pages; ADDRESS is HOST:PORT or unix:PATH."""
    settings = Settings.from_environ(os.environ)
    if settings.demo and not is_loopback(bind):
        raise SettingsRefused(["a demonstration listens on this machine only: bind 127.0.0.1"])
    # Made once here and thrown away, so that what is missing is one line and not a dying worker.
    parts: Parts = create_app(settings).extensions[EXTENSION]
    # No connection may be carried into a process that is forked later.
    parts.engine.dispose()
    # Drawn before the workers are made, so that all of them have it and no file does.
    key = DayKey()
    serve(
        lambda: create_app(settings, workers=workers, threads=threads, key=key),
        bind,
        workers,
        threads,
        https=settings.https,
        tick=key.turn,
    )


@contextmanager
def _of_all(engine: Engine, today: datetime.date) -> Iterator[Connection]:
    """A connection for a change of whatever is in the drop. Raises SettingsRefused.

    The role of the public service would silently find nothing to change.
    """
    with drop.writing(engine, today) as connection:
        if not sees_everything(connection):
            raise SettingsRefused(["INTAKE_DATABASE_URL must name the role collector for this"])
        yield connection


@intake_group.command("expire-uploads")
@click.option("--days", default=3, show_default=True, type=click.IntRange(1, 365))
def expire_uploads(days: int) -> None:
    """Drop the slices of files that were begun so many days ago and belong to no deposit."""
    settings = Settings.from_environ(os.environ)
    today = clock(settings)()
    before = today - datetime.timedelta(days=days)
    engine, count = drop.open_drop(settings.database_url), None
    while count is None:
        with _of_all(engine, today) as connection:
            count = drop.expire_uploads(connection, before)
    click.echo(f"dropped {count} unfinished uploads")


@intake_group.command("close-days")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Close only days before this one.")
def close_days(until: datetime.datetime | None) -> None:
    """Close and sign the tally of every day that is over; daily, before the collection."""
    settings = Settings.from_environ(os.environ)
    seed = read_seed(settings.statement_key_file)
    engine = drop.open_drop(settings.database_url)
    with drop.reading(engine) as connection:
        # Also when it has expired: what has been taken in is counted all the same.
        roster = Rosters.of(settings).newest(connection)
    notary, today = appoint(seed, roster), clock(settings)()
    end, most = today, MOST_DAYS
    if until is not None:
        end, most = min(until.date(), today), MOST_DAYS_TOLD
    with _of_all(engine, today) as connection:
        closed = drop.close_days(connection, end, notary, most=most)
    for day in closed:
        click.echo(f"closed {day}")


def is_loopback(bind: str) -> bool:
    """Whether only this machine can reach an address of the form HOST:PORT or unix:PATH."""
    if bind.startswith("unix:"):
        return True
    host = bind.rpartition(":")[0].strip("[]")
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
