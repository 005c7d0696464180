"""Two hundred uploads that come a little at a time, and words that are taken in between them.

Nothing here waits for a clock: between two pieces of all uploads somebody sends a text.
"""

import re
import selectors
from pathlib import Path

import pytest

from intake import drop
from intake.pace import GATHERED
from tests import committee
from tests.intake.house import MULTIPART, multipart
from tests.intake.serving import Serving

pytestmark = [pytest.mark.stores, pytest.mark.slow]

UPLOADS, WORKERS, THREADS = 200, 2, 32
PIECE, ROUNDS = 4096, 8
# A thread takes a request when the first part is here; the rest comes in the rounds.
FIRST = GATHERED
SIZE = FIRST + PIECE * ROUNDS
WORDS = "Words that are kept whatever becomes of the file."
_BUDGETS = ("INTAKE_BUDGET_DEPOSITS", "INTAKE_BUDGET_SLICES", "INTAKE_BUDGET_READS")
AMPLE = dict.fromkeys(_BUDGETS, "100000/minute")


class Upload:
    """One form with a file, of which so much has been sent."""

    def __init__(self, server: Serving) -> None:
        form = [*hidden(server), ("what", WORDS)]
        body = multipart(form, [("a.bin", bytes(SIZE))])
        head = (
            f"POST /form HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
            f"Content-Type: {MULTIPART}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        self._left = head.encode() + body
        self._answer = b""
        self.socket = server.connect()
        self.socket.setblocking(False)

    def send(self, most: int) -> None:
        """Send so many bytes more, or as many as the other end takes now."""
        try:
            sent = self.socket.send(self._left[:most]) if self._left else 0
        except BlockingIOError:
            return
        except (BrokenPipeError, ConnectionResetError):
            self._left = b""
            return
        self._left = self._left[sent:]

    @property
    def is_sent(self) -> bool:
        """Whether nothing is left to send."""
        return not self._left

    def go_on(self) -> bool:
        """Send and take what can be sent and taken now; whether the answer is whole."""
        self.send(1 << 16)
        try:
            piece = self.socket.recv(1 << 16)
        except BlockingIOError:
            return False
        except ConnectionResetError:
            return True
        self._answer += piece
        return not piece

    @property
    def answer(self) -> tuple[int, str]:
        """The status and the page."""
        head, _, body = self._answer.partition(b"\r\n\r\n")
        return int(head.split()[1]), body.decode()


def hidden(server: Serving) -> list[tuple[str, str]]:
    page = server.request("GET", "/form").body.decode()
    found = re.search(r'name="token" value="([0-9a-f]{30})"', page)
    assert found is not None
    return [("token", found[1]), ("roster", committee.roster().hash)]


def words_alone(server: Serving) -> None:
    body = multipart([*hidden(server), ("what", WORDS)])
    answer = server.request("POST", "/form", body, {"Content-Type": MULTIPART})
    assert answer.status == 200, answer.body


def finish(uploads: list[Upload]) -> None:
    """Send what is left of all of them, and take their answers."""
    with selectors.DefaultSelector() as ready:
        for upload in uploads:
            ready.register(upload.socket, selectors.EVENT_READ | selectors.EVENT_WRITE, upload)
        while ready.get_map():
            for key, _events in ready.select():
                if key.data.go_on():
                    ready.unregister(key.fileobj)
                    key.data.socket.close()
                elif key.data.is_sent:
                    ready.modify(key.fileobj, selectors.EVENT_READ, key.data)


def test_two_hundred_slow_uploads_starve_nobody(tmp_path: Path) -> None:
    with Serving(tmp_path, workers=WORKERS, threads=THREADS, **AMPLE) as server:
        uploads = [Upload(server) for _ in range(UPLOADS)]
        for upload in uploads:
            upload.send(FIRST)
        for _ in range(ROUNDS):
            for upload in uploads:
                upload.send(PIECE)
            words_alone(server)
        finish(uploads)
        answers = [upload.answer for upload in uploads]
        taken = [page for status, page in answers if status == 200]
        refused = [page for status, page in answers if status == 429]
        assert len(taken) + len(refused) == UPLOADS
        # One worker at least had all its places for files taken, and whoever got none has their
        # words back.
        assert len(taken) >= THREADS // 2
        assert all(WORDS in page and "without files" in page for page in refused)
        with drop.reading(server.engine) as connection:
            assert len(drop.waiting(connection, 1000)) == len(taken) + ROUNDS
