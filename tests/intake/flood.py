"""Somebody with a lot of requests and nothing to say: python -m tests.intake.flood SOCKET COUNT

Sends so many requests of every kind to the service on a socket, from several connections at once,
pays for none, and prints a line of counts after every thousand. It ends by itself: after the last
request, or after so many seconds.
"""

import collections
import json
import random
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping

from tests import committee
from tests.intake.house import MULTIPART, multipart
from tests.intake.web.test_sealed import form, submission

CONNECTIONS = 12
SECONDS = 900.0
STEP = 1000


def asked(method: str, path: str, body: bytes = b"", kind: str = MULTIPART) -> bytes:
    """A request as it goes over the line."""
    head = f"{method} {path} HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 198.51.100.7\r\n"
    if method == "POST":
        head += f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body


def posted(path: str, fields: Mapping[str, str | bytes]) -> bytes:
    """A form or a sealed request with these fields."""
    body = multipart([(n, value) for n, value in fields.items() if isinstance(value, str)])
    for name, value in fields.items():
        if isinstance(value, bytes):
            part = multipart([], [(name, value, "application/octet-stream")])
            part = part.replace(b'name="files"', f'name="{name}"'.encode(), 1)
            body = part.removesuffix(multipart([])) + body
    return asked("POST", path, body)


def kinds(chance: random.Random) -> dict[str, Callable[[], bytes]]:
    """Every kind of request, each with something new in it every time."""
    roster = committee.roster()
    sealed = submission(form(b"\7" * 15))
    made_up = "-".join(["00000"] * 5)

    def text(**more: str) -> dict[str, str]:
        token = chance.randbytes(15).hex()
        return {"token": token, "roster": roster.hash, "what": "nothing" * 30, **more}

    def lookup() -> str:
        return chance.randbytes(16).hex()

    stolen = "6b49d200-" + "5a" * 32
    return {
        "page": lambda: asked("GET", "/form"),
        "follow-up page": lambda: asked("GET", "/follow-up"),
        "style": lambda: asked("GET", "/static/style.css"),
        "nowhere": lambda: asked("GET", f"/{lookup()}"),
        "text": lambda: posted("/form", text()),
        "text with a price": lambda: posted("/form", text(price=stolen)),
        "empty text": lambda: posted("/form", text(what="")),
        "file": lambda: asked(
            "POST", "/form", multipart([*text().items()], [("a.txt", bytes(3000))])
        ),
        "guess": lambda: posted(
            "/follow-up", {"token": lookup()[:30], "code": made_up, "act": "read"}
        ),
        "sealed guess": lambda: posted("/sealed/mailbox", {"lookup": lookup(), "act": "read"}),
        "look": lambda: posted("/sealed/mailbox", {"lookup": lookup(), "act": "send"}),
        "hammer": lambda: posted("/sealed/mailbox", {"lookup": "0" * 32, "act": "read"}),
        "sealed": lambda: posted(
            "/sealed/submissions", {**sealed, "token": lookup()[:30], "lookup": lookup()}
        ),
        "misshapen": lambda: posted("/sealed/submissions", {**sealed, "routing": b"x"}),
        "slice": lambda: posted(
            "/sealed/slices", {"upload": lookup(), "index": "0", "envelope": b"x"}
        ),
        "nonsense": lambda: asked("POST", "/form", b"nonsense"),
    }


class Line:
    """A connection that is opened again whenever it was closed."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._socket: socket.socket | None = None

    def ask(self, request: bytes) -> str:
        """The status of the answer, or "broken"."""
        try:
            if self._socket is None:
                self._socket = socket.socket(socket.AF_UNIX)
                self._socket.settimeout(120)
                self._socket.connect(self._path)
            self._socket.sendall(request)
            return self._answer(self._socket)
        except OSError:
            self.close()
            return "broken"

    def _answer(self, line: socket.socket) -> str:
        found = b""
        while b"\r\n\r\n" not in found:
            found += self._piece(line)
        head, _, body = found.partition(b"\r\n\r\n")
        fields = head.lower().split(b"\r\n")
        length = next(int(each[15:]) for each in fields if each.startswith(b"content-length:"))
        left = length - len(body)
        while left > 0:
            left -= len(self._piece(line))
        if b"connection: close" in fields:
            self.close()
        return head.split()[1].decode()

    def _piece(self, line: socket.socket) -> bytes:
        piece = line.recv(65536)
        if not piece:
            raise ConnectionResetError
        return piece

    def close(self) -> None:
        """End it."""
        if self._socket is not None:
            self._socket.close()
        self._socket = None


def flood(path: str, count: int) -> Iterator[dict[str, int]]:
    """Send it all; gives what was answered so far, after every thousand."""
    counts: collections.Counter[str] = collections.Counter()
    lock = threading.Condition()
    left = iter(range(count))
    end = time.monotonic() + SECONDS

    def send(seed: int) -> None:
        chance = random.Random(seed)
        ways = list(kinds(chance).values())
        line = Line(path)
        while time.monotonic() < end:
            with lock:
                if next(left, None) is None:
                    break
            status = line.ask(chance.choice(ways)())
            with lock:
                counts[status] += 1
                lock.notify()
        line.close()

    threads = [threading.Thread(target=send, args=(seed,)) for seed in range(CONNECTIONS)]
    for each in threads:
        each.start()
    told = 0
    while any(each.is_alive() for each in threads):
        with lock:
            lock.wait(1.0)
            if counts.total() < told + STEP:
                continue
            told += STEP
            now = dict(counts)
        yield now
    yield dict(counts)


if __name__ == "__main__":
    for counted in flood(sys.argv[1], int(sys.argv[2])):
        print(json.dumps(counted), flush=True)
