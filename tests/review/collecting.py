"""Collectors for tests, what they made of the databases, and deposits that nobody should make."""

import datetime
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import select

from crypto import case as case_format
from crypto import receipt
from deploy.rights import MIGRATOR
from intake import drop as door
from intake import schema as drop_schema
from intake.notary import Notary
from review import collect
from review.app import create_app
from review.collector import Collected, Collector
from review.settings import Settings, read_store_key
from review.store import cases, envelopes, schema, set_aside
from review.store.database import open_book, open_shred, reading, writing
from review.store.shred import Locksmith
from tests import committee
from tests.browser.installation import Installation
from tests.browser.submitter import File
from tests.review.desk import Desk, sealed_form, wind
from tests.review.tables import rows
from tests.stores import here


def collector_of(
    installation: Installation, folder: Path | None = None, role: str = MIGRATOR, **changes: Any
) -> Collector:
    """The collector of an installation, or of a copy of its databases."""
    where = folder or installation.folder
    made = Collector(
        drop=door.open_drop(here().url(where, "drop", role)),
        book=open_book(here().url(where, "book", role)),
        shred=open_shred(here().url(where, "shred", role)),
        locksmith=Locksmith(
            committee.INSTALLATION, read_store_key(installation.folder / "store-key")
        ),
        routing=committee.identity("routing"),
        root_key=committee.ROOT_KEY,
        demo=True,
    )
    return replace(made, **changes)


def close(collector: Collector) -> None:
    for engine in (collector.drop, collector.book, collector.shred):
        engine.dispose()


def run(collector: Collector) -> Collected:
    return collect.collect(collector, committee.TODAY)


def contents(collector: Collector) -> dict[str, Any]:
    """What the book and the drop say to those who can open a row, without what is random."""
    with reading(collector.book) as book, reading(collector.shred) as shred:
        found: dict[str, Any] = {
            case_id: _case(collector, book, shred, case_id) for case_id in cases.all_case_ids(book)
        }
    kept = rows(collector.book)
    found["outbox"] = sorted((row[2], row[3], row[5]) for row in kept["outbox"])
    found["entries"] = sorted(
        (row[1], row[2].isoformat(), str(row[3]), str(row[4]), str(row[5]), row[7])
        for row in kept["pending_entries"]
    )
    found["set aside"] = sorted(kept["set_aside"])
    found["days"] = kept["tally_days"]
    found["proof posts"] = kept["proof_posts"]
    found["lines"] = _lines(kept["pending_entries"])
    drop = rows(collector.drop, drop_schema.metadata)
    found["collected"] = sorted((row[0], row[-1]) for row in drop["deposits"])
    found["proofs"] = sorted((row[0], row[1]) for row in drop["proofs"])
    found["collected days"] = sorted((row[0], row[-1]) for row in drop["tally_days"])
    found["letters"] = sorted((row[1], row[2], row[3]) for row in drop["letters"])
    return found


def _case(collector: Collector, book: Any, shred: Any, case_id: str) -> dict[str, Any]:
    key = collector.locksmith.key_of(shred, case_id)
    case = cases.case_by_id(book, case_id)
    of_case = envelopes.of_case(book, case_id)
    return {
        "case": case,
        "excluded": cases.excluded_people(book, case_id),
        "readers": sorted(
            book.execute(
                select(schema.case_readers.c.person_id).where(
                    schema.case_readers.c.case_id == case_id
                )
            ).scalars()
        ),
        "grant": envelopes.grant(book, key, case_id, 1),
        "envelopes": [replace(each, id="") for each in of_case],
        "contents": [envelopes.content(book, key, case_id, each.id) for each in of_case],
        "slices": [
            (*place, envelopes.slice_content(book, key, case_id, *place))
            for place in envelopes.slice_places(book, case_id)
        ],
    }


def _lines(entries: list[tuple[Any, ...]]) -> dict[str, list[str]]:
    """The types of each case's entries, in the order of the line that they form."""
    found: dict[str, list[str]] = {}
    after = {(row[3], row[8]): row for row in entries if row[3]}
    for case_id in {row[3] for row in entries if row[3]}:
        row, line = after.get((case_id, None)), []
        while row is not None:
            line.append(row[1])
            row = after.get((case_id, row[0]))
        found[case_id] = line
    return found


def busy(installation: Installation) -> None:
    """Deposits of every kind, some set aside, and letters that wait."""
    first = installation.submitter("first")
    first.submit(files=[File("a.txt", "text/plain", b"a" * 200_000)])
    installation.collect()
    app_desk = console(installation)
    for kind, act in (("reply", "replies"), ("note", "notes"), ("reply", "replies")):
        form = sealed_form(app_desk.app, first, kind)
        assert app_desk.post(f"/cases/{first.case_id}/{act}", form).status_code == 204
    first.follow_up("more", files=[File("b.txt", "text/plain", b"b"), File("c", "", b"")])
    first.follow_up("and more")
    second = installation.submitter("second")
    second.submit(excluded=["member-2"])
    second.follow_up("another word")
    forge(installation, "third", routing=bytes(case_format.routing_size()))


def close_days(installation: Installation) -> None:
    """What intake does on the day after."""
    notary = Notary(committee.statement_seed(), committee.INSTALLATION)
    with door.writing(installation.drop) as connection:
        door.close_days(connection, committee.TODAY + datetime.timedelta(days=1), notary)


def retry(collector: Collector) -> None:
    """What `underrose set-aside retry --all` does."""
    with writing(collector.book) as book:
        set_aside.forget(book, [each.deposit_id for each in set_aside.listed(book)])


def console(installation: Installation) -> Desk:
    app = create_app(Settings.from_environ(installation.environment()), "interactive")
    wind(app)
    return Desk(app, "chair")


def forge(installation: Installation, name: str, **changes: Any) -> str:
    """A deposit that no page of ours would make; its id."""
    submitter = installation.submitter(name)
    submitter.submit()
    box = receipt.mailbox_id(submitter.keys.lookup)
    deposits = drop_schema.deposits
    with door.writing(installation.drop) as connection:
        place = deposits.c.mailbox_id == box
        connection.execute(deposits.update().where(place).values(**changes))
        return str(connection.execute(select(deposits.c.id).where(place)).scalar_one())
