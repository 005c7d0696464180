"""Who holds the keys of a case: later generations, recusals, shares, releases.

Everything that is sealed goes into its row under the case's row key and bound to that row.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import Connection, and_, delete, insert, select, update

from review.store.generations_schema import case_keys, offered_files, recusals, releases, shares
from review.store.schema import case_exclusions, case_readers, cases
from review.store.shred import RowKey


@dataclass(frozen=True)
class Offered:
    """What an act that waits would give a case: its files, and the recipient as a text."""

    recipient: str
    files: dict[str, bytes] = field(repr=False)


@dataclass(frozen=True)
class CaseKey:
    """A generation from the second on: what is sealed to, the act that gave it, and its day."""

    generation: int
    recipient: str
    act: str
    on: datetime.date


@dataclass(frozen=True)
class Share:
    """A case shared with one person in one generation, with the public halves of their identity."""

    person: str
    generation: int
    recipient: str
    verify_key: str
    act: str
    on: datetime.date


@dataclass(frozen=True)
class Recusal:
    """Somebody who is out of a case, the newest generation that they were granted, and the day."""

    person: str
    generation: int
    on: datetime.date


@dataclass(frozen=True)
class Unposted:
    """A later key that its mailbox does not have yet; keying is the submitter's document."""

    case_id: str
    generation: int
    mailbox_id: str
    keying: bytes = field(repr=False)


def offer(connection: Connection, key: RowKey, case_id: str, act: str, offered: Offered) -> None:
    """Keep the files of an act until enough have signed it."""
    for name, content in sorted(offered.files.items()):
        connection.execute(
            insert(offered_files).values(
                act=act,
                name=name,
                case_id=case_id,
                recipient=offered.recipient,
                sealed=key.seal(content, "offered_files", act, name),
            )
        )


def offered(connection: Connection, key: RowKey, case_id: str, act: str) -> Offered | None:
    """What an act would give this case, or None."""
    place = and_(offered_files.c.act == act, offered_files.c.case_id == case_id)
    rows = connection.execute(select(offered_files).where(place)).all()
    if not rows:
        return None
    files = {row.name: key.open(row.sealed, "offered_files", act, row.name) for row in rows}
    return Offered(rows[0].recipient, files)


def offered_recipient(connection: Connection, case_id: str, act: str) -> str | None:
    """The recipient that an act would give or grant to, without its files."""
    place = and_(offered_files.c.act == act, offered_files.c.case_id == case_id)
    return connection.execute(select(offered_files.c.recipient).where(place)).scalar()


def withdraw_offers(connection: Connection, case_id: str) -> None:
    """Drop what was offered for a case: it was taken, or something else has come before it."""
    connection.execute(delete(offered_files).where(offered_files.c.case_id == case_id))


def add_key(
    connection: Connection, key: RowKey, case_id: str, made: CaseKey, link: bytes, keying: bytes
) -> None:
    """Give a case a key in the place of the one before, and its readers a way back."""
    connection.execute(
        insert(case_keys).values(
            case_id=case_id,
            generation=made.generation,
            recipient=made.recipient,
            act=made.act,
            on=made.on,
            sealed=key.seal(link, "case_keys", case_id, made.generation),
            keying=keying,
            posted=False,
        )
    )
    connection.execute(
        update(cases)
        .where(cases.c.id == case_id)
        .values(generation=made.generation, recipient=made.recipient)
    )


def keys_of(connection: Connection, case_id: str) -> list[CaseKey]:
    """The later generations of a case, in their order."""
    rows = connection.execute(
        select(case_keys).where(case_keys.c.case_id == case_id).order_by(case_keys.c.generation)
    )
    return [CaseKey(row.generation, row.recipient, row.act, row.on) for row in rows]


def link(connection: Connection, key: RowKey, case_id: str, generation: int) -> bytes | None:
    """The link from a generation to the one before it, or None."""
    place = and_(case_keys.c.case_id == case_id, case_keys.c.generation == generation)
    sealed = connection.execute(select(case_keys.c.sealed).where(place)).scalar()
    return None if sealed is None else key.open(sealed, "case_keys", case_id, generation)


def unposted(connection: Connection) -> list[Unposted]:
    """Every later key that is not known to be in its mailbox, each case's in order."""
    rows = connection.execute(
        select(case_keys, cases.c.mailbox_id)
        .join(cases, cases.c.id == case_keys.c.case_id)
        .where(case_keys.c.posted.is_(False))
        .order_by(case_keys.c.case_id, case_keys.c.generation)
    )
    return [Unposted(row.case_id, row.generation, row.mailbox_id, row.keying) for row in rows]


def mark_posted(connection: Connection, posted: Unposted) -> None:
    """Remember that the mailbox has a key; again changes nothing."""
    connection.execute(
        update(case_keys)
        .where(case_keys.c.case_id == posted.case_id, case_keys.c.generation == posted.generation)
        .values(posted=True)
    )


def add_recusal(connection: Connection, case_id: str, recusal: Recusal, act: str) -> None:
    """Take a person out of a case: from now on nothing of it is shown to them."""
    connection.execute(
        insert(recusals).values(
            case_id=case_id,
            person_id=recusal.person,
            generation=recusal.generation,
            act=act,
            on=recusal.on,
        )
    )


def recusals_of(connection: Connection, case_id: str) -> list[Recusal]:
    """Who is out of a case since it came, by id."""
    rows = connection.execute(
        select(recusals).where(recusals.c.case_id == case_id).order_by(recusals.c.person_id)
    )
    return [Recusal(row.person_id, row.generation, row.on) for row in rows]


def add_share(
    connection: Connection, key: RowKey, case_id: str, share: Share, grant: bytes
) -> None:
    """Share a generation of a case with a person."""
    connection.execute(
        insert(shares).values(
            case_id=case_id,
            person_id=share.person,
            generation=share.generation,
            recipient=share.recipient,
            verify_key=share.verify_key,
            act=share.act,
            on=share.on,
            sealed=key.seal(grant, "shares", case_id, share.person, share.generation),
        )
    )


def shares_of(connection: Connection, case_id: str) -> list[Share]:
    """With whom a case is or was shared, by generation."""
    rows = connection.execute(
        select(shares)
        .where(shares.c.case_id == case_id)
        .order_by(shares.c.generation, shares.c.person_id)
    )
    return [
        Share(row.person_id, row.generation, row.recipient, row.verify_key, row.act, row.on)
        for row in rows
    ]


def shared_keys(connection: Connection, case_id: str) -> dict[str, bytes]:
    """With whom the newest generation of a case is shared, and the verify key of each; nobody for
    what is no case."""
    rows = connection.execute(
        select(shares.c.person_id, shares.c.verify_key)
        .join(
            cases, and_(cases.c.id == shares.c.case_id, cases.c.generation == shares.c.generation)
        )
        .where(shares.c.case_id == case_id)
    )
    return {row.person_id: bytes.fromhex(row.verify_key) for row in rows}


def share_grant(
    connection: Connection, key: RowKey, case_id: str, person: str, generation: int
) -> bytes | None:
    """The grant of a share, or None."""
    place = and_(
        shares.c.case_id == case_id,
        shares.c.person_id == person,
        shares.c.generation == generation,
    )
    sealed = connection.execute(select(shares.c.sealed).where(place)).scalar()
    return None if sealed is None else key.open(sealed, "shares", case_id, person, generation)


def readers_of(connection: Connection, case_id: str) -> frozenset[str]:
    """Who may be shown a case."""
    found = select(case_readers.c.person_id).where(case_readers.c.case_id == case_id)
    return frozenset(connection.execute(found).scalars())


def set_readers(connection: Connection, case_id: str, people: Iterable[str]) -> None:
    """Show a case to exactly these people from now on."""
    wanted, there = frozenset(people), readers_of(connection, case_id)
    for person in sorted(there - wanted):
        connection.execute(
            delete(case_readers).where(
                case_readers.c.case_id == case_id, case_readers.c.person_id == person
            )
        )
    for person in sorted(wanted - there):
        connection.execute(insert(case_readers).values(case_id=case_id, person_id=person))


def release(connection: Connection, case_id: str, act: str, on: datetime.date) -> None:
    """Let a case from which somebody is left out into what everybody is told."""
    connection.execute(insert(releases).values(case_id=case_id, act=act, on=on))


def is_released(connection: Connection, case_id: str) -> bool:
    """Whether the others have let a case into what everybody is told."""
    found = select(releases.c.case_id).where(releases.c.case_id == case_id)
    return connection.execute(found).first() is not None


def kept_apart(connection: Connection) -> frozenset[str]:
    """The cases that no shared number may count: somebody is out of each, and none is released."""
    released = select(releases.c.case_id)
    hidden = (
        select(table.c.case_id).where(table.c.case_id.not_in(released))
        for table in (case_exclusions, recusals)
    )
    return frozenset(case_id for each in hidden for case_id in connection.execute(each).scalars())
