"""The running program: nameless, mute, and safe to kill."""

import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from intake.server import options
from intake.web.headers import HEADERS
from tests import committee
from tests.intake.house import MULTIPART, code_of, multipart, rows
from tests.intake.serving import Answer, Serving

SECRETS = {
    "User-Agent": "secret-agent/1.0",
    "X-Forwarded-For": "198.51.100.7",
    "X-Real-IP": "198.51.100.8",
    "Forwarded": "for=198.51.100.9",
    "Referer": "https://secret-referrer.example/",
    "Cookie": "secret-cookie=1",
}
CANARY = b"CANARY-IN-THE-CLEAR-"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with Serving(tmp_path_factory.mktemp("serving")) as server:
        yield server


def fields(server: Serving) -> list[tuple[str, str]]:
    page = server.request("GET", "/form").body.decode()
    found = re.search(r'name="token" value="([0-9a-f]{30})"', page)
    assert found is not None
    return [("token", found[1]), ("roster", committee.roster().hash), ("what", CANARY.decode())]


def send(server: Serving, *files: tuple[str, bytes]) -> Answer:
    body = multipart(fields(server), files)
    return server.request("POST", "/form", body, {"Content-Type": MULTIPART, **SECRETS})


def test_every_header_comes_once_and_the_server_has_no_name(server: Serving) -> None:
    for path in ("/", "/form", "/nowhere", "/static/style.css"):
        names = [name.lower() for name, _value in server.request("GET", path).headers]
        assert len(names) == len(set(names))
        assert "server" not in names
        for name, value in HEADERS:
            assert (name, value) in server.request("GET", path).headers


@pytest.mark.parametrize(
    "data",
    [
        b"secret nonsense\r\n\r\n",
        b"GET /secret-path HTTP/1.1\r\nbad header: x\r\n\r\n",
        b"GET /" + b"secret" * 1000 + b" HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"secret" * 9000 + b"\r\n\r\n",
        b"POST /form HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: secret\r\n\r\n",
    ],
    ids=["no request", "bad header", "long path", "long header", "unknown coding"],
)
def test_what_cannot_be_read_is_answered_with_every_header_and_not_logged(
    server: Serving, data: bytes
) -> None:
    head, _, body = server.raw(data).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert b"Nothing was sent" in body
    lines = head.decode().split("\r\n")[1:]
    for name, value in HEADERS:
        assert lines.count(f"{name}: {value}") == 1
    assert b"erver:" not in head
    assert b"secret" not in head + body
    assert b"secret" not in server.log.read_bytes()


def test_a_submission_with_files_arrives_and_leaves_no_line_in_the_log(server: Serving) -> None:
    answer = send(server, ("list.txt", CANARY * 100_000))
    assert answer.status == 200
    assert code_of(answer.body.decode())
    assert server.log.read_bytes() == b""


def test_a_refused_upload_is_read_to_its_end_so_that_its_answer_is_seen(
    tmp_path: Path,
) -> None:
    with Serving(tmp_path, INTAKE_MAX_FILE_BYTES="1000000") as small:
        answer = send(small, ("big.bin", CANARY * 400_000))
        assert answer.status == 413
        assert b"big.bin" in answer.body
        assert rows(small.engine)["slices"] == []


def test_killed_in_the_middle_of_an_upload_nothing_readable_is_left(tmp_path: Path) -> None:
    with Serving(tmp_path) as server:
        body = multipart(fields(server), [("list.txt", CANARY * (3 << 20))])
        assert len(body) > 60 << 20
        head = (
            f"POST /form HTTP/1.1\r\nHost: x\r\nContent-Type: {MULTIPART}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        with server.connect() as connection:
            connection.sendall(head.encode() + body[: len(body) // 2])
            server.stop(signal.SIGKILL)
        assert not any(CANARY in path.read_bytes() for path in server.files())
        assert rows(server.engine)["deposits"] == []
        assert list(server.temporary.iterdir()) == []


def test_after_an_upload_nothing_readable_is_on_disk(tmp_path: Path) -> None:
    with Serving(tmp_path) as server:
        assert send(server, ("list.txt", CANARY * (3 << 20))).status == 200
        server.stop(signal.SIGKILL)
        files = server.files()
        assert sum(path.stat().st_size for path in files) > 60 << 20
        assert not any(CANARY in path.read_bytes() for path in files)
        assert not any(b"list.txt" in path.read_bytes() for path in files)


def test_the_server_believes_no_header_about_where_a_request_came_from() -> None:
    chosen = options("127.0.0.1:8000", 1, 1)
    assert chosen["forwarded_allow_ips"] == chosen["forwarder_headers"] == ""
    assert chosen["secure_scheme_headers"] == {}
    assert chosen["accesslog"] is None
