"""What can go wrong in intake, drawn as a tree.

    IntakeError
    ├── SettingsRefused           the program must not start
    ├── SchemaMismatch
    ├── AssetsMissing
    ├── StatementKeyUnusable      nothing can be signed; deposits are taken in all the same
    ├── TooManyDays
    ├── OutcomeUnknown            a commit may or may not have happened
    ├── NotReady                  nothing can be taken in now
    │   ├── NoRoster
    │   ├── RosterUnusable
    │   └── DropAltered
    ├── RequestRefused            this request cannot be taken in
    │   ├── MalformedBody
    │   ├── BodyTooLarge
    │   ├── AnswersRefused
    │   ├── FileRefused
    │   ├── BudgetSpent
    │   ├── PriceAsked
    │   ├── NoPlace
    │   ├── DiskLow
    │   └── CameFromElsewhere
    └── DropRefused               the drop does not agree
        ├── RosterMoved
        ├── UnknownMailbox
        ├── HeadMoved
        ├── MailboxFull
        ├── MailboxTaken
        ├── SlicesMissing
        ├── UploadClosed
        └── LetterDiffers

Messages are for logs and terminals: lower case, and never a word, code, key or address out of a
request. What a submitter reads is in the templates; which status each error becomes is one table
in web/errors.py.
"""

# ruff: noqa: N818 - the names say what is the case, and the base class says that it is an error

from collections.abc import Sequence

from intake.submission import Problem


class IntakeError(Exception):
    """Anything that intake refuses or cannot do, as opposed to a mistake in the program.

    hint is what an operator can do about it, if there is one such thing.
    """

    hint: str | None = None


class SettingsRefused(IntakeError):
    """The settings cannot be used; problems says why, one sentence each."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)


class SchemaMismatch(IntakeError):
    """The drop's tables are not those this program was built for."""

    hint = "run: underrose database upgrade"


class AssetsMissing(IntakeError):
    """A file that the pages load is not there, so they could not seal anything."""

    hint = "run: node crypto/browser/build.js"


class StatementKeyUnusable(IntakeError):
    """The key for statements cannot be read, or the roster does not list it."""

    hint = "statement.key is in the folder intake of the ceremony that made the roster"


class TooManyDays(IntakeError):
    """Many days would be closed at once, which cannot be undone: perhaps the clock is wrong."""

    hint = "if the clock is right, say until when, step by step, with --until"


class OutcomeUnknown(IntakeError):
    """The database failed while it committed, so that nobody can say whether it did."""


class NotReady(IntakeError):
    """Nothing can be taken in at the moment, and nothing was."""


class NoRoster(NotReady):
    """No roster has been published yet: there is nobody to seal to."""


class RosterUnusable(NotReady):
    """The published roster is forged, expired, rolled back or for a demonstration."""


class DropAltered(NotReady):
    """The drop shows something that its submitter did not sign; somebody changed it."""


class RequestRefused(IntakeError):
    """This request cannot be taken in, whatever the state of the drop."""


class MalformedBody(RequestRefused):
    """The body is not what a form or our own script sends."""


class BodyTooLarge(RequestRefused):
    """The body holds more text or more parts than a form can have."""


class AnswersRefused(RequestRefused):
    """Some answers have to be put right first; problems says which, for the person."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("some answers have to be put right first")
        self.problems = tuple(problems)


class FileRefused(RequestRefused):
    """A file is too big or one too many; sentence says which, for the person who chose it."""

    def __init__(self, sentence: str) -> None:
        super().__init__("a file is too big or one too many")
        self.sentence = sentence


class BudgetSpent(RequestRefused):
    """More arrived in a short time than this installation takes in."""


class PriceAsked(RequestRefused):
    """So much arrives that this waits, or the sender's device works, before it is taken.

    stamp goes back with the form, after seconds or with a solution of so many bits.
    """

    def __init__(self, stamp: str, seconds: int, bits: int) -> None:
        super().__init__("this is taken after a wait")
        self.stamp = stamp
        self.seconds = seconds
        self.bits = bits


class NoPlace(RequestRefused):
    """As many requests carry files as may at a time; words would be taken."""


class DiskLow(RequestRefused):
    """The disk has only as much left as is kept for words; files are not taken."""


class CameFromElsewhere(RequestRefused):
    """The browser says that another site's page made this request."""


class DropRefused(IntakeError):
    """The request was well formed and the drop does not agree with it."""


class RosterMoved(DropRefused):
    """The form was made with a roster that is no longer the current one."""


class UnknownMailbox(DropRefused):
    """No mailbox has this id: never made, or disposed of."""


class HeadMoved(DropRefused):
    """Another follow-up of the same submitter arrived first; read the mailbox again."""


class MailboxFull(DropRefused):
    """One mailbox takes no more follow-ups, today or at all."""


class MailboxTaken(DropRefused):
    """A new submission names a mailbox or a case key that already exists."""


class SlicesMissing(DropRefused):
    """A deposit names slices that have not all arrived."""


class UploadClosed(DropRefused):
    """The upload already belongs to a deposit and takes no further slice."""


class LetterDiffers(DropRefused):
    """Another letter stands at this place of the mailbox."""
