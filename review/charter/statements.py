"""The annual statements (R-3, L-01, L-03): reviews, the AS 1301 checklist, the recommendation.

A chain of gates: reviewed with management and with the firm, every row of the checklist told to the
full committee before the firm's report, a valid recommendation, the 10-K. A row that was never
mentioned is blank, and blank is not nil.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from review.charter.book import Event
from review.charter.calendars import year_name
from review.charter.episodes import Point, episodes
from review.charter.findings import Severity, Status
from review.charter.independence import recommended_on
from review.charter.independent import Stains, is_independent
from review.charter.notes import Notes
from review.charter.rulings import Force, Maker
from review.workdays import days_after, on_or_after

LEAVES = ("R-3.1", "R-3.2", "R-3.3", "R-3.4", "R-3.5", "R-3.6", "R-1f.2", "L-01", "L-03")
ROWS = range(1, 38)
# Which rows of the checklist carry which leaf; the last leaf wants them all.
ROWS_OF = {"R-3.3": range(18, 25), "R-3.4": (12,), "R-3.5": (33, 34), "R-3.6": ROWS}
DEADLINE_DAYS = {"LARGE_ACCELERATED": 60, "ACCELERATED": 75}
LAST_DEADLINE_DAYS = 90
WARN_DAYS, HIGH_DAYS = 10, 3


@dataclass(frozen=True)
class Checklist:
    """For each row, the day the full committee was told, and the day anybody was."""

    full: Mapping[int, date]
    anybody: Mapping[int, date]

    def told(self, rows: Sequence[int]) -> date | None:
        """The day from which the full committee had all of these rows."""
        days = [self.full.get(row) for row in rows]
        return None if None in days else max(day for day in days if day)


def checklist(notes: Notes, year: int) -> Checklist:
    """The year-end checklist of a year."""
    full: dict[int, date] = {}
    anybody: dict[int, date] = {}
    for event in notes.view.of_year("required_communications_made", year):
        if event.has("quarter"):
            continue
        for row in event.rows("rows"):
            anybody.setdefault(row.number("row"), event.day_of)
            if event.text("to") == "FULL":
                full.setdefault(row.number("row"), event.day_of)
    return Checklist(full, anybody)


def reviewed(notes: Notes, year: int, party: str, stains: Stains) -> tuple[date, str] | None:
    """The first valid review of the year's statements with a party.

    What a firm that is not independent takes part in counts as not done.
    """
    for event in notes.view.of_year("statements_reviewed", year):
        annual = event.text("document") == "10-K"
        if not annual or party not in event.texts("with") or not notes.acted(event):
            continue
        firm = notes.facts.engagements.incumbent(event.day_of)
        if party != "FIRM" or not firm or is_independent(stains, firm.firm, event.day_of):
            return event.day_of, event.id
    return None


def steps(notes: Notes, year: int, stains: Stains) -> dict[str, date | None]:
    """When each leaf of R-3 and the recommendation were done for a year."""
    rows = checklist(notes, year)
    with_management = reviewed(notes, year, "MANAGEMENT", stains)
    with_firm = reviewed(notes, year, "FIRM", stains)
    recommended = recommended_on(notes, year)
    found = {
        "R-3.1": with_management[0] if with_management else None,
        "R-3.2": with_firm[0] if with_firm else None,
        "L-01": recommended[0] if recommended else None,
    }
    return {**found, **{leaf: rows.told(numbers) for leaf, numbers in ROWS_OF.items()}}


def assess(notes: Notes, stains: Stains) -> None:
    """F01 to F06, with the instances of R-3, L-01 and L-03."""
    kept = {year for leaf in LEAVES for year in notes.facts.fiscal_years(leaf)}
    # The statements of a year are finished in the next.
    for year in sorted(kept | {year - 1 for year in kept}):
        done = steps(notes, year, stains)
        _gate(notes, year, done)
        _blank(notes, year)
        _vote(notes, year)
        _critical_policies(notes, year)
        _instances(notes, year, done)


def _kept(
    notes: Notes, year: int, done: Mapping[str, date | None], day: date
) -> dict[str, date | None]:
    """The steps for which the book is kept on a day, and was since the cycle began."""
    return {
        leaf: when
        for leaf, when in done.items()
        if notes.view.is_kept(leaf, day) and notes.facts.keeps_cycle(leaf, year)
    }


def _deadline(notes: Notes, year: int) -> date:
    """By when the 10-K is owed."""
    company = notes.view.book.header.get("company")
    status = company.get("filer_status") if isinstance(company, dict) else None
    days = DEADLINE_DAYS.get(str(status), LAST_DEADLINE_DAYS)
    return on_or_after(days_after(notes.facts.calendar.end(year), days))


def _gate(notes: Notes, year: int, done: Mapping[str, date | None]) -> None:
    """F01: the gate is open shortly before the 10-K is owed. F02: it was filed all the same."""
    filing = notes.facts.filings.annual(year)
    filed = filing.day_of if filing else None
    due = _deadline(notes, year)
    wanted = _kept(notes, year, done, min(due, notes.view.as_of))
    ready = (
        None
        if None in wanted.values()
        else max(d for d in wanted.values() if d)
        if wanted
        else None
    )
    ends = [day for day in (ready, filed) if day]
    end = min(ends, default=None)
    warn, high = days_after(due, -WARN_DAYS), days_after(due, -HIGH_DAYS)
    points = [
        Point(day, severity)
        for day, severity in ((warn, Severity.W), (high, Severity.H))
        if wanted and day <= notes.view.as_of and (end is None or day < end)
    ]
    open_steps = ", ".join(sorted(leaf for leaf, when in wanted.items() if when is None))
    for run in episodes([*points, *([Point(end, None)] if end else [])]):
        notes.finding(
            "F01", "committee", run.since, run.severity,
            f"The 10-K for {year_name(year)} is owed on {due}; open: {open_steps or 'nothing'}.",
            leaves=tuple(wanted), until=run.until, due=due, period=year_name(year),
        )  # fmt: skip
    if filing is None:
        return
    at_filing = _kept(notes, year, done, filing.day_of)
    late = {n: d for n, d in at_filing.items() if d is None or d > filing.day_of}
    if late:
        until = None if None in late.values() else max(d for d in late.values() if d)
        notes.finding(
            "F02", filing.text("filing"), filing.day_of, Severity.B,
            f"The 10-K for {year_name(year)} was filed without {', '.join(sorted(late))}.",
            leaves=tuple(sorted(late)), until=until, period=year_name(year), records=[filing.id],
        )  # fmt: skip


def _blank(notes: Notes, year: int) -> None:
    """F03: rows answered to nobody. F04: rows told to the chair alone. Both at the report."""
    report = notes.facts.filings.ard(year)
    if report is None or not notes.facts.keeps_cycle("R-3.6", year):
        return
    rows = checklist(notes, year)
    firm = notes.facts.engagements.incumbent(report)
    about = firm.firm if firm else "committee"
    blank = [row for row in ROWS if row not in rows.anybody or rows.anybody[row] > report]
    alone = [
        row
        for row in ROWS
        if row not in blank and (row not in rows.full or rows.full[row] > report)
    ]
    if blank:
        days = [rows.anybody.get(row) for row in blank]
        notes.finding(
            "F03", about, report, Severity.H,
            f"Rows {_named(blank)} of the checklist were blank at the report of {report}.",
            until=None if None in days else max(d for d in days if d),
            period=year_name(year), figures={"count": len(blank)},
        )  # fmt: skip
    for whose, source, severity in (
        ("FIRM", "FIRM", Severity.B),
        ("COMMITTEE", "CHARTER", Severity.H),
    ):
        if alone:
            days = [rows.full.get(row) for row in alone]
            notes.finding(
                "F04", about, report, severity,
                f"Rows {_named(alone)} were told to the chair alone at the report of {report}.",
                whose=whose, source_class=source,
                until=None if None in days else max(d for d in days if d),
                period=year_name(year), figures={"count": len(alone)},
            )  # fmt: skip


def _named(rows: list[int]) -> str:
    """Row numbers as a person lists them, in runs."""
    runs: list[list[int]] = []
    for row in rows:
        if runs and runs[-1][-1] == row - 1:
            runs[-1].append(row)
        else:
            runs.append([row])
    return ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)


def _vote(notes: Notes, year: int) -> None:
    """F05: a recommendation voted without a quorum is none, until there is a valid vote."""
    votes = notes.view.of_year("inclusion_recommended", year)
    void = [
        event
        for event in votes
        if (ruling := notes.facts.rulings.of(event)).force is Force.VOID
        and ruling.maker is Maker.COMMITTEE
    ]
    if void:
        valid = [e.day_of for e in votes if notes.acted(e) and e.day_of >= void[0].day_of]
        notes.finding(
            "F05", "committee", void[0].day_of, Severity.B,
            f"The recommendation of {void[0].day_of} for {year_name(year)} is void.",
            until=min(valid, default=None), period=year_name(year),
            records=[event.id for event in void],
        )  # fmt: skip


def _reports(notes: Notes, year: int, kind: str) -> Event | None:
    for event in notes.view.of_year("firm_report_received", year):
        if event.text("kind") == kind:
            return event
    return None


def _critical_policies(notes: Notes, year: int) -> None:
    """F06: the firm's report on critical policies and alternatives is missing at filing."""
    filing, letter = notes.facts.filings.annual(year), _reports(notes, year, "SX_2_07")
    filed = filing.day_of if filing else None
    day = letter.day_of if letter else None
    records = [filing.id if filing else "", letter.id if letter else ""]
    kept = any(notes.facts.keeps_cycle(leaf, year) for leaf in ("L-03", "R-1f.2"))
    if filing is not None and filed is not None and kept and (day is None or day > filed):
        notes.finding(
            "F06", filing.text("filing"), filed, Severity.B,
            f"Critical policies and alternatives were not reported for {year_name(year)}.",
            until=day, period=year_name(year), records=records,
        )  # fmt: skip
    for leaf in ("L-03", "R-1f.2"):
        notes.due(
            leaf, "committee", filed, day, missed=Status.BREACHED, period=year_name(year),
            bucket_from=notes.facts.cycle_start(year), records=records,
        )  # fmt: skip


def _instances(notes: Notes, year: int, done: Mapping[str, date | None]) -> None:
    filed = notes.facts.filings.kfd(year)
    due = filed or _deadline(notes, year)
    for leaf, day in done.items():
        notes.due(
            leaf, "committee", due, day, period=year_name(year),
            missed=Status.BREACHED if filed else Status.OVERDUE,
            bucket_from=notes.facts.cycle_start(year),
        )  # fmt: skip
