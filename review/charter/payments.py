"""Invoices and payments, added up exactly.

Two bases are kept apart: what was billed for a year (the proxy statement's) and what was paid in
it (the de minimis test's).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from review.charter.book import Event
from review.charter.view import View

ZERO = Decimal(0)


@dataclass
class Invoice:
    """A bill and its payments."""

    id: str
    event: Event
    paid: list[tuple[date, Decimal]] = field(default_factory=list)

    @property
    def amount(self) -> Decimal:
        """What was asked for."""
        return self.event.amount("amount")

    @property
    def creditor(self) -> str:
        """The firm or advisor, or administration."""
        return self.event.text("from")

    @property
    def settled_on(self) -> date | None:
        """The day it was paid in full."""
        left = self.amount
        for day, amount in self.paid:
            left -= amount
            if left <= 0:
                return day
        return None


class Payments:
    """Every invoice of the book."""

    def __init__(self, view: View) -> None:
        self.by_id: dict[str, Invoice] = {}
        for event in view.of("invoice_received"):
            self.by_id.setdefault(event.text("invoice"), Invoice(event.text("invoice"), event))
        self._cash: dict[str, list[tuple[date, Decimal]]] = {}
        for event in view.of("invoice_paid"):
            one = self.by_id.get(event.text("invoice"))
            if one is not None:
                payment = (event.day_of, event.amount("amount"))
                one.paid.append(payment)
                self._cash.setdefault(one.creditor, []).append(payment)
        self._billed: dict[tuple[str, int], list[Invoice]] = {}
        for one in self.by_id.values():
            key = (one.creditor, one.event.number("fiscal_year"))
            self._billed.setdefault(key, []).append(one)
        self.all = sorted(self.by_id.values(), key=lambda one: (one.event.day_of, one.id))

    def cash(self, creditor: str, first: date, last: date) -> list[tuple[date, Decimal]]:
        """What was paid to somebody on the days of a span."""
        return [paid for paid in self._cash.get(creditor, []) if first <= paid[0] <= last]

    def billed(self, firm: str, fiscal_year: int) -> Iterable[Invoice]:
        """A firm's bills for services of a year, whenever they came."""
        return self._billed.get((firm, fiscal_year), [])


def total(amounts: Iterable[Decimal]) -> Decimal:
    """The sum, exactly."""
    return sum(amounts, ZERO)


def ratio(part: Decimal, whole: Decimal) -> str:
    """A ratio as findings show it, to four decimals."""
    if not whole:
        return "none"
    return str((part / whole).quantize(Decimal("0.0001"), ROUND_HALF_UP))


def by_category(invoices: Iterable[Invoice], category: Mapping[str, str]) -> dict[str, Decimal]:
    """Bills added up by the fee category of their service."""
    found: dict[str, Decimal] = {}
    for one in invoices:
        name = category.get(one.event.text("service"), "")
        found[name] = found.get(name, ZERO) + one.amount
    return found
