"""Work in a forked process, which may be killed at a chosen step or come to its end.

A fork without an exec costs milliseconds, so that a process can die a thousand times in a minute.
What dies is the process alone, not the machine: what it had written is in the kernel's hands. What
a power cut leaves is the database's own promise (synchronous=FULL, WAL), which its authors test.

Two counts are kept of what a process does. A *step* is a statement or a commit, before and after,
or a change to a file's name, times or content: between two of them it makes no difference to the
world where a process ends. A *moment* is far finer: every call of a C function, and every few
instructions inside the database, in the middle of a statement or while a file is written anew.
"""

import gc
import json
import os
import signal
import sqlite3
import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import FrameType
from typing import Any, Literal

from sqlalchemy import Engine, event
from sqlalchemy.pool import Pool

Kind = Literal["step", "moment"]
Say = Callable[[str], None]
_INSTRUCTIONS = 40
_CHANGES = ("os.rename", "os.remove", "os.utime", "os.truncate", "os.mkdir")


@dataclass
class Ended:
    """What a process said, line by line, and how it ended."""

    said: list[str] = field(default_factory=list)
    killed: bool = False


def die() -> None:
    """End this process, with no chance to do anything more."""
    os.kill(os.getpid(), signal.SIGKILL)


class Clock:
    """Counts what this process does from now on; after so many of one kind something happens."""

    def __init__(
        self, kind: Kind | None = None, allowed: int = 0, then: Callable[[], None] = die
    ) -> None:
        self.counted = {"step": 0, "moment": 0}
        self._kind = kind
        self._allowed = allowed
        self._then = then
        self._running = True
        for name in ("before_cursor_execute", "after_cursor_execute", "commit"):
            event.listen(Engine, name, self._step)
        sys.addaudithook(self._audit)
        if kind != "step":
            event.listen(Pool, "connect", self._watch)
            sys.setprofile(self._profile)

    def stop(self) -> None:
        """Count no more."""
        self._running = False
        sys.setprofile(None)

    def tick(self, kind: Kind) -> None:
        """Something of this kind is about to happen, or has just happened."""
        if not self._running:
            return
        self.counted[kind] += 1
        if kind == self._kind and self.counted[kind] == self._allowed + 1:
            self._then()

    def _step(self, *_arguments: object) -> None:
        self.tick("step")

    def _audit(self, name: str, arguments: tuple[Any, ...]) -> None:
        if name in _CHANGES or (name == "open" and _writes(arguments)):
            self.tick("step")

    def _watch(self, connection: object, _record: object) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.set_progress_handler(self._instructions, _INSTRUCTIONS)

    def _instructions(self) -> int:
        self.tick("moment")
        return 0

    def _profile(self, _frame: FrameType, name: str, _argument: object) -> None:
        if name == "c_call":
            self.tick("moment")


def _writes(arguments: tuple[Any, ...]) -> bool:
    """Whether a file is opened to be written, as the arguments of the audit event tell."""
    flags = arguments[2] if len(arguments) > 2 else 0
    return bool(isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))


def in_child(work: Callable[[Say], None]) -> Ended:
    """Do the work in a process of its own. Raises AssertionError if it fails in any other way."""
    return at_once([work])[0]


def at_once(works: Sequence[Callable[[Say], None]]) -> list[Ended]:
    """Do each work in a process of its own, all at the same time."""
    begun = [_begin(work) for work in works]
    return [_end(*each) for each in begun]


def _begin(work: Callable[[Say], None]) -> tuple[int, int]:
    reads, writes = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reads)
        _be_the_child(work, writes)
    os.close(writes)
    return pid, reads


def _end(pid: int, reads: int) -> Ended:
    with os.fdopen(reads, encoding="utf-8") as pipe:
        said = [json.loads(line) for line in pipe if line.endswith("\n")]
    _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL, status
        return Ended(said, killed=True)
    assert os.WEXITSTATUS(status) == 0, said[-1]
    return Ended(said)


def _be_the_child(work: Callable[[Say], None], pipe: int) -> None:
    def say(text: str) -> None:
        os.write(pipe, (json.dumps(text) + "\n").encode())

    # It does not live long enough to collect, and looking for garbage would copy the parent.
    gc.disable()
    status = 1
    try:
        work(say)
        status = 0
    except BaseException:  # noqa: BLE001 - whatever it is, the parent must hear of it
        sys.setprofile(None)
        say(traceback.format_exc())
    finally:
        # Nothing of the parent's that an exit would run may run here.
        os._exit(status)
