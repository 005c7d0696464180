"""When a record of the charter ends by its own schedule, and what a book is then still kept for.

Minutes, resolutions, seats and reports to the board never end. What belongs to one year's audit
ends seven years after the firm's report on that year; questionnaires and evaluations seven years
after the year's end. Years end whole and in their order, and a record that another one still speaks
of stays with it. From then on the book is kept from the first day after the last year that has
ended: of what came before nothing can be missed, so that ending breaches nothing.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from review.charter.book import Book, Event
from review.charter.calendars import FiscalCalendar
from review.charter.located import Json
from review.charter.vocabulary import Scalar, event_types
from review.workdays import days_after, years_after

PERMANENT, OF_THE_AUDIT, OF_THE_YEAR = "RC-12", "RC-13", "RC-14"
YEARS = 7
_CLASSES: Mapping[str, tuple[str, ...]] = {
    OF_THE_AUDIT: (
        *("pre_approval_given", "pre_approval_refused", "pre_approval_presented"),
        *("policy_use_presented", "service_requested", "service_engaged", "service_started"),
        *("service_completed", "service_found", "service_brought_to_committee"),
        *("invoice_received", "invoice_paid", "independence_letter_received"),
        *("independence_discussed", "compatibility_assessed", "independence_action"),
        *("independence_action_closed", "quality_control_report_received"),
        *("quality_control_report_reviewed", "firm_report_received"),
        *("required_communications_made", "audit_finding_reported", "audit_finding_reviewed"),
        *("audit_finding_target_set", "audit_finding_retested", "audit_finding_closed"),
    ),
    OF_THE_YEAR: ("questionnaire_returned", "firm_evaluated", "committee_evaluated"),
}
_CLASS_OF = {name: code for code, names in _CLASSES.items() for name in names}


@dataclass(frozen=True)
class Ending:
    """A record that ends, by which class."""

    event: Event
    record_class: str


def class_of(event: Event) -> str:
    """The class of the schedule that a record is of."""
    return _CLASS_OF.get(event.type, PERMANENT)


def ending(book: Book, today: date) -> tuple[Ending, ...]:
    """The records that end today or have been due to, in the order of their ids."""
    calendar = FiscalCalendar(*book.fiscal_year_end)
    audited = _audited(book)
    due: dict[str, Event] = {}
    for year in _years(book, calendar):
        # The audit of a year of which the book has no report was over when a later one was.
        report = audited.get(year) or min((d for y, d in audited.items() if y > year), default=None)
        if report is None:
            break
        last = max(report, calendar.end(year))
        if days_after(years_after(last, YEARS), 1) > today:
            break
        own = (e for e in book.events if year_of(e, calendar) == year)
        due |= {event.id: event for event in own if class_of(event) != PERMANENT}
    return tuple(
        Ending(event, class_of(event)) for _name, event in sorted(_unspoken_of(book, due).items())
    )


def year_of(event: Event, calendar: FiscalCalendar) -> int:
    """The fiscal year that a record belongs to: the one it names, or that of its day."""
    return event.number("fiscal_year") or calendar.year_of(event.day_of)


def kept_from(kept: Json, first: date) -> Json:
    """What a book is kept for when its years before a day have ended."""
    if not isinstance(kept, list):
        return kept
    rows = [row for row in kept if isinstance(row, dict)]
    day = first.isoformat()
    # Days in this form are in the order of their letters.
    moved = [{**row, "from": max(str(row.get("from")), day)} for row in rows]
    return [row for row in moved if str(row.get("to", row["from"])) >= str(row["from"])]


def _audited(book: Book) -> dict[int, date]:
    """By fiscal year the day of the firm's last report on its audit."""
    found: dict[int, date] = {}
    for event in book.events:
        if event.type == "firm_report_issued" and event.text("kind") == "AUDIT":
            year = event.number("fiscal_year")
            found[year] = max(event.day_of, found.get(year, date.min))
    return found


def _years(book: Book, calendar: FiscalCalendar) -> Iterable[int]:
    """The fiscal years of records that can end, the first first."""
    own = (event for event in book.events if class_of(event) != PERMANENT)
    return sorted({year_of(event, calendar) for event in own})


def _unspoken_of(book: Book, due: Mapping[str, Event]) -> dict[str, Event]:
    """Those of the records that no record speaks of which stays."""
    left = dict(due)
    while True:
        said = {
            word for event in book.events if event.id not in left for word in _words(event.fields)
        }
        held = {name for name, event in left.items() if said & {event.id, *_named(event)}}
        if not held:
            return left
        left = {name: event for name, event in left.items() if name not in held}


def _named(event: Event) -> Iterator[str]:
    """The entities that a record gives a name to."""
    for field in event_types()[event.type].fields:
        if isinstance(field.type, Scalar) and field.type.kind in ("id+", "ref+"):
            yield event.text(field.name)


def _words(value: Json | Mapping[str, Json]) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _words(each)
    elif isinstance(value, list):
        for each in value:
            yield from _words(each)
