"""What the checks may look at: files below a root, settings, databases, and the front door.

Everything that comes from the outside world comes in here, so that a check can be shown any world.
"""

import ctypes
import http.client
import os
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import Connection

from deploy import config, days, socks
from deploy.errors import SettingMissing
from deploy.host import answers as told
from deploy.host.answers import Answers
from deploy.host.plan import CONFIGURATION
from intake import drop as door
from review.store import database as book

PATIENCE = 30
# Where Debian's tor takes the connections of programs, and how long a circuit may take.
TOR = ("127.0.0.1", 9050)
_TOR_PATIENCE = 120
_TIME_ERROR = 5
_TIMEX_SIZE = 512


@dataclass(frozen=True)
class Answer:
    """What came back from a request: the header lines as they came, doubles included."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def values(self, name: str) -> list[str]:
        """Every value that came under a header's name."""
        return [value for each, value in self.headers if each.lower() == name.lower()]


# A name of this installation, a path and headers; raises OSError where nobody answers.
Front = Callable[[str, str, Mapping[str, str]], Answer]


def through_tor(
    name: str, path: str, headers: Mapping[str, str], proxy: tuple[str, int] = TOR
) -> Answer:
    """The answer of an onion address, by a client of Tor on this machine.

    Raises ConnectionRefusedError where there is no such client, and OSError where nobody answers.
    """
    connection = http.client.HTTPConnection(name)
    connection.sock = socks.connect(proxy, name, 80, _TOR_PATIENCE)
    return ask(connection, path, headers)


@dataclass(frozen=True, kw_only=True)
class Here:
    """One installation as doctor sees it, at one moment."""

    root: Path
    environment: Mapping[str, str]
    answers: Answers | None
    today: date
    now: datetime
    is_synchronised: bool
    front: Front
    tor: Front = through_tor

    def at(self, path: str) -> Path:
        """Where a path of the machine is from here."""
        return self.root / path.lstrip("/")

    def setting(self, *names: str) -> str:
        """The first of these settings that there is. Raises SettingMissing without one."""
        for name in names:
            if self.environment.get(name):
                return self.environment[name]
        raise SettingMissing(f"{names[0]} is not set", hint="name it in underrose.toml")

    @contextmanager
    def drop(self) -> Iterator[Connection]:
        """A connection that reads the drop."""
        engine = door.open_drop(self.setting("REVIEW_DROP_URL", "INTAKE_DATABASE_URL"))
        try:
            with door.reading(engine) as connection:
                yield connection
        finally:
            engine.dispose()

    @contextmanager
    def book(self) -> Iterator[Connection]:
        """A connection that reads the book."""
        engine = book.open_book(self.setting("REVIEW_BOOK_URL"))
        try:
            with book.reading(engine) as connection:
                yield connection
        finally:
            engine.dispose()


def of_machine(root: Path, environment: Mapping[str, str] = os.environ) -> Here:
    """The installation on this machine, by its file of settings where it has one."""
    file = Path(environment.get(config.FILE, root / CONFIGURATION.lstrip("/")))
    found = {n: v for n, v in environment.items() if n.startswith(("INTAKE_", "REVIEW_"))}
    if file.exists():
        found |= config.settings(file, config.MIGRATOR, found)
    answers = root / told.FILE.lstrip("/")
    return Here(
        root=root,
        environment=found,
        answers=told.read(answers.read_text("utf-8")) if answers.exists() else None,
        today=days.today(found),
        now=datetime.now(UTC),
        is_synchronised=is_synchronised(),
        front=through_the_proxy,
    )


def is_synchronised() -> bool:
    """Whether the kernel says that a time service keeps its clock."""
    # A struct of zeros asks and sets nothing.
    state: int = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(_TIMEX_SIZE))
    return state != _TIME_ERROR


def through_the_proxy(name: str, path: str, headers: Mapping[str, str], port: int = 443) -> Answer:
    """The answer of this machine's own front door, whoever else has the name in the world.

    Raises OSError, also for a certificate that no authority known to this machine has signed.
    """
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as plain:
        connection = http.client.HTTPSConnection(name)
        connection.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=name)
        return ask(connection, path, headers)


def ask(connection: http.client.HTTPConnection, path: str, headers: Mapping[str, str]) -> Answer:
    """The answer to a GET over a connection, which is then closed. Raises OSError."""
    try:
        connection.request("GET", path, headers=dict(headers))
        answer = connection.getresponse()
        return Answer(answer.status, tuple(answer.getheaders()), answer.read())
    except http.client.HTTPException as error:
        raise OSError(f"it answered with something that is no answer: {error!r}") from error
    finally:
        connection.close()
