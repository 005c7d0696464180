"""What the page of a case says under "Who can read this": names, and what may be done about it."""

import datetime
from dataclasses import dataclass

from sqlalchemy import Connection

from crypto.roster import Roster
from review import investigators
from review.generations import ACTS
from review.held import is_about, next_readers
from review.holders import Holding, holding
from review.store import acts, generations
from review.store.acts import Signed
from review.store.cases import Case


@dataclass(frozen=True)
class Waits:
    """An act that waits for one more signature, in the names of people."""

    hash: str
    act: str
    by: str
    person: str
    readers: str
    signed: bool


@dataclass(frozen=True)
class People:
    """Who reads a case, and what this person may do about it; others are id and name.

    decides says whether they are one of its readers, and not somebody it is only shared with.
    """

    readers: tuple[str, ...]
    shared: tuple[str, ...]
    recused: tuple[tuple[str, datetime.date], ...]
    others: tuple[tuple[str, str], ...]
    investigators: tuple[tuple[str, str], ...]
    unkeyed: bool
    decides: bool
    waiting: tuple[Waits, ...]
    next: str
    blocked: bool
    needs_key: bool
    too_few: bool
    may_key: bool
    may_release: bool


def people_of(connection: Connection, case: Case, roster: Roster, viewer: str) -> People:
    """Who can read a case, for one of its readers."""
    held = holding(connection, case, roster)
    names = {each.id: each.name for each in roster.readers}
    names |= {each.id: each.name for each in roster.listed}
    out = generations.recusals_of(connection, case.id)
    following = next_readers(roster, held)
    waiting = [
        _waits(each, viewer, names)
        for each in acts.proposals(connection, [case.id])
        if each.act.act in ACTS and not is_about(each, viewer)
    ]
    keyed = investigators.with_keys(connection, roster)
    known = held.shown | held.out
    return People(
        readers=tuple(names.get(each, each) for each in sorted(held.shown - held.shared)),
        shared=tuple(names.get(each, each) for each in sorted(held.shared & held.shown)),
        recused=tuple((names.get(each.person, each.person), each.on) for each in out),
        others=tuple((each, names.get(each, each)) for each in sorted(held.shown - {viewer})),
        investigators=tuple((each.person, each.name) for each in keyed if each.person not in known),
        unkeyed=not keyed,
        decides=viewer not in held.shared,
        waiting=tuple(waiting),
        next=", ".join(names.get(each, each) for each in following),
        blocked=held.is_blocked,
        needs_key=held.needs_key,
        too_few=held.has_too_few,
        may_key=viewer in following and _makes_a_difference(held, following),
        may_release=bool(held.out) and not generations.is_released(connection, case.id),
    )


def _makes_a_difference(held: Holding, following: list[str]) -> bool:
    """Whether a new key would change who reads."""
    return held.needs_key or bool(held.shared) or frozenset(following) != held.granted


def _waits(proposal: Signed, viewer: str, names: dict[str, str]) -> Waits:
    act = proposal.act
    people = act.words("readers")
    person = str(act.data.get("person", ""))
    return Waits(
        hash=act.hash,
        act=act.act,
        by=", ".join(names.get(each, each) for each in proposal.signers),
        person=names.get(person, person),
        readers=", ".join(names.get(each, each) for each in people),
        signed=viewer in proposal.signers,
    )
