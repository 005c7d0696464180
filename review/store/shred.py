"""The shred keys: one per case, and the only thing that opens the case's rows.

They live in a database of their own, wrapped by a store key that lies outside any database, so
that destroying one key destroys a case in every copy of the book.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from sqlalchemy import Connection, insert, select

from crypto import shredding
from crypto.errors import CryptoError
from review.errors import KeyDestroyed, StoreKeyWrong
from review.store.schema import shred_keys

STORE = "book"


def kept_cases(connection: Connection) -> frozenset[str]:
    """The ids of the cases that have a shred key."""
    return frozenset(connection.execute(select(shred_keys.c.case_id)).scalars())


def kept_among(connection: Connection, case_ids: Collection[str]) -> frozenset[str]:
    """Those of these cases that have a shred key."""
    found = select(shred_keys.c.case_id).where(shred_keys.c.case_id.in_(case_ids))
    return frozenset(connection.execute(found).scalars())


@dataclass(frozen=True)
class RowKey:
    """Seals and opens the `sealed` column of a case's rows, each in its one place."""

    installation: str
    key: bytes = field(repr=False)

    def seal(self, envelope: bytes, table: str, *row: object) -> bytes:
        """The envelope as it is stored in that row of that table."""
        return shredding.seal_row(self.key, envelope, self._place(table, row))

    def open(self, sealed: bytes, table: str, *row: object) -> bytes:
        """The envelope again. Raises PayloadTampered if the row was changed or moved."""
        return shredding.open_row(self.key, sealed, self._place(table, row))

    def _place(self, table: str, row: tuple[object, ...]) -> shredding.RowPlace:
        name = "/".join(str(part) for part in row)
        return shredding.RowPlace(self.installation, STORE, table, "sealed", name)


@dataclass(frozen=True)
class Locksmith:
    """Finds and makes the row keys of cases, under one store key."""

    installation: str
    store_key: bytes = field(repr=False)

    def check(self, connection: Connection) -> None:
        """Return if the store key opens a shred key that is kept, or none is. Raises StoreKeyWrong.

        One that opens is enough: another may be damaged, and that is the trouble of its case alone.
        """
        kept = connection.execute(select(shred_keys.c.wrapped)).scalars().all()
        if kept and not any(self._opens(wrapped) for wrapped in kept):
            raise StoreKeyWrong("the store key is not the one that the shred keys are wrapped with")

    def _opens(self, wrapped: bytes) -> bool:
        try:
            shredding.unwrap(self.store_key, wrapped)
        except CryptoError:
            return False
        return True

    def key_of(self, connection: Connection, case_id: str) -> RowKey:
        """The row key of a case.

        Raises KeyDestroyed when there is none (any more), and PayloadTampered for a damaged one.
        """
        found = select(shred_keys.c.wrapped).where(shred_keys.c.case_id == case_id)
        wrapped = connection.execute(found).scalar()
        if wrapped is None:
            raise KeyDestroyed("the shred key of the case is gone")
        return RowKey(self.installation, shredding.unwrap(self.store_key, wrapped))

    def make_key(
        self,
        connection: Connection,
        case_id: str,
        new_key: Callable[[], bytes] = shredding.new_key,
    ) -> RowKey:
        """The row key of a case, made now unless an earlier attempt has made it."""
        try:
            return self.key_of(connection, case_id)
        except KeyDestroyed:
            wrapped = shredding.wrap(self.store_key, new_key())
        connection.execute(insert(shred_keys).values(case_id=case_id, wrapped=wrapped))
        return self.key_of(connection, case_id)
