"""Which of a reader's cases need a new key, or their signature under one.

Somebody left them, or holds a key of theirs and is on the roster no more. What can be found out for
all cases at once is asked in one query; only what it finds is looked at one by one.
"""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, false, or_, select

from crypto.roster import Roster
from crypto.roster import parse as parse_roster
from review.holders import holding
from review.store import cases, rosters
from review.store.casework_schema import acts
from review.store.generations_schema import case_keys, offered_files, recusals
from review.store.schema import case_readers
from review.store.schema import cases as case_table

# So many are looked at for one page; the others come when these are done.
_LOOKED_AT = 20


@dataclass(frozen=True)
class Needs:
    """A case that needs a new key; too_few says that one more loss could close it (W-T10)."""

    case_id: str
    waits: bool
    too_few: bool


def needing(connection: Connection, roster: Roster, person: str) -> list[Needs]:
    """Cases of this reader that need a new key, or a second signature, in an order by id."""
    table = case_table.c
    left = select(recusals.c.case_id).where(
        recusals.c.case_id == table.id, recusals.c.generation == table.generation
    )
    waits = select(offered_files.c.case_id).where(offered_files.c.case_id == table.id)
    found = connection.execute(
        select(table.id, waits.exists().label("waits"))
        .join(case_readers, case_readers.c.case_id == table.id)
        .where(
            case_readers.c.person_id == person,
            or_(left.exists(), waits.exists(), _granted_to_leavers(connection, roster)),
        )
        .order_by(table.id)
        .limit(_LOOKED_AT)
    ).all()
    needed = []
    for row in found:
        case = cases.case_by_id(connection, row.id)
        if case is None:
            continue
        held = holding(connection, case, roster)
        if held.needs_key or row.waits:
            needed.append(Needs(row.id, bool(row.waits), held.has_too_few))
    return needed


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
    return or_(and_(table.generation == 1, table.roster.in_(older)), later.exists())
