"""The first steps of a book: its head, and what a secretary records first."""

from collections.abc import Mapping
from dataclasses import dataclass

from review.charter.book import Book
from review.charter.located import Json
from review.charter.vocabulary import TOP, Field, Scalar, record
from review.charter_forms.drafts import Draft, Posted, object_of, typed

_ASKED = ("company", "people", "firms")
_KEPT_FROM = "from this day the book is complete; what is not in it did not happen"
HEAD_FIELDS = (
    Field("kept_from", Scalar("date"), required=True, says=_KEPT_FROM),
    *(field for field in record(TOP).fields if field.name in _ASKED),
)
FEWEST_MEMBERS = 3
FEWEST_MEETINGS = 4


@dataclass(frozen=True)
class Step:
    """One of the first steps: where it is done, and whether it is."""

    says: str
    path: str
    is_done: bool


def head(posted: Posted, before: Mapping[str, Json] | None = None) -> Draft:
    """A book's head from what was typed; what the form does not ask stays as it was before."""
    found = object_of(HEAD_FIELDS, posted)
    first = found.pop("kept_from", None)
    whole: Draft = {"charter": "default", **(before or {}), "people": [], "firms": [], **found}
    if before is None or "kept" not in before:
        whole["kept"] = [{"clauses": ["*"], **({} if first is None else {"from": first})}]
    return whole


def shown(before: Mapping[str, Json]) -> dict[str, list[str]]:
    """What the form shows of a head that is there."""
    found = typed({name: value for name, value in before.items() if name in _ASKED})
    kept = before.get("kept")
    for row in kept if isinstance(kept, list) else ():
        if isinstance(row, dict):
            found.setdefault("kept_from", [str(row.get("from", ""))])
    return found


def steps(book: Book | None) -> tuple[Step, ...]:
    """What a new book needs before it can say much, in the order in which it is done."""
    events = () if book is None else book.events
    seats = {
        e.text("person") for e in events if e.type == "seat_began" and e.text("body") == "COMMITTEE"
    }
    planned = {e.text("meeting") for e in events if e.type == "meeting_planned"}
    kinds = {event.type for event in events}
    return (
        Step("Set up the book", "/charter/start", book is not None),
        Step(
            "Record who sits on the committee",
            "/duty/membership/seat_began",
            len(seats) >= FEWEST_MEMBERS,
        ),
        Step(
            "Record which firm was selected",
            "/duty/engagement/firm_selected",
            "firm_selected" in kinds,
        ),
        Step(
            "Plan the year’s meetings",
            "/duty/meetings/meeting_planned",
            len(planned) >= FEWEST_MEETINGS,
        ),
        Step(
            "Plan the annual meeting of stockholders",
            "/duty/board/stockholder_meeting_planned",
            "stockholder_meeting_planned" in kinds,
        ),
        Step(
            "Record the owner’s decisions, where they differ from the usual",
            "/duty/decisions/setting_changed",
            "setting_changed" in kinds,
        ),
    )
