"""An act that people signed, with their signatures: one line of a bundle."""

from dataclasses import dataclass

from crypto import act as act_format
from crypto import strict
from crypto.act import Act, Signature
from crypto.document import VERSION, Document
from crypto.errors import Malformed
from review.audit.errors import MalformedBundle

LINE_LIMIT = 1 << 17
_KEYS = ("v", "act", "signatures")


@dataclass(frozen=True)
class SignedAct:
    """An act of which enough have signed. Only the check of a bundle says that they have."""

    act: Act
    signatures: tuple[Signature, ...]

    def to_bytes(self) -> bytes:
        """The line, without its line feed."""
        return strict.canonical(
            {
                "v": VERSION,
                "act": strict.parse_canonical(self.act.document),
                "signatures": strict.parse_canonical(
                    act_format.signatures_document(self.signatures)
                ),
            }
        )


def parse(line: bytes) -> SignedAct:
    """The act that a line spells, whoever signed it. Raises MalformedBundle."""
    try:
        document = Document.parse(line, _KEYS, Malformed)
        document.version()
        fields = document.fields
        return SignedAct(
            act_format.parse(strict.canonical(fields["act"])),
            act_format.parse_signatures(strict.canonical(fields["signatures"])),
        )
    except Malformed as refused:
        raise MalformedBundle(f"an act is not one: {refused}") from None
