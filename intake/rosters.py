"""The roster as intake may use it: published, signed by the pinned root key, and valid today.

Nothing is sealed to anybody on the word of the database alone. The verified rosters are kept in
memory by their bytes, because checking one anew for every page would be the most expensive thing a
page does.
"""

import datetime
import threading

from sqlalchemy import Connection

from crypto.errors import CryptoError
from crypto.roster import Roster, check_current, verify
from intake import drop
from intake.errors import NoRoster, RosterUnusable

# A signed roster is some 17 KB; this many is more than an installation publishes in years.
_KEPT = 64


class Rosters:
    """Verifies rosters from the drop, and remembers the highest epoch that it has seen."""

    def __init__(self, root_key: bytes, *, demo: bool) -> None:
        self._root_key = root_key
        self._demo = demo
        self._verified: dict[bytes, Roster] = {}
        self._highest = 0
        self._lock = threading.Lock()

    def current(self, connection: Connection, today: datetime.date) -> Roster:
        """The roster to seal to today. Raises NoRoster or RosterUnusable."""
        document = drop.current_roster(connection)
        if document is None:
            raise NoRoster("no roster has been published")
        try:
            roster = self._verify(document)
            check_current(roster, today, self._highest, self._demo)
        except CryptoError as refused:
            raise RosterUnusable(f"the published roster cannot be used: {refused}") from None
        self._highest = max(self._highest, roster.epoch)
        return roster

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
