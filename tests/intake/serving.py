"""The real program on a socket of its own, for tests of what only a running server does.

with Serving(tmp_path) as server:
    answer = server.request("GET", "/")
"""

import http.client
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from intake import drop
from tests import committee
from tests.intake.house import environ, made_drop

ROOT = Path(__file__).resolve().parent.parent.parent
PROGRAM = "from intake.cli import intake_group; intake_group()"
# The same, for tests of what happens when somebody is too slow.
HASTY = """
from intake import pace, server
server.Pace = lambda: pace.Pace(head=0.5, text=1.0, silence=0.5, linger=0.1)
from intake.cli import intake_group
intake_group()
"""


@dataclass(frozen=True)
class Answer:
    """What came back, with every header line in its place."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


class _Connection(http.client.HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("localhost")
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(str(self._path))


class Serving:
    """`underrose intake serve`, with one worker unless told; it writes below folder only."""

    def __init__(
        self,
        folder: Path,
        program: str = PROGRAM,
        workers: int = 1,
        threads: int = 4,
        **settings: str,
    ) -> None:
        self._program = program
        self._size = ["--workers", str(workers), "--threads", str(threads)]
        self.data = folder / "data"
        self.temporary = folder / "temporary"
        self.log = folder / "log"
        for each in (self.data, self.temporary):
            each.mkdir()
        self.url = made_drop(self.data)
        self.engine = drop.open_drop(self.url)
        with drop.writing(self.engine) as connection:
            drop.publish_roster(connection, committee.roster(), committee.TODAY)
        self.socket = folder / "s"
        self._environ = {
            **os.environ,
            **environ(self.url, **settings),
            "TMPDIR": str(self.temporary),
            "PYTHONPATH": str(ROOT),
        }

    def __enter__(self) -> Self:
        arguments = ["serve", "--bind", f"unix:{self.socket}", *self._size]
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", self._program, *arguments],
                env=self._environ,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,
            )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line.startswith(b"intake listens on unix:"), self.log.read_text()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.stop(signal.SIGTERM)
        self.engine.dispose()

    @property
    def pid(self) -> int:
        """The process that started the workers."""
        return self._process.pid

    def stop(self, how: signal.Signals) -> None:
        """End the program and all its workers with a signal."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, how)
        self._process.communicate(timeout=40)

    def request(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """The answer to one request on a connection of its own."""
        connection = _Connection(self.socket)
        connection.request(method, path, body, dict(headers or {}))
        response = connection.getresponse()
        answer = Answer(response.status, response.getheaders(), response.read())
        connection.close()
        return answer

    def raw(self, data: bytes) -> bytes:
        """Everything that comes back for these bytes until the server closes."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(self.socket))
            connection.sendall(data)
            found = b""
            while piece := connection.recv(65536):
                found += piece
            return found

    def connect(self) -> socket.socket:
        """A connection on which nothing was sent yet."""
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(str(self.socket))
        return connection

    def files(self) -> list[Path]:
        """Every file that the program has written."""
        found = [path for folder in (self.data, self.temporary) for path in folder.rglob("*")]
        return [path for path in [*found, self.log] if path.is_file()]
