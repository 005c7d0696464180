"""Telling of a lapse (M-0.3, L-13): the exchange at once, the SEC by Form 8-K in four days."""

from datetime import date

from review.charter.cure import Lapse, Lapses
from review.charter.findings import Severity, Status
from review.charter.notes import Notes
from review.workdays import business_days_after, days_after

LEAVES = ("M-0.3", "L-13")
COMMITTEE = "committee"
FORM_DAYS = 4
ITEMS = {"VACANCY": ("5.02", "3.01"), "INDEPENDENCE": ("3.01",)}


def assess(notes: Notes, lapses: Lapses) -> None:
    """M03 and M13, with the clocks of M-0.3."""
    if notes.view.book.exchange == "NONE":
        return
    for lapse in lapses.all():
        known = lapse.event.day("known_on") or lapse.event.day_of
        _exchange(notes, lapse, max(known, lapse.since))
        _forms(notes, lapse, known)
        _certification(notes, lapse)


def _exchange(notes: Notes, lapse: Lapse, known: date) -> None:
    told = [
        event.day_of
        for event in notes.view.of("exchange_notice_given")
        if lapse.event.id in event.texts("about")
    ]
    due = business_days_after(known, 1)
    done = min(told, default=None)
    if done is None or done > due:
        notes.finding(
            "M03",
            lapse.event.id,
            due,
            Severity.H,
            f"The exchange was not told by {due} of the lapse that began on {lapse.since}.",
            source_class="LISTING",
            until=done,
            due=due,
            records=[lapse.event.id],
        )
    _clock(notes, lapse, "EXCHANGE_NOTICE", due, done)


def _forms(notes: Notes, lapse: Lapse, known: date) -> None:
    due = business_days_after(known, FORM_DAYS)
    names = {lapse.event.id, lapse.event.text("person")}
    missing, days = [], []
    for item in ITEMS[lapse.kind]:
        filed = [
            event.day_of
            for event in notes.facts.filings.all
            if event.text("form") == "8-K"
            and event.day_of >= known
            and names & set(event.texts("about"))
            and any(text.startswith(item) for text in event.texts("items"))
        ]
        done = min(filed, default=None)
        _clock(notes, lapse, f"8-K {item}", due, done)
        if done is None or done > due:
            missing.append(item)
            days.append(done)
    if missing:
        ends = [day for day in days if day]
        notes.finding(
            "M03",
            lapse.event.id,
            days_after(due, 1),
            Severity.H,
            f"Form 8-K, item {' and '.join(missing)}, was due on {due}.",
            source_class="LAW",
            until=max(ends) if len(ends) == len(days) else None,
            due=due,
            records=[lapse.event.id],
        )


def _clock(notes: Notes, lapse: Lapse, clock: str, due: date, done: date | None) -> None:
    for leaf in LEAVES:
        notes.due(
            leaf, lapse.event.id, due, done, bucket_from=lapse.since, clock=clock,
            missed=Status.OVERDUE, records=[lapse.event.id],
        )  # fmt: skip


def _certification(notes: Notes, lapse: Lapse) -> None:
    """M13: a certification on record that a lapse has made untrue."""
    made = [event.day_of for event in notes.view.of("exchange_certification_made")]
    if not any(day <= lapse.since for day in made):
        return
    updated = [day for day in made if day > lapse.since]
    ends = [day for day in (min(updated, default=None), lapse.until) if day]
    notes.finding(
        "M13",
        COMMITTEE,
        lapse.since,
        Severity.H,
        f"The certification to the exchange is not accurate since {lapse.since}.",
        until=min(ends, default=None),
        records=[lapse.event.id],
        condition=True,
    )
