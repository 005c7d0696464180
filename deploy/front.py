"""A client of an installation's front door, at the address that submitters use or at its socket."""

import http.client
import re
import socket
import ssl
from urllib.parse import urlsplit

from deploy.client import PATIENCE, Client
from deploy.errors import FrontDoorRefused

_UNIX = "unix:"
_HOST = re.compile(r"[a-z0-9.-]+(:[0-9]{1,5})?")


class _SocketConnection(http.client.HTTPConnection):
    """A connection to a program that listens on a socket of this machine."""

    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=PATIENCE)
        self._path = path

    def connect(self) -> None:
        """Reach the socket; http.client calls this."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class FrontDoor(Client):
    """Requests to https://HOST, http://HOST:PORT or unix:PATH. Raises FrontDoorRefused."""

    def __init__(self, address: str) -> None:
        super().__init__(0)
        self._address = address
        parts = urlsplit(address)
        path = address.removeprefix(_UNIX) if address.startswith(_UNIX) else None
        is_web = parts.scheme in ("http", "https") and _HOST.fullmatch(parts.netloc)
        if path is None and (not is_web or parts.path not in ("", "/") or parts.query):
            raise FrontDoorRefused("the address is none of https://HOST, http://HOST and unix:PATH")
        self._path, self._scheme, self._host = path, parts.scheme, parts.netloc

    @property
    def own(self) -> str:
        """What a browser would call the site that it is on."""
        return "http://localhost" if self._path is not None else f"{self._scheme}://{self._host}"

    def connection(self) -> http.client.HTTPConnection:
        """A new connection to the address."""
        if self._path is not None:
            return _SocketConnection(self._path)
        if self._scheme == "https":
            context = ssl.create_default_context()
            return http.client.HTTPSConnection(self._host, timeout=PATIENCE, context=context)
        return http.client.HTTPConnection(self._host, timeout=PATIENCE)
