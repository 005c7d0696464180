"""The age v1 header: recipient stanzas and the authentication code that closes them.

    age-encryption.org/v1
    -> mlkem768x25519 <encapsulated key>
    <body, base64 in lines of 64 columns, the last one shorter>
    --- <HMAC-SHA-256 of everything up to and including the three dashes>

Reading is strict: a header that is accepted renders again byte for byte. Stanzas of the two types
that we read are checked in full here, whoever opens the file; stanzas of other types are kept and
ignored, as age demands. Nothing here holds or sees a key.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from crypto.errors import Malformed, MalformedHeader
from crypto.strict import b64raw, decimal, to_b64raw

MLKEM768X25519 = "mlkem768x25519"
SCRYPT = "scrypt"
FILE_KEY_SIZE = 16
WRAPPED_SIZE = FILE_KEY_SIZE + 16
ENCAPSULATED_SIZE = 1120
SALT_SIZE = 16
MAC_SIZE = 32

_VERSION_LINE = b"age-encryption.org/v1\n"
_STANZA_MARK = b"-> "
_END_MARK = b"---"
_COLUMNS = 64
# A header of some 600 hybrid recipients. age sets no limit, and a reader without one would hold as
# much memory as a hostile sender likes.
HEADER_LIMIT = 1 << 20


@dataclass(frozen=True)
class Stanza:
    """A file key wrapped for one recipient: what kind, with which arguments, and the body."""

    kind: str
    arguments: tuple[str, ...]
    body: bytes

    def render(self) -> bytes:
        """The lines of this stanza as they stand in a header."""
        text = to_b64raw(self.body)
        # The range runs one step beyond a full last line: the body must end in a shorter one.
        lines = [text[start : start + _COLUMNS] for start in range(0, len(text) + 1, _COLUMNS)]
        first = " ".join(("->", self.kind, *self.arguments))
        return "".join(f"{line}\n" for line in (first, *lines)).encode("ascii")


class Wraps(Protocol):
    """A recipient: it can wrap a file key and nothing else."""

    def wrap(self, file_key: bytes) -> Stanza:
        """The stanza from which only the matching identity gets file_key back."""


class Unwraps(Protocol):
    """An identity: it recognises the stanzas made for it."""

    def unwrap(self, stanzas: Sequence[Stanza]) -> bytes | None:
        """The file key, or None when no stanza opens with this identity."""


class ReadsLines(Protocol):
    """The part of a binary file from which a header is read."""

    def read(self, size: int, /) -> bytes:
        """Up to size bytes, none only at the end."""

    def readline(self, size: int, /) -> bytes:
        """Up to size bytes, to the next line feed."""


@dataclass(frozen=True)
class Header:
    """The stanzas of a sealed file and its authentication code, not yet verified."""

    stanzas: tuple[Stanza, ...]
    mac: bytes

    def render(self) -> bytes:
        """The bytes of this header."""
        return authenticated(self.stanzas) + f" {to_b64raw(self.mac)}\n".encode("ascii")


def authenticated(stanzas: Sequence[Stanza]) -> bytes:
    """The part of a header that its authentication code covers."""
    return _VERSION_LINE + b"".join(stanza.render() for stanza in stanzas) + _END_MARK


def read_header(source: ReadsLines) -> Header:
    """The header at the start of source, which is left at the first byte after it.

    Raises MalformedHeader.
    """
    lines = _Lines(source)
    version = lines.next()
    if version.startswith(b"-----BEGIN AGE"):
        raise MalformedHeader("an armored age file: only binary ones are read here")
    if version != _VERSION_LINE[:-1]:
        raise MalformedHeader("not an age v1 file")
    stanzas: list[Stanza] = []
    line = lines.next()
    while not line.startswith(_END_MARK):
        stanzas.append(_read_stanza(line, lines))
        line = lines.next()
    try:
        header = Header(tuple(stanzas), _base64_line(line.removeprefix(_END_MARK + b" ")))
    except Malformed:
        raise MalformedHeader("the last line of the header is not well formed") from None
    if not stanzas or len(header.mac) != MAC_SIZE or header.render() != lines.taken:
        raise MalformedHeader("the header is not in its canonical form")
    _check_stanzas(header.stanzas)
    return header


class _Lines:
    """The lines of a header without their line feeds, and the bytes taken so far."""

    def __init__(self, source: ReadsLines) -> None:
        self.taken = bytearray()
        self._source = source

    def next(self) -> bytes:
        room = HEADER_LIMIT - len(self.taken)
        line = self._source.readline(room + 1)
        if len(line) > room:
            raise MalformedHeader("the header is too long")
        if not line.endswith(b"\n"):
            raise MalformedHeader("the header ends too early")
        self.taken += line
        return line[:-1]


def _read_stanza(line: bytes, lines: _Lines) -> Stanza:
    if not line.startswith(_STANZA_MARK):
        raise MalformedHeader("a line of the header starts neither a stanza nor its end")
    arguments = line.removeprefix(_STANZA_MARK).split(b" ")
    for argument in arguments:
        if not argument or any(not 0x21 <= byte <= 0x7E for byte in argument):
            raise MalformedHeader("a stanza has an empty argument or one that is not plain ASCII")
    kind, *rest = (argument.decode("ascii") for argument in arguments)
    return Stanza(kind, tuple(rest), _read_body(lines))


def _read_body(lines: _Lines) -> bytes:
    body = bytearray()
    while True:
        line = lines.next()
        if len(line) > _COLUMNS:
            raise MalformedHeader("a line of a stanza's body is longer than 64 columns")
        try:
            body += _base64_line(line)
        except Malformed:
            raise MalformedHeader("a stanza's body is not canonical base64") from None
        if len(line) < _COLUMNS:
            return bytes(body)


def _base64_line(line: bytes) -> bytes:
    return b64raw(line.decode("latin-1"))


def _check_stanzas(stanzas: Sequence[Stanza]) -> None:
    """Refuse a stanza that claims to be of a type of ours and does not keep its rules."""
    for stanza in stanzas:
        if stanza.kind == MLKEM768X25519:
            _check_arguments(stanza, count=1, first_size=ENCAPSULATED_SIZE)
        elif stanza.kind == SCRYPT:
            _check_arguments(stanza, count=2, first_size=SALT_SIZE)
            # What a passphrase opens is believed to come from someone who knows it; a second
            # recipient beside it would let somebody else have made the file.
            if len(stanzas) != 1:
                raise MalformedHeader("a scrypt stanza must be the only one")
            scrypt_parameters(stanza)


def _check_arguments(stanza: Stanza, count: int, first_size: int) -> None:
    if len(stanza.arguments) != count:
        raise MalformedHeader(f"a {stanza.kind} stanza has the wrong number of arguments")
    try:
        first = b64raw(stanza.arguments[0])
    except Malformed:
        raise MalformedHeader(f"a {stanza.kind} stanza is not canonical base64") from None
    # A body of another size could hold a file key made to open under several keys.
    if len(first) != first_size or len(stanza.body) != WRAPPED_SIZE:
        raise MalformedHeader(f"a {stanza.kind} stanza is of the wrong size")


def scrypt_parameters(stanza: Stanza) -> tuple[bytes, int]:
    """The salt and the base-two logarithm of the work factor of a scrypt stanza."""
    salt, log_n = stanza.arguments
    try:
        number = decimal(log_n)
    except Malformed:
        number = 0
    if number == 0:
        raise MalformedHeader("a scrypt stanza's work factor is not a number from 1 up")
    return b64raw(salt), number
