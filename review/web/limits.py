"""Budgets for signing in: one for everybody together, one for each name.

No address is looked at: the console stands on a private network, and behind a proxy all addresses
are one. A budget only slows. It is full again with the next minute, and nobody is ever locked, so
that a stranger who guesses at a name keeps its owner waiting for as long as they go on, and not a
minute longer. Names are counted under a hash whose key is drawn at start and never written down.
"""

import hashlib
import hmac
import logging
import secrets
from collections.abc import Callable

from flask import Flask, g
from flask_limiter import Limiter
from flask_limiter.errors import RateLimitExceeded

from review.errors import TooManyTries

PER_NAME = "10/minute"
TOGETHER = "60/minute"

# It would write each refusal with its time, and there is nothing in one that helps an operator.
logging.getLogger("flask-limiter").setLevel(logging.CRITICAL)


def _count() -> None: ...


class Budgets:
    """Counts tries to sign in."""

    def __init__(self, app: Flask, key: bytes | None = None) -> None:
        key = key or secrets.token_bytes(32)
        limiter = Limiter(
            lambda: "everybody",
            app=app,
            storage_uri="memory://",
            strategy="fixed-window",
            headers_enabled=False,
        )
        together = limiter.shared_limit(TOGETHER, "sign-in")
        per_name = limiter.shared_limit(PER_NAME, "sign-in-name", key_func=_named(key))
        self._try: Callable[[], None] = together(per_name(_count))

    def spend_try(self, username: str) -> None:
        """Count a try under this name. Raises TooManyTries when a budget is used up."""
        g.tried_name = username
        try:
            self._try()
        except RateLimitExceeded:
            raise TooManyTries("a budget for signing in is used up") from None


def _named(key: bytes) -> Callable[[], str]:
    def name_key() -> str:
        name: str = g.tried_name
        return hmac.digest(key, name.encode(), hashlib.sha256).hex()

    return name_key
