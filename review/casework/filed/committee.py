"""What a case asks of the people around it: readers, quorum, meetings, attempts, words.

T10, N04, N10, K05, K12 and K14.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from review.casework import parties
from review.casework.filed.case import FiledCase, year_after
from review.charter.book import Event
from review.charter.episodes import Point, episodes
from review.charter.findings import Severity
from review.charter.gatherings import Gathering
from review.charter.notes import Notes
from review.workdays import business_days_after, days_after

SPECIAL_MEETING_BUSINESS_DAYS = 10


def assess(notes: Notes, cases: Sequence[FiledCase], viewer: str) -> None:
    """Everything here, for every case and for the committee.

    Who tried to see a case is told to its readers alone.
    """
    for case in cases:
        _readers(notes, case)
        _determined(notes, case)
        _special_meeting(notes, case)
        if not viewer or viewer in case.granted_on(notes.view.as_of):
            _attempts(notes, case)
    _words(notes)
    _silence(notes)


# -- readers ------------------------------------------------------------------------------------


def live_on(notes: Notes, case: FiledCase, day: date) -> frozenset[str]:
    """Who can open a case at the end of a day: granted, with a key, not concerned, not gone."""
    granted = case.granted_on(day)
    active = {person for person in granted if _has_key(notes, person, day)}
    return parties.live_readers(granted, active, case.out_on(day))


def _has_key(notes: Notes, person: str, day: date) -> bool:
    """Whether a key is active. That something was sealed to somebody shows that they had one."""
    events = [
        *notes.view.by("person", "key_activated").get(person, ()),
        *notes.view.by("person", "key_revoked").get(person, ()),
    ]
    known = [event for event in events if event.day_of <= day]
    last = max((event.day_of for event in known), default=None)
    if last is not None and not _is_active(known, last):
        return False
    ended = [end for _, end in notes.facts.seats.spans(person) if end is not None and end <= day]
    return not ended or person in notes.facts.seats.on(day).roles


def _is_active(known: Iterable[Event], last: date) -> bool:
    """A key activated on the day another was revoked is a rotation: the person has one."""
    return any(e.type == "key_activated" for e in known if e.day_of == last)


def _readers(notes: Notes, case: FiledCase) -> None:
    """T10, from the day fewer than two are left until the case is granted to another."""
    days = {when for span in case.spans for when in span if when is not None}
    days |= {event.day_of for event in case.of("case_shared", "case_conflict_marked")}
    days |= {event.day_of for event in notes.view.of("key_activated", "key_revoked")}
    days |= {change.day for change in notes.facts.seats.changes}
    points = []
    for day in sorted(days):
        few = parties.has_too_few_readers(live_on(notes, case, day)) and case.is_open_on(day)
        points.append(Point(day, Severity.H if few else None))
    for run in episodes(points):
        live = live_on(notes, case, run.since)
        notes.finding(
            "T10", case.id, run.since, Severity.H,
            f"The case {case.id} can be opened by {len(live)} of the two people it takes.",
            until=run.until, figures={"count": len(live)}, records=[case.submission.id],
            condition=True,
        )  # fmt: skip


# -- decisions and meetings ---------------------------------------------------------------------


def count_for(gathering: Gathering, item: str, out: Iterable[str]) -> parties.Quorum | None:
    """The quorum of an item about a case: who was there, less those who are concerned."""
    row = gathering.items.get(item)
    if row is None:
        return None
    count = gathering.count(row)
    serving, counted = frozenset(count.serving), frozenset(count.counted)
    return parties.Quorum(serving, counted - frozenset(out), count.required)


def _determined(notes: Notes, case: FiledCase) -> None:
    """N04: a determination by a vote without a quorum of those who may take part."""
    for event in case.of("case_determined"):
        decision = event.row("decision")
        gathering = notes.facts.gatherings.by_id.get(decision.text("meeting") if decision else "")
        if decision is None or gathering is None or not gathering.seats_known:
            continue
        row = gathering.items.get(decision.text("item"))
        count = count_for(gathering, decision.text("item"), case.out_on(gathering.day))
        if row is None or count is None or count.is_reached:
            continue
        voted = row.row("vote") is not None
        notes.finding(
            "N04", gathering.id, gathering.day, Severity.B if voted else Severity.H,
            f"The determination of the case {case.id} is void: {len(count.counted)} of"
            f" {count.required} members were counted.",
            figures={"counted": len(count.counted), "required": count.required},
            records=[event.id, gathering.event.id],
        )  # fmt: skip


def _special_meeting(notes: Notes, case: FiledCase) -> None:
    """N10: ten business days for a special meeting of those who may know of the case."""
    if not case.alarms:
        return
    begin = case.alarms[0].day_of
    due = business_days_after(begin, SPECIAL_MEETING_BUSINESS_DAYS)
    met = _met(notes, case, begin)
    until = met.day if met else case.set_aside
    records = [*(event.id for event in case.alarms), met.event.id if met else ""]
    if until is None or until > due:
        notes.finding(
            "N10", case.id, days_after(due, 1), Severity.W,
            f"No special meeting was held by {due} on the case {case.id}.",
            until=until, due=due, records=records,
        )  # fmt: skip
    if notes.view.is_kept("MT-1.2", begin):
        notes.due("MT-1.2", case.id, due, until, records=records)


def _met(notes: Notes, case: FiledCase, begin: date) -> Gathering | None:
    """The first special meeting, or the one that decided the case, with a quorum of the others."""
    decided = {
        decision.text("meeting")
        for event in case.of("case_determined")
        if (decision := event.row("decision")) is not None
    }
    for gathering in notes.facts.gatherings.held:
        if gathering.day < begin or (gathering.is_regular and gathering.id not in decided):
            continue
        call, out = gathering.call, case.out_on(gathering.day)
        there = parties.quorum(call.serving, out, call.counted, rule=call.required)
        if there.is_reached or not gathering.seats_known:
            return gathering
    return None


# -- attempts, words, silence -------------------------------------------------------------------


def _attempts(notes: Notes, case: FiledCase) -> None:
    """K05: somebody concerned by the case reached for it."""
    reached = [
        (event, event.text("person") or event.text("by"))
        for event in (
            *case.of("access_refused"),
            *(e for e in notes.view.of("disposition_proposed") if case.id in e.texts("cases")),
        )
    ]
    for event, person in reached:
        if person in case.out_on(event.day_of):
            notes.finding(
                "K05", case.id, event.day_of, Severity.H,
                f"Somebody concerned by the case {case.id} tried to see or move it.",
                records=[event.id],
            )  # fmt: skip


def _words(notes: Notes) -> None:
    """K12: an impeding text, until a later check of the same text is clear."""
    checks = notes.view.of("wording_checked")
    for event in checks:
        if event.text("result") != "IMPEDING":
            continue
        clear = [
            one.day_of
            for one in checks
            if one.text("result") == "CLEAR"
            and one.text("text_of") == event.text("text_of")
            and one.text("case") == event.text("case")
            and one.day_of > event.day_of
        ]
        notes.finding(
            "K12", event.id, event.day_of, Severity.H,
            f"The text {event.text('text_of')} keeps people from going to the SEC.",
            until=min(clear, default=None), records=[event.id],
        )  # fmt: skip


def _silence(notes: Notes) -> None:
    """K14: nothing came for twelve months, or nobody was told of the line for as long."""
    for kind, what in (
        ("submission_received", "Nothing came in"),
        ("awareness_raised", "Nobody was told of the line"),
    ):
        days = [event.day_of for event in notes.view.of(kind)]
        for begin, _ in notes.view.kept_spans("R-5.5"):
            inside = sorted({begin, *(day for day in days if day > begin)})
            for first, after in zip(inside, [*inside[1:], None], strict=True):
                since = days_after(year_after(first), 1)
                if after is None or after >= since:
                    notes.finding(
                        "K14", "committee", since, Severity.I,
                        f"{what} for twelve months after {first}.", until=after,
                    )  # fmt: skip
