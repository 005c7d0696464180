"""What a form does not record at the first asking: permission for a prohibited service."""

from collections.abc import Mapping, Sequence

from review.charter.findings import Finding
from review.charter.located import Json

PROHIBITED = "P01"


def blocks(draft: Mapping[str, Json], findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The findings that stand in the way of this draft; none for anything but an approval.

    What was done in spite of a block is a fact, and a book that refused facts would be false:
    so only permission is held up, and a person may still say that it was given all the same.
    """
    services = draft.get("services")
    if draft.get("type") != "pre_approval_given" or not isinstance(services, list):
        return ()
    return tuple(
        one for one in findings if one.code == PROHIBITED and one.is_open and one.about in services
    )
