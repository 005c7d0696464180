"""What people do with passkeys at the console, with authenticators made of software."""

import json
from dataclasses import dataclass

from flask import Flask
from werkzeug.test import TestResponse

from review.store import invitations
from review.store.database import writing
from review.web.cookies import NAME
from tests.authenticator import Authenticator
from tests.review.desk import SAME_ORIGIN, Desk, parts_of

ORIGIN = "http://localhost"


@dataclass
class Key(Authenticator):
    """An authenticator at the console of these tests."""

    origin: str = ORIGIN


def token_of(answer: TestResponse) -> str:
    """The token that an answer gives."""
    (cookie,) = answer.headers.get_all("Set-Cookie")
    return cookie.split(";")[0].removeprefix(f"{NAME}=")


def signed_in(app: Flask, person: str, answer: TestResponse) -> Desk:
    """The browser after an answer that began a login."""
    return Desk(app, person, token_of(answer))


def add(desk: Desk, key: Authenticator, name: str = "Laptop") -> TestResponse:
    """Make a passkey on the page of one's own sign-ins."""
    asked = desk.post("/me/passkeys/challenge")
    assert asked.status_code == 200, asked.text
    made = key.make(json.loads(asked.text))
    return desk.post("/me/passkeys", {"name": name, "credential": made})


def ask(browser: Desk) -> dict[str, object]:
    """What the sign-in page asks for; the browser has the cookie from then on."""
    asked = browser.client.post("/sign-in/challenge", headers=SAME_ORIGIN)
    assert asked.status_code == 200
    options: dict[str, object] = json.loads(asked.text)
    return options


def show(browser: Desk, credential: str) -> TestResponse:
    """Send a passkey's answer to the sign-in."""
    form = {"credential": credential}
    return browser.client.post("/sign-in/passkey", data=form, headers=SAME_ORIGIN)


def sign_in(app: Flask, key: Authenticator, browser: Desk | None = None) -> TestResponse:
    """Sign in with a passkey, in a fresh browser unless one is given."""
    browser = browser or Desk(app)
    return show(browser, key.show(ask(browser)))


def confirm(desk: Desk, key: Authenticator) -> TestResponse:
    """Show again that it is oneself."""
    asked = desk.post("/me/confirm/challenge")
    return desk.post("/me/confirm", {"credential": key.show(json.loads(asked.text))})


def invite(app: Flask, person: str) -> str:
    """An invitation, as the host makes one."""
    parts = parts_of(app)
    with writing(parts.book) as connection:
        return invitations.make(connection, person, None, parts.now())


def join(app: Flask, invitation: str, browser: Desk | None = None) -> TestResponse:
    """Enter an invitation."""
    client = (browser or Desk(app)).client
    return client.post("/join", data={"invitation": invitation}, headers=SAME_ORIGIN)
