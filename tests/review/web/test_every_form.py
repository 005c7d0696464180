"""Whatever is posted to a route of the console, the answer is a refusal or a page, never a fault.

Routes are found in the map of addresses, and the names of their fields by what they ask a request
for and what their pages have fields for, so that a form that somebody adds later is searched too.
What is sent is drawn by a lot of each route's own: the same every time, whatever others there are.
"""

import io
import random
import re
from typing import Any, ClassVar

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from review.people import Enrolment, enrol
from review.roles import Act, Role, may
from review.store import schema
from review.store.database import reading, writing
from review.web.access import access_of
from tests import committee
from tests.browser.installation import PASSWORD, Installation
from tests.browser.submitter import Submitter
from tests.fuzz.targets import TARGETS
from tests.review.charter.good_years import good_book
from tests.review.desk import SAME_ORIGIN, Desk, sealed_form
from tests.review.tables import rows
from tests.review.web.test_charter import with_book

pytestmark = pytest.mark.stores
# How often each route is sent something, with the fields that it asks for and as bytes at random.
TRIES, BYTES = 5, 2
# And before that, to find out what it asks for.
FIRST = 4
# What counts tries, and what a login keeps of itself: no form's content.
COUNTED = {"logins", "codes", "spent", "passkeys", "recoveries", "invitations"}
LIKELY = (
    *("", "0", "1", "-1", "2", "9" * 30, "00" * 16, "ab" * 32, "é", "a\0b", "on", "null", "[]"),
    *("{}", '{"v":1}', "2026-11-21", "2026-02-30", "0001-01-01", "9999-12-31", "chair", "en"),
    *("member-1", "secretary", "member-2", "OPENED", "report", "A" * 88, "A" * 87 + "=", "A" * 43),
    *("../../etc/passwd", "<b>", "%00", "\u202e", "\U0001f339", "a" * 20_000, PASSWORD),
)
# What a reader's browser seals, and a good one of it to begin with.
SEALED = {"replies": "reply", "notes": "note"}
KINDS = (
    "multipart/form-data; boundary=b",
    "multipart/form-data",
    "application/x-www-form-urlencoded",
    "application/x-www-form-urlencoded; charset=utf-16",
    "application/json",
    "text/plain",
    "",
)


class Asked(ImmutableMultiDict[str, Any]):
    """The fields of a request, which remember the names that a view asked for."""

    names: ClassVar[set[str]] = set()

    def __getitem__(self, name: str) -> Any:
        Asked.names.add(name)
        return super().__getitem__(name)

    def __contains__(self, name: object) -> bool:
        Asked.names.add(str(name))
        return super().__contains__(name)

    def get(self, name: str, *rest: Any, **named: Any) -> Any:  # type: ignore[override]
        Asked.names.add(name)
        return super().get(name, *rest, **named)

    def getlist(  # type: ignore[override]
        self, name: str, *rest: Any, **named: Any
    ) -> list[Any]:
        Asked.names.add(name)
        return super().getlist(name, *rest, **named)


@pytest.fixture
def everybody(app: Flask, installation: Installation, submitter: Submitter) -> Flask:
    """A console with a case, a charter book, and an account for every role."""
    with_book(app, good_book(2026, 1), committee.TODAY)
    class_of = app.request_class
    app.request_class = type("Asking", (class_of,), {"parameter_storage_class": Asked})
    wanted = Enrolment(person_id="finance", username="finance", role=Role.ADMINISTRATOR)
    with writing(installation.book) as connection:
        enrol(connection, installation.roster, wanted, committee.TODAY)
    return app


def whose(app: Flask, installation: Installation, rule: Rule) -> Desk:
    """A new login of somebody who may use a route; a stranger's browser where everybody may."""
    access = access_of(app.view_functions[rule.endpoint])
    if not isinstance(access, Act):
        return Desk(app)
    with reading(installation.book) as connection:
        found = connection.execute(select(schema.people.c.role, schema.people.c.id)).all()
    able = [person for role, person in found if may(Role(role), access)]
    return Desk(app, min(able, default="chair"))


def address(rule: Rule, case_id: str, names: list[str]) -> str:
    """An address of a route: of the case that is there, of a duty and a record that are."""
    known = {"case_id": case_id, "name": names[0], "kind": names[1]}
    return re.sub(r"<(?:[a-z]+(?:\([^)]*\))?:)?(\w+)>", lambda m: known.get(m[1], "1"), rule.rule)


def drawn(lot: random.Random, names: set[str]) -> dict[str, Any]:
    """Most of the fields, each with something likely, at random, or a file."""
    fields: dict[str, Any] = {}
    for name in sorted(names - {"csrf"}):
        if lot.random() < 0.1:
            continue
        value: Any = lot.choice(LIKELY)
        chance = lot.random()
        if chance < 0.15:
            value = "".join(chr(lot.randrange(1, 0xD800)) for _ in range(lot.randrange(40)))
        elif chance < 0.3:
            value = (io.BytesIO(lot.choice(FILES)), "file", "application/octet-stream")
        elif chance < 0.4:
            value = [lot.choice(LIKELY) for _ in range(lot.randrange(4))]
        elif chance < 0.5:
            value = lot.choice(FILES).decode("latin-1")
        fields[name] = value
    return fields


FILES = tuple(
    data
    for name in ("act", "act-signatures", "age-shape", "message", "attestation", "note")
    for data in (*list(TARGETS[name].seeds())[:2], b"", b"\x00" * 100)
)


def check(answer: TestResponse, what: object) -> None:
    """Fail for a fault of ours, and for an answer that shows one."""
    assert answer.status_code < 500, (what, answer.status_code)
    assert b"Traceback" not in answer.data, what
    answer.close()


def test_no_form_of_the_console_can_make_a_fault(
    everybody: Flask, installation: Installation, submitter: Submitter
) -> None:
    app = everybody
    posted = [rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())]
    assert len(posted) >= 25
    named = 0
    for rule in posted:
        lot = random.Random(str(rule))  # noqa: S311
        where = address(rule, submitter.case_id, ["meetings", "meeting_held"])
        find_names(whose(app, installation, rule), where, lot)
        named += bool(Asked.names)
        before = rows(installation.book, without=COUNTED)
        for _try in range(TRIES):
            desk = whose(app, installation, rule)
            fields = drawn(lot, Asked.names)
            if rule.rule.endswith((*SEALED,)) and lot.random() < 0.5:
                good = sealed_form(app, submitter, SEALED[rule.rule.rpartition("/")[2]])
                fields = {**good, **dict([lot.choice([*fields.items()])])} if fields else good
            answer = desk.post(where, fields)
            check(answer, (where, fields))
            after = rows(installation.book, without=COUNTED)
            assert answer.status_code < 400 or after == before, (where, fields)
            before = after
        for kind in lot.sample(KINDS, BYTES):
            data = lot.randbytes(lot.randrange(400)) + lot.choice(FILES)
            sent = desk.client.post(where, data=data, content_type=kind, headers=SAME_ORIGIN)
            check(sent, (where, kind, data))
    assert named > len(posted) / 2


def find_names(desk: Desk, where: str, lot: random.Random) -> None:
    """Find what a route's fields are called: it asks for the next when the one before will do."""
    page = desk.get(where).text
    Asked.names.clear()
    Asked.names.update(re.findall(r'<(?:input|select|textarea)[^>]* name="([^"]+)"', page))
    for _try in range(FIRST):
        desk.post(where, drawn(lot, Asked.names)).close()
    Asked.names.discard("csrf")
