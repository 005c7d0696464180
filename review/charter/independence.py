"""The firm's independence (R-1g, R-1h): its letter, the dialogue, the other services, the action.

The letter belongs to the audit cycle, which runs from one 10-K to the next. Whether the firm is
independent is derived and never entered (independent.py); this module is about what the committee
and the firm say to each other.
"""

from collections.abc import Iterable
from datetime import date

from review.charter.book import Event
from review.charter.calendars import year_name
from review.charter.findings import Severity, Status
from review.charter.notes import Notes
from review.charter.services import Services
from review.workdays import days_after, months_after

LEAVES = ("R-1g.1", "R-1g.2", "R-1g.3", "R-1h.1")
OLD_MONTHS, STALE_MONTHS = 11, 12


def assess(notes: Notes, services: Services) -> None:
    """I01 to I07, with the instances of R-1g and R-1h."""
    letters = list(notes.view.of("independence_letter_received"))
    _age(notes, letters)
    for letter in letters:
        _exception(notes, letter)
    for year in _cycles(notes, letters):
        _cycle(notes, year, list(notes.view.of_year("independence_letter_received", year)))
    for engagement in notes.facts.engagements.all:
        if engagement.agreed and notes.facts.engagements.is_new(engagement):
            _initial(notes, engagement.firm, engagement.agreed[0])
    _compatibility(notes, services)
    _actions(notes)


def _cycles(notes: Notes, letters: Iterable[Event]) -> list[int]:
    """The years whose cycle the book can speak of: those with a 10-K, a letter, or running."""
    years = {one.number("fiscal_year") for one in letters}
    years |= set(notes.facts.filings.audit_years())
    kept = notes.facts.fiscal_years("R-1g.3") + notes.facts.fiscal_years("R-1g.1")
    return sorted(years | set(kept))


def recommended_on(notes: Notes, year: int) -> tuple[date, str] | None:
    """The day of the first valid recommendation to include the year's statements."""
    for event in notes.view.of_year("inclusion_recommended", year):
        if notes.acted(event):
            return event.day_of, event.id
    return None


def _age(notes: Notes, letters: list[Event]) -> None:
    """I01: W from eleven months after the newest letter; B at a 10-K with none within twelve."""
    dated = sorted({(one.day("dated") or one.day_of, one.id) for one in letters})
    for place, (day, record) in enumerate(dated):
        following = dated[place + 1][0] if place + 1 < len(dated) else None
        since = days_after(months_after(day, OLD_MONTHS), 1)
        if following is None or following >= since:
            notes.finding(
                "I01",
                _letter(letters, record),
                since,
                Severity.W,
                f"The newest letter on relationships is of {day}.",
                until=following,
                records=[record],
            )
    for year in notes.facts.filings.audit_years():
        filed = notes.facts.filings.kfd(year)
        if filed is not None:
            _age_at_filing(notes, year, filed, dated)


def _letter(letters: list[Event], record: str) -> str:
    return next((one.text("letter") for one in letters if one.id == record), "")


def _age_at_filing(notes: Notes, year: int, filed: date, dated: list[tuple[date, str]]) -> None:
    before = [row for row in dated if row[0] <= filed]
    newest = before[-1] if before else None
    oldest_allowed = months_after(filed, -STALE_MONTHS)
    if newest is not None and newest[0] >= oldest_allowed:
        return
    if not notes.view.is_kept("R-1g.3", oldest_allowed):
        return
    incumbent = notes.facts.engagements.incumbent(filed)
    said = f"of {newest[0]}" if newest else "not on record"
    # A letter that comes later is late (I02) and leaves this standing: the 10-K was filed without.
    notes.finding(
        "I01",
        incumbent.firm if incumbent else "committee",
        filed,
        Severity.B,
        f"When the 10-K for {year_name(year)} was filed, the newest letter was {said}.",
        period=year_name(year),
        records=[newest[1] if newest else ""],
    )


def _exception(notes: Notes, letter: Event) -> None:
    """I04: an affirmation with an exception calls for a conclusion under R-1h."""
    if letter.text("affirmation") != "EXCEPT_FOR":
        return
    year, named = letter.number("fiscal_year"), {letter.text("letter"), *letter.texts("exceptions")}
    concluded = [
        event.day_of
        for event in notes.view.of("independence_action")
        if event.day_of >= letter.day_of
        and notes.acted(event)
        and (named & set(event.texts("about")) or not event.texts("about"))
        and event.number("fiscal_year") == year
    ]
    notes.finding(
        "I04",
        letter.text("letter"),
        letter.day_of,
        Severity.H,
        f"The firm affirms its independence except for {', '.join(letter.texts('exceptions'))}."
        if letter.texts("exceptions")
        else "The firm affirms its independence with an exception.",
        until=min(concluded, default=None),
        period=year_name(year),
        records=[letter.id],
    )


def _cycle(notes: Notes, year: int, letters: list[Event]) -> None:
    """One audit cycle: the letter in time (I02), discussed (I03), and acted on (R-1h)."""
    filings = notes.facts.filings
    report, filed = filings.ard(year), filings.kfd(year)
    recommended = recommended_on(notes, year)
    annual = [one for one in letters if one.text("kind") == "ANNUAL"] or letters
    discussed = _discussed(notes, {one.text("letter") for one in letters})
    gates = [day for day in (report, recommended[0] if recommended else None) if day]
    gate = min(gates, default=None)
    first = annual[0] if annual else None
    if first is not None and gate is not None:
        came = max(first.day_of, first.day("dated") or first.day_of)
        if came > gate:
            notes.finding(
                "I02",
                first.text("letter"),
                came,
                Severity.B,
                f"The letter for {year_name(year)} came on {came}; the gate was {gate}.",
                period=year_name(year),
                due=gate,
                records=[first.id],
            )
    _not_discussed(notes, year, gate or filed, discussed, first)
    start = notes.facts.cycle_start(year)
    _instance(notes, "R-1g.3", year, gate or filed, first.day_of if first else None, start, first)
    talked = discussed[0] if discussed else None
    _instance(
        notes, "R-1g.1", year, gate or filed, talked.day_of if talked else None, start, talked
    )


def _instance(
    notes: Notes,
    leaf: str,
    year: int,
    due: date | None,
    done: date | None,
    start: date,
    record: Event | None,
) -> None:
    notes.due(
        leaf,
        record.text("letter") if record and record.has("letter") else "committee",
        due,
        done,
        missed=Status.BREACHED,
        bucket_from=start,
        period=year_name(year),
        records=[record.id if record else ""],
    )


def _discussed(notes: Notes, letters: set[str]) -> list[Event]:
    """The valid discussions of any of these letters, by day."""
    talks = notes.facts.discussions
    found = {event.id: event for name in letters for event in talks.get(name, ())}
    return sorted(found.values(), key=lambda event: (event.day_of, event.time or "99", event.id))


def _not_discussed(
    notes: Notes, year: int, gate: date | None, discussed: list[Event], letter: Event | None
) -> None:
    if gate is None or (discussed and discussed[0].day_of <= gate):
        return
    if not notes.facts.keeps_cycle("R-1g.1", year):
        return
    incumbent = notes.facts.engagements.incumbent(gate)
    firm = incumbent.firm if incumbent else "committee"
    notes.finding(
        "I03",
        letter.text("letter") if letter and letter.day_of <= gate else firm,
        gate if notes.facts.filings.kfd(year) == gate else days_after(gate, 1),
        Severity.B,
        f"No discussion of independence is on record for {year_name(year)} by {gate}.",
        until=discussed[0].day_of if discussed else None,
        due=gate,
        period=year_name(year),
    )


def _initial(notes: Notes, firm: str, agreement: Event) -> None:
    """I06: a new firm's letter is dated and discussed no later than the day it is engaged."""
    engaged = agreement.day_of
    letters = [
        one
        for one in notes.view.by("firm", "independence_letter_received").get(firm, ())
        if one.text("kind") == "INITIAL" and (one.day("dated") or one.day_of) <= engaged
    ]
    talks = _discussed(notes, {one.text("letter") for one in letters})
    if any(_comes_before(notes, event, agreement) for event in talks):
        return
    # What was missed keeps its name: the letter that was there on that day, else the firm.
    there = [one.text("letter") for one in letters if one.day_of <= engaged]
    notes.finding(
        "I06",
        there[-1] if there else firm,
        engaged,
        Severity.B,
        f"{firm} was engaged on {engaged}, before its letter was dated and discussed.",
        records=[one.id for one in letters],
    )


def _comes_before(notes: Notes, talk: Event, agreement: Event) -> bool:
    """Whether the letter was discussed first: on an earlier day, or as an earlier item."""
    said, done = talk.row("decision"), agreement.row("acknowledged")
    if talk.day_of != agreement.day_of or said is None or done is None:
        return talk.day_of <= agreement.day_of
    meeting = notes.facts.gatherings.by_id.get(said.text("meeting"))
    if meeting is None or said.text("meeting") != done.text("meeting"):
        return True
    items = list(meeting.items)
    pair = [row.text("item") for row in (said, done)]
    return not set(pair) <= set(items) or items.index(pair[0]) <= items.index(pair[1])


def _compatibility(notes: Notes, services: Services) -> None:
    """I05: each other service and each relationship needs a conclusion."""
    concluded: dict[str, tuple[date, str]] = {}
    for event in notes.view.of("compatibility_assessed"):
        if notes.acted(event):
            concluded.setdefault(event.text("subject"), (event.day_of, event.id))
    subjects = [
        (one.id, one.work, {a.id for a in one.approvals}, one.fiscal_year)
        for one in services.all
        if not one.is_audit and one.work is not None
    ]
    subjects += [
        (event.text("relationship"), event, set(), notes.facts.calendar.year_of(event.day_of))
        for event in notes.view.of("firm_relationship_began")
    ]
    for name, began, also, year in subjects:
        days = [concluded[n] for n in sorted({name, *also}) if n in concluded]
        done = min(days)[0] if days else None
        if done is None or done > began.day_of:
            notes.finding(
                "I05",
                name,
                began.day_of,
                Severity.H,
                f"Nobody has concluded whether {name} is compatible with independence.",
                until=done,
                period=year_name(year),
                records=[began.id],
            )
        notes.due("R-1g.2", name, None, done, bucket_from=began.day_of, period=year_name(year))


def _actions(notes: Notes) -> None:
    """I07: an action that is open when the statements are recommended, or the 10-K is filed."""
    closed = {e.text("action"): e for e in reversed(notes.view.of("independence_action_closed"))}
    for event in notes.view.of("independence_action"):
        name, year = event.text("action"), event.number("fiscal_year")
        end = closed.get(name)
        done = event.day_of if event.text("kind") == "NO_ACTION_NEEDED" else None
        done = end.day_of if end else done
        recommended = recommended_on(notes, year)
        gate = recommended[0] if recommended else notes.facts.filings.kfd(year)
        if gate is not None and event.day_of <= gate and (done is None or done > gate):
            notes.finding(
                "I07",
                name,
                gate,
                Severity.B,
                f"The action {name} was open on {gate}.",
                until=done,
                period=year_name(year),
                records=[event.id, recommended[1] if recommended else ""],
            )
        notes.due(
            "R-1h.1",
            name,
            gate,
            done,
            missed=Status.BREACHED,
            bucket_from=event.day_of,
            period=year_name(year),
            records=[event.id],
        )
