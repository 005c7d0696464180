"""Which of a reader's cases need a new key, or their signature under one, and which few can open.

Somebody left them, or holds a key of theirs and is on the roster no more. What is asked of all
cases at once is asked of the few rows that say so; only what that finds is looked at one by one.
Only cases that this person reads are ever asked about, so that nobody learns of one that they are
excluded from.
"""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, ScalarSelect, Select, and_, select, union

from crypto import keying
from crypto.roster import Roster
from crypto.roster import parse as parse_roster
from review.holders import holding
from review.store import cases, rosters
from review.store.casework_schema import act_signatures, acts
from review.store.generations_schema import case_keys, offered_files, recusals
from review.store.schema import case_readers
from review.store.schema import cases as case_table

# So many are looked at for one page; the others come when these are done.
LOOKED_AT = 20
_OFFERED = (
    select(offered_files.c.case_id)
    .join(acts, acts.c.hash == offered_files.c.act)
    .where(acts.c.act == keying.REKEY)
)


@dataclass(frozen=True)
class Needs:
    """A case that needs a new key, or in which one waits for a signature.

    due says that it needs one, and not only that somebody has offered it; waits that one was
    offered, signed that this person has signed it; too_few that one more loss could close the case
    (W-T10).
    """

    case_id: str
    due: bool
    waits: bool
    signed: bool
    too_few: bool


@dataclass(frozen=True)
class Needing:
    """The first of such cases, beginning with those that this person has not signed for."""

    cases: tuple[Needs, ...]
    more: bool

    @property
    def signable(self) -> tuple[str, ...]:
        """Those that need a key for which this person has not signed yet."""
        return tuple(each.case_id for each in self.cases if each.due and not each.signed)


def needing(connection: Connection, roster: Roster, person: str) -> Needing:
    """Cases of this reader that need a new key, or a second signature."""
    table = case_table.c
    offers = _OFFERED.where(offered_files.c.case_id == table.id)
    waits = _there(offers).label("waits")
    own = offers.join(act_signatures, act_signatures.c.hash == acts.c.hash)
    signed = _there(own.where(act_signatures.c.by == person)).label("signed")
    found = connection.execute(
        select(table.id, waits, signed)
        .join(case_readers, case_readers.c.case_id == table.id)
        .where(
            case_readers.c.person_id == person,
            _one_of(_left(), _OFFERED, *_granted_to_leavers(connection, roster)),
        )
        .order_by(signed, table.id)
        .limit(LOOKED_AT + 1)
    ).all()
    needed = []
    for row in found[:LOOKED_AT]:
        case = cases.case_by_id(connection, row.id)
        if case is None:
            continue
        held = holding(connection, case, roster)
        if held.needs_key or row.waits:
            flags = (held.needs_key, bool(row.waits), bool(row.signed), held.has_too_few)
            needed.append(Needs(row.id, *flags))
    return Needing(tuple(needed), len(found) > LOOKED_AT)


def candidates(connection: Connection, roster: Roster, person: str) -> ColumnElement[bool]:
    """Which cases of this reader somebody holds who is out of them, or has left or another key.

    All others were granted to two or more who are still there.
    """
    mine = select(case_readers.c.case_id).where(
        case_readers.c.case_id == case_table.c.id, case_readers.c.person_id == person
    )
    return and_(_there(mine), _one_of(_left(), *_granted_to_leavers(connection, roster)))


def _there(found: Select[tuple[str]]) -> ColumnElement[bool]:
    """Whether there is such a row for a case, whatever else the query around it asks for."""
    return found.correlate(case_table).exists()


def _one_of(*few: Select[tuple[str]]) -> ColumnElement[bool]:
    """Whether a case is one of these, which are found without a look at the others."""
    return case_table.c.id.in_(union(*few) if len(few) > 1 else few[0])


def _left() -> Select[tuple[str]]:
    """The cases that somebody has left since they had their newest key."""
    newest = _generation_of(recusals.c.case_id)
    return select(recusals.c.case_id).where(recusals.c.generation == newest)


def _generation_of(case_id: ColumnElement[str]) -> ScalarSelect[int]:
    """A case's newest generation, asked for one by one: so no database begins with all cases."""
    found = case_table.alias()
    return select(found.c.generation).where(found.c.id == case_id).scalar_subquery()


def _granted_to_leavers(connection: Connection, roster: Roster) -> list[Select[tuple[str]]]:
    """The cases whose newest key was granted under a roster that lists other keys."""
    now = {(each.id, each.recipient.text) for each in roster.readers}
    older = [
        name
        for name, data in rosters.all_rosters(connection).items()
        if name != roster.hash
        and not {(each.id, each.recipient.text) for each in parse_roster(data).readers} <= now
    ]
    if not older:
        return []
    found = case_table.alias()
    first = select(found.c.id).where(found.c.generation == 1, found.c.roster.in_(older))
    under = select(acts.c.roster).where(acts.c.hash == case_keys.c.act).scalar_subquery()
    newest = _generation_of(case_keys.c.case_id)
    later = select(case_keys.c.case_id).where(case_keys.c.generation == newest, under.in_(older))
    return [first, later]
