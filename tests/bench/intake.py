"""How the public service does beside the least that its work could cost.

    python -m tests.bench.intake

Both servers of a comparison run at the same time and are asked in turn, so that what else the
machine does weighs on both; what is compared is the median over the rounds. Clients are threads on
the same machine, and take their share of it on either side.
"""

import functools
import os
import re
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from crypto import age
from crypto.padding import SLICE
from tests import committee
from tests.bench import bare, load
from tests.bench.figures import Figure, median_ratio
from tests.intake.house import code_of, multipart
from tests.intake.serving import PROGRAM, Serving
from tests.running import descendants

# Nothing here is about the limits, which would otherwise be all that is measured.
OPEN_WIDE = {
    f"INTAKE_BUDGET_{name}": "100000000/minute"
    for name in ("DEPOSITS", "SLICES", "READS", "FORM", "MAILBOX", "MALFORMED")
}
DONE = re.compile(bare.DONE.encode())
PAGE = re.compile(rb"</html>")


@dataclass(frozen=True)
class Size:
    """How much is measured: seconds for each run, rounds, clients side by side, MiB of a file."""

    seconds: float = 4.0
    rounds: int = 5
    clients: tuple[int, ...] = (1, 4, 16)
    mib: int = 256
    workers: int = 2
    threads: int = 32


def served(folder: Path, name: str, size: Size, program: str = PROGRAM) -> Serving:
    """A server in a folder of its own, with open budgets."""
    below = folder / name
    below.mkdir()
    return Serving(below, program, size.workers, size.threads, **OPEN_WIDE)


@functools.cache
def _roster() -> str:
    # Made once: to make and sign a roster takes a client longer than a submission takes the server.
    return committee.roster().hash


def ask_submission() -> tuple[bytes, re.Pattern[bytes]]:
    """A submission of 2 KB, and what its answer holds."""
    return load.submission(_roster(), 2048), load.RECEIPT


def ask_bare() -> tuple[bytes, re.Pattern[bytes]]:
    """The same amount for the bare view."""
    return load.post(bare.PATH, os.urandom(2048), "application/octet-stream"), DONE


def submissions(ours: Path, least: Path, size: Size) -> Iterator[Figure]:
    """Submissions a second and their p95, for each number of clients, against the bare view."""
    for clients in size.clients:
        pairs = []
        for _ in range(size.rounds):
            one = load.drive(ours, ask_submission, clients, size.seconds)
            pairs.append((one, load.drive(least, ask_bare, clients, size.seconds)))
        named = f"submissions of 2 KB, {clients} clients"
        for column, whose in enumerate(("ours", "bare view")):
            runs = [pair[column] for pair in pairs]
            yield Figure(f"{named}, {whose}", "a second", statistics.median(r.rate for r in runs))
            middle = statistics.median(run.p95 for run in runs)
            yield Figure(f"{named}, {whose}, p95", "ms", middle * 1000)
        yield Figure(f"{named}, ratio", "", median_ratio([(a.rate, b.rate) for a, b in pairs]), 0.6)


def start_page(ours: Path, size: Size) -> Iterator[Figure]:
    """How long the start page takes while nobody and while 16 clients submit."""
    page = load.get("/")
    pairs = []
    for _ in range(size.rounds):
        idle = load.drive(ours, lambda: (page, PAGE), 1, size.seconds)
        busy = threading.Thread(
            target=load.drive, args=(ours, ask_submission, max(size.clients), size.seconds)
        )
        busy.start()
        during = load.drive(ours, lambda: (page, PAGE), 1, size.seconds / 2)
        busy.join()
        pairs.append((during.p95, idle.p95))
    yield Figure("start page p95, idle", "ms", statistics.median(p[1] for p in pairs) * 1000)
    yield Figure("start page p95, busy", "ms", statistics.median(p[0] for p in pairs) * 1000)
    yield Figure("start page p95, busy against idle", "", median_ratio(pairs), 2.0, most=True)


def look_ups(ours: Path, size: Size) -> Iterator[Figure]:
    """Follow-up look-ups a second with the code of a mailbox that is there."""
    answer = load.exchange(ours, [ask_submission()[0]])
    code = code_of(answer.decode())

    def ask() -> tuple[bytes, re.Pattern[bytes]]:
        fields = [("token", os.urandom(15).hex()), ("code", code), ("act", "read")]
        return load.post("/follow-up", multipart(fields)), PAGE

    for clients in size.clients:
        run = load.drive(ours, ask, clients, size.seconds)
        yield Figure(f"look-ups, {clients} clients", "a second", run.rate)
        yield Figure(f"look-ups, {clients} clients, p95", "ms", run.p95 * 1000)


def upload(server: Serving, size: Size) -> Iterator[Figure]:
    """A file without scripts, against the age stream alone; and what memory the server takes."""
    piece = os.urandom(SLICE)
    pairs = []
    before = memory(server.pid, "VmRSS")
    for _ in range(min(3, size.rounds)):
        start = time.perf_counter()
        for _ in range(size.mib):
            age.seal(piece, [committee.recipient("chair")])
        middle = time.perf_counter()
        answer = load.exchange(server.socket, file_form(piece, size.mib))
        pairs.append((middle - start, time.perf_counter() - middle))
        assert load.RECEIPT.search(answer), answer[:200]
    yield Figure(
        f"upload of {size.mib} MiB", "MiB/s", size.mib / statistics.median(p[1] for p in pairs)
    )
    yield Figure(f"upload of {size.mib} MiB against age alone", "", median_ratio(pairs), 0.6)
    grown = (memory(server.pid, "VmHWM") - before) / 1024
    yield Figure("memory of all workers over idle, at most", "MiB", grown, 64.0, most=True)


def file_form(piece: bytes, count: int) -> Iterator[bytes]:
    """A form with a file of so many pieces, which are sent one after the other."""
    fields = [
        ("token", os.urandom(15).hex()),
        ("roster", _roster()),
        ("what", "The ledger of June."),
    ]
    whole = multipart(fields, [("june.bin", b"*", "application/octet-stream")])
    first, last = whole.rsplit(b"*", 1)
    length = len(first) + len(last) + count * len(piece)
    yield load.head("POST /form", length) + first
    for _ in range(count):
        yield piece
    yield last


def memory(pid: int, what: str) -> int:
    """A line of the status of a server's processes together, in KiB."""
    found = 0
    for each in (pid, *descendants(pid)):
        line = re.search(rf"{what}:\s+(\d+) kB", Path(f"/proc/{each}/status").read_text())
        assert line is not None
        found += int(line[1])
    return found


def pages(ours: Path) -> Iterator[Figure]:
    """Bytes and requests of each page that a submitter sees, with what it names."""
    for path in ("/", "/before-you-start", "/form", "/follow-up", "/who-can-read-this"):
        page = load.exchange(ours, [load.get(path)])
        named = set(re.findall(rb'(?:src|href)="(/static/[^"]+)"', page))
        sizes = [len(load.exchange(ours, [load.get(each.decode())])) for each in named]
        yield Figure(f"page {path}", "requests", 1 + len(named))
        yield Figure(f"page {path}, its answers", "bytes", len(page) + sum(sizes))


def measure(size: Size) -> Iterator[Figure]:
    """All figures of the public service."""
    with tempfile.TemporaryDirectory(prefix="underrose-bench-") as name:
        folder = Path(name)
        with served(folder, "ours", size) as server:
            with served(folder, "bare", size, bare.PROGRAM) as least:
                # A worker's first request compiles templates and opens its connections.
                load.drive(server.socket, ask_submission, 4, size.seconds)
                load.drive(least.socket, ask_bare, 4, size.seconds)
                yield from submissions(server.socket, least.socket, size)
            yield from start_page(server.socket, size)
            yield from look_ups(server.socket, size)
            yield from pages(server.socket)
        # A server that has done nothing yet, so that idle is idle.
        with served(folder, "files", size) as server:
            load.drive(server.socket, ask_submission, size.workers, 0.0, least=4)
            yield from upload(server, size)


if __name__ == "__main__":
    for each in measure(Size()):
        print(each.line(), flush=True)
