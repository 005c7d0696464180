"""The rosters that the book knows, by which every signature and every id of a case is read."""

import datetime

from sqlalchemy import Connection, insert, select

from crypto import roster as rosters_format
from crypto.errors import CryptoError
from crypto.roster import Roster
from review.errors import RosterUnusable
from review.store.schema import rosters


def publish_roster(connection: Connection, roster: Roster) -> bool:
    """Make a verified roster known to the book; say whether it was not before.

    Raises RosterRolledBack or RosterRejected unless it follows the newest published before.
    """
    known = select(rosters.c.hash).where(rosters.c.hash == roster.hash)
    if connection.execute(known).first() is not None:
        return False
    last = newest(connection)
    if last is not None:
        rosters_format.check_follows(roster, last)
    connection.execute(
        insert(rosters).values(hash=roster.hash, epoch=roster.epoch, document=roster.document)
    )
    return True


def current_roster(connection: Connection, root_key: bytes, *, demo: bool) -> Roster:
    """The newest roster, verified under the root key.

    A roster past its last day still counts here: cases under it are to be treated, and it is
    intake that must not take in more. Raises RosterUnusable for none, for one that the root key
    did not sign, and for a demonstration's roster anywhere else.
    """
    document = _newest(connection)
    if document is None:
        raise RosterUnusable("the book has no roster; run: underrose roster publish FILE")
    return _usable(document, root_key, demo=demo)


def roster_by_hash(
    connection: Connection, roster_hash: str, root_key: bytes, *, demo: bool
) -> Roster:
    """The roster with this hash, verified. Raises RosterUnusable as current_roster() does."""
    found = select(rosters.c.document).where(rosters.c.hash == roster_hash)
    document = connection.execute(found).scalar()
    if document is None:
        raise RosterUnusable("the book has no roster of this hash")
    return _usable(document, root_key, demo=demo)


def all_rosters(connection: Connection) -> dict[str, bytes]:
    """Every document by its hash: a message may name any of them."""
    everything = select(rosters.c.hash, rosters.c.document).order_by(rosters.c.epoch)
    return {row.hash: row.document for row in connection.execute(everything)}


def document(connection: Connection, roster_hash: str) -> bytes:
    """The document of a roster that something of the book refers to. Raises RosterUnusable."""
    found = select(rosters.c.document).where(rosters.c.hash == roster_hash)
    data = connection.execute(found).scalar()
    if data is None:
        raise RosterUnusable("the book has no roster of this hash")
    return bytes(data)


def first_day(connection: Connection) -> datetime.date | None:
    """The day before the first roster was issued: clocks differ. None without a roster."""
    first = select(rosters.c.document).order_by(rosters.c.epoch).limit(1)
    document = connection.execute(first).scalar()
    if document is None:
        return None
    return rosters_format.parse(document).issued_on - datetime.timedelta(days=1)


def statement_keys(connection: Connection, root_key: bytes, *, demo: bool) -> frozenset[bytes]:
    """The keys by which intake has ever signed. Raises RosterUnusable."""
    documents = all_rosters(connection).values()
    usable = [_usable(document, root_key, demo=demo) for document in documents]
    return frozenset(key for roster in usable for key in roster.statement_keys)


def routing_recipients(connection: Connection, root_key: bytes, *, demo: bool) -> frozenset[str]:
    """The recipients to which routing was ever sealed. Raises RosterUnusable."""
    documents = all_rosters(connection).values()
    return frozenset(_usable(data, root_key, demo=demo).routing.text for data in documents)


def newest(connection: Connection) -> Roster | None:
    """The newest roster, which was verified when it was published, or None."""
    document = _newest(connection)
    return None if document is None else rosters_format.parse(document)


def _newest(connection: Connection) -> bytes | None:
    newest = select(rosters.c.document).order_by(rosters.c.epoch.desc()).limit(1)
    return connection.execute(newest).scalar()


def _usable(document: bytes, root_key: bytes, *, demo: bool) -> Roster:
    try:
        roster = rosters_format.verify(document, root_key)
    except CryptoError as problem:
        raise RosterUnusable(f"the roster in the book is not usable: {problem}") from None
    if roster.demo and not demo:
        raise RosterUnusable("the roster in the book was made for a demonstration")
    return roster
