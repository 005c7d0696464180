"""Counts, in a store that all workers share or in this process, and what they count up to.

When the shared store cannot be reached each worker goes on with its own part of every budget: a
person must be able to write. Nothing that is counted here says who did it; see intake.web.daykey.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self, TypeVar

from flask import Flask
from flask_limiter import Limiter
from limits import RateLimitItem, parse_many
from limits.errors import ConfigurationError, StorageError
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter

from intake.errors import SettingsRefused
from intake.web.local import LocalCounts

# Seconds without a try to reach a store that was gone, and how long one try may take.
PAUSE = 5.0
PATIENCE = 0.5

Found = TypeVar("Found")
_log = logging.getLogger("intake")
# It would write each refusal with its time, and there is nothing in one that helps an operator.
logging.getLogger("flask-limiter").setLevel(logging.CRITICAL)


@dataclass(frozen=True)
class Allowance:
    """So many in each window: of all workers together, and of one when it counts alone."""

    name: str
    together: tuple[RateLimitItem, ...]
    alone: tuple[RateLimitItem, ...]

    @classmethod
    def of(cls, name: str, budget: str, workers: int) -> Self:
        """What a setting such as 120/minute;2000/hour allows."""
        items = tuple(sorted(parse_many(budget), key=lambda each: each.get_expiry()))
        return cls(name, items, tuple(_scaled(each, 1, workers, least=1) for each in items))

    @property
    def is_nothing(self) -> bool:
        """Whether it was too small to divide, so that nothing is allowed somewhere."""
        return any(each.amount < 1 for each in (*self.together, *self.alone))

    def part(self, name: str, parts: int, of: int) -> "Allowance":
        """So many parts of it, under a name of its own; nothing where it is too small to divide."""
        return Allowance(
            name,
            tuple(_scaled(each, parts, of) for each in self.together),
            tuple(_scaled(each, parts, of) for each in self.alone),
        )

    def without(self, name: str, *others: "Allowance") -> "Allowance":
        """What is left of it when others have their parts."""
        return Allowance(
            name,
            _rest(self.together, [each.together for each in others]),
            _rest(self.alone, [each.alone for each in others]),
        )


def _scaled(item: RateLimitItem, parts: int, of: int, least: int = 0) -> RateLimitItem:
    return type(item)(max(least, parts * (item.amount // of)), item.multiples)


def _rest(
    items: tuple[RateLimitItem, ...], others: list[tuple[RateLimitItem, ...]]
) -> tuple[RateLimitItem, ...]:
    return tuple(
        type(each)(each.amount - sum(other[at].amount for other in others), each.multiples)
        for at, each in enumerate(items)
    )


class Counts:
    """Counts for all workers together, or for this one while the shared store is gone."""

    def __init__(
        self, storage: Storage | None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._together = None if storage is None else FixedWindowRateLimiter(storage)
        self._alone = FixedWindowRateLimiter(LocalCounts())
        self._clock = clock
        self._lock = threading.Lock()
        self._gone = False
        self._again = 0.0

    def take(self, allowance: Allowance, key: str = "") -> bool:
        """Count one; whether it was still allowed."""
        return self._ask(lambda here: _take(here, allowance, key))

    def left(self, allowance: Allowance, key: str = "") -> bool:
        """Whether one more would be allowed, without counting it."""
        return self._ask(lambda here: _left(here, allowance, key))

    def used(self, allowance: Allowance) -> float:
        """How much of it was asked for: 1.0 is all of it, and it can be more."""
        return self._ask(lambda here: _used(here, allowance))

    def _ask(self, question: Callable[["_Here"], Found]) -> Found:
        """The answer of the shared store, or of this process while that cannot be reached."""
        if self._together is not None and self._may_try():
            try:
                found = question(_Here(self._together, alone=False))
            except StorageError:
                self._lost()
            else:
                self._gone = False
                return found
        return question(_Here(self._alone, alone=True))

    def _may_try(self) -> bool:
        """Whether to try the shared store; while it is gone one thread does, now and then."""
        if not self._gone:
            return True
        with self._lock:
            now = self._clock()
            if now < self._again:
                return False
            self._again = now + PAUSE
            return True

    def _lost(self) -> None:
        with self._lock:
            self._again = self._clock() + PAUSE
            told, self._gone = self._gone, True
        if not told:
            _log.error("INTAKE_LIMITER_STORAGE cannot be reached: each worker counts by itself")


@dataclass(frozen=True)
class _Here:
    """One place of counting, and whether only this process counts there."""

    limiter: FixedWindowRateLimiter
    alone: bool

    def items(self, allowance: Allowance) -> tuple[RateLimitItem, ...]:
        return allowance.alone if self.alone else allowance.together


def _take(here: _Here, allowance: Allowance, key: str) -> bool:
    # The shortest window comes first: what it refuses does not count in the others.
    return all(here.limiter.hit(each, allowance.name, key) for each in here.items(allowance))


def _left(here: _Here, allowance: Allowance, key: str) -> bool:
    return all(here.limiter.test(each, allowance.name, key) for each in here.items(allowance))


def _used(here: _Here, allowance: Allowance) -> float:
    storage = here.limiter.storage
    return max(
        storage.get(each.key_for(allowance.name, "")) / max(1, each.amount)
        for each in here.items(allowance)
    )


def counts(app: Flask, uri: str) -> Counts:
    """Counts in the store at this address. Raises SettingsRefused for one that cannot be used."""
    if uri.startswith("memory:"):
        return Counts(None)
    try:
        limiter = Limiter(
            lambda: "everybody",
            app=app,
            storage_uri=uri,
            storage_options=_impatient(),
            strategy="fixed-window",
            headers_enabled=False,
        )
    except ConfigurationError:
        problem = "INTAKE_LIMITER_STORAGE names a store whose Python package is not installed"
        raise SettingsRefused([problem]) from None
    except ValueError:
        raise SettingsRefused(["INTAKE_LIMITER_STORAGE is not an address of a store"]) from None
    if _writes_to_disk(limiter.storage):
        problem = 'INTAKE_LIMITER_STORAGE writes to disk: give that Redis save "" and appendonly no'
        raise SettingsRefused([problem])
    return Counts(limiter.storage)


def _writes_to_disk(storage: Any) -> bool:
    """Whether this Redis says that it keeps what it holds; one that cannot be asked says no."""
    try:
        says = storage.storage.config_get("save", "appendonly")
    except storage.base_exceptions:
        return False
    return bool(says.get("save")) or says.get("appendonly") == "yes"


def _impatient() -> Any:
    """Options for Redis: a request waits for no store, and any failure is one kind of error."""
    return {
        "wrap_exceptions": True,
        "socket_timeout": PATIENCE,
        "socket_connect_timeout": PATIENCE,
        "retry": None,
    }
