"""A hundred thousand requests, and people in between who have something to say."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import cycle
from pathlib import Path

import pytest

from intake import drop
from tests.intake.flood import posted
from tests.intake.house import MULTIPART, code_of
from tests.intake.serving import ROOT, Answer, Serving
from tests.intake.web.test_price import solved
from tests.intake.web.test_sealed import form, submission
from tests.redis_server import PrivateRedis
from tests.running import descendants

pytestmark = [
    pytest.mark.slow,
    pytest.mark.sqlite("about counts, which are in no store"),
]
# How old the pages of people are when they press the button, in seconds: they type.
TYPING = 16.0
# Seconds from one who comes to the next, however fast the flood is: what is kept for people in a
# minute is enough for so many.
EVERY = 5.0
# Of each kind so many are served at least, however soon the flood is over.
LEAST = 3
# How often somebody who types so fast may be asked to wait a little longer.
ASKED = 3
# So many come back for a reply, each with a code of their own, which has a budget of its own.
READERS = 12
# How long anybody waits in all, in seconds, whatever the machine.
PATIENCE = 300.0
PAGE = os.sysconf("SC_PAGE_SIZE")


def sent(server: Serving, path: str, fields: dict[str, str | bytes]) -> Answer:
    body = posted(path, fields).partition(b"\r\n\r\n")[2]
    return server.request("POST", path, body, {"Content-Type": MULTIPART})


def hidden(page: bytes) -> dict[str, str | bytes]:
    found = re.findall(rb'name="(token|roster|price)" value="([0-9a-f-]+)"', page)
    return {name.decode(): value.decode() for name, value in found}


@dataclass
class Visit:
    """Somebody without scripts who has a page open, and when they will press its button."""

    path: str
    fields: dict[str, str | bytes]
    due: float
    asked: int = 0


@dataclass
class People:
    """Who comes while the flood lasts: some write, some read, some with scripts."""

    server: Serving
    codes: Iterator[str]
    waiting: list[Visit] = field(default_factory=list)
    served: dict[str, int] = field(default_factory=lambda: {"/form": 0, "/follow-up": 0})
    worked: int = 0
    slowest: float = 0.0
    coming: bool = True
    following: float = 0.0

    def come(self) -> None:
        """Open a form and a follow-up page, and send something sealed."""
        typed = {"what": "my words"}, {"code": next(self.codes), "act": "read"}
        for path, more in zip(("/form", "/follow-up"), typed, strict=True):
            page = self._timed(partial(self.server.request, "GET", path))
            assert page.status == 200
            self.waiting.append(
                Visit(path, {**hidden(page.body), **more}, time.monotonic() + TYPING)
            )
        self._work()

    def _work(self) -> None:
        """What the form's script does: it is told the price and pays it."""
        fields = submission(form(os.urandom(15)))
        for _ in range(ASKED):
            answer = self._timed(lambda: sent(self.server, "/sealed/submissions", fields))
            if answer.status == 201:
                self.worked += 1
                return
            assert answer.status == 429
            asked = json.loads(answer.body)
            fields["price"] = solved(asked["stamp"], asked["bits"])
        raise AssertionError("work was not enough")

    def go_on(self) -> None:
        """Let the next one come, and whoever has typed and waited long enough press the button."""
        now = time.monotonic()
        if self.coming and now >= self.following:
            self.come()
            self.following = time.monotonic() + EVERY
        due = [each for each in self.waiting if each.due <= now]
        self.waiting = [each for each in self.waiting if each.due > now]
        for each in due:
            self._press(each)

    def _press(self, visit: Visit) -> None:
        answer = self._timed(lambda: sent(self.server, visit.path, visit.fields))
        if answer.status == 200:
            page = answer.body.decode()
            assert code_of(page) if visit.path == "/form" else "From the committee" in page
            self.served[visit.path] += 1
            return
        assert answer.status == 429, answer.status
        told = re.search(rb"wait (\d+) seconds", answer.body)
        assert told is not None
        assert visit.asked < ASKED
        if visit.path == "/form":
            assert b"my words</textarea>" in answer.body
        fields = {**visit.fields, **hidden(answer.body)}
        due = time.monotonic() + int(told[1])
        self.waiting.append(Visit(visit.path, fields, due, visit.asked + 1))

    def _timed(self, ask: Callable[[], Answer]) -> Answer:
        begun = time.monotonic()
        answer = ask()
        self.slowest = max(self.slowest, time.monotonic() - begun)
        return answer


@contextmanager
def flooding(server: Serving, count: int) -> Iterator[Iterator[dict[str, int]]]:
    """What was answered so far to so many requests of somebody else, after every thousand."""
    command = [sys.executable, "-m", "tests.intake.flood", str(server.socket), str(count)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
    assert process.stdout is not None
    try:
        yield (json.loads(line) for line in process.stdout)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def memory(server: Serving) -> int:
    """The bytes of memory that the service's processes have now."""
    return sum(
        int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE
        for pid in descendants(server.pid)
    )


def written(server: Serving) -> str:
    """The receipt code of somebody who wrote before the flood."""
    answer = sent(server, "/form", {**hidden(server.request("GET", "/form").body), "what": "x"})
    return code_of(answer.body.decode())


def flooded(server: Serving, count: int) -> tuple[People, dict[str, int]]:
    """A flood of so many, with people in between."""
    people, early = People(server, cycle([written(server) for _ in range(READERS)])), 0
    last: dict[str, int] = {}
    with flooding(server, count) as progress:
        for at, counted in enumerate(progress):
            last = counted
            if at == 3:
                early = memory(server)
            people.go_on()
    assert memory(server) - early < 100 << 20
    end = time.monotonic() + PATIENCE
    while people.waiting or people.worked < LEAST:
        # Nobody goes home, and the flood does not end for them.
        assert time.monotonic() < end
        people.coming = people.worked < LEAST
        with flooding(server, 200) as progress:
            for _ in progress:
                people.go_on()
    return people, last


def check(people: People, last: dict[str, int], server: Serving, count: int) -> None:
    assert sum(last.values()) == count
    assert not {"500", "502", "503", "broken"} & set(last), last
    # Most of it was refused, and nobody who waited or worked.
    assert last["429"] > count // 4
    assert people.worked >= LEAST
    assert min(people.served.values()) >= LEAST
    assert people.slowest < 20
    with drop.reading(server.engine) as connection:
        deposits = len(drop.waiting(connection, 10_000))
    # What may be sent for nothing in an hour is half of 2,000.
    assert deposits <= 1000 + people.worked + people.served["/form"] + READERS
    assert server.log.read_bytes() == b""


def test_a_hundred_thousand_requests_keep_nobody_out(tmp_path: Path) -> None:
    with Serving(tmp_path, workers=2) as server:
        people, last = flooded(server, 100_000)
        check(people, last, server, 100_000)


@pytest.mark.redis
def test_a_flood_keeps_nobody_out_with_redis_and_when_it_is_killed(tmp_path: Path) -> None:
    with (
        PrivateRedis(tmp_path / "redis") as redis,
        Serving(tmp_path, workers=2, INTAKE_LIMITER_STORAGE=redis.url) as server,
    ):
        check_served(*flooded(server, 8_000))
        redis.kill()
        check_served(*flooded(server, 8_000))
        # Each of the two workers says it once.
        assert server.log.read_text().count("INTAKE_LIMITER_STORAGE cannot be reached") == 2


def check_served(people: People, last: dict[str, int]) -> None:
    assert not {"500", "502", "503", "broken"} & set(last), last
    assert people.worked >= LEAST
    assert min(people.served.values()) >= LEAST
