"""Attacks on all routes of the console, those included that somebody adds later."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from flask import Flask

from tests.browser.installation import Installation
from tests.review.desk import Desk
from tests.review.tables import rows
from tests.review.web.test_signin import sign_in

pytestmark = pytest.mark.stores

PEOPLE = (None, "chair", "secretary", "auditor")
# Who has no login yet has no token: that the request is of our own page is all there is.
OPEN = ("/sign-in", "/sign-in/challenge", "/sign-in/passkey", "/join")
ELSEWHERE = "elsewhere.example"


def paths(app: Flask, method: str) -> Iterator[str]:
    """A path for every route with this method, whatever its places are called."""
    for rule in app.url_map.iter_rules():
        if method in (rule.methods or ()):
            yield re.sub(r"<(?:[a-z]+:)?\w+>", "1", rule.rule)


@pytest.mark.parametrize("person", PEOPLE[1:])
def test_no_route_changes_anything_without_the_login_s_own_token(
    app: Flask, installation: Installation, person: str
) -> None:
    """Attack 10: a form on another site, sent to an address that was forgotten."""
    desk = Desk(app, person)
    desk.csrf = ""
    before = rows(installation.book)
    tried = [path for path in paths(app, "POST") if path not in OPEN]
    assert len(tried) >= 10
    answers = {path: desk.post(path, {}).status_code for path in tried}
    assert set(answers.values()) <= {403, 404}, answers
    assert 403 in answers.values()
    assert rows(installation.book) == before


@pytest.mark.parametrize("person", PEOPLE)
def test_no_redirect_of_the_console_leads_elsewhere(app: Flask, person: str | None) -> None:
    """Attack 27: a link to us that ends at somebody else's page."""
    desk = Desk(app, person)
    seen = 0
    for path in paths(app, "GET"):
        for asked in (path, f"/{path}", f"//{ELSEWHERE}{path}", f"{path}?next=//{ELSEWHERE}/"):
            answer = desk.get(asked, Host=ELSEWHERE)
            if "Location" in answer.headers:
                seen += 1
                where = urlsplit(answer.headers["Location"])
                assert (where.scheme, where.netloc) == ("", ""), asked
                assert re.match(r"/(?![/\\])", where.path), asked
    assert seen or person is not None


def test_signing_in_leads_to_our_own_page_whatever_the_address_says(app: Flask) -> None:

    for name in ("next", "url", "continue"):
        answer = sign_in(Desk(app), query=f"?{name}=https://{ELSEWHERE}/")
        assert (answer.status_code, answer.headers["Location"]) == (303, "/")
