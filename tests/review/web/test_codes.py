"""Passwords with one-time codes, where an installation allows them."""

import base64
import re

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from review import one_time
from review.app import create_app
from review.settings import Settings
from review.store import codes
from tests.browser.installation import PASSWORD, Installation
from tests.review.desk import SAME_ORIGIN, Clock, Desk, parts_of, wind
from tests.review.passkeys import invite, join, signed_in
from tests.review.tables import rows

pytestmark = pytest.mark.stores


@pytest.fixture
def app(installation: Installation) -> Flask:
    """A console at which a password counts together with a code, and not alone."""
    environ = {**installation.environment(), "REVIEW_ALLOW_CODE": "1", "REVIEW_ALLOW_PASSWORD": "0"}
    made = create_app(Settings.from_environ(environ), "interactive")
    wind(made)
    return made


def set_up(desk: Desk) -> bytes:
    """Set one-time codes up, and give what they are made from."""
    page = desk.post("/me/code")
    (address,) = re.findall(r"secret=([A-Z2-7]+)", page.text)
    assert address not in desk.get("/me/sign-ins").text
    secret = base64.b32decode(address)
    code = one_time.code_at(secret, counter(desk.app))
    assert desk.post("/me/code/confirm", {"code": code}).status_code == 303
    return secret


def counter(app: Flask) -> int:
    return int(parts_of(app).now().timestamp()) // one_time.STEP_SECONDS


def enter(app: Flask, code: str, password: str = PASSWORD, username: str = "chair") -> TestResponse:
    form = {"username": username, "password": password, "code": code}
    return Desk(app).client.post("/sign-in", data=form, headers=SAME_ORIGIN)


def test_a_password_and_a_code_let_in_and_neither_alone(app: Flask, clock: Clock) -> None:
    assert enter(app, "").status_code == 401
    secret = set_up(Desk(app, "chair"))
    clock.forward(seconds=30)
    code = one_time.code_at(secret, counter(app))
    refused = [
        enter(app, ""),
        enter(app, "000000" if code != "000000" else "000001"),
        enter(app, code, password="not the password"),
        enter(app, code, username="nobody"),
        enter(app, code, username="member-1"),
    ]
    assert {(each.status_code, each.data) for each in refused} == {(401, refused[0].data)}
    assert enter(app, code).status_code == 303


def test_a_code_is_good_once(app: Flask, clock: Clock) -> None:
    """Attack 14: a code looked at over a shoulder."""
    secret = set_up(Desk(app, "chair"))
    assert enter(app, one_time.code_at(secret, counter(app))).status_code == 401
    clock.forward(seconds=30)
    code = one_time.code_at(secret, counter(app))
    assert enter(app, code).status_code == 303
    assert enter(app, code).status_code == 401
    assert enter(app, one_time.code_at(secret, counter(app) - 1)).status_code == 401


def test_guessing_codes_stops_for_the_day_and_only_for_who_has_the_password(
    app: Flask, clock: Clock
) -> None:
    secret = set_up(Desk(app, "chair"))
    clock.forward(seconds=30)
    code = one_time.code_at(secret, counter(app))
    for _ in range(codes.MOST_WRONG + 1):
        assert enter(app, code, password="a stranger's guess").status_code == 401
    assert enter(app, code).status_code == 303
    clock.forward(seconds=30)
    good = one_time.code_at(secret, counter(app))
    wrong = "000000" if good != "000000" else "000001"
    for _ in range(codes.MOST_WRONG):
        assert enter(app, wrong).status_code == 401
    assert enter(app, good).status_code == 401


def test_what_makes_the_codes_is_told_once_and_kept_sealed(
    app: Flask, installation: Installation
) -> None:
    """Attack 11: a reader of the book, or of a page, who makes somebody's codes."""
    desk = Desk(app, "chair")
    secret = set_up(desk)
    page = desk.get("/me/sign-ins").text
    assert one_time.spelled(secret) not in page
    ((_, sealed, *_),) = rows(installation.book)["codes"]
    assert secret not in sealed
    assert desk.post("/me/code").status_code == 409


def test_setting_codes_up_ends_all_other_logins(app: Flask) -> None:
    """Attack 25."""
    mine, other = Desk(app, "chair"), Desk(app, "chair")
    set_up(mine)
    assert (mine.get("/").status_code, other.get("/").status_code) == (200, 303)
    other = Desk(app, "chair")
    form = {"password": "another password", "again": "another password"}
    assert mine.post("/me/password", form).status_code == 303
    assert other.get("/").status_code == 303


@pytest.mark.parametrize(
    ("first", "second"),
    [("short", "short"), ("a long password", "another one"), ("x" * 300, "x" * 300)],
)
def test_a_password_that_is_short_or_was_mistyped_is_not_taken(
    app: Flask, first: str, second: str
) -> None:
    desk = Desk(app, "chair")
    assert desk.post("/me/password", {"password": first, "again": second}).status_code == 409


def test_a_password_that_would_be_tried_first_is_not_taken(app: Flask) -> None:
    desk = Desk(app, "chair")
    for password in ("Password2026!", "chair-committee-1"):
        answer = desk.post("/me/password", {"password": password, "again": password})
        assert answer.status_code == 409
        assert "Somebody would try that" in answer.text
    assert Desk(app, "chair").get("/").status_code == 200


def test_an_invitation_can_lead_to_a_password_with_codes(app: Flask, clock: Clock) -> None:
    invitation = invite(app, "counsel")
    desk = signed_in(app, "counsel", join(app, invitation))
    form = {"password": "words of my own", "again": "words of my own"}
    assert desk.post("/me/password", form).status_code == 303
    secret = set_up(desk)
    assert join(app, invitation).status_code == 401
    clock.forward(seconds=30)
    code = one_time.code_at(secret, counter(app))
    assert enter(app, code, "words of my own", "counsel").status_code == 303


def test_the_last_way_in_stays_here_too(app: Flask) -> None:
    desk = Desk(app, "chair")
    set_up(desk)
    answer = desk.post("/me/code/remove")
    assert (answer.status_code, "last way in" in answer.text) == (409, True)
