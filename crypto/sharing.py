"""A case shared with somebody who is no reader of the roster, as two of its readers signed it.

The act names the public halves of that person's identity, so whoever checks what the person signs
later needs nothing but the acts of the case. A new key of the case ends every share.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from crypto import act as acts
from crypto import keying, strict
from crypto.act import Act
from crypto.case import case_id
from crypto.document import Document
from crypto.errors import Malformed

SHARE = "share"
_DATA = ("generation", "grant", "person", "recipient", "verify_key")


@dataclass(frozen=True)
class Share:
    """What an act says of a share: with whom, of which generation, and hashes of what is sealed.

    recipient is the hash of the person's recipient, verify_key the 32 bytes themselves.
    """

    person: str
    generation: int
    recipient: str
    verify_key: bytes = field(repr=False)
    grant: str


def data_of(
    person: str, recipient: str, verify_key: bytes, generation: int, grant: bytes
) -> dict[str, acts.Value]:
    """The data of an act that shares a case: the recipient as its text, the grant as bytes."""
    return {
        "person": person,
        "generation": generation,
        "recipient": case_id(recipient),
        "verify_key": verify_key.hex(),
        "grant": hashlib.sha256(grant).hexdigest(),
    }


def share_in(act: Act) -> Share:
    """What an act says of a share. Raises Malformed for any other act."""
    if act.act != SHARE:
        raise Malformed("the act shares nothing")
    data = Document(dict(act.data), _DATA, Malformed)
    return Share(
        person=data.id("person"),
        generation=data.whole("generation", lowest=1),
        recipient=data.hash("recipient"),
        verify_key=strict.hex_bytes(data.hash("verify_key"), 32),
        grant=data.hash("grant"),
    )


def keys_after(keys: Mapping[str, bytes], act: Act) -> dict[str, bytes]:
    """Whose signatures count beside the readers' after an act, by the keys that count before it.

    A share adds a person, a new key of the case leaves nobody. An act that calls itself a share
    and is none adds nobody: that it is refused is for whoever checks its signatures.
    """
    if act.act == keying.REKEY:
        return {}
    if act.act != SHARE:
        return dict(keys)
    try:
        share = share_in(act)
    except Malformed:
        return dict(keys)
    return {**keys, share.person: share.verify_key}
