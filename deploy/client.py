"""A small HTTP client for the demo's seeds: it fetches pages and posts forms, as a browser does.

It talks to one host and follows no redirect by itself, so that a seed sees every answer. Cookies
are kept, because the console needs its own; intake never sets one.
"""

import http.client
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookies import SimpleCookie

from deploy.errors import FrontDoorRefused

HOST = "127.0.0.1"
PATIENCE = 60.0


@dataclass(frozen=True)
class File:
    """A file as a form sends it."""

    name: str
    type: str
    content: bytes = field(repr=False)


Part = tuple[str, str | File]


@dataclass(frozen=True)
class Element:
    """A start tag: its name and its attributes."""

    tag: str
    attributes: dict[str, str]


class Page(HTMLParser):
    """The elements and the visible words of an HTML page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self._words: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember an element; html.parser calls this."""
        self.elements.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        """Remember words; html.parser calls this."""
        self._words.extend(data.split())

    @property
    def words(self) -> str:
        """The page's text with single spaces."""
        return " ".join(self._words)

    def find(self, tag: str, **attributes: str) -> Element:
        """The first such element. Raises FrontDoorRefused if the page has none."""
        wanted = attributes.items()
        for element in self.elements:
            if element.tag == tag and wanted <= element.attributes.items():
                return element
        raise FrontDoorRefused(f"a page has no {tag} with {attributes}")

    def links(self) -> Iterator[str]:
        """Where the page's links lead, in order."""
        for element in self.elements:
            if element.tag == "a" and "href" in element.attributes:
                yield element.attributes["href"]


@dataclass(frozen=True)
class Answer:
    """What the server sent back."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes = field(repr=False)

    @property
    def page(self) -> Page:
        """The body as a page."""
        return Page(self.body.decode("utf-8"))


class Client:
    """Requests to one port of this machine."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies: dict[str, str] = {}

    @property
    def own(self) -> str:
        """What a browser would call the site that it is on."""
        return f"http://localhost:{self.port}"

    def connection(self) -> http.client.HTTPConnection:
        """A new connection to the server."""
        return http.client.HTTPConnection(HOST, self.port, timeout=PATIENCE)

    def get(self, path: str, expect: Sequence[int] = (200,)) -> Answer:
        """The answer to a GET. Raises FrontDoorRefused for another status than expected."""
        return self._request("GET", path, None, {}, expect)

    def post(self, path: str, parts: Sequence[Part], expect: Sequence[int] = (200, 303)) -> Answer:
        """The answer to a multipart form. Raises FrontDoorRefused for an unexpected status."""
        boundary = secrets.token_hex(16)
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        return self._request("POST", path, _multipart(parts, boundary), headers, expect)

    def _request(
        self,
        method: str,
        path: str,
        body: bytes | None,
        headers: dict[str, str],
        expect: Sequence[int],
    ) -> Answer:
        headers = {**headers, "Origin": self.own, "Sec-Fetch-Site": "same-origin"}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={text}" for name, text in self.cookies.items())
        connection = self.connection()
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            answer = Answer(response.status, response.headers, response.read())
        except (OSError, http.client.HTTPException) as problem:
            raise FrontDoorRefused(f"{method} {path} was not answered: {problem}") from problem
        finally:
            connection.close()
        for cookie in answer.headers.get_all("Set-Cookie", []):
            self.cookies |= {name: item.value for name, item in SimpleCookie(cookie).items()}
        if answer.status not in expect:
            raise FrontDoorRefused(f"{method} {path} was answered with {answer.status}")
        return answer


def _multipart(parts: Sequence[Part], boundary: str) -> bytes:
    """The body of a form. Names are our own; file names are quoted as browsers do."""
    lines: list[bytes] = []
    for name, value in parts:
        lines.append(b"--" + boundary.encode())
        disposition = f'Content-Disposition: form-data; name="{name}"'
        if isinstance(value, File):
            quoted = value.name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
            lines.append(f'{disposition}; filename="{quoted}"'.encode())
            lines += [f"Content-Type: {value.type}".encode(), b"", value.content]
        else:
            lines += [disposition.encode(), b"", value.encode("utf-8")]
    lines += [b"--" + boundary.encode() + b"--", b""]
    return b"\r\n".join(lines)
