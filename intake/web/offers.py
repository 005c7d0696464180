"""What a page offers for keeping, as links that hold the file: nothing is fetched, nothing kept.

A file for which the browser had to ask again would need a place on the server, or the code in a
request. So each is in the page itself, in a link of the kind data:.
"""

from dataclasses import dataclass, field

from crypto import kept, strict
from crypto.kept import Kept
from crypto.proof import SUFFIX
from intake.mailbox import Sent

STATEMENT_NAME = "statement.json"
_HEAD = "data:application/octet-stream;base64,"


@dataclass(frozen=True)
class Link:
    """A link that saves a file under a name."""

    name: str
    url: str = field(repr=False)


@dataclass(frozen=True)
class Offer:
    """What there is to keep of something that has just arrived; either may be missing."""

    statement: Link | None = None
    words: Link | None = None


@dataclass(frozen=True)
class SentLine:
    """One message of the submitter's own in the list of what was sent."""

    sent: Sent
    proof: Link | None
    statement: Link | None


def offer(statement: bytes | None, words: Kept | None) -> Offer:
    """The links for something that has just arrived."""
    data = None if words is None else words.to_bytes()
    return Offer(_link(STATEMENT_NAME, statement), _link(kept.NAME, data))


def sent_line(sent: Sent) -> SentLine:
    """The links for one message of the submitter's."""
    name = "submission" if sent.n == 1 else f"follow-up-{sent.n}"
    return SentLine(sent, _link(name + SUFFIX, sent.proof), _link(STATEMENT_NAME, sent.statement))


def _link(name: str, data: bytes | None) -> Link | None:
    return None if data is None else Link(name, _HEAD + strict.to_b64(data))
