"""A Redis of a test's own: in a temporary folder, on a socket there, and with nothing on disk.

with PrivateRedis(folder) as redis:
    redis.url, redis.dump(), redis.memory()
"""

import contextlib
import re
import select
import signal
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

import redis

PATIENCE = 30.0


class PrivateRedis:
    """A running server, which ends with the block."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(exist_ok=True)
        self.socket = folder / "r"

    @property
    def url(self) -> str:
        """Its address as a setting."""
        return f"redis+unix://{self.socket}"

    def start(self) -> None:
        """Start it, anew and empty, and wait until it answers."""
        options = ["--port", "0", "--unixsocket", str(self.socket), "--dir", str(self.folder)]
        quiet = ["--save", "", "--appendonly", "no", "--logfile", ""]
        self._process = subprocess.Popen(
            ["redis-server", *options, *quiet],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            # Whoever waits for a line must not look past it.
            bufsize=0,
        )
        assert self._process.stdout is not None
        said = b""
        while b"eady to accept connections" not in said:
            assert select.select([self._process.stdout], [], [], PATIENCE)[0], said
            line = self._process.stdout.readline()
            assert line, said
            said += line

    def kill(self) -> None:
        """End it without a word, as a fault would."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(PATIENCE)
        assert self._process.stdout is not None
        self._process.stdout.close()
        self.socket.unlink(missing_ok=True)

    def configure(self, name: str, value: str) -> None:
        """Change one of its settings."""
        with redis.Redis(unix_socket_path=str(self.socket)) as client:
            client.config_set(name, value)

    def hang(self) -> None:
        """Let it answer nothing, without closing anything."""
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it answer again."""
        self._process.send_signal(signal.SIGCONT)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        if self._process.poll() is None:
            self.kill()

    def remember(self, key: str, value: str) -> None:
        """Put something in."""
        with redis.Redis(unix_socket_path=str(self.socket)) as client:
            client.set(key, value)

    def keys(self) -> list[bytes]:
        """All keys that it holds."""
        with redis.Redis(unix_socket_path=str(self.socket)) as client:
            return sorted(client.scan_iter())

    def dump(self) -> bytes:
        """What it would write to disk, if somebody made it."""
        with redis.Redis(unix_socket_path=str(self.socket)) as client:
            client.save()
        path = self.folder / "dump.rdb"
        data = path.read_bytes()
        path.unlink()
        return data

    def memory(self) -> bytes:
        """Everything in its memory that it may write to."""
        found = bytearray()
        lines = Path(f"/proc/{self._process.pid}/maps").read_text().splitlines()
        with Path(f"/proc/{self._process.pid}/mem").open("rb", 0) as memory:
            for line in lines:
                span = re.match(r"([0-9a-f]+)-([0-9a-f]+) rw", line)
                if span is None:
                    continue
                start, end = (int(each, 16) for each in span.groups())
                memory.seek(start)
                # Some of what is mapped cannot be read, such as the kernel's own pages.
                with contextlib.suppress(OSError):
                    found += memory.read(end - start)
        return bytes(found)
