"""What was proposed to be disposed of, what has gone, and what is left to show of it.

Nothing here is changed: a disposition is proposed once, a record goes once, and its stub stays. Who
may know of a disposition is a list that only grows shorter, when somebody is recused.
"""

import datetime
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, delete, exists, insert, literal, select, update

from crypto import certifying, disposing
from crypto.certifying import Certificate
from crypto.disposing import Line, Manifest
from review.audit.disposed import Disposed, Gone, Outcome, Stayed
from review.store import acts as act_store
from review.store.acts import Signed
from review.store.casework_schema import act_endings
from review.store.disposition_schema import (
    certificates,
    disposed_cases,
    disposition_readers,
    dispositions,
    ended_backups,
    gone_mailboxes,
    left_out_cases,
    unfinished_disposals,
)


@dataclass(frozen=True)
class LeftOut:
    """A record that was approved and stayed."""

    case_id: str
    reason: str
    on: datetime.date


@dataclass(frozen=True)
class Unfinished:
    """A case whose rows have gone, and of which nobody has seen yet that nothing else is there.

    rewritten_on is the day on which the stores were written anew without it, None until then.
    """

    case_id: str
    mailbox_id: str
    rewritten_on: datetime.date | None = None


@dataclass(frozen=True)
class Stub:
    """What is left of a case: its line, when it went, and its line in the auditor's bundle.

    holds names the set of legal holds that stood then, account whose the job was, and head number
    and size of the ledger as its keeper had signed it last, None before the first batch.
    """

    line: Line
    disposition: str
    executed: datetime.date
    record: bytes
    holds: str
    account: str
    head: tuple[int, int] | None = None


def add(
    connection: Connection, manifest: Manifest, readers: Collection[str],
    called: Collection[str] = (),
) -> None:  # fmt: skip
    """Keep a manifest that was proposed, who may know of it, and who is called to approve it."""
    connection.execute(
        insert(dispositions).values(
            id=manifest.id,
            manifest=manifest.hash,
            document=manifest.document,
            by=manifest.by,
            on=manifest.on,
        )
    )
    for person in sorted({*readers, *called}):
        is_called = person not in readers
        values = {"disposition": manifest.id, "person_id": person, "is_called": is_called}
        connection.execute(insert(disposition_readers).values(**values))


def find(connection: Connection, disposition: str) -> Manifest | None:
    """The manifest of this disposition, or None."""
    found = select(dispositions.c.document).where(dispositions.c.id == disposition)
    document = connection.execute(found).scalar()
    return None if document is None else disposing.parse(document)


def listed(connection: Connection) -> list[Manifest]:
    """Every disposition there was, by its day and then by its id, which says nothing."""
    found = select(dispositions.c.document).order_by(dispositions.c.on, dispositions.c.id)
    return [disposing.parse(document) for document in connection.execute(found).scalars()]


def unsettled(connection: Connection) -> list[Manifest]:
    """Those that nobody has rejected and too few have approved, by their day and then by id."""
    about = literal(disposing.subject("")) + dispositions.c.id
    settled = exists().where(act_endings.c.subject == about, act_endings.c.n.is_not(None))
    found = select(dispositions.c.document).where(~settled)
    rows = connection.execute(found.order_by(dispositions.c.on, dispositions.c.id))
    return [disposing.parse(document) for document in rows.scalars()]


def readers_of(connection: Connection, disposition: str) -> frozenset[str]:
    """Who was let know of a disposition; whether they still may, their cases say."""
    found = select(disposition_readers.c.person_id).where(
        disposition_readers.c.disposition == disposition
    )
    return frozenset(connection.execute(found).scalars())


def called(connection: Connection, disposition: str) -> frozenset[str]:
    """Who of them knows of the list only to approve it, and reads no case on it."""
    found = select(disposition_readers.c.person_id).where(
        disposition_readers.c.disposition == disposition, disposition_readers.c.is_called.is_(True)
    )
    return frozenset(connection.execute(found).scalars())


def keep_readers(connection: Connection, disposition: str, people: Collection[str]) -> None:
    """Leave nobody on the list of a disposition but these."""
    for person in sorted(readers_of(connection, disposition) - set(people)):
        connection.execute(
            delete(disposition_readers).where(
                disposition_readers.c.disposition == disposition,
                disposition_readers.c.person_id == person,
            )
        )


@dataclass(frozen=True)
class Rejection:
    """An objection, which ends a disposition before anything of it goes: by whom, when and why."""

    by: str
    on: datetime.date
    reason: str


def approval(
    connection: Connection, disposition: str
) -> tuple[str, tuple[str, ...], datetime.date] | None:
    """The act that approved a disposition, who signed it, and the day of the last signature.

    None where it waits for signatures, and where somebody has rejected it.
    """
    ended = _ended(connection, disposition)
    if disposing.REJECT in ended or disposing.ACT not in ended:
        return None
    signed, on = ended[disposing.ACT]
    return signed.act.hash, signed.signers, on


def rejection(connection: Connection, disposition: str) -> Rejection | None:
    """Who rejected a disposition, or None."""
    found = _ended(connection, disposition).get(disposing.REJECT)
    if found is None:
        return None
    signed, on = found
    return Rejection(signed.signers[0], on, "".join(signed.act.words("reason")))


def _ended(
    connection: Connection, disposition: str
) -> dict[str, tuple[Signed, datetime.date]]:  # fmt: skip
    """The acts about a disposition that took effect, each of its kind, with their days."""
    rows = select(act_endings.c.hash, act_endings.c.on).where(
        act_endings.c.subject == disposing.subject(disposition), act_endings.c.n.is_not(None)
    )
    found = {}
    for row in connection.execute(rows.order_by(act_endings.c.n)):
        signed = act_store.find(connection, row.hash)
        if signed is not None:
            found[signed.act.act] = (signed, row.on)
    return found


def add_stub(connection: Connection, stub: Stub, mailbox_id: str) -> None:
    """Keep what is left of a case, and that its mailbox and its key have not gone yet."""
    connection.execute(
        insert(disposed_cases).values(
            case_id=stub.line.case,
            disposition=stub.disposition,
            record_class=stub.line.record_class,
            version=stub.line.version,
            triggered_on=stub.line.triggered,
            due_on=stub.line.due,
            executed_on=stub.executed,
            record=stub.record,
            holds=stub.holds,
            account=stub.account,
            ledger=None if stub.head is None else stub.head[0],
            size=None if stub.head is None else stub.head[1],
        )
    )
    values = {"case_id": stub.line.case, "mailbox_id": mailbox_id}
    connection.execute(insert(unfinished_disposals).values(**values))
    gone = {"mailbox_id": mailbox_id, "on": stub.executed}
    connection.execute(insert(gone_mailboxes).values(**gone))


def leave_out(connection: Connection, disposition: str, found: LeftOut) -> None:
    """Keep that a record stayed, and why."""
    connection.execute(
        insert(left_out_cases).values(
            disposition=disposition, case_id=found.case_id, reason=found.reason, on=found.on
        )
    )


def gone(connection: Connection, disposition: str) -> dict[str, datetime.date]:
    """The cases of a disposition that went, with the day of each."""
    found = select(disposed_cases.c.case_id, disposed_cases.c.executed_on).where(
        disposed_cases.c.disposition == disposition
    )
    return {row.case_id: row.executed_on for row in connection.execute(found)}


def left_out(connection: Connection, disposition: str) -> dict[str, LeftOut]:
    """The cases of a disposition that stayed."""
    found = select(left_out_cases).where(left_out_cases.c.disposition == disposition)
    return {
        row.case_id: LeftOut(row.case_id, row.reason, row.on) for row in connection.execute(found)
    }


def has_ended(connection: Connection, manifest: Manifest) -> bool:
    """Whether every record of a disposition has gone or was left out."""
    ended = {*gone(connection, manifest.id), *left_out(connection, manifest.id)}
    return ended == {line.case for line in manifest.records}


def unfinished(connection: Connection) -> list[Unfinished]:
    """The cases of which something may still be there."""
    found = select(unfinished_disposals).order_by(unfinished_disposals.c.case_id)
    return [Unfinished(**row._mapping) for row in connection.execute(found)]


def unfinished_of(connection: Connection, disposition: str) -> list[Unfinished]:
    """Those of one disposition."""
    mine = gone(connection, disposition)
    return [each for each in unfinished(connection) if each.case_id in mine]


def all_gone(connection: Connection) -> list[str]:
    """Every case that was ever disposed of."""
    return sorted(connection.execute(select(disposed_cases.c.case_id)).scalars())


def rewrite(connection: Connection, case_id: str, on: datetime.date) -> None:
    """Note that every store was written anew after all of a case had gone."""
    found = unfinished_disposals.c.case_id == case_id
    connection.execute(update(unfinished_disposals).where(found).values(rewritten_on=on))


_CERTIFIED = unfinished_disposals.c.case_id.in_(
    select(disposed_cases.c.case_id).join(
        certificates, certificates.c.disposition == disposed_cases.c.disposition
    )
)


def has_certified(connection: Connection) -> bool:
    """Whether a case's mailbox is remembered though its end was certified."""
    found = select(unfinished_disposals.c.case_id).where(_CERTIFIED)
    return connection.execute(found.limit(1)).first() is not None


def finish(connection: Connection) -> None:
    """Forget the mailboxes of cases whose end was certified."""
    connection.execute(delete(unfinished_disposals).where(_CERTIFIED))


def stubs(connection: Connection, manifest: Manifest) -> list[Stub]:
    """What is left of the cases of a disposition that went."""
    content = {line.case: line.content for line in manifest.records}
    found = select(disposed_cases).where(disposed_cases.c.disposition == manifest.id)
    return [
        Stub(
            line=Line(
                case=row.case_id,
                record_class=row.record_class,
                version=row.version,
                triggered=row.triggered_on,
                due=row.due_on,
                content=content[row.case_id],
            ),
            disposition=manifest.id,
            executed=row.executed_on,
            record=row.record,
            holds=row.holds,
            account=row.account,
            head=None if row.ledger is None else (row.ledger, row.size),
        )
        for row in connection.execute(found.order_by(disposed_cases.c.case_id))
    ]


def mailboxes(connection: Connection) -> list[str]:
    """The mailboxes that have gone, and that a backup of the drop may still have."""
    return list(connection.execute(select(gone_mailboxes.c.mailbox_id)).scalars())


def forget_mailboxes(
    connection: Connection, ids: Collection[str], oldest: datetime.date | None
) -> None:
    """Forget those of these mailboxes that went before the day of the oldest backup of the drop."""
    forgotten = delete(gone_mailboxes).where(gone_mailboxes.c.mailbox_id.in_(ids))
    if oldest is not None:
        forgotten = forgotten.where(gone_mailboxes.c.on < oldest)
    connection.execute(forgotten)


def records(connection: Connection) -> dict[str, bytes]:
    """The line of each case that has gone, as the auditor's bundle has it."""
    found = select(disposed_cases.c.case_id, disposed_cases.c.record)
    return {row.case_id: row.record for row in connection.execute(found)}


def told(connection: Connection) -> Iterator[Disposed]:
    """Each disposition as the auditor's bundle tells it."""
    for manifest in listed(connection):
        stubs = select(disposed_cases).where(disposed_cases.c.disposition == manifest.id)
        gone = (
            Gone(
                row.case_id, row.record_class, row.version, row.triggered_on, row.due_on,
                row.executed_on,
            )
            for row in connection.execute(stubs)
        )  # fmt: skip
        stayed = (
            Stayed(each.case_id, each.reason, each.on)
            for each in left_out(connection, manifest.id).values()
        )
        outcome = Outcome(manifest.installation, manifest.id, tuple(gone), tuple(stayed))
        yield Disposed(manifest, outcome, certificate_of(connection, manifest.id))


def certify(connection: Connection, certificate: Certificate) -> None:
    """Keep the certificate of a disposition that has ended."""
    connection.execute(
        insert(certificates).values(
            disposition=certificate.id,
            digest=certificate.hash,
            document=certificate.document,
            on=certificate.verified.on,
            backup_on=certificate.backup,
        )
    )


def certificate_of(connection: Connection, disposition: str) -> Certificate | None:
    """The certificate of a disposition, or None before there is one."""
    found = select(certificates.c.document).where(certificates.c.disposition == disposition)
    document = connection.execute(found).scalar()
    return None if document is None else certifying.parse(document)


def waiting_for_backups(connection: Connection) -> list[Certificate]:
    """The certificates whose last backup has not been told to be gone, if there was one."""
    found = (
        select(certificates.c.document)
        .outerjoin(ended_backups, ended_backups.c.disposition == certificates.c.disposition)
        .where(ended_backups.c.disposition.is_(None), certificates.c.backup_on.is_not(None))
        .order_by(certificates.c.backup_on, certificates.c.disposition)
    )
    return [certifying.parse(each) for each in connection.execute(found).scalars()]


def end_backup(connection: Connection, disposition: str, on: datetime.date) -> None:
    """Note that the ledger was told of the end of the last backup."""
    connection.execute(insert(ended_backups).values(disposition=disposition, on=on))


def has_backup_ended(connection: Connection, disposition: str) -> bool:
    """Whether the ledger was told that the last backup of a disposition has gone."""
    found = select(ended_backups.c.on).where(ended_backups.c.disposition == disposition)
    return connection.execute(found).first() is not None


def stub_of(connection: Connection, case_id: str) -> tuple[datetime.date, str, int] | None:
    """Since when, as which class and version a case was kept that is gone; None if it is not."""
    table = disposed_cases.c
    found = select(table.triggered_on, table.record_class, table.version)
    row = connection.execute(found.where(table.case_id == case_id)).first()
    return None if row is None else (row.triggered_on, row.record_class, row.version)
