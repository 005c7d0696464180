"""What one event must say because of what else it says: fields that a type needs only at times."""

from collections.abc import Callable, Iterator, Mapping

from review.charter.book import Row
from review.charter.located import Path
from review.charter.settings import setting_problem

Complaint = tuple[Path, str]
PERIODIC_FORMS = {"10-K", "10-Q", "DEF 14A"}


def conditions(event: Row) -> Iterator[Complaint]:
    """Everything that is missing or impossible in this event on its own."""
    first, recorded = event.text("event_date"), event.text("recorded_at")
    if first and recorded and recorded < first:
        yield ("recorded_at",), "is before event_date"
    rule = _RULES.get(event.text("type"))
    if rule is not None:
        yield from rule(event)


def _filing(event: Row) -> Iterator[Complaint]:
    form = event.text("form")
    if form in PERIODIC_FORMS and not event.has("fiscal_year"):
        yield ("fiscal_year",), f"is missing, and a {form} needs it"
    if form == "10-Q" and not event.has("quarter"):
        yield ("quarter",), "is missing, and a 10-Q needs it"


def _ending(event: Row) -> Iterator[Complaint]:
    if event.text("reason") == "DISMISSED" and not event.has("decision"):
        yield ("decision",), "is missing, and a dismissal needs it"


def _plan(event: Row) -> Iterator[Complaint]:
    if event.number("version") >= 2 and not event.has("change_reason"):
        yield ("change_reason",), "is missing, and a later version needs it"


def _checklist(event: Row) -> Iterator[Complaint]:
    for place, row in enumerate(event.rows("rows")):
        if row.text("response") == "NOT_APPLICABLE" and not row.has("reason"):
            yield ("rows", place, "reason"), "is missing, and NOT_APPLICABLE needs it"


def _setting(event: Row) -> Iterator[Complaint]:
    key = event.text("key")
    message = setting_problem(key, event.fields.get("value")) if key else ""
    if message:
        yield ("value",), message


_RULES: Mapping[str, Callable[[Row], Iterator[Complaint]]] = {
    "filing_made": _filing,
    "engagement_ended": _ending,
    "audit_plan_presented": _plan,
    "required_communications_made": _checklist,
    "setting_changed": _setting,
}
