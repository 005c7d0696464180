"""How a state is said: a word, a shape and a tone. The colour only repeats what they say."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from review.charter.findings import Finding, Severity, Standing, Status


@dataclass(frozen=True)
class State:
    """A status as people read it; tone names the style's class, shape stands beside the word."""

    status: Status
    word: str
    shape: str
    tone: str


# From the gravest on. It is not the engine's order within a leaf: of a clause a director asks first
# what is broken, and only then what nobody can say. A leaf that nobody can judge is never hidden
# behind one that is met.
STATES = (
    State(Status.BREACHED, "Breached", "✖", "bad"),
    State(Status.IN_CURE, "In cure", "◐", "bad"),
    State(Status.OVERDUE, "Overdue", "▲", "bad"),
    State(Status.JUDGEMENT, "A person must decide", "◆", "ask"),
    State(Status.UNKNOWN, "Unknown", "?", "ask"),
    State(Status.DUE_SOON, "Due soon", "◔", "ask"),
    State(Status.SATISFIED_LATE, "Met, late", "✓", "good"),
    State(Status.SATISFIED, "Met", "✔", "good"),
    State(Status.UPCOMING, "Upcoming", "○", "calm"),
    State(Status.NOT_APPLICABLE, "Nothing to do", "–", "calm"),
)
_BY_STATUS = {state.status: state for state in STATES}
_PLACE = {state.status: place for place, state in enumerate(STATES)}

SEVERITY_WORDS = {
    Severity.B: "Breach",
    Severity.H: "High",
    Severity.W: "Warning",
    Severity.I: "Information",
}
SEVERITY_SHAPES = {Severity.B: "✖", Severity.H: "▲", Severity.W: "●", Severity.I: "○"}
STANDING_WORDS = {
    Standing.OPEN: "open",
    Standing.CANDIDATE: "may still be cured by an exception",
    Standing.IN_CURE: "in its cure period",
    Standing.JUDGEMENT: "a person must decide",
    Standing.BLOCKED: "asked for, and blocked",
    Standing.CLOSED: "over",
}
CLASS_WORDS = {
    "LAW": "law",
    "LISTING": "listing rule",
    "FIRM": "the firm’s duty",
    "CHARTER": "charter only",
    "PRACTICE": "practice",
}


def state_of(status: Status) -> State:
    """A status with its word and shape."""
    return _BY_STATUS[status]


def worst(statuses: Iterable[Status], found: Iterable[Finding] = ()) -> State:
    """The gravest of several statuses; an open breach among the findings is graver than all."""
    known = list(statuses)
    if any(one.severity is Severity.B and one.standing is Standing.OPEN for one in found):
        known.append(Status.BREACHED)
    return _BY_STATUS[min(known, key=_PLACE.__getitem__, default=Status.NOT_APPLICABLE)]


def begun(text: str) -> str:
    """A text as the beginning of a line."""
    return text[:1].upper() + text[1:]


def plain(word: str) -> str:
    """A code of capitals as words: INTERNAL_AUDITOR is internal auditor, and FY2026-Q3 stays."""
    return word.replace("_", " ").lower() if re.fullmatch(r"[A-Z_]+", word) else word
