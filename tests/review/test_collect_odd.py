"""What a public host that was taken over writes into the drop stops nothing that is good."""

import datetime

import pytest

from crypto import tally
from intake import drop as door
from intake import schema as drop_schema
from tests import committee
from tests.browser.installation import Installation
from tests.review.collecting import close, close_days, collector_of, forge, run
from tests.review.ledgers import batch
from tests.review.test_collect_ledger import kept_days, pending
from tests.stores import here

pytestmark = pytest.mark.stores
OF_ANOTHER_KIND = pytest.mark.sqlite("a server's columns take no value of another kind")

ODD_ROWS = [
    "nonce = x'00'",
    "commitment = x'00'",
    "envelope = 'text'",
    "envelope = 7",
    "\"grant\" = 'text'",
    "routing = 1e9",
    "case_recipient = x'ff'",
    "\"on\" = 'no day'",
    '"on" = 20261121',
    "n = 2",
    "n = 'two'",
    "slices = 'none'",
    "digest = x'00'",
    "id = x'0102'",
]


@OF_ANOTHER_KIND
@pytest.mark.parametrize("change", ODD_ROWS)
def test_one_odd_row_is_set_aside_and_stops_nothing(
    installation: Installation, change: str
) -> None:
    """Attack: a public host that was taken over, with one row that ends every collection."""
    installation.submitter("bad").submit()
    with door.writing(installation.drop) as connection:
        connection.exec_driver_sql(f"UPDATE deposits SET {change}")  # noqa: S608 - our own words
    installation.submitter("good").submit()
    close_days(installation)
    collector = collector_of(installation)
    done = run(collector)
    assert (done.submissions, done.days, len(done.problems)) == (1, 1, 1)
    assert "is set aside" in done.problems[0]
    batch(installation)
    assert run(collector).proofs == 1
    assert run(collector).problems == []
    close(collector)


@pytest.mark.parametrize("on", ["9999-12-31", "0001-01-01", "2030-01-01", "2026-11-30"])
def test_a_day_that_cannot_be_never_enters_the_book(installation: Installation, on: str) -> None:
    """Attack: a date that no list of the console and no verifier can count from, for ever."""
    forge(installation, "bad", on=datetime.date.fromisoformat(on))
    collector = collector_of(installation)
    assert run(collector).submissions == 0
    (told,) = pending(collector, "set-aside")
    assert (told.data, told.on) == ({"reason": "malformed"}, committee.TODAY)
    close(collector)


ODD_DAYS = ["'2026-11-01', 'text'", "'2026-11-01', 7", "'no day', x'00'", "20261101, x'00'"]


@OF_ANOTHER_KIND
@pytest.mark.parametrize("values", ODD_DAYS)
def test_an_odd_closed_day_stops_nothing(installation: Installation, values: str) -> None:
    """Attack: the same, with a row of the tally."""
    with door.writing(installation.drop) as connection:
        connection.exec_driver_sql(
            f'INSERT INTO tally_days ("on", document, collected) VALUES ({values}, 0)'  # noqa: S608
        )
    installation.submitter("good").submit()
    collector = collector_of(installation)
    done = run(collector)
    assert (done.submissions, len(done.problems)) == (1, 1)
    close(collector)


@pytest.mark.parametrize("days", [-1, 400])
def test_a_tally_that_intake_did_not_sign_never_takes_the_place_of_a_day(
    installation: Installation, days: int
) -> None:
    """Attack: whoever writes to the drop first would have the day in the book for ever."""
    on = committee.TODAY + datetime.timedelta(days=days)
    close_days(installation)
    forged = tally.close(committee.INSTALLATION, on, [], b"k" * 32, b"another's key".ljust(32))
    elsewhere = tally.close("ee" * 16, on, [], b"k" * 32, committee.statement_seed())
    early = tally.close(committee.INSTALLATION, on, [], b"k" * 32, committee.statement_seed())
    table = drop_schema.tally_days
    collector = collector_of(installation)
    for document in (forged, elsewhere) if days < 0 else (forged, elsewhere, early):
        with here().unguarded(installation.url("drop")) as execute:
            execute('DELETE FROM tally_days WHERE "on" = ?', (on.isoformat(),))
        with door.writing(installation.drop) as connection:
            values = {"on": on, "document": document, "collected": False}
            connection.execute(table.insert().values(**values))
        assert f"the tally of {on} is not one that intake makes" in run(collector).problems
        assert on not in [day for day, _ in kept_days(collector)]
    close(collector)
