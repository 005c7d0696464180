"""Which of a reader's cases need a new key, or their signature under one, and which few can open.

Somebody left them, or holds a key of theirs and is on the roster no more. What can be found out for
all cases at once is asked in one query; only what it finds is looked at one by one. Only cases that
this person reads are ever asked about, so that nobody learns of one that they are excluded from.
"""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Select, and_, false, or_, select

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
    offers = (
        select(offered_files.c.case_id)
        .join(acts, acts.c.hash == offered_files.c.act)
        .where(offered_files.c.case_id == table.id, acts.c.act == keying.REKEY)
    )
    waits = _there(offers).label("waits")
    own = offers.join(act_signatures, act_signatures.c.hash == acts.c.hash)
    signed = _there(own.where(act_signatures.c.by == person)).label("signed")
    found = connection.execute(
        select(table.id, waits, signed)
        .join(case_readers, case_readers.c.case_id == table.id)
        .where(
            case_readers.c.person_id == person,
            or_(_somebody_left(), _there(offers), _granted_to_leavers(connection, roster)),
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
    return and_(_there(mine), or_(_somebody_left(), _granted_to_leavers(connection, roster)))


def _there(found: Select[tuple[str]]) -> ColumnElement[bool]:
    """Whether there is such a row for a case, whatever else the query around it asks for."""
    return found.correlate(case_table).exists()


def _somebody_left() -> ColumnElement[bool]:
    table = case_table.c
    left = select(recusals.c.case_id)
    return _there(
        left.where(recusals.c.case_id == table.id, recusals.c.generation == table.generation)
    )


def _granted_to_leavers(connection: Connection, roster: Roster) -> ColumnElement[bool]:
    """Whether the newest key of a case was granted under a roster that lists other keys."""
    now = {(each.id, each.recipient.text) for each in roster.readers}
    older = [
        name
        for name, data in rosters.all_rosters(connection).items()
        if name != roster.hash
        and not {(each.id, each.recipient.text) for each in parse_roster(data).readers} <= now
    ]
    if not older:
        return false()
    table = case_table.c
    later = (
        select(case_keys.c.case_id)
        .join(acts, acts.c.hash == case_keys.c.act)
        .where(
            case_keys.c.case_id == table.id,
            case_keys.c.generation == table.generation,
            acts.c.roster.in_(older),
        )
    )
    return or_(and_(table.generation == 1, table.roster.in_(older)), _there(later))
