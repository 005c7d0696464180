"""Budgets for everybody together, because nobody can be told apart.

Every visitor of an onion service has the same address, and elsewhere an address must not be kept,
so nothing counted here has a person in its key. Texts have a budget of their own that files and
reading cannot use up: under a flood files are refused first and words last.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.errors import RateLimitExceeded
from limits import parse_many
from limits.errors import ConfigurationError
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from crypto.errors import CryptoError
from intake.errors import BudgetSpent, MalformedBody, SettingsRefused
from intake.settings import Settings

# It would write each refusal with its time, and there is nothing in one that helps an operator.
logging.getLogger("flask-limiter").setLevel(logging.CRITICAL)


def _everybody() -> str:
    return "everybody"


def _deposit() -> None: ...


def _slice() -> None: ...


def _read() -> None: ...


def _look() -> None: ...


def _limiter(app: Flask, settings: Settings) -> Limiter:
    try:
        return Limiter(
            _everybody,
            app=app,
            storage_uri=settings.limiter_storage,
            strategy="fixed-window",
            headers_enabled=False,
            in_memory_fallback_enabled=True,
        )
    except ConfigurationError:
        problem = "INTAKE_LIMITER_STORAGE names a store whose Python package is not installed"
        raise SettingsRefused([problem]) from None


class Budgets:
    """Counts deposits, slices and readings; each raises BudgetSpent when its budget is used up.

    If the store of the counts is gone, each process goes on counting for itself: a person must be
    able to write.
    """

    def __init__(self, app: Flask, settings: Settings, workers: int) -> None:
        limiter = _limiter(app, settings)
        # What each worker counts for itself is its share of what all may take in together.
        share = workers if settings.limiter_storage.startswith("memory:") else 1

        def counted(budget: str, name: str, count: Callable[[], None]) -> Callable[[], None]:
            return limiter.shared_limit(_divided(budget, share), name)(count)

        self._deposit = counted(settings.budget_deposits, "deposits", _deposit)
        self._look = counted(settings.budget_deposits, "looks", _look)
        self._slice = counted(settings.budget_slices, "slices", _slice)
        self._read = counted(settings.budget_reads, "reads", _read)
        self._malformed = parse_many(_divided(settings.budget_malformed, workers))
        self._strange = FixedWindowRateLimiter(MemoryStorage())

    def deposit(self) -> None:
        """Count one text."""
        _spend(self._deposit)

    def slice(self) -> None:
        """Count one slice of a file."""
        _spend(self._slice)

    def read(self) -> None:
        """Count one reading of a mailbox by somebody who only reads."""
        _spend(self._read)

    def look(self) -> None:
        """Count one look into a mailbox by somebody who adds to it.

        As many as there may be deposits, and of their own: a flood of readings shuts nobody out
        who has something to add.
        """
        _spend(self._look)

    @contextmanager
    def sealed_deposit(self) -> Iterator[None]:
        """Count the deposit that the block makes sure of; what turns out malformed is not one.

        After many malformed ones each counts before it is looked at: checking is what costs.
        """
        if not all(self._strange.test(each) for each in self._malformed):
            self.deposit()
            yield
            return
        try:
            yield
        except (CryptoError, MalformedBody):
            for each in self._malformed:
                self._strange.hit(each)
            raise
        self.deposit()


def _divided(budget: str, share: int) -> str:
    parts = [
        f"{max(1, each.amount // share)} per {each.multiples} {each.GRANULARITY.name}"
        for each in parse_many(budget)
    ]
    return ";".join(parts)


def _spend(count: Callable[[], None]) -> None:
    try:
        count()
    except RateLimitExceeded:
        raise BudgetSpent("a budget is used up") from None
