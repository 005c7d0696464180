"""Attack: a service behind ours that asks for no password, or listens where others reach it."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deploy.doctor.checks import services
from tests.deploy.doctor.world import machine, write, wrong

HEAD = "  sl  local_address rem_address   st\n"
OPEN = b"R\0\0\0\x08\0\0\0\0S\0\0\0\x19client_encoding\0UTF8\0Z\0\0\0\x05I"
WANTS_PASSWORD = b"R\0\0\0\x08\0\0\0\x03"


@contextmanager
def answering(said: bytes, first: int = 0) -> Iterator[int]:
    """A port of this machine that says the same to everybody, after so many bytes of a head."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    client, _address = listener.accept()
                except OSError:
                    return
                with client:
                    _answer(client, said, first)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield int(listener.getsockname()[1])
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def _answer(client: socket.socket, said: bytes, first: int) -> None:
    """Speak as PostgreSQL does where first is 8: no TLS, then one answer; otherwise as Redis."""
    data = client.recv(4096)
    if first and data[4:8] in (struct.pack(">I", 80877103), struct.pack(">I", 80877104)):
        client.sendall(b"N")
        data = client.recv(4096)
        if data[4:8] == struct.pack(">I", 80877103):
            client.sendall(b"N")
            client.recv(4096)
    client.sendall(said)
    client.recv(4096)


@pytest.mark.parametrize(
    ("said", "is_open"), [(b"+PONG\r\n", True), (b"-NOAUTH Authentication required.\r\n", False)]
)
def test_a_redis_that_answers_without_a_password_is_found(
    tmp_path: Path, said: bytes, is_open: bool
) -> None:
    with answering(said) as port:
        settings = {"INTAKE_LIMITER_STORAGE": f"redis://127.0.0.1:{port}"}
        found = wrong(services.look, machine(tmp_path, environment=settings))
    assert found == (["Redis answers whoever asks, without a password"] if is_open else [])


def test_a_redis_behind_a_socket_is_good(tmp_path: Path) -> None:
    settings = {"INTAKE_LIMITER_STORAGE": "redis+unix:///run/redis/redis.sock"}
    assert wrong(services.look, machine(tmp_path, environment=settings)) == []


@pytest.mark.parametrize(("said", "is_open"), [(OPEN, True), (WANTS_PASSWORD, False)])
def test_a_postgresql_that_lets_anybody_in_is_found(
    tmp_path: Path, said: bytes, is_open: bool
) -> None:
    with answering(said, 8) as port:
        url = f"postgresql+psycopg://review@/book?host=/run/postgresql&port={port}"
        found = wrong(services.look, machine(tmp_path, environment={"REVIEW_BOOK_URL": url}))
    assert bool(found) is is_open
    assert all("lets anybody in" in each for each in found)


def test_a_service_that_other_machines_can_reach_is_found(tmp_path: Path) -> None:
    write(tmp_path, "/proc/net/tcp", f"{HEAD}  0: 0100007F:18EB 00000000:0000 0A 0\n")
    assert wrong(services.look, machine(tmp_path)) == []
    write(tmp_path, "/proc/net/tcp", f"{HEAD}  0: 00000000:18EB 00000000:0000 0A 0\n")
    write(tmp_path, "/proc/net/tcp6", f"{HEAD}  0: {'0' * 32}:1538 {'0' * 32}:0000 0A 0\n")
    found = wrong(services.look, machine(tmp_path))
    assert [each.split()[0] for each in found] == ["Redis", "PostgreSQL"]
