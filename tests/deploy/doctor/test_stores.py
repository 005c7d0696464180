"""What doctor finds in the databases: each check fails where it should, and passes."""

import dataclasses
import datetime
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from sqlalchemy import Connection, delete, insert, update

from crypto import strict
from crypto.certifying import Certificate
from crypto.entry_types import Value
from deploy.doctor.checks import (
    backups,
    clock,
    dispositions,
    jobs,
    keys,
    readers,
    roster,
    schema,
    waiting,
)
from deploy.doctor.checks import rehearsals as tried
from deploy.doctor.here import Here
from intake import drop as door
from intake.schema import deposits, tally
from review import certifying
from review.store import backups as kept
from review.store import dispositions as disposition_store
from review.store import entries
from review.store.database import writing
from review.store.schema import case_readers, people, set_aside
from tests import committee
from tests.browser.installation import Installation
from tests.deploy.doctor.world import of, write, wrong
from tests.review import ending
from tests.review.conftest import installation
from tests.review.ending import COOLED
from tests.review.ledgers import batch

__all__ = ["installation"]
pytestmark = pytest.mark.stores
DAY = datetime.timedelta(days=1)


def test_a_clock_that_nobody_keeps_or_that_went_back_is_found(installation: Installation) -> None:
    here = of(installation)
    assert wrong(clock.look, here) == []
    batch(installation)
    assert wrong(clock.look, here) == []
    assert wrong(clock.look, dataclasses.replace(here, is_synchronised=False))
    back = dataclasses.replace(here, today=here.today - DAY)
    assert "was signed on" in wrong(clock.look, back)[0]


def test_a_database_of_another_version_is_found(installation: Installation) -> None:
    here = of(installation)
    assert wrong(schema.look, here) == []
    for version, word in (("0001", "the programs need"), ("9999", "newer than the programs")):
        with writing(installation.book) as book:
            book.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{version}'")
        (said,) = wrong(schema.look, here)
        assert word in said


def test_a_roster_that_ends_soon_or_differs_is_found(installation: Installation) -> None:
    here = of(installation)
    assert wrong(roster.look, here) == []
    end = installation.roster.expires_on
    soon = dataclasses.replace(here, today=end - 10 * DAY)
    assert wrong(roster.look, soon) == [f"the roster ends on {end}, in 10 days"]
    assert "nobody can write" in wrong(roster.look, dataclasses.replace(here, today=end + DAY))[0]
    following = committee.next_roster(installation.roster)
    with door.writing(installation.drop) as drop:
        door.publish_roster(drop, following, committee.TODAY)
    assert wrong(roster.look, here) == ["drop and book have different rosters"]
    other = dataclasses.replace(
        here, environment={**here.environment, "REVIEW_ROOT_KEY": strict.to_b64(bytes(32))}
    )
    assert "cannot be trusted" in " ".join(wrong(roster.look, other))


def test_cases_with_fewer_than_two_readers_are_counted_and_not_named(
    installation: Installation,
) -> None:
    here = of(installation)
    installation.submitter().submit()
    installation.collect()
    assert wrong(readers.look, here) == []
    with writing(installation.book) as book:
        one = committee.READERS[0][0]
        book.execute(update(people).where(people.c.id != one).values(active=False))
    (said,) = wrong(readers.look, here)
    assert said.startswith("of 1 cases fewer than 2")
    with writing(installation.book) as book:
        case = book.execute(case_readers.select()).first()
        book.execute(delete(case_readers))
    assert case is not None
    assert case.case_id not in " ".join(wrong(readers.look, here))


def test_deposits_that_stay_too_long_are_found(installation: Installation) -> None:
    here = of(installation)
    installation.submitter().submit()
    assert wrong(waiting.look, here) == []
    with door.writing(installation.drop) as drop:
        drop.execute(update(deposits).values(on=here.today - 4 * DAY))
    assert "to be collected" in wrong(waiting.look, here)[0]
    with door.writing(installation.drop) as drop:
        drop.execute(update(deposits).values(collected=True))
    assert "after they were collected" in wrong(waiting.look, here)[0]
    with door.writing(installation.drop) as drop:
        drop.execute(update(deposits).values(on=here.today - 3 * DAY))
    assert wrong(waiting.look, here) == []
    with writing(installation.book) as book:
        book.execute(insert(set_aside).values(deposit_id="0" * 32, on=here.today, reason="odd"))
    assert wrong(waiting.look, here) == ["1 deposits could not be taken in"]


def test_a_backup_that_is_missing_old_or_kept_too_long_is_found(installation: Installation) -> None:
    here = of(installation)
    assert [each.split()[-1] for each in wrong(backups.look, here)] == ["drop", "book", "shred"]
    _back_up(installation, here.today, "0")
    assert wrong(backups.look, here) == []
    later = dataclasses.replace(here, today=here.today + 3 * DAY)
    assert len(wrong(backups.look, later)) == 3
    _back_up(installation, here.today + 11 * DAY, "1")
    over = dataclasses.replace(here, today=here.today + 11 * DAY)
    assert wrong(backups.look, over) == ["3 backups are kept beyond their day"]


def _back_up(installation: Installation, on: datetime.date, name: str) -> None:
    """Note a backup of every store, kept for a week."""
    with writing(installation.book) as book:
        for store in ("drop", "book", "shred"):
            made = kept.Backup(name * 32, store, on, on + 7 * DAY, name * 64, name * 64)
            kept.record(book, made, [])


def test_a_ledger_or_a_tally_that_stands_still_is_found(installation: Installation) -> None:
    here = of(installation)
    assert wrong(jobs.look, here) == ["the ledger was never signed"]
    batch(installation)
    assert wrong(jobs.look, here) == []
    later = dataclasses.replace(here, today=here.today + 3 * DAY)
    assert "signed last" in wrong(jobs.look, later)[0]
    with door.writing(installation.drop) as drop:
        drop.execute(insert(tally).values(value="1" * 64, on=here.today - 3 * DAY))
    assert "is not closed" in wrong(jobs.look, here)[0]


def test_a_line_that_was_not_tried_and_a_ledger_nobody_checked_are_found(
    installation: Installation,
) -> None:
    here = of(installation)
    assert len(wrong(tried.look, here)) == 1
    keyed = {**here.environment, "REVIEW_DRILL_KEY": "set"}
    assert len(wrong(tried.look, dataclasses.replace(here, environment=keyed))) == 2
    drilled: dict[str, Value] = {"sent": "2026-11-21", "answered": None, "marked": None}
    _record(installation, "drill.run", {**drilled, "outcome": "failed"})
    checked: dict[str, Value] = {"report": "a" * 64, "size": 16, "root": "b" * 64, "exceptions": 0}
    _record(installation, "auditor.checked", checked, by="auditor")
    assert wrong(tried.look, here) == ["never yet: the line was tried by a drill"]
    answered: dict[str, Value] = {"answered": "2026-11-21", "marked": "c" * 64}
    _record(installation, "drill.run", {**drilled, **answered, "outcome": "passed"})
    assert wrong(tried.look, here) == []
    late = dataclasses.replace(here, today=here.today + 91 * DAY)
    assert "91 days ago" in wrong(tried.look, late)[0]
    assert len(wrong(tried.look, dataclasses.replace(here, today=here.today + 101 * DAY))) == 2


def _record(
    installation: Installation, type_: str, data: Mapping[str, Value], by: str | None = None
) -> None:
    """Something was done, and the ledger is told."""
    with writing(installation.book) as book:
        entries.record(book, entries.Entry(type=type_, on=committee.TODAY, by=by, data=data))
    batch(installation)


def test_a_key_that_is_missing_old_or_not_the_rosters_is_found(
    installation: Installation, tmp_path: Path
) -> None:
    here = of(installation)
    names = {"statement.key": "INTAKE_STATEMENT", "store.key": "REVIEW_STORE"}
    names |= {"ledger.key": "REVIEW_LEDGER"}
    files = {f"{word}_KEY_FILE": write(tmp_path, name, "x") for name, word in names.items()}
    files["REVIEW_ROUTING_IDENTITY_FILE"] = write(tmp_path, "routing.identity", "x")
    own = strict.to_b64(committee.statement_seed())
    files["INTAKE_STATEMENT_KEY_FILE"].write_text(f"{own}\n")
    settings = {name: str(path) for name, path in files.items()}
    real = datetime.datetime.fromtimestamp(
        files["REVIEW_STORE_KEY_FILE"].stat().st_mtime, datetime.UTC
    )
    here = dataclasses.replace(
        here, environment={**here.environment, **settings}, today=real.date()
    )
    assert wrong(keys.look, here) == []
    old = dataclasses.replace(here, today=here.today + 1100 * DAY)
    assert len(wrong(keys.look, old)) == 4
    files["INTAKE_STATEMENT_KEY_FILE"].write_text(f"{strict.to_b64(bytes(32))}\n")
    assert wrong(keys.look, here) == ["the roster does not list the key with which intake signs"]
    files["INTAKE_STATEMENT_KEY_FILE"].write_text("nothing")
    assert wrong(keys.look, here) == ["statement.key holds no key"]
    files["REVIEW_STORE_KEY_FILE"].unlink()
    assert "is not there" in wrong(keys.look, here)[0]


def two_that_wait(later: datetime.date) -> Callable[[Connection], list[Certificate]]:
    """What the book says, with a certificate beside it whose last backup ends on a later day."""
    real = disposition_store.waiting_for_backups

    def found(book: Connection) -> list[Certificate]:
        (waits,) = real(book)
        apart = [dataclasses.replace(each, ends=later) for each in waits.backups]
        return [waits, dataclasses.replace(waits, backups=tuple(apart))]

    return found


def found_beside(
    monkeypatch: pytest.MonkeyPatch, here: Here, later: datetime.date
) -> Mapping[str, str]:
    """What doctor finds with that other certificate: each sentence, and how it is found."""
    with monkeypatch.context() as patch:
        patch.setattr(disposition_store, "waiting_for_backups", two_that_wait(later))
        return {each.said: each.found for each in dispositions.look(here)}


def test_dispositions_that_stand_still_and_backups_that_outlive_them_are_found(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = of(installation)
    assert wrong(dispositions.look, here) == []
    submitter = installation.submitter()
    submitter.submit()
    installation.collect()
    ending.retain(installation, submitter.case_id)
    ending.approved(installation, submitter.case_id)
    soon = dataclasses.replace(here, today=COOLED + 2 * DAY)
    late = dataclasses.replace(here, today=COOLED + 3 * DAY)
    assert wrong(dispositions.look, soon) == []
    assert wrong(dispositions.look, late) == ["approved and not carried out: 1 dispositions"]
    note = kept.Backup("5eed" * 8, "shred", COOLED, COOLED + 7 * DAY, "a" * 64, "b" * 64)
    with writing(installation.book) as book:
        kept.record(book, note, [])
    ending.execute(installation)
    assert wrong(dispositions.look, soon) == []
    assert wrong(dispositions.look, late) == ["carried out and not certified: 1 dispositions"]
    batch(installation, COOLED)
    assert ending.certify(installation).certified == 1
    assert wrong(dispositions.look, late) == []
    over = dataclasses.replace(here, today=COOLED + 7 * DAY)
    (said,) = wrong(dispositions.look, over)
    assert said.startswith("a backup from before 1 dispositions is there after its day")
    told = found_beside(monkeypatch, over, over.today + DAY)
    assert told[said] == "bad"
    assert [each for each, how in told.items() if how == "good"][0].startswith(
        f"until {over.today + DAY} a backup could bring back"
    )
    with writing(installation.book) as book:
        kept.mark_removed(book, note, over.today)
        assert certifying.tell_ended(book, over.today) == 1
    assert wrong(dispositions.look, over) == []
