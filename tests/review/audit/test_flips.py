"""Any single byte changed in what a bundle says is found, with a manifest made to fit.

Whoever changes a bundle makes its manifest anew, so nothing rests on that here: what gives the
change away is the tree, a signature, or something else that the bundle says.
"""

import random

import pytest

from crypto import policy
from review.audit import bundle
from tests import committee
from tests.review.audit.company import AUDITOR
from tests.review.audit.looking import files, look, packed
from tests.review.audit.world import World

ROUNDS = 60
POLICY = policy.parse(
    f"log {committee.ledger_signer().key.text}\nwitness w {AUDITOR.key.text}\nquorum w\n".encode()
)


def honest() -> World:
    """A world in which nothing waits and the newest checkpoint is cosigned."""
    made = World(11)
    made.batch()
    made.submit()
    made.live(3)
    made.morning()
    made.cosign()
    return made


WORLD = honest()
FILES = files(WORLD.bundle())


def test_the_bundle_is_honest_before_anything_is_changed() -> None:
    assert not any(record.waiting for record in WORLD.records())
    assert look(packed(FILES), policy=POLICY).status == 0


@pytest.mark.parametrize(
    "name",
    [
        *("ledgers/1/entries.jsonl", "ledgers/1/checkpoints.jsonl", "ledgers/1/checkpoint"),
        *(bundle.RECORDS, bundle.TALLY, bundle.RULES, "rosters/1.json"),
    ],
)
def test_any_byte_changed_in_a_file_is_found(name: str) -> None:
    rng = random.Random(name)
    for _ in range(ROUNDS):
        changed = bytearray(FILES[name])
        at = rng.randrange(len(changed))
        changed[at] = rng.choice([byte for byte in range(256) if byte != changed[at]])
        seen = look(packed({**FILES, name: bytes(changed)}), policy=POLICY)
        assert seen.status != 0, (name, at, FILES[name][at - 20 : at + 20], changed[at])


@pytest.mark.parametrize("name", ["ledgers/1/entries.jsonl", bundle.RECORDS, bundle.TALLY])
def test_any_line_left_out_or_repeated_is_found(name: str) -> None:
    lines = FILES[name].splitlines(keepends=True)
    for at in range(len(lines)):
        for other in (lines[:at] + lines[at + 1 :], lines[:at] + [lines[at]] + lines[at:]):
            seen = look(packed({**FILES, name: b"".join(other)}), policy=POLICY)
            assert seen.status != 0, (name, at)


def test_any_two_lines_exchanged_are_found() -> None:
    rng = random.Random(1)
    for name in ("ledgers/1/entries.jsonl", "ledgers/1/checkpoints.jsonl", bundle.TALLY):
        for _ in range(20):
            lines = FILES[name].splitlines(keepends=True)
            at, other = rng.sample(range(len(lines)), 2)
            lines[at], lines[other] = lines[other], lines[at]
            seen = look(packed({**FILES, name: b"".join(lines)}), policy=POLICY)
            assert seen.status != 0, (name, at, other)
