"""`underrose demo`: a whole installation on this machine, with an invented committee.

It holds a ceremony, makes the databases, starts the very programs that a real installation runs
and fills them through the front door. It listens on this machine only, says DEMO on every page,
and uses quick settings for passwords and passphrases, which a real installation must not.
"""

import shutil
import sys
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path

import click

from crypto import cosigning, files, roster, strict
from deploy import ceremony, charter_seed, days, demo_jobs, paper, seed
from deploy.demo_jobs import Jobs, say
from deploy.errors import EndAsked, FolderTaken, PortTaken
from deploy.installation import Installation, environment
from deploy.supervisor import Program, Supervisor, check_free
from review.store.database import open_book, writing

UNDERROSE = str(Path(sys.executable).with_name("underrose"))
COLLECT_EVERY = 5.0
AUDITOR = "auditor.demo/laptop"
QUICK_WORK_FACTOR = "14"
# A kept demo has a new roster before the old one ends, as `doctor` asks for.
ROSTER_LEFT = timedelta(days=30)
# Who keeps a share of the recovery key: people whom no case can concern.
HOLDERS = ("the escrow agent", "outside counsel", "the board's secretary")


@click.command()
@click.option("--port", default=8000, show_default=True, help="Where submitters' pages are.")
@click.option("--console-port", default=8001, show_default=True, help="Where the console is.")
@click.option(
    "--data",
    default="var/demo",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder that holds everything.",
)
@click.option("--keep", is_flag=True, help="Go on with the demo that is in the folder.")
@click.option("--today", type=days.DAY, help="The day that it pretends to be.")
def demo(port: int, console_port: int, data: Path, keep: bool, today: date | None) -> None:
    """Show a whole installation on this machine, until Ctrl-C."""
    if port == console_port:
        raise PortTaken(
            f"port {port} cannot be that of the submitters' pages and of the console",
            hint="choose another with --port or --console-port",
        )
    check_free(port)
    check_free(console_port)
    here = Installation(data)
    fresh = not (keep and here.papers.exists())
    if fresh:
        _empty(here)
    else:
        today = demo_jobs.settle(here, today, days.today({}))
    here.logs.mkdir(exist_ok=True)
    with Supervisor(here.logs) as supervisor:
        show = Show(supervisor, here, port, console_port, today)
        with suppress(EndAsked):
            if fresh:
                show.hold_ceremony()
            show.prepare_ledger()
            show.start()
            if fresh:
                show.fill()
            show.jobs.catch_up()
            click.echo(paper.welcome(here, port, console_port))
            show.go_on()
        click.echo("demo: ending")


def _empty(here: Installation) -> None:
    """A folder with nothing in it but our mark. Raises FolderTaken for somebody else's folder."""
    if here.folder.exists() and any(here.folder.iterdir()) and not here.mark.exists():
        raise FolderTaken(
            f"{here.folder} holds something that no demo made",
            hint="name another folder with --data",
        )
    shutil.rmtree(here.folder, ignore_errors=True)
    here.folder.mkdir(parents=True, mode=0o700)
    here.mark.touch()


class Show:
    """The steps of a demo, each a command that a real installation runs too."""

    def __init__(
        self,
        supervisor: Supervisor,
        here: Installation,
        port: int,
        console_port: int,
        today: date | None,
    ) -> None:
        self._supervisor = supervisor
        self._here = here
        self._ports = port, console_port
        self._today = today
        self.jobs = Jobs(here, today, self._run)

    def hold_ceremony(self) -> None:
        """Make the committee's keys and roster."""
        say("holding the ceremony of an invented committee")
        when = [] if self._today is None else ["--today", self._today.isoformat()]
        quick = ["--demo", "--work-factor", QUICK_WORK_FACTOR]
        committee = ["--out", str(self._here.committee)]
        self._run({}, "keys", "new-committee", *quick, *when, *committee)

    def prepare_ledger(self) -> None:
        """Make what the ledger needs and an earlier version has not made.

        That is a key of the ledger, which the next roster lists; a key for the retention auditor;
        and a policy that believes the one and knows the other. A roster that ends is followed by
        another with the same people.
        """
        here, today = self._here, self._today or days.today({})
        file = here.committee / "roster.json"
        people = roster.parse(file.read_bytes())
        if people.ledger_key is None:
            name = ceremony.FIRST_LEDGER.format(people.installation)
            key = cosigning.new_key(name, str(here.ledger_key))
            people = ceremony.next_roster(people, self._root(), today, ledger_key=key)
            files.replace(str(file), people.document)
        if people.expires_on < today + ROSTER_LEFT:
            people = ceremony.next_roster(people, self._root(), today)
            files.replace(str(file), people.document)
        if not here.policy.exists() and people.ledger_key is not None:
            auditor = cosigning.new_key(AUDITOR, str(here.auditor_key))
            lines = f"log {people.ledger_key.text}\nwitness auditor {auditor.text}\nquorum none\n"
            files.replace(str(here.policy), lines.encode())

    def _root(self) -> bytes:
        kept = self._here.committee / "safe" / "root.key"
        return strict.b64(kept.read_text("ascii").strip())

    def start(self) -> None:
        """Upgrade the databases, publish the roster, and start both web programs."""
        say("making the databases and starting intake and console")
        jobs = self._here.for_collector(self._today)
        self._run(jobs, "database", "upgrade")
        self._run(jobs, "roster", "publish", str(self._here.committee / "roster.json"))
        paper.write_settings(self._here, self._here.for_console(self._today))
        servers = ("intake", self._here.for_intake), ("review", self._here.for_console)
        started = []
        for (name, settings), port in zip(servers, self._ports, strict=True):
            command = [UNDERROSE, name, "serve", "--bind", f"127.0.0.1:{port}"]
            own = {"REVIEW_ORIGIN": f"http://localhost:{port}"} if name == "review" else {}
            program = self._start(name, command, {**settings(self._today), **own})
            started.append((program, port))
        for program, port in started:
            self._supervisor.await_port(program, port)

    def fill(self) -> None:
        """Give the people their sign-ins, and send and treat a few submissions."""
        say("enrolling people")
        sign_ins, console = paper.draw_sign_ins(self._here), self._here.for_console(self._today)
        enrolling = (["people", "add", *paper.arguments(self._here, p)] for p in sign_ins.values())
        started = [self._start("people", [UNDERROSE, *words], console) for words in enrolling]
        started.append(self._start("keys", [UNDERROSE, *self._splitting()], {}))
        self._supervisor.finish(started)
        for each in sign_ins.values():
            paper.password_file(self._here, each).unlink()
        say("filling the charter book")
        self.take_charter_book_over()
        say("sending submissions and treating some of them")
        today = self._today or days.today({})
        codes = seed.fill(*self._ports, sign_ins, today, self.jobs.collect)
        self.jobs.record()
        self.jobs.collect()
        paper.write(self._here, sign_ins, codes)
        self.jobs.begin()

    def _splitting(self) -> list[str]:
        """The words that put the recovery key into three hands, of which two open a copy."""
        identity = self._here.committee / "safe" / "recovery.identity"
        words = ["keys", "recovery", "split", "--identity", str(identity), "--threshold", "2"]
        words += [word for holder in HOLDERS for word in ("--holder", holder)]
        return [*words, "--out", str(self._here.shares)]

    def take_charter_book_over(self) -> None:
        """Give the secretary the charter book of two years."""
        settings = self._here.for_console(self._today)
        book = open_book(settings["REVIEW_BOOK_URL"])
        try:
            with writing(book) as connection:
                today = self._today or days.today({})
                charter_seed.store(connection, today, paper.SECRETARY)
        finally:
            book.dispose()

    def go_on(self) -> None:
        """Do what timers do, every few seconds, until EndAsked or until a server ends by itself.

        What a job could not do is told once, and its own words are in its log: whatever somebody
        sends, the demo goes on. Raises ProgramEnded for a server.
        """
        while True:
            self._supervisor.rest(COLLECT_EVERY)
            self.jobs.often()

    def _start(self, name: str, command: list[str], settings: dict[str, str]) -> Program:
        return self._supervisor.start(name, command, environment(settings))

    def _run(self, settings: dict[str, str], *words: str) -> None:
        self._supervisor.run(words[0], [UNDERROSE, *words], environment(settings))
