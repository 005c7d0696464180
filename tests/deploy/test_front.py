"""The front door is reached at its address or at its socket, and at nothing else."""

import socket
import threading
from pathlib import Path

import pytest

from deploy.errors import FrontDoorRefused
from deploy.front import FrontDoor


@pytest.mark.parametrize(
    "address",
    ["ftp://host", "https://host/path", "https://host?x=1", "https://", "host", "http://a b", ""],
)
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(FrontDoorRefused):
        FrontDoor(address)


@pytest.mark.parametrize("address", ["https://tell.example", "http://127.0.0.1:8000"])
def test_a_request_says_that_it_comes_from_the_site_itself(address: str) -> None:
    assert FrontDoor(address).own == FrontDoor(f"{address}/").own == address


def test_the_front_door_is_reached_at_its_socket(tmp_path: Path) -> None:
    path, asked = tmp_path / "intake", list[bytes]()

    def answer() -> None:
        there, _ = server.accept()
        with there:
            asked.append(there.recv(65536))
            there.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")

    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
        server.bind(str(path))
        server.listen()
        thread = threading.Thread(target=answer)
        thread.start()
        try:
            assert FrontDoor(f"unix:{path}").get("/nothing", expect=[404]).status == 404
        finally:
            thread.join()
    assert asked[0].startswith(b"GET /nothing HTTP/1.1\r\nHost: localhost\r\n")


def test_a_socket_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(FrontDoorRefused):
        FrontDoor(f"unix:{tmp_path / 'nothing'}").get("/")
