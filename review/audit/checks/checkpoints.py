"""Every batch ends with a checkpoint that its keeper signed, of the very tree of its entries."""

from datetime import UTC, date, datetime, timedelta

from crypto import checkpoint
from crypto.checkpoint import Checkpoint
from crypto.errors import CryptoError, NotSigned, UnknownLedger
from crypto.tally import STEP
from review.audit.check import Check
from review.audit.known import Walked
from review.audit.place import Place

# Time zones put a day and the moment of its signature apart by no more than this.
_APART = timedelta(days=1)


def day_of(at: int) -> date | None:
    """The day, in UTC, of a moment that somebody signed; None for one that no calendar has."""
    try:
        return datetime.fromtimestamp(at, UTC).date()
    except (ValueError, OverflowError, OSError):
        return None


def _date(spelled: bytes) -> date:
    return date.fromisoformat(spelled.decode())


class Checkpoints(Check):
    """The ledger is the one that was signed, batch by batch."""

    name = "checkpoints"
    holds = "every checkpoint is signed by the ledger's keeper and has the root of its entries"
    tests = ("RA-01", "RA-04")

    def begin(self) -> None:
        """No batch has been read."""
        self._signed_at = 0
        # The ledger of each origin.
        self._origins: dict[str, int] = {}

    def batch(self, walked: Walked) -> None:
        """Recompute and compare."""
        where = f"the checkpoint of {walked.size} entries of ledger {walked.ledger}"
        last = Place(walked.ledger, walked.size - 1)
        try:
            head = checkpoint.parse(walked.note.text)
        except CryptoError as refused:
            self.tell(f"{where} is none: {refused}", last)
            return
        if walked.number == 1 and walked.ledger > 1:
            self._signed_at = 0
        self._check_tree(walked, head, where, last)
        self._check_signature(walked, where, last)

    def _check_tree(self, walked: Walked, head: Checkpoint, where: str, last: Place) -> None:
        if head.size != walked.size:
            self.tell(f"{where} says that there are {head.size}", last)
        if walked.size <= walked.first:
            self.tell(f"{where} is not larger than the one before it", last)
        elif walked.root is None:
            self.tell(f"{where} is there, and not so many entries: the end was cut off", last)
        elif walked.root != head.root:
            first = Place(walked.ledger, walked.first)
            self.tell(
                f"{where} has another root than its entries: one of entries {walked.first + 1} to "
                f"{walked.size}, or one before, was changed, moved, removed or put in",
                first,
                last,
            )
        if walked.size % STEP:
            self.tell(f"{where} does not end a batch of a multiple of sixteen", last)
        if walked.number == 1 and head.origin not in self._origins:
            self._origins[head.origin] = walked.ledger
        if self._origins.get(head.origin) != walked.ledger:
            self.tell(f"{where} is of another ledger, {head.origin}", last)

    def _check_signature(self, walked: Walked, where: str, last: Place) -> None:
        try:
            _, signed_at = self.known.policy.check_signed(walked.note)
        except (NotSigned, UnknownLedger):
            self.tell(f"{where} is not signed by a key of its keeper", last)
            return
        except CryptoError as refused:
            self.tell(f"{where} is worth nothing: {refused}", last)
            return
        self._check_roster(walked, where, last)
        signed_on, on = day_of(signed_at), _date(walked.on)
        if signed_on is None or abs(signed_on - on) > _APART:
            told = signed_on.isoformat() if signed_on else "a day that no calendar has"
            self.tell(f"{where} is of {on.isoformat()} and was signed on {told}", last)
        if signed_at < self._signed_at:
            self.tell(f"{where} was signed before the one before it: a clock was set back", last)
        self._signed_at = max(self._signed_at, signed_at)

    def _check_roster(self, walked: Walked, where: str, last: Place) -> None:
        """Return if a roster in force has the keeper's key: a policy alone vouches for nobody."""
        if self.known.asked.root_key is None:
            return
        keys = [each.ledger_key for each in self.known.in_force(_date(walked.on))]
        if not any(key and walked.note.has_line_of(key) for key in keys):
            self.tell(f"{where} is signed by a key that no roster in force then has", last)

    def end(self) -> None:
        """What nobody signed."""
        for first, size in self.known.unsigned:
            self.tell(
                f"entries {first.at + 1} to {size} of ledger {first.ledger} come after its newest "
                "checkpoint, which the keeper has not signed them into",
                first,
            )


def checkpoint_origin(walked: Walked) -> str:
    """The origin that a batch's checkpoint names, or nothing if it is none."""
    try:
        return checkpoint.parse(walked.note.text).origin
    except CryptoError:
        return ""
