"""What the book says of one record of the charter: one line of a bundle, without a word of it."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from crypto import strict
from crypto.document import VERSION, Document, is_id
from crypto.errors import Malformed
from review.audit.errors import MalformedBundle

LINE_LIMIT = 1 << 12
RECORDED, ENDED = "recorded", "ended"
_KEYS = ("v", "digest", "on", "by", "ended", "waiting")
_ENDED_KEYS = ("on", "record_class")


@dataclass(frozen=True, kw_only=True)
class Ending:
    """That a record has ended, by which class of the schedule and when."""

    on: datetime.date
    record_class: str


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A record, or the stub of one that has ended.

    digest is the salted hash of the record as it stands in the book now, and of a stub the one that
    it was left with. waiting names what no batch has taken yet: that it was recorded, or ended.
    """

    digest: str
    on: datetime.date
    by: str | None
    ended: Ending | None = None
    waiting: str | None = None

    def to_bytes(self) -> bytes:
        """The line, without its line feed."""
        ended: Mapping[str, str] | None = None
        if self.ended is not None:
            ended = {"on": self.ended.on.isoformat(), "record_class": self.ended.record_class}
        return strict.canonical(
            {
                "v": VERSION,
                "digest": self.digest,
                "on": self.on.isoformat(),
                "by": self.by,
                "ended": ended,
                "waiting": self.waiting,
            }
        )


def parse(line: bytes) -> Kept:
    """The record that a line tells of. Raises MalformedBundle."""
    try:
        document = Document.parse(line, _KEYS, Malformed)
        document.version()
        kept = Kept(
            digest=document.hash("digest"),
            on=document.day("on"),
            by=None if document.is_null("by") else document.text("by"),
            ended=None if document.is_null("ended") else _ending(document),
            waiting=None
            if document.is_null("waiting")
            else document.choice("waiting", (RECORDED, ENDED)),
        )
    except Malformed as refused:
        raise MalformedBundle(f"a record of the charter is not one: {refused}") from None
    # A stub does not say who recorded what has ended; the ledger does.
    if (kept.by is None) != (kept.ended is not None) or (kept.by and not is_id(kept.by)):
        raise MalformedBundle("a record of the charter is of nobody, or a stub of somebody")
    if kept.waiting is not None and (kept.waiting == ENDED) != (kept.ended is not None):
        raise MalformedBundle("a record of the charter waits for what it cannot")
    return kept


def _ending(document: Document) -> Ending:
    part = document.part("ended", _ENDED_KEYS)
    return Ending(on=part.day("on"), record_class=part.line("record_class", 10))
