"""Only our own pages change anything, and reading changes nothing."""

import re

import pytest
from flask import Flask

from tests.browser.installation import Installation
from tests.browser.submitter import Submitter
from tests.review.desk import Desk, sealed_form
from tests.review.tables import rows

pytestmark = pytest.mark.stores

ACTS = ("opened", "replies", "notes", "steps")


def changes(submitter: Submitter) -> list[str]:
    """Every address at which something can be changed by somebody who has signed in."""
    return ["/sign-out", *(f"/cases/{submitter.case_id}/{act}" for act in ACTS)]


@pytest.mark.parametrize("token", [None, "", "ab" * 32, "another login's"])
def test_a_change_without_the_login_s_own_token_is_refused(
    app: Flask, submitter: Submitter, installation: Installation, token: str | None
) -> None:
    """Attack: a form on another site, sent with the reader's cookie."""
    desk, other = Desk(app, "chair"), Desk(app, "chair")
    desk.csrf = other.csrf if token == "another login's" else token or ""
    before = rows(installation.book)
    for path in changes(submitter):
        form = sealed_form(app, submitter, "note") if path.endswith("notes") else {}
        if token is None:
            form["csrf"] = []
        assert desk.post(path, form).status_code == 403
    assert rows(installation.book) == before


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none", "", None])
def test_a_change_that_the_browser_says_is_not_ours_is_refused(
    app: Flask, submitter: Submitter, installation: Installation, site: str | None
) -> None:
    desk = Desk(app, "chair")
    before = rows(installation.book)
    headers = {} if site is None else {"Sec-Fetch-Site": site}
    for path in [*changes(submitter), "/sign-in"]:
        assert desk.post(path, headers=headers).status_code == 403
    assert rows(installation.book) == before


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_site_s_page_loads_nothing_from_here(app: Flask, site: str) -> None:
    desk = Desk(app, "chair")
    for path in ("/", "/roster", "/static/console.js", "/static/mark.svg"):
        answer = desk.get(path, Sec_Fetch_Site=site, Sec_Fetch_Mode="no-cors")
        assert answer.status_code == 403


def test_a_link_on_another_page_may_lead_here(app: Flask) -> None:
    # The browser leaves the cookie at home then, so the way ends at the sign-in.
    visit = Desk(app).get("/", Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="navigate")
    assert (visit.status_code, visit.headers["Location"]) == (303, "/sign-in")


def test_a_token_in_the_address_counts_for_nothing(app: Flask, submitter: Submitter) -> None:
    desk = Desk(app, "chair")
    token, desk.csrf = desk.csrf, ""
    path = f"/cases/{submitter.case_id}/opened?csrf={token}"
    assert desk.post(path).status_code == 403


def test_reading_every_page_changes_no_row(
    app: Flask, submitter: Submitter, hidden: Submitter, installation: Installation
) -> None:
    """Attack: a GET with effects, which a link or a prefetch would set off."""
    desk = Desk(app, "chair")
    before = {name: rows(engine) for name, engine in (("book", installation.book),)}
    waiting, seen = ["/", "/sign-in", "/roster", "/me/identity"], set()
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        answer = desk.get(path)
        assert answer.status_code == 200, path
        if answer.content_type != "application/octet-stream":
            found = re.findall(r'(?<!action=)"(/(?!static)[\w/-]*)"', answer.text)
            waiting += [each for each in found if not each.endswith((*ACTS, "sign-out"))]
    assert len([path for path in seen if "/envelopes/" in path]) == 3
    assert len([path for path in seen if "/grants/" in path]) == 2
    assert before == {"book": rows(installation.book)}
