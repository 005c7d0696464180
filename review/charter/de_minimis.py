"""The de minimis exception (R-1d.3): four limbs, and what each service comes to.

1 the services of the year come to at most 5 % of all cash paid to that firm in the year; 2 the
company did not see, when it engaged the firm, that the service was non-audit; 3 it was brought to
the committee promptly, which a person decides; 4 it was approved before the audit was complete.
A service that fails the second limb is a violation by itself and is not in the first's numerator.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from review.charter.calendars import year_name
from review.charter.episodes import Point, episodes
from review.charter.facts import Facts
from review.charter.findings import Severity, Standing, Status
from review.charter.notes import Notes
from review.charter.payments import ratio, total
from review.charter.prohibited import is_prohibited
from review.charter.services import Approval, Service, Services
from review.workdays import business_days_after

LIMIT, HIGH, WARN = Decimal("0.05"), Decimal("0.045"), Decimal("0.03")
PROMPT_DAYS = 10


@dataclass(frozen=True)
class Outcome:
    """Where a late approval stands: failed on a day for a reason, cured on a day, or open."""

    failed_on: date | None = None
    limb: int = 0
    cured_on: date | None = None

    @property
    def is_candidate(self) -> bool:
        """Whether the exception may still cure it."""
        return self.failed_on is None and self.cured_on is None


class DeMinimis:
    """The exception over all services whose work began before they were approved."""

    def __init__(self, facts: Facts, services: Services) -> None:
        self._facts, self.services = facts, services

    @cached_property
    def late(self) -> list[Service]:
        """The services that began without approval; a prohibited one is beyond the exception."""
        return [
            one
            for one in self.services.all
            if one.work is not None
            and one.approved_before_work() is None
            and not is_prohibited(self._facts, one)
        ]

    def knew(self, service: Service) -> bool:
        """Whether limb 2 fails: the company saw that it was no audit service."""
        if service.is_audit or service.request.flag("recognised_as_non_audit"):
            return True
        judged = self._facts.judgement(service.id, "DE_MINIMIS_2")
        return judged is not None and judged[0] == "NOT_MET"

    def approval(self, service: Service) -> Approval | None:
        """The first approval after work began that came before the audit was complete."""
        approval = service.first_after_work()
        report = self._facts.filings.ard(service.fiscal_year, service.firm)
        if approval is None or (report is not None and approval.day >= report):
            return None
        return approval

    def ratio_points(self, firm: str, fiscal_year: int) -> list[Point]:
        """The ratio of a firm and year at every day that changed it."""
        qualified = [
            (approval.day, one.fee)
            for one in self.late
            if one.firm == firm and one.fiscal_year == fiscal_year and not self.knew(one)
            if (approval := self.approval(one)) is not None
        ]
        if not qualified:
            return []
        calendar = self._facts.calendar
        start, end = calendar.start(fiscal_year), calendar.end(fiscal_year)
        cash = self._facts.payments.cash(firm, start, end)
        first = min(day for day, _ in qualified)
        days = {day for day, _ in qualified} | {day for day, _ in cash if day >= first}
        days |= {end} if first <= end else set()
        return [
            self._point(day, qualified, cash, end)
            for day in sorted(days)
            if day <= self._facts.as_of
        ]

    @staticmethod
    def _point(
        day: date,
        qualified: list[tuple[date, Decimal]],
        cash: list[tuple[date, Decimal]],
        end: date,
    ) -> Point:
        part = total(fee for when, fee in qualified if when <= day)
        whole = total(amount for when, amount in cash if when <= day)
        return Point(day, _grade(part, whole, final=day >= end), ratio(part, whole))

    @cached_property
    def _over_limit(self) -> dict[tuple[str, int], date]:
        found: dict[tuple[str, int], date] = {}
        for key in {(one.firm, one.fiscal_year) for one in self.late}:
            for point in self.ratio_points(*key):
                if point.severity is Severity.B:
                    found.setdefault(key, point.day)
        return found

    def outcome(self, service: Service) -> Outcome:
        """Whether the exception failed, cured, or is still open for a service."""
        if service.work is None:
            return Outcome()
        if self.knew(service):
            return Outcome(service.work.day_of, 2)
        over = self._over_limit.get((service.firm, service.fiscal_year))
        if over is not None:
            return Outcome(over, 1)
        prompt = self._facts.judgement(service.id, "DE_MINIMIS_3", "P13")
        if prompt is not None and prompt[0] == "NOT_MET":
            return Outcome(prompt[1], 3)
        report = self._facts.filings.ard(service.fiscal_year, service.firm)
        end = self._facts.calendar.end(service.fiscal_year)
        if report is not None and self.approval(service) is None:
            return Outcome(report, 4)
        final = max(report, end) if report else None
        return Outcome(cured_on=final if final and final <= self._facts.as_of else None)


def _grade(part: Decimal, whole: Decimal, *, final: bool) -> Severity | None:
    if part > LIMIT * whole and final:
        return Severity.B
    if not whole:
        return None
    if part >= HIGH * whole:
        return Severity.H
    return Severity.W if part >= WARN * whole else None


def assess(notes: Notes, exception: DeMinimis) -> None:
    """P10 to P13, and the instances of R-1d.3."""
    facts = notes.facts
    for firm, year in sorted({(one.firm, one.fiscal_year) for one in exception.late}):
        _ratio(notes, exception, firm, year)
    for service in exception.late:
        if service.is_audit:
            continue
        if exception.knew(service):
            _known_before(notes, service)
        else:
            _complete_before(notes, facts, service)
            _promptly(notes, facts, service)
        _instance(notes, exception, service)


def _ratio(notes: Notes, exception: DeMinimis, firm: str, year: int) -> None:
    closed = notes.facts.filings.kfd(year)
    late = [one for one in exception.late if (one.firm, one.fiscal_year) == (firm, year)]
    for run in episodes(exception.ratio_points(firm, year)):
        until = run.until
        if until is None and run.severity is not Severity.B:
            until = closed
        notes.finding(
            "P10",
            firm,
            run.since,
            run.severity,
            f"Services under the de minimis exception come to {run.figure} of the cash paid to"
            f" {firm} in {year_name(year)}; the limit is 0.05.",
            until=until,
            period=year_name(year),
            figures={"ratio": run.figure},
            records=[one.request.id for one in late],
        )


def _known_before(notes: Notes, service: Service) -> None:
    work = service.work
    notes.finding(
        "P11",
        service.id,
        work.day_of if work else None,
        Severity.B,
        f"The service {service.id} was known to be a non-audit service when it was engaged, so the"
        " de minimis exception cannot apply.",
        period=year_name(service.fiscal_year),
        records=[service.request.id, work.id if work else ""],
    )


def _complete_before(notes: Notes, facts: Facts, service: Service) -> None:
    approval = service.first_after_work()
    report = facts.filings.ard(service.fiscal_year, service.firm)
    if approval is None or report is None or approval.day < report:
        return
    notes.finding(
        "P12",
        service.id,
        approval.day,
        Severity.B,
        f"The service {service.id} was approved on {approval.day}, and the audit was complete on"
        f" {report}.",
        period=year_name(service.fiscal_year),
        records=[approval.event.id],
    )


def _promptly(notes: Notes, facts: Facts, service: Service) -> None:
    if not service.found:
        return
    found = service.found[0]
    told = [event.day_of for event in service.found if event.texts("told")]
    told += [event.day_of for event in service.brought if event.texts("told")]
    told += [one.day for one in service.approvals if one.stands and one.day >= found.day_of]
    last = business_days_after(found.day_of, PROMPT_DAYS)
    if min(told, default=date.max) <= last or facts.as_of <= last:
        return
    judged = facts.judgement(service.id, "P13", "DE_MINIMIS_3")
    notes.finding(
        "P13",
        service.id,
        business_days_after(found.day_of, PROMPT_DAYS + 1),
        Severity.H,
        f"The service {service.id} came to light on {found.day_of}, and no member was told within"
        f" {PROMPT_DAYS} business days.",
        standing=Standing.JUDGEMENT,
        until=judged[1] if judged else None,
        due=last,
        period=year_name(service.fiscal_year),
        records=[found.id],
    )


def _instance(notes: Notes, exception: DeMinimis, service: Service) -> None:
    result = exception.outcome(service)
    judged = notes.facts.judgement(service.id, "DE_MINIMIS_3", "P13")
    if result.failed_on is not None:
        status = Status.BREACHED
    elif judged is None:
        status = Status.JUDGEMENT
    else:
        status = Status.SATISFIED if result.cured_on else Status.UPCOMING
    if service.work is not None and notes.view.is_kept("R-1d.3", service.work.day_of):
        notes.occurrence(
            "R-1d.3",
            service.id,
            status,
            period=year_name(service.fiscal_year),
            records=[service.work.id, judged[2] if judged else ""],
        )
