"""Showing again that it is oneself: what wants it, for how long, and that nothing is lost by it."""

import pytest
from flask import Flask
from sqlalchemy import Engine, update
from werkzeug.test import TestResponse

from review.roles import READERS, STEP_UP, Act, Role
from review.store.database import writing
from review.store.schema import people
from review.web.guard import access_of
from tests.browser.installation import PASSWORD, Installation
from tests.review.desk import SAME_ORIGIN, Clock, Desk
from tests.review.tables import rows
from tests.review.web.test_guard import filled, routes

pytestmark = pytest.mark.stores

SCRIPT = {**SAME_ORIGIN, "Sec-Fetch-Mode": "cors"}


@pytest.fixture
def administrator(installation: Installation) -> None:
    """Somebody for the routes of sign-ins."""
    with writing(installation.book) as connection:
        connection.exec_driver_sql(
            "INSERT INTO people (id, role, name, username, password_hash, active) "
            "SELECT 'finance', 'administrator', 'Henry Stone', 'finance', password_hash, active "
            "FROM people WHERE id = 'chair'"
        )


@pytest.mark.usefixtures("administrator")
def test_every_route_of_such_an_act_asks_first_and_changes_nothing(
    app: Flask, installation: Installation, clock: Clock
) -> None:
    """Attack: a screen left alone for six minutes, and whoever passes by."""
    wanted = {rule for _, rule, access in routes(app) if access in STEP_UP}
    asked = ask_all(Desk(app, "chair"), clock, installation.book)
    for role in sorted(set(Role) - READERS):
        be(installation, role)
        asked |= ask_all(Desk(app, "finance"), clock, installation.book)
    assert asked == wanted


def be(installation: Installation, role: Role) -> None:
    with writing(installation.book) as connection:
        changed = update(people).where(people.c.id == "finance").values(role=role.value)
        connection.execute(changed)


def ask_all(desk: Desk, clock: Clock, book: Engine) -> set[str]:
    """The routes that want to know who is there; nothing changes by asking."""
    clock.forward(minutes=5)
    asked = set()
    before = rows(book, without=["logins"])
    for method, rule, access in routes(desk.app):
        if access not in STEP_UP:
            continue
        path = filled(rule, "ab" * 32)
        if method == "GET":
            answer = desk.get(path, Sec_Fetch_Mode="cors")
        else:
            answer = desk.post(path, headers=SCRIPT)
        if answer.status_code != 404:
            assert (answer.status_code, answer.json) == (403, {"reason": "step-up"}), rule
            asked.add(rule)
    assert rows(book, without=["logins"]) == before
    return asked


def test_five_minutes_and_no_longer(app: Flask, clock: Clock) -> None:
    desk = Desk(app, "chair")
    clock.forward(minutes=4, seconds=59)
    assert desk.get("/me/confirmed").status_code == 204
    clock.forward(seconds=1)
    assert desk.get("/me/confirmed").status_code == 403


def test_seeing_pages_does_not_count_as_showing_who_is_there(app: Flask, clock: Clock) -> None:
    desk = Desk(app, "chair")
    for _ in range(6):
        clock.forward(minutes=1)
        assert desk.get("/").status_code == 200
    assert desk.get("/me/confirmed").status_code == 403


def rename(desk: Desk, **more: str) -> TestResponse:
    form = {"password": "a longer password", "again": "a longer password", **more}
    return desk.post("/me/password", form)


def test_without_scripts_the_form_comes_back_whole_and_goes_on_with_the_password(
    app: Flask, clock: Clock
) -> None:
    desk = Desk(app, "chair")
    clock.forward(minutes=6)
    page = rename(desk, note='a "word" <b>')
    assert page.status_code == 403
    assert 'action="/me/password"' in page.text
    assert 'name="again" value="a longer password"' in page.text
    assert "a &#34;word&#34; &lt;b&gt;" in page.text
    wrong = rename(desk, confirm_password="not it at all")
    assert (wrong.status_code, "That was not right" in wrong.text) == (403, True)
    assert "not it at all" not in wrong.text
    assert rename(desk, confirm_password=PASSWORD).status_code == 303
    assert desk.get("/me/confirmed").status_code == 204


def test_a_form_from_elsewhere_is_refused_before_anybody_is_asked(app: Flask, clock: Clock) -> None:
    desk = Desk(app, "chair")
    clock.forward(minutes=6)
    desk.csrf = "x" * 64
    assert "did not come from this page" in rename(desk, confirm_password=PASSWORD).text


def test_what_the_role_may_not_do_is_not_asked_about(app: Flask, clock: Clock) -> None:
    """Attack: telling from the question which addresses there are."""
    desk = Desk(app, "chair")
    clock.forward(minutes=6)
    answers = [desk.post("/sign-ins", headers=SCRIPT), desk.post("/none", headers=SCRIPT)]
    assert {each.status_code for each in answers} == {404}
    assert answers[0].data == answers[1].data


def test_confirming_is_open_to_everybody_and_wants_no_confirming(app: Flask) -> None:
    for rule, view in app.view_functions.items():
        if rule.startswith("confirming.confirm") and rule != "confirming.confirmed":
            assert access_of(view) is Act.CONFIRM
    assert Act.CONFIRM not in STEP_UP


def test_a_wrong_password_confirms_nothing(app: Flask, clock: Clock) -> None:
    desk = Desk(app, "chair")
    clock.forward(minutes=6)
    for form in ({}, {"confirm_password": "wrong"}, {"credential": "{}"}):
        answer = desk.post("/me/confirm", form, SCRIPT)
        assert (answer.status_code, answer.json) == (403, {"reason": "not-you"})
    assert desk.get("/me/confirmed").status_code == 403
    assert desk.post("/me/confirm", {"confirm_password": PASSWORD}, SCRIPT).status_code == 204
    assert desk.get("/me/confirmed").status_code == 204
