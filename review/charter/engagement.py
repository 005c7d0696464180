"""The firm's engagement (R-1a, R-1c.1): selected, retained, ratified, evaluated, ended.

Selection is the committee's alone. The stockholders' vote comes after it and does not excuse it;
each ending and each new engagement starts its own clock for Form 8-K, item 4.01.
"""

from datetime import date

from review.charter.book import Event
from review.charter.calendars import year_name
from review.charter.engagements import Engagement
from review.charter.findings import Severity, Status
from review.charter.notes import Notes
from review.charter.rulings import Maker
from review.charter.services import Services
from review.workdays import business_days_after, days_after, months_after

LEAVES = ("R-1a.1", "R-1a.2", "R-1a.4", "R-1a.5", "R-1c.1", "P-c", "L-09")
SELECT_DAYS = 120
FORM_DAYS = 4
CHANGES = ("DISMISSED", "RESIGNED", "DECLINED")


def assess(notes: Notes, services: Services) -> None:
    """A01, A02 and A04 to A10, with the instances of R-1a and R-1c.1."""
    for year in notes.facts.fiscal_years("R-1a.1"):
        _selection(notes, year, services)
    _vacancies(notes)
    for engagement in notes.facts.engagements.all:
        _chosen_by(notes, engagement)
        _retained(notes, engagement, services)
        _reported(notes, engagement)
    _evaluations(notes)
    _verified(notes)
    _attendance(notes)
    for event in notes.view.of("illegal_act_communicated"):
        _illegal_act(notes, event)


def chosen(notes: Notes, engagement: Engagement) -> Event | None:
    """The committee's own valid selection, if there is one."""
    return next((event for event in engagement.selected if notes.acted(event)), None)


def first_work(notes: Notes, engagement: Engagement, services: Services) -> Event | None:
    """The first record of audit or review work under an engagement."""
    work = [one.started for one in services.of_engagement(engagement) if one.started is not None]
    for kind in ("fieldwork_started", "interim_review_completed"):
        events = notes.view.of_year(kind, engagement.fiscal_year)
        work += [event for event in events if event.text("firm") == engagement.firm]
    return min(work, key=lambda event: (event.day_of, event.id), default=None)


def _selection(notes: Notes, year: int, services: Services) -> None:
    """A01 for a year for which nobody was chosen in time; R-1a.1 once for each year."""
    proxy = notes.facts.filings.proxy(year - 1)
    start = notes.facts.calendar.start(year)
    due = proxy.day_of if proxy else days_after(start, SELECT_DAYS)
    engagements = notes.facts.engagements.of_year(year)
    work = [e.day_of for one in engagements if (e := first_work(notes, one, services))]
    due = min([due, *work])
    found = [event for one in engagements if (event := chosen(notes, one)) is not None]
    done = min(found, key=lambda event: event.day_of, default=None)
    missed = done is None or done.day_of > due
    if missed and notes.view.is_kept("R-1a.1", start):
        notes.finding(
            "A01",
            "committee",
            days_after(due, 1),
            Severity.H,
            f"The committee had selected no firm for {year_name(year)} by {due}.",
            until=done.day_of if done else None,
            due=due,
            period=year_name(year),
            records=[done.id if done else ""],
        )
    notes.due(
        "R-1a.1",
        done.text("engagement") if done else "committee",
        due,
        done.day_of if done else None,
        bucket_from=start,
        period=year_name(year),
        records=[done.id if done else ""],
    )


def _vacancies(notes: Notes) -> None:
    """A01 from the day the last engagement in force ends until another firm is chosen."""
    for engagement in notes.facts.engagements.all:
        ended = engagement.ended
        if ended is None or ended.text("reason") not in CHANGES:
            continue
        others = [one for one in notes.facts.engagements.all if one is not engagement]
        running = [one for one in others if one.covers(ended.day_of)]
        if any(one.fiscal_year >= engagement.fiscal_year for one in running):
            continue
        later = [one.begins for one in others if one.begins > ended.day_of]
        notes.finding(
            "A01",
            "committee",
            ended.day_of,
            Severity.H,
            f"No firm is engaged since {engagement.firm} left on {ended.day_of}.",
            until=min(later, default=None),
            records=[ended.id],
        )


def _chosen_by(notes: Notes, engagement: Engagement) -> None:
    """A06: management or the board selected the firm."""
    own = chosen(notes, engagement)
    for event in engagement.selected:
        maker = notes.facts.rulings.of(event).maker
        if maker in (Maker.MANAGEMENT, Maker.BOARD):
            notes.finding(
                "A06",
                engagement.id,
                event.day_of,
                Severity.B,
                f"{engagement.firm} was selected by {maker.lower()}, not by the committee.",
                until=own.day_of if own and own.day_of > event.day_of else None,
                period=year_name(engagement.fiscal_year),
                records=[event.id],
            )
            return


def _acknowledged(notes: Notes, engagement: Engagement) -> date | None:
    """The day by which the letter was executed and the committee had acknowledged it."""
    days = []
    for event in engagement.agreed:
        ruling = notes.facts.rulings.of(event, "acknowledged")
        if ruling.is_committees:
            days.append(max(event.day_of, ruling.day or event.day_of))
    return min(days, default=None)


def _retained(notes: Notes, engagement: Engagement, services: Services) -> None:
    """A02: work before the letter and its acknowledgement. A08: a clause that limits liability."""
    work, ready = first_work(notes, engagement, services), _acknowledged(notes, engagement)
    period = year_name(engagement.fiscal_year)
    if work is not None and (ready is None or ready > work.day_of):
        notes.finding(
            "A02",
            engagement.id,
            work.day_of,
            Severity.B,
            f"Work began on {work.day_of}, before the engagement letter was acknowledged.",
            until=ready,
            period=period,
            records=[work.id, *(event.id for event in engagement.agreed)],
        )
    for event in engagement.agreed:
        if event.flag("indemnity_clause"):
            without = [
                one.day_of
                for one in engagement.agreed
                if one.day_of > event.day_of and not one.flag("indemnity_clause")
            ]
            notes.finding(
                "A08",
                engagement.id,
                event.day_of,
                Severity.H,
                f"The letter with {engagement.firm} limits its liability.",
                until=min(without, default=None),
                period=period,
                records=[event.id],
            )
    due = work.day_of if work else None
    notes.due(
        "R-1a.2",
        engagement.id,
        due,
        ready,
        missed=Status.BREACHED,
        bucket_from=engagement.begins,
        period=period,
        records=[event.id for event in engagement.agreed],
    )


def _reported(notes: Notes, engagement: Engagement) -> None:
    """A05: Form 8-K, item 4.01, for an ending and for a new firm, each with its own clock."""
    causes: list[tuple[Event, str]] = []
    if engagement.ended is not None and engagement.ended.text("reason") in CHANGES:
        causes.append((engagement.ended, "left"))
    if engagement.agreed and notes.facts.engagements.is_new(engagement):
        causes.append((engagement.agreed[0], "was engaged"))
    for event, what in causes:
        due = business_days_after(event.day_of, FORM_DAYS)
        filed = _filed(notes, engagement, event)
        records = [event.id, filed.id if filed else ""]
        done = filed.day_of if filed else None
        if done is None or done > due:
            notes.finding(
                "A05",
                engagement.id,
                days_after(due, 1),
                Severity.B,
                f"{engagement.firm} {what} on {event.day_of}; Form 8-K, item 4.01, was due {due}.",
                until=done,
                due=due,
                period=year_name(engagement.fiscal_year),
                records=records,
            )
        for leaf in ("R-1a.5", "L-13"):
            notes.due(
                leaf, engagement.id, due, done, missed=Status.BREACHED, bucket_from=event.day_of,
                period=year_name(engagement.fiscal_year), clock="8-K 4.01", records=records,
            )  # fmt: skip


def _filed(notes: Notes, engagement: Engagement, cause: Event) -> Event | None:
    """The 8-K on a change; events of one day share a filing."""
    same_day = {e.id for e in notes.view.events if e.day_of == cause.day_of}
    same_day |= {engagement.id, cause.text("engagement")}
    for one in notes.facts.engagements.all:
        if cause.day_of in (one.engaged_on, one.ended.day_of if one.ended else None):
            same_day.add(one.id)
    for event in notes.facts.filings.all:
        about = set(event.texts("about"))
        item = any(text.startswith("4.01") for text in event.texts("items"))
        named = bool(about & same_day) or not about
        if event.text("form") == "8-K" and item and named and event.day_of >= cause.day_of:
            return event
    return None


def _evaluations(notes: Notes) -> None:
    """A04: the firm is evaluated once in the cycle, before it is selected again."""
    engagements = notes.facts.engagements
    for engagement in engagements.all:
        year, firm = engagement.fiscal_year, engagement.firm
        done = next(
            (
                event
                for event in notes.view.by("firm", "firm_evaluated").get(firm, ())
                if event.number("fiscal_year") == year and notes.acted(event)
            ),
            None,
        )
        again = [one.begins for one in engagements.of_firm(firm) if one.fiscal_year == year + 1]
        filed = notes.facts.filings.kfd(year)
        due = min([*again, *([filed] if filed else [])], default=None)
        if engagement.ended is not None and done is None and due is None:
            continue
        day = done.day_of if done else None
        kept = notes.facts.keeps_cycle("R-1a.4", year)
        if due is not None and kept and (day is None or day > due):
            notes.finding(
                "A04",
                firm,
                days_after(due, 1),
                Severity.W,
                f"{firm} was not evaluated for {year_name(year)} by {due}.",
                until=day,
                due=due,
                period=year_name(year),
                records=[done.id if done else ""],
            )
        notes.due(
            "R-1a.4", firm, due, day, bucket_from=engagement.begins, period=year_name(year),
            records=[done.id if done else ""],
        )  # fmt: skip


def _verified(notes: Notes) -> None:
    """A07: the registration of a firm in office was not looked up for twelve months."""
    months = notes.view.number("annual_warn_months")
    firms = {one.firm for one in notes.facts.engagements.all if one.engaged_on}
    for firm in sorted(firms):
        own = notes.facts.engagements.of_firm(firm)
        engaged = min(one.engaged_on for one in own if one.engaged_on)
        over = notes.facts.engagements.ended_for(firm)
        checks = [event.day_of for event in notes.view.by("firm", "firm_verified").get(firm, ())]
        spans = notes.view.kept_spans("P-c")
        engaged = max(engaged, spans[0][0]) if spans else engaged
        days = sorted({engaged, *checks})
        for place, day in enumerate(days):
            following = days[place + 1] if place + 1 < len(days) else over
            since = days_after(months_after(day, months), 1)
            if following is None or following >= since:
                notes.finding(
                    "A07",
                    firm,
                    since,
                    Severity.W,
                    f"The registration of {firm} was last looked up before {since}.",
                    until=following,
                )


def _attendance(notes: Notes) -> None:
    """A10: the firm is there at each regular meeting while one is engaged."""
    meetings = notes.facts.gatherings.regular
    for place, meeting in enumerate(meetings):
        if notes.facts.engagements.incumbent(meeting.day) is None:
            continue
        there = bool(meeting.attended("FIRM"))
        later = next((one.day for one in meetings[place + 1 :] if one.attended("FIRM")), None)
        if not there:
            notes.finding(
                "A10",
                meeting.id,
                meeting.day,
                Severity.W,
                f"The firm was absent from the regular meeting of {meeting.day}.",
                until=later,
                records=[meeting.event.id],
            )
        done = meeting.day if there else later
        notes.due(
            "R-1c.1", meeting.id, meeting.day, done, bucket_from=meeting.day,
            records=[meeting.event.id],
        )  # fmt: skip


def _illegal_act(notes: Notes, event: Event) -> None:
    """A09: after the firm's report to the board the SEC hears of it within a business day."""
    if event.text("to") != "BOARD" or not event.flag("material"):
        return
    due = business_days_after(event.day_of, 1)
    told = event.day("sec_notified_on")
    if told is None or told > due:
        notes.finding(
            "A09",
            event.text("firm"),
            days_after(due, 1),
            Severity.B,
            f"The firm reported a likely illegal act on {event.day_of}; the SEC was to know by"
            f" {due}.",
            until=told,
            due=due,
            records=[event.id],
        )
    done = told if told and told <= notes.view.as_of else None
    notes.due(
        "L-09", event.text("firm"), due, done, missed=Status.BREACHED, bucket_from=event.day_of,
        records=[event.id],
    )  # fmt: skip
