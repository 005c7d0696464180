"""Error pages: plain, honest about what was sent, and mute in the log."""

import logging
import re
from collections.abc import Callable

import pytest
from sqlalchemy import text

from intake import drop
from intake.web import pages
from intake.web.errors import status_of
from tests.intake.house import House

pytestmark = pytest.mark.stores

SECRET = "marked secret words"  # noqa: S105 - what must not be shown


@pytest.fixture
def broken(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """A house whose start page raises with a submitter's words in the exception."""

    def fail(*_arguments: object, **_options: object) -> None:
        raise LookupError(SECRET)

    monkeypatch.setattr(pages, "render_template", fail)
    return house


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [
        ("/nowhere", "get", 404),
        ("/", "post", 405),
        ("/static/none.js", "get", 404),
        ("/static/../app.py", "get", 404),
        ("/form/", "get", 404),
        ("/static//style.css", "get", 404),
        ("/sealed/slices", "get", 405),
        ("/form", "put", 405),
    ],
)
def test_what_does_not_exist_says_that_nothing_was_sent(
    house: House, path: str, method: str, status: int
) -> None:
    call: Callable[..., object] = getattr(house.client, method)
    answer = call(path)
    assert answer.status_code == status  # type: ignore[attr-defined]
    if not path.startswith("/sealed"):
        assert "Nothing was sent" in answer.text  # type: ignore[attr-defined]


def test_a_refused_method_says_which_are_allowed(house: House) -> None:
    assert set(house.client.post("/").headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


def test_an_unforeseen_error_says_that_sending_again_is_safe(broken: House) -> None:
    answer = broken.client.get("/")
    assert answer.status_code == 500
    assert "it counts only once" in answer.text
    assert SECRET not in answer.text


def test_an_unforeseen_error_is_logged_by_kind_and_line_only(
    broken: House, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        broken.client.get("/?secret=query", headers={"User-Agent": "secret agent"})
    (record,) = caplog.records
    assert record.getMessage().startswith("LookupError at ")
    assert record.getMessage().endswith(f"test_errors.py:{record.getMessage().split(':')[-1]}")
    assert record.exc_info is None
    captured = capfd.readouterr()
    written = caplog.text + captured.out + captured.err
    assert SECRET not in written
    assert "secret" not in written


def test_a_page_of_another_site_cannot_send_for_somebody(house: House) -> None:
    for path in ("/form", "/follow-up", "/sealed/submissions"):
        for site in ("cross-site", "same-site"):
            answer = house.post(path, {"what": "x"}, headers={"Sec-Fetch-Site": site})
            assert answer.status_code == 403
    fields = {"token": house.token(), "roster": house.roster.hash, "what": "x"}
    for site in ("same-origin", "none"):
        assert house.post("/form", fields, headers={"Sec-Fetch-Site": site}).status_code == 200


def test_without_a_roster_every_way_in_is_closed_and_the_rights_stay_open(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    with drop.writing(house.engine) as connection:
        connection.execute(text("DELETE FROM rosters"))
    for path in ("/", "/before-you-start", "/form", "/follow-up", "/who-can-read-this", "/roster"):
        assert house.client.get(path).status_code == 503
    for path in ("/your-rights", "/privacy", "/what-we-cannot-protect", "/accessibility"):
        assert house.client.get(path).status_code == 200
    assert "Nothing was sent" in house.client.get("/").text
    assert "no roster has been published" in caplog.text


def test_a_broken_database_is_a_plain_503(house: House, caplog: pytest.LogCaptureFixture) -> None:
    with drop.writing(house.engine) as connection:
        connection.execute(text("DROP TABLE rosters"))
    answer = house.client.get("/form")
    assert answer.status_code == 503
    assert "Nothing was sent" in answer.text
    assert re.search("(Operational|Programming)Error at ", caplog.text)
    assert "rosters" not in caplog.text


def test_an_error_of_nobodys_making_is_ours() -> None:
    assert status_of(ValueError()) == 500


def test_no_request_is_answered_with_a_redirect(house: House) -> None:
    for path in ("", "//elsewhere.example", "/form/", "/./form", "/static//style.css"):
        answer = house.client.get("/", environ_overrides={"PATH_INFO": path})
        assert answer.status_code in (200, 404)
        assert "Location" not in answer.headers
