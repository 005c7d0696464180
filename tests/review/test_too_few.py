"""Cases that fewer than two can open are told to those who read them, and to nobody else."""

from typing import Any

import pytest
from flask import Flask

from crypto.roster import Roster
from review.holders import holding
from review.needing import needing
from review.store import cases, rosters
from review.store.database import reading, writing
from review.too_few import too_few
from tests import committee
from tests.browser.installation import Installation
from tests.browser.submitter import Submitter
from tests.review.changing import Table, investigator
from tests.review.desk import Desk

pytestmark = pytest.mark.stores
SAID = "Fewer than two people can open this case"


@pytest.fixture
def table(app: Flask, submitter: Submitter) -> Table:
    return Table(app, submitter)


def without(*people: str, before: Roster) -> Roster:
    """The next roster, on which these read no more."""
    fields: dict[str, Any] = dict(committee.roster_fields())
    readers = [each for each in fields["readers"] if each["id"] not in people]
    return committee.next_roster(before, readers=readers)


def publish(installation: Installation, table: Table, *people: str) -> None:
    """These leave the roster."""
    table.roster = without(*people, before=table.roster)
    with writing(installation.book) as connection:
        rosters.publish_roster(connection, table.roster)


def found(installation: Installation, table: Table, person: str) -> tuple[str, ...]:
    """What is found for all cases at once, which is what is found for the case alone."""
    with reading(installation.book) as connection:
        case = cases.case_by_id(connection, table.id)
        assert case is not None
        few = too_few(connection, table.roster, person)
        held = holding(connection, case, table.roster)
        if person in held.shown:
            assert (table.id in few) is held.has_too_few
        return few


def test_a_case_that_one_can_open_is_named_to_those_who_read_it(
    table: Table, installation: Installation
) -> None:
    table.recuse("member-2")
    table.recuse("member-1")
    assert found(installation, table, "chair") == ()
    table.recuse("alternate")
    assert found(installation, table, "chair") == (table.id,)
    for page in ("/", "/people"):
        told = Desk(table.app, "chair").get(page).text
        assert SAID in told
        assert f"/cases/{table.id}#readers" in told


def test_nobody_else_learns_of_a_case_that_few_can_open(
    table: Table, installation: Installation
) -> None:
    """Attack: whoever is out of a case looks at the pages of people and keys for what is new."""
    pages = ("/", "/people")
    secretary = Desk(table.app, "secretary")
    before = {page: secretary.get(page).data for page in pages}
    for person in ("member-2", "member-1", "alternate"):
        table.recuse(person)
        assert found(installation, table, person) == ()
    for person in ("member-1", "member-2", "alternate"):
        told = "".join(Desk(table.app, person).get(page).text for page in pages)
        assert SAID not in told
        assert table.id not in told
    assert {page: secretary.get(page).data for page in pages} == before


def test_leavers_count_and_so_does_who_was_granted_a_later_key(
    table: Table, installation: Installation
) -> None:
    table.recuse("member-1")
    table.rekey(("alternate", "chair", "member-2"), ("chair", "member-2"))
    assert found(installation, table, "chair") == ()
    publish(installation, table, "member-2")
    assert found(installation, table, "chair") == ()
    table.recuse("alternate")
    assert found(installation, table, "chair") == (table.id,)
    table.rekey(("chair", "counsel"), ("chair", "counsel"), generation=3)
    assert found(installation, table, "chair") == ()


def test_cases_that_one_can_sign_for_come_first_and_say_so(
    table: Table, installation: Installation
) -> None:
    table.recuse("member-2")
    publish(installation, table, "member-2")
    act, files = table.new_key(("alternate", "chair", "member-1"))
    assert table.send("keys", act, "chair", files).status_code == 202
    with reading(installation.book) as connection:
        own = needing(connection, table.roster, "chair")
        other = needing(connection, table.roster, "member-1")
    assert [(each.waits, each.signed) for each in own.cases] == [(True, True)]
    assert (own.signable, other.signable) == ((), (table.id,))
    assert "you have signed" in Desk(table.app, "chair").get("/").text
    assert f'data-cases="{table.id}"' in Desk(table.app, "member-1").get("/").text


def test_a_share_that_waits_is_not_called_a_key(table: Table, installation: Installation) -> None:
    investigator(installation.book)
    act, files = table.shared_with("finance")
    assert table.send("shares", act, "chair", files).status_code == 202
    with reading(installation.book) as connection:
        assert needing(connection, table.roster, "member-1").cases == ()
