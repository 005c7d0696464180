"""A quarter's numbers are told once, by a job, when the quarter is over and settled."""

import hashlib
from datetime import date

import pytest
from click.testing import CliRunner
from sqlalchemy import update

from review.casework import told
from review.publishing import publish
from review.statistics_jobs import statistics_group
from review.store import told_quarters
from review.store.database import reading, writing
from review.store.schema import cases
from review.store.told_quarters import Kept
from tests.browser.installation import Installation
from tests.review.tables import entries

pytestmark = pytest.mark.stores
BEGUN = date(2026, 7, 1)
IN_Q3 = date(2026, 8, 3)


def quarters(installation: Installation) -> list[Kept]:
    with reading(installation.book) as connection:
        return told_quarters.listed(connection)


def publish_on(installation: Installation, day: date) -> tuple[str, ...]:
    with writing(installation.book) as connection:
        return publish(connection, BEGUN, day, None)


def cases_in_q3(installation: Installation, count: int, *excluded: str) -> None:
    """So many cases more, all of which came in the third quarter."""
    for n in range(count):
        name = f"submitter {n} {excluded}"
        installation.submitter(name).submit(excluded=list(excluded))
    installation.collect()
    with writing(installation.book) as connection:
        connection.execute(update(cases).values(on=IN_Q3))


def test_a_quarter_is_told_two_weeks_after_its_end_and_never_again(
    installation: Installation,
) -> None:
    """Attack: having numbers told anew after each case, and subtracting."""
    cases_in_q3(installation, 4)
    assert publish_on(installation, date(2026, 10, 14)) == ()
    assert publish_on(installation, date(2026, 10, 15)) == ("2026-Q3",)
    (kept,) = quarters(installation)
    assert told.read(kept.document)[0].by_category.total == 4
    cases_in_q3(installation, 3)
    assert publish_on(installation, date(2026, 12, 31)) == ()
    assert quarters(installation) == [kept]
    assert publish_on(installation, date(2027, 5, 1)) == ("2026-Q4", "2027-Q1")
    assert quarters(installation)[-1] == kept


def test_what_is_told_is_in_the_ledger_by_its_hash(installation: Installation) -> None:
    publish_on(installation, date(2026, 10, 15))
    (kept,) = quarters(installation)
    assert kept.digest == hashlib.sha256(kept.document.encode()).hexdigest()
    (entry,) = entries(installation.book, "statistics.published")
    assert entry.data == f'{{"document":"{kept.digest}","quarter":"2026-Q3"}}'


def test_a_case_that_somebody_may_not_know_of_changes_no_letter(installation: Installation) -> None:
    """Attack: two worlds, with and without the case, read by the person it excludes."""
    cases_in_q3(installation, 3)
    with writing(installation.book) as connection:
        publish(connection, BEGUN, date(2026, 10, 15), None)
        known = told_quarters.listed(connection)[0].document
        connection.rollback()
    assert quarters(installation) == []
    cases_in_q3(installation, 5, "member-2")
    publish_on(installation, date(2026, 10, 15))
    assert quarters(installation)[0].document == known


def test_what_was_told_is_kept_whatever_becomes_of_the_row(installation: Installation) -> None:
    publish_on(installation, date(2026, 10, 15))
    for statement in (
        "UPDATE told_quarters SET document = '{}'",
        "DELETE FROM told_quarters",
    ):
        with pytest.raises(Exception, match="told_quarters"), installation.book.begin() as raw:
            raw.exec_driver_sql(statement)


def test_the_job_says_which_quarters_it_told_and_is_idempotent(installation: Installation) -> None:
    run = CliRunner(env={**installation.environment(), "REVIEW_TODAY": "2026-11-21"})
    assert run.invoke(statistics_group, ["publish"]).output == (
        "told: 2026-Q1\ntold: 2026-Q2\ntold: 2026-Q3\n"
    )
    assert run.invoke(statistics_group, ["publish"]).output == ""


def test_the_year_s_volume_goes_with_its_fourth_quarter(installation: Installation) -> None:
    cases_in_q3(installation, 10)
    with writing(installation.book) as connection:
        publish(connection, BEGUN, date(2027, 1, 15), 637)
    volumes = {kept.quarter: told.read(kept.document)[1] for kept in quarters(installation)}
    assert volumes == {"2026-Q3": None, "2026-Q4": (1, 57)}
