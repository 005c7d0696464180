"""The mark of a drill: what shows those who open a submission that it tries the line.

The mark is sealed inside the submission, as the last line of what happened, so nobody sees from
outside which one is a drill. It is signed with the drill key over the case that it is sealed in:
somebody who writes to the committee has no such key, and a mark of one case is none of another. The
act by which a reader calls a case a drill repeats the mark, so that it is checked without opening
anything.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from crypto import signing, strict
from crypto.document import VERSION, Document
from crypto.errors import MalformedMark

KIND = "drill"
WORD = "underrose-drill"
_WORDS = ("on", "key", "signature")


@dataclass(frozen=True)
class Mark:
    """A mark as it was read: the day of the drill, whose key, and its signature. Only check says
    that it is good."""

    on: date
    key: bytes
    signature: bytes = field(repr=False)

    @property
    def words(self) -> tuple[str, str, str]:
        """The mark as the coded values of an act."""
        return (self.on.isoformat(), strict.to_b64(self.key), strict.to_b64(self.signature))

    @property
    def line(self) -> str:
        """The mark as the line of text that is sealed in a submission."""
        return " ".join((WORD, *self.words))


def make(installation: str, case: str, on: date, seed: bytes) -> Mark:
    """The mark of a case, by whoever holds the drill key."""
    key = signing.verify_key(seed)
    signed = signing.sign(KIND, _signed(installation, case, on, key), seed)
    return Mark(on, key, strict.b64(str(signed["signature"])))


def check(mark: Mark, installation: str, case: str) -> None:
    """Return if the mark's own key signed it for this case. Raises InvalidSignature.

    Whether that key is the installation's drill key, the caller has to know.
    """
    document = _signed(installation, case, mark.on, mark.key)
    signing.check(
        KIND, {**document, "signature": strict.to_b64(mark.signature)}, mark.key
    )  # fmt: skip


def read_words(words: Sequence[str]) -> Mark:
    """The mark that an act's values spell, whoever signed it. Raises MalformedMark."""
    if len(words) != len(_WORDS):
        raise MalformedMark("the mark of a drill has a day, a key and a signature")
    document = Document(dict(zip(_WORDS, words, strict=True)), _WORDS, MalformedMark)
    return Mark(document.day("on"), document.key("key"), document.signature())


def parse(line: str) -> Mark:
    """The mark that a line of text spells. Raises MalformedMark."""
    word, *words = line.split(" ")
    if word != WORD:
        raise MalformedMark("the line is no mark of a drill")
    return read_words(words)


def found_in(text: str) -> Mark | None:
    """The mark in the last line of what happened, or None where that line is none."""
    try:
        return parse(text.rpartition("\n")[2])
    except MalformedMark:
        return None


def _signed(installation: str, case: str, on: date, key: bytes) -> dict[str, object]:
    return {
        "v": VERSION,
        "kind": KIND,
        "installation": installation,
        "case": case,
        "on": on.isoformat(),
        "key": strict.to_b64(key),
    }
