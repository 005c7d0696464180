"""The running program: nameless, mute, and safe to kill."""

import contextlib
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from intake.pace import GATHERED
from intake.server import options
from intake.web.headers import HEADERS
from tests import committee
from tests.intake.house import MULTIPART, code_of, multipart, rows
from tests.intake.serving import HASTY, Answer, Serving

pytestmark = pytest.mark.sqlite("of the process; deploy/test_whole_on_postgres.py has a server")

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


@pytest.mark.parametrize("path", ["/", "/form", "/static/style.css", "/nowhere", "/roster"])
def test_an_answer_is_as_long_as_it_says(server: Serving, path: str) -> None:
    """Attack: an answer whose end a proxy and a browser see at different places."""
    for line in (f"GET {path}", f"POST {path}", "nonsense"):
        request = f"{line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
        head, _, body = server.raw(request.encode()).partition(b"\r\n\r\n")
        lengths = re.findall(rb"\r\ncontent-length: (\d+)", head, re.IGNORECASE)
        assert lengths == [str(len(body)).encode()], line
        assert b"transfer-encoding" not in head.lower(), line


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


BEGUN = {
    "nothing": b"",
    "half a head": b"GET / HTTP/1.1\r\nHost: x\r\nX-A",
    "half a text": b"POST /form HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; "
    b"boundary=x\r\nContent-Length: 100000\r\n\r\n--x\r\n",
}


@pytest.mark.parametrize("begun", BEGUN.values(), ids=BEGUN)
def test_forty_requests_that_are_never_finished_keep_nobody_waiting(
    server: Serving, begun: bytes
) -> None:
    with contextlib.ExitStack() as open_:
        for _ in range(40):
            open_.enter_context(server.connect()).sendall(begun)
        assert server.request("GET", "/").status == 200
        assert send(server).status == 200


def test_uploads_that_stand_still_leave_room_for_words(server: Serving) -> None:
    head = multipart(fields(server), [("a.bin", b"")]).rpartition(b"\r\n--")[0]
    start = (
        f"POST /form HTTP/1.1\r\nHost: x\r\nContent-Type: {MULTIPART}\r\n"
        f"Content-Length: {64 << 20}\r\n\r\n"
    )
    with contextlib.ExitStack() as open_:
        for _ in range(10):
            upload = open_.enter_context(server.connect())
            upload.sendall(start.encode() + head + bytes(GATHERED))
        assert server.request("GET", "/").status == 200
        assert send(server).status == 200
        refused = send(server, ("list.txt", b"x"))
        assert refused.status == 429
        assert b"You can send it without files now" in refused.body
        assert CANARY in refused.body


def test_who_is_too_slow_is_given_up_and_leaves_no_line_in_the_log(tmp_path: Path) -> None:
    upload = BEGUN["half a text"].replace(b"100000", b"9000000") + bytes(GATHERED)
    with Serving(tmp_path, HASTY) as hasty:
        for begun in (*BEGUN.values(), upload):
            with hasty.connect() as slow:
                slow.sendall(begun)
                # Nothing more is sent; the server is the one that ends this.
                answer = _all_that_comes(slow)
                assert answer == b"" or answer.startswith(b"HTTP/1.1 400 ")
        assert hasty.request("GET", "/").status == 200
        assert hasty.log.read_bytes() == b""


def _all_that_comes(connection: socket.socket) -> bytes:
    return b"".join(iter(lambda: connection.recv(65536), b""))


def test_a_body_without_a_length_is_not_waited_for(server: Serving) -> None:
    head = b"POST /form HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
    assert server.raw(head + b"Content-Type: multipart/form-data; boundary=x\r\n\r\n5\r\n--x")[
        :13
    ] == (b"HTTP/1.1 400 ")


def test_two_requests_at_once_get_one_answer_and_the_end(server: Serving) -> None:
    answer = server.raw(b"GET /privacy HTTP/1.1\r\nHost: x\r\n\r\n" * 2)
    assert answer.count(b"HTTP/1.1 200 ") == 1


def test_a_browser_may_ask_again_on_the_same_connection(server: Serving) -> None:
    with server.connect() as kept:
        for _ in range(3):
            kept.sendall(b"GET /static/mark.svg HTTP/1.1\r\nHost: x\r\n\r\n")
            answer = kept.recv(65536)
            assert answer.startswith(b"HTTP/1.1 200 ")
            length = int(re.search(rb"Content-Length: (\d+)", answer)[1])  # type: ignore[index]
            while len(answer.partition(b"\r\n\r\n")[2]) < length:
                answer += kept.recv(65536)


def test_no_other_process_can_look_into_the_memory_and_no_crash_writes_it() -> None:
    program = (
        "import ctypes, resource; from intake.server import keep_memory_to_itself as keep; keep(); "
        "print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), resource.getrlimit(resource.RLIMIT_CORE))"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert found.stdout == b"0 (0, 0)\n"


def test_what_cannot_be_read_is_answered_with_https_insisted_on(tmp_path: Path) -> None:
    with Serving(tmp_path, INTAKE_HTTPS="1") as server:
        assert b"\r\nStrict-Transport-Security: " in server.raw(b"nonsense\r\n\r\n")


def test_the_server_believes_no_header_about_where_a_request_came_from() -> None:
    chosen = options("127.0.0.1:8000", 1, 1)
    assert chosen["forwarded_allow_ips"] == chosen["forwarder_headers"] == ""
    assert chosen["secure_scheme_headers"] == {}
    assert chosen["accesslog"] is None
