"""What a form is answered with that is sent again after its deposit has left the drop.

Of the deposit nothing stays but what its sender was given, sealed under a key that only the same
form brings: name and key are both derived from the value that makes a form count once. So the row
says to nobody else what it answers, of which day it is, or whether anything was signed. It names
the mailbox, whose row tells how many forms have come in any case, and goes with it.
"""

from sqlalchemy import Connection, bindparam, insert, select

from crypto import strict
from crypto.derivation import derive
from crypto.errors import CryptoError, Malformed
from crypto.shredding import KEY_SIZE, RowPlace, open_row, seal_row
from intake.schema import answered

# A statement is some 300 bytes, and no statement must look like one.
ROOM = 512
_HASH_SIZE = 32

# Asked with every form.
_SEALED = select(answered.c.sealed).where(answered.c.id == bindparam("id"))


def name_and_key(once: str) -> tuple[str, bytes]:
    """The id of the row that answers a form, and what it is sealed under.

    Raises Malformed for what no form of ours counts once by.
    """
    made = derive(strict.hex_bytes(once, _HASH_SIZE), b"", "answered", _HASH_SIZE + KEY_SIZE)
    return made[:_HASH_SIZE].hex(), made[_HASH_SIZE:]


def keep_answer(connection: Connection, mailbox_id: str, once: object, statement: object) -> None:
    """Keep what a form of a mailbox was answered with; again changes nothing.

    What no intake of ours has written, nobody can ask for again, and is not kept.
    """
    said = statement if isinstance(statement, bytes) and len(statement) <= ROOM else b""
    try:
        name, key = name_and_key(once if isinstance(once, str) else "")
    except Malformed:
        return
    if connection.execute(select(answered.c.id).where(answered.c.id == name)).first() is None:
        sealed = seal_row(key, said.ljust(ROOM, b"\0"), _place(name))
        connection.execute(insert(answered).values(id=name, sealed=sealed, mailbox_id=mailbox_id))


def answer_of(connection: Connection, name: str, key: bytes) -> bytes | None:
    """The statement in the row of this name, b"" where nothing was signed, None without a row."""
    sealed = connection.execute(_SEALED, {"id": name}).scalar()
    if sealed is None:
        return None
    try:
        return open_row(key, sealed, _place(name)).rstrip(b"\0")
    except CryptoError:
        # Somebody else wrote into the drop. That the form had come is told all the same.
        return b""


def _place(name: str) -> RowPlace:
    return RowPlace("", "drop", "answered", "sealed", name)
