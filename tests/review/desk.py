"""A person's browser at the console, as far as a server can see it: a cookie, headers, forms."""

import datetime
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from crypto import message as messages
from crypto.message import Message, next_place
from crypto.recipient import Recipient
from review.store import logins
from review.store.database import reading, writing
from review.store.envelopes import of_case
from review.web.cookies import NAME
from review.web.parts import EXTENSION, Parts, attach
from tests import committee
from tests.browser.submitter import Submitter

NOON = datetime.datetime(2026, 11, 21, 12, 0, tzinfo=datetime.UTC)
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


@dataclass
class Clock:
    """The console's clock, which a test moves by hand."""

    now: datetime.datetime = NOON

    def __call__(self) -> datetime.datetime:
        return self.now

    def forward(self, **parts: int) -> None:
        """Let time pass."""
        self.now += datetime.timedelta(**parts)


def parts_of(app: Flask) -> Parts:
    """What the console works with."""
    found: Parts = app.extensions[EXTENSION]
    return found


def wind(app: Flask) -> Clock:
    """Give a console a clock that stands still until a test moves it."""
    clock = Clock()
    attach(app, replace(parts_of(app), now=clock))
    return clock


@dataclass
class Desk:
    """One browser; without a person it is a stranger's."""

    app: Flask
    person: str | None = None
    token: str | None = field(default=None, repr=False)
    csrf: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        self.client = self.app.test_client()
        if self.person is not None and self.token is None:
            parts = parts_of(self.app)
            with writing(parts.book) as connection:
                self.token = logins.start(connection, self.person, parts.now())
        if self.token is not None:
            self.client.set_cookie(NAME, self.token, secure=True)
            self.csrf = self._csrf(self.token)

    def _csrf(self, token: str) -> str:
        parts = parts_of(self.app)
        with reading(parts.book) as connection:
            login = logins.find(connection, token, parts.now())
        return "" if login is None else login.csrf

    def get(self, path: str, **headers: str) -> TestResponse:
        """Fetch a page as a browser navigates to it."""
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        return self.client.get(path, headers={**SAME_ORIGIN, **named})

    def post(
        self,
        path: str,
        data: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] = SAME_ORIGIN,
    ) -> TestResponse:
        """Send a form of this login."""
        return self.client.post(path, data={"csrf": self.csrf, **(data or {})}, headers=headers)


def attribute(page: TestResponse, name: str) -> str:
    """The value of an attribute that a page has once."""
    found = re.findall(rf'{name}="([^"]*)"', page.text)
    assert len(set(found)) == 1, (name, found)
    return str(found[0])


def sealed_form(
    app: Flask, submitter: Submitter, kind: str, by: str = "chair", **body: str | None
) -> dict[str, Any]:
    """The fields that a reader's browser posts for a reply, a state or a note."""
    parts = parts_of(app)
    thread = messages.thread(kind)
    with reading(parts.book) as connection:
        lines = [each for each in of_case(connection, submitter.case_id) if each.thread == thread]
    head = lines[-1] if lines else None
    message = Message(
        kind=kind,
        place=next_place(
            committee.INSTALLATION,
            submitter.case_id,
            head.n if head else 0,
            head.digest if head else None,
        ),
        roster=submitter.submission.roster,
        on=committee.TODAY,
        lang="en",
        body=body or {"text": "words"},
        sealed_in="browser",
    ).sign(committee.signing_seed(by))
    fields: dict[str, Any] = {"n": str(message.place.n), "digest": message.digest}
    fields["case_envelope"] = upload(messages.seal(message, submitter.case))
    if kind != "note":
        mailbox = Recipient.parse(str(submitter.submission.mailbox))
        fields["mailbox_envelope"] = upload(messages.seal(message, mailbox))
    return fields


def upload(content: bytes) -> tuple[Any, str, str]:
    """A file part as the console's script sends it."""
    return io.BytesIO(content), "envelope", "application/octet-stream"
