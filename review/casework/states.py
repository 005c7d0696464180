"""The states of a case, and the one table of what leads from where to where.

This module is pure: a state and an event in, the next state out, or IllegalMove. Every change of a
case's state in the book goes through move(). What the submitter is told is a coarser word, sealed
in a letter of its own by the member who makes the change; shown_to_submitter() gives that word.
"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from review.casework.course import Stage as State
from review.casework.course import shown_to_submitter
from review.errors import IllegalMove

__all__ = ["SEVEN", "State", "shown_to_submitter"]


class Event(enum.StrEnum):
    """What happened to a case."""

    READ = "read"
    REPLIED = "replied"
    ACKNOWLEDGE = "acknowledge"
    INVESTIGATE = "investigate"
    ASK = "ask"
    CLOSE = "close"
    REOPEN = "reopen"


# The events that a person chooses in the form, as opposed to those that come with another act.
CHOSEN = frozenset({Event.ACKNOWLEDGE, Event.INVESTIGATE, Event.ASK, Event.CLOSE, Event.REOPEN})


@dataclass(frozen=True)
class Transition:
    """One line of the table."""

    event: Event
    before: State
    after: State


def _lines(event: Event, after: State, *before: State) -> tuple[Transition, ...]:
    return tuple(Transition(event, state, after) for state in before)


_UNDER_TREATMENT = (State.ACKNOWLEDGED, State.INVESTIGATING, State.NEEDS_INFO, State.REOPENED)

TRANSITIONS: tuple[Transition, ...] = (
    *_lines(Event.READ, State.OPENED, State.RECEIVED),
    # A reply is an acknowledgement: it tells the submitter that somebody has read.
    *_lines(Event.REPLIED, State.ACKNOWLEDGED, State.RECEIVED, State.OPENED),
    # Later replies leave the state as it is, also after closing: an answer is never too late.
    *(Transition(Event.REPLIED, state, state) for state in (*_UNDER_TREATMENT, State.CLOSED)),
    *_lines(Event.ACKNOWLEDGE, State.ACKNOWLEDGED, State.RECEIVED, State.OPENED),
    *_lines(
        Event.INVESTIGATE,
        State.INVESTIGATING,
        State.ACKNOWLEDGED,
        State.NEEDS_INFO,
        State.REOPENED,
    ),
    *_lines(Event.ASK, State.NEEDS_INFO, State.ACKNOWLEDGED, State.INVESTIGATING, State.REOPENED),
    *_lines(Event.CLOSE, State.CLOSED, *_UNDER_TREATMENT),
    *_lines(Event.REOPEN, State.REOPENED, State.CLOSED),
)

_TABLE: Mapping[tuple[State, Event], State] = MappingProxyType(
    {(line.before, line.event): line.after for line in TRANSITIONS}
)


# Those that lead on by this table.
SEVEN = tuple(dict.fromkeys(state for line in TRANSITIONS for state in (line.before, line.after)))


def move(state: State, event: Event) -> State:
    """The state after the event. Raises IllegalMove where the table has no line."""
    after = _TABLE.get((state, event))
    if after is None:
        raise IllegalMove(state, event)
    return after


def choices(state: State) -> tuple[State, ...]:
    """The states that a person may choose next, in the table's order."""
    return tuple(
        line.after for line in TRANSITIONS if line.before is state and line.event in CHOSEN
    )


def choose(state: State, wanted: State) -> State:
    """The wanted state, if a person may choose it now. Raises IllegalMove otherwise."""
    if wanted not in choices(state):
        raise IllegalMove(state, f"choosing {wanted}")
    return wanted
