"""Who has to be told of a case, by when, and why: the rules of escalation as one table.

Pure. What is triggered is for people to say, except what the coded fields already tell.
"""

import enum
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from review.casework.codes import Severity
from review.workdays import business_days_after, days_after


class Trigger(enum.StrEnum):
    """What makes a case the business of others."""

    CRITICAL = "CRITICAL"
    OFFICER = "OFFICER"
    STATEMENTS = "STATEMENTS"
    CONTROLS_ROLE = "CONTROLS_ROLE"
    ILLEGAL_ACT = "ILLEGAL_ACT"
    RESTATEMENT = "RESTATEMENT"
    LITIGATION = "LITIGATION"
    ATTORNEY_REPORT = "ATTORNEY_REPORT"
    SELF_REPORT = "SELF_REPORT"


@dataclass(frozen=True)
class Days:
    """The days that a due day can be counted from; what is not known is None."""

    received: date
    triggered: date
    next_filing: date | None = None


@dataclass(frozen=True)
class Told:
    """Somebody to be told of a case, by a day if there is one, and the reason."""

    to: tuple[str, ...]
    by: date | None
    why: str


@dataclass(frozen=True)
class _Rule:
    triggers: frozenset[Trigger]
    to: tuple[str, ...]
    by: Callable[[Days], date | None]
    why: str


def _rule(
    triggers: Iterable[Trigger], to: tuple[str, ...], by: Callable[[Days], date | None], why: str
) -> _Rule:
    return _Rule(frozenset(triggers), to, by, why)


_SPECIAL_MEETING, _RESTATED, _LOOK_BACK = 10, 4, 120
_GRAVE = (Trigger.CRITICAL, Trigger.OFFICER)
_RULES = (
    _rule(
        _GRAVE, ("every member who is not concerned", "independent counsel"),
        lambda days: days_after(days.triggered, 1),
        "Nobody decides alone in a critical case, or in one about an officer or director.",
    ),
    _rule(
        _GRAVE, ("a special meeting of the committee",),
        lambda days: business_days_after(days.triggered, _SPECIAL_MEETING),
        "The charter asks for further meetings when they are needed.",
    ),
    _rule(
        (Trigger.STATEMENTS, Trigger.CONTROLS_ROLE),
        ("the firm, but nobody who is named", "whoever prepares the disclosures"),
        lambda days: days.next_filing,
        "The firm has to ask anyway. What is told is the committee's decision, and is recorded.",
    ),
    _rule(
        (Trigger.ILLEGAL_ACT,), ("independent counsel", "the board"),
        lambda days: days_after(days.triggered, 1),
        "If the firm reports it to the board, the SEC hears of it within one business day.",
    ),
    _rule(
        (Trigger.RESTATEMENT,), ("the board",),
        lambda days: business_days_after(days.triggered, _RESTATED),
        "Form 8-K, item 4.02, is due in four business days; think of recovering compensation.",
    ),
    _rule(
        (Trigger.LITIGATION,), ("whoever keeps the records: a legal hold",),
        lambda days: days.triggered,
        "What could be evidence must not be disposed of from now on.",
    ),
    _rule(
        (Trigger.ATTORNEY_REPORT,), ("the committee's log of attorneys' reports",),
        lambda days: days.triggered,
        "17 CFR 205 wants these reports received, kept and considered.",
    ),
    _rule(
        (Trigger.SELF_REPORT,), ("the committee and independent counsel: a decision, recorded",),
        lambda days: days_after(days.received, _LOOK_BACK),
        "A submitter who goes to the SEC within 120 days counts as having gone on the first day.",
    ),
)  # fmt: skip


def triggers_of(severity: Severity, *, officer_is_subject: bool) -> frozenset[Trigger]:
    """What the coded fields of a case trigger by themselves."""
    found = {Trigger.CRITICAL} if severity is Severity.S1 else set()
    return frozenset(found | ({Trigger.OFFICER} if officer_is_subject else set()))


def told(triggers: Iterable[Trigger], days: Days) -> tuple[Told, ...]:
    """Who has to be told, the earliest first; what has no day comes last."""
    chosen = frozenset(triggers)
    found = [Told(rule.to, rule.by(days), rule.why) for rule in _RULES if rule.triggers & chosen]
    return tuple(sorted(found, key=lambda one: one.by or date.max))
