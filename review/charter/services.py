"""The firm's services and the permissions for them (R-1c, R-1d): entities and what they show.

A service is requested, perhaps approved, started, found, billed and paid. An approval counts if its
decision stands: a quorate committee's, an authorised member's, or that of a policy which describes
the particular service. The agreement on an engagement approves the audit services in its scope.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property

from review.charter.book import Event, Row
from review.charter.engagements import Engagement, services_in_scope
from review.charter.facts import Facts
from review.charter.rulings import Force, Maker, Ruling
from review.workdays import months_after

AUDIT = "AUDIT"
_STEPS = (
    "service_started",
    "service_completed",
    "service_found",
    "service_brought_to_committee",
    "invoice_received",
)


@dataclass(frozen=True)
class Approval:
    """One permission for one or more services, as it was given."""

    id: str
    day: date
    route: str
    ruling: Ruling
    stands: bool
    problem: str
    event: Event
    time: str
    valid_to: date
    services: tuple[str, ...]

    @property
    def needs_presenting(self) -> bool:
        """Whether one member decided, so that the full committee must hear of it."""
        return self.ruling.maker is Maker.DELEGATE and self.route != "POLICY"

    def before(self, day: date, time: str) -> bool:
        """Whether it was given before work that began then; a day's own order is kept."""
        if self.day == day and self.time and time:
            return self.time <= time
        return self.day <= day


@dataclass
class Service:
    """One service: what was asked for, and what became of it."""

    id: str
    request: Event
    started: Event | None = None
    completed: Event | None = None
    found: list[Event] = field(default_factory=list)
    brought: list[Event] = field(default_factory=list)
    approvals: list[Approval] = field(default_factory=list)
    invoices: list[Event] = field(default_factory=list)

    @property
    def firm(self) -> str:
        """Whose service it is."""
        return self.request.text("firm")

    @property
    def category(self) -> str:
        """The proxy statement's fee category."""
        return self.request.text("category")

    @property
    def fiscal_year(self) -> int:
        """The year in which it is provided."""
        return self.request.number("fiscal_year")

    @property
    def is_audit(self) -> bool:
        """Whether it is an audit, review or attest service."""
        return self.category == AUDIT

    @property
    def work(self) -> Event | None:
        """The first record of work: the start, or the end if no start is recorded."""
        return self.started or self.completed

    @property
    def screen(self) -> Row:
        """The screen against the prohibited list."""
        return self.request.row("prohibited_screen") or Row({})

    @cached_property
    def fee(self) -> Decimal:
        """What it costs: as billed, else the first cap, else as estimated."""
        if self.invoices:
            return sum((event.amount("amount") for event in self.invoices), Decimal(0))
        caps = [one.event.amount("cap") for one in self.approvals if one.event.has("cap")]
        return caps[0] if caps else self.request.amount("estimated_fee")

    def take(self, event: Event) -> None:
        """Note what happened to it; of two beginnings or ends the first holds."""
        if event.type == "service_started":
            self.started = self.started or event
        elif event.type == "service_completed":
            self.completed = self.completed or event
        else:
            {
                "service_found": self.found,
                "service_brought_to_committee": self.brought,
                "invoice_received": self.invoices,
            }[event.type].append(event)

    def approved_before_work(self) -> Approval | None:
        """A permission that stands and came before the work, if there is one."""
        if self.work is None:
            return None
        day, time = self.work.day_of, self.work.time
        return next((one for one in self.approvals if one.stands and one.before(day, time)), None)

    def first_after_work(self) -> Approval | None:
        """The first permission that stands and came after work had begun."""
        if self.work is None:
            return None
        day, time = self.work.day_of, self.work.time
        return next(
            (one for one in self.approvals if one.stands and not one.before(day, time)), None
        )


class Services:
    """Every service of the book with its approvals."""

    def __init__(self, facts: Facts) -> None:
        self._facts, self._view = facts, facts.view
        self.by_id: dict[str, Service] = {}
        for event in self._view.of("service_requested"):
            self.by_id.setdefault(event.text("service"), Service(event.text("service"), event))
        self._steps()
        self.policies = Policies(facts)
        self.approvals = [self._approval(e) for e in self._view.of("pre_approval_given")]
        self.by_approval = {one.id: one for one in reversed(self.approvals)}
        for approval in self.approvals:
            for name in approval.services:
                if name in self.by_id:
                    self.by_id[name].approvals.append(approval)
        self._deemed()
        self.all = sorted(self.by_id.values(), key=lambda s: (s.request.day_of, s.id))
        self._years: dict[tuple[str, int], list[Service]] = {}
        for service in self.all:
            self._years.setdefault((service.firm, service.fiscal_year), []).append(service)
            service.approvals.sort(key=lambda one: (one.day, one.time, one.id))

    def of_engagement(self, engagement: Engagement) -> list[Service]:
        """The services in an engagement's scope, and the firm's audit services of its year."""
        scope = {name for event in engagement.agreed for name in event.texts("services")}
        own = self._years.get((engagement.firm, engagement.fiscal_year), [])
        audits = [one for one in own if one.is_audit and one.id not in scope]
        return [*(self.by_id[name] for name in sorted(scope) if name in self.by_id), *audits]

    def _steps(self) -> None:
        for kind in _STEPS:
            for event in self._view.of(kind):
                one = self.by_id.get(event.text("service"))
                if one is not None:
                    one.take(event)

    def _approval(self, event: Event) -> Approval:
        ruling = self._facts.rulings.of(event)
        route, problem = event.text("route"), ""
        if route == "POLICY":
            problem = self.policies.problem(event)
        elif ruling.maker is Maker.MANAGEMENT or ruling.maker is Maker.BOARD:
            problem = f"{ruling.maker.lower()} cannot approve in the committee's place"
        elif ruling.force is not Force.VALID:
            problem = ruling.reason
        else:
            problem = self._over_cap(event)
        months = self._view.number("pre_approval_valid_months", event.day_of)
        return Approval(
            event.text("pre_approval"),
            event.day_of,
            route,
            ruling,
            not problem,
            problem,
            event,
            event.time or ruling.time,
            event.day("valid_to") or months_after(event.day_of, months),
            event.texts("services"),
        )

    def _over_cap(self, event: Event) -> str:
        """Why a delegate could not approve these services; empty if they could."""
        decision = event.row("decision")
        if decision is None or not decision.has("delegate"):
            return ""
        limit = self._facts.rulings.delegated_cap(decision, event.day_of)
        for name in event.texts("services"):
            one = self.by_id.get(name)
            fee = one.request.amount("estimated_fee") if one else Decimal(0)
            if limit is not None and (fee or event.amount("cap")) > limit:
                return f"the fee is above the delegate's limit of {limit}"
        return ""

    def _deemed(self) -> None:
        """An acknowledged engagement approves the audit services in its scope."""
        for name, scopes in services_in_scope(self._facts.engagements).items():
            one = self.by_id.get(name)
            for engagement, event in scopes if one and one.is_audit else ():
                ruling = self._facts.rulings.of(event, "acknowledged")
                if one and ruling.is_committees:
                    one.approvals.append(_of_engagement(engagement, event, ruling, name))


def _of_engagement(engagement: Engagement, event: Event, ruling: Ruling, service: str) -> Approval:
    end = engagement.ended.day_of if engagement.ended else date.max
    return Approval(
        engagement.id, event.day_of, "ENGAGEMENT", ruling, True, "", event,
        event.time or ruling.time, end, (service,),
    )  # fmt: skip


class Policies:
    """The pre-approval policy in its versions; a later one replaces the one before."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self.versions = [
            event
            for event in facts.view.of("pre_approval_policy_adopted")
            if facts.rulings.committee_acted(event)
        ]

    def on(self, day: date) -> Event | None:
        """The version in force on a day."""
        return next((one for one in reversed(self.versions) if one.day_of <= day), None)

    def replaced_on(self, version: Event) -> date | None:
        """The day a later version took its place."""
        later = [one.day_of for one in self.versions if one.day_of > version.day_of]
        return min(later, default=None)

    def problem(self, approval: Event) -> str:
        """Why a service is not covered by the policy; empty if it is."""
        version = self.on(approval.day_of)
        if version is None:
            return "no policy was in force"
        name = approval.text("entry")
        entry = next((row for row in version.rows("entries") if row.text("entry") == name), None)
        if entry is None:
            return "the policy has no such entry"
        return entry_problem(entry)


def entry_problem(entry: Row) -> str:
    """Why a policy entry approves nothing; empty if it does."""
    if not entry.flag("describes_service"):
        return "the entry does not describe the particular service"
    if entry.flag("delegates_to_management"):
        return "the entry leaves the decision to management"
    return ""


def presented(facts: Facts) -> Mapping[str, list[tuple[date, str, Event]]]:
    """For each approval, when and at which meeting the full committee heard of it."""
    found: dict[str, list[tuple[date, str, Event]]] = {}
    for event in facts.view.of("pre_approval_presented"):
        ruling = facts.rulings.of(event)
        if ruling.is_committees:
            decision = event.row("decision") or Row({})
            row = (event.day_of, decision.text("meeting"), event)
            found.setdefault(event.text("pre_approval"), []).append(row)
    return found
