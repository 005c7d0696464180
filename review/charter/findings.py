"""What an assessment says: findings, occurrences, the leaves' status, and their JSON.

A finding has a severity and a standing; a status belongs to a leaf or an occurrence. A finding that
is over stays, CLOSED, with its last severity: history is not taken back.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

FORMAT = "underrose-findings/1"
Figures = Mapping[str, str | int]


class Severity(StrEnum):
    """How grave: breach, high, warning, information."""

    B = "B"
    H = "H"
    W = "W"
    I = "I"  # noqa: E741 (the specification's letter)


class Standing(StrEnum):
    """What is to be done about it."""

    OPEN = "OPEN"
    CANDIDATE = "CANDIDATE"
    IN_CURE = "IN_CURE"
    JUDGEMENT = "JUDGEMENT"
    BLOCKED = "BLOCKED"
    CLOSED = "CLOSED"


class Status(StrEnum):
    """Where an obligation stands, from nothing to do to a person must decide.

    In this order a later one is worse, and the leaf shows the worst. A judgement that is owed
    outranks a breach: until a person decides, nobody can say what the leaf's breaches come to.
    """

    NOT_APPLICABLE = "NOT_APPLICABLE"
    UPCOMING = "UPCOMING"
    SATISFIED = "SATISFIED"
    SATISFIED_LATE = "SATISFIED_LATE"
    DUE_SOON = "DUE_SOON"
    OVERDUE = "OVERDUE"
    IN_CURE = "IN_CURE"
    BREACHED = "BREACHED"
    JUDGEMENT = "JUDGEMENT"
    UNKNOWN = "UNKNOWN"


SEVERITIES = tuple(Severity)
STATUSES = tuple(Status)
DONE = (Status.SATISFIED, Status.SATISFIED_LATE)


@dataclass(frozen=True)
class Finding:
    """One thing that is, or was, not as the charter and the law want it."""

    code: str
    severity: Severity
    standing: Standing
    leaf: str
    source_class: str
    whose: str
    about: str
    since: date
    period: str = ""
    until: date | None = None
    due: date | None = None
    figures: Figures = field(default_factory=dict)
    records: tuple[str, ...] = ()
    sentence: str = ""
    cure: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it is not over."""
        return self.standing is not Standing.CLOSED

    def order(self) -> tuple[object, ...]:
        """Gravest first, then oldest, then by name, so that the same book gives the same bytes."""
        return (
            SEVERITIES.index(self.severity),
            self.since,
            self.code,
            self.about,
            self.period,
            self.source_class,
            self.whose,
            self.standing,
            self.until or date.max,
        )

    def as_json(self) -> dict[str, object]:
        """The form of docs/spec/charter-book.md, section 6."""
        return {
            "code": self.code,
            "severity": str(self.severity),
            "standing": str(self.standing),
            "leaf": self.leaf,
            "class": self.source_class,
            "whose": self.whose,
            "about": self.about,
            "period": self.period or None,
            "since": self.since.isoformat(),
            "until": _day(self.until),
            "due": _day(self.due),
            "figures": dict(self.figures),
            "records": list(self.records),
            "sentence": self.sentence,
            "cure": self.cure,
        }


@dataclass(frozen=True)
class Occurrence:
    """One due instance of an obligation."""

    leaf: str
    about: str
    status: Status
    due: date | None = None
    period: str = ""
    clock: str = ""
    records: tuple[str, ...] = ()
    figures: Figures = field(default_factory=dict)

    def order(self) -> tuple[object, ...]:
        """By leaf, then by due day."""
        return (self.leaf, self.due or date.max, self.about, self.clock, self.period, self.status)

    def as_json(self) -> dict[str, object]:
        """The form of docs/spec/charter-book.md, section 6."""
        return {
            "leaf": self.leaf,
            "about": self.about,
            "clock": self.clock or None,
            "period": self.period or None,
            "due": _day(self.due),
            "status": str(self.status),
            "records": list(self.records),
            "figures": dict(self.figures),
        }


@dataclass(frozen=True)
class LeafStatus:
    """Where a leaf stands, the next day something of it is due, and why if nobody can say."""

    leaf: str
    status: Status
    next_due: date | None = None
    records: tuple[str, ...] = ()
    reason: str = ""

    def as_json(self) -> dict[str, object]:
        """The form of docs/spec/charter-book.md, section 6, with the reason of an UNKNOWN."""
        return {
            "leaf": self.leaf,
            "status": str(self.status),
            "next_due": _day(self.next_due),
            "records": list(self.records),
            "reason": self.reason or None,
        }


@dataclass(frozen=True)
class Assessment:
    """Everything that can be said of a book on one day, as it was known on another."""

    as_of: date
    known_at: date
    charter_sha256: str
    book_sha256: str
    findings: tuple[Finding, ...]
    occurrences: tuple[Occurrence, ...]
    leaves: tuple[LeafStatus, ...]
    retention_opinion: str = ""

    def as_json(self) -> dict[str, object]:
        """The form of docs/spec/charter-book.md, section 6."""
        return {
            "format": FORMAT,
            "as_of": self.as_of.isoformat(),
            "known_at": self.known_at.isoformat(),
            "charter_sha256": self.charter_sha256,
            "book_sha256": self.book_sha256,
            "findings": [finding.as_json() for finding in self.findings],
            "occurrences": [occurrence.as_json() for occurrence in self.occurrences],
            "leaves": [leaf.as_json() for leaf in self.leaves],
            "retention_opinion": self.retention_opinion or None,
        }

    def render(self) -> str:
        """The bytes of the JSON form: the same input gives the same."""
        return json.dumps(self.as_json(), ensure_ascii=False, indent=1) + "\n"


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
