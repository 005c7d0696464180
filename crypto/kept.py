"""What a submitter may keep of a message to show later that it was this one: text and nonce.

The ledger commits to a message as the hash of a nonce and its canonical bytes. Both are in this
one file, which is only made for who asks for it: whoever finds it can show who wrote the message.
The receipt code is not in it.
"""

from dataclasses import dataclass, field

from crypto import strict
from crypto.document import VERSION, Document
from crypto.entry import NONCE_SIZE
from crypto.errors import Malformed, MalformedKept
from crypto.padding import MESSAGE_LIMIT

NAME = "kept.json"
SIZE_LIMIT = 1 << 17
_KEYS = ("v", "nonce", "text")


@dataclass(frozen=True)
class Kept:
    """The nonce of a commitment and the canonical bytes of the message that it is to."""

    nonce: bytes = field(repr=False)
    text: bytes = field(repr=False)

    def to_bytes(self) -> bytes:
        """The file. Raises MalformedKept for a nonce or text of a size that none has."""
        fields = {"v": VERSION, "nonce": self.nonce.hex(), "text": strict.to_b64(self.text)}
        data = strict.canonical(fields)
        parse(data)
        return data


def parse(data: bytes) -> Kept:
    """The nonce and text that these canonical bytes spell. Raises MalformedKept."""
    if len(data) > SIZE_LIMIT:
        raise MalformedKept("too long for a kept text")
    document = Document.parse(data, _KEYS, MalformedKept)
    document.version()
    try:
        nonce = strict.hex_bytes(document.text("nonce"), NONCE_SIZE)
        text = strict.b64(document.text("text"))
    except MalformedKept:
        raise
    except Malformed:
        raise MalformedKept("nonce or text is not spelled as it must be") from None
    if not 0 < len(text) <= MESSAGE_LIMIT:
        raise MalformedKept("the text is not of a size that messages have")
    return Kept(nonce, text)
