"""A root key is replaced by one that it signed for, and by nothing else."""

from collections.abc import Mapping
from datetime import date

import pytest

from crypto import roots
from crypto.errors import InvalidSignature, MalformedRoster, RosterRejected
from crypto.roster import Roster, check_follows, replaced_keys, sign_roster, verify
from crypto.signing import verify_key
from deploy import change
from deploy.ceremony import fields_of
from deploy.change import Root
from tests import committee

TODAY = date(2027, 1, 8)
FIRST = committee.roster()
OLD, NEW, LAST, MALLORY = (
    committee.ROOT_SEED, *(committee.seed(name) for name in ("new", "last", "mallory"))
)  # fmt: skip


def rotated(before: Roster, old: bytes, new: bytes) -> Roster:
    return change.rotate_root(Root(before, old, TODAY), lambda _size: new).roster


def extended(before: Roster, seed: bytes) -> Roster:
    return change.extend(Root(before, seed, TODAY)).roster


SECOND = rotated(FIRST, OLD, NEW)
THIRD = extended(SECOND, NEW)
FOURTH = rotated(THIRD, NEW, LAST)


def forged(link: Mapping[str, object], signer: bytes, after: Roster = FIRST) -> bytes:
    """A roster after that one, with this replacement, signed by this seed."""
    fields = fields_of(after) | {"epoch": after.epoch + 1, "previous": after.hash, "roots": [link]}
    return sign_roster(fields, signer)


@pytest.mark.parametrize("pinned", [OLD, NEW, LAST])
def test_whoever_knows_a_key_of_the_line_follows_it_to_the_last(pinned: bytes) -> None:
    assert verify(FOURTH.document, verify_key(pinned)) == FOURTH
    check_follows(SECOND, FIRST)
    check_follows(THIRD, SECOND)
    check_follows(FOURTH, THIRD)
    (told,) = replaced_keys(THIRD, FOURTH)
    assert told[0] == "root"


def test_a_line_that_the_old_root_did_not_sign_is_refused() -> None:
    real = roots.replace(FIRST.installation, OLD, MALLORY, 2, FIRST.hash)
    mine = roots.replace(FIRST.installation, MALLORY, NEW, 2, FIRST.hash)
    link = {**real, "signature": mine["signature"]}
    with pytest.raises(InvalidSignature):
        verify(forged(link, MALLORY), verify_key(OLD))


def test_a_line_that_begins_with_another_key_is_refused() -> None:
    """Attack: a line of one's own, from a key that nobody was set up with."""
    link = roots.replace(FIRST.installation, MALLORY, NEW, 2, FIRST.hash)
    with pytest.raises(InvalidSignature, match="not in the roster's line"):
        verify(forged(link, NEW), verify_key(OLD))


def test_a_roster_that_another_than_the_last_key_signed_is_refused() -> None:
    """Attack: who has the old root goes on signing under the new line."""
    link = roots.replace(FIRST.installation, OLD, NEW, 2, FIRST.hash)
    with pytest.raises(InvalidSignature):
        verify(forged(link, OLD), verify_key(OLD))
    with pytest.raises(InvalidSignature):
        extended(SECOND, OLD)


def test_a_replacement_for_another_installation_or_roster_is_refused() -> None:
    other = roots.replace("ab" * 16, OLD, NEW, 2, FIRST.hash)
    with pytest.raises(InvalidSignature):
        verify(forged(other, NEW), verify_key(OLD))
    moved = roots.replace(FIRST.installation, OLD, NEW, 2, "ab" * 32)
    with pytest.raises(MalformedRoster, match="after another roster"):
        forged(moved, NEW)


def test_a_line_that_is_rolled_back_is_refused_where_the_newer_was_seen() -> None:
    """Attack: the old root, which was replaced, signs the next roster as if it had not been."""
    fields = fields_of(SECOND) | {"epoch": 3, "previous": SECOND.hash}
    del fields["roots"]
    again = verify(sign_roster(fields, OLD), verify_key(OLD))
    with pytest.raises(RosterRejected, match="line of root keys"):
        check_follows(again, SECOND)


def test_two_successors_of_one_key_are_not_both_taken() -> None:
    """Attack: the old root signs for another key after it has been replaced."""
    link = roots.replace(FIRST.installation, OLD, MALLORY, 3, SECOND.hash)
    other = verify(forged(link, MALLORY, SECOND), verify_key(OLD))
    with pytest.raises(RosterRejected, match="line of root keys"):
        check_follows(other, SECOND)


@pytest.mark.parametrize("broken", ["empty", "again", "apart", "late", "back"])
def test_what_is_not_one_line_is_no_roster(broken: str) -> None:
    one = roots.replace(FIRST.installation, OLD, NEW, 2, FIRST.hash)
    two = roots.replace(FIRST.installation, NEW, LAST, 3, SECOND.hash)
    lines = {
        "empty": [],
        "again": [one, roots.replace(FIRST.installation, NEW, OLD, 3, SECOND.hash)],
        "apart": [one, roots.replace(FIRST.installation, MALLORY, LAST, 3, SECOND.hash)],
        "late": [one, roots.replace(FIRST.installation, NEW, LAST, 4, SECOND.hash)],
        "back": [{**one, "epoch": 3}, two],
    }
    fields = fields_of(SECOND) | {"epoch": 3, "previous": SECOND.hash, "roots": lines[broken]}
    with pytest.raises(MalformedRoster):
        sign_roster(fields, LAST)
