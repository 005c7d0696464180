"""Home pages, and what a person finds in their inbox."""

import base64
import hashlib
import re

import pytest
from flask import Flask

from review.app import create_app
from review.settings import Settings
from tests import committee
from tests.browser.installation import Installation, identity_file
from tests.browser.submitter import Submitter
from tests.review.desk import Clock, Desk, sealed_form

pytestmark = pytest.mark.stores


def lines(page: str) -> list[str]:
    """The inbox's lines as a person reads them."""
    found = re.findall(r"<tr>\s*<th scope=\"row\".*?</tr>", page, re.S)
    return [" ".join(re.sub(r"<[^>]+>", " ", line).split()) for line in found]


def test_the_inbox_says_what_is_next_and_by_when(
    app: Flask, submitter: Submitter, hidden: Submitter
) -> None:
    desk = Desk(app, "chair")
    found = {line[:9]: line for line in lines(desk.get("/cases").text)}
    mine = f"{submitter.case_id[:4]} {submitter.case_id[4:8]}"
    assert found[mine] == (
        f"{mine} new for you November 21, 2026 Received not assessed yet 1 "
        "Open and acknowledge by November 26, 2026"
    )
    form = sealed_form(app, submitter, "reply")
    desk.post(f"/cases/{submitter.case_id}/opened")
    desk.post(f"/cases/{submitter.case_id}/replies", form)
    found = {line[:9]: line for line in lines(desk.get("/cases").text)}
    assert found[mine] == (
        f"{mine} November 21, 2026 Acknowledged not assessed yet 1 "
        "Say what it is about and how grave it is by December 7, 2026"
    )
    assert len(found) == 2


def test_what_is_late_is_called_late(installation: Installation, submitter: Submitter) -> None:
    environ = {**installation.environment(), "REVIEW_TODAY": "2026-11-29"}
    late = create_app(Settings.from_environ(environ), "interactive")
    assert lines(Desk(late, "chair").get("/cases").text)[0].endswith("November 26, 2026 late")


def test_an_empty_inbox_says_so(app: Flask) -> None:
    page = Desk(app, "chair").get("/").text
    assert "There is no case for you" in page
    assert "<table" not in page


@pytest.mark.parametrize(
    ("person", "heading"), [("secretary", "Secretary"), ("auditor", "Retention auditor")]
)
def test_an_account_without_a_key_is_told_what_it_is_for(
    app: Flask, submitter: Submitter, person: str, heading: str
) -> None:
    page = Desk(app, person).get("/").text
    assert f"<h1>{heading}</h1>" in page
    assert "It opens no case, and shows none" in page
    assert 'id="keyring"' not in page
    assert submitter.case_id[:4] not in page


def test_each_reader_gets_their_own_sealed_identity_and_nobody_else_s(app: Flask) -> None:
    found = {person: Desk(app, person).get("/me/identity") for person in ("chair", "counsel")}
    assert found["chair"].data != found["counsel"].data
    assert found["chair"].data.startswith(b"age-encryption.org/v1\n-> scrypt ")
    assert len(found["chair"].data) == len(identity_file("chair"))
    assert Desk(app, "secretary").get("/me/identity").status_code == 404
    assert Desk(app, "chair").get("/me/identity?person=counsel").data == found["chair"].data


def test_the_roster_is_the_signed_document(app: Flask, installation: Installation) -> None:
    assert Desk(app, "auditor").get("/roster").data == installation.roster.document


def test_every_page_of_a_demonstration_says_so(
    app: Flask, submitter: Submitter, clock: Clock
) -> None:
    assert clock.now.date() == committee.TODAY
    chair = Desk(app, "chair")
    for path in ("/", f"/cases/{submitter.case_id}", "/none", "/sign-in"):
        assert "<strong>DEMO</strong>" in chair.get(path).text


def test_a_page_names_the_hash_of_everything_it_loads(app: Flask) -> None:
    page = Desk(app, "chair").get("/").text
    loaded = re.findall(r'(?:src|href)="(/static/[\w.]+)" integrity="sha384-([^"]+)"', page)
    assert [path for path, _ in loaded] == ["/static/style.css", "/static/console.js"]
    for path, integrity in loaded:
        data = Desk(app).get(path).data
        assert base64.b64encode(hashlib.sha384(data).digest()).decode() == integrity
    # Words may speak of an address; what a browser would load stands in tags.
    tags = re.sub(r">[^<]*<", "><", page)
    assert "http" not in re.sub(r"http-equiv", "", tags)
    assert "console.js" not in Desk(app).get("/sign-in").text
