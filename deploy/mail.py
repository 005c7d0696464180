"""Sends the weekly notice by SMTP.

The notice is the same for everybody, byte for byte: to whom it goes is said to the mail server and
not in the message. Its length is always the same too, because nothing in it changes but the day.
What is said to a server on another machine is said after STARTTLS, or not at all.
"""

import datetime
import ipaddress
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from deploy.errors import MailRefused

PATIENCE = 60.0
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WORDS = """\
This reminder goes out every week at the same hour, in the same words, to
everybody who has an account with the committee. It does not say whether
anything has come in. It does not know.

Please open the console as you always do and look at "What needs me".

There is no link in this message, on purpose. Nobody will ever ask you for a
password or a passphrase by mail.
"""


@dataclass(frozen=True, kw_only=True)
class Server:
    """A mail server, and how to be let in."""

    host: str
    port: int
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    ca_file: Path | None = None


def notice(sender: str, week: datetime.date) -> bytes:
    """The message of the week that begins on this day."""
    day = f"{_DAYS[week.weekday()]}, {week.day:02} {_MONTHS[week.month - 1]} {week.year:04}"
    domain = sender.rpartition("@")[2]
    lines = [
        f"From: {sender}",
        "To: undisclosed-recipients:;",
        "Subject: Your weekly reminder",
        f"Date: {day} 00:00:00 +0000",
        f"Message-ID: <notice.{week.isoformat()}@{domain}>",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=us-ascii",
        "Content-Transfer-Encoding: 7bit",
        "Auto-Submitted: auto-generated",
        "",
        *WORDS.splitlines(),
    ]
    return "".join(f"{line}\r\n" for line in lines).encode("ascii")


def is_here(peer: str) -> bool:
    """Whether this is an address of this machine that no network sees."""
    address = ipaddress.ip_address(peer.partition("%")[0])
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback


@contextmanager
def connected(
    server: Server, sender: str, clear: Callable[[str], bool] = is_here
) -> Iterator[smtplib.SMTP]:
    """A connection on which mail can be sent. Raises MailRefused.

    clear says of the server's address whether it may be spoken to without STARTTLS.
    """
    domain = sender.rpartition("@")[2]
    client: smtplib.SMTP | None = None
    try:
        client = smtplib.SMTP(server.host, server.port, domain, PATIENCE)
        _introduce(client, server, clear)
    except (OSError, smtplib.SMTPException) as problem:
        # No farewell: to a server that is not to be trusted there is nothing more to say.
        if client is not None:
            client.close()
        raise MailRefused(f"the mail server cannot be used: {_said(problem)}") from None
    except MailRefused:
        if client is not None:
            client.close()
        raise
    try:
        yield client
    finally:
        with suppress(OSError, smtplib.SMTPException):
            client.quit()
        client.close()


def deliver(client: smtplib.SMTP, sender: str, address: str, message: bytes) -> str | None:
    """Hand one message over; why the server did not take it for this address, or None.

    Raises MailRefused when the server is gone, so that nobody else is tried.
    """
    try:
        client.sendmail(sender, [address], message)
    except smtplib.SMTPServerDisconnected:
        raise MailRefused("the mail server broke off") from None
    except smtplib.SMTPRecipientsRefused as refused:
        ((code, _text),) = refused.recipients.values()
        return f"the server answered {code}"
    except smtplib.SMTPResponseException as refused:
        return f"the server answered {refused.smtp_code}"
    except OSError as problem:
        raise MailRefused(f"the mail server broke off: {_said(problem)}") from None
    return None


def _introduce(client: smtplib.SMTP, server: Server, clear: Callable[[str], bool]) -> None:
    client.ehlo_or_helo_if_needed()
    if client.has_extn("starttls"):
        cafile = None if server.ca_file is None else str(server.ca_file)
        client.starttls(context=ssl.create_default_context(cafile=cafile))
        client.ehlo()
    elif client.sock is None or not clear(client.sock.getpeername()[0]):
        raise MailRefused(
            "the mail server is on another machine and offers no STARTTLS",
            hint="nothing was sent: use one that does, or one on this machine",
        )
    if server.user is not None and server.password is not None:
        client.login(server.user, server.password)


def _said(problem: Exception) -> str:
    """What went wrong, without what the server says, which may name an address."""
    if isinstance(problem, smtplib.SMTPResponseException):
        return f"it answered {problem.smtp_code}"
    if isinstance(problem, ssl.SSLError):
        return "its certificate or its TLS is not right"
    if isinstance(problem, OSError) and problem.strerror:
        return problem.strerror.lower()
    return type(problem).__name__
