"""Starts a whole demo in a folder, and ends it with everything that it started."""

import itertools
import os
import secrets
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Collection, Mapping
from contextlib import ExitStack
from datetime import date
from pathlib import Path

from deploy import paper
from deploy.ceremony import read_sheet
from deploy.client import Client
from deploy.demo import UNDERROSE
from deploy.installation import Installation, environment
from deploy.member_retention import RetainingMember
from deploy.seed import SignIn

PATIENCE = 300.0
LAST_LINE = "All of this is also in"


def free_port() -> int:
    (port,) = free_ports(1)
    return port


def free_ports(count: int) -> list[int]:
    """So many ports that nobody listens on, each another."""
    with ExitStack() as held:
        servers = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [int(server.getsockname()[1]) for server in servers]


def descendants(pid: int) -> set[int]:
    """Every process that the process started, and those that they started."""
    parents: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        parents[int(path.parent.name)] = int(fields[1])
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {pid}


def processes_of(pid: int, word: bytes) -> set[int]:
    """The descendants in whose command line the word stands."""
    return {
        child
        for child in descendants(pid)
        if word in Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")
    }


class Running:
    """A demo that has said that it is ready."""

    def __init__(self, data: Path, *words: str) -> None:
        self.here = Installation(data)
        said = dict(itertools.pairwise(words))
        # The day that it pretends, which its commands have to pretend too.
        self.today = date.fromisoformat(said["--today"]) if "--today" in said else None
        self.port, self.console_port = free_ports(2)
        ports = ["--port", str(self.port), "--console-port", str(self.console_port)]
        self.process = subprocess.Popen(
            [UNDERROSE, "demo", *ports, "--data", str(data), *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=environment({}),
        )
        try:
            self.text = self._output(LAST_LINE)
        except BaseException:
            self.end()
            raise

    def _output(self, until: str | None) -> str:
        """What it prints, up to a line that begins so, or to its end."""
        assert self.process.stdout is not None
        descriptor, found = self.process.stdout.fileno(), ""
        while until is None or until not in found:
            assert select.select([descriptor], [], [], PATIENCE)[0], found
            data = os.read(descriptor, 65536).decode()
            if not data:
                break
            found += data
        assert until is None or until in found, found
        return found

    def end(self, number: signal.Signals = signal.SIGINT) -> str:
        """Ask it to end, and return what it still said."""
        self.process.send_signal(number)
        return self.rest()

    def rest(self) -> str:
        """What it still says until its end."""
        said = self._output(None)
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.process.wait(PATIENCE)
        return said

    def collect(self, expect: Collection[int] = (0,)) -> None:
        """What the demo does every few seconds, now."""
        self._run(self.here.for_collector(self.today), "collect", "--wait", expect=expect)

    def record(self) -> None:
        """Collect, let the ledger have what waits, and bring the proofs to the mailboxes."""
        self.collect()
        self._run(self.here.for_keeper(self.today), "ledger", "batch", "--unless-empty", "--wait")
        self.collect()

    def verify(self) -> subprocess.CompletedProcess[str]:
        """What the retention auditor does, with a bundle of now and nothing else of ours."""
        bundle = self.here.folder / f"bundle-{secrets.token_hex(4)}.zip"
        self._run(self.here.for_console(self.today), "export", "--auditor", "--out", str(bundle))
        root_key = (self.here.committee / "root.pub").read_text().strip()
        words = ["verify", str(bundle), "--policy", str(self.here.policy), "--root-key", root_key]
        command = [sys.executable, "-m", "review.audit", *words]
        return subprocess.run(command, env=environment({}), capture_output=True, text=True)

    def _run(
        self, settings: Mapping[str, str], *words: str, expect: Collection[int] = (0,)
    ) -> None:
        done = subprocess.run([UNDERROSE, *words], env=environment(settings), capture_output=True)
        assert done.returncode in expect, done

    def recover(self, person: str) -> str:
        """Another passphrase for somebody who lost theirs, by two of the three shares."""
        out, safe = self.here.recovered, self.here.committee / "safe" / "recovery"
        words = ["keys", "recovery", "open", str(safe / f"{person}.age"), "--work-factor", "14"]
        for number in paper.BROUGHT:
            words += ["--share", str(self.here.shares / "shares" / f"{number}.txt")]
        roster = str(self.here.committee / "roster.json")
        self._run({}, *words, "--roster", roster, "--out", str(out))
        found = out / "people" / person
        identity = ["--identity", str(found / "identity.age")]
        self._run(self.here.for_console(self.today), "people", "set-identity", person, *identity)
        return read_sheet((found / "passphrase.txt").read_text())

    def known(self, person: str) -> SignIn:
        """What the demo printed of somebody, or wrote down."""
        return paper.read(self.here)[0][person]

    def sign_in(self, person: str) -> RetainingMember:
        """A member's browser, by what the demo printed."""
        sign_in = self.known(person)
        for secret in (sign_in.username, sign_in.password, sign_in.passphrase):
            assert secret is None or secret in self.text
        member = RetainingMember(Client(self.console_port))
        member.sign_in(sign_in.username, sign_in.password)
        if sign_in.passphrase is not None:
            member.unlock(sign_in.passphrase)
        return member
