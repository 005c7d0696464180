"""Budgets for everybody together, because nobody can be told apart.

Every visitor of an onion service has the same address, and elsewhere an address must not be kept,
so nothing counted here has a person in its key. Texts have a budget of their own that files and
reading cannot use up: under a flood files are refused first and words last.
"""

import logging
from collections.abc import Callable

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.errors import RateLimitExceeded
from limits.errors import ConfigurationError

from intake.errors import BudgetSpent, SettingsRefused
from intake.settings import Settings

# It would write each refusal with its time, and there is nothing in one that helps an operator.
logging.getLogger("flask-limiter").setLevel(logging.CRITICAL)


def _everybody() -> str:
    return "everybody"


def _deposit() -> None: ...


def _slice() -> None: ...


def _read() -> None: ...


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

    def __init__(self, app: Flask, settings: Settings) -> None:
        limiter = _limiter(app, settings)
        self._deposit = limiter.shared_limit(settings.budget_deposits, "deposits")(_deposit)
        self._slice = limiter.shared_limit(settings.budget_slices, "slices")(_slice)
        self._read = limiter.shared_limit(settings.budget_reads, "reads")(_read)

    def deposit(self) -> None:
        """Count one text."""
        _spend(self._deposit)

    def slice(self) -> None:
        """Count one slice of a file."""
        _spend(self._slice)

    def read(self) -> None:
        """Count one reading of a mailbox."""
        _spend(self._read)


def _spend(count: Callable[[], None]) -> None:
    try:
        count()
    except RateLimitExceeded:
        raise BudgetSpent("a budget is used up") from None
