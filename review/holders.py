"""Who holds the newest key of a case, who may be shown it, and what that leads to.

What is compared is the roster in force with the one under which the newest key was granted, and
both with who is out of the case.
"""

from dataclasses import dataclass

from sqlalchemy import Connection

from crypto.case import choose_readers
from crypto.keying import change_in
from crypto.roster import Roster
from crypto.roster import parse as parse_roster
from review.casework import parties
from review.store import acts, cases, generations, rosters
from review.store.cases import Case


@dataclass(frozen=True)
class Holding:
    """A case's people: who is shown it, who is out, and who was granted the newest key.

    left are holders who are on the roster no more, changed those whose key is another one by now,
    shared those with whom the newest generation is shared.
    """

    shown: frozenset[str]
    out: frozenset[str]
    granted: frozenset[str]
    left: frozenset[str]
    changed: frozenset[str]
    shared: frozenset[str]

    @property
    def is_blocked(self) -> bool:
        """Whether somebody who is out, or has left, could open what is sealed now."""
        return bool(self.granted & self.out or self.left)

    @property
    def needs_key(self) -> bool:
        """Whether the case should have a new key: as above, or because a holder has another one."""
        return self.is_blocked or bool(self.changed)

    @property
    def live(self) -> frozenset[str]:
        """Who can open the case and may."""
        able = self.granted - self.left - self.changed - self.shared
        return parties.live_readers(self.granted, able, self.out)

    @property
    def has_too_few(self) -> bool:
        """Whether one more loss could leave the case unreadable (W-T10)."""
        return parties.has_too_few_readers(self.live)


def holding(connection: Connection, case: Case, roster: Roster) -> Holding:
    """Who holds a case as it stands under the roster in force."""
    out = frozenset(cases.excluded_people(connection, case.id))
    out |= {each.person for each in generations.recusals_of(connection, case.id)}
    shares = generations.shares_of(connection, case.id)
    shared = frozenset(each.person for each in shares if each.generation == case.generation)
    granted = _granted(connection, case)
    now = {each.id: each.recipient.text for each in roster.readers}
    left = frozenset(person for person in granted if person not in now)
    changed = frozenset(
        person for person, recipient in granted.items() if now.get(person, recipient) != recipient
    )
    people = frozenset(granted) | shared
    shown = generations.readers_of(connection, case.id)
    return Holding(shown, out, people, left, changed, shared)


def _granted(connection: Connection, case: Case) -> dict[str, str]:
    """The readers of the newest generation, with the recipients that it was sealed to."""
    keys = generations.keys_of(connection, case.id)
    if not keys:
        first = parse_roster(rosters.document(connection, case.roster))
        chosen = choose_readers(first, cases.excluded_people(connection, case.id))
        return {each.id: each.recipient.text for each in chosen}
    signed = acts.find(connection, keys[-1].act)
    if signed is None:
        return {}
    under = parse_roster(rosters.document(connection, signed.act.roster))
    readers = change_in(signed.act).readers
    return {each.id: each.recipient.text for each in under.readers if each.id in readers}
