"""The fast way of reading records never disagrees with review.audit.records."""

import random

import pytest

from review.audit import brief, records
from review.audit.errors import MalformedBundle
from tests.review.audit.looking import files
from tests.review.audit.world import World


def lines() -> list[bytes]:
    made = World(1)
    made.batch()
    made.submit()
    made.live(6)
    waiting = files(made.bundle())["records.jsonl"].splitlines()
    made.morning()
    return [*files(made.bundle())["records.jsonl"].splitlines(), *waiting]


LINES = lines()


def both(line: bytes) -> tuple[object, object]:
    """What the fast way and the slow one say."""
    try:
        slow: object = brief._long(records.parse(line))
    except MalformedBundle:
        slow = None
    try:
        fast: object = brief.read(line)
    except MalformedBundle:
        fast = None
    return fast, slow


@pytest.mark.parametrize("line", LINES, ids=range(len(LINES)))
def test_a_record_is_read_as_it_is(line: bytes) -> None:
    fast, slow = both(line)
    assert fast == slow
    assert fast is not None


def test_a_record_that_nothing_waits_for_is_read_the_fast_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(records, "parse", None)
    quiet = [line for line in LINES if line.endswith(b'"waiting":[]}')]
    assert quiet
    for line in quiet:
        brief.read(line)


def test_any_byte_changed_in_a_record_is_read_as_the_slow_way_reads_it() -> None:
    rng = random.Random(1)
    for line in LINES:
        for _ in range(300):
            changed = bytearray(line)
            changed[rng.randrange(len(line))] = rng.choice(b'019afgAFRZ"{}[]\\:,nul-.\x00\xff ')
            fast, slow = both(bytes(changed))
            assert fast == slow, bytes(changed)


def test_messages_moved_are_read_as_the_slow_way_reads_them() -> None:
    for line in LINES:
        record = records.parse(line)
        for at in range(len(record.messages) - 1):
            messages = list(record.messages)
            messages[at], messages[at + 1] = messages[at + 1], messages[at]
            moved = records.Record(**{**vars(record), "messages": tuple(messages)})
            assert both(moved.to_bytes()) == (None, None)
