"""Opens replies and proofs with the receipt code, for a browser that runs no scripts.

The one module of intake that can open anything, and only what is sealed to the mailbox of a code
that is in the request at hand. It believes the drop nothing: the mailbox record must carry the
submitter's own signature, each letter a reader's, at its place in the thread, and each proof must
be of an entry of this case. What a proof proves, its holder can check with a policy of their own.
"""

import datetime
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from crypto import age, case, entry, keying, merkle, message, note, proof, signing
from crypto.checkpoint import Checkpoint
from crypto.errors import CryptoError, RosterRejected, RosterRolledBack, WrongIdentity, WrongPlace
from crypto.identity import Identity
from crypto.message import Message
from crypto.receipt import ReceiptKeys
from crypto.recipient import Recipient, throwaway
from crypto.roster import Roster
from intake import proofs
from intake.deposits import Mailbox, SentReceipt
from intake.errors import DropAltered

FindRoster = Callable[[str], Roster | None]

# Opened in vain for every code, so that the first letter of a mailbox is not what takes time.
_SEALED_TO_NOBODY = age.seal(bytes(32), [throwaway()])
_NOBODYS_SEED = secrets.token_bytes(32)
_NOBODYS_CASE = throwaway().text
# What is checked and opened for a code without a mailbox, so that it costs what an empty one costs.
NOBODYS = Mailbox(
    id="0" * 64,
    recipient=throwaway().text,
    case_recipient=_NOBODYS_CASE,
    generation=1,
    case_signature=case.sign_mailbox("0" * 32, "0" * 64, _NOBODYS_CASE, _NOBODYS_SEED).signature,
    head_n=1,
    head_digest="0" * 64,
    on=datetime.date(1970, 1, 1),
    letters=(),
)


def _nobodys_proof() -> bytes:
    """What a proof of the usual size looks like, of an entry of nobody's."""
    nonce, on = bytes(entry.NONCE_SIZE), datetime.date(1970, 1, 1)
    ours = entry.subject(case.case_id(_NOBODYS_CASE), nonce)
    received = entry.Entry(
        type="submission.received",
        on=on,
        nonce=nonce,
        subject=ours,
        digest="0" * 64,
        commitment="0" * 64,
        data={"slices": 0},
    )
    head = Checkpoint("nobody", 1 << 20, bytes(merkle.HASH_SIZE))
    line = note.Signature("nobody", bytes(note.ID_SIZE), bytes(2428))
    found = proof.Proof(
        0, (bytes(merkle.HASH_SIZE),) * 20, note.Note(head.text, (line,)), received.to_bytes()
    )
    return found.to_bytes()


_NOBODYS_RECEIPT = SentReceipt(
    n=1, proof=proofs.seal_proof(_nobodys_proof(), Identity.from_seed(_NOBODYS_SEED).recipient.text)
)
_NOBODYS_KEY = signing.verify_key(_NOBODYS_SEED)
# So many letters are opened for every code, whether or not the committee has written.
USUAL_LETTERS = 2


def _nobodys_letter() -> bytes:
    """What a short reply looks like, to nobody and by nobody."""
    place = message.next_place("0" * 32, case.case_id(_NOBODYS_CASE))
    reply = Message(
        kind="reply",
        place=place,
        roster="0" * 64,
        on=datetime.date(1970, 1, 1),
        lang="en",
        body={"text": "nothing"},
        sealed_in="browser",
    ).sign(_NOBODYS_SEED)
    return message.seal(reply, Identity.from_seed(_NOBODYS_SEED).recipient)


_NOBODYS_LETTER = _nobodys_letter()


@dataclass(frozen=True)
class Reply:
    """What the committee wrote on a day, and the title of the reader who signed it."""

    on: datetime.date
    by: str
    text: str = field(repr=False)


@dataclass(frozen=True)
class Sent:
    """One message of the submitter's own, the n-th, and what there is to keep for it.

    The words are not: nobody here can open them. on is its day, where that is known; doubtful says
    that a proof is there that is not one of this message.
    """

    n: int
    on: datetime.date | None
    proof: bytes | None = field(default=None, repr=False)
    statement: bytes | None = field(default=None, repr=False)
    doubtful: bool = False


@dataclass(frozen=True)
class Correspondence:
    """All that a mailbox has for its submitter.

    state is coded as in a state message, "received" before the first; broken says that some
    letter was missing or could not be believed, and is left out.
    """

    replies: tuple[Reply, ...]
    state: str
    next_on: datetime.date | None
    broken: bool
    sent: tuple[Sent, ...] = ()


def check_owner(mailbox: Mailbox, keys: ReceiptKeys, installation: str) -> None:
    """Return if the holder of this code made the mailbox; NOBODYS is anybody's.

    Raises DropAltered when the drop shows another case key than the one the submitter signed.
    """
    _open_nothing(keys)
    key = signing.verify_key(keys.signing_seed)
    nobodys = mailbox is NOBODYS
    record = case.MailboxRecord(
        installation="0" * 32 if nobodys else installation,
        mailbox=mailbox.id,
        case=mailbox.case_recipient,
        generation=mailbox.generation,
        signature=mailbox.case_signature,
    )
    try:
        case.check_mailbox(record, _NOBODYS_KEY if nobodys else key)
    except CryptoError:
        raise DropAltered("a mailbox does not carry its submitter's signature") from None


def current_recipient(
    mailbox: Mailbox, keys: ReceiptKeys, installation: str, find_roster: FindRoster
) -> Recipient:
    """What is to be sealed to: the recipient that the submitter signed, or a later one.

    A later one counts only with the signatures of two who read, each in the place of exactly the
    one before. The mailbox must have been checked against the code. Raises DropAltered.
    """
    identity = Identity.from_seed(keys.mailbox_seed)
    try:
        opened = [keying.open_keying(each.envelope, identity) for each in mailbox.keyings]
        newest = keying.follow(installation, mailbox.case_recipient, opened, find_roster)
        return Recipient.parse(newest)
    except CryptoError:
        raise DropAltered("a mailbox holds a key that its readers did not sign") from None


def _open_nothing(keys: ReceiptKeys) -> None:
    try:
        age.open_sealed(_SEALED_TO_NOBODY, [Identity.from_seed(keys.mailbox_seed)])
    except WrongIdentity:
        return
    raise RuntimeError("a throw-away recipient cannot be anybody's")


def open_letters(
    mailbox: Mailbox, keys: ReceiptKeys, installation: str, find_roster: FindRoster
) -> Correspondence:
    """What the committee sent to this mailbox, as far as it can be believed.

    A letter that is missing, forged or out of place is left out and makes the rest broken. After
    one nobody can say which message came before, so only the number of the next is checked. A
    letter must not name an older roster than one before it: who has left could have signed it.
    Some letters are opened for every code, nobody's where there are not enough.
    """
    identity = Identity.from_seed(keys.mailbox_seed)
    start = message.next_place(installation, case.case_id(mailbox.case_recipient))
    opened: list[tuple[Message, str]] = []
    before: Message | None = None
    broken = False
    epoch = 0
    for _ in range(USUAL_LETTERS - len(mailbox.letters)):
        _open_nobodys_letter(find_roster)
    for letter in mailbox.letters:
        first = letter.n == 1
        follows = before is not None and before.place.n == letter.n - 1
        place = replace(start, n=letter.n, previous=before.digest if before and follows else None)
        try:
            found, roster = _open_letter(letter.envelope, identity, find_roster, epoch)
            if not (first or follows):
                broken = True
                place = replace(place, previous=found.place.previous)
            found.check_place(place, "committee")
        except CryptoError:
            broken, before = True, None
            continue
        before, epoch = found, roster.epoch
        opened.append((found, _title(found, roster)))
    return _arrange(opened, broken=broken)


def _open_nobodys_letter(find_roster: FindRoster) -> None:
    """What it takes to open a letter and to find out who signed it."""
    found = message.open_envelope(_NOBODYS_LETTER, Identity.from_seed(_NOBODYS_SEED))
    find_roster(found.roster)
    for _ in range(2):
        found.signer({"nobody": _NOBODYS_KEY})


def _open_letter(
    envelope: bytes, identity: Identity, find_roster: FindRoster, least_epoch: int
) -> tuple[Message, Roster]:
    """A letter that a reader signed, and the roster that it names."""
    found = message.open_envelope(envelope, identity)
    roster = find_roster(found.roster)
    if roster is None:
        raise RosterRejected("the letter names a roster that was never published")
    if roster.epoch < least_epoch:
        raise RosterRolledBack("the letter names an older roster than one before it")
    found.signer(roster.verify_keys)
    return found, roster


def _title(letter: Message, roster: Roster) -> str:
    """What the reader who signed the letter is called."""
    signer = roster.reader(letter.signer(roster.verify_keys))
    return signer.title if signer is not None else ""


def _arrange(opened: list[tuple[Message, str]], *, broken: bool) -> Correspondence:
    replies = [
        Reply(letter.on, title, str(letter.body["text"]))
        for letter, title in opened
        if letter.kind == "reply"
    ]
    states = [letter.body for letter, _title in opened if letter.kind == "state"]
    newest = states[-1] if states else {"state": "received", "next_on": None}
    next_on = newest["next_on"]
    return Correspondence(
        replies=tuple(replies),
        state=str(newest["state"]),
        next_on=None if next_on is None else datetime.date.fromisoformat(str(next_on)),
        broken=broken,
    )


def open_receipts(mailbox: Mailbox, keys: ReceiptKeys) -> tuple[Sent, ...]:
    """What there is to keep for each message that was sent under this code, in order.

    Some proofs are opened for every code, nobody's where there are not enough, so that the first
    one of a mailbox is not what takes time.
    """
    identity, nobody = Identity.from_seed(keys.mailbox_seed), Identity.from_seed(_NOBODYS_SEED)
    ours = case.case_id(mailbox.case_recipient)
    there = sum(each.proof is not None for each in mailbox.receipts)
    for _ in range(proofs.USUAL - there):
        _open_receipt(_NOBODYS_RECEIPT, nobody, case.case_id(_NOBODYS_CASE))
    return tuple(_open_receipt(each, identity, ours) for each in mailbox.receipts)


def _open_receipt(receipt: SentReceipt, identity: Identity, ours: str) -> Sent:
    sent = Sent(receipt.n, receipt.on, statement=receipt.statement)
    if receipt.proof is None:
        return sent
    try:
        opened = proofs.unpad_proof(age.open_sealed(receipt.proof, [identity]))
        return replace(sent, on=_proved_day(opened, receipt.n, ours), proof=opened)
    except CryptoError:
        return replace(sent, doubtful=True)


def _proved_day(opened: bytes, n: int, ours: str) -> datetime.date:
    """The day of the entry in a proof, if it is that of a case's n-th message.

    Raises WrongPlace or what proof.parse and entry.parse raise.
    """
    extra = proof.parse(opened).extra
    found = entry.parse(extra or b"")
    found.check_case(ours)
    if found.type != ("submission.received" if n == 1 else "follow-up.received"):
        raise WrongPlace("the proof is of another kind of entry")
    return found.on
