"""No release is served with two sets of scripts.

Whoever takes over the public host can serve scripts that send what people write elsewhere. Which
scripts a release has is told to the ledger; whether they are what is served can only be seen where
the pages are fetched, so what is to be compared is said.
"""

import json

from review.audit.cases import Case
from review.audit.check import Check
from review.audit.entries import Row
from review.audit.place import Place


class Served(Check):
    """The scripts of the submitters' pages are on the record."""

    name = "scripts"
    holds = "no release was served with two sets of scripts"
    tests = ("RA-18",)
    types = frozenset({b"scripts.served"})

    def begin(self) -> None:
        """Nothing was served."""
        self._told: dict[str, tuple[str, Place]] = {}
        self._last: tuple[str, str] | None = None

    def act(self, place: Place | None, row: Row, case: Case | None) -> None:
        """Other scripts from here on."""
        if place is None:
            return
        data = json.loads(row[2])
        release, scripts = data["release"], data["scripts"]
        first, at = self._told.setdefault(release, (scripts, place))
        if first != scripts:
            self.tell(f"{place} says that {release} has other scripts than {at} said", at, place)
        self._last = (release, scripts)

    def end(self) -> None:
        """What is served is not in a bundle."""
        if self._last is not None:
            release, scripts = self._last
            self.leave(
                f"whether the public pages have the scripts of {release}, {scripts}: underrose "
                "doctor --from their address --bundle this file compares them"
            )
