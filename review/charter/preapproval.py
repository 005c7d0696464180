"""Approval before work begins (R-1c.2, R-1d.1, R-1d.2): the gate, the routes, and who may decide.

A service moves from requested through approved to performed; work that began first is a violation
unless the de minimis exception cures it. What comes after the gate never opens it backwards.
"""

from datetime import date

from review.charter import de_minimis, prohibited
from review.charter.book import Event
from review.charter.calendars import year_name
from review.charter.de_minimis import DeMinimis
from review.charter.facts import Facts
from review.charter.findings import Severity, Standing, Status
from review.charter.notes import Notes
from review.charter.rulings import Force, Maker
from review.charter.services import Approval, Service, Services, presented
from review.workdays import days_after

LEAVES = ("R-1c.2", "R-1d.1", "R-1d.2", "R-1d.3")
Packages = (("P08", "package_3524"), ("P09", "package_3525"))


def assess(notes: Notes, services: Services, exception: DeMinimis) -> None:
    """P01 to P04, P07 to P13 and P17, with the instances of the four leaves."""
    prohibited.assess(notes, services)
    late = {one.id for one in exception.late}
    for service in services.all:
        if service.id in late:
            _began_first(notes, service, exception)
        _expired(notes, service)
        _packages(notes, service)
        _instance(notes, service, exception, late=service.id in late)
    de_minimis.assess(notes, exception)
    for approval in services.approvals:
        _force(notes, approval, services)
    _presentations(notes, services)


def leaf_of(service: Service | None) -> tuple[str, ...]:
    """The leaf a service's approval belongs to."""
    return ("R-1c.2",) if service is not None and service.is_audit else ("R-1d.1",)


def _began_first(notes: Notes, service: Service, exception: DeMinimis) -> None:
    """P02: a candidate for the exception, cured by it, or a violation."""
    work, result = service.work, exception.outcome(service)
    if work is None:
        return
    candidate = result.failed_on is None
    after = service.first_after_work()
    told = f"approved on {after.day}" if after else "not approved"
    notes.finding(
        "P02",
        service.id,
        work.day_of,
        Severity.H if candidate else Severity.B,
        f"Work on {service.id} began on {work.day_of}; it was {told}.",
        leaves=leaf_of(service),
        standing=Standing.CANDIDATE if candidate else Standing.OPEN,
        until=result.cured_on if candidate else None,
        period=year_name(service.fiscal_year),
        records=[work.id, after.event.id if after else ""],
        cure="Bring it to the committee and approve it before the audit report."
        if result.is_candidate
        else "",
    )


def _expired(notes: Notes, service: Service) -> None:
    """P07: work that began, or went on, after every approval for it had run out."""
    approval, work = service.approved_before_work(), service.work
    if approval is None or work is None:
        return
    stands = [one for one in service.approvals if one.stands]
    ended = notes.facts.engagements.ended_for(service.firm)
    last = max(one.valid_to for one in stands)
    if ended is not None:
        last = min(last, ended)
    late = next((e for e in (work, service.completed) if e and e.day_of > last), None)
    if late is None:
        return
    since = work.day_of if work.day_of > last else days_after(last, 1)
    notes.finding(
        "P07",
        approval.id,
        since,
        Severity.H,
        f"Work on {service.id} was done after its approval had expired on {last}.",
        leaves=leaf_of(service),
        records=[approval.event.id, late.id],
    )


def _packages(notes: Notes, service: Service) -> None:
    """P08 and P09: what the firm must lay before the committee was incomplete at approval."""
    wanted = {
        "P08": service.category == "TAX",
        "P09": service.request.flag("internal_control_related"),
    }
    given = [one for one in service.approvals if one.event.type == "pre_approval_given"]
    for code, name in Packages:
        if wanted[code] and given and given[0].event.text(name) != "COMPLETE":
            what = given[0].event.text(name).lower() or "not on record"
            notes.finding(
                code,
                service.id,
                given[0].day,
                Severity.B,
                f"The package for {service.id} was {what} when it was approved.",
                period=year_name(service.fiscal_year),
                records=[given[0].event.id],
            )


def _instance(notes: Notes, service: Service, exception: DeMinimis, *, late: bool) -> None:
    if prohibited.is_prohibited(notes.facts, service):
        return
    approval, work = service.approved_before_work(), service.work
    standing = [one for one in service.approvals if one.stands]
    if not late:
        status = Status.SATISFIED if standing else Status.UPCOMING
    else:
        result = exception.outcome(service)
        status = Status.IN_CURE if result.is_candidate else Status.BREACHED
        status = Status.SATISFIED_LATE if result.cured_on and not result.failed_on else status
    began = work.day_of if work else service.request.day_of
    leaf = leaf_of(service)[0]
    if notes.view.is_kept(leaf, began) or status in (Status.SATISFIED, Status.SATISFIED_LATE):
        first = approval or (standing[0] if standing else None)
        records = [service.request.id, first.event.id if first else "", work.id if work else ""]
        notes.occurrence(
            leaf,
            service.id,
            status,
            due=work.day_of if work else None,
            period=year_name(service.fiscal_year),
            records=records,
        )


def _force(notes: Notes, approval: Approval, services: Services) -> None:
    """P17 and P04: a permission that is none, or that the wrong person gave."""
    if approval.route == "POLICY" or approval.stands:
        return
    first = services.by_id.get(approval.services[0]) if approval.services else None
    until = _approved_since(approval, services)
    records = [approval.event.id, *approval.ruling.records]
    if approval.ruling.maker is Maker.COMMITTEE:
        unproven = approval.ruling.force is Force.UNPROVEN
        notes.finding(
            "P17",
            approval.id,
            approval.day,
            Severity.H if unproven else Severity.B,
            f"The approval {approval.id} is void: {approval.problem}.",
            leaves=("R-1c.2", *leaf_of(first)),
            standing=Standing.JUDGEMENT if unproven else Standing.OPEN,
            until=until,
            records=records,
        )
        return
    notes.finding(
        "P04",
        approval.id,
        approval.day,
        Severity.B,
        f"The approval {approval.id} was given by somebody who cannot: {approval.problem}.",
        until=until,
        records=records,
    )


def _approved_since(approval: Approval, services: Services) -> date | None:
    """The day from which every service of a void approval has one that stands."""
    days = []
    for name in approval.services:
        one = services.by_id.get(name)
        later = [a.day for a in one.approvals if a.stands and a.day >= approval.day] if one else []
        if not later:
            return None
        days.append(min(later))
    return max(days, default=None)


def _presentations(notes: Notes, services: Services) -> None:
    """P03 and R-1d.2: each decision of a delegate, at the next regular meeting."""
    heard = presented(notes.facts)
    for approval in services.approvals:
        if approval.needs_presenting and approval.ruling.force is not Force.VOID:
            _presentation(notes, approval, heard.get(approval.id, []))


def _presentation(notes: Notes, approval: Approval, heard: list[tuple[date, str, Event]]) -> None:
    after = [row for row in heard if row[0] >= approval.day]
    done, meeting = (after[0][0], after[0][1]) if after else (None, "")
    due, held = notes.facts.gatherings.next_regular(approval.day, meeting)
    if done is not None and (due is None or done <= due):
        # Heard at a special meeting, or when none was planned: in time all the same.
        due = done if due is None else due
    records = [approval.event.id, after[0][2].id if after else ""]
    period = year_name(notes.facts.calendar.year_of(approval.day))
    if due is not None and held and (done is None or done > due):
        missed = [one.event.id for one in notes.facts.gatherings.regular if one.day == due]
        notes.finding(
            "P03",
            approval.id,
            due,
            Severity.B,
            f"The decision {approval.id} was not presented at the meeting of {due}.",
            until=done,
            due=due,
            period=period,
            records=[*records, *missed],
        )
    if done is None and not notes.view.is_kept("R-1d.2", approval.day):
        return
    late = Status.BREACHED if held else Status.UPCOMING
    status = notes.status(due, done, late)
    if held and done is None:
        status = Status.BREACHED
    notes.occurrence("R-1d.2", approval.id, status, due=due, period=period, records=records)


def services_of(facts: Facts) -> tuple[Services, DeMinimis]:
    """The services of a book and the exception over them."""
    services = Services(facts)
    return services, DeMinimis(facts, services)
