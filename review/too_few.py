"""Which of a reader's cases fewer than two people can open (W-T10), all of them, in few queries.

What review.holders says of one case, for as many as a leaver has left behind at once.
"""

from collections import defaultdict
from functools import cache

from sqlalchemy import Column, ColumnElement, Connection, select

from crypto import act as act_format
from crypto.case import choose_readers
from crypto.keying import change_in
from crypto.roster import Roster
from crypto.roster import parse as parse_roster
from review.casework import parties
from review.needing import candidates
from review.store import rosters
from review.store.casework_schema import acts
from review.store.generations_schema import case_keys, recusals
from review.store.schema import case_exclusions
from review.store.schema import cases as case_table

# Who was granted a key, under which roster.
_Granted = tuple[str, frozenset[str]]


def too_few(connection: Connection, roster: Roster, person: str) -> tuple[str, ...]:
    """The ids of this reader's cases that fewer than two people can open, in their order."""
    wanted = candidates(connection, roster, person)
    excluded = _people(connection, case_exclusions.c.case_id, case_exclusions.c.person_id, wanted)
    recused = _people(connection, recusals.c.case_id, recusals.c.person_id, wanted)
    later = _later(connection, wanted)
    now = {each.id: each.recipient.text for each in roster.readers}

    @cache
    def known(name: str) -> Roster:
        return parse_roster(rosters.document(connection, name))

    @cache
    def first(name: str, out: frozenset[str]) -> frozenset[str]:
        return frozenset(each.id for each in choose_readers(known(name), out))

    @cache
    def able(name: str) -> frozenset[str]:
        """Readers of a roster whose key is still the one that they had under it."""
        kept = (each for each in known(name).readers if now.get(each.id) == each.recipient.text)
        return frozenset(each.id for each in kept)

    few = []
    found = select(case_table.c.id, case_table.c.roster).where(wanted).order_by(case_table.c.id)
    for case_id, name in connection.execute(found):
        left_out = frozenset(excluded[case_id])
        under, granted = later.get(case_id) or (name, first(name, left_out))
        live = parties.live_readers(granted, able(under), left_out | recused[case_id])
        if parties.has_too_few_readers(live):
            few.append(case_id)
    return tuple(few)


def _people(
    connection: Connection, case: Column[str], person: Column[str], wanted: ColumnElement[bool]
) -> defaultdict[str, set[str]]:
    """The people of a table of people, by case."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    rows = select(case, person).join(case_table, case_table.c.id == case).where(wanted)
    for case_id, person_id in connection.execute(rows):
        found[case_id].add(person_id)
    return found


def _later(connection: Connection, wanted: ColumnElement[bool]) -> dict[str, _Granted]:
    """The newest later key of each case that has one, by the act that two signed."""
    rows = (
        select(case_table.c.id, acts.c.document)
        .join(case_keys, case_keys.c.case_id == case_table.c.id)
        .join(acts, acts.c.hash == case_keys.c.act)
        .where(wanted, case_keys.c.generation == case_table.c.generation)
    )
    found = {}
    for case_id, document in connection.execute(rows):
        act = act_format.parse(document)
        found[case_id] = (act.roster, frozenset(change_in(act).readers))
    return found
