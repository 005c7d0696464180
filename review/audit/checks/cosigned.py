"""Somebody besides the keeper has seen the ledger grow."""

from crypto.errors import CryptoError, NotCosigned, NotSigned, UnknownLedger
from crypto.policy import Cosigned
from review.audit.check import Check
from review.audit.checks.checkpoints import day_of
from review.audit.known import Walked
from review.audit.place import Place

NOBODY = (
    "nobody but its keeper vouches for the ledger: whoever holds its key could have rewritten it"
)


class Cosignatures(Check):
    """The newest checkpoint for which enough have vouched."""

    name = "cosignatures"
    holds = "as many have cosigned the ledger as the policy wants"
    tests = ("RA-04",)

    def begin(self) -> None:
        """Nobody has cosigned."""
        self.vouched: tuple[Walked, tuple[Cosigned, ...]] | None = None

    def batch(self, walked: Walked) -> None:
        """Verify every line by a key of the policy."""
        policy = self.known.policy
        if not any(walked.note.has_line_of(each.key) for each in policy.witnesses):
            return
        try:
            witnessed = policy.check(walked.note)
        except NotCosigned:
            return
        except (NotSigned, UnknownLedger):
            return
        except CryptoError as refused:
            self.tell(
                f"a cosignature of the checkpoint of {walked.size} entries of ledger "
                f"{walked.ledger} is worth nothing: {refused}",
                Place(walked.ledger, walked.size - 1),
            )
            return
        if policy.quorum is not None:
            self.vouched = (walked, witnessed.cosigned)

    def end(self) -> None:
        """Say for how much of the ledger enough have vouched."""
        asked = self.known.asked.policy
        if asked is None or asked.quorum is None:
            self.made = False
            self.leave(f"who has cosigned the ledger, because no policy says who should; {NOBODY}")
        elif self.vouched is None:
            self.tell(f"no checkpoint is cosigned as the policy wants: {NOBODY}")
        else:
            self._say_rest(*self.vouched)

    def _say_rest(self, walked: Walked, cosigned: tuple[Cosigned, ...]) -> None:
        newest = self.known.newest[max(self.known.newest)]
        if (walked.ledger, walked.size) != (newest.ledger, newest.size):
            self.leave(
                f"what follows entry {walked.size} of ledger {walked.ledger}, for which only the "
                "keeper vouches until its checkpoint is cosigned"
            )

    def sentence(self) -> str:
        """Up to where and by whom the ledger is cosigned."""
        if self.vouched is None:
            return NOBODY
        walked, cosigned = self.vouched
        days = [(each.name, day_of(each.at)) for each in cosigned]
        names = ", ".join(f"{name} on {day}" if day else name for name, day in days)
        return f"the first {walked.size} entries of ledger {walked.ledger} are cosigned by {names}"
