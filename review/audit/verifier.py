"""Verify one bundle: read what everything else rests on, then let every check look."""

from collections.abc import Sequence
from dataclasses import dataclass

from crypto import checkpoint, roster
from crypto.errors import CryptoError
from crypto.note import NoteKey
from crypto.roster import Roster
from review.audit import bundle
from review.audit.cases import Cases
from review.audit.check import Check
from review.audit.checks.chained import Chained
from review.audit.errors import CannotVerify
from review.audit.known import Asked, Known
from review.audit.opened import Bundle
from review.audit.registry import CHECKS
from review.audit.walk import walk


@dataclass(frozen=True)
class Verified:
    """What was read, and every check with what it found."""

    known: Known
    checks: tuple[Check, ...]

    @property
    def exceptions(self) -> int:
        """How many exceptions there are."""
        return sum(each.told.count for each in self.checks)

    @property
    def warnings(self) -> int:
        """How many warnings there are, which are no exceptions yet."""
        told = (each.told for each in self.checks)
        return sum(len(each.warnings) + each.more_warnings for each in told)


def verify(opened: Bundle, asked: Asked, registry: Sequence[type[Check]] = CHECKS) -> Verified:
    """What holds of a bundle and what does not.

    Raises CannotVerify where nothing could be believed: no roster signed by the root key, no key of
    the keeper, no checkpoint, a bundle that is none.
    """
    rosters = _rosters(opened, asked.root_key)
    known = Known(
        bundle=opened,
        asked=asked,
        rosters=rosters,
        keys=_keys(rosters, asked),
        cases=Cases(opened.records()),
        waiting=tuple(opened.waiting()),
        dispositions=tuple(opened.dispositions()),
    )
    if asked.since is not None:
        try:
            known.since, _ = known.policy.check_signed(asked.since)
        except CryptoError as refused:
            raise CannotVerify(
                f"the checkpoint to compare with is not the keeper's: {refused}"
            ) from None
    _check_keys(known)
    _check_witnesses(known)
    checks = tuple(check(known) for check in registry)
    broken = next(each for each in checks if isinstance(each, Chained))
    walk(known, checks, broken.tell)
    if not known.newest:
        raise CannotVerify("no ledger of the bundle has a checkpoint: there is nothing to verify")
    _check_cosigning(known)
    return Verified(known, checks)


def _check_cosigning(known: Known) -> None:
    """Return if what is to be cosigned is what was verified, or nothing is to be."""
    if known.asked.cosigning is None:
        return
    newest = known.newest[max(known.newest)]
    if known.asked.cosigning.text != newest.note.text:
        raise CannotVerify(
            "the checkpoint to be cosigned is not the newest one of this bundle: do not cosign it\n"
            "a batch may have come between the two: take both once more, and keep these"
        )


def _rosters(opened: Bundle, root_key: bytes | None) -> list[Roster]:
    read = []
    for epoch in opened.epochs:
        data = opened.small(bundle.roster_file(epoch)) or b""
        try:
            found = roster.parse(data) if root_key is None else roster.verify(data, root_key)
        except CryptoError as refused:
            raise CannotVerify(f"roster {epoch} is not to be believed: {refused}") from None
        if found.epoch != epoch:
            raise CannotVerify(f"the file of roster {epoch} holds roster {found.epoch}")
        read.append(found)
    return read


def _keys(rosters: Sequence[Roster], asked: Asked) -> list[NoteKey]:
    """The keepers' keys: those of the auditor's own policy, and those of the rosters.

    Where there is a policy, rosters count only if the root key has signed them: whoever made the
    bundle could have made those too.
    """
    listed = asked.policy.ledgers if asked.policy is not None else ()
    told = rosters if asked.root_key is not None or not listed else ()
    found = {each.ledger_key.text: each.ledger_key for each in told if each.ledger_key}
    return list({**{each.text: each for each in listed}, **found}.values())


def _check_keys(known: Known) -> None:
    """Return if the keeper's key of every ledger is known, whatever it has signed."""
    origins = {each.name for each in known.keys}
    for number in known.bundle.ledgers:
        first = next(known.bundle.batches(number), None)
        if first is None:
            continue
        try:
            origin = checkpoint.parse(first.note.text).origin
        except CryptoError as refused:
            raise CannotVerify(f"the first checkpoint of ledger {number}: {refused}") from None
        if origin not in origins:
            raise CannotVerify(
                f"no roster and no policy has the key of the keeper of ledger {number}\n"
                "if the keeper has a new key, take it from a roster: give --root-key"
            )


def _check_witnesses(known: Known) -> None:
    """Return if nobody vouches for a ledger of their own."""
    keepers = {each.public for each in known.keys}
    keepers |= {each.ledger_key.public for each in known.rosters if each.ledger_key}
    for each in known.policy.witnesses:
        if each.key.public in keepers:
            raise CannotVerify("the policy counts the ledger's keeper as somebody who cosigns it")
