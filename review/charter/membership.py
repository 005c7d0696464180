"""The committee's composition (M-0 to M-3): how many serve, and what the board has determined.

Each condition is looked at on every day on which something changed, so that what is over stays in
the history. The charter's breach opens at once; the listing's may be in cure (cure.py).
"""

from collections.abc import Callable
from datetime import date

from review.charter import notices
from review.charter.calendars import year_name
from review.charter.cure import MEMBERS, NASDAQ, Lapse, Lapses
from review.charter.directors import INDEPENDENCE, SOPHISTICATED, Directors
from review.charter.episodes import Point, episodes
from review.charter.findings import Severity, Standing, Status
from review.charter.notes import Notes
from review.workdays import days_after, years_after

LEAVES = (
    *("M-0.1", "M-0.2", "M-1.1", "M-1.2", "M-2.1", "M-2.2", "M-3.1", "L-06"),
    *notices.LEAVES,
)
COMMITTEE = "committee"
WARN_DAYS, HIGH_DAYS = 60, 30
PREPARER_DAYS = 1095
Judge = Callable[[date], Severity | None]


def assess(notes: Notes) -> None:
    """M01 to M14, with the clocks of a cure."""
    if not notes.facts.seats.is_known:
        return
    directors = Directors(notes.facts)
    lapses = Lapses(notes.facts, directors)
    for lapse in lapses.vacancies:
        _too_few(notes, lapse)
    for since, until, records in lapses.stacked:
        notes.finding(
            "M10", COMMITTEE, since, Severity.B,
            f"A second lapse on {since} leaves no cure period.",
            until=until, records=records, condition=True,
        )  # fmt: skip
    _independence(notes, lapses)
    _expertise(notes, directors, lapses)
    for person in notes.facts.seats.people():
        for begin, end in notes.facts.seats.spans(person):
            _determined(notes, directors, person, begin, end)
    _preparers(notes)
    _exceptions(notes)
    notices.assess(notes, lapses)


def is_listed(notes: Notes) -> bool:
    """Whether an exchange's rules apply."""
    return notes.view.book.exchange != "NONE"


def _too_few(notes: Notes, lapse: Lapse) -> None:
    """M01, twice: the charter's breach at once, the listing's after its cure period. And M02."""
    count = len(notes.facts.seats.serving(min(notes.view.as_of, _last(lapse))))
    say = f"{count} members serve since {lapse.since}; the charter asks for {MEMBERS}."
    records = [lapse.event.id]
    notes.finding(
        "M01", COMMITTEE, lapse.since, Severity.B, say,
        until=lapse.until, figures={"count": count}, records=records, condition=True,
    )  # fmt: skip
    if not is_listed(notes):
        return
    standing, severity = _listing(notes, lapse)
    notes.finding(
        "M01",
        COMMITTEE,
        lapse.since,
        severity,
        say,
        source_class="LISTING",
        standing=standing,
        until=lapse.until,
        due=lapse.deadline,
        figures={"count": count, **lapse.figures()},
        records=records,
        condition=True,
    )
    if lapse.deadline is not None and lapse.event.type == "seat_ended":
        _running_out(notes, lapse, lapse.deadline)


def _listing(notes: Notes, lapse: Lapse) -> tuple[Standing, Severity]:
    """What a lapse is under the exchange's rules; only Nasdaq's cure periods are known here."""
    if notes.view.book.exchange != NASDAQ:
        return Standing.JUDGEMENT, Severity.H
    if lapse.cure_ended(min(notes.view.as_of, _last(lapse))):
        return Standing.OPEN, Severity.B
    return Standing.IN_CURE, Severity.H


def _last(lapse: Lapse) -> date:
    """The last day of a lapse."""
    return days_after(lapse.until, -1) if lapse.until else date.max


def _running_out(notes: Notes, lapse: Lapse, deadline: date) -> None:
    day = min(notes.view.as_of, _last(lapse))
    left = (deadline - day).days
    severity = Severity.B if left < 0 else Severity.H if left <= HIGH_DAYS else Severity.W
    since = max(days_after(deadline, -WARN_DAYS), lapse.since)
    if lapse.until is None or since < lapse.until:
        notes.finding(
            "M02",
            COMMITTEE,
            since,
            severity,
            f"The cure period ends on {deadline}; {max(left, 0)} days are left.",
            until=lapse.until,
            due=deadline,
            figures={"days": left, **lapse.figures()},
            records=[lapse.event.id],
            condition=True,
        )
    status = Status.IN_CURE if left >= 0 else Status.BREACHED
    if lapse.until is not None and lapse.until <= notes.view.as_of:
        status = Status.SATISFIED if lapse.until <= deadline else Status.SATISFIED_LATE
    notes.occurrence(
        "M-0.1", lapse.event.id, status, due=deadline, clock="CURE", records=[lapse.event.id],
        figures=lapse.figures(),
    )  # fmt: skip


def _independence(notes: Notes, lapses: Lapses) -> None:
    """M05: without tolerance where the rule has none, for a person where it leaves room."""
    for taint in lapses.taints:
        lapse = lapses.lost[id(taint)]
        kind = taint.event.text("kind")
        standing, severity = Standing.OPEN, Severity.B
        if taint.needs_judgement:
            standing, severity = Standing.JUDGEMENT, Severity.H
        elif is_listed(notes) and not taint.within_control:
            standing, severity = _listing(notes, lapse)
        if standing is Standing.IN_CURE and lapse.deadline is not None:
            _running_out(notes, lapse, lapse.deadline)
        notes.finding(
            "M05",
            taint.person,
            taint.since,
            severity,
            f"{taint.person}: {kind.lower().replace('_', ' ')}, {taint.event.day_of}.",
            leaves=(taint.leaf,),
            source_class="LAW" if taint.leaf == "M-1.2" else "LISTING",
            standing=standing,
            until=taint.until,
            due=lapse.deadline if standing is Standing.IN_CURE else None,
            figures=lapse.figures() if standing is Standing.IN_CURE else {},
            records=[taint.event.id],
            condition=True,
        )


def _expertise(notes: Notes, directors: Directors, lapses: Lapses) -> None:
    """M08, M09 and M14: somebody sophisticated, and somebody who is an expert."""
    days = sorted({change.day for change in notes.facts.seats.changes} | directors.days())
    days = [day for day in days if notes.facts.seats.on(day).roles]
    days = [day for day in days if _is_told(notes, directors, day)]

    def holders(day: date, *tests: str) -> list[str]:
        serving = notes.facts.seats.serving(day)
        return [one for one in serving if directors.is_met(one, day, *tests)]

    def found(code: str, judge: Judge, sentence: str) -> None:
        for run in episodes(Point(day, judge(day)) for day in days):
            cause = next((one for one in lapses.vacancies if one.since == run.since), None)
            standing, severity = Standing.OPEN, run.severity
            if code == "M08" and cause is not None and is_listed(notes):
                standing, severity = _listing(notes, cause)
            in_cure = standing is Standing.IN_CURE
            notes.finding(
                code,
                COMMITTEE,
                run.since,
                severity,
                sentence,
                standing=standing,
                until=run.until,
                due=cause.deadline if cause and in_cure else None,
                records=[cause.event.id if cause else ""],
                condition=True,
            )

    found(
        "M08",
        lambda day: None if holders(day, *SOPHISTICATED) else Severity.B,
        "No serving member is financially sophisticated.",
    )
    found(
        "M09",
        lambda day: None if holders(day, "ACFE") else Severity.W,
        "No serving member is an audit committee financial expert.",
    )
    found(
        "M14",
        lambda day: Severity.I if len(holders(day, *SOPHISTICATED)) == 1 else None,
        "Only one serving member is financially sophisticated.",
    )


def _is_told(notes: Notes, directors: Directors, day: date) -> bool:
    """Whether the book can tell who is sophisticated on a day.

    It cannot while a member who sat before the book was kept has no determination on record.
    """
    first = min((s[0][0] for leaf in ("M-3.1", "L-06") if (s := notes.view.kept_spans(leaf))),
                default=date.min)  # fmt: skip
    for person in notes.facts.seats.serving(day):
        begins = [begin for begin, _ in notes.facts.seats.spans(person) if begin <= day]
        if begins and begins[-1] < first and not directors.knows(person, day):
            return False
    return True


def _determined(
    notes: Notes, directors: Directors, person: str, begin: date, end: date | None
) -> None:
    """M04 and M07 for one term: from its first day, and again a year after each determination."""
    allowed = notes.view.number("determination_max_days", begin)
    wanted = (("M04", INDEPENDENCE, allowed), ("M07", ("LITERACY",), None))
    for code, tests, longest in wanted:
        met = [
            event.day_of
            for event in directors.determinations(person, *tests)
            if event.text("result") == "MET" and set(tests) <= set(event.texts("tests"))
        ]
        points = [Point(begin, Severity.H)]
        for day in met:
            points.append(Point(max(day, begin), None))
            if longest is not None:
                points.append(Point(days_after(day, longest + 1), Severity.H))
        points = [point for point in points if _renewed(point, met, longest)]
        for run in episodes(point for point in points if point.day >= begin):
            ends = [day for day in (run.until, end) if day]
            if end is None or run.since < end:
                notes.finding(
                    code, person, run.since, Severity.H,
                    f"The board's determination on {person} is missing since {run.since}.",
                    until=min(ends, default=None),
                )  # fmt: skip


def _renewed(point: Point, met: list[date], longest: int | None) -> bool:
    """Whether a lapse after a determination is real: no later one came before it."""
    if point.severity is None or longest is None:
        return True
    return not any(day < point.day <= days_after(day, longest) for day in met)


def _preparers(notes: Notes) -> None:
    """M06: nobody serves within three years of having prepared the statements."""
    for event in notes.view.of("independence_event"):
        if event.text("kind") != "PREPARED_STATEMENTS":
            continue
        ended = event.day("ended_on")
        free = days_after(ended, PREPARER_DAYS + 1) if ended else None
        for begin, end in notes.facts.seats.spans(event.text("person")):
            ends = [day for day in (end, free) if day]
            until = min(ends, default=None)
            since = max(begin, event.day_of)
            if until is None or since < until:
                notes.finding(
                    "M06", event.text("person"), since, Severity.B,
                    f"{event.text('person')} prepared the company's statements until"
                    f" {ended or 'now'}.",
                    until=until, records=[event.id], condition=True,
                )  # fmt: skip


def _exceptions(notes: Notes) -> None:
    """M11: the exception for one director lasts two years at most and never for the chair."""
    for event in notes.view.of("exception_relied_on"):
        person = event.text("person")
        for begin, end in notes.facts.seats.spans(person):
            since = max(days_after(years_after(event.day_of, 2), 1), begin)
            chair = [
                change.day
                for change in notes.facts.seats.changes
                if change.roles.get(person) == "CHAIR"
            ]
            chaired = [max(day, event.day_of) for day in chair]
            since = min([since, *chaired])
            if end is None or since < end:
                notes.finding(
                    "M11", person, since, Severity.B,
                    f"The exception for {person} is used too long, or for the chair.",
                    until=end, period=year_name(notes.facts.calendar.year_of(event.day_of)),
                    records=[event.id], condition=True,
                )  # fmt: skip
