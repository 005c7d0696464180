"""The last checkpoint that the keeper signed, in a file outside the book.

A book that was restored from an older backup, or rewritten by somebody, looks whole by itself. What
was signed last is what it is compared with before anything else is signed, so this file must not
lie where the book's backups bring it back together with the book.
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from crypto import checkpoint
from crypto import note as notes
from crypto.errors import Malformed
from crypto.note import SIZE_LIMIT, Note
from review.errors import LedgerRefused

_PRIVATE = 0o600


class KeptCheckpoint:
    """The file at path, which is replaced in one step or not at all."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> Note | None:
        """The checkpoint signed last, or None if no file is there. Raises LedgerRefused."""
        try:
            with self._path.open("rb") as file:
                note = notes.parse(file.read(SIZE_LIMIT + 1))
            checkpoint.parse(note.text)
        except FileNotFoundError:
            return None
        except (OSError, Malformed) as problem:
            raise LedgerRefused(
                f"the kept checkpoint in {self._path} cannot be read: {problem}",
                hint="put the file back as the last batch left it",
            ) from None
        return note

    @contextmanager
    def held(self) -> Iterator[Callable[[Note], None]]:
        """A function that replaces what is kept, while no other keeper can do the same.

        Between reading it and writing what was signed after it, nobody else may sign: the smaller
        of two trees would otherwise be kept last. The lock ends with the process.
        """
        lock = os.open(f"{self._path}.lock", os.O_CREAT | os.O_RDONLY, _PRIVATE)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield self._replace
        finally:
            os.close(lock)

    def _replace(self, note: Note) -> None:
        # What an earlier run that was killed has left under this name is overwritten.
        scratch = f"{self._path}.next"
        descriptor = os.open(scratch, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, _PRIVATE)
        with os.fdopen(descriptor, "wb") as file:
            file.write(note.to_bytes())
            file.flush()
            os.fsync(file.fileno())
        os.replace(scratch, self._path)
        folder = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
