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
    """One of the first steps: why it matters, where it is done, and whether it is."""

    says: str
    why: str
    path: str
    is_done: bool


_DUTIES = "/charter/duties"
_STEPS = (
    (
        "start",
        "Set up the book",
        "The company, its people and its firm: every record names them.",
        "/charter/start",
    ),
    (
        "seats",
        "Record who sits on the committee",
        "Quorum, independence and cure periods are counted from the seats.",
        f"{_DUTIES}/membership/seat_began",
    ),
    (
        "firm",
        "Record which firm was selected",
        "Pre-approvals, letters and partner rotation belong to an engagement.",
        f"{_DUTIES}/engagement/firm_selected",
    ),
    (
        "meetings",
        "Plan the year’s meetings",
        "What is due is laid on the meetings that are planned.",
        f"{_DUTIES}/meetings/meeting_planned",
    ),
    (
        "stockholders",
        "Plan the annual meeting of stockholders",
        "Ratification of the firm and the proxy statement hang on its day.",
        f"{_DUTIES}/board/stockholder_meeting_planned",
    ),
    (
        "decisions",
        "Record the owner’s decisions, where they differ from the usual",
        "Quorum, thresholds and the like; what nobody decides stays as it is shipped.",
        "/charter/decisions",
    ),
)


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
    done = {
        "start": book is not None,
        "seats": len(seats) >= FEWEST_MEMBERS,
        "firm": "firm_selected" in kinds,
        "meetings": len(planned) >= FEWEST_MEETINGS,
        "stockholders": "stockholder_meeting_planned" in kinds,
        "decisions": "setting_changed" in kinds,
    }
    return tuple(Step(says, why, path, done[name]) for name, says, why, path in _STEPS)
