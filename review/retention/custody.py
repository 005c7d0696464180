"""What a legal hold asks for while it stands: who was told of it, and whether it is still needed.

Pure. Whoever keeps records outside this installation is told, by a code that names nobody, and has
to acknowledge it; every six months somebody looks at the hold again and signs that it is still
needed. Each of these is an act that one person signs. None of them ends a hold.
"""

import enum
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from review.errors import MalformedForm
from review.retention.holding import Data
from review.retention.holding import hold_of as _placed
from review.retention.holding import subject as _subject
from review.spans import months_after

NOTIFY, ACKNOWLEDGE, REVIEW = "notify-custodian", "acknowledge-hold", "review-hold"
REVIEW_MONTHS = 6
_PREFIX = "custody/"
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
# draw: that the same thing said twice on a day is two acts.
_FIELDS: Mapping[str, frozenset[str]] = {
    NOTIFY: frozenset({"custodian", "day", "draw"}),
    ACKNOWLEDGE: frozenset({"custodian", "day", "draw"}),
    REVIEW: frozenset({"draw"}),
}
# What the ledger calls each of them.
ENTRIES: Mapping[str, str] = {
    NOTIFY: "hold.notified",
    ACKNOWLEDGE: "hold.acknowledged",
    REVIEW: "hold.reviewed",
}


@dataclass(frozen=True)
class Note:
    """One of these acts: its kind, whom it is about, the day it speaks of and the day it was made.

    A review is about nobody and speaks of the day on which it was signed.
    """

    kind: str
    custodian: str
    day: date
    on: date


@dataclass(frozen=True)
class Notice:
    """Who was told, first and last on which day, and the day they acknowledged what was last."""

    custodian: str
    told: date
    again: date | None
    acknowledged: date | None


class Due(enum.StrEnum):
    """What is still to be done for a hold that stands."""

    TELL = "tell"
    ACKNOWLEDGE = "acknowledge"
    REVIEW = "review"


@dataclass(frozen=True)
class Awaited:
    """Something that is to be done for a hold: about whom, if anybody, and by which day."""

    what: Due
    custodian: str
    by: date


def subject(hold: str) -> str:
    """What these acts have for their subject: not the hold's own, so that none moves a release."""
    return _PREFIX + hold


def hold_of(about: str) -> str | None:
    """The hold that a subject of these acts is about, or None."""
    found = about.removeprefix(_PREFIX)
    return _placed(_subject(found)) if about.startswith(_PREFIX) else None


def read(kind: str, about: str, data: Data, on: date) -> Note:
    """What such an act of a day says. Raises MalformedForm."""
    fields = _FIELDS.get(kind)
    if hold_of(about) is None or fields is None or set(data) != fields:
        raise MalformedForm("the act says nothing of the custody of a hold")
    if kind == REVIEW:
        return Note(kind, "", on, on)
    custodian, day = data["custodian"], data["day"]
    if not isinstance(custodian, str) or not _CODE.fullmatch(custodian):
        raise MalformedForm("custodian is not a code")
    try:
        found = date.fromisoformat(str(day))
    except ValueError:
        raise MalformedForm("not a day") from None
    if found.isoformat() != day:
        raise MalformedForm("not a day in its one spelling")
    return Note(kind, custodian, found, on)


def refusals(note: Note, before: Sequence[Note]) -> tuple[str, ...]:
    """Why a note cannot follow those before it, a sentence each."""
    if note.day > note.on:
        return ("That day is still to come.",)
    if note.kind != ACKNOWLEDGE:
        return ()
    known = {each.custodian: each for each in notices(before)}.get(note.custodian)
    if known is None:
        return ("Nobody has told them of the hold yet.",)
    if known.acknowledged is not None:
        return ("They have acknowledged it already.",)
    if note.day < (known.again or known.told):
        return ("They were told on a later day than that.",)
    return ()


def notices(notes: Iterable[Note]) -> tuple[Notice, ...]:
    """Who was told, in the order in which they first were.

    Who is told again has to acknowledge it again.
    """
    found: dict[str, Notice] = {}
    for each in notes:
        known = found.get(each.custodian)
        if each.kind == NOTIFY:
            told, again = (each.day, None) if known is None else (known.told, each.day)
            found[each.custodian] = Notice(each.custodian, told, again, None)
        elif each.kind == ACKNOWLEDGE and known is not None:
            found[each.custodian] = Notice(each.custodian, known.told, known.again, each.day)
    return tuple(found.values())


def reviewed(notes: Iterable[Note]) -> date | None:
    """The last day on which somebody signed that the hold is still needed, if there is one."""
    return max((each.on for each in notes if each.kind == REVIEW), default=None)


def review_by(placed: date, notes: Iterable[Note]) -> date:
    """The day by which the hold has to be looked at again; the day itself is in time."""
    return months_after(reviewed(notes) or placed, REVIEW_MONTHS)


def awaited(placed: date, by: str, custodian: str, notes: Sequence[Note]) -> tuple[Awaited, ...]:
    """What is to be done for a hold that stands, the earliest first.

    Whoever placed it knows of it; another custodian is to be told on the day itself. An
    acknowledgement is asked for from the day of the notice on, until it comes.
    """
    told = notices(notes)
    found = [
        Awaited(Due.ACKNOWLEDGE, each.custodian, each.again or each.told)
        for each in told
        if each.acknowledged is None
    ]
    if custodian != by and custodian not in {each.custodian for each in told}:
        found.append(Awaited(Due.TELL, custodian, placed))
    found.append(Awaited(Due.REVIEW, "", review_by(placed, notes)))
    return tuple(sorted(found, key=lambda each: (each.by, each.what, each.custodian)))
