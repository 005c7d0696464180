"""Whether a record may be disposed of, and whether an approval counts.

Two distinct people approve the very same manifest; neither proposed it, carries it out, or is
concerned by a record on it, and at least one of them sits on the committee. A person who signs
under two accounts is one person.
"""

import enum
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from review.retention.holds import TWO, Hold
from review.spans import days_after

COOLING_DAYS = 7
GRACE_DAYS = 30


class Answer(enum.StrEnum):
    """Why a record cannot be proposed, as its proposer is told."""

    UNKNOWN_CASE = "UNKNOWN_CASE"
    NOT_DUE = "NOT_DUE"
    ON_HOLD = "ON_HOLD"
    OPEN = "OPEN"


@dataclass(frozen=True)
class Standing:
    """What decides of a record on a day: whether it may be known of, its due day, and its holds."""

    may_know: bool
    due: date | None
    is_held: bool


def refusal(record: Standing, day: date) -> Answer | None:
    """Why a record cannot go on a day; None if it can.

    Somebody who may not know of a record gets the answer of an unknown one, whatever stands in the
    way. A record without a due day is still open.
    """
    if not record.may_know:
        return Answer.UNKNOWN_CASE
    if record.due is None:
        return Answer.OPEN
    if record.is_held:
        return Answer.ON_HOLD
    return Answer.NOT_DUE if day < record.due else None


@dataclass(frozen=True)
class Approval:
    """One signature under a manifest: by which natural person, over which hash, on which day."""

    person: str
    manifest: str
    on: date
    is_eligible: bool = True
    is_of_committee: bool = True


def approvers(
    approvals: Iterable[Approval],
    *,
    executed: date,
    proposers: Iterable[str],
    executor: str,
    concerned: Iterable[str],
) -> frozenset[str]:
    """Whose approvals count for a record that was carried out on a day: those of one manifest hash.

    Nobody's count unless one of them sits on the committee.
    """
    out = {*proposers, executor, *concerned}
    good = [
        one for one in approvals if one.on <= executed and one.is_eligible and one.person not in out
    ]
    people = {(one.manifest, one.person) for one in good}
    hashes = Counter(manifest for manifest, _ in people)
    if not hashes:
        return frozenset()
    # The same manifest by most people; of two such, the first by its hash.
    best = min(hashes, key=lambda one: (-hashes[one], one))
    found = frozenset(person for manifest, person in people if manifest == best)
    sitting = {one.person for one in good if one.is_of_committee and one.manifest == best}
    return found if sitting else frozenset()


def are_enough(people: frozenset[str]) -> bool:
    """Whether so many approvals let a manifest be carried out."""
    return len(people) >= TWO


def executable_from(second_approval: date, cooling: int = COOLING_DAYS) -> date:
    """The first day on which an approved manifest may be carried out."""
    return days_after(second_approval, cooling)


def free_of_holds(
    due: date, end: date | None, holds: Iterable[Hold], is_held: Callable[[date], bool]
) -> Iterator[tuple[date, date | None]]:
    """From the due day until the end, the spans in which no hold stood over a record.

    holds are those that may have; is_held says whether one did at the end of a day. The time in
    which somebody could have acted begins again where a hold ends.
    """
    days = {due}
    for hold in holds:
        changes = (hold.placed, *(release.on for release in hold.releases))
        days |= {day for day in changes if day > due}
    begin: date | None = None
    for day in sorted(day for day in days if end is None or day < end):
        held = is_held(day)
        if begin is None and not held:
            begin = day
        elif begin is not None and held:
            yield begin, day
            begin = None
    if begin is not None:
        yield begin, end


def late_from(due: date, grace: int = GRACE_DAYS) -> date:
    """The first day on which a record that is still there is overdue."""
    return days_after(due, grace + 1)
