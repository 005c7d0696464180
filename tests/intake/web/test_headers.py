"""The headers, on whatever answer there is."""

import logging
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client, TestResponse

from intake.settings import Settings
from intake.web.headers import HEADERS, Headers
from tests.intake.house import House, environ

pytestmark = pytest.mark.stores


def settings(**changes: str) -> Settings:
    return Settings.from_environ(environ("sqlite:////srv/drop.db", **changes))


def application(headers: list[tuple[str, str]]) -> Callable[..., Iterable[bytes]]:
    def answer(_environ: object, start_response: Callable[..., object]) -> Iterable[bytes]:
        start_response("200 OK", headers)
        return [b""]

    return answer


def get(inner: Any, path: str = "/", **changes: str) -> TestResponse:
    return Client(Headers(inner, settings(**changes))).get(path)


@pytest.mark.parametrize(("name", "value"), HEADERS)
def test_a_header_is_sent_once_even_if_somebody_else_set_it(name: str, value: str) -> None:
    answer = get(application([(name.upper(), "something else"), (name, value)]))
    assert answer.headers.getlist(name) == [value]


def test_the_server_does_not_say_what_it_is() -> None:
    assert "Server" not in get(application([("Server", "some/1.0")])).headers


def test_browsers_are_told_to_insist_on_https_only_where_there_is_https() -> None:
    assert "Strict-Transport-Security" not in get(application([])).headers
    answer = get(application([]), INTAKE_HTTPS="1")
    assert answer.headers.getlist("Strict-Transport-Security") == [
        "max-age=63072000; includeSubDomains"
    ]


def test_the_onion_address_is_offered_with_the_path_and_nothing_else() -> None:
    assert "Onion-Location" not in get(application([])).headers
    onion = {"INTAKE_ONION_LOCATION": "http://name.onion"}
    answer = get(application([]), "/your-rights?from=you", **onion)
    assert answer.headers.getlist("Onion-Location") == ["http://name.onion/your-rights"]
    odd = get(application([]), "/a\r\nSet-Cookie: x/%0d%0aé", **onion)
    (location,) = odd.headers.getlist("Onion-Location")
    assert location.isascii()
    assert not set(location) & set("\r\n ;:") - {":"}
    assert "Set-Cookie" not in odd.headers


def test_even_an_application_that_raises_is_answered(caplog: pytest.LogCaptureFixture) -> None:
    def broken(_environ: object, _start_response: object) -> Iterable[bytes]:
        raise RuntimeError("secret words")

    with caplog.at_level(logging.DEBUG):
        answer = get(broken)
    assert answer.status_code == 500
    assert all(answer.headers.getlist(name) == [value] for name, value in HEADERS)
    assert "secret words" not in answer.text + caplog.text
    assert "RuntimeError at " in caplog.text


def test_the_policy_is_the_one_that_was_decided() -> None:
    policy = dict(HEADERS)["Content-Security-Policy"]
    assert policy == (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
        "img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types underrose"
    )
    assert "unsafe" not in policy


def test_every_power_of_a_page_is_switched_off() -> None:
    powers = dict(HEADERS)["Permissions-Policy"].split(", ")
    assert len(powers) > 20
    assert all(power.endswith("=()") for power in powers)


def test_the_house_wears_its_headers(tmp_path: Path) -> None:
    house = House(tmp_path, INTAKE_HTTPS="1", INTAKE_ONION_LOCATION="http://name.onion")
    answer = house.client.get("/")
    assert answer.headers.getlist("Strict-Transport-Security")
    assert answer.headers["Onion-Location"] == "http://name.onion/"
    house.engine.dispose()
