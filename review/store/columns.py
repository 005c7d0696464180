"""What the tables of the case book and of the shred keys are made from: kinds of columns, names."""

from sqlalchemy import BigInteger, Integer, LargeBinary, MetaData, String

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
