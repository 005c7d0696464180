"""How cases were moved by version 0.1.0, which had no ledger and whose steps nobody signed.

Its acts waited, and the first batch of the first ledger took them in under types of their own. What
this version does is never told by these types.
"""

from collections.abc import Mapping
from types import MappingProxyType

from review.casework.course import Stage

MOVED, CLOSED = b"case.moved-earlier", b"case.closed-earlier"
TYPES = frozenset({MOVED, CLOSED})

_UNDER_TREATMENT = (Stage.ACKNOWLEDGED, Stage.INVESTIGATING, Stage.NEEDS_INFO, Stage.REOPENED)
# From each stage, those to which somebody could move a case by choosing.
CHOICES: Mapping[Stage, frozenset[Stage]] = MappingProxyType(
    {
        **dict.fromkeys((Stage.RECEIVED, Stage.OPENED), frozenset({Stage.ACKNOWLEDGED})),
        **{
            before: frozenset({Stage.INVESTIGATING, Stage.NEEDS_INFO, Stage.CLOSED}) - {before}
            for before in _UNDER_TREATMENT
        },
        Stage.CLOSED: frozenset({Stage.REOPENED}),
    }
)


def leads(before: Stage, kind: bytes, after: Stage) -> bool:
    """Whether 0.1.0 had a step of this type from the one stage to the other."""
    return after in CHOICES.get(before, ()) and (kind == CLOSED) == (after is Stage.CLOSED)
