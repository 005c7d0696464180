"""What a reader's browser sends with an act: a message that it has sealed and signed, and numbers.

Only coded values and envelopes are parsed here; nothing of it can be opened by this server.
"""

from flask import request

from crypto import strict
from crypto.errors import Malformed
from review.errors import MalformedForm
from review.treatment import Sent
from review.web.parts import parts, visitor


def message(*, to_mailbox: bool, prefix: str = "") -> Sent:
    """The message in the form, by the names of its fields behind a prefix.

    Raises MalformedForm for one that is not whole.
    """
    return Sent(
        by=visitor().person.id,
        on=parts().today,
        n=number(f"{prefix}n"),
        digest=digest(f"{prefix}digest"),
        case_envelope=file(f"{prefix}case_envelope"),
        mailbox_envelope=file(f"{prefix}mailbox_envelope") if to_mailbox else None,
    )


def message_if_any(*, to_mailbox: bool, prefix: str = "") -> Sent | None:
    """The message in the form, if one is there. Raises MalformedForm."""
    if f"{prefix}n" not in request.form:
        return None
    return message(to_mailbox=to_mailbox, prefix=prefix)


def number(name: str) -> int:
    """A number of the form. Raises MalformedForm."""
    try:
        return strict.decimal(request.form.get(name, ""))
    except Malformed:
        raise MalformedForm(f"{name} is not a number") from None


def digest(name: str) -> str:
    """A hash of the form. Raises MalformedForm."""
    text = request.form.get(name, "")
    try:
        strict.hex_bytes(text, 32)
    except Malformed:
        raise MalformedForm(f"{name} is not a hash") from None
    return text


def signature(name: str = "signature") -> bytes:
    """A signature of the form. Raises MalformedForm."""
    try:
        return strict.b64(request.form.get(name, ""))
    except Malformed:
        raise MalformedForm(f"{name} is not a signature") from None


def file(name: str) -> bytes:
    """A file of the form. Raises MalformedForm."""
    part = request.files.get(name)
    if part is None:
        raise MalformedForm(f"{name} is missing")
    return part.stream.read()
