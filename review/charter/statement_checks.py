"""What is printed or filed against what the records show (L-01, L-02).

Each of the four statements of the committee's report is tested on the day the 10-K is filed, and
each 10-Q on the day it is. A firm that is not independent has reviewed nothing.
"""

from datetime import date

from review.charter.book import Event
from review.charter.calendars import quarter_name, year_name
from review.charter.findings import Severity, Status
from review.charter.independence import recommended_on
from review.charter.independent import Stains, is_independent
from review.charter.notes import Notes
from review.charter.statements import checklist, steps

LEAVES = ("L-02",)


def assess(notes: Notes, stains: Stains) -> None:
    """F07 and F08, with the instances of L-02."""
    for filing in notes.facts.filings.quarters():
        _quarter(notes, filing, stains)
    for year in notes.facts.filings.audit_years():
        _four(notes, year, stains)
    for event in notes.view.of("committee_report_made"):
        _signed(notes, event)


def _signed(notes: Notes, report: Event) -> None:
    """F08: a report in the name of somebody who did not serve when it was made."""
    if not notes.facts.seats.is_known:
        return
    year, printed = report.number("fiscal_year"), report.text("filing")
    if not (strangers := _strangers(notes, report)):
        return
    answers = [
        one.day_of
        for one in notes.view.of_year("committee_report_made", year)
        if one.day_of > report.day_of and not _strangers(notes, one)
    ]
    decided = notes.view.by("filing", "filing_decision_recorded").get(printed, ())
    notes.finding(
        "F08", printed or "committee", report.day_of, Severity.B,
        f"The committee's report for {year_name(year)} names {' and '.join(strangers)}, who did"
        " not serve.",
        leaves=("L-01",),
        until=min([*answers, *(event.day_of for event in decided)], default=None),
        period=year_name(year), records=[report.id],
    )  # fmt: skip


def _strangers(notes: Notes, report: Event) -> list[str]:
    serving = set(notes.facts.seats.serving(report.day_of))
    return sorted(set(report.texts("members")) - serving)


def _quarter(notes: Notes, filing: Event, stains: Stains) -> None:
    """F07: the firm's review and its communication, each before the filing."""
    year, quarter, filed = filing.number("fiscal_year"), filing.number("quarter"), filing.day_of
    reviews = [
        event
        for event in notes.view.of_year("interim_review_completed", year)
        if event.number("quarter") == quarter
        and is_independent(stains, event.text("firm"), max(event.day_of, filed))
    ]
    told = [
        event
        for event in notes.view.of_year("required_communications_made", year)
        if event.number("quarter") == quarter
    ]
    days = [min((e.day_of for e in found), default=None) for found in (reviews, told)]
    late = [
        what
        for what, day in zip(("review by an independent firm", "communication"), days, strict=True)
        if day is None or day > filed
    ]
    done = None if None in days else max(day for day in days if day)
    records = [filing.id, *(event.id for event in (*reviews[:1], *told[:1]))]
    if late and notes.facts.keeps_quarter("L-02", year, quarter):
        notes.finding(
            "F07", filing.text("filing"), filed, Severity.B,
            f"The 10-Q for {quarter_name(year, quarter)} was filed without {' and '.join(late)}.",
            until=done, period=quarter_name(year, quarter), records=records,
        )  # fmt: skip
    notes.due(
        "L-02", filing.text("filing"), filed, done, missed=Status.BREACHED, bucket_from=filed,
        period=quarter_name(year, quarter), records=records,
    )  # fmt: skip


def _four(notes: Notes, year: int, stains: Stains) -> None:
    """F08: the letters of the report that the records do not bear out on filing day."""
    filing = notes.facts.filings.annual(year)
    if filing is None:
        return
    filed = filing.day_of
    done = _letters(notes, year, stains, filed)
    wrong = sorted(name for name, day in done.items() if day is None or day > filed)
    if not wrong:
        return
    notes.finding(
        "F08", filing.text("filing"), filed, Severity.B,
        f"The records of {year_name(year)} do not bear out statement {', '.join(wrong)} of the"
        " committee's report.",
        leaves=("L-01",),
        until=_answered(notes, year, filing, [done[name] for name in wrong]),
        period=year_name(year), records=[filing.id],
    )  # fmt: skip


def _letters(notes: Notes, year: int, stains: Stains, filed: date) -> dict[str, date | None]:
    """When the records came to bear out each letter that the book is kept for."""
    done, recommended = steps(notes, year, stains), recommended_on(notes, year)
    found: dict[str, date | None] = {}
    if notes.facts.keeps_cycle("L-01", year):
        found["D"] = recommended[0] if recommended else None
    if notes.facts.keeps_cycle("R-3.1", year):
        found["A"] = done["R-3.1"]
    if notes.facts.keeps_cycle("R-3.6", year):
        found["B"] = checklist(notes, year).told(range(1, 38))
    if notes.facts.keeps_cycle("R-1g.1", year) or notes.facts.keeps_cycle("R-1g.3", year):
        found["C"] = _independence(notes, year, stains, filed)
    if notes.facts.keeps_cycle("R-3.2", year) and done["R-3.2"] is None:
        found["B"] = None
    return found


def _independence(notes: Notes, year: int, stains: Stains, filed: date) -> date | None:
    """The day the year's letter was there and discussed, if the firm was independent."""
    days = [
        max(event.day_of, letter.day_of)
        for letter in notes.view.of_year("independence_letter_received", year)
        for event in notes.facts.discussions.get(letter.text("letter"), ())
    ]
    firm = notes.facts.engagements.incumbent(filed)
    if firm is not None and not is_independent(stains, firm.firm, filed):
        return None
    return min(days, default=None)


def _answered(notes: Notes, year: int, filing: Event, acts: list[date | None]) -> date | None:
    """The day all three are there: the act, another valid vote, and the company's answer."""
    if None in acts:
        return None
    votes = [
        event.day_of
        for event in notes.view.of_year("inclusion_recommended", year)
        if event.day_of > filing.day_of and notes.acted(event)
    ]
    answers = [
        event.day_of
        for event in notes.facts.filings.all
        if event.text("form") == "10-K/A"
        and event.number("fiscal_year") in (year, 0)
        and event.day_of > filing.day_of
    ]
    decided = notes.view.by("filing", "filing_decision_recorded").get(filing.text("filing"), ())
    answers += [event.day_of for event in decided]
    if not votes or not answers:
        return None
    return max(*(day for day in acts if day), min(votes), min(answers))
