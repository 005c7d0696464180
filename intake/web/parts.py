"""What the views work with, put together once by create_app."""

import datetime
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from flask import Flask, current_app
from sqlalchemy import Connection, Engine

from crypto.roster import Roster
from intake import drop
from intake.notary import Notaries, Notary
from intake.rosters import Rosters
from intake.settings import Settings
from intake.texts import OwnTexts
from intake.web.even import Even
from intake.web.limits import Budgets
from intake.web.places import Places
from intake.web.reserve import Reserve
from intake.web.turns import Turns

EXTENSION = "intake"


@dataclass(frozen=True)
class Parts:
    """The collaborators of every view."""

    settings: Settings
    engine: Engine
    rosters: Rosters
    texts: OwnTexts
    notaries: Notaries
    budgets: Budgets
    places: Places
    reserve: Reserve
    clock: Callable[[], datetime.date]
    even: Even = field(default_factory=Even)
    turns: Turns = field(default_factory=Turns)

    def roster(self) -> Roster:
        """The roster to seal to today. Raises NotReady."""
        with self.reading() as connection:
            return self.rosters.current(connection, self.clock())

    def newest(self) -> Roster:
        """The newest roster, valid today or not, for all that seals nothing. Raises NotReady."""
        with self.reading() as connection:
            return self.rosters.newest(connection)

    def notary(self, roster: Roster) -> Notary | None:
        """Who signs statements under this roster, or None when nobody can."""
        return self.notaries.of(roster)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection to the drop for looking something up."""
        with drop.reading(self.engine) as connection:
            yield connection

    @contextmanager
    def writing(self, *, promised: bool = True) -> Iterator[Connection]:
        """A connection to the drop for one short transaction; see intake.database.writing."""
        with drop.writing(self.engine, self.clock(), promised=promised) as connection:
            yield connection


def clock(settings: Settings) -> Callable[[], datetime.date]:
    """What day it is at the installation; a demonstration may pretend."""
    pretended = settings.today
    if pretended is not None:
        return lambda: pretended
    return lambda: datetime.datetime.now(settings.timezone).date()


def attach(app: Flask, parts: Parts) -> None:
    """Give an application its parts."""
    app.extensions[EXTENSION] = parts


def parts() -> Parts:
    """The parts of the application that answers this request."""
    found: Parts = current_app.extensions[EXTENSION]
    return found
