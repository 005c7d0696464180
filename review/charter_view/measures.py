"""The numbers behind the pictures, each read from the same facts that the rules read."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from review.charter.book import Book
from review.charter.clauses import Charter
from review.charter.facts import Facts
from review.charter.findings import Assessment
from review.charter.payments import by_category
from review.charter.view import View
from review.charter_view.shelf import Shelf

BESIDE = ("AUDIT_RELATED", "TAX", "OTHER")
# The last year in a row for a lead or a reviewing partner, and the thresholds of P14.
MOST_YEARS = 5
WARN_RATIO = Decimal("0.5")
HIGH_RATIO = Decimal(1)


@dataclass(frozen=True)
class Ratio:
    """What a firm was billed beside the audit in a fiscal year, against the audit.

    ratio is None where nothing was billed for an audit: there is no ratio then, not one of zero.
    """

    firm: str
    fiscal_year: int
    audit: Decimal
    other: Decimal

    @property
    def ratio(self) -> Decimal | None:
        """Fees beside the audit over fees for it."""
        return self.other / self.audit if self.audit else None


@dataclass(frozen=True)
class Partner:
    """A partner's years in a row as lead or reviewer, up to the last one recorded."""

    name: str
    roles: tuple[str, ...]
    years: tuple[int, ...]

    @property
    def left(self) -> int:
        """How many years more are allowed; below zero is a breach."""
        return MOST_YEARS - len(self.years)


@dataclass(frozen=True)
class Clock:
    """A cure period: since when, until when, and whether it is over."""

    about: str
    since: date
    deadline: date
    until: date | None

    def days_left(self, today: date) -> int:
        """Days to the deadline; below zero it has passed."""
        return (self.deadline - today).days


@dataclass(frozen=True)
class Measures:
    """All the numbers of the pictures, as of one day."""

    ratios: tuple[Ratio, ...]
    partners: tuple[Partner, ...]
    clocks: tuple[Clock, ...]


def measures(charter: Charter, book: Book, found: Assessment, shelf: Shelf) -> Measures:
    """What the book says on the assessment's day."""
    facts = Facts(View(charter, book, found.as_of, found.known_at))
    return Measures(
        tuple(_ratios(facts, shelf)),
        tuple(_partners(facts, shelf)),
        tuple(_clocks(found, shelf)),
    )


def _ratios(facts: Facts, shelf: Shelf) -> Iterable[Ratio]:
    services = facts.view.of("service_requested")
    category = {one.text("service"): one.text("category") for one in services}
    pairs = {(i.creditor, i.event.number("fiscal_year")) for i in facts.payments.all}
    for firm, year in sorted(pairs, key=lambda pair: (pair[1], pair[0])):
        if firm in facts.view.book.firms:
            fees = by_category(list(facts.payments.billed(firm, year)), category)
            other = sum((fees.get(name, Decimal(0)) for name in BESIDE), Decimal(0))
            yield Ratio(shelf.name(firm), year, fees.get("AUDIT", Decimal(0)), other)


def _partners(facts: Facts, shelf: Shelf) -> Iterable[Partner]:
    served = [e for e in facts.view.of("partner_served") if e.text("role") in ("LEAD", "EQR")]
    for person in sorted({event.text("person") for event in served}):
        own = [event for event in served if event.text("person") == person]
        years = _last_run({event.number("fiscal_year") for event in own})
        roles = {e.text("role") for e in own if e.number("fiscal_year") in years}
        yield Partner(shelf.name(person), tuple(sorted(roles)), years)


def _last_run(years: set[int]) -> tuple[int, ...]:
    """The years without a gap that end with the last one."""
    year, run = max(years), []
    while year in years:
        run.append(year)
        year -= 1
    return tuple(reversed(run))


def _clocks(found: Assessment, shelf: Shelf) -> Iterable[Clock]:
    """From the findings, because a lapse is over when its finding is."""
    seen = set()
    for one in found.findings:
        raw = one.figures.get("deadline_rolled")
        if one.code in ("M01", "M05", "M08") and isinstance(raw, str) and one.since not in seen:
            seen.add(one.since)
            name = shelf.name(one.about)
            yield Clock(name, one.since, date.fromisoformat(raw), one.until)
