"""Opens replies with the receipt code, for a browser that runs no scripts.

The one module of intake that can open anything, and only what is sealed to the mailbox of a code
that is in the request at hand. It believes the drop nothing: the mailbox record must carry the
submitter's own signature, and each letter a reader's, at its place in the thread.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from crypto import age, case, message, signing
from crypto.errors import CryptoError, RosterRejected, WrongIdentity
from crypto.identity import Identity
from crypto.message import Message
from crypto.receipt import ReceiptKeys
from crypto.recipient import throwaway
from crypto.roster import Roster
from intake.deposits import Mailbox
from intake.errors import DropAltered, UnknownMailbox

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

    state is coded as in a state message, "received" before the first; broken says that some
    letter was missing or could not be believed, and is left out.
    """

    replies: tuple[Reply, ...]
    state: str
    next_on: datetime.date | None
    broken: bool


def check_owner(mailbox: Mailbox | None, keys: ReceiptKeys, installation: str) -> Mailbox:
    """The mailbox, if the holder of this code made it.

    A code without a mailbox takes the same path, for the same time. Raises UnknownMailbox for it,
    and DropAltered when the drop shows another case key than the one the submitter signed.
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
    try:
        case.check_mailbox(record, signing.verify_key(keys.signing_seed))
    except CryptoError:
        raise DropAltered("a mailbox does not carry its submitter's signature") from None
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
    """What the committee sent to this mailbox, as far as it can be believed.

    A letter that is missing, forged or out of place is left out and makes the rest broken. After
    one nobody can say which message came before, so only the number of the next is checked.
    """
    identity = Identity.from_seed(keys.mailbox_seed)
    start = message.next_place(installation, case.case_id(mailbox.case_recipient))
    opened: list[tuple[Message, str]] = []
    before: Message | None = None
    broken = False
    for letter in mailbox.letters:
        first = letter.n == 1
        follows = before is not None and before.place.n == letter.n - 1
        place = replace(start, n=letter.n, previous=before.digest if before and follows else None)
        try:
            found, title = _open_letter(letter.envelope, identity, find_roster)
            if not (first or follows):
                broken = True
                place = replace(place, previous=found.place.previous)
            found.check_place(place, "committee")
        except CryptoError:
            broken, before = True, None
            continue
        before = found
        opened.append((found, title))
    return _arrange(opened, broken=broken)


def _open_letter(
    envelope: bytes, identity: Identity, find_roster: FindRoster
) -> tuple[Message, str]:
    """A letter that a reader signed, and the title of that reader."""
    found = message.open_envelope(envelope, identity)
    roster = find_roster(found.roster)
    if roster is None:
        raise RosterRejected("the letter names a roster that was never published")
    signer = roster.reader(found.signer(roster.verify_keys))
    return found, signer.title if signer is not None else ""


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
