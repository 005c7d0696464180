"""What the tables of the case book and of the shred keys are made from: kinds of columns, names."""

import secrets
from collections.abc import Callable

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, MetaData, String

_CONVENTION = {
    "pk": "pk_%(table_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}
HASH = String(64)
RANDOM_ID = String(32)
PERSON_ID = String(16)
STATE = String(16)
DIGEST = LargeBinary(32)
# As large on PostgreSQL as an integer is on SQLite.
LARGE = Integer().with_variant(BigInteger(), "postgresql")

book = MetaData(naming_convention=_CONVENTION)
shred = MetaData(naming_convention=_CONVENTION)


def random_number() -> "Column[int]":
    """The key of a table whose rows are a mebibyte each: 63 random bits, the row's own on SQLite.

    In a table without row numbers, looking for one row would read some others whole.
    """
    return Column("id", LARGE, primary_key=True, autoincrement=False)


def draw_number(entropy: Callable[[int], bytes] = secrets.token_bytes) -> int:
    """A number for such a row, which says nothing of what came first."""
    return int.from_bytes(entropy(8), "big") >> 1
