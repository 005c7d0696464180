"""What a view says of who may use it: everybody, or those whose role may do one act."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from review.roles import Act

_ACCESS = "access"
_LARGEST = "largest"
PUBLIC = "public"
P = ParamSpec("P")
R = TypeVar("R")


def public(view: Callable[P, R]) -> Callable[P, R]:
    """Let everybody use this view, signed in or not."""
    setattr(view, _ACCESS, PUBLIC)
    return view


def allowed(act: Act, largest: int | None = None) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let those use this view whose role may do this act.

    largest is the size of a request's body in bytes, where it is not the same as everywhere.
    """

    def mark(view: Callable[P, R]) -> Callable[P, R]:
        setattr(view, _ACCESS, act)
        setattr(view, _LARGEST, largest)
        return view

    return mark


def access_of(view: object) -> Act | str | None:
    """What a view says of who may use it; None for one that says nothing."""
    found: Act | str | None = getattr(view, _ACCESS, None)
    return found


def largest_of(view: object) -> int | None:
    """How large a request a view takes, where it is not the same as everywhere."""
    found: int | None = getattr(view, _LARGEST, None)
    return found
