"""The console under gunicorn: no name, no log of a request, and headers even on a broken one."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.browser.installation import Installation

pytestmark = pytest.mark.sqlite("of the process; deploy/test_whole_on_postgres.py has a server")

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = "import sys; from review.cli import review_group; review_group()"


@dataclass(frozen=True)
class Server:
    """A running console: its socket, and what it has logged."""

    path: Path
    log: Path


@pytest.fixture
def server(installation: Installation, tmp_path: Path) -> Iterator[Server]:
    """A console that people reach by https, under gunicorn."""
    path, log = tmp_path / "console.sock", tmp_path / "log"
    environ = {**os.environ, **installation.environment(), "PYTHONPATH": str(ROOT)}
    environ["REVIEW_HTTPS"] = "1"
    with log.open("wb") as output:
        words = [sys.executable, "-c", PROGRAM, "serve", "--bind", f"unix:{path}"]
        process = subprocess.Popen(words, env=environ, stdout=output, stderr=output, cwd=ROOT)
        try:
            wait_for(path, process)
            yield Server(path, log)
        finally:
            process.terminate()
            process.wait(30)


def wait_for(path: Path, process: "subprocess.Popen[bytes]") -> None:
    """Return when the console takes connections; there is no event to wait for but asking."""
    while process.poll() is None:
        with socket.socket(socket.AF_UNIX) as probe:
            if probe.connect_ex(str(path)) == 0:
                return
    raise AssertionError("the console ended")


def answer_to(path: Path, request: bytes) -> bytes:
    """Everything that comes back for these bytes until the server closes."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(path))
        connection.sendall(request)
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
        return answer


def ask(path: Path, request: bytes) -> tuple[str, dict[str, list[str]]]:
    """The status line and headers that answer these bytes."""
    head = answer_to(path, request).partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    headers: dict[str, list[str]] = {}
    for line in head[1:]:
        name, _, value = line.partition(": ")
        headers.setdefault(name.lower(), []).append(value)
    return head[0], headers


def test_an_answer_of_the_console_is_as_long_as_it_says(server: Server) -> None:
    """Attack: an answer whose end a proxy and a browser see at different places."""
    ending = b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
    for line in (
        b"GET /sign-in",
        b"GET /nothing",
        b"GET /static/style.css",
        b"POST /sign-in",
        b"x",
    ):
        head, _, body = answer_to(server.path, line + ending).partition(b"\r\n\r\n")
        lengths = re.findall(rb"\r\ncontent-length: (\d+)", head, re.IGNORECASE)
        assert lengths == [str(len(body)).encode()], line
        assert b"transfer-encoding" not in head.lower(), line


def test_the_server_names_itself_nowhere_and_logs_no_request(server: Server) -> None:
    requests = {
        b"GET /sign-in HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n": "200",
        b"GET /marked HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n": "303",
        b"marked nonsense\r\n\r\n": "400",
        b"GET /marked HTTP/1.1\r\nHost: localhost\r\nmarked\r\n\r\n": "400",
    }
    wanted = "content-security-policy cache-control x-content-type-options"
    for request, status in requests.items():
        line, headers = ask(server.path, request)
        assert line.split()[1] == status
        assert "server" not in headers
        for name in (*wanted.split(), "strict-transport-security"):
            assert len(headers[name]) == 1
    assert b"marked" not in server.log.read_bytes()
    assert b"sign-in" not in server.log.read_bytes()


@pytest.mark.parametrize("body", [b"ZZ\r\nabc\r\n0\r\n\r\n", b"3\r\nabc\r\n0\r\n\r\n"])
def test_a_form_in_pieces_is_refused_and_is_no_error_of_ours(server: Server, body: bytes) -> None:
    """Attack: pieces that say a wrong length, for an error in the middle of a view."""
    head = (
        b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: same-origin\r\n"
        b"Content-Type: application/x-www-form-urlencoded\r\nConnection: close\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n"
    )
    assert ask(server.path, head + body)[0].split()[1] == "400"
    assert server.log.read_bytes() == b""


def test_no_crash_writes_memory_to_disk_and_no_neighbour_reads_it() -> None:
    """Attack: a core dump, or another program of the same user, for the store key."""
    program = (
        "import ctypes, resource, review.server as server; server.keep_memory_to_itself(); "
        "print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), resource.getrlimit(resource.RLIMIT_CORE))"
    )
    words = [sys.executable, "-c", program]
    said = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert said == "0 (0, 0)\n"
