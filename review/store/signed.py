"""Who signed an act, by the signatures themselves and not by what rows say of it.

Whoever may add rows to the book can write down that something was approved. Before anything goes
that cannot come back, the root key has to have signed the roster that an act names, and its people
the act.
"""

from dataclasses import dataclass, field

from sqlalchemy import Connection

from crypto import act as act_format
from crypto.errors import CryptoError
from review.errors import RosterUnusable
from review.store import acts, rosters
from review.store.acts import Signed


class Unproven(Exception):
    """Rows say what no signature proves; the message says what, and names nobody."""


@dataclass(frozen=True)
class Proof:
    """What proves acts in one transaction: the committee's root key; demo lets a demo's count."""

    connection: Connection
    root_key: bytes = field(repr=False)
    demo: bool = False
    _known: dict[str, dict[str, str]] = field(default_factory=dict, repr=False)

    def roles(self, signed: Signed) -> dict[str, str]:
        """Who signed an act that took effect, each with their role on the roster that it names.

        Nobody, unless every signature holds and the act names the one before it of its subject.
        """
        name = signed.act.hash
        if name not in self._known:
            try:
                self._known[name] = self._roles(signed)
            except (CryptoError, RosterUnusable):
                self._known[name] = {}
        return self._known[name]

    def _roles(self, signed: Signed) -> dict[str, str]:
        act = signed.act
        roster = rosters.roster_by_hash(
            self.connection, act.roster, self.root_key, demo=self.demo
        )  # fmt: skip
        people = act_format.check_all(act, signed.signatures, roster)
        previous: str | None = None
        for each in acts.done(self.connection, act.subject):
            if each.act.hash == act.hash:
                follows = act.previous == previous and each.act.subject == act.subject
                there = {one.id: one.role for one in roster.readers if one.id in people}
                return there if follows else {}
            previous = each.act.hash
        return {}
