"""Logins in the book: found by their token while they last."""

import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from review.roles import Role
from review.store import logins, people
from review.store.database import reading, writing
from review.store.people import Person
from tests.browser.installation import Installation
from tests.review.tables import rows

pytestmark = pytest.mark.stores

NOW = datetime.datetime(2026, 11, 21, 12, 0, tzinfo=datetime.UTC)
MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture
def book(tmp_path: Path) -> Engine:
    """A book with everybody enrolled."""
    return Installation(tmp_path).book


def start(book: Engine, person: str = "chair", now: datetime.datetime = NOW) -> str:
    with writing(book) as connection:
        return logins.start(connection, person, now)


def found(book: Engine, token: str, now: datetime.datetime = NOW) -> str | None:
    with reading(book) as connection:
        login = logins.find(connection, token, now)
    return None if login is None else login.person_id


def test_a_login_is_found_by_its_token_alone(book: Engine) -> None:
    token = start(book)
    assert found(book, token) == "chair"
    assert found(book, token[:-1] + ("0" if token[-1] != "0" else "1")) is None
    assert found(book, rows(book)["logins"][0][0]) is None


def test_tokens_and_form_tokens_do_not_repeat(book: Engine) -> None:
    tokens = {start(book) for _ in range(5)}
    assert len(tokens) == 5
    assert len({row[2] for row in rows(book)["logins"]}) == 5


@pytest.mark.parametrize(("minutes", "there"), [(14, True), (15, False), (60, False), (-2, False)])
def test_a_login_lasts_fifteen_idle_minutes(book: Engine, minutes: int, there: bool) -> None:
    token = start(book)
    assert (found(book, token, NOW + minutes * MINUTE) is not None) is there


def test_using_a_login_moves_its_idle_clock_and_not_its_end(book: Engine) -> None:
    token, now = start(book), NOW
    for _ in range(47):
        now += 10 * MINUTE
        with writing(book) as connection:
            login = logins.find(connection, token, now)
            assert login is not None
            assert logins.is_due(login, now)
            logins.seen(connection, login, now)
    assert found(book, token, now + 10 * MINUTE) is None


def test_the_idle_clock_is_not_written_within_a_minute(book: Engine) -> None:
    token = start(book)
    with reading(book) as connection:
        login = logins.find(connection, token, NOW)
    assert login is not None
    assert not logins.is_due(login, NOW + 59 * MINUTE / 60)
    assert logins.is_due(login, NOW + MINUTE)


def test_ending_a_login_ends_that_one_and_ending_all_ends_a_person_s(book: Engine) -> None:
    first, second, other = start(book), start(book), start(book, "member-1")
    with writing(book) as connection:
        logins.end(connection, first)
        logins.end(connection, "ab" * 32)
    assert [found(book, token) for token in (first, second, other)] == [None, "chair", "member-1"]
    with writing(book) as connection:
        logins.end_all(connection, "chair")
    assert [found(book, token) for token in (second, other)] == [None, "member-1"]


def test_nothing_secret_is_in_the_repr_of_a_login_or_a_person(book: Engine) -> None:
    token = start(book)
    with reading(book) as connection:
        login = logins.find(connection, token, NOW)
        person = people.by_username(connection, "chair")
    assert login is not None
    assert person is not None
    assert person == Person(
        id="chair",
        role=Role.CHAIR,
        name="Ada Winter",
        username="chair",
        password_hash=person.password_hash,
        has_identity=True,
        active=True,
    )
    assert login.csrf not in repr(login)
    assert "$argon2id$" not in repr(person)
