"""What people signed: proposals, acts that took effect, and the order of these by their subject.

Nothing here is ever changed or removed. An act of which enough have signed gets the next number of
its subject, and that makes it the one that the next act has to name.
"""

import datetime
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, delete, exists, insert, or_, select

from crypto import act as act_format
from crypto.act import Act, Signature
from review.store.casework_schema import act_endings, act_signatures, acts, open_acts
from review.store.schema import case_readers, cases

DONE, WITHDRAWN = "done", "withdrawn"


@dataclass(frozen=True)
class Signed:
    """An act with its signatures; n is its place among its subject's, None for a proposal."""

    act: Act
    signatures: tuple[Signature, ...]
    n: int | None = None

    @property
    def signers(self) -> tuple[str, ...]:
        """Who has signed, by id."""
        return tuple(each.by for each in self.signatures)


def add(connection: Connection, act: Act) -> None:
    """Keep an act that nobody has signed here before."""
    connection.execute(
        insert(acts).values(
            hash=act.hash,
            subject=act.subject,
            act=act.act,
            roster=act.roster,
            on=act.on,
            previous=act.previous,
            document=act.document,
        )
    )
    connection.execute(insert(open_acts).values(hash=act.hash, subject=act.subject))


def add_signature(
    connection: Connection, act: Act, signature: Signature, on: datetime.date
) -> None:
    """Keep a signature that was checked. The caller has seen that the person has none yet."""
    connection.execute(
        insert(act_signatures).values(
            hash=act.hash, by=signature.by, on=on, signature=signature.signature
        )
    )


def end(connection: Connection, act: Act, ending: str, by: str, on: datetime.date) -> None:
    """Say how an act has ended: done, which makes it its subject's newest, or withdrawn."""
    n = None
    over = open_acts.c.subject == act.subject if ending == DONE else open_acts.c.hash == act.hash
    connection.execute(delete(open_acts).where(over))
    if ending == DONE:
        newest = _newest(connection, act.subject)
        n = 1 if newest is None else newest[1] + 1
    connection.execute(
        insert(act_endings).values(
            hash=act.hash, subject=act.subject, n=n, on=on, by=by, ending=ending
        )
    )


def newest(connection: Connection, subject: str) -> str | None:
    """The hash of the subject's newest act that took effect, which the next one names."""
    found = _newest(connection, subject)
    return None if found is None else found[0]


def _newest(connection: Connection, subject: str) -> tuple[str, int] | None:
    found = (
        select(act_endings.c.hash, act_endings.c.n)
        .where(act_endings.c.subject == subject, act_endings.c.n.is_not(None))
        .order_by(act_endings.c.n.desc())
        .limit(1)
    )
    row = connection.execute(found).first()
    return None if row is None else (row.hash, row.n)


def find(connection: Connection, act_hash: str) -> Signed | None:
    """An act as it stands, or None."""
    row = connection.execute(select(acts.c.document).where(acts.c.hash == act_hash)).scalar()
    if row is None:
        return None
    n = select(act_endings.c.n).where(act_endings.c.hash == act_hash)
    return Signed(
        act_format.parse(row),
        _signatures(connection, [act_hash])[act_hash],
        connection.execute(n).scalar(),
    )


def has_ended(connection: Connection, act_hash: str) -> bool:
    """Whether the act took effect or was withdrawn."""
    found = select(act_endings.c.hash).where(act_endings.c.hash == act_hash)
    return connection.execute(found).first() is not None


def ended_on(connection: Connection, act_hash: str) -> datetime.date | None:
    """The day on which an act took effect or was withdrawn, None while it waits."""
    found = select(act_endings.c.on).where(act_endings.c.hash == act_hash)
    return connection.execute(found).scalar()


def is_there(connection: Connection, subject: str, act: str) -> bool:
    """Whether anybody has ever signed an act of this name about a subject, ended or not."""
    found = select(acts.c.hash).where(acts.c.subject == subject, acts.c.act == act)
    return connection.execute(found.limit(1)).first() is not None


def done(connection: Connection, subject: str) -> list[Signed]:
    """The acts of a subject that took effect, in their order."""
    rows = connection.execute(
        select(acts.c.hash, acts.c.document, act_endings.c.n)
        .join(act_endings, act_endings.c.hash == acts.c.hash)
        .where(act_endings.c.subject == subject, act_endings.c.n.is_not(None))
        .order_by(act_endings.c.n)
    ).all()
    signed = _signatures(connection, [row.hash for row in rows])
    return [Signed(act_format.parse(row.document), signed[row.hash], row.n) for row in rows]


def all_done(connection: Connection) -> Iterator[Signed]:
    """Every act that took effect, by subject and then in their order."""
    subjects = select(act_endings.c.subject).where(act_endings.c.n.is_not(None)).distinct()
    for subject in sorted(connection.execute(subjects).scalars()):
        yield from done(connection, subject)


def proposals(connection: Connection, subjects: Collection[str] | None = None) -> list[Signed]:
    """What waits for more signatures and can still have them, of some subjects or of all.

    A proposal that names another act before it than its subject's newest is overtaken, and gone.
    """
    wanted = _open()
    if subjects is not None:
        wanted = wanted.where(open_acts.c.subject.in_(sorted(subjects)))
    rows = connection.execute(wanted).all()
    signed = _signatures(connection, [row.hash for row in rows])
    return [Signed(act_format.parse(row.document), signed[row.hash]) for row in rows]


def unsigned_by(connection: Connection, person_id: str, roster: str) -> Iterator[Signed]:
    """The proposals that a person has not signed, under a roster, the oldest first.

    Those of a case are among them only if it is one of theirs.
    """
    theirs = exists().where(act_signatures.c.hash == acts.c.hash, act_signatures.c.by == person_id)
    reads = exists().where(
        case_readers.c.case_id == open_acts.c.subject, case_readers.c.person_id == person_id
    )
    is_case = exists().where(cases.c.id == open_acts.c.subject)
    wanted = _open().where(acts.c.roster == roster, ~theirs, or_(reads, ~is_case))
    for row in connection.execute(wanted).all():
        signed = _signatures(connection, [row.hash])
        yield Signed(act_format.parse(row.document), signed[row.hash])


def _open() -> Select[Any]:
    joined = select(acts.c.hash, acts.c.document).join(open_acts, open_acts.c.hash == acts.c.hash)
    return joined.order_by(acts.c.on, acts.c.hash)


def _signatures(connection: Connection, hashes: Iterable[str]) -> dict[str, tuple[Signature, ...]]:
    found: dict[str, list[Signature]] = {each: [] for each in hashes}
    rows = connection.execute(
        select(act_signatures).where(act_signatures.c.hash.in_(sorted(found)))
    )
    for row in rows:
        found[row.hash].append(Signature(row.by, row.signature))
    return {name: tuple(sorted(signatures)) for name, signatures in found.items()}
