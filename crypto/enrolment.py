"""A request for a seat: the public half of an identity that a person made in their own browser.

It goes from the browser over the console to the ceremony, so whoever runs the console could put
another in its place. Therefore the person reads its fingerprint to the ceremony from the screen on
which it was made, and a request names the roster under which it was made: an old one counts no
more. It is signed with the key that it brings, which shows that its maker holds that key.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from crypto import signing, strict
from crypto.document import VERSION, Document
from crypto.errors import EnrolmentRejected, Malformed, MalformedEnrolment
from crypto.recipient import Recipient, from_seed
from crypto.roster import MAX_PEOPLE, Roster, spoken

KIND = "enrolment"
# A recovery copy is an age file of some 1.9 KB; its base64 in a list of requests is no longer.
MAX_COPY = 6000

_KEYS = ("v", "installation", "seat", "recipient", "verify_key", "roster", "recovery", "on")
_SIGNED_KEYS = (*_KEYS, "signature")
_LIST_KEYS = ("v", "requests")
_LINE_KEYS = ("request", "recovery")


@dataclass(frozen=True)
class Request:
    """A request as it was parsed. recovery is the SHA-256 of the recovery copy made with it."""

    installation: str
    seat: str
    recipient: Recipient = field(repr=False)
    verify_key: bytes = field(repr=False)
    roster: str
    recovery: str | None
    on: date
    document: bytes = field(repr=False)

    @property
    def fingerprint(self) -> str:
        """The first 100 bits of its hash, which its maker reads aloud."""
        return spoken(hashlib.sha256(self.document).hexdigest())


@dataclass(frozen=True)
class Enrolled:
    """A request, and the copy of the identity that only the recovery identity opens."""

    request: Request
    copy: bytes | None = field(repr=False)


def make(seed: bytes, roster: Roster, seat: str, on: date, copy: bytes | None) -> bytes:
    """The canonical bytes of a request with this identity seed, under this roster."""
    signing_seed = signing.member_seed(seed)
    fields = {
        "v": VERSION,
        "installation": roster.installation,
        "seat": seat,
        "recipient": from_seed(seed).text,
        "verify_key": strict.to_b64(signing.verify_key(signing_seed)),
        "roster": roster.hash,
        "recovery": None if copy is None else hashlib.sha256(copy).hexdigest(),
        "on": on.isoformat(),
    }
    return strict.canonical(signing.sign(KIND, fields, signing_seed))


def verify(data: bytes) -> Request:
    """The request in data, signed by the key in it.

    Raises MalformedEnrolment or InvalidSignature. That it is its maker's only the fingerprint says.
    """
    document = Document.parse(data, _SIGNED_KEYS, MalformedEnrolment)
    document.version()
    request = Request(
        installation=document.installation(),
        seat=document.id("seat"),
        recipient=document.recipient("recipient"),
        verify_key=document.key("verify_key"),
        roster=document.hash("roster"),
        recovery=None if document.is_null("recovery") else document.hash("recovery"),
        on=document.day("on"),
        document=data,
    )
    document.signature()
    signing.check(KIND, document.fields, request.verify_key)
    return request


def check_copy(request: Request, copy: bytes | None) -> None:
    """Return if this is the recovery copy that was made with the request, or there is none.

    Raises EnrolmentRejected: a server that exchanged it would be found out only by who needs it.
    """
    made = None if copy is None else hashlib.sha256(copy).hexdigest()
    if made != request.recovery:
        raise EnrolmentRejected("the recovery copy is not the one that was made with the request")


def check_fits(request: Request, roster: Roster) -> None:
    """Return if the roster after this one may take the request in. Raises EnrolmentRejected."""
    if request.installation != roster.installation:
        raise EnrolmentRejected("the request was made for another installation")
    # Whoever keeps requests could bring back one whose key was given up since.
    if request.roster != roster.hash:
        raise EnrolmentRejected(
            f"the request of {request.seat} was not made under roster {roster.epoch}: it is to be "
            "made again"
        )
    taken = {reader.recipient.text for reader in roster.readers}
    if request.recipient.text in taken or request.verify_key in roster.verify_keys.values():
        raise EnrolmentRejected(f"the key in the request of {request.seat} is on the roster")


def read_list(data: bytes) -> tuple[Enrolled, ...]:
    """The requests in a file of them, each of another seat and with the copy made with it.

    Raises MalformedEnrolment, InvalidSignature or EnrolmentRejected.
    """
    document = Document.parse(data, _LIST_KEYS, MalformedEnrolment)
    document.version()
    found = tuple(map(_line, document.parts("requests", MAX_PEOPLE, _LINE_KEYS)))
    if len({each.request.seat for each in found}) != len(found):
        raise MalformedEnrolment("two requests are of one seat")
    return found


def _line(part: Document) -> Enrolled:
    request = verify(_bytes(part, "request"))
    copy = None if part.is_null("recovery") else _bytes(part, "recovery")
    check_copy(request, copy)
    return Enrolled(request, copy)


def _bytes(part: Document, key: str) -> bytes:
    try:
        return strict.b64(part.text(key, 2 * MAX_COPY))
    except Malformed:
        raise MalformedEnrolment(f"{key} is not base64") from None


def write_list(found: Iterable[Enrolled]) -> bytes:
    """The file that read_list() reads."""
    lines = [
        {
            "request": strict.to_b64(each.request.document),
            "recovery": None if each.copy is None else strict.to_b64(each.copy),
        }
        for each in sorted(found, key=lambda each: each.request.seat)
    ]
    return strict.canonical({"v": VERSION, "requests": lines})
