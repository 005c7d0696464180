"""What the administrator does with sign-ins, and what they can neither read nor take."""

import re

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from review import people, sign_ins
from review.errors import PersonRefused
from review.people import Enrolment, enrol, standing
from review.roles import READERS, Act, Role, may
from review.store import people as people_store
from review.store.database import reading, writing
from tests import committee
from tests.browser.installation import Installation
from tests.browser.submitter import Submitter
from tests.review import passkeys
from tests.review.desk import NOON, Clock, Desk
from tests.review.passkeys import Key, add, invite, join, signed_in
from tests.review.tables import entries, rows

pytestmark = pytest.mark.stores

FILE_SYSTEM = [HealthCheck.function_scoped_fixture]


@pytest.fixture
def desk(app: Flask, installation: Installation) -> Desk:
    """The administrator's."""
    wanted = Enrolment(person_id="finance", username="finance", role=Role.ADMINISTRATOR)
    with writing(installation.book) as connection:
        enrol(connection, installation.roster, wanted, committee.TODAY)
    return Desk(app, "finance")


def test_a_sign_in_is_attached_invited_and_taken_away(
    app: Flask, desk: Desk, installation: Installation
) -> None:
    with writing(installation.book) as connection:
        connection.exec_driver_sql("DELETE FROM people WHERE id = 'counsel'")
    form = {"person": "counsel", "username": "esther", "role": ""}
    assert desk.post("/sign-ins", form).status_code == 303
    made = desk.post("/sign-ins/counsel/invitation")
    invitation = made.text.split('id="invitation-made">')[1].split("<")[0]
    assert re.fullmatch(r"([A-Z2-7]{4}-){5}[A-Z2-7]{4}", invitation)
    key = Key()
    assert add(signed_in(app, "counsel", join(app, invitation)), key).status_code == 204
    counsel = signed_in(app, "counsel", passkeys.sign_in(app, key))
    assert desk.post("/sign-ins/counsel/end").status_code == 303
    assert counsel.get("/").status_code == 303
    assert desk.post("/sign-ins/counsel/remove").status_code == 303
    assert passkeys.sign_in(app, key).status_code == 401
    assert [row.by for row in entries(installation.book, "person.left")] == ["counsel"]


@pytest.mark.parametrize(
    ("person", "role"),
    [
        ("finance", "chair"),
        ("stranger", "administrator"),
        ("counsel", "administrator"),
        ("finance", "no-role"),
        ("", ""),
        ("chair' --", ""),
    ],
)
def test_no_field_of_the_form_makes_anybody_more_than_the_roster_says(
    desk: Desk, installation: Installation, person: str, role: str
) -> None:
    """Attacks 4 and 12: a changed field that makes a reader, or a second account."""
    before = rows(installation.book, without=["logins"])
    form = {"person": person, "username": "another", "role": role, "identity": "x", "active": "1"}
    assert desk.post("/sign-ins", form).status_code == 409
    assert rows(installation.book, without=["logins"]) == before


def test_no_page_or_export_shows_a_secret_that_was_given_once(
    app: Flask, desk: Desk, installation: Installation
) -> None:
    """Attack 11: an administrator, or a reader of the book, who gets at others' secrets."""
    key = Key()
    chair = Desk(app, "chair")
    add(chair, key)
    invitation = invite(app, "counsel")
    kept = rows(installation.book)
    hashes = {row[4] for row in kept["people"]} | {row[1] for row in kept["invitations"]}
    public = {row[2] for row in kept["passkeys"]}
    pages = [desk.get(path).text for path in ("/", "/sign-ins", "/me/sign-ins")]
    pages += [chair.get("/me/sign-ins").text, Desk(app, "secretary").get("/me/sign-ins").text]
    for secret in {*hashes, *public, invitation, chair.token} - {None}:
        assert not [page for page in pages if secret in page]
    assert invitation not in repr(kept)


def test_the_administrator_sees_nothing_of_any_case(
    app: Flask, desk: Desk, submitter: Submitter
) -> None:
    of_cases = (Act.LIST_CASES, Act.OPEN_CASE, Act.FETCH_IDENTITY, Act.SEE_ROOT)
    assert not [act for act in of_cases if may(Role.ADMINISTRATOR, act)]
    for path in ("/cases", f"/cases/{submitter.case_id}", "/me/identity", "/ledger/root"):
        assert desk.get(path).status_code == 404
    for path in ("/", "/sign-ins", "/me/sign-ins"):
        assert submitter.case_id not in desk.get(path).text


def test_the_last_administrator_stays(desk: Desk) -> None:
    """Attack 4: nobody is left who could attach a sign-in."""
    answer = desk.post("/sign-ins/finance/remove")
    assert answer.status_code == 409
    assert "last administrator" in answer.text
    assert desk.get("/sign-ins").status_code == 200


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["attach", "take away", "roster"]),
        st.sampled_from(["secretary", "auditor", "finance", "member-2", "counsel"]),
        st.sampled_from(["", *Role]),
    ),
    max_size=12,
)


@settings(max_examples=15, deadline=None, suppress_health_check=FILE_SYSTEM)
@given(STEPS)
@pytest.mark.sqlite("the rule is of people.py; the database keeps rows alone")
def test_whatever_is_changed_an_administrator_stays_and_no_account_makes_a_reader(
    installation: Installation, steps: list[tuple[str, str, str]]
) -> None:
    """Attack 4: role changes in any order, until somebody has more than the roster says."""
    with writing(installation.book) as connection:
        for table in ("invitations", "pending_entries", "logins", "people"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
        first = Enrolment(person_id="finance", username="first", role=Role.ADMINISTRATOR)
        enrol(connection, committee.roster(), first, committee.TODAY)
    roster = committee.roster()
    for at, (step, person, role) in enumerate(steps):
        if step == "roster":
            fields = committee.roster_fields()
            readers = [each for each in fields["readers"] if each["id"] != person]  # type: ignore[attr-defined]
            roster = committee.next_roster(committee.roster(), readers=readers)
            continue
        try:
            with writing(installation.book) as connection:
                if step == "attach":
                    given_form = (person, f"name-{at}", role)
                    sign_ins.attach(connection, roster, given_form, committee.TODAY)
                else:
                    sign_ins.take_away(connection, roster, person, committee.TODAY)
        except PersonRefused:
            continue
    with reading(installation.book) as connection:
        found = [(each, standing(each, roster)) for each in people_store.everybody(connection)]
    assert Role.ADMINISTRATOR in {stands for _, stands in found}
    listed = {each.id: each.role for each in roster.readers}
    for each, stands in found:
        assert stands not in READERS or listed[each.id] == stands


def test_whoever_is_not_the_administrator_reaches_none_of_it(app: Flask) -> None:
    for person in ("chair", "secretary", "auditor"):
        desk = Desk(app, person)
        assert desk.get("/sign-ins").status_code == 404
        for path in ("", "/chair/invitation", "/chair/recovery", "/chair/end", "/chair/remove"):
            assert desk.post(f"/sign-ins{path}").status_code == 404


def test_an_invitation_ends_with_the_sign_in(
    app: Flask, installation: Installation, clock: Clock
) -> None:
    invitation = invite(app, "counsel")
    with writing(installation.book) as connection:
        people.remove(connection, installation.roster, "counsel", committee.TODAY)
    assert join(app, invitation).status_code == 401
    with writing(installation.book) as connection, pytest.raises(PersonRefused, match="nobody"):
        sign_ins.invite(connection, installation.roster, "counsel", None, NOON)
