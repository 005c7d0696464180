"""What timers do in a real installation, as a demo does it: every few seconds, or once a day.

A demo that is kept can be started again on a later day, also one that is years away. The days
between went by without it, and are made up for before anybody looks: the tally of each is closed,
and cases have gone on by themselves.
"""

import os
from collections.abc import Callable
from datetime import date, timedelta

import click

from crypto import files, signing, strict
from crypto.identity import Identity
from deploy import days
from deploy.errors import DayIsOver, ProgramEnded
from deploy.installation import Installation

Run = Callable[..., None]
# Intake closes no more days at once, so that a wrong clock does no harm.
_AT_ONCE = timedelta(days=900)
# Above so many days it is said that it takes a while.
_MANY = 300


def settle(here: Installation, wanted: date | None, clock: date) -> date | None:
    """The day that a kept demo is to pretend, or None for the clock's.

    It goes on with its last day where that is to come. Raises DayIsOver for a day before that one.
    """
    last = last_day(here)
    if last is None or (wanted or clock) >= last:
        return wanted
    if wanted is None:
        return last
    raise DayIsOver(
        f"this demo has been on {last} already, and no day comes back",
        hint="name a later day with --today, or leave out --keep and begin anew",
    )


def last_day(here: Installation) -> date | None:
    """The last day on which a kept demo has done everything; None for an earlier version's."""
    try:
        return date.fromisoformat(here.day.read_text("ascii").strip())
    except FileNotFoundError:
        return None


def say(what: str) -> None:
    """Tell whoever looks at the terminal."""
    click.echo(f"demo: {what}")


class Jobs:
    """The jobs of one demo on one day; run starts a command with settings, and waits for it."""

    def __init__(self, here: Installation, today: date | None, run: Run) -> None:
        self._here = here
        self._today = today
        self._run = run
        self._told: set[str] = set()
        self._done_on: date | None = None

    def collect(self) -> None:
        """Run the collector once."""
        self._run(self._here.for_collector(self._today), "collect", "--wait")

    def record(self) -> None:
        """Let the ledger have what waits for it."""
        self._run(self._here.for_keeper(self._today), "ledger", "batch", "--unless-empty", "--wait")

    def often(self) -> None:
        """What is done every few seconds, and before it, on a new day, what is done once a day."""
        today = self._day()
        if self._done_on != today:
            self._daily(today)
        self._each(self.collect, self.record)

    def begin(self) -> None:
        """Keep the first day."""
        self._keep(self._day())

    def catch_up(self) -> None:
        """Do what a kept demo has not done since its last day. Raises ProgramEnded."""
        last, today = last_day(self._here), self._day()
        if last is None or last == today:
            return
        gone = (today - last).days
        patience = ", which takes a while" if gone > _MANY else ""
        say(f"it is {today}; making up for the {gone} days since {last}{patience}")
        day = last
        while day < today:
            day = min(day + _AT_ONCE, today)
            self._close_days(day)
            self._keep(day)
        self._daily(today)

    def _daily(self, today: date) -> None:
        close: Callable[[], None] = lambda: self._close_days(today)  # noqa: E731
        self._each(close, self.collect, self._move_on, self._dispose, self._back_up, self.record)
        # Who certifies looks at what the ledger was told, and at the backups that there still are.
        self._each(self._certify, self._expire, self.record)
        self._keep(today)
        self._done_on = today

    def _day(self) -> date:
        return self._today or days.today({})

    def _keep(self, day: date) -> None:
        files.replace(str(self._here.day), f"{day}\n".encode())

    def _close_days(self, until: date) -> None:
        """Close the tally of the days that are over."""
        words = "intake", "close-days", "--until", until.isoformat()
        self._run(self._here.for_intake(self._today), *words)

    def _move_on(self) -> None:
        """Let cases that are over go on by themselves."""
        self._run(self._here.for_console(self._today), "cases", "move-on")

    def _dispose(self) -> None:
        """Carry out what two have approved and whose days of cooling are over."""
        self._run(self._here.for_collector(self._today), "dispositions", "execute")

    def _back_up(self) -> None:
        """Make a backup of each store."""
        here = self._here
        if not here.operator.exists():
            _make_keys_of_backups(here)
        here.backups.mkdir(exist_ok=True)
        sealed = "--recipient", str(here.operator), "--key", str(here.backup_key)
        settings = here.for_collector(self._today)
        self._run(settings, "backup", "make", "all", str(here.backups), *sealed)

    def _certify(self) -> None:
        """Look whether what was disposed of is gone, and certify it."""
        self._run(self._here.for_collector(self._today), "dispositions", "verify")

    def _expire(self) -> None:
        """Remove the backups whose day has come."""
        settings = self._here.for_collector(self._today)
        self._run(settings, "backup", "expire", str(self._here.backups))

    def _each(self, *jobs: Callable[[], None]) -> None:
        """Do each. What one could not do is told once; its words are in its log."""
        for job in jobs:
            try:
                job()
            except ProgramEnded as problem:
                first = str(problem).splitlines()[0]
                if first not in self._told:
                    say(f"{first}; see {self._here.logs}")
                self._told.add(first)


def _make_keys_of_backups(here: Installation) -> None:
    """What an operator makes once: the key that signs backups, and the identity that opens them."""
    seed, operator = os.urandom(signing.SEED_SIZE), Identity(os.urandom(32))
    for path, text in (
        (here.backup_key, strict.to_b64(seed)),
        (here.backup_signer, strict.to_b64(signing.verify_key(seed))),
        (here.operator_identity, operator.text),
        (here.operator, operator.recipient.text),
    ):
        files.replace(str(path), f"{text}\n".encode("ascii"))
