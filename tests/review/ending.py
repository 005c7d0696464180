"""Cases at the end of their time, and people who dispose of them."""

import datetime
from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert, select, update

from crypto import disposing as formats
from crypto.act import Act
from crypto.certifying import Certificate
from crypto.disposing import Manifest
from deploy.rights import MIGRATOR
from intake import drop as door
from review import certifying, disposal, disposing, legal_holds
from review.acting import Outcome
from review.casework.course import Stage
from review.certifying import Looked
from review.disposal import Done, Stores
from review.store import acts as act_store
from review.store import dispositions
from review.store.casework_schema import courses
from review.store.database import open_book, open_shred, reading, writing
from review.store.generations_schema import recusals
from review.store.retention_schema import kept_as
from review.store.schema import cases
from tests import acts, committee, retention
from tests.browser.installation import Installation
from tests.stores import here

CLOSED = committee.TODAY - datetime.timedelta(days=40)
COOLED = committee.TODAY + datetime.timedelta(days=7)
DAY = datetime.timedelta(days=1)
APPROVERS = ("member-1", "alternate")


def retain(
    installation: Installation, case_id: str, record_class: str = "RC-04",
    on: datetime.date = CLOSED,
) -> None:  # fmt: skip
    """A case as if steps that are tested elsewhere had closed it on a day, and kept it since."""
    with writing(installation.book) as connection:
        kept = update(cases).where(cases.c.id == case_id).values(state=Stage.RETENTION.value)
        connection.execute(kept)
        closed = update(courses).where(courses.c.case_id == case_id).values(closed_on=on)
        connection.execute(closed)
        connection.execute(
            insert(kept_as).values(
                case_id=case_id, n=1, on=on, record_class=record_class, version=0
            )
        )


def propose(
    installation: Installation, *case_ids: str, by: str = "chair",
    today: datetime.date = committee.TODAY,
) -> Manifest:  # fmt: skip
    """Propose cases."""
    with writing(installation.book) as connection:
        return disposing.propose(connection, acts.ROSTER, by, case_ids, today)


def act_for(manifest: Manifest, approves: str | None = None) -> Act:
    """The act by which people approve a manifest, or seem to."""
    approved = approves or manifest.hash
    return acts.make(formats.ACT, subject=formats.subject(manifest.id), manifest=approved)


def approve(installation: Installation, manifest: Manifest, by: str) -> Outcome:
    """Approve a manifest."""
    with writing(installation.book) as connection:
        sent = acts.sent(act_for(manifest), by)
        return disposing.approve(connection, acts.ROSTER, manifest.id, sent, committee.TODAY)


def approved(installation: Installation, *case_ids: str, by: Sequence[str] = APPROVERS) -> Manifest:
    """A disposition that two have approved today."""
    manifest = propose(installation, *case_ids)
    for person in by:
        approve(installation, manifest, person)
    return manifest


def stores_of(installation: Installation, role: str = MIGRATOR) -> Stores:
    """The three databases, opened anew."""
    folder = installation.folder
    return Stores(
        drop=door.open_drop(here().url(folder, "drop", role)),
        book=open_book(here().url(folder, "book", role)),
        shred=open_shred(here().url(folder, "shred", role)),
        root_key=committee.ROOT_KEY,
        demo=True,
    )


def close(stores: Stores) -> None:
    """Let go of the databases."""
    for engine in (stores.drop, stores.book, stores.shred):
        engine.dispose()


def execute(
    installation: Installation, today: datetime.date = COOLED, role: str = MIGRATOR
) -> Done:
    """What the job does on a day."""
    stores = stores_of(installation, role)
    try:
        return disposal.execute(stores, today)
    finally:
        close(stores)


def certify(
    installation: Installation, today: datetime.date = COOLED, role: str = MIGRATOR
) -> Looked:
    """What the job does that looks at the end of dispositions."""
    stores = stores_of(installation, role)
    try:
        return certifying.certify(stores, today)
    finally:
        close(stores)


def certificate_of(installation: Installation, manifest: Manifest) -> Certificate | None:
    """The certificate of a disposition, if there is one."""
    with reading(installation.book) as connection:
        return dispositions.certificate_of(connection, manifest.id)


def recuse(installation: Installation, case_id: str, person: str) -> None:
    """Somebody is out of a case, as if by an act that is tested elsewhere."""
    act = acts.make("recuse", subject=case_id, person=person)
    with writing(installation.book) as connection:
        act_store.add(connection, act)
        act_store.end(connection, act, act_store.DONE, person, committee.TODAY)
        values = {"case_id": case_id, "person_id": person, "generation": 1, "act": act.hash}
        connection.execute(insert(recusals).values(on=committee.TODAY, **values))


def stage_of(installation: Installation, case_id: str) -> str | None:
    """Where a case stands, or None if it is gone."""
    with reading(installation.book) as connection:
        return connection.execute(select(cases.c.state).where(cases.c.id == case_id)).scalar()


def hold(installation: Installation, *case_ids: str, **scope: Any) -> None:
    """Somebody places a legal hold over cases, or over what the scope covers."""
    with writing(installation.book) as connection:
        readers = legal_holds.readers_of(connection, acts.ROSTER, case_ids)
        sealed = retention.reason(*readers)
        sent = acts.sent(retention.hold(sealed, cases=list(case_ids), **scope), "chair")
        legal_holds.place(connection, acts.ROSTER, sent, sealed, committee.TODAY)
