"""Letting somebody in again who has lost every way to sign in: who may sign for it, and for what.

One rule for the console, which takes the signatures, and for the verifier, which looks at them
again.
"""

from collections.abc import Mapping

from review.roles import Role

NAME = "new-sign-in"
ENOUGH = 2
_AGREEING = frozenset({Role.CHAIR, Role.MEMBER, Role.ALTERNATE})


def subject(person: str) -> str:
    """What acts about a person's sign-in are about."""
    return f"people/{person}"


def is_about(person: str, about: str, act: str, data: Mapping[str, object]) -> bool:
    """Whether an act of this subject, name and data lets this person in again, and nothing else."""
    return (about, act, dict(data)) == (subject(person), NAME, {"person": person})


def may_agree(person: str, signer: str, role: Role) -> bool:
    """Whether somebody in this role may sign for this person: never for themselves."""
    return signer != person and role in _AGREEING
