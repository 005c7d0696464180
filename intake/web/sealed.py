"""What our own script posts: things already sealed in the browser.

Nothing here can be opened, so all that can be checked is the shape: exact keys, exact spellings and
the exact sizes that sealing gives. What has another shape would stand out in the drop, or fill it.
"""

import hashlib
from collections.abc import Mapping

from flask import Blueprint, Response, request

from crypto import age, case, message, padding, receipt, strict
from crypto.document import MAX_IDS, is_hash
from crypto.errors import Malformed
from crypto.recipient import Recipient
from crypto.roster import Roster
from intake import drop
from intake.deposits import FollowUp, Mailbox, Outcome, Submission
from intake.errors import MalformedBody, RosterMoved
from intake.upload import Body, read_small
from intake.web.parts import Parts, parts

routes = Blueprint("sealed", __name__, url_prefix="/sealed")

MAILBOX_STEP = 131072
_SLICES = (*padding.SMALL_SLICES, padding.SLICE)
_SLICE_ROOM = age.sealed_size(padding.SLICE) + 4096
_DEPOSIT_ROOM = 2 * (max(message.envelope_sizes()) + case.grant_size(MAX_IDS))
# Room for some letters beside the rosters, so that a mailbox with a few and one that does not
# exist are answered in one size.
_LETTERS_ROOM = 65536
_SIGNATURE_SIZE = 64


class Fields:
    """The parts of a small body, each asked for once in the one form that it may have."""

    def __init__(self, found: Mapping[str, bytes], names: set[str]) -> None:
        if set(found) != names:
            raise MalformedBody("not the parts that belong to this request")
        self._found = found

    @classmethod
    def read(cls, names: str, limit: int) -> "Fields":
        """The parts of the request at hand, which are exactly those named."""
        return cls(read_small(Body.of(request.environ), limit), set(names.split()))

    def raw(self, name: str) -> bytes:
        """A part as it came."""
        return self._found[name]

    def text(self, name: str) -> str:
        """A part that is ASCII text."""
        try:
            return self._found[name].decode("ascii")
        except UnicodeDecodeError:
            raise Malformed("a part is not ASCII") from None

    def hex(self, name: str, size: int) -> bytes:
        """The bytes that a part spells."""
        return strict.hex_bytes(self.text(name), size)

    def hash(self, name: str) -> str:
        """A SHA-256 as it is spelled."""
        text = self.text(name)
        if not is_hash(text):
            raise Malformed("a part is not a SHA-256")
        return text

    def number(self, name: str) -> int:
        """The number that a part spells."""
        return strict.decimal(self.text(name))

    def recipient(self, name: str) -> str:
        """The text of a recipient."""
        return Recipient.parse(self.text(name)).text

    def sealed(self, name: str, stanzas: int, *sizes: int) -> bytes:
        """Something sealed to so many, of one of these sizes."""
        data = self._found[name]
        age.check_shape(data, stanzas=stanzas, plaintext_sizes=sizes)
        return data

    def upload(self) -> tuple[str | None, int]:
        """The upload that the deposit names, and its number of slices; None and 0 without files."""
        count = self.number("slices")
        if not self.raw("upload"):
            return None, count
        return upload_id(self.hex("upload", 16)), count

    def mailbox(self) -> tuple[str, str]:
        """The key that counts a form once, and the mailbox id."""
        lookup = self.hex("lookup", receipt.LOOKUP_SIZE)
        token = self.hex("token", receipt.TOKEN_SIZE)
        return receipt.once(token, lookup), receipt.mailbox_id(lookup)


def upload_id(secret: bytes) -> str:
    """The public name of an upload, from the secret that only its sender has."""
    return hashlib.sha256(secret).hexdigest()


@routes.post("/slices")
def slice_() -> Response:
    """Keep one slice of an upload."""
    parts().budgets.slice()
    fields = Fields.read("upload index envelope", _SLICE_ROOM)
    index = fields.number("index")
    settings = parts().settings
    if index >= settings.max_files * padding.slice_count(settings.max_file_bytes):
        raise MalformedBody("no upload has so many slices")
    name = upload_id(fields.hex("upload", 16))
    envelope = fields.sealed("envelope", 1, *_SLICES)
    with parts().writing() as connection:
        drop.put_slice(connection, name, index, envelope, parts().clock())
    return Response(status=204)


@routes.post("/submissions")
def submission() -> Response:
    """Deposit a submission that the browser sealed."""
    fields = Fields.read(
        "token roster lookup mailbox case case_signature digest commitment upload slices "
        "envelope grant routing",
        _DEPOSIT_ROOM,
    )
    once, mailbox_id = fields.mailbox()
    if _has_arrived(parts(), once):
        return Response(status=200)
    roster = parts().roster()
    if fields.hash("roster") != roster.hash:
        raise RosterMoved("the submission names a roster that is not the current one")
    deposit = _submission(fields, roster, once, mailbox_id)
    parts().budgets.deposit()
    with parts().writing() as connection:
        outcome = drop.deposit_submission(connection, deposit, parts().clock())
    return _deposited(outcome)


def _submission(fields: Fields, roster: Roster, once: str, mailbox_id: str) -> Submission:
    upload, count = fields.upload()
    signature = fields.text("case_signature")
    if len(strict.b64(signature)) != _SIGNATURE_SIZE:
        raise Malformed("a signature has 64 bytes")
    return Submission(
        once=once,
        mailbox_id=mailbox_id,
        digest=fields.hash("digest"),
        commitment=fields.hash("commitment"),
        envelope=fields.sealed("envelope", 1, *padding.MESSAGE_STEPS),
        upload_id=upload,
        slices=count,
        roster=roster.hash,
        mailbox=fields.recipient("mailbox"),
        case_recipient=fields.recipient("case"),
        case_signature=signature,
        grant=fields.sealed("grant", roster.slots, 32),
        routing=fields.sealed("routing", 1, padding.ROUTING_SIZE),
    )


@routes.post("/follow-ups")
def follow_up() -> Response:
    """Deposit a follow-up that the browser sealed."""
    fields = Fields.read(
        "token lookup n previous digest commitment upload slices envelope", _DEPOSIT_ROOM
    )
    once, mailbox_id = fields.mailbox()
    if _has_arrived(parts(), once):
        return Response(status=200)
    parts().roster()
    upload, count = fields.upload()
    deposit = FollowUp(
        once=once,
        mailbox_id=mailbox_id,
        n=fields.number("n"),
        previous=fields.hash("previous"),
        digest=fields.hash("digest"),
        commitment=fields.hash("commitment"),
        envelope=fields.sealed("envelope", 1, *padding.MESSAGE_STEPS),
        upload_id=upload,
        slices=count,
    )
    parts().budgets.deposit()
    with parts().writing() as connection:
        outcome = drop.deposit_follow_up(connection, deposit, parts().clock())
    return _deposited(outcome)


def _has_arrived(found: Parts, once: str) -> bool:
    with found.reading() as connection:
        return drop.has_arrived(connection, once)


def _deposited(outcome: Outcome) -> Response:
    return Response(status=201 if outcome is Outcome.DEPOSITED else 200)


@routes.post("/mailbox")
def mailbox() -> Response:
    """The letters of a mailbox, or that there is none, in answers of one size."""
    parts().budgets.read()
    fields = Fields.read("lookup", 1024)
    name = receipt.mailbox_id(fields.hex("lookup", receipt.LOOKUP_SIZE))
    with parts().reading() as connection:
        found = drop.read_mailbox(connection, name)
        rosters = drop.all_rosters(connection)
    documents = {key: strict.to_b64(document) for key, document in rosters.items()}
    least = len(strict.canonical(documents)) + _LETTERS_ROOM
    answer = strict.canonical({"found": False} if found is None else _described(found, documents))
    return Response(_one_size(answer, least), content_type="application/octet-stream")


def _described(found: Mailbox, documents: Mapping[str, str]) -> dict[str, object]:
    return {
        "found": True,
        "case": found.case_recipient,
        "generation": found.generation,
        "signature": found.case_signature,
        "head": {"n": found.head_n, "digest": found.head_digest},
        "letters": [
            {"n": letter.n, "envelope": strict.to_b64(letter.envelope)} for letter in found.letters
        ],
        "rosters": dict(documents),
    }


def _one_size(answer: bytes, least: int) -> bytes:
    whole = 4 + max(len(answer), least)
    size = -(-whole // MAILBOX_STEP) * MAILBOX_STEP
    return (len(answer).to_bytes(4, "big") + answer).ljust(size, b"\0")
