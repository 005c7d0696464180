"""Services behind ours: reachable with a secret or a socket only, and never from outside.

Redis holds counts, PostgreSQL everything. Each is tried as somebody would who has no secret, and
every address on which one listens is looked at.
"""

import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import psycopg
from sqlalchemy import make_url

from deploy.doctor.finding import Finding, bad, good, left_out
from deploy.doctor.here import Here
from deploy.rights import ROLES

PATIENCE = 30
PORTS = {6379: "Redis", 5432: "PostgreSQL"}
_LISTENING = "0A"
_LOOPBACK = {"0100007F", "00000000000000000000000001000000", "0000000000000000FFFF00000100007F"}


def look(here: Here) -> Iterator[Finding]:
    """Whether anything behind the programs lets strangers in."""
    found = [*_redis(here), *_postgres(here), *_listeners(here)]
    yield from found or [left_out("there is no service behind the programs")]


def _redis(here: Here) -> Iterator[Finding]:
    url = here.environment.get("INTAKE_LIMITER_STORAGE", "memory://")
    if not url.startswith("redis"):
        return
    parts = urlsplit(url)
    if parts.scheme == "redis+unix":
        yield good("Redis is reached by a socket, whose folder says who may")
        return
    port = parts.port or 6379
    try:
        with socket.create_connection((parts.hostname or "127.0.0.1", port), PATIENCE) as there:
            there.settimeout(PATIENCE)
            there.sendall(b"PING\r\n")
            said = there.recv(64)
    except OSError as error:
        yield bad(f"Redis cannot be reached: {error}", "start it, or set limiter_storage anew")
        return
    if said.startswith(b"+PONG"):
        yield bad(
            "Redis answers whoever asks, without a password",
            "set requirepass in redis.conf and the password in a URL in limiter_storage, or use "
            "redis+unix:// with a socket that only underrose-intake may open",
        )
    else:
        yield good("Redis wants a password")


def _postgres(here: Here) -> Iterator[Finding]:
    text = here.environment.get("REVIEW_BOOK_URL", "")
    if not text.startswith("postgresql"):
        return
    url = make_url(text)
    host = str(url.query.get("host", url.host or ""))
    # By a socket the server knows who asks; over the network only a secret can tell.
    name = "127.0.0.1" if host.startswith("/") or not host else host
    # A socket's name says which port the server has.
    port = url.port or int(str(url.query.get("port", "5432")))
    let_in = [role for role in ("postgres", *ROLES) if _lets_in(name, port, role, url.database)]
    for role in let_in:
        yield bad(
            f"PostgreSQL lets anybody in as {role} over the network, without a password",
            "take the lines with trust out of pg_hba.conf, then: systemctl reload postgresql",
        )
    if not let_in:
        yield good("PostgreSQL lets nobody in over the network without a secret")


def _lets_in(host: str, port: int, role: str, name: str | None) -> bool:
    try:
        psycopg.connect(
            host=host,
            port=port,
            user=role,
            dbname=name,
            connect_timeout=PATIENCE,
            passfile="/dev/null",
        ).close()
    except psycopg.Error:
        return False
    return True


def _listeners(here: Here) -> Iterator[Finding]:
    """Every address of the network on which one of them listens, by the kernel's list."""
    for file in ("/proc/net/tcp", "/proc/net/tcp6"):
        path = here.at(file)
        for line in path.read_text().splitlines()[1:] if path.is_file() else []:
            local, _remote, state = line.split()[1:4]
            address, _, port = local.partition(":")
            service = PORTS.get(int(port, 16))
            if state == _LISTENING and service and address not in _LOOPBACK:
                yield bad(
                    f"{service} listens on an address that other machines can reach",
                    "let it listen on a socket or 127.0.0.1 alone (listen_addresses, bind)",
                )
