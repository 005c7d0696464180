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
from intake import drop, proofs
from intake.deposits import FollowUp, Mailbox, Outcome, Receipt, Sealed, SentReceipt, Submission
from intake.errors import BodyTooLarge, MalformedBody, RosterMoved
from intake.settings import Settings
from intake.upload import Body, read_small
from intake.web.parts import Parts, parts
from intake.web.price import Price
from intake.web.receiving import discard

routes = Blueprint("sealed", __name__, url_prefix="/sealed")

MAILBOX_STEP = 131072
_SLICES = (*padding.SMALL_SLICES, padding.SLICE)
_SLICE_ROOM = age.sealed_size(padding.SLICE) + 4096
_DEPOSIT_ROOM = 2 * (max(message.envelope_sizes()) + case.grant_size(MAX_IDS))
# Room for some letters, the rosters that they are likely to name and some proofs, so that a mailbox
# with a few and one that does not exist are answered in one size.
_ROSTERS = 2
_LETTERS = 2
_LETTER_SIZE = min(message.envelope_sizes())
_LETTERS_ROOM = 65536
_PROOFS_ROOM = proofs.USUAL * 2 * proofs.STEP
# One later key is usual; a case that had more has a larger answer, as one with many letters has.
_KEYINGS = 1
_KEYINGS_ROOM = 8192
_SIGNATURE_SIZE = 64
_KEY_SIZE = 32
_HEADS_ROOM = 16384


class Fields:
    """The parts of a small body, each asked for once in the one form that it may have."""

    def __init__(self, found: Mapping[str, bytes], names: set[str]) -> None:
        if set(found) != names:
            raise MalformedBody("not the parts that belong to this request")
        self._found = found

    @classmethod
    def read(cls, names: str, limit: int) -> "Fields":
        """The parts of the request at hand, which are exactly those named.

        A name with a question mark may be absent, and its part is then empty.
        """
        if (request.content_length or 0) > limit + _HEADS_ROOM:
            raise BodyTooLarge("the body is larger than its parts can be")
        found = read_small(Body.of(request.environ), limit)
        optional = {name[:-1]: b"" for name in names.split() if name.endswith("?")}
        return cls({**optional, **found}, set(names.replace("?", "").split()))

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

    def bytes_of(self, name: str, size: int) -> bytes:
        """The bytes, so many of them, that a part spells in base64."""
        data = strict.b64(self.text(name))
        if len(data) != size:
            raise Malformed("a part has another size")
        return data

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

    def price(self) -> Price:
        """What is paid under load, with the form's token, if anything came."""
        token = self.hex("token", receipt.TOKEN_SIZE) if self._found["token"] else b""
        return Price(token, self._found["price"].decode("ascii", "replace"))


def upload_id(secret: bytes) -> str:
    """The public name of an upload, from the secret that only its sender has."""
    return hashlib.sha256(secret).hexdigest()


def most_slices(settings: Settings) -> int:
    """How many slices the files of one deposit can have, each rounded up as files are."""
    alone = settings.max_files * padding.slice_count(settings.max_file_bytes)
    # Rounding doubles the number at most, and every file has one for its end.
    together = 2 * (settings.max_total_bytes // padding.SLICE) + 2 * settings.max_files
    return min(alone, together)


@routes.post("/slices")
def slice_() -> Response:
    """Keep one slice of an upload."""
    parts().reserve.check()
    parts().budgets.slice()
    with parts().places.one() as place:
        place.take()
        fields = Fields.read("upload index envelope", _SLICE_ROOM)
    index = fields.number("index")
    if index >= most_slices(parts().settings):
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
        "token roster lookup mailbox case case_signature submitter_key digest commitment upload "
        "slices envelope grant routing price?",
        _DEPOSIT_ROOM,
    )
    once, mailbox_id = fields.mailbox()
    before = _arrived(parts(), once, fields)
    if before is not None:
        return _received(before)
    roster = parts().roster()
    if fields.hash("roster") != roster.hash:
        raise RosterMoved("the submission names a roster that is not the current one")
    with parts().budgets.sealed_deposit(fields.price()), parts().turns.one():
        deposit = _submission(fields, roster, once, mailbox_id)
        _check_record(fields, roster, deposit)
    notary = parts().notary(roster)
    with parts().writing() as connection:
        given = drop.deposit_submission(connection, deposit, parts().clock(), notary)
    return _deposited(given, deposit)


def _submission(fields: Fields, roster: Roster, once: str, mailbox_id: str) -> Submission:
    # Shapes first: they cost little, and reading a recipient costs most of what there is to check.
    upload, count = fields.upload()
    fields.bytes_of("case_signature", _SIGNATURE_SIZE)
    fields.bytes_of("submitter_key", _KEY_SIZE)
    envelope = fields.sealed("envelope", 1, *padding.MESSAGE_STEPS)
    grant = fields.sealed("grant", roster.slots, 32)
    routing = fields.sealed("routing", 1, padding.ROUTING_SIZE)
    return Submission(
        once=once,
        mailbox_id=mailbox_id,
        digest=fields.hash("digest"),
        commitment=fields.hash("commitment"),
        envelope=envelope,
        upload_id=upload,
        slices=count,
        roster=roster.hash,
        mailbox=fields.recipient("mailbox"),
        case_recipient=fields.recipient("case"),
        case_signature=fields.text("case_signature"),
        grant=grant,
        routing=routing,
    )


def _check_record(fields: Fields, roster: Roster, deposit: Submission) -> None:
    """Return if the key that comes with it, and is not kept, signed the mailbox record."""
    record = case.MailboxRecord(
        installation=roster.installation,
        mailbox=deposit.mailbox_id,
        case=deposit.case_recipient,
        generation=1,
        signature=deposit.case_signature,
    )
    case.check_mailbox(record, fields.bytes_of("submitter_key", _KEY_SIZE))


@routes.post("/follow-ups")
def follow_up() -> Response:
    """Deposit a follow-up that the browser sealed."""
    fields = Fields.read(
        "token lookup n previous digest commitment upload slices envelope price?",
        _DEPOSIT_ROOM,
    )
    once, mailbox_id = fields.mailbox()
    before = _arrived(parts(), once, fields)
    if before is not None:
        return _received(before)
    notary = parts().notary(parts().roster())
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
    parts().budgets.deposit(fields.price())
    with parts().writing() as connection:
        given = drop.deposit_follow_up(connection, deposit, parts().clock(), notary)
    return _deposited(given, deposit)


def _arrived(found: Parts, once: str, fields: Fields) -> Receipt | None:
    with found.reading() as connection:
        before = drop.arrived(connection, once)
    if before is not None:
        _forget_files(fields.upload()[0])
    return before


def _deposited(given: Receipt, deposit: Sealed) -> Response:
    if given.outcome is Outcome.ALREADY:
        _forget_files(deposit.upload_id)
    return _received(given)


def _received(given: Receipt) -> Response:
    """The statement, which always has one size, or nothing where nobody could sign."""
    status = 201 if given.outcome is Outcome.DEPOSITED else 200
    return Response(given.statement or b"", status, content_type="application/octet-stream")


def _forget_files(upload: str | None) -> None:
    """Drop the slices that came a second time under another name; a deposit's own stay."""
    if upload is not None:
        discard(parts(), upload)


@routes.post("/mailbox")
def mailbox() -> Response:
    """The letters of a mailbox, or that there is none, in answers of one size and even time."""
    begun = parts().even.begin()
    answer = Response(_mailbox(), content_type="application/octet-stream")
    parts().even.end(begun)
    return answer


def _mailbox() -> bytes:
    # A function of its own, so that even to forget what there was happens before the step ends.
    fields = Fields.read("lookup act token? price?", 1024)
    lookup = fields.hex("lookup", receipt.LOOKUP_SIZE)
    _count_look(fields.text("act"), lookup, fields.price())
    name = receipt.mailbox_id(lookup)
    with parts().reading() as connection:
        found = drop.read_mailbox(connection, name)
        rosters = {} if found is None else drop.rosters_for(connection, found)
    documents = {key: strict.to_b64(document) for key, document in rosters.items()}
    rosters_room = _ROSTERS * len(strict.to_b64(parts().newest().document))
    least = rosters_room + _LETTERS_ROOM + _PROOFS_ROOM + _KEYINGS_ROOM
    answer = strict.canonical({"found": False} if found is None else _described(found, documents))
    # What is missing is written as well and forgotten, so that an empty mailbox, or none, costs
    # what a usual one does.
    strict.canonical(_missing(found, len(documents)))
    return _one_size(answer, least)


def _missing(found: Mailbox | None, rosters: int) -> dict[str, object]:
    """What a usual mailbox has more than this one, in the sizes that it has there."""
    letters = 0 if found is None else len(found.letters)
    proofs_there = 0 if found is None else sum(each.proof is not None for each in found.receipts)
    keyings = 0 if found is None else len(found.keyings)
    document = parts().newest().document
    return {
        "keyings": [strict.to_b64(bytes(_LETTER_SIZE)) for _ in range(_KEYINGS - keyings)],
        "letters": [strict.to_b64(bytes(_LETTER_SIZE)) for _ in range(_LETTERS - letters)],
        "proofs": [strict.to_b64(bytes(proofs.STEP)) for _ in range(proofs.USUAL - proofs_there)],
        "rosters": [strict.to_b64(document) for _ in range(_ROSTERS - rosters)],
    }


def _count_look(act: str, lookup: bytes, price: Price) -> None:
    if act == "read":
        parts().budgets.read(lookup, price)
    elif act == "send":
        parts().budgets.look(lookup, price)
    else:
        raise MalformedBody("a mailbox is looked at to read or to send")


def _described(found: Mailbox, documents: Mapping[str, str]) -> dict[str, object]:
    return {
        "found": True,
        "case": found.case_recipient,
        "generation": found.generation,
        "signature": found.case_signature,
        "head": {"n": found.head_n, "digest": found.head_digest},
        "keyings": [strict.to_b64(each.envelope) for each in found.keyings],
        "letters": [
            {"n": letter.n, "envelope": strict.to_b64(letter.envelope)} for letter in found.letters
        ],
        "receipts": [_receipt(each) for each in found.receipts],
        "rosters": dict(documents),
    }


def _receipt(each: SentReceipt) -> dict[str, object]:
    return {"n": each.n, "proof": _b64(each.proof), "statement": _b64(each.statement)}


def _b64(data: bytes | None) -> str | None:
    return None if data is None else strict.to_b64(data)


def _one_size(answer: bytes, least: int) -> bytes:
    whole = 4 + max(len(answer), least)
    size = -(-whole // MAILBOX_STEP) * MAILBOX_STEP
    return (len(answer).to_bytes(4, "big") + answer).ljust(size, b"\0")
