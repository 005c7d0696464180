"""A root key that was replaced signs a roster all the same, or a second key takes its place."""

import hashlib
from collections.abc import Mapping

from crypto import roots
from crypto.roster import Roster, sign_roster, verify
from crypto.signing import verify_key
from deploy.ceremony import fields_of
from tests import committee
from tests.review.audit.looking import look
from tests.review.audit.world import World

FIRST = committee.roster(demo=False)
OLD, NEW, MALLORY = committee.ROOT_SEED, committee.seed("new"), committee.seed("mallory")


def after(before: Roster, seed: bytes, *line: Mapping[str, object]) -> Roster:
    """The next roster with this line of root keys, as whoever pinned the first key believes it."""
    fields = fields_of(before) | {"epoch": before.epoch + 1, "previous": before.hash}
    fields.pop("roots", None)
    signed = sign_roster(fields | ({"roots": list(line)} if line else {}), seed)
    return verify(signed, verify_key(OLD))


LINK = roots.replace(FIRST.installation, OLD, NEW, 2, FIRST.hash)
SECOND = after(FIRST, NEW, LINK)


def world(*rosters: Roster) -> World:
    made = World(5, rosters=rosters)
    for each in rosters:
        for link in each.roots:
            if link.epoch == each.epoch:
                told = {"key": "root", "fingerprint": hashlib.sha256(link.new).hexdigest()}
                made.record("key.rotated", data=told)
    made.batch()
    made.submit()
    made.live(1)
    made.morning()
    return made


def test_a_root_key_that_the_one_before_signed_for_is_followed() -> None:
    assert look(world(FIRST, SECOND, after(SECOND, NEW, LINK))).found == {}


def test_a_replaced_root_key_that_signs_again_is_found() -> None:
    seen = look(world(FIRST, SECOND, after(SECOND, OLD)))
    assert "roster 3 has another line of root keys than roster 2" in seen.by("rosters")


def test_a_second_successor_of_a_root_key_is_found() -> None:
    other = roots.replace(FIRST.installation, OLD, MALLORY, 3, SECOND.hash)
    seen = look(world(FIRST, SECOND, after(SECOND, MALLORY, other)))
    assert "roster 3 has another line of root keys than roster 2" in seen.said("rosters")
