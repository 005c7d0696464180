"""What waits for the ledger: in line, with its nonce, and only what the ledger can say."""

import datetime
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine

from crypto.entry import subject
from crypto.errors import MalformedEntry
from review.store import entries
from review.store.database import open_book, reading, writing
from review.store.entries import Entry
from tests.stores import here

pytestmark = pytest.mark.stores

DAY = datetime.date(2026, 11, 21)
CASE = "aa" * 32
OTHER = "bb" * 32
MOVED = {"step": "triage", "from": "ACKNOWLEDGED", "to": "TRIAGED", "act": "ac" * 32}


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Engine]:
    engine = open_book(here().make(tmp_path, "book"))
    yield engine
    engine.dispose()


def moved(case_id: str, person: str) -> Entry:
    return Entry(type="case.moved", on=DAY, case_id=case_id, by=person, data=MOVED)


def test_entries_of_a_case_follow_each_other_and_others_stand_alone(book: Engine) -> None:
    with writing(book) as connection:
        for number in range(4):
            entries.record(connection, moved(CASE, f"person-{number}"))
            entries.record(connection, moved(OTHER, "chair"))
            entries.record(connection, Entry(type="cover", on=DAY))
        found = entries.pending(connection)
        of_case = entries.of_case(connection, CASE)
    assert [each.by for each in of_case] == [f"person-{number}" for number in range(4)]
    assert [each for each in found if each.case_id == CASE] == of_case
    assert [each.previous for each in of_case] == [None, *(each.id for each in of_case[:-1])]
    assert {each.previous for each in found if each.case_id is None} == {None}
    assert len(found) == 12


def test_every_entry_has_a_nonce_and_a_promised_one_is_kept(book: Engine) -> None:
    with writing(book) as connection:
        entries.record(connection, moved(CASE, "chair"))
        entries.record(connection, moved(CASE, "chair"))
        promised = Entry(type="deposit.set-aside", on=DAY, digest=OTHER, data={"reason": "order"},
                         nonce=bytes(range(32)))  # fmt: skip
        entries.record(connection, promised)
        found = entries.pending(connection)
    assert len({each.nonce for each in found}) == 3
    (kept,) = [each for each in found if each.case_id is None]
    assert kept.nonce == promised.nonce
    for each in found:
        leaf = each.leaf(each.nonce, None)
        assert leaf.subject == (None if each.case_id is None else subject(CASE, each.nonce))


BAD = {
    "a type that nobody knows": Entry(type="case.vanished", on=DAY, case_id=CASE, by="chair"),
    "a word that somebody wrote": Entry(
        type="case.moved", on=DAY, case_id=CASE, by="chair", data={"from": "OPENED", "to": "a b"}
    ),
    "a field too many": Entry(type="cover", on=DAY, by="chair"),
    "a field too few": Entry(type="case.read", on=DAY, case_id=CASE),
    "no case": Entry(type="case.read", on=DAY, by="chair"),
    "other data": Entry(type="login.started", on=DAY, by="chair", data={"by": "password"}),
}


@pytest.mark.parametrize("entry", BAD.values(), ids=BAD.keys())
def test_what_the_ledger_could_not_say_is_refused_in_its_own_transaction(
    book: Engine, entry: Entry
) -> None:
    """Attack: an act that stops every batch, because its entry cannot be spelled."""
    with pytest.raises(MalformedEntry), writing(book) as connection:
        _act(connection, entry)
    with reading(book) as connection:
        assert entries.is_empty(connection)


def _act(connection: Connection, entry: Entry) -> None:
    entries.record(connection, moved(CASE, "chair"))
    entries.record(connection, entry)
