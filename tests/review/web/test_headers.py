"""Every header on every answer, once; and nothing in an answer that says too much."""

import logging
from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from review.app import create_app
from review.settings import Settings
from review.web.headers import HEADERS, POLICY, Headers
from tests.browser.installation import PASSWORD, Installation
from tests.browser.submitter import Submitter
from tests.review.desk import SAME_ORIGIN, Desk

pytestmark = pytest.mark.stores

EXPECTED = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, noarchive",
}


def answers(app: Flask, submitter: Submitter) -> Iterator[TestResponse]:
    """One answer of every status and kind."""
    stranger, chair = Desk(app), Desk(app, "chair")
    case = f"/cases/{submitter.case_id}"
    yield stranger.get("/sign-in")
    yield stranger.get("/")
    yield stranger.get("/static/style.css")
    yield stranger.get("/static/none.css")
    yield stranger.post("/sign-out")
    yield stranger.post("/sign-in", {"username": "chair", "password": "x"})
    for path in ("/", case, f"{case}/manifest", "/roster", "/me/identity", "/none"):
        yield chair.get(path)
    manifest = chair.get(f"{case}/manifest").json
    assert manifest is not None
    yield chair.get(manifest["grant"])
    yield chair.get(manifest["envelopes"][0]["url"])
    yield chair.post(f"{case}/notes", {"n": "1"})
    yield chair.post(f"{case}/notes", {"n": "1", "digest": "x" * 300_000})
    yield chair.post(f"{case}/opened", headers={})
    yield chair.client.delete(case, headers=SAME_ORIGIN)


def test_every_answer_has_every_header_exactly_once(app: Flask, submitter: Submitter) -> None:
    """Attack: a header that one page forgets, or that is sent twice and means something else."""
    statuses = set()
    for answer in answers(app, submitter):
        statuses.add(answer.status_code)
        for name, value in EXPECTED.items():
            found = answer.headers.get_all(name)
            octets = answer.content_type == "application/octet-stream"
            if name == "Content-Security-Policy" and octets:
                value += "; sandbox"
            assert found == [value], (answer.request.path, name)
        permissions = answer.headers.get_all("Permissions-Policy")
        assert len(permissions) == 1
        assert "publickey-credentials-get=(self)" in permissions[0]
        assert "camera=()" in permissions[0]
        assert "Server" not in answer.headers
        assert "Content-Encoding" not in answer.headers
    assert statuses == {200, 303, 400, 401, 403, 404, 405, 413}


def test_every_text_says_in_which_letters_it_is_written(app: Flask, submitter: Submitter) -> None:
    """Attack: letters that a browser guesses, and by them signs that nobody wrote."""
    shown = [*answers(app, submitter), Desk(app).get("/static/mark.svg")]
    types = {answer.content_type for answer in shown}
    texts = {each for each in types if each.startswith("text/") or "+xml" in each}
    assert texts >= {"text/html; charset=utf-8", "image/svg+xml; charset=utf-8"}
    assert all(each.endswith("; charset=utf-8") for each in texts)
    assert types - texts <= {"application/json", "application/octet-stream"}


def test_what_came_from_a_submitter_is_bytes_to_save(app: Flask, submitter: Submitter) -> None:
    """Attack: active content opened in the console's origin."""
    chair = Desk(app, "chair")
    manifest = chair.get(f"/cases/{submitter.case_id}/manifest").json
    assert manifest is not None
    line = manifest["envelopes"][0]
    piece = f"/cases/{submitter.case_id}/slices/{line['upload']}/0"
    for path in (manifest["grant"], line["url"], piece, "/me/identity", "/roster"):
        answer = chair.get(path)
        assert answer.content_type == "application/octet-stream"
        assert answer.headers["Content-Disposition"].startswith("attachment; ")
        assert answer.headers["Content-Security-Policy"].endswith("; sandbox")


def test_no_cookie_but_at_the_sign_in_and_the_sign_out(app: Flask, submitter: Submitter) -> None:
    assert all("Set-Cookie" not in each.headers for each in answers(app, submitter))


def test_only_an_https_console_insists_on_https(installation: Installation) -> None:
    for https, found in (("0", []), ("1", ["max-age=63072000; includeSubDomains"])):
        environ = {**installation.environment(), "REVIEW_HTTPS": https}
        made = create_app(Settings.from_environ(environ), "interactive")
        answer = Desk(made).get("/sign-in")
        assert answer.headers.get_all("Strict-Transport-Security") == found


def test_a_broken_application_still_answers_with_every_header(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(_environ: object, _start: object) -> list[bytes]:
        raise KeyError("the words of a submission")

    sent: list[tuple[str, list[tuple[str, str]]]] = []
    application = Headers(broken, https=False)
    with caplog.at_level(logging.DEBUG):
        body = application({}, lambda status, headers, _info=None: sent.append((status, headers)))  # type: ignore[arg-type]
    assert sent[0][0].startswith("500")
    assert {name for name, _ in sent[0][1]} >= {*HEADERS, "Content-Security-Policy"}
    assert "submission" not in b"".join(body).decode() + caplog.text


def test_no_log_line_tells_of_a_request(
    app: Flask, submitter: Submitter, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        for _ in answers(app, submitter):
            pass
        Desk(app).post("/sign-in", {"username": "chair", "password": PASSWORD})
    for secret in (submitter.case_id, PASSWORD, "chair", "/cases/", "127.0.0.1"):
        assert secret not in caplog.text
