"""Legal holds: those that were placed, how each was released, and which of them keep a case now.

What a hold covers is asked anew each time, of the case as it stands at that moment, so that a hold
also covers cases that came after it.
"""

import datetime
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from crypto import act as act_format
from review.retention import holding
from review.retention.holding import Terms
from review.retention.holds import Hold, Record, Release, Scope, covering
from review.store import acts as act_store
from review.store import courses
from review.store import retention_schema as tables
from review.store.cases import Case, case_by_id
from review.store.casework_schema import act_endings, act_signatures, acts, case_categories
from review.store.casework_schema import courses as courses_table
from review.store.generations_schema import recusals
from review.store.merged import kept_of
from review.store.schema import case_exclusions, case_readers, cases
from review.store.signed import Proof


@dataclass(frozen=True)
class Kept:
    """A hold as it was placed, by whom, and how it stands."""

    terms: Terms
    by: str
    hold: Hold

    @property
    def name(self) -> str:
        """Its random name."""
        return self.terms.hold


def keep(connection: Connection, hold: str, act: str, on: datetime.date, reason: bytes) -> None:
    """Keep a hold with its sealed reason. Who placed it, and what it covers, the act says."""
    values = {"id": hold, "act": act, "on": on, "reason": reason}
    connection.execute(insert(tables.holds).values(values))


def reason(connection: Connection, hold: str) -> bytes | None:
    """The sealed reason of a hold, or None if there is no such hold."""
    found = select(tables.holds.c.reason).where(tables.holds.c.id == hold)
    return connection.execute(found).scalar()


def all_kept(connection: Connection, proof: Proof | None = None) -> list[Kept]:
    """Every hold, the released ones too, in the order they were placed.

    With a proof, a release counts only by its signatures, and a hold covers everything whose own
    act is not there or is not signed.
    """
    if proof is not None:
        return _proven(connection, proof)
    placed = connection.execute(
        select(tables.holds.c.id, tables.holds.c.on, acts.c.document, act_signatures.c.by)
        .join(acts, acts.c.hash == tables.holds.c.act)
        .join(act_signatures, act_signatures.c.hash == tables.holds.c.act)
        .order_by(tables.holds.c.on, tables.holds.c.id)
    ).all()
    releases = _releases(connection)
    found = []
    for row in placed:
        act = act_format.parse(row.document)
        terms = holding.read(act.subject, act.data)
        hold = Hold(row.id, terms.scope, row.on, tuple(releases.get(row.id, ())))
        found.append(Kept(terms, row.by, hold))
    return found


def standing(
    connection: Connection, day: datetime.date, proof: Proof | None = None
) -> list[str]:  # fmt: skip
    """The names of the holds that stand at the end of a day, over whatever records."""
    return [each.name for each in all_kept(connection, proof) if each.hold.stands_on(day)]


def find(connection: Connection, hold: str) -> Kept | None:
    """The hold of this name, or None."""
    return next((each for each in all_kept(connection) if each.name == hold), None)


def over(connection: Connection, case: Case, day: datetime.date) -> tuple[Kept, ...]:
    """The holds that keep a case at the end of a day, in the order they were placed.

    A release by somebody whom the case concerns does not count for it.
    """
    _, concerned = courses.may_know(connection, case.id)
    return among(all_kept(connection), record_of(connection, case), day, concerned)


def among(
    kept: Iterable[Kept], record: Record, day: datetime.date, concerned: Iterable[str]
) -> tuple[Kept, ...]:
    """Which of these holds keep a record at the end of a day."""
    there = {each.name: each for each in kept}
    held = covering((each.hold for each in there.values()), record, day, concerned)
    return tuple(there[each.name] for each in held)


def is_held(
    connection: Connection, case: Case, day: datetime.date, proof: Proof | None = None
) -> bool:
    """Whether nothing of a case may be disposed of at the end of a day.

    Who decided in the case that a hold is needed has to place it: until one covers the case, that
    decision keeps it by itself.
    """
    kept = all_kept(connection, proof)
    _, concerned = courses.may_know(connection, case.id)
    record = record_of(connection, case)
    if among(kept, record, day, concerned):
        return True
    is_needed = courses.of_case(connection, case).hold_needed
    return is_needed and not any(each.terms.scope.covers(record) for each in kept)


def stood_since(
    connection: Connection, case: Case, first: datetime.date, proof: Proof | None = None
) -> bool:
    """Whether a hold has kept a case at the end of a day since this one, released by now or not.

    A hold counts from the moment it is placed, by whatever day the clock of who asks is.
    """
    _, concerned = courses.may_know(connection, case.id)
    record = record_of(connection, case)
    there = [each.hold for each in all_kept(connection, proof) if each.hold.scope.covers(record)]
    return any(each.stood_since(first, concerned) for each in there)


def record_of(connection: Connection, case: Case) -> Record:
    """What holds may ask of a case; an open one has no class yet."""
    found = kept_of(connection, case)
    about = frozenset(each.value for each in courses.categories_of(connection, case.id))
    return Record(case.id, "" if found is None else found.record_class, case.on, about)


def records_for(connection: Connection, person: str) -> list[Record]:
    """What holds may ask of each case that somebody reads."""
    rows = connection.execute(
        select(cases, courses_table.c.closed_on)
        .join(case_readers, case_readers.c.case_id == cases.c.id)
        .join(courses_table, courses_table.c.case_id == cases.c.id)
        .where(case_readers.c.person_id == person)
        .order_by(cases.c.id)
    ).all()
    kept = (
        select(tables.kept_as)
        .join(case_readers, case_readers.c.case_id == tables.kept_as.c.case_id)
        .where(case_readers.c.person_id == person)
        .order_by(tables.kept_as.c.case_id, tables.kept_as.c.n)
    )
    newest = {row.case_id: row.record_class for row in connection.execute(kept)}
    about = categories_by_case(connection, person)
    found = []
    for row in rows:
        record_class = newest.get(row.id, "") if row.closed_on else ""
        # What was merged goes with another case, and its class is that one's.
        case = case_by_id(connection, row.id) if record_class is None else None
        plain = Record(row.id, record_class or "", row.on, frozenset(about.get(row.id, ())))
        found.append(plain if case is None else record_of(connection, case))
    return found


def categories_by_case(connection: Connection, person: str | None) -> Mapping[str, set[str]]:
    """What each case is about, so far as it was said: of all that somebody reads, or of all."""
    rows = select(case_categories.c.case_id, case_categories.c.category)
    if person is not None:
        rows = rows.join(case_readers, case_readers.c.case_id == case_categories.c.case_id)
        rows = rows.where(case_readers.c.person_id == person)
    found: dict[str, set[str]] = {}
    for row in connection.execute(rows):
        found.setdefault(row.case_id, set()).add(row.category)
    return found


def keeps(
    connection: Connection, kept: Kept, records: Iterable[Record], day: datetime.date
) -> list[str]:
    """Which of these records a hold keeps at the end of a day, by name."""
    covered = [each for each in records if kept.terms.scope.covers(each)]
    releasing = {person for each in kept.hold.releases for person in each.by}
    out = _concerned(connection, releasing) if covered and releasing else {}
    return [
        each.name for each in covered if kept.hold.stands_on(day, out.get(each.name, frozenset()))
    ]  # fmt: skip


def _concerned(connection: Connection, people: Collection[str]) -> Mapping[str, set[str]]:
    """Which of these people each case concerns."""
    found: dict[str, set[str]] = {}
    for table in (case_exclusions, recusals):
        rows = select(table.c.case_id, table.c.person_id).where(table.c.person_id.in_(people))
        for row in connection.execute(rows):
            found.setdefault(row.case_id, set()).add(row.person_id)
    return found


def _releases(connection: Connection) -> Mapping[str, list[Release]]:
    rows = connection.execute(
        select(acts.c.hash, acts.c.subject, act_endings.c.on, act_signatures.c.by)
        .join(act_endings, act_endings.c.hash == acts.c.hash)
        .join(act_signatures, act_signatures.c.hash == acts.c.hash)
        .where(acts.c.act == holding.RELEASE, act_endings.c.n.is_not(None))
        .order_by(acts.c.subject, act_endings.c.n)
    ).all()
    people: dict[str, set[str]] = {}
    for row in rows:
        people.setdefault(row.hash, set()).add(row.by)
    found: dict[str, list[Release]] = {}
    for act_hash, by in people.items():
        row = next(each for each in rows if each.hash == act_hash)
        hold = holding.hold_of(row.subject)
        if hold is not None:
            found.setdefault(hold, []).append(Release(row.on, frozenset(by)))
    return found


def _proven(connection: Connection, proof: Proof) -> list[Kept]:
    """Every hold as its signatures prove it: with what is not proven it keeps more, never less."""
    releases = _proven_releases(connection, proof)
    rows = connection.execute(select(tables.holds).order_by(tables.holds.c.on, tables.holds.c.id))
    found = []
    for row in rows.all():
        terms, by, placed = Terms(row.id, "", "", Scope(), ""), "", row.on
        signed = act_store.find(connection, row.act)
        if signed is not None and signed.act.hash == row.act and proof.roles(signed):
            act = signed.act
            if (act.act, act.subject) == (holding.PLACE, holding.subject(row.id)):
                terms, by = holding.read(act.subject, act.data), signed.signers[0]
                placed = min(row.on, act.on)
        hold = Hold(row.id, terms.scope, placed, tuple(releases.get(row.id, ())))
        found.append(Kept(terms, by, hold))
    return found


def _proven_releases(connection: Connection, proof: Proof) -> Mapping[str, list[Release]]:
    rows = connection.execute(
        select(acts.c.hash, act_endings.c.on)
        .join(act_endings, act_endings.c.hash == acts.c.hash)
        .where(acts.c.act == holding.RELEASE, act_endings.c.n.is_not(None))
        .order_by(acts.c.subject, act_endings.c.n)
    ).all()
    found: dict[str, list[Release]] = {}
    for row in rows:
        signed = act_store.find(connection, row.hash)
        hold = None if signed is None else holding.hold_of(signed.act.subject)
        if signed is None or hold is None or signed.act.act != holding.RELEASE:
            continue
        roles = proof.roles(signed)
        by = frozenset(each for each, role in roles.items() if role in holding.RELEASING)
        found.setdefault(hold, []).append(Release(max(row.on, signed.act.on), by))
    return found
