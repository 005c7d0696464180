"""A real SMTP server on this machine that keeps what it is given, for tests.

It runs in a thread of its own and takes a port that is free. What it refuses, and whether it asks
for STARTTLS and a password, the test says.
"""

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

PATIENCE = 60


@dataclass(frozen=True)
class Taken:
    """A message as the server got it: from whom, to whom, and its bytes."""

    sender: str
    address: str
    message: bytes
    by_tls: bool


@dataclass
class Postbox:
    """What the server does, and what it was given."""

    refused: set[str] = field(default_factory=set)
    tls: ssl.SSLContext | None = None
    login: tuple[str, str] | None = None
    taken: list[Taken] = field(default_factory=list)
    port: int = 0

    async def handle_RCPT(  # noqa: N802 - the server's own name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take an address, or refuse it."""
        del server, session
        if address in self.refused:
            return "550 nobody of this name"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - the server's own name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Keep a message."""
        del server
        (address,) = envelope.rcpt_tos
        message, sender = envelope.content, envelope.mail_from
        assert isinstance(message, bytes)
        assert sender is not None
        self.taken.append(Taken(sender, address, message, session.ssl is not None))
        return "250 OK"

    def check(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _how: str, given: LoginPassword
    ) -> AuthResult:
        """Whether these are the name and the password."""
        name, password = self.login or ("", "")
        known = (given.login, given.password) == (name.encode(), password.encode())
        return AuthResult(success=known, handled=False)

    def protocol(self, loop: asyncio.AbstractEventLoop) -> SMTP:
        """One connection."""
        asks = self.login is not None
        return SMTP(
            self,
            hostname="mail.example",
            tls_context=self.tls,
            require_starttls=self.tls is not None,
            authenticator=self.check if asks else None,
            auth_required=asks,
            auth_require_tls=self.tls is not None,
            loop=loop,
        )


@contextmanager
def serving(postbox: Postbox, port: int = 0) -> Iterator[Postbox]:
    """The postbox at work; its port is set."""
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(
        loop.create_server(lambda: postbox.protocol(loop), "127.0.0.1", port)
    )
    postbox.port = server.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield postbox
    finally:
        asyncio.run_coroutine_threadsafe(_end(server), loop).result(PATIENCE)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _end(server: asyncio.Server) -> None:
    server.close()
    await server.wait_closed()
    # Every connection has had its QUIT by now; what it left to do is done before the loop ends.
    own = asyncio.current_task()
    left = [task for task in asyncio.all_tasks() if task is not own]
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
