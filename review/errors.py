"""What can go wrong in review, drawn as a tree.

    ReviewError
    ├── SettingsRefused           the program must not start
    ├── SchemaMismatch
    ├── AssetsMissing
    ├── RosterUnusable
    ├── NotSignedIn               this request is not answered with what it asked for
    ├── WrongSignIn
    ├── NotConfirmed              the act wants the person to show again that it is them
    ├── MeansRefused              a way to sign in was not changed
    ├── TooManyTries
    ├── CameFromElsewhere
    ├── StaleForm
    ├── MalformedForm
    ├── NotHere
    ├── ActRefused                the case has moved on since the page was made
    │   ├── HeadMoved
    │   ├── ActMoved
    │   ├── NeedsKey              nothing is added to the case until it has a new key
    │   └── StepRefused
    ├── SetAside                  a deposit stays in the drop until somebody has looked at it
    ├── CollectorBusy
    ├── JobBusy
    ├── StoreKeyWrong
    ├── KeyDestroyed
    ├── PersonRefused
    ├── HandInRefused
    ├── DocumentRefused           a document was not taken in
    ├── KeyRefused                a key that a browser made, or a file of one, was not taken in
    ├── DrillRefused              a drill was not recorded as said
    ├── QuarterRefused            a quarter's numbers are not told, or were told already
    ├── ExportRefused
    │   └── StateUnknown
    └── LedgerRefused             nothing was signed, and nothing is until somebody has looked
        ├── LedgerMoved
        └── LedgerBusy

Messages are for logs and terminals: lower case, and never a word, key, passphrase or name out of a
case. What a person reads is in the templates; which status each error becomes is one table in
web/errors.py.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar


class ReviewError(Exception):
    """Anything that review refuses or cannot do, as opposed to a mistake in the program."""


class SettingsRefused(ReviewError):
    """The settings cannot be used; problems says why, one sentence each."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)


class SchemaMismatch(ReviewError):
    """A database is absent, empty or not of the version this program was built for."""


class AssetsMissing(ReviewError):
    """A file that the pages load is not there, so no case could be opened in them."""


class RosterUnusable(ReviewError):
    """The book holds no roster of this committee, or one that must not be used here."""


class NotSignedIn(ReviewError):
    """There is no login, or it has ended."""


class WrongSignIn(ReviewError):
    """The name or the password is not right; nothing tells which."""


class NotConfirmed(ReviewError):
    """The act needs somebody who has shown within five minutes that it is them.

    wrong says that they tried just now, and that what they gave was not right.
    """

    def __init__(self, *, wrong: bool = False) -> None:
        super().__init__("the person has not shown of late that it is them")
        self.wrong = wrong


class MeansRefused(ReviewError):
    """A person's way to sign in was not changed; reason is one of REASONS."""

    REASONS: ClassVar[Mapping[str, str]] = {
        "last": "the last way to sign in cannot be taken away",
        "many": "no more passkeys than ten to a person",
        "known": "the passkey is kept already",
        "name": "a passkey's name is one line of at most 64 signs",
        "code": "the one-time code is not right",
        "off": "this way to sign in is switched off",
        "short": "the password is too short",
        "guessable": "the password is one of those that are tried first",
        "differs": "the two passwords are not the same",
        "gone": "there is no such thing any more",
    }

    def __init__(self, reason: str) -> None:
        super().__init__(self.REASONS[reason])
        self.reason = reason


class TooManyTries(ReviewError):
    """Others are signing in at this moment, and no more may wait for them."""


class CameFromElsewhere(ReviewError):
    """The browser says that another site made this request, or does not say that ours did."""


class StaleForm(ReviewError):
    """The form was not made for this login."""


class MalformedForm(ReviewError):
    """The request is not one that our pages send."""


class NotHere(ReviewError):
    """There is nothing at this address for this person; nothing tells why."""


class ActRefused(ReviewError):
    """What the act was meant for has changed since the page was made."""


class HeadMoved(ActRefused):
    """Another message took the place in the thread; n is the newest that is known."""

    def __init__(self, n: int) -> None:
        super().__init__("another message stands at this place of the thread")
        self.n = n


class ActMoved(ActRefused):
    """An act was signed for a place that it no longer has: another act came, or the roster went."""


class NeedsKey(ActRefused):
    """Somebody who is out of the case holds its newest key, and would read what is added."""


class StepRefused(ActRefused):
    """A step is not allowed in a case as it stands; reasons says why, one sentence each."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = tuple(reasons)


class SetAside(ReviewError):
    """A deposit cannot be taken into the book as it is, and stays in the drop.

    reason is one of the codes in REASONS, which says each in a sentence: what is kept of a problem
    is the code alone.
    """

    REASONS: ClassVar[Mapping[str, str]] = {
        "routing": "its routing cannot be honoured",
        "mismatch": "its routing belongs to another deposit",
        "taken": "the book has another case with its key or its mailbox",
        "no-case": "the book has no case for its mailbox",
        "order": "the message before it is not in the book",
        "disposed": "its case has been disposed of",
        "damaged": "the shred key of its case is damaged",
        "slices": "some slices of its files are missing",
        "malformed": "what it says of itself has not the form that the ledger wants",
        "recorder": "whoever recorded it is not among its readers",
    }

    def __init__(self, reason: str) -> None:
        super().__init__(self.REASONS[reason])
        self.reason = reason


class CollectorBusy(ReviewError):
    """Another collector is at work."""


class JobBusy(ReviewError):
    """Another run of the same job is at work."""


class StoreKeyWrong(ReviewError):
    """The store key is not the one under which the shred keys were wrapped."""


class KeyDestroyed(ReviewError):
    """The shred key of the case is gone, and with it everything of the case."""


class PersonRefused(ReviewError):
    """This person cannot be given a sign-in."""


class HandInRefused(ReviewError):
    """A signed report or a cosigned checkpoint was not taken in; reason is one of REASONS."""

    REASONS: ClassVar[Mapping[str, str]] = {
        "no-file": "no file was given",
        "no-policy": "no policy says whose signatures count",
        "report-malformed": "not a signed report",
        "checkpoint-malformed": "not a checkpoint with signatures",
        "signature": "not signed by a key that counts",
        "not-cosigned": "no cosignature by a key that counts",
        "other-ledger": "about another ledger",
        "unknown-checkpoint": "about a checkpoint that the book never had",
        "report-known": "the report was handed in before",
        "checkpoint-known": "the cosignature was handed in before",
    }

    def __init__(self, reason: str) -> None:
        super().__init__(self.REASONS[reason])
        self.reason = reason


class DocumentRefused(ReviewError):
    """A document, or a part of one, was not taken in; reason is one of REASONS."""

    REASONS: ClassVar[Mapping[str, str]] = {
        "form": "not what the page's script sends",
        "name": "the name cannot be kept",
        "empty": "nothing is in the file",
        "too-large": "larger than a document may be",
        "too-many": "too many unfinished ones of this person",
        "roster": "the roster is another one by now",
        "unknown": "no such upload of this person",
        "slice": "not the slice that belongs there",
        "incomplete": "not every slice has come",
        "hash": "the bytes are not those of the hash",
    }

    def __init__(self, reason: str) -> None:
        super().__init__(self.REASONS[reason])
        self.reason = reason


class KeyRefused(ReviewError):
    """A key that a browser made, or a file that belongs to one, was not taken in; reason is one of
    REASONS."""

    REASONS: ClassVar[Mapping[str, str]] = {
        "no-request": "not a request that the next roster could take in",
        "other-seat": "a request of another person",
        "another-day": "a request of another day",
        "no-recovery-copy": "a recovery copy is missing, or nothing could open one",
        "other-copy": "not the recovery copy that was made with the request",
        "not-sealed": "a file that is not sealed as it must be",
        "no-key": "a file for a key that is not there",
        "too-many": "more passkeys than a key has",
    }

    def __init__(self, reason: str) -> None:
        super().__init__(self.REASONS[reason])
        self.reason = reason


class DrillRefused(ReviewError):
    """A drill did not go as it would have to, or was recorded already."""


class QuarterRefused(ReviewError):
    """The quarter is not over, not settled, or its numbers have been told."""


class ExportRefused(ReviewError):
    """Nothing was written: there is no such case, or something is in the way."""


class StateUnknown(ExportRefused):
    """A case is in a state that there is none of: somebody wrote to the book behind our back."""


class LedgerRefused(ReviewError):
    """The ledger and what is known of it do not fit together; hint says what can be done."""

    def __init__(self, problem: str, hint: str | None = None) -> None:
        super().__init__(problem)
        self.hint = hint


class LedgerMoved(LedgerRefused):
    """Somebody else has appended to the ledger meanwhile."""


class LedgerBusy(LedgerRefused):
    """Another batch is at work."""
