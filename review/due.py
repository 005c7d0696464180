"""What is due for disposition, held or still to come, and the lists that were proposed, for a page.

A reader finds what they may know of, and nothing else; what they cannot propose says why.
"""

import datetime
from dataclasses import dataclass

from sqlalchemy import Connection

from crypto.roster import Roster
from review import disposing
from review.acting import Signer
from review.disposing import Proposed
from review.retention.tally import Where
from review.roles import READERS
from review.store import dispositions
from review.store.retained import Retained, retained

# How much one page says at once.
MOST = 200
_OVER = (Where.DUE, Where.OVERDUE)


@dataclass(frozen=True)
class Desk:
    """What a reader finds: due cases that nobody has proposed, those held, what comes, the lists.

    lists are those that are not over, ended the others; more says that there are more due cases.
    """

    due: tuple[Retained, ...]
    held: tuple[Retained, ...]
    coming: tuple[Retained, ...]
    lists: tuple[Proposed, ...]
    ended: tuple[Proposed, ...]
    more: bool


@dataclass(frozen=True)
class Count:
    """How many cases of a reader are due and on no list, and how many of them are overdue."""

    due: int
    overdue: int


def desk(connection: Connection, roster: Roster, person: str, today: datetime.date) -> Desk:
    """What this person finds on the page of dispositions."""
    found = retained(connection, today, person)
    shown = disposing.shown(connection, person, roster)
    listed = _listed(shown)
    free = [each for each in found if each.where in _OVER and each.case_id not in listed]
    return Desk(
        tuple(free[:MOST]),
        tuple(each for each in found if each.where is Where.HELD),
        tuple(each for each in found if each.where is Where.KEPT),
        tuple(each for each in shown if _is_alive(each)),
        tuple(each for each in shown if not _is_alive(each)),
        len(free) > MOST,
    )


def count(connection: Connection, person: str, today: datetime.date) -> Count:
    """What the home page says of it."""
    found = [
        each for each in retained(connection, today, person, is_over=True) if each.where in _OVER
    ]
    listed = _listed(disposing.shown(connection, person)) if found else frozenset()
    free = [each for each in found if each.case_id not in listed]
    return Count(len(free), sum(each.where is Where.OVERDUE for each in free))


def who_may(
    connection: Connection, roster: Roster, found: Proposed, but: str | None = None
) -> tuple[str, ...]:
    """The names of those who could still approve a list: its readers who did not propose it."""
    there = dispositions.readers_of(connection, found.manifest.id)
    out = {found.manifest.by, but, *found.signers}
    return tuple(
        each.name
        for each in roster.readers
        if each.id in there - out and disposing.may_know(connection, found.manifest, each.id)
    )


def may_approve(found: Proposed, viewer: Signer) -> bool:
    """Whether a list waits for this person too."""
    signed = {found.manifest.by, *found.signers}
    return found.waits and viewer.role in READERS and viewer.person not in signed


def _is_alive(each: Proposed) -> bool:
    return each.rejected is None and not each.is_over


def _listed(shown: list[Proposed]) -> frozenset[str]:
    """The cases on lists that may still be carried out."""
    return frozenset(
        line.case
        for each in shown
        if _is_alive(each)
        for line in each.manifest.records
        if line.case not in each.left_out
    )
