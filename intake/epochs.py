"""The highest epoch of a roster that this installation has seen, kept where a restart finds it.

Somebody who can write to the drop could put an old roster back, with the key of a person who has
left. The number stands in a small file of its own, beside the drop's file or where a setting says,
so that an old copy of the drop alone does not bring an old number with it.
"""

import contextlib
import hashlib
import os
import secrets
from pathlib import Path

from crypto.errors import Malformed
from crypto.strict import decimal
from intake.errors import RosterUnusable

SUFFIX = ".epoch"


def beside(database: Path) -> Path:
    """The file beside a drop of SQLite: drop.db.epoch for drop.db."""
    return database.with_name(database.name + SUFFIX)


class EpochFile:
    """A file of one line: which root key it is about, and the number."""

    def __init__(self, path: Path, root_key: bytes) -> None:
        self._path = path.absolute()
        # Another root key is another committee, which begins to count anew.
        self._key = hashlib.sha256(root_key).hexdigest()[:32]

    def highest(self) -> int:
        """The number, 0 before the first. Raises RosterUnusable for a file that is not ours."""
        try:
            key, number = self._path.read_text("ascii").split()
            return decimal(number) if key == self._key else 0
        except FileNotFoundError:
            return 0
        except (OSError, ValueError, Malformed):
            raise RosterUnusable(f"{self._path} cannot be read") from None

    def remember(self, epoch: int) -> None:
        """Keep a higher number. Raises RosterUnusable: what cannot be kept is not relied on."""
        new = self._path.with_name(f"{self._path.name}.{secrets.token_hex(8)}")
        try:
            descriptor = os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(f"{self._key} {epoch}\n")
                file.flush()
                os.fsync(descriptor)
            # When a visitor first saw a roster is nobody's business.
            os.utime(new, (0, 0))
            new.replace(self._path)
        except OSError:
            with contextlib.suppress(OSError):
                new.unlink()
            raise RosterUnusable(f"{self._path} cannot be written") from None
