"""A large file and a text with secrets planted in them, sent to the real server; then the search.

With scripts and without, with the server killed in the middle and not, and once more when the
collector has brought everything into the book. Every file below the data, temporary, log and home
folders is read, what lies in shared memory, the machine's journal where there is one, and what the
server has open in files without a name; test_canary_on_postgres adds a database server and Redis.
Not searched, because it cannot be from here: the memory of the processes, and swap. No proxy stands
in front here; the files of the shipped one are searched in tests/deploy/test_proxy.py.
"""

import contextlib
import http.client
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from crypto import strict
from crypto.receipt import ReceiptCode
from deploy.client import Answer, Client, File
from deploy.errors import FrontDoorRefused
from deploy.submitter import PlainSubmitter, SealingSubmitter, Story
from intake import drop
from review.store import schema
from review.store.database import reading
from tests import committee
from tests.browser.installation import Installation
from tests.faults.canary import found_in, open_files, planted
from tests.intake.serving import PROGRAM, Serving
from tests.review.collecting import close, collector_of, run
from tests.running import descendants, free_port

pytestmark = [pytest.mark.slow, pytest.mark.sqlite("test_canary_on_postgres.py has a server")]

SIZE = 64 << 20
# Of this machine's own network, and of nobody else on it.
ADDRESS = "127.77.88.99"
HALF_WAY = SIZE // 2


def drawn(name: str) -> str:
    """A word that nobody has ever written."""
    return f"{name}-{secrets.token_hex(9)}"


@dataclass
class Planted:
    """What must not be found."""

    words: str = field(default_factory=lambda: drawn("words"))
    more: str = field(default_factory=lambda: drawn("more"))
    content: str = field(default_factory=lambda: drawn("content"))
    name: str = field(default_factory=lambda: drawn("name"))
    kind: str = field(default_factory=lambda: drawn("kind"))
    agent: str = field(default_factory=lambda: drawn("agent"))
    referrer: str = field(default_factory=lambda: drawn("referrer"))
    cookie: str = field(default_factory=lambda: drawn("cookie"))
    forwarded: str = "198.51.100.177"
    address: str = ADDRESS
    learnt: dict[str, bytes] = field(default_factory=dict)

    def story(self) -> Story:
        """Something to tell, with a file full of it."""
        piece = f"{self.content} {'.' * 40}\n".encode()
        content = piece * (SIZE // len(piece))
        answers = {"what": f"It was {self.words}.", "who": self.words, "hope": self.words}
        return Story(answers, files=(File(f"{self.name}.txt", f"text/{self.kind}", content),))

    def learn(self, code: str) -> None:
        """Look for this receipt code too, and for what it gives."""
        receipt = ReceiptCode.parse(code)
        self.learnt["code"] = code.encode()
        self.learnt["code without dashes"] = code.replace("-", "").encode()
        self.learnt["code's bytes"] = receipt.raw
        keys = receipt.keys(committee.INSTALLATION)
        self.learnt["lookup id"] = keys.lookup
        self.learnt["mailbox seed"] = keys.mailbox_seed

    def secrets(self) -> dict[str, bytes]:
        """Everything to look for, by name."""
        texts = {name: text for name, text in vars(self).items() if isinstance(text, str)}
        return {**self.learnt, **{name: text.encode() for name, text in texts.items()}}


# A secret is drawn anew for each test, so what was last written before cannot hold it.
JOURNAL = (Path("/var/log/journal"), Path("/run/log/journal"))
Place = tuple[str, Callable[[], bytes]]


class Watched(Serving):
    """The server on a port, with a home of its own; it can be started again after its end."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.begun = time.time()
        super().__init__(folder, PROGRAM, 2, 4, INTAKE_BUDGET_SLICES="100000/minute", **settings)
        self.folder = folder
        self.home = folder / "home"
        self.home.mkdir()
        self.port = free_port()
        self.lives = 0

    def __enter__(self) -> "Watched":
        self.lives += 1
        arguments = ["serve", "--bind", f"127.0.0.1:{self.port}", "--workers", "2"]
        with (self.folder / f"log-{self.lives}").open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", PROGRAM, *arguments],
                env={**self._environ, "HOME": str(self.home)},
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,
            )
        assert self._process.stdout is not None
        assert self._process.stdout.readline().startswith(b"intake listens on ")
        return self

    def written(self, *folders: Path) -> list[Place]:
        """The files below these folders that somebody may have written since the test began."""
        found: list[Place] = []
        for path in (path for folder in folders for path in folder.rglob("*")):
            with contextlib.suppress(OSError):
                # A few seconds more: a file system's clock is coarser than a program's.
                if path.is_file() and path.stat().st_ctime >= self.begun - 5:
                    found.append((str(path), path.read_bytes))
        return found

    def places(self) -> list[Place]:
        """Everything that the server can have written to, with a way to read it."""
        pids = {self._process.pid, *descendants(self._process.pid)}
        nameless = [(name, partial(bytes, data)) for name, data in open_files(pids)]
        return [*self.written(self.folder, Path("/dev/shm"), *JOURNAL), *nameless]

    def found(self, planted: Planted) -> list[tuple[str, set[str]]]:
        """Where which secrets are, in everything that the server can have written."""
        looked, told = 0, []
        for place, content in self.places():
            try:
                data = content()
            except OSError:
                continue  # Somebody else's, and gone since.
            looked += len(data)
            if names := found_in(data, planted.secrets()) | found_in(
                place.encode(), planted.secrets()
            ):
                told.append((place, names))
        assert looked > 1 << 16
        return told


@dataclass
class Telling(Client):
    """A browser that says everything about itself, and may see the server die at a request."""

    server: Watched
    planted: Planted
    port: int = 0
    cookies: dict[str, str] = field(default_factory=dict)
    dies_after: int = 1 << 40
    sent: int = 0

    def _request(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str], expect: Any
    ) -> Answer:
        told = {
            "User-Agent": self.planted.agent,
            "Referer": f"https://{self.planted.referrer}.example/",
            "Cookie": f"a={self.planted.cookie}",
            "X-Forwarded-For": self.planted.forwarded,
            "Forwarded": f"for={self.planted.forwarded}",
            **headers,
        }
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.server.port, 60, source_address=(ADDRESS, 0)
        )
        with contextlib.closing(connection):
            try:
                self._send(connection, method, path, body or b"", told)
                response = connection.getresponse()
                answer = Answer(response.status, response.headers, response.read())
            except OSError as broken:
                raise FrontDoorRefused("the server is gone") from broken
        if answer.status not in expect:
            raise FrontDoorRefused(f"{path}: {answer.status}")
        return answer

    def _send(
        self,
        connection: http.client.HTTPConnection,
        method: str,
        path: str,
        body: bytes,
        headers: dict[str, str],
    ) -> None:
        connection.putrequest(method, path, skip_accept_encoding=True)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            connection.putheader(name, value)
        connection.endheaders()
        left = self.dies_after - self.sent
        self.sent += len(body)
        connection.send(body[:left])
        if len(body) > left:
            self.server.stop(signal.SIGKILL)
        connection.send(body[left:])


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Watched]:
    folder = tmp_path / "server"
    folder.mkdir()
    made = Watched(folder)
    yield made
    made.stop(signal.SIGKILL)
    made.engine.dispose()


KINDS = {"scripts off": PlainSubmitter, "scripts on": SealingSubmitter}
Kind = type[PlainSubmitter] | type[SealingSubmitter]


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_large_file_and_a_text_leave_nothing_that_can_be_read(
    server: Watched, kind: Kind, tmp_path: Path
) -> None:
    planted = Planted()
    with server:
        submitter = kind(Telling(server, planted))
        code = submitter.submit(planted.story())
        planted.learn(code)
        submitter.add(code, planted.more)
        submitter.read(code)
        assert server.found(planted) == []
    assert server.found(planted) == []
    assert sum(path.stat().st_size for path in server.data.iterdir()) > SIZE
    collected(server, tmp_path / "book", planted)


def collected(server: Watched, folder: Path, planted: Planted) -> None:
    """Bring everything into a book, and look there too."""
    folder.mkdir()
    installation = Installation(folder)
    collector = collector_of(installation, drop=server.engine)
    assert run(collector).problems == []
    kept = select(func.sum(func.length(schema.slices.c.sealed)))
    with reading(collector.book) as book:
        assert book.execute(kept).scalar_one() > SIZE
    close(collector)
    installation.close()
    folder.rename(server.folder / "book")
    assert server.found(planted) == []


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_killed_in_the_middle_of_a_large_file_the_server_leaves_nothing_that_can_be_read(
    server: Watched, kind: Kind
) -> None:
    planted = Planted()
    story = planted.story()
    with server, pytest.raises(FrontDoorRefused):
        kind(Telling(server, planted, dies_after=HALF_WAY)).submit(story)
    assert server.found(planted) == []
    with drop.reading(server.engine) as connection:
        assert drop.waiting(connection, 1) == []
    server.engine.dispose()
    with server:
        assert server.found(planted) == []
        planted.learn(kind(Telling(server, planted)).submit(story))
        server.stop(signal.SIGKILL)
        assert server.found(planted) == []
    with drop.reading(server.engine) as connection:
        (deposit,) = drop.waiting(connection, 2)
    assert deposit.slices >= SIZE >> 20


def test_the_search_finds_every_spelling(server: Watched) -> None:
    """Attack on the search: a secret in each way in which a program might write it down."""
    secret = drawn("words").encode()
    for data in planted(secret):
        assert found_in(os.urandom(4096) + data, {"it": secret}) == {"it"}
    assert found_in(os.urandom(1 << 20), {"it": secret}) == set()
    with server:
        told = Planted()
        path = server.temporary / "left"
        path.write_bytes(strict.to_b64(b"12" + told.words.encode()).encode())
        assert server.found(told) == [(str(path), {"words"})]
