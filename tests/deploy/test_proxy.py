"""The shipped proxy before the real programs: nothing is logged, spooled, added or lost."""

import http.client
import re
import ssl
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy import proxying
from intake import drop
from intake.web.headers import headers
from tests.deploy.proxy import CONSOLE, INTAKE, Proxy
from tests.intake.house import MULTIPART, multipart
from tests.intake.serving import Serving

SECRET = "planted-4f1c-secret"
PROMISED = 24 * 1024 * 1024
# Kinds of frames of HTTP/2, and how a list of headers begins.
HEADERS, RESET, GOAWAY = b"\x01", b"\x03", b"\x07"
STATUS_400, STATUS_IN_LETTERS = b"\x8c", b"\x48"
pytestmark = [
    pytest.mark.host,
    pytest.mark.sqlite("what stands before the program is the same whatever store is behind it"),
]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Serving]:
    folder = tmp_path / "intake"
    folder.mkdir()
    with Serving(folder, INTAKE_HTTPS="1", INTAKE_MAX_FILE_BYTES=str(PROMISED)) as made:
        yield made


@pytest.fixture
def proxy(tmp_path: Path, server: Serving) -> Iterator[Proxy]:
    server.socket.rename(server.socket.with_name("intake.sock"))
    folder = tmp_path / "proxy"
    folder.mkdir()
    with Proxy(folder, server.socket.parent) as made:
        yield made


def asked_by_http_2(proxy: Proxy, name: bytes, value: bytes) -> bytes:
    """How the answer to a request with one more header begins, or nothing if there is none."""
    authority = INTAKE.encode()
    block = b"\x82\x87\x84\x01" + bytes([len(authority)]) + authority
    block += b"\x00" + bytes([len(name)]) + name + bytes([len(value)]) + value
    headers_of_stream_1 = len(block).to_bytes(3, "big") + b"\x01\x05\x00\x00\x00\x01"
    settings = b"\x00\x00\x00\x04\x00\x00\x00\x00\x00"
    proxy.context.set_alpn_protocols(["h2"])
    with proxy.connect().sock as line, line.makefile("rb") as answers:
        line.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + settings)
        line.sendall(headers_of_stream_1 + block)
        while head := answers.read(9):
            content = answers.read(int.from_bytes(head[:3], "big"))
            if head[3:4] in (HEADERS, RESET, GOAWAY):
                return head[3:4] + content[:3]
    return b""


def send(proxy: Proxy, content: bytes) -> tuple[int, str]:
    """The status and the page for a form with a file, sent without scripts."""
    _status, _headers, page = proxy.request("GET", "/form")
    hidden = dict(re.findall(r'name="(token|roster)" value="([0-9a-f]+)"', page.decode()))
    fields = [*hidden.items(), ("what", SECRET)]
    body = multipart(fields, [(f"{SECRET}.txt", content)])
    sent = {"Content-Type": MULTIPART, "User-Agent": SECRET, "X-Forwarded-For": "203.0.113.77"}
    status, _headers, answer = proxy.request("POST", f"/form?{SECRET}", body, sent)
    return status, answer.decode()


def test_a_file_as_large_as_the_page_promises_passes_and_a_larger_one_is_refused_by_the_page(
    proxy: Proxy, server: Serving
) -> None:
    status, page = send(proxy, bytes(PROMISED))
    assert (status, "receipt code" in page) == (200, True)
    with drop.reading(server.engine) as connection:
        assert len(drop.waiting(connection, 10)) == 1
    status, page = send(proxy, bytes(PROMISED + 1))
    assert status == 413
    assert SECRET in page


def test_nothing_of_a_request_is_logged_or_put_into_a_file(proxy: Proxy, server: Serving) -> None:
    for path in ("/", f"/none/{SECRET}", f"/form?{SECRET}"):
        proxy.request("GET", path, headers={"User-Agent": SECRET, "Referer": f"http://{SECRET}/"})
    assert send(proxy, SECRET.encode() * 200_000)[0] == 200
    # A visitor who leaves in the middle of a file.
    connection = proxy.connect()
    connection.putrequest("POST", f"/form?{SECRET}")
    for name, value in (("Content-Type", MULTIPART), ("Content-Length", "9000000")):
        connection.putheader(name, value)
    connection.endheaders(SECRET.encode() * 100_000)
    held = proxy.opened()
    connection.close()
    assert {Path(each).name for each in held} <= {"log", "nginx.pid"}
    assert [path for path in proxy.run.rglob("*") if path.is_file()] == [proxy.run / "nginx.pid"]
    for file in proxy.files():
        found = file.read_bytes()
        assert SECRET.encode() not in found, file
        assert b"127.0.0.1" not in found or file.name == "nginx.conf", file
    assert "203.0.113.77" not in server.log.read_text() + proxy.log
    assert SECRET not in server.log.read_text()


@pytest.mark.parametrize(("path", "expected"), [("/", 200), ("/form", 200), ("/none", 404)])
def test_every_header_arrives_once_and_none_names_a_program(
    proxy: Proxy, path: str, expected: int
) -> None:
    status, found, _body = proxy.request("GET", path)
    assert status == expected
    count = Counter(name.lower() for name, _value in found)
    for name, value in headers(https=True):
        assert (name, value) in found
        assert count[name.lower()] == 1
    assert not count.keys() & {"server", "via", "x-powered-by", "set-cookie"}
    assert max(count.values()) == 1


def test_what_nginx_says_by_itself_has_the_headers_of_the_programs(tmp_path: Path) -> None:
    (tmp_path / "proxy").mkdir()
    with Proxy(tmp_path / "proxy", tmp_path, networks=("192.0.2.0/24",)) as proxy:
        away = proxy.request("GET", "/form")
        private = proxy.request("GET", "/", name=CONSOLE)
        unreadable = proxy.request("GET", "/", headers={"X": "y" * 40_000})
    for (status, found, body), expected in ((away, 503), (private, 403), (unreadable, 400)):
        assert status == expected
        assert set(headers(https=True)) <= set(found)
        assert "Server" not in dict(found)
        assert b"nginx" not in body


def test_a_name_that_is_not_ours_gets_no_answer(proxy: Proxy) -> None:
    with pytest.raises(ssl.SSLError):
        proxy.connect("other.example")
    status, found, _body = proxy.plain("GET", f"/{SECRET}", INTAKE)
    assert (status, dict(found)["Location"]) == (301, f"https://{INTAKE}/")
    with pytest.raises(http.client.RemoteDisconnected):
        proxy.plain("GET", "/", "other.example")


@pytest.mark.parametrize(
    ("version", "ciphers", "taken"),
    [
        (ssl.TLSVersion.TLSv1_3, None, True),
        (ssl.TLSVersion.TLSv1_2, "ECDHE+AESGCM", True),
        (ssl.TLSVersion.TLSv1_2, "ECDHE+CHACHA20", True),
        (ssl.TLSVersion.TLSv1_2, "kRSA+AESGCM", False),
        (ssl.TLSVersion.TLSv1_2, "DHE+AESGCM", False),
        (ssl.TLSVersion.TLSv1_2, "ECDHE+AES:!AESGCM:!AESCCM", False),
        (ssl.TLSVersion.TLSv1_1, "ALL:@SECLEVEL=0", False),
    ],
)
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1:DeprecationWarning")
def test_a_connection_that_a_stolen_key_would_open_later_is_not_made(
    tmp_path: Path, version: ssl.TLSVersion, ciphers: str | None, taken: bool
) -> None:
    with Proxy(tmp_path, tmp_path) as proxy:
        proxy.context.minimum_version = proxy.context.maximum_version = version
        if ciphers is not None:
            proxy.context.set_ciphers(ciphers)
        if taken:
            assert proxy.request("GET", "/")[0] == 503
        else:
            with pytest.raises(ssl.SSLError):
                proxy.connect()


def test_http_2_brings_no_header_of_a_connection_and_no_line_end(tmp_path: Path) -> None:
    of_a_connection = [
        (b"connection", b"close"),
        (b"keep-alive", b"timeout=5"),
        (b"proxy-connection", b"close"),
        (b"te", b"gzip"),
        (b"transfer-encoding", b"chunked"),
        (b"upgrade", b"websocket"),
    ]
    with_line_ends = [
        (b"x-a", b"1\r\nx-b: 2"),
        (b"x-a", b"1\nx-b: 2"),
        (b"x-a", b"1\rx-b: 2"),
        (b"x-a\r\nx-b", b"1"),
    ]
    with Proxy(tmp_path, tmp_path) as proxy:
        # Nothing listens behind the proxy, so what it lets pass is 503 here.
        for name, value in ((b"accept", b"*/*"), (b"te", b"trailers")):
            assert asked_by_http_2(proxy, name, value)[:2] == HEADERS + STATUS_IN_LETTERS
        for name, value in of_a_connection:
            assert asked_by_http_2(proxy, name, value)[:2] == HEADERS + STATUS_400, name
        for name, value in with_line_ends:
            assert asked_by_http_2(proxy, name, value)[:1] == RESET, (name, value)


@pytest.mark.parametrize("value", ["a; include /etc/passwd", "a\nb", "a{", "", "a b", "$host"])
def test_no_value_can_say_more_than_a_value(value: str) -> None:
    blanks = set(re.findall(r"@([A-Z_]+)@", proxying.TEMPLATE.read_text())) - {"CONSOLE_ALLOW"}
    good = dict.fromkeys(blanks, "x")
    assert "@" not in proxying.render(good, ("10.0.0.0/8",)).partition("load_module")[2]
    for name in blanks:
        with pytest.raises(ValueError, match=name):
            proxying.render({**good, name: value}, ())
    with pytest.raises(ValueError, match="CONSOLE_ALLOW"):
        proxying.render(good, (value,))
    with pytest.raises(ValueError, match="RUN"):
        proxying.render({k: v for k, v in good.items() if k != "RUN"}, ())
