"""The committee's own texts as intake may show them: agreed by two who are still of the committee.

The drop's word is not enough. Whoever can write to it can put back texts that two have signed
before, or take them away, and no others. What does not verify is not shown, and the program's own
words stand in its place: a page is never lost for the sake of a line on it.
"""

import threading

from sqlalchemy import Connection

from crypto import act as act_format
from crypto import texts as texts_format
from crypto.errors import CryptoError
from crypto.roster import Roster
from crypto.texts import Texts
from intake.rosters import Rosters
from intake.texts_table import Published, newest_texts

_KEPT = 16


class OwnTexts:
    """Verifies what the drop has, and remembers what was verified by its bytes."""

    def __init__(self, rosters: Rosters) -> None:
        self._rosters = rosters
        self._verified: dict[tuple[str, Published], Texts | None] = {}
        self._lock = threading.Lock()

    def of(self, connection: Connection, lang: str) -> Texts | None:
        """The texts to show in a language, or None for the program's own words.

        Raises NoRoster or RosterUnusable.
        """
        published = newest_texts(connection, lang)
        if published is None:
            return None
        current = self._rosters.newest(connection)
        key = (current.hash, published)
        with self._lock:
            if key in self._verified:
                return self._verified[key]
        found = self._verify(connection, published, current)
        with self._lock:
            if len(self._verified) >= _KEPT:
                self._verified.clear()
            self._verified[key] = found
        return found

    def _verify(
        self, connection: Connection, published: Published, current: Roster
    ) -> Texts | None:
        try:
            act = act_format.parse(published.act)
            under = self._rosters.named(connection, act.roster)
            if under is None:
                return None
            found = texts_format.agreed(
                published.document, act, published.signatures, under, current
            )
        except CryptoError:
            return None
        return found if found.lang == published.lang else None
