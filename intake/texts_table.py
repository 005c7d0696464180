"""The committee's own texts as they lie in the drop, verified by nobody."""

import datetime
from dataclasses import dataclass, field

from sqlalchemy import Connection, insert, select

from intake.schema import texts as table


@dataclass(frozen=True)
class Published:
    """Texts with the act by which they were agreed and its signatures, as they lie in the drop."""

    lang: str
    n: int
    document: bytes = field(repr=False)
    act: bytes = field(repr=False)
    signatures: bytes = field(repr=False)


def publish_texts(connection: Connection, published: Published, today: datetime.date) -> bool:
    """Put texts into the drop after those before; whether they were not there yet."""
    place = (table.c.lang == published.lang) & (table.c.n == published.n)
    if connection.execute(select(table.c.n).where(place)).first() is not None:
        return False
    connection.execute(insert(table).values(**vars(published), published_on=today))
    return True


def newest_texts(connection: Connection, lang: str) -> Published | None:
    """The texts that were published last in a language, verified by nobody."""
    found = (
        select(table.c.lang, table.c.n, table.c.document, table.c.act, table.c.signatures)
        .where(table.c.lang == lang)
        .order_by(table.c.n.desc())
        .limit(1)
    )
    row = connection.execute(found).first()
    return None if row is None else Published(**row._mapping)
