"""Signs what intake vouches for: a statement for each deposit, and the tally of each day.

The key lies in a file that only the service can read, and the roster lists it. It opens nothing.
Without a good key, or with one that the roster does not list, nothing is signed: somebody who has
something to tell must be able to tell it all the same.
"""

import logging
import os
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from crypto import signing, statement, strict, tally
from crypto.errors import Malformed
from crypto.roster import Roster
from intake.errors import SettingsRefused, StatementKeyUnusable

_log = logging.getLogger("intake")
_SETTING = "INTAKE_STATEMENT_KEY_FILE"


@dataclass(frozen=True)
class Notary:
    """A statement key that the roster lists, and the installation it signs for."""

    seed: bytes = field(repr=False)
    installation: str

    def state(self, on: date, digest: str, nonce: bytes) -> bytes:
        """The statement for a deposit: its day, the digest of its sealed bytes, its nonce."""
        return statement.sign(self.installation, on, digest, nonce, self.seed)

    def close(self, on: date, values: Collection[str], key: bytes) -> bytes:
        """The signed tally of a day with the values of its deposits; key is drawn for the day."""
        return tally.close(self.installation, on, values, key, self.seed)


def read_seed(path: Path) -> bytes:
    """The key in a file. Raises StatementKeyUnusable, and SettingsRefused if others can read it."""
    with suppress(OSError):
        if open_to_others(path.stat()):
            raise SettingsRefused([f"{_SETTING} can be read by others: run chmod 600 {path}"])
    try:
        seed = strict.b64(path.read_text("ascii").removesuffix("\n"))
    except (OSError, UnicodeDecodeError, Malformed):
        seed = b""
    if len(seed) != signing.SEED_SIZE:
        raise StatementKeyUnusable(f"{_SETTING} does not hold 32 bytes in base64, on one line")
    return seed


def open_to_others(status: os.stat_result) -> bool:
    """Whether somebody beside the file's owner can read it.

    systemd gives a credential to a service by an access list, which shows as a right of the group:
    the file is root's and its group's, to which nobody else belongs.
    """
    of_root = status.st_uid == status.st_gid == 0
    return bool(status.st_mode & (0o037 if of_root else 0o077))


def appoint(seed: bytes, roster: Roster) -> Notary:
    """The notary with this key. Raises StatementKeyUnusable unless the roster lists the key."""
    if signing.verify_key(seed) not in roster.statement_keys:
        raise StatementKeyUnusable(f"the roster does not list the key in {_SETTING}")
    return Notary(seed, roster.installation)


class Notaries:
    """The key of a running service, which goes on without one and tells the operator once."""

    def __init__(self, path: Path) -> None:
        self._told = False
        self._seed: bytes | None = None
        try:
            self._seed = read_seed(path)
        except StatementKeyUnusable as unusable:
            self._tell(unusable)

    def of(self, roster: Roster) -> Notary | None:
        """Who signs under this roster, or None when nobody can."""
        if self._seed is None:
            return None
        try:
            notary = appoint(self._seed, roster)
        except StatementKeyUnusable as unusable:
            self._tell(unusable)
            return None
        self._told = False
        return notary

    def _tell(self, unusable: StatementKeyUnusable) -> None:
        if not self._told:
            _log.error("deposits are taken in without a statement: %s", unusable)
        self._told = True
