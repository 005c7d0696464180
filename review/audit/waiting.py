"""What waits to be put into the ledger and is of no case: one line of a bundle each.

Holds, changes of the schedule and of texts, dispositions: whatever an act or a manifest of the
bundle needs an entry for, so that nothing is missing between two batches.
"""

from crypto import strict
from crypto.document import VERSION, Document
from crypto.entry_types import TYPES as ENTRY_TYPES
from crypto.errors import Malformed
from review.audit.errors import MalformedBundle
from review.audit.records import ACT_KEYS, Act, act_of

LINE_LIMIT = 1 << 14
TYPES = frozenset(
    kind.name
    for kind in ENTRY_TYPES.values()
    if "subject" not in kind.required | kind.optional and {"act", "manifest"} & kind.data.keys()
)


def to_bytes(act: Act) -> bytes:
    """The line, without its line feed."""
    return strict.canonical({"v": VERSION, **act.fields()})


def parse(line: bytes) -> Act:
    """The act that a line tells of. Raises MalformedBundle."""
    try:
        document = Document.parse(line, ("v", *ACT_KEYS), Malformed)
        document.version()
        kind = ENTRY_TYPES[document.choice("type", sorted(TYPES))]
        found = act_of(document, kind)
    except Malformed as refused:
        raise MalformedBundle(f"an act that waits is not one: {refused}") from None
    filled = {key for key in ("by", "digest", "commitment") if getattr(found, key) is not None}
    if not kind.required <= filled <= kind.required | kind.optional:
        raise MalformedBundle("an act that waits has more or less than its entry will have")
    return found
