"""A machine as the installer sees it: a root folder, and what may be done to files below it.

Everything is a step that can say whether it is needed, so that a second run does nothing, and that
can be told without being taken. With another root than / nothing of the running machine is
touched, and users are those of the root's own /etc/passwd.
"""

import hashlib
import os
import stat
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from deploy.errors import InstallRefused

Run = Callable[[Sequence[str]], None]


@dataclass(frozen=True)
class Machine:
    """A root folder, whether its system runs, and what starts a command."""

    root: Path
    run: Run

    @property
    def is_running(self) -> bool:
        """Whether this is the running system, with systemd as its first process."""
        return self.root == Path("/") and Path("/run/systemd/system").is_dir()

    def at(self, path: str) -> Path:
        """Where a path of the machine is from here."""
        return self.root / path.lstrip("/")

    def user_id(self, name: str) -> int:
        """The number of a user, by the root's own list. Raises InstallRefused without one."""
        return self._number("etc/passwd", name)

    def group_id(self, name: str) -> int:
        """The number of a group, by the root's own list. Raises InstallRefused without one."""
        return self._number("etc/group", name)

    def _number(self, file: str, name: str) -> int:
        if name == "root":
            return 0
        path = self.root / file
        lines = path.read_text("utf-8").splitlines() if path.exists() else []
        for line in lines:
            found, _, number, *_rest = [*line.split(":"), "", ""]
            if found == name:
                return int(number)
        raise InstallRefused(f"/{file} has no {name}")


class Step(Protocol):
    """Something that is to be so."""

    @property
    def says(self) -> str:
        """What it makes, in a line."""

    def is_done(self, machine: Machine) -> bool:
        """Whether nothing has to be done."""

    def do(self, machine: Machine) -> None:
        """Make it so."""


@dataclass(frozen=True)
class Folder:
    """A folder with its mode, of root."""

    path: str
    mode: int = 0o755

    @property
    def says(self) -> str:
        """What it makes, in a line."""
        return f"folder {self.path}, {self.mode:04o}"

    def is_done(self, machine: Machine) -> bool:
        """Whether the folder is there; who it belongs to is not the installer's matter."""
        return machine.at(self.path).is_dir()

    def do(self, machine: Machine) -> None:
        """Make it, and what it lies in."""
        machine.at(self.path).mkdir(parents=True, exist_ok=True)
        machine.at(self.path).chmod(self.mode)


@dataclass(frozen=True)
class Put:
    """A file with content, mode and owner; it is there whole or not at all."""

    path: str
    content: bytes = field(repr=False)
    mode: int = 0o644
    user: str = "root"
    group: str = "root"

    @property
    def says(self) -> str:
        """What it makes, in a line."""
        return f"file {self.path}, {self.mode:04o}, {self.user}:{self.group}"

    @property
    def digest(self) -> str:
        """What is noted of the file."""
        return hashlib.sha256(self.content).hexdigest()

    def is_done(self, machine: Machine) -> bool:
        """Whether content, mode and owner are as they should be."""
        path = machine.at(self.path)
        if not path.is_file() or path.is_symlink() or path.read_bytes() != self.content:
            return False
        there = path.stat()
        return (stat.S_IMODE(there.st_mode), there.st_uid, there.st_gid) == (
            self.mode,
            machine.user_id(self.user),
            machine.group_id(self.group),
        )

    def do(self, machine: Machine) -> None:
        """Write it beside its place, and put it there."""
        path = machine.at(self.path)
        beside = path.with_name(f".{path.name}.new")
        beside.unlink(missing_ok=True)
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(self.content)
            os.fchown(descriptor, machine.user_id(self.user), machine.group_id(self.group))
            os.fchmod(descriptor, self.mode)
            file.flush()
            os.fsync(descriptor)
        beside.replace(path)


@dataclass(frozen=True)
class Command:
    """A program that makes something so, and a question whether it is."""

    words: tuple[str, ...]
    done: Callable[[Machine], bool]

    @property
    def says(self) -> str:
        """What it makes, in a line."""
        return f"run {' '.join(self.words)}"

    def is_done(self, machine: Machine) -> bool:
        """Whether it need not be run."""
        return self.done(machine)

    def do(self, machine: Machine) -> None:
        """Run it."""
        machine.run(self.words)


def run(words: Sequence[str]) -> None:
    """Run a program of the machine. Raises InstallRefused with what it said, if it did not work."""
    try:
        done = subprocess.run(words, capture_output=True, text=True)
    except OSError as error:
        raise InstallRefused(f"{words[0]} cannot be run: {error.strerror}") from error
    if done.returncode != 0:
        said = done.stderr.strip() or done.stdout.strip()
        raise InstallRefused(f"{' '.join(words)} did not work: {said}")
