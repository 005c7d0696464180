"""How the committee's root key was replaced: each by the one before it, in one line.

A roster whose root key is not the first carries every replacement. Each was signed by the key that
it replaced, for one roster: the next after one that it names. The new key signs that roster and
those after it. So whoever was set up with the first key, or any later one, follows the line to the
key that signs now, and a key that nobody of the line named signs nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crypto import signing, strict
from crypto.document import Document
from crypto.errors import InvalidSignature, MalformedRoster
from crypto.signing import verify_key

KIND = "root"
MAX_LINKS = 16
LINK_KEYS = ("from", "to", "epoch", "previous", "signature")


@dataclass(frozen=True)
class Link:
    """One replacement: which key by which, for the roster of that epoch after the one before it.

    Only signer() says that the key that was replaced signed it.
    """

    old: bytes
    new: bytes
    epoch: int
    previous: str
    signature: bytes

    def fields(self, installation: str) -> dict[str, object]:
        """The document that was signed, for one installation."""
        return {
            "installation": installation,
            "from": strict.to_b64(self.old),
            "to": strict.to_b64(self.new),
            "epoch": self.epoch,
            "previous": self.previous,
            "signature": strict.to_b64(self.signature),
        }


def read(parts: Sequence[Document], epoch: int, previous: str | None) -> tuple[Link, ...]:
    """The line that a roster of this epoch carries, after the roster before it.

    Raises MalformedRoster for a line that is empty or not one: a key that does not follow, that
    was there before, or a replacement of a later roster than the one that tells of it.
    """
    links = tuple(
        Link(
            old=part.key("from"),
            new=part.key("to"),
            epoch=part.whole("epoch", lowest=2),
            previous=part.hash("previous"),
            signature=part.signature(),
        )
        for part in parts
    )
    _check_line(links, epoch, previous)
    return links


def _check_line(links: tuple[Link, ...], epoch: int, previous: str | None) -> None:
    if not links:
        raise MalformedRoster("roots is empty")
    keys = [links[0].old, *(each.new for each in links)]
    follow = all(before.new == after.old for before, after in zip(links, links[1:], strict=False))
    if not follow or len(set(keys)) != len(keys):
        raise MalformedRoster("the root keys are not one line")
    epochs = [each.epoch for each in links]
    if epochs != sorted(set(epochs)) or epochs[-1] > epoch:
        raise MalformedRoster("the root keys are not in the order of their rosters")
    if epochs[-1] == epoch and links[-1].previous != previous:
        raise MalformedRoster("the root key was replaced after another roster")


def signer(links: Sequence[Link], installation: str, pinned: bytes) -> bytes:
    """The key that has to have signed a roster with this line, for who was set up with pinned.

    Raises InvalidSignature for a replacement that the key before did not sign, or a line in which
    the pinned key is not.
    """
    if not links:
        return pinned
    for each in links:
        signing.check(KIND, each.fields(installation), each.old)
    if pinned not in {links[0].old, *(each.new for each in links)}:
        raise InvalidSignature("the root key is not in the roster's line of root keys")
    return links[-1].new


def continues(before: Sequence[Link], after: Sequence[Link], epoch: int) -> bool:
    """Whether the roster of this epoch has the line of the one before, and at most its own more."""
    kept, added = tuple(after[: len(before)]), after[len(before) :]
    return kept == tuple(before) and [each.epoch for each in added] in ([], [epoch])


def replace(
    installation: str, old_seed: bytes, new_seed: bytes, epoch: int, previous: str
) -> Mapping[str, object]:
    """The replacement of a root key, for the roster of that epoch, as the roster carries it."""
    unsigned = Link(verify_key(old_seed), verify_key(new_seed), epoch, previous, b"")
    signed = signing.sign(KIND, unsigned.fields(installation), old_seed)
    return {name: signed[name] for name in LINK_KEYS}
