"""What a form does not record at the first asking: permission for a prohibited service."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from review.charter.book import Book, Row
from review.charter.findings import Finding
from review.charter.located import Json
from review.charter_view.wording import Prohibited, prohibited

CODE = "P01"


@dataclass(frozen=True)
class Block:
    """A prohibited service: the rule that it falls under, and the record that asked for it."""

    service: str
    request: str
    rule: Prohibited | None


def blocks(draft: Mapping[str, Json], findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The findings that stand in the way of this draft; none for anything but an approval.

    What was done in spite of a block is a fact, and a book that refused facts would be false:
    so only permission is held up, and a person may still say that it was given all the same.
    """
    services = draft.get("services")
    if draft.get("type") != "pre_approval_given" or not isinstance(services, list):
        return ()
    return tuple(
        one for one in findings if one.code == CODE and one.is_open and one.about in services
    )


def ruled_out(book: Book, findings: Iterable[Finding]) -> tuple[Block, ...]:
    """The prohibited services that these findings are about, each once, with their rules."""
    about = dict.fromkeys(one.about for one in findings if one.code == CODE and one.is_open)
    asked = {event.text("service"): event for event in book.events if _asks(event)}
    return tuple(
        Block(
            name,
            asked[name].id,
            prohibited().get((asked[name].row("prohibited_screen") or Row({})).text("code")),
        )
        for name in about
        if name in asked
    )


def _asks(event: Row) -> bool:
    return event.text("type") == "service_requested"
