"""Clients that ask a server on a socket again and again, each as soon as it has its answer."""

import os
import re
import socket
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.figures import p95
from tests.intake.house import MULTIPART, multipart

PATIENCE = 300.0
Ask = Callable[[], tuple[bytes, re.Pattern[bytes]]]
RECEIPT = re.compile(rb"data-receipt-code>[0-9A-Z-]{29}<")


@dataclass
class Run:
    """What came of a run: how long each answer took, and how long all of it, in seconds."""

    took: list[float] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.took) / self.seconds

    @property
    def p95(self) -> float:
        """Within how many seconds 95 of 100 had their answer."""
        return p95(self.took)


def head(line: str, length: int = 0, kind: str = MULTIPART) -> bytes:
    """The head of a request, after whose answer the server is to close the connection."""
    about = f"Content-Type: {kind}\r\nContent-Length: {length}\r\n" if length else ""
    return f"{line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{about}\r\n".encode()


def post(path: str, body: bytes, kind: str = MULTIPART) -> bytes:
    """A whole request with a body."""
    return head(f"POST {path}", len(body), kind) + body


def get(path: str) -> bytes:
    """A whole request without a body."""
    return head(f"GET {path}")


def submission(roster: str, size: int) -> bytes:
    """A submission under a token of its own, with a text of so many bytes."""
    fields = [("token", os.urandom(15).hex()), ("roster", roster), ("what", "June. " * (size // 6))]
    return post("/form", multipart(fields))


def exchange(path: Path, pieces: Iterable[bytes]) -> bytes:
    """Everything that comes back for a request, on a connection of its own."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(PATIENCE)
        connection.connect(str(path))
        for piece in pieces:
            connection.sendall(piece)
        answer = bytearray()
        while more := connection.recv(1 << 16):
            answer += more
        return bytes(answer)


def drive(path: Path, ask: Ask, clients: int, seconds: float, least: int = 1) -> Run:
    """Let so many clients ask for so many seconds, and each at least so often.

    An answer counts when it is 200 and says what it should. Raises AssertionError for any other:
    a rate of refusals is none.
    """
    run = Run()
    wrong: list[bytes] = []
    end = time.perf_counter() + seconds

    def client() -> None:
        asked = 0
        while not wrong and (asked < least or time.perf_counter() < end):
            request, expected = ask()
            start = time.perf_counter()
            answer = exchange(path, [request])
            run.took.append(time.perf_counter() - start)
            asked += 1
            if not answer.startswith(b"HTTP/1.1 200 ") or not expected.search(answer):
                wrong.append(answer[:200])

    threads = [threading.Thread(target=client) for _ in range(clients)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    run.seconds = time.perf_counter() - start
    assert not wrong, wrong[0]
    return run
