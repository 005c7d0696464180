"""The committee's own texts, by their hash, and which of them two have agreed to."""

from dataclasses import dataclass, field

from sqlalchemy import Connection, insert, select

from crypto import texts as texts_format
from crypto.texts import ACT, LANGUAGES, Texts
from review.store import acts
from review.store.outward_schema import own_texts


@dataclass(frozen=True)
class Agreed:
    """Texts that are in force: the n-th of their language, by this act."""

    lang: str
    n: int
    act_hash: str
    document: bytes = field(repr=False)


def keep(connection: Connection, texts: Texts) -> None:
    """Keep texts that somebody signed for; those that are there already stay."""
    if find(connection, texts.hash) is None:
        values = {"digest": texts.hash, "document": texts.document}
        connection.execute(insert(own_texts).values(values))


def find(connection: Connection, digest: str) -> Texts | None:
    """The texts with this hash, or None."""
    found = select(own_texts.c.document).where(own_texts.c.digest == digest)
    document = connection.execute(found).scalar()
    return None if document is None else texts_format.parse(document)


def newest(connection: Connection) -> list[Agreed]:
    """The texts in force, one in each language that has any."""
    found = []
    for lang in LANGUAGES:
        done = [
            each
            for each in acts.done(connection, texts_format.subject(lang))
            if each.act.act == ACT
        ]
        texts = find(connection, done[-1].act.words("text")[0]) if done else None
        if texts is not None:
            place = done[-1].n or 0
            found.append(Agreed(lang, place, done[-1].act.hash, texts.document))
    return found
