"""A connection through a SOCKS proxy, as Tor's: the proxy finds the name, and nobody else hears it.

Only what RFC 1928 calls CONNECT with a name, and no password.
"""

import socket

_VERSION = 5
# How long an address is that the proxy names: version 4, version 6; a name says its length.
_SIZES = {1: 4, 4: 16}


def connect(proxy: tuple[str, int], name: str, port: int, patience: float) -> socket.socket:
    """A connection to a name, as the proxy makes it. patience is in seconds. Raises OSError."""
    there = socket.create_connection(proxy, timeout=patience)
    try:
        _ask(there, name, port)
    except BaseException:
        there.close()
        raise
    return there


def _ask(there: socket.socket, name: str, port: int) -> None:
    there.sendall(bytes([_VERSION, 1, 0]))
    if _read(there, 2) != bytes([_VERSION, 0]):
        raise ConnectionError("the proxy wants a password, or is no SOCKS proxy")
    asked = name.encode("ascii")
    place = bytes([len(asked)]) + asked + port.to_bytes(2, "big")
    there.sendall(bytes([_VERSION, 1, 0, 3]) + place)
    version, refused, _, kind = _read(there, 4)
    if version != _VERSION or refused:
        raise ConnectionError(f"the proxy did not reach it (answer {refused})")
    # Where the proxy's own end is, and its port; nobody needs it.
    _read(there, (_SIZES.get(kind) or _read(there, 1)[0]) + 2)


def _read(there: socket.socket, size: int) -> bytes:
    found = b""
    while len(found) < size:
        piece = there.recv(size - len(found))
        if not piece:
            raise ConnectionError("the proxy has hung up")
        found += piece
    return found
