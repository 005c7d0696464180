import dataclasses

import pytest

from crypto import entry, entry_patterns
from crypto.entry_types import TYPES
from crypto.errors import MalformedEntry
from tests.vectors.cases.entry import BASES, FAULTS, example

LONG_WAY = {
    *("backup.expired", "book.restored", "evidence.recorded", "ledger.continued", "tally.closed"),
    *("concern.recorded", "drill.run", "schedule.changed"),
}


@pytest.mark.parametrize("name", TYPES)
@pytest.mark.parametrize("full", [True, False])
def test_an_entry_is_read_the_same_in_both_ways(name: str, full: bool) -> None:
    data = example(TYPES[name], full=full).to_bytes()
    assert entry._read(data) == example(TYPES[name], full=full)
    found = entry._read_plain(data)
    assert found is None if name in LONG_WAY else found == entry._read(data)


@pytest.mark.parametrize("name", FAULTS)
def test_what_is_refused_field_by_field_is_never_plainly_right(name: str) -> None:
    base, old, new = FAULTS[name]
    data = BASES[base].replace(old, new, 1).encode()
    with pytest.raises(MalformedEntry):
        entry._read(data)
    assert entry._read_plain(data) is None


@pytest.mark.parametrize("name", TYPES)
def test_no_bit_can_be_flipped_so_that_the_two_ways_disagree(name: str) -> None:
    good = example(TYPES[name], full=True).to_bytes()
    for at in range(len(good)):
        for bit in range(8):
            changed = good[:at] + bytes([good[at] ^ 1 << bit]) + good[at + 1 :]
            found = entry._read_plain(changed)
            if found is not None:
                assert found == entry._read(changed)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"slices":3', b'"slices":9007199254740992'),
        (b'"slices":3', b'"slices":03'),
        (b'"on":"2026-11-21"', b'"on":"0000-11-21"'),
        (b'"on":"2026-11-21"', b'"on":"2026-11-31"'),
        (b'"v":1}', b'"v":1}\n'),
        (b'"v":1}', b'"v":1} '),
        (b'{"by"', b' {"by"'),
        (b'"type":"submission.received"', b'"type":"submission.received","type":"cover"'),
    ],
)
def test_a_near_miss_goes_the_long_way_and_is_refused(old: bytes, new: bytes) -> None:
    data = BASES["first"].encode().replace(old, new)
    assert data != BASES["first"].encode()
    assert entry._read_plain(data) is None
    with pytest.raises(MalformedEntry):
        entry.parse(data)


def test_a_large_count_and_an_entry_before_without_a_case_go_the_long_way() -> None:
    large = BASES["first"].encode().replace(b'"slices":3', b'"slices":9007199254740991')
    assert entry_patterns.match(large) is None
    assert entry.parse(large).data == {"slices": 9007199254740991}
    export = dataclasses.replace(example(TYPES["exported"], full=True), subject=None)
    with pytest.raises(MalformedEntry, match="about no case"):
        export.to_bytes()
