import json
from collections.abc import Iterable, Iterator
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
from werkzeug.wrappers import Request

from deploy.client import Client, File, Page, Part
from deploy.errors import FrontDoorRefused
from tests.serving import serving

PAGE = Page(
    '<form id="a" data-x=1><input name="token" value="t&amp;t"><p>two\n words</p>'
    '<a href="/one">1</a><a name=x>no</a><a href="/two">2</a></form>'
)


def test_a_page_gives_its_elements_words_and_links() -> None:
    assert PAGE.find("input", name="token").attributes["value"] == "t&t"
    assert PAGE.find("form", id="a").attributes["data-x"] == "1"
    assert PAGE.words == "two words 1 no 2"
    assert list(PAGE.links()) == ["/one", "/two"]


def test_a_page_without_the_element_refuses() -> None:
    with pytest.raises(FrontDoorRefused, match="no input"):
        PAGE.find("input", name="roster")


def echo(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answers with what a form held; /gone is 404, and /set sets a cookie."""
    headers = [("Content-Type", "text/plain")]
    with Request(environ) as request:
        if request.path == "/set":
            headers.append(("Set-Cookie", "name=value; Path=/; Secure; HttpOnly"))
        told: list[object] = [*request.form.items(multi=True), dict(request.cookies)]
        for name, file in request.files.items():
            told.append((name, file.filename, file.mimetype, file.read().hex()))
    start_response("404 Not Found" if request.path == "/gone" else "200 OK", headers)
    return [json.dumps(told).encode()]


@pytest.fixture
def client() -> Iterator[Client]:
    with serving(echo) as port:
        yield Client(port)


def test_a_form_arrives_as_it_was_filled_in(client: Client) -> None:
    file = File('a "quoted".txt', "text/plain", b"one\r\n--two\0")
    parts: list[Part] = [("x", "é 1"), ("x", "2"), ("files", file)]
    assert json.loads(client.post("/", parts).body) == [
        ["x", "é 1"],
        ["x", "2"],
        {},
        ["files", file.name, file.type, file.content.hex()],
    ]


def test_an_unexpected_status_is_an_error_that_names_it(client: Client) -> None:
    with pytest.raises(FrontDoorRefused, match="GET /gone was answered with 404"):
        client.get("/gone")


def test_cookies_are_kept_and_sent_back(client: Client) -> None:
    client.get("/set")
    assert json.loads(client.get("/").body) == [{"name": "value"}]


def test_nobody_listening_is_an_error_of_ours() -> None:
    with serving(echo) as port:
        pass
    with pytest.raises(FrontDoorRefused, match="was not answered"):
        Client(port).get("/")
