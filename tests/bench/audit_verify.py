"""What the auditor's verifier takes, in time and memory, from ten thousand entries to a million.

    python -m tests.bench.audit_verify [--largest 1000000] [--batch 1000] [--json FILE]

A thousand cases at every size, so that what grows is entries alone. Beside each verification, in
the same run and over the same bytes: plain SHA-256 (the floor), parsing each line as JSON, and
unpacking the zip file. The goal is at most six times the floor plus the parsing, and memory that
does not grow with entries.
"""

import argparse
import datetime
import hashlib
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from crypto import entry, merkle, tally
from crypto.checkpoint import Checkpoint
from crypto.note import Note
from review.audit import bundle, rules
from review.audit.bundle import Batch, Contents, Ledger
from review.audit.known import Asked
from review.audit.opened import open_bundle
from review.audit.records import Message, Record
from review.audit.verifier import verify
from review.casework.course import Stage
from tests import committee

SIZES = (10_000, 100_000, 1_000_000)
CASES = 1_000
FIRST = datetime.date(2026, 1, 1)
_READERS = ("chair", "member-1", "member-2", "alternate")
_LINE = (
    '{"by":%s,"commitment":%s,"data":%s,"digest":%s,"nonce":"%s","on":"%s","previous":%s,'
    '"subject":%s,"type":"%s","v":1}'
)
_MOVES = {
    "case.opened": '{"from":"RECEIVED","to":"OPENED"}',
    "first": '{"from":"OPENED","to":"ACKNOWLEDGED"}',
    "reply.left": '{"from":"ACKNOWLEDGED","to":"ACKNOWLEDGED"}',
}


class Town:
    """A large honest ledger, made line by line."""

    def __init__(self, size: int, batch: int) -> None:
        self.rng = random.Random(size)
        self.size, self.batch = size, batch
        self.day = FIRST
        self.ids = [self.rng.randbytes(32).hex() for _ in range(CASES)]
        self.heads: list[str | None] = [None] * CASES
        self.messages: list[list[Message]] = [[] for _ in range(CASES)]
        self.values: list[str] = []
        self.checkpoints: list[Batch] = []
        self.frontier = merkle.Frontier()
        self.tally = b""

    def _hex(self) -> str:
        return self.rng.randbytes(32).hex()

    def line(
        self, kind: str, by: str | None = None, data: str = "{}", at: int | None = None
    ) -> bytes:
        """One entry, of a case if at says which."""
        nonce = self._hex()
        sealed = kind in ("submission.received", "reply.left", "note.left")
        digest = self._hex() if sealed else None
        subject = None if at is None else entry.subject(self.ids[at], bytes.fromhex(nonce))
        commitment = self._hex() if kind == "submission.received" else None
        if at is not None and digest is not None:
            self._keep(at, kind, digest, nonce)
        previous = None if at is None else self.heads[at]
        fields = (by, commitment), (digest,), (previous, subject)
        quoted = [["null" if each is None else f'"{each}"' for each in some] for some in fields]
        data_ = (*quoted[0], data, *quoted[1], nonce, self.day.isoformat(), *quoted[2], kind)
        made = (_LINE % data_).encode()
        if at is not None:
            self.heads[at] = merkle.leaf_hash(made).hex()
        return made

    def _keep(self, at: int, kind: str, digest: str, nonce: str) -> None:
        thread, called = {
            "submission.received": ("submitter", "submission"),
            "reply.left": ("committee", "reply"),
            "note.left": ("notes", "note"),
        }[kind]
        n = 1 + sum(each.thread == thread for each in self.messages[at])
        kept = Message(thread=thread, n=n, kind=called, on=self.day, digest=digest)
        self.messages[at].append(kept)
        if thread == "submitter":
            self.values.append(entry.tally_value(digest, bytes.fromhex(nonce)))

    def entries(self) -> Iterator[bytes]:
        """The ledger, batch by batch, each shuffled."""
        made = self.opening()
        while True:
            self.rng.shuffle(made)
            self.frontier.extend(map(merkle.leaf_hash, made))
            self.checkpoints.append(self.sign())
            yield from made
            if self.frontier.size >= self.size:
                return
            self.day += datetime.timedelta(days=1)
            made = self.filled([*self.next(), *self.acts(self.batch - 16)])

    def opening(self) -> list[bytes]:
        """People, roster, rules and all submissions."""
        made = [
            self.line("person.enrolled", by=each[0], data=f'{{"role":"{each[1]}"}}')
            for each in committee.READERS
        ]
        made += [
            self.line("submission.received", data='{"slices":0}', at=at) for at in range(CASES)
        ]
        roster = committee.roster(demo=False)
        told = f'{{"epoch":1,"roster":"{roster.hash}"}}'
        made.append(self.line("roster.published", data=told))
        told = f'{{"rules":"{rules.HASH}","version":{rules.VERSION}}}'
        made.append(self.line("rules.adopted", data=told))
        return self.filled(made)

    def next(self) -> list[bytes]:
        """What the second and third days bring."""
        if len(self.checkpoints) == 1:
            key, seed = bytes(32), committee.statement_seed()
            self.tally = tally.close(committee.INSTALLATION, FIRST, self.values, key, seed)
            told = f'{{"day":"{FIRST}","tally":"{tally.parse(self.tally).hash}"}}'
            made = [self.line("tally.closed", data=told)]
            for at in range(CASES):
                made.append(self.line("case.opened", "chair", _MOVES["case.opened"], at))
                made.append(self.line("reply.left", "chair", _MOVES["first"], at))
            return made
        if len(self.checkpoints) == 2:
            data = _MOVES["reply.left"]
            return [self.line("reply.left", "chair", data, at) for at in range(CASES)]
        return []

    def acts(self, count: int) -> list[bytes]:
        """Whatever else happens on a day."""
        if len(self.checkpoints) < 3:
            return []
        made = []
        for _ in range(count):
            by, at, what = self.rng.choice(_READERS), self.rng.randrange(CASES), self.rng.random()
            if what < 0.5:
                made.append(self.line("case.read", by, at=at))
            elif what < 0.65:
                made.append(self.line("note.left", by, at=at))
            elif what < 0.8:
                made.append(self.line("reply.left", by, _MOVES["reply.left"], at))
            else:
                made.append(self.line("login.started", by, '{"means":"password"}'))
        return made

    def filled(self, made: list[bytes]) -> list[bytes]:
        """With cover, to a multiple of sixteen."""
        return made + [self.line("cover") for _ in range(-len(made) % tally.STEP)]

    def sign(self) -> Batch:
        """The checkpoint of what there is."""
        signer = committee.ledger_signer()
        head = Checkpoint(signer.name, self.frontier.size, self.frontier.root())
        noon = datetime.datetime.combine(self.day, datetime.time(12), datetime.UTC)
        note = Note(head.text, (signer.sign(head, int(noon.timestamp())),))
        return Batch(on=self.day, size=head.size, note=note)

    def records(self) -> Iterator[Record]:
        """What the book says of each case."""
        order = ("submitter", "committee", "notes")
        for name, messages in sorted(zip(self.ids, self.messages, strict=True)):
            yield Record(
                case=name,
                on=FIRST,
                state=Stage.ACKNOWLEDGED,
                generation=1,
                messages=tuple(sorted(messages, key=lambda m: (order.index(m.thread), m.n))),
            )

    def tallies(self) -> Iterator[bytes]:
        """The closed days, as many as the ledger has."""
        yield self.tally

    def write(self, path: Path) -> None:
        """The bundle."""
        contents = Contents(
            installation=committee.INSTALLATION,
            made_on=self.day,
            program="tests.bench.audit_verify",
            rosters=[committee.roster(demo=False).document],
            ledgers=[Ledger(number=1, entries=self.entries(), checkpoints=iter(self.signed()))],
            records=self.records(),
            tally=self.tallies(),
        )
        with path.open("wb") as file:
            bundle.write(file, contents)

    def signed(self) -> Iterator[Batch]:
        """The checkpoints, once all entries are written."""
        yield from self.checkpoints


def timed(work: Callable[[], object]) -> float:
    """Seconds that it takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def unpack(path: Path) -> list[bytes]:
    """Every file of the bundle, whole."""
    with zipfile.ZipFile(path) as archive:
        return [archive.read(name) for name in archive.namelist()]


def hash_plainly(files: list[bytes]) -> None:
    """The floor: every byte once."""
    for data in files:
        hashlib.sha256(data).digest()


def parse_plainly(files: list[bytes]) -> None:
    """Every line as JSON, and nothing else."""
    for data in files:
        if data.startswith(b"{"):
            for line in data.splitlines():
                json.loads(line)


def measure(path: Path) -> dict[str, float]:
    """Verify in a process of its own, and the baselines in this one, thrice each."""
    files = unpack(path)
    found = {
        "bundle MB": path.stat().st_size / 1e6,
        "unpacked MB": sum(map(len, files)) / 1e6,
        "unpack s": min(timed(partial(unpack, path)) for _ in range(3)),
        "sha256 s": min(timed(partial(hash_plainly, files)) for _ in range(3)),
        "json s": min(timed(partial(parse_plainly, files)) for _ in range(3)),
    }
    child = [sys.executable, "-m", "tests.bench.audit_verify", "--only", str(path)]
    runs = [
        json.loads(subprocess.run(child, capture_output=True, check=True).stdout) for _ in range(3)
    ]
    for name in ("verify s", "verify cpu s", "peak MB"):
        found[name] = min(run[name] for run in runs)
    found["goal s"] = 6 * found["sha256 s"] + found["json s"]
    return found


def only(path: Path) -> None:
    """What the child does: verify once and say what it took."""

    def work() -> None:
        with open_bundle(path) as opened:
            verified = verify(opened, Asked(root_key=committee.ROOT_KEY))
        # The tally of this town has its first day only, which is told of.
        wrong = {each.name for each in verified.checks if each.told.count} - {"tally"}
        if wrong:
            raise SystemExit(f"the bundle was to be honest: {wrong}")

    seconds = timed(work)
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu = used.ru_utime + used.ru_stime
    print(json.dumps({"verify s": seconds, "verify cpu s": cpu, "peak MB": peak()}))


def peak() -> float:
    """The most memory that this process has had; not what it had before it became this one."""
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if "VmHWM" in line) / 1e3


def main() -> None:
    """Print one line for each size."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--largest", type=int, default=SIZES[-1])
    parser.add_argument("--batch", type=int, default=1_008, help="entries in a batch, 16 or more")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--only", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only:
        only(options.only)
        return
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        for size in [each for each in SIZES if each <= options.largest]:
            path = Path(folder) / f"{size}.zip"
            made = timed(partial(Town(size, options.batch).write, path))
            results[size] = {**measure(path), "made s": made}
            shown = "  ".join(f"{name} {value:.2f}" for name, value in results[size].items())
            print(f"{size:>9,}  {shown}", flush=True)
    if options.json:
        options.json.write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main()
