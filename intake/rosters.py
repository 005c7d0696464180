"""The roster as intake may use it: published, signed by the pinned root key, and valid today.

Nothing is sealed to anybody on the word of the database alone. The verified rosters are kept in
memory by their bytes, because checking one anew for every page would be the most expensive thing a
page does.
"""

import datetime
import threading
from typing import Self

from sqlalchemy import Connection

from crypto.errors import CryptoError
from crypto.roster import Roster, check_current, verify
from intake import drop
from intake.epochs import EpochFile
from intake.errors import NoRoster, RosterUnusable
from intake.settings import Settings

# A signed roster is some 17 KB; this many is more than an installation publishes in years.
_KEPT = 64


class Rosters:
    """Verifies rosters from the drop, and remembers the highest epoch that was seen."""

    def __init__(
        self, root_key: bytes, *, demo: bool, memory: EpochFile, least_epoch: int = 1
    ) -> None:
        self._root_key = root_key
        self._demo = demo
        self._least_epoch = least_epoch
        self._memory = memory
        self._verified: dict[bytes, Roster] = {}
        self._lock = threading.Lock()

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The rosters of an installation with these settings."""
        return cls(
            settings.root_key,
            demo=settings.demo,
            least_epoch=settings.least_epoch,
            memory=EpochFile(settings.epoch_path, settings.root_key),
        )

    def current(self, connection: Connection, today: datetime.date) -> Roster:
        """The roster to seal to today. Raises NoRoster or RosterUnusable."""
        newest = self.newest(connection)
        self.check_day(newest, today)
        return newest

    def newest(self, connection: Connection) -> Roster:
        """The newest roster, even if it has expired, for those who come back to read.

        Raises NoRoster or RosterUnusable.
        """
        document = drop.current_roster(connection)
        if document is None:
            raise NoRoster("no roster has been published")
        highest = self._memory.highest()
        try:
            roster = self._verify(document)
        except CryptoError as refused:
            raise _unusable(refused) from None
        self._check(roster, roster.expires_on, highest)
        if roster.epoch > highest:
            self._memory.remember(roster.epoch)
        return roster

    def check_day(self, newest: Roster, today: datetime.date) -> None:
        """Return if something may be sealed to the newest roster today. Raises RosterUnusable."""
        self._check(newest, today, newest.epoch)

    def _check(self, roster: Roster, day: datetime.date, highest: int) -> None:
        try:
            check_current(roster, day, max(highest, self._least_epoch), self._demo)
        except CryptoError as refused:
            raise _unusable(refused) from None

    def named(self, connection: Connection, roster_hash: str) -> Roster | None:
        """The roster with this hash, current or not, or None if it never was published."""
        document = drop.roster_by_hash(connection, roster_hash)
        try:
            return None if document is None else self._verify(document)
        except CryptoError:
            return None

    def _verify(self, document: bytes) -> Roster:
        with self._lock:
            known = self._verified.get(document)
        if known is not None:
            return known
        roster = verify(document, self._root_key)
        with self._lock:
            if len(self._verified) >= _KEPT:
                self._verified.clear()
            self._verified[document] = roster
        return roster


def _unusable(refused: CryptoError) -> RosterUnusable:
    return RosterUnusable(f"the published roster cannot be used: {refused}")
