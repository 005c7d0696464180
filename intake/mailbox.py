"""Opens replies with the receipt code, for a browser that runs no scripts.

The one module of intake that can open anything, and only what is sealed to the mailbox of a code
that is in the request at hand. It believes the drop nothing: the mailbox record must carry the
submitter's own signature, and each letter a reader's, at its place in the thread.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field

from crypto import age, case, message, signing
from crypto.errors import CryptoError, WrongIdentity
from crypto.identity import Identity
from crypto.message import Message, Place
from crypto.receipt import ReceiptKeys
from crypto.recipient import throwaway
from crypto.roster import Roster
from intake.deposits import Mailbox
from intake.errors import UnknownMailbox

FindRoster = Callable[[str], Roster | None]

# Opened in vain for a code without a mailbox, so that it costs what an empty mailbox costs.
_NOBODYS = age.seal(bytes(32), [throwaway()])


@dataclass(frozen=True)
class Reply:
    """What the committee wrote on a day, and the title of the reader who signed it."""

    on: datetime.date
    by: str
    text: str = field(repr=False)


@dataclass(frozen=True)
class Correspondence:
    """All that a mailbox has for its submitter.

    state is coded as in a state message, or None before the first; broken says that some letter
    could not be believed, and that it and those after it are left out.
    """

    replies: tuple[Reply, ...]
    state: str | None
    next_on: datetime.date | None
    broken: bool


def check_owner(mailbox: Mailbox | None, keys: ReceiptKeys, installation: str) -> Mailbox:
    """The mailbox, if the holder of this code made it.

    A code without a mailbox takes the same path to the same time. Raises UnknownMailbox for it,
    and InvalidSignature when the drop shows another case key than the one the submitter signed.
    """
    _open_nothing(keys)
    if mailbox is None:
        raise UnknownMailbox("no mailbox has this id")
    record = case.MailboxRecord(
        installation=installation,
        mailbox=mailbox.id,
        case=mailbox.case_recipient,
        generation=mailbox.generation,
        signature=mailbox.case_signature,
    )
    case.check_mailbox(record, signing.verify_key(keys.signing_seed))
    return mailbox


def _open_nothing(keys: ReceiptKeys) -> None:
    try:
        age.open_sealed(_NOBODYS, [Identity.from_seed(keys.mailbox_seed)])
    except WrongIdentity:
        return
    raise RuntimeError("a throw-away recipient cannot be anybody's")


def open_letters(
    mailbox: Mailbox, keys: ReceiptKeys, installation: str, find_roster: FindRoster
) -> Correspondence:
    """What the committee sent to this mailbox, as far as it can be believed."""
    identity = Identity.from_seed(keys.mailbox_seed)
    case_id = case.case_id(mailbox.case_recipient)
    opened: list[Message] = []
    titles: list[str] = []
    broken = False
    for letter in mailbox.letters:
        before = opened[-1] if opened else None
        place = message.next_place(
            installation,
            case_id,
            before.place.n if before else 0,
            before.digest if before else None,
        )
        try:
            found, title = _open_letter(letter.envelope, identity, place, find_roster)
        except CryptoError:
            broken = True
            break
        opened.append(found)
        titles.append(title)
    return _arrange(opened, titles, broken=broken)


def _open_letter(
    envelope: bytes, identity: Identity, place: Place, find_roster: FindRoster
) -> tuple[Message, str]:
    found = message.open_envelope(envelope, identity)
    found.check_place(place, "committee")
    roster = find_roster(found.roster)
    signer = found.signer(roster.verify_keys if roster is not None else {})
    reader = roster.reader(signer) if roster is not None else None
    return found, reader.title if reader is not None else ""


def _arrange(opened: list[Message], titles: list[str], *, broken: bool) -> Correspondence:
    replies = [
        Reply(letter.on, title, str(letter.body["text"]))
        for letter, title in zip(opened, titles, strict=True)
        if letter.kind == "reply"
    ]
    states = [letter for letter in opened if letter.kind == "state"]
    newest = states[-1].body if states else {"state": None, "next_on": None}
    state, next_on = newest["state"], newest["next_on"]
    return Correspondence(
        replies=tuple(replies),
        state=None if state is None else str(state),
        next_on=None if next_on is None else datetime.date.fromisoformat(str(next_on)),
        broken=broken,
    )
