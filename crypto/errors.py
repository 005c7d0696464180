"""What can go wrong with bytes that came from the world.

CryptoError
├── Malformed
│   ├── MalformedHeader
│   ├── MalformedKey
│   ├── MalformedPadding
│   ├── MalformedMessage
│   ├── MalformedRoster
│   ├── MalformedCode
│   ├── MalformedNote
│   ├── MalformedCheckpoint
│   ├── MalformedProof
│   ├── MalformedPolicy
│   ├── MalformedEntry
│   ├── MalformedStatement
│   ├── MalformedAct
│   ├── MalformedMark
│   ├── MalformedKept
│   ├── MalformedTexts
│   ├── MalformedTally
│   ├── MalformedAttestation
│   ├── MalformedEnrolment
│   ├── MalformedDisposition
│   └── MalformedState
├── UnsupportedRecipient
├── WrongIdentity
├── HeaderTampered
├── PayloadTampered
├── TooLong
├── InvalidSignature
├── InvalidProof
├── InconsistentTree
│   └── SmallerTree
├── UnknownLedger
├── NotSigned
├── NotCosigned
├── WrongText
├── WrongPlace
├── TooFewReaders
├── RosterRejected
│   ├── RosterExpired
│   ├── RosterRolledBack
│   └── RosterIsForDemo
├── EnrolmentRejected
├── SharesRefused
└── WrongPassphrase

Names end in the fact. Messages are lower case, without a full stop, and never contain a plaintext,
a key, a passphrase or a receipt code, so that a caller may print or log any of them. A mistake of
the programmer is a ValueError and is not in this tree.
"""

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


class MalformedNote(Malformed):
    """A signed note, or a key that signs or checks one, is not spelled as it must be."""


class MalformedCheckpoint(Malformed):
    """The text of a note is not a checkpoint, or not in its one spelling."""


class MalformedProof(Malformed):
    """A file of an inclusion or a consistency proof is not spelled as it must be."""


class MalformedPolicy(Malformed):
    """A policy file does not say which ledgers and how many cosigners to believe.

    line is the number of the line at fault, or None where a line is missing.
    """

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message if line is None else f"line {line}: {message}")
        self.line = line


class MalformedEntry(Malformed):
    """A ledger entry does not have the fields of its type."""


class MalformedStatement(Malformed):
    """A deposit statement does not have the fields of one."""


class MalformedAct(Malformed):
    """An act, or a list of signatures under one, does not have the fields of one."""


class MalformedMark(Malformed):
    """A line or an act's value is no mark of a drill."""


class MalformedTexts(Malformed):
    """The committee's own texts do not have the fields of such, or are too long."""


class MalformedTally(Malformed):
    """The tally of a day does not have the fields of one, or is not filled up as it must be."""


class MalformedAttestation(Malformed):
    """A signed report is not canonical JSON with the name and signature of who signed it."""


class MalformedKept(Malformed):
    """A file of a kept text with its nonce does not have the fields of one."""


class MalformedEnrolment(Malformed):
    """A request for a seat does not have the fields of one."""


class MalformedDisposition(Malformed):
    """A manifest of what is to go, or the certificate that it went, is not spelled as one."""


class MalformedState(Malformed):
    """A cosigner's file of what it saw last cannot be read, so nothing may be cosigned."""


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


class InvalidProof(CryptoError):
    """A proof does not lead from this leaf to this root."""


class InconsistentTree(CryptoError):
    """A tree is not shown to continue one that was seen before: something may be rewritten.

    size and known_size are those of the tree refused and of the tree seen.
    """

    def __init__(self, message: str, size: int, known_size: int) -> None:
        super().__init__(message)
        self.size = size
        self.known_size = known_size


class SmallerTree(InconsistentTree):
    """A tree has fewer entries than one that was seen before."""


class UnknownLedger(CryptoError):
    """A checkpoint is of a ledger that is not known here."""


class NotSigned(CryptoError):
    """A note carries no signature by the key that should have made one."""


class NotCosigned(CryptoError):
    """Fewer cosigners than the policy wants have signed. found holds their names."""

    def __init__(self, message: str, found: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.found = found


class WrongText(CryptoError):
    """A text is not the one that an entry commits to."""


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


class EnrolmentRejected(CryptoError):
    """A request for a seat is well formed and signed, and does not belong to this roster."""


class SharesRefused(CryptoError):
    """The shares of a secret are mistyped, too few, or not of one secret."""


class WrongPassphrase(CryptoError):
    """The passphrase or password does not open what it was given for."""
