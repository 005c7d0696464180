"""What can go wrong with bytes that came from the world.

CryptoError
├── Malformed
│   ├── MalformedHeader
│   ├── MalformedKey
│   ├── MalformedPadding
│   ├── MalformedMessage
│   ├── MalformedRoster
│   └── MalformedCode
├── UnsupportedRecipient
├── WrongIdentity
├── HeaderTampered
├── PayloadTampered
├── TooLong
├── InvalidSignature
├── WrongPlace
├── TooFewReaders
├── RosterRejected
│   ├── RosterExpired
│   ├── RosterRolledBack
│   └── RosterIsForDemo
└── WrongPassphrase

Names end in the fact. Messages are lower case, without a full stop, and never contain a plaintext,
a key, a passphrase or a receipt code, so that a caller may print or log any of them. A mistake of
the programmer is a ValueError and is not in this tree.
"""
# ruff: noqa: N818 - the names say what is the case, and the base class says that it is an error

from typing import Literal


class CryptoError(Exception):
    """Bytes from the world were refused; the subclass says why."""


class Malformed(CryptoError):
    """The bytes are not in the one spelling that the format allows."""


class MalformedHeader(Malformed):
    """An age header breaks the format."""


class MalformedKey(Malformed):
    """A recipient, an identity or an identity file is not well formed."""


class MalformedPadding(Malformed):
    """What was opened is not padded as everything of ours is."""


class MalformedMessage(Malformed):
    """A message does not have the fields of its kind."""


class MalformedRoster(Malformed):
    """A roster does not have the fields of a roster."""


class MalformedCode(Malformed):
    """A receipt code as typed cannot be one.

    looks_like tells the page which sentence helps: "length" for too few or too many symbols,
    "character" when one of them looks wrong. The code itself is not kept.
    """

    def __init__(self, message: str, looks_like: Literal["length", "character"]) -> None:
        super().__init__(message)
        self.looks_like = looks_like


class UnsupportedRecipient(CryptoError):
    """The file is sealed only in ways that we do not read.

    kinds holds the stanza types found, as the file spells them.
    """

    def __init__(self, message: str, kinds: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.kinds = kinds


class WrongIdentity(CryptoError):
    """The file is sealed in a way that we read, and not to any of these identities."""


class HeaderTampered(CryptoError):
    """The header was changed after sealing: its authentication code does not match."""


class PayloadTampered(CryptoError):
    """The payload was changed, cut short or extended after sealing."""


class TooLong(CryptoError):
    """The content does not fit the largest size that the format has.

    over is by how many bytes, so that a page can say how much to leave out.
    """

    def __init__(self, message: str, over: int = 0) -> None:
        super().__init__(message)
        self.over = over


class InvalidSignature(CryptoError):
    """A signature does not verify under the key that should have made it."""


class WrongPlace(CryptoError):
    """A message is genuine and belongs elsewhere: to another case, thread or position."""


class TooFewReaders(CryptoError):
    """After the exclusions fewer than two people could read the case."""


class RosterRejected(CryptoError):
    """A roster is well formed and signed, and must not be used."""


class RosterExpired(RosterRejected):
    """The roster's last day has passed, or its first has not come."""


class RosterRolledBack(RosterRejected):
    """The roster's epoch is lower than one already seen."""


class RosterIsForDemo(RosterRejected):
    """A demonstration's roster was offered to an installation that is none."""


class WrongPassphrase(CryptoError):
    """The passphrase or password does not open what it was given for."""
