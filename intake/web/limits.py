"""Budgets for everybody together, because nobody can be told apart.

Every visitor of an onion service has the same address, and elsewhere an address must not be kept.
Texts have a budget of their own that files and reading cannot use up. The last part of a budget is
only for who has waited or whose device has worked (intake.web.price), so that a flood that does
neither shuts nobody out. What is counted for one form or one mailbox is counted under an HMAC
(intake.web.daykey), and only its holder can use it up.
"""

import ipaddress
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask import Flask, request

from crypto.errors import CryptoError
from intake.errors import BudgetSpent, MalformedBody, PriceAsked
from intake.settings import Settings
from intake.web.counts import Allowance, Counts, counts
from intake.web.daykey import DayKey
from intake.web.price import BITS, WAITS, Price, Prices

# Bytes of an address that its neighbours share: a /24 and a /48.
_PREFIX = {4: 3, 6: 6}


@dataclass(frozen=True)
class _Budget:
    """A budget in three parts: for anybody, for who has waited, for whose device has worked."""

    free: Allowance
    waited: Allowance
    worked: Allowance

    @classmethod
    def of(cls, name: str, budget: str, workers: int) -> "_Budget":
        whole = Allowance.of(name, budget, workers)
        waited = whole.part(f"{name}-waited", 1, of=4)
        worked = whole.part(f"{name}-worked", 1, of=4)
        return cls(whole.without(name, waited, worked), waited, worked)


class Budgets:
    """Counts deposits, slices and readings.

    Each raises BudgetSpent when its budget is used up, and PriceAsked while only its last part is
    left and nothing was paid.
    """

    def __init__(
        self,
        app: Flask,
        settings: Settings,
        workers: int,
        key: DayKey | None = None,
        counted: Counts | None = None,
    ) -> None:
        self._key = key or DayKey()
        self.prices = Prices(self._key)
        self._counts = counted or counts(app, settings.limiter_storage)
        self._deposits = _Budget.of("deposits", settings.budget_deposits, workers)
        self._looks = _Budget.of("looks", settings.budget_deposits, workers)
        self._reads = _Budget.of("reads", settings.budget_reads, workers)
        self._slices = Allowance.of("slices", settings.budget_slices, workers)
        self._form = Allowance.of("form", settings.budget_form, workers)
        self._mailbox = Allowance.of("mailbox", settings.budget_mailbox, workers)
        self._prefix = (
            Allowance.of("prefix", settings.budget_prefix, workers)
            if settings.budget_prefix
            else None
        )
        # What is looked at for nothing costs this process, so each counts for itself.
        self._malformed = Allowance.of("malformed", settings.budget_malformed, workers)
        self._own = Counts(None)

    def deposit(self, price: Price) -> None:
        """Count one text."""
        name = self._key.mac("form", price.token)
        if not self._counts.left(self._form, name):
            raise BudgetSpent("one form was sent too often")
        self._take(self._deposits, price)
        self._counts.take(self._form, name)

    def slice(self) -> None:
        """Count one slice of a file."""
        if not self._counts.take(self._slices):
            raise BudgetSpent("the budget for files is used up")

    def before_files(self) -> None:
        """Return if a slice would be taken now, so that nobody sends a file for nothing."""
        if not self._counts.left(self._slices):
            raise BudgetSpent("the budget for files is used up")

    def read(self, lookup: bytes, price: Price) -> None:
        """Count one reading of a mailbox by somebody who only reads."""
        self._take_mailbox(self._reads, lookup, price)

    def look(self, lookup: bytes, price: Price) -> None:
        """Count one look into a mailbox by somebody who adds to it.

        As many as there may be deposits, and of their own: a flood of readings shuts nobody out
        who has something to add.
        """
        self._take_mailbox(self._looks, lookup, price)

    def _take_mailbox(self, budget: _Budget, lookup: bytes, price: Price) -> None:
        # The same for a lookup that opens nothing: what is counted tells nobody what there is.
        name = self._key.mac("mailbox", lookup)
        if not self._counts.left(self._mailbox, name):
            raise BudgetSpent("one mailbox was looked at too often")
        self._take(budget, price)
        self._counts.take(self._mailbox, name)

    def _take(self, budget: _Budget, price: Price) -> None:
        """Count one for a budget: free while there is enough of it, and for a price after."""
        if not self._is_crowded() and self._counts.take(budget.free):
            return
        if budget.waited.is_nothing or budget.worked.is_nothing:
            raise BudgetSpent("a budget is used up")
        self._take_paid(budget, price)

    def _take_paid(self, budget: _Budget, price: Price) -> None:
        level = max(self._level(budget.waited), self._level(budget.worked))
        age = self.prices.age(price)
        if age is None:
            raise self._asked(price, WAITS[level], level)
        paid = self._key.mac("paid", price.token)
        if not self._counts.left(self._form, paid):
            raise BudgetSpent("one price paid for as much as one form may")
        self._take_for(budget, price, age, level)
        self._counts.take(self._form, paid)

    def _take_for(self, budget: _Budget, price: Price, age: int, level: int) -> None:
        # Between the stamp and now more may have arrived, which is not the sender's fault.
        if self.prices.is_solved(price, BITS[max(0, level - 1)]):
            if self._counts.take(budget.worked):
                return
            raise BudgetSpent("a budget is used up, to the part for who has worked")
        if age < WAITS[level]:
            raise self._asked(price, WAITS[level] - age, level)
        if not self._counts.take(budget.waited):
            raise self._asked(price, WAITS[-1], level)

    def _asked(self, price: Price, seconds: int, level: int) -> PriceAsked:
        return PriceAsked(self.prices.stamp(price.token, after=price), seconds, BITS[level])

    def _level(self, part: Allowance) -> int:
        return min(len(WAITS) - 1, math.floor(len(WAITS) * self._counts.used(part)))

    def _is_crowded(self) -> bool:
        """Whether so much came from around one address that from there everything has a price."""
        if self._prefix is None:
            return False
        prefix = _prefix(request.remote_addr)
        if prefix is None:
            return False
        return not self._counts.take(self._prefix, self._key.mac("prefix", prefix))

    @contextmanager
    def sealed_deposit(self, price: Price) -> Iterator[None]:
        """Count the deposit that the block makes sure of; what turns out malformed is not one.

        After many malformed ones each counts before it is looked at: checking is what costs.
        """
        if not self._own.left(self._malformed):
            self.deposit(price)
            yield
            return
        try:
            yield
        except (CryptoError, MalformedBody):
            self._own.take(self._malformed)
            raise
        self.deposit(price)


def _prefix(address: str | None) -> bytes | None:
    """The network that an address is in; None for this machine, through which an onion comes."""
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return None
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    return None if found.is_loopback else found.packed[: _PREFIX[found.version]]
