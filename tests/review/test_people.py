"""Who gets an account, and when an account stops counting."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine

from crypto import age
from crypto.passwords import hash_password
from review import people
from review.errors import PersonRefused, WrongSignIn
from review.people import Enrolment
from review.roles import READERS, Role
from review.store import people as store
from review.store.database import reading, writing
from review.store.people import Person
from tests import committee
from tests.browser.installation import Installation, identity_file
from tests.review.tables import entries, rows

pytestmark = pytest.mark.stores

ROSTER = committee.roster()


@pytest.fixture
def book(tmp_path: Path) -> Engine:
    """A book in which nobody is enrolled."""
    made = Installation(tmp_path).book
    with writing(made) as connection:
        for table in ("pending_entries", "people"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
    return made


def enrol(book: Engine, person_id: str, username: str = "name", **given: object) -> Person:
    wanted = Enrolment(person_id=person_id, username=username, **given)  # type: ignore[arg-type]
    with writing(book) as connection:
        return people.enrol(connection, ROSTER, wanted, committee.TODAY)


@pytest.mark.parametrize(
    ("person", "role"),
    [
        ("chair", Role.CHAIR),
        ("member-2", Role.MEMBER),
        ("alternate", Role.ALTERNATE),
        ("counsel", Role.COUNSEL),
        ("secretary", Role.SECRETARY),
        ("auditor", Role.RETENTION_AUDITOR),
    ],
)
def test_role_and_name_come_from_the_roster(book: Engine, person: str, role: Role) -> None:
    made = enrol(book, person)
    assert made.role is role
    names = {each.name for each in ROSTER.readers} | {each.name for each in ROSTER.listed}
    assert made.name in names
    assert [row.by for row in entries(book, "person.enrolled")] == [person]


def test_a_listed_person_gets_the_role_that_the_operator_names(book: Engine) -> None:
    assert enrol(book, "finance", role=Role.ADMINISTRATOR).role is Role.ADMINISTRATOR


@pytest.mark.parametrize(
    ("person", "given"),
    [
        ("stranger", {}),
        ("stranger", {"role": Role.ADMINISTRATOR}),
        ("finance", {}),
        *[("finance", {"role": role}) for role in sorted(READERS)],
        ("secretary", {"role": Role.CHAIR}),
        ("chair", {"role": Role.ADMINISTRATOR}),
        ("member-1", {"role": Role.CHAIR}),
        ("chair", {"username": "Chair"}),
        ("chair", {"username": ""}),
        ("chair", {"username": "a b"}),
        ("chair", {"username": "x" * 65}),
        ("chair", {"identity": b"AGE-SECRET-KEY-PQ-1X"}),
        ("chair", {"identity": age.seal(b"x", [committee.recipient("chair")])}),
        ("auditor", {"identity": identity_file("chair")}),
    ],
)
def test_nobody_becomes_what_the_roster_does_not_say(
    book: Engine, person: str, given: dict[str, object]
) -> None:
    """Attack: an administrator who makes a reader, or an account that nobody could exclude."""
    with pytest.raises(PersonRefused):
        enrol(book, person, **given)  # type: ignore[arg-type]
    assert rows(book)["people"] == []
    assert entries(book, "person.enrolled") == []


def test_one_account_to_a_person_and_one_person_to_a_name(book: Engine) -> None:
    enrol(book, "chair", "first")
    for person, username in (("chair", "second"), ("member-1", "first")):
        with pytest.raises(PersonRefused):
            enrol(book, person, username)


def test_an_identity_stays_sealed_with_its_passphrase(book: Engine) -> None:
    enrol(book, "chair", identity=identity_file("chair"))
    with reading(book) as connection:
        assert store.identity_file(connection, "chair") is not None
    kept = repr(rows(book)["people"])
    assert committee.identity("chair").text not in kept


def test_a_name_that_nobody_has_is_said_to_the_operator(book: Engine) -> None:
    with writing(book) as connection, pytest.raises(PersonRefused, match="nobody"):
        people.change_password(connection, "none", "x")
    with writing(book) as connection, pytest.raises(PersonRefused, match="nobody"):
        people.remove(connection, ROSTER, "none", committee.TODAY)


def person(person_id: str, role: Role, *, active: bool = True) -> Person:
    return Person(
        id=person_id,
        role=role,
        name="N",
        username="n",
        password_hash=None,
        has_identity=False,
        active=active,
    )


def test_standing_is_the_roster_s_word_of_today() -> None:
    """Attack: keeping the rights of a role that one no longer has."""
    fields = committee.roster_fields()
    readers = [dict(each) for each in fields["readers"]]  # type: ignore[attr-defined]
    readers[0]["role"], readers[1]["role"] = "member", "chair"
    later = committee.next_roster(ROSTER, readers=readers[:3], listed=[])
    expected = {
        ("chair", Role.CHAIR): (Role.CHAIR, Role.MEMBER),
        ("member-1", Role.MEMBER): (Role.MEMBER, Role.CHAIR),
        ("counsel", Role.COUNSEL): (Role.COUNSEL, None),
        ("secretary", Role.SECRETARY): (Role.SECRETARY, None),
        ("finance", Role.CHAIR): (None, None),
        ("nobody", Role.ADMINISTRATOR): (None, None),
    }
    for (person_id, role), (now, then) in expected.items():
        someone = person(person_id, role)
        assert people.standing(someone, ROSTER) is now
        assert people.standing(someone, later) is then
        assert people.standing(replace(someone, active=False), ROSTER) is None


def test_a_password_is_checked_against_the_person_s_own_hash() -> None:
    mine, other = (hash_password(text, "interactive") for text in ("mine", "other"))
    someone = replace(person("chair", Role.CHAIR), password_hash=mine)
    assert people.check_sign_in(someone, "mine", other) == someone
    refused = [
        (someone, "other"),
        (None, "other"),
        (replace(someone, password_hash=None), "other"),
        (replace(someone, active=False), "mine"),
        (someone, ""),
    ]
    for who, password in refused:
        with pytest.raises(WrongSignIn):
            people.check_sign_in(who, password, other)
