"""The door between intake and review: deposits go in, letters come out.

Every function takes a Connection and is one step of the caller's transaction; no row leaves this
module. It is the only module of intake that review may import, so it also hands on how to open the
drop. It stores sealed bytes, checks order and completeness, and can open nothing.
"""

import datetime
import secrets
from collections.abc import Callable, Iterable

from sqlalchemy import (
    Connection,
    Engine,
    Row,
    and_,
    insert,
    select,
    true,
    tuple_,
    update,
)

from crypto.roster import Roster, check_follows, parse
from intake.database import check_schema, create_file, open_engine, reading, tidy, writing
from intake.deposits import Deposit, FollowUp, Letter, Mailbox, Outcome, Sealed, Submission
from intake.errors import (
    HeadMoved,
    IntakeError,
    LetterDiffers,
    MailboxTaken,
    RosterMoved,
    SlicesMissing,
    UnknownMailbox,
    UploadClosed,
)
from intake.schema import deposits, letters, mailboxes, rosters
from intake.uploads import (
    discard_upload,
    expire_uploads,
    name_upload,
    put_slice,
    slice_envelopes,
)

__all__ = [
    "Deposit",
    "FollowUp",
    "HeadMoved",
    "IntakeError",
    "Letter",
    "LetterDiffers",
    "Mailbox",
    "MailboxTaken",
    "Outcome",
    "RosterMoved",
    "SlicesMissing",
    "Submission",
    "UnknownMailbox",
    "UploadClosed",
    "create_file",
    "current_roster",
    "deposit_follow_up",
    "deposit_submission",
    "discard_upload",
    "expire_uploads",
    "has_arrived",
    "mark_collected",
    "open_drop",
    "post_letter",
    "publish_roster",
    "put_slice",
    "read_mailbox",
    "reading",
    "roster_by_hash",
    "rosters_for",
    "slice_envelopes",
    "tidy",
    "waiting",
    "writing",
]

Entropy = Callable[[int], bytes]


def open_drop(url: str) -> Engine:
    """The drop at url, with the tables this program was built for; see intake.database."""
    engine = open_engine(url)
    check_schema(engine)
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
    newest = select(rosters.c.document).order_by(rosters.c.epoch.desc()).limit(1)
    return connection.execute(newest).scalar()


def roster_by_hash(connection: Connection, roster_hash: str) -> bytes | None:
    """The document with this hash, current or not, or None."""
    found = select(rosters.c.document).where(rosters.c.hash == roster_hash)
    return connection.execute(found).scalar()


def rosters_for(connection: Connection, mailbox: Mailbox) -> dict[str, bytes]:
    """The documents, by their hashes, of every roster that a letter in the mailbox can name.

    Those are the rosters that were current on some day from the mailbox's first to that of its
    newest letter; which of them a letter names only its submitter can read.
    """
    if not mailbox.letters:
        return {}
    last = max(letter.on for letter in mailbox.letters)
    until = select(rosters).where(rosters.c.published_on <= last).order_by(rosters.c.epoch)
    found = connection.execute(until).all()
    ends = [row.published_on for row in found[1:]] + [last]
    return {
        row.hash: row.document for row, end in zip(found, ends, strict=True) if end >= mailbox.on
    }


def has_arrived(connection: Connection, once: str) -> bool:
    """Whether the form with this idempotency key was deposited before."""
    found = select(deposits.c.id).where(deposits.c.once == once)
    return connection.execute(found).first() is not None


def deposit_submission(
    connection: Connection,
    submission: Submission,
    today: datetime.date,
    entropy: Entropy = secrets.token_bytes,
) -> Outcome:
    """Make a submission visible to its collector, with its mailbox, all or nothing.

    The same form again stores nothing. Raises RosterMoved, MailboxTaken or SlicesMissing.
    """
    if has_arrived(connection, submission.once):
        return Outcome.ALREADY
    newest = select(rosters.c.hash).order_by(rosters.c.epoch.desc()).limit(1)
    if connection.execute(newest).scalar() != submission.roster:
        raise RosterMoved("the submission names a roster that is not the current one")
    taken = select(mailboxes.c.id).where(
        (mailboxes.c.id == submission.mailbox_id)
        | (mailboxes.c.case_recipient == submission.case_recipient)
    )
    if connection.execute(taken).first() is not None:
        raise MailboxTaken("the mailbox or the case key exists already")
    connection.execute(
        insert(mailboxes).values(
            id=submission.mailbox_id,
            recipient=submission.mailbox,
            case_recipient=submission.case_recipient,
            generation=1,
            case_signature=submission.case_signature,
            head_n=1,
            head_digest=submission.digest,
            on=today,
        )
    )
    _keep(
        connection,
        submission,
        today,
        entropy,
        kind="submission",
        n=1,
        roster=submission.roster,
        grant=submission.grant,
        routing=submission.routing,
        case_recipient=submission.case_recipient,
    )
    return Outcome.DEPOSITED


def deposit_follow_up(
    connection: Connection,
    follow_up: FollowUp,
    today: datetime.date,
    entropy: Entropy = secrets.token_bytes,
) -> Outcome:
    """Make a follow-up visible, if it stands directly after the newest of its submitter.

    The same form again stores nothing. Raises UnknownMailbox, HeadMoved or SlicesMissing.
    """
    if has_arrived(connection, follow_up.once):
        return Outcome.ALREADY
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
    _keep(connection, follow_up, today, entropy, kind="follow-up", n=follow_up.n)
    return Outcome.DEPOSITED


def _keep(
    connection: Connection,
    sealed: Sealed,
    today: datetime.date,
    entropy: Entropy,
    **columns: object,
) -> None:
    deposit_id = entropy(16).hex()
    connection.execute(
        insert(deposits).values(
            id=deposit_id,
            mailbox_id=sealed.mailbox_id,
            once=sealed.once,
            on=today,
            digest=sealed.digest,
            commitment=sealed.commitment,
            envelope=sealed.envelope,
            upload_id=sealed.upload_id,
            slices=sealed.slices,
            collected=False,
            **columns,
        )
    )
    if sealed.upload_id is None:
        if sealed.slices:
            raise SlicesMissing("slices without an upload")
        return
    name_upload(connection, sealed.upload_id, sealed.slices, deposit_id)


def read_mailbox(connection: Connection, mailbox_id: str) -> Mailbox | None:
    """The mailbox with its letters in order, or None for an id never used or disposed of."""
    row = connection.execute(select(mailboxes).where(mailboxes.c.id == mailbox_id)).first()
    found = connection.execute(
        select(letters.c.n, letters.c.envelope, letters.c.on)
        .where(letters.c.mailbox_id == mailbox_id)
        .order_by(letters.c.n)
    ).all()
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
    )


def post_letter(
    connection: Connection,
    mailbox_id: str,
    n: int,
    envelope: bytes,
    today: datetime.date,
    entropy: Entropy = secrets.token_bytes,
) -> None:
    """Put a reply or a state at place n of a mailbox; the same letter again changes nothing.

    Raises UnknownMailbox, or LetterDiffers if another letter stands there.
    """
    known = select(mailboxes.c.id).where(mailboxes.c.id == mailbox_id)
    if connection.execute(known).first() is None:
        raise UnknownMailbox("no mailbox has this id")
    place = and_(letters.c.mailbox_id == mailbox_id, letters.c.n == n)
    there = connection.execute(select(letters.c.envelope).where(place)).scalar()
    if there is not None:
        if there != envelope:
            raise LetterDiffers("another letter stands at this place")
        return
    connection.execute(
        insert(letters).values(
            id=entropy(16).hex(), mailbox_id=mailbox_id, n=n, envelope=envelope, on=today
        )
    )


def waiting(
    connection: Connection, limit: int, after: tuple[str, int] | None = None
) -> list[Deposit]:
    """Up to limit deposits that nobody has collected, each submitter's in their own order.

    after is the mailbox id and n of a deposit, to go on behind it: a collector that cannot take
    some deposits must still reach the others.
    """
    place = tuple_(deposits.c.mailbox_id, deposits.c.n)
    rows = connection.execute(
        select(deposits)
        .where(deposits.c.collected.is_(False), true() if after is None else place > after)
        .order_by(deposits.c.mailbox_id, deposits.c.n)
        .limit(limit)
    )
    return [_deposit(row) for row in rows]


def _deposit(row: Row[tuple[object, ...]]) -> Deposit:
    columns = dict(row._mapping)
    del columns["once"], columns["collected"]
    return Deposit(**columns)


def mark_collected(connection: Connection, ids: Iterable[str]) -> None:
    """Hide deposits that are durably in the case book; again changes nothing."""
    for deposit_id in ids:
        connection.execute(
            update(deposits).where(deposits.c.id == deposit_id).values(collected=True)
        )
