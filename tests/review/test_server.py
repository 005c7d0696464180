"""The console under gunicorn: no name, no log of a request, and headers even on a broken one."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.installation import Installation

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = "import sys; from review.cli import review_group; review_group()"


@pytest.fixture
def server(installation: Installation, tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    """The socket of a running console and what it has logged."""
    path, log = tmp_path / "console.sock", tmp_path / "log"
    environ = {**os.environ, **installation.environment(), "PYTHONPATH": str(ROOT)}
    with log.open("wb") as output:
        words = [sys.executable, "-c", PROGRAM, "serve", "--bind", f"unix:{path}"]
        process = subprocess.Popen(words, env=environ, stdout=output, stderr=output, cwd=ROOT)
        try:
            wait_for(path, process)
            yield path, log
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


def ask(path: Path, request: bytes) -> tuple[str, dict[str, list[str]]]:
    """The status line and headers that answer these bytes."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(path))
        connection.sendall(request)
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
    head = answer.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    headers: dict[str, list[str]] = {}
    for line in head[1:]:
        name, _, value = line.partition(": ")
        headers.setdefault(name.lower(), []).append(value)
    return head[0], headers


def test_the_server_names_itself_nowhere_and_logs_no_request(server: tuple[Path, Path]) -> None:
    path, log = server
    requests = {
        b"GET /sign-in HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n": "200",
        b"GET /marked HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n": "303",
        b"marked nonsense\r\n\r\n": "400",
        b"GET /marked HTTP/1.1\r\nHost: localhost\r\nmarked\r\n\r\n": "400",
    }
    for request, status in requests.items():
        line, headers = ask(path, request)
        assert line.split()[1] == status
        assert "server" not in headers
        for name in ("content-security-policy", "cache-control", "x-content-type-options"):
            assert len(headers[name]) == 1
    assert b"marked" not in log.read_bytes()
    assert b"sign-in" not in log.read_bytes()
