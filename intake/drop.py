"""The door between intake and review: deposits go in, letters come out.

Every function takes a Connection and is one step of the caller's transaction; no row leaves this
module. It is the only module of intake that review may import, so it also hands on how to open the
drop. It stores sealed bytes, checks order and completeness, and can open nothing.
"""

import datetime
import hashlib
import secrets
from collections.abc import Callable

from sqlalchemy import (
    Connection,
    Engine,
    bindparam,
    insert,
    or_,
    select,
    update,
)

from crypto import entry
from crypto.roster import Roster, check_follows, parse
from intake.answered import answer_of, name_and_key
from intake.database import check_schema, create_file, open_engine, reading, tidy, writing
from intake.deposits import (
    Deposit,
    FollowUp,
    Letter,
    Mailbox,
    Outcome,
    Receipt,
    Sealed,
    SentReceipt,
    Submission,
)
from intake.errors import (
    HeadMoved,
    IntakeError,
    LetterDiffers,
    MailboxFull,
    MailboxTaken,
    RosterMoved,
    SchemaMismatch,
    SlicesMissing,
    UnknownMailbox,
    UploadClosed,
)
from intake.keyings import keyings_of, post_keying, recipient_of
from intake.letters import post_letter
from intake.mailboxes import NewMailbox, make_mailbox
from intake.notary import Notary
from intake.postgres import name_rows
from intake.proofs import mailbox_recipient, post_proof, receipts, seal_proof
from intake.removal import close_mailbox, is_gone, remove_mailbox, waiting_of
from intake.room import check_room
from intake.schema import deposits, letters, mailboxes, rosters
from intake.tally import (
    close_days,
    closed_days,
    collected_days,
    count,
    day_waits_again,
    deposit_day,
    mark_day_collected,
    odd_days,
)
from intake.texts_table import Published, newest_texts, publish_texts
from intake.uploads import (
    discard_upload,
    expire_uploads,
    name_upload,
    put_slice,
    slice_envelopes,
)
from intake.waiting import (
    collected,
    leaving,
    mark_collected,
    remove_collected,
    wait_again,
    waiting,
)

__all__ = [
    "Deposit",
    "FollowUp",
    "HeadMoved",
    "IntakeError",
    "Letter",
    "LetterDiffers",
    "Mailbox",
    "MailboxFull",
    "MailboxTaken",
    "NewMailbox",
    "Notary",
    "Outcome",
    "Published",
    "Receipt",
    "RosterMoved",
    "SentReceipt",
    "SlicesMissing",
    "Submission",
    "UnknownMailbox",
    "UploadClosed",
    "arrived",
    "close_days",
    "close_mailbox",
    "closed_days",
    "collected",
    "collected_days",
    "create_file",
    "current_roster",
    "day_waits_again",
    "deposit_follow_up",
    "deposit_submission",
    "discard_upload",
    "expire_uploads",
    "is_gone",
    "leaving",
    "mailbox_recipient",
    "make_mailbox",
    "mark_collected",
    "mark_day_collected",
    "newest_texts",
    "odd_days",
    "open_drop",
    "post_keying",
    "post_letter",
    "post_proof",
    "publish_roster",
    "publish_texts",
    "put_slice",
    "read_mailbox",
    "reading",
    "recipient_of",
    "remove_collected",
    "remove_mailbox",
    "roster_by_hash",
    "rosters_for",
    "seal_proof",
    "slice_envelopes",
    "tidy",
    "wait_again",
    "waiting",
    "waiting_of",
    "writing",
]

Entropy = Callable[[int], bytes]
# What every submission asks and writes, put together once: that takes longer than to ask it.
_ARRIVED = select(deposits.c.statement).where(deposits.c.once == bindparam("once"))
_NEWEST = select(rosters.c.document).order_by(rosters.c.epoch.desc()).limit(1)
_NEWEST_HASH = select(rosters.c.hash).order_by(rosters.c.epoch.desc()).limit(1)
_TAKEN = select(mailboxes.c.id).where(
    or_(mailboxes.c.id == bindparam("id"), mailboxes.c.case_recipient == bindparam("case"))
)
_NEW_MAILBOX = insert(mailboxes)
_NEW_DEPOSIT = insert(deposits)


def open_drop(url: str) -> Engine:
    """The drop at url, with the tables this program was built for; see intake.database."""
    engine = open_engine(url)
    try:
        check_schema(engine)
    except SchemaMismatch:
        engine.dispose()
        raise
    return engine


def publish_roster(connection: Connection, roster: Roster, today: datetime.date) -> None:
    """Make a verified roster the current one; the same roster again changes nothing.

    Raises RosterRolledBack or RosterRejected unless it follows the newest published before.
    """
    if roster_by_hash(connection, roster.hash) is not None:
        return
    newest = current_roster(connection)
    if newest is not None:
        check_follows(roster, parse(newest))
    connection.execute(
        insert(rosters).values(
            hash=roster.hash, epoch=roster.epoch, document=roster.document, published_on=today
        )
    )


def current_roster(connection: Connection) -> bytes | None:
    """The document of the highest epoch, or None before the first; the caller verifies it."""
    return connection.execute(_NEWEST).scalar()


def roster_by_hash(connection: Connection, roster_hash: str) -> bytes | None:
    """The document with this hash, current or not, or None."""
    found = select(rosters.c.document).where(rosters.c.hash == roster_hash)
    return connection.execute(found).scalar()


def rosters_for(connection: Connection, mailbox: Mailbox) -> dict[str, bytes]:
    """The documents, by their hashes, of every roster that what is in the mailbox can need.

    Those are the rosters that were current on some day from the mailbox's first to that of its
    newest letter, key or proof; which of them a letter names, or which lists the key of the ledger
    that a proof is of, only its submitter can read.
    """
    posted = [letter.on for letter in mailbox.letters]
    posted += [each.on for each in mailbox.keyings]
    posted += [each.proved_on for each in mailbox.receipts if each.proved_on is not None]
    if not posted:
        return {}
    last = max(posted)
    until = select(rosters).where(rosters.c.published_on <= last).order_by(rosters.c.epoch)
    found = connection.execute(until).all()
    ends = [row.published_on for row in found[1:]] + [last]
    return {
        row.hash: row.document for row, end in zip(found, ends, strict=True) if end >= mailbox.on
    }


def arrived(connection: Connection, once: str) -> Receipt | None:
    """What was given for the form with this idempotency key, or None if it was not deposited.

    The same whether the deposit is still here or has left.
    """
    name, key = name_and_key(once)
    name_rows(connection, once, name)
    row = connection.execute(_ARRIVED, {"once": once}).first()
    # Asked for in any case, so that the time does not tell whether the deposit has left.
    left = answer_of(connection, name, key)
    if row is not None:
        return Receipt(Outcome.ALREADY, row.statement)
    return None if left is None else Receipt(Outcome.ALREADY, left or None)


def deposit_submission(
    connection: Connection,
    submission: Submission,
    today: datetime.date,
    notary: Notary | None = None,
    entropy: Entropy = secrets.token_bytes,
) -> Receipt:
    """Make a submission visible to its collector, with its mailbox, all or nothing.

    The same form again stores nothing. Without a notary it is taken in and counted as well, and
    there is no statement for it. Raises RosterMoved, MailboxTaken or SlicesMissing.
    """
    if (before := arrived(connection, submission.once)) is not None:
        return before
    name_rows(connection, *submission.names)
    if connection.execute(_NEWEST_HASH).scalar() != submission.roster:
        raise RosterMoved("the submission names a roster that is not the current one")
    taken = {"id": submission.mailbox_id, "case": submission.case_recipient}
    if connection.execute(_TAKEN, taken).first() is not None:
        raise MailboxTaken("the mailbox or the case key exists already")
    mailbox = {
        "id": submission.mailbox_id,
        "recipient": submission.mailbox,
        "case_recipient": submission.case_recipient,
        "generation": 1,
        "case_signature": submission.case_signature,
        "head_n": 1,
        "head_digest": submission.digest,
        "on": today,
    }
    connection.execute(_NEW_MAILBOX, mailbox)
    statement = _keep(
        connection,
        submission,
        today,
        notary,
        entropy,
        kind="submission",
        n=1,
        roster=submission.roster,
        grant=submission.grant,
        routing=submission.routing,
        case_recipient=submission.case_recipient,
    )
    return Receipt(Outcome.DEPOSITED, statement)


def deposit_follow_up(
    connection: Connection,
    follow_up: FollowUp,
    today: datetime.date,
    notary: Notary | None = None,
    entropy: Entropy = secrets.token_bytes,
) -> Receipt:
    """Make a follow-up visible, if it stands directly after the newest of its submitter.

    The same form again stores nothing. Raises UnknownMailbox, MailboxFull, HeadMoved or
    SlicesMissing.
    """
    if (before := arrived(connection, follow_up.once)) is not None:
        return before
    name_rows(connection, *follow_up.names)
    check_room(connection, follow_up.mailbox_id, follow_up.n, deposit_day(connection, today))
    # The old head in the WHERE clause is what keeps two follow-ups from taking the same place,
    # whatever transactions the callers use.
    moved = connection.execute(
        update(mailboxes)
        .where(
            mailboxes.c.id == follow_up.mailbox_id,
            mailboxes.c.head_n == follow_up.n - 1,
            mailboxes.c.head_digest == follow_up.previous,
        )
        .values(head_n=follow_up.n, head_digest=follow_up.digest)
    )
    if moved.rowcount != 1:
        known = select(mailboxes.c.id).where(mailboxes.c.id == follow_up.mailbox_id)
        if connection.execute(known).first() is None:
            raise UnknownMailbox("no mailbox has this id")
        raise HeadMoved("the follow-up does not stand after the newest")
    statement = _keep(
        connection, follow_up, today, notary, entropy, kind="follow-up", n=follow_up.n
    )
    return Receipt(Outcome.DEPOSITED, statement)


def _keep(
    connection: Connection,
    sealed: Sealed,
    today: datetime.date,
    notary: Notary | None,
    entropy: Entropy,
    **columns: object,
) -> bytes | None:
    """Store a deposit and count it, with one day and one nonce for all, and return its statement.

    The nonce is drawn here and not by the collector, who could otherwise count another deposit in
    the place of this one.
    """
    deposit_id, nonce = entropy(16).hex(), entropy(entry.NONCE_SIZE)
    on = deposit_day(connection, today)
    digest = hashlib.sha256(sealed.envelope).hexdigest()
    statement = None if notary is None else notary.state(on, digest, nonce)
    count(connection, entry.tally_value(digest, nonce), on)
    deposit = {
        "id": deposit_id,
        "mailbox_id": sealed.mailbox_id,
        "once": sealed.once,
        "on": on,
        "digest": sealed.digest,
        "commitment": sealed.commitment,
        "envelope": sealed.envelope,
        "upload_id": sealed.upload_id,
        "slices": sealed.slices,
        "collected": False,
        "nonce": nonce.hex(),
        "statement": statement,
        **columns,
    }
    connection.execute(_NEW_DEPOSIT, deposit)
    if sealed.upload_id is not None:
        name_upload(connection, sealed.upload_id, sealed.slices, deposit_id)
    elif sealed.slices:
        raise SlicesMissing("slices without an upload")
    return statement


def read_mailbox(connection: Connection, mailbox_id: str) -> Mailbox | None:
    """The mailbox with its letters in order, or None for an id never used or disposed of."""
    name_rows(connection, mailbox_id)
    row = connection.execute(select(mailboxes).where(mailboxes.c.id == mailbox_id)).first()
    found = connection.execute(
        select(letters.c.n, letters.c.envelope, letters.c.on)
        .where(letters.c.mailbox_id == mailbox_id)
        .order_by(letters.c.n)
    ).all()
    # Asked for also where there is no mailbox, which then takes as long.
    kept = receipts(connection, mailbox_id, row.head_n if row is not None else 1)
    keyed = keyings_of(connection, mailbox_id)
    if row is None:
        return None
    return Mailbox(
        id=row.id,
        recipient=row.recipient,
        case_recipient=row.case_recipient,
        generation=row.generation,
        case_signature=row.case_signature,
        head_n=row.head_n,
        head_digest=row.head_digest,
        on=row.on,
        letters=tuple(Letter(letter.n, letter.envelope, letter.on) for letter in found),
        receipts=kept,
        keyings=keyed,
    )
