"""The fast way of reading entries never disagrees with crypto.entry, which is the definition."""

import json
import random
from pathlib import Path

import pytest

from crypto import entry
from crypto.entry_types import TYPES
from crypto.errors import MalformedEntry
from review.audit import entries
from review.audit.entries import EntryReader, Row, row_of
from tests.vectors.cases.entry import example
from tests.vectors.cases.fixed import seed

VECTORS = json.loads(
    (Path(__file__).parents[2] / "vectors" / "entry.json").read_text(encoding="utf-8")
)
EXAMPLES = [
    example(kind, full=full).to_bytes() for kind in TYPES.values() for full in (True, False)
]


def slowly(line: bytes) -> Row | None:
    try:
        return row_of(entry.parse(line))
    except MalformedEntry:
        return None


def read(lines: list[bytes]) -> list[Row | None]:
    return EntryReader().rows(b"\n".join(lines) + b"\n", lines)


def test_every_type_is_read_the_fast_way(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = [line for line in EXAMPLES if b"ledger.continued" not in line]
    expected = [slowly(line) for line in plain]
    monkeypatch.setattr(entries, "_read", None)
    assert read(plain) == expected


@pytest.mark.parametrize("line", EXAMPLES, ids=range(len(EXAMPLES)))
def test_an_entry_is_read_as_it_is(line: bytes) -> None:
    assert read([line]) == [slowly(line)]
    assert slowly(line) is not None


def test_every_fault_of_the_vectors_is_refused_among_good_entries() -> None:
    bases = VECTORS["bases"]
    faults = [each for each in VECTORS["cases"] if each["op"] == "parse"]
    assert len(faults) > 60
    for case in faults:
        line = bases[case["base"]].encode()
        if "replace" in case:
            line = line.replace(*(each.encode() for each in case["replace"]), 1)
        if b"\n" not in line:
            lines = [EXAMPLES[0], line, EXAMPLES[1]]
            assert read(lines) == list(map(slowly, lines)), case["name"]
            assert (read([line]) == [None]) == (case["expect"] != "ok"), case["name"]


def test_any_byte_changed_in_an_entry_is_read_as_the_definition_reads_it() -> None:
    """Also where the change makes another good entry, as in a day or a nonce."""
    rng = random.Random(1)
    for line in EXAMPLES:
        for _ in range(60):
            changed = bytearray(line)
            changed[rng.randrange(len(line))] = rng.choice(b'09afgAF"{}\\n:,nul-.\x00\xff\x80 ')
            lines = [EXAMPLES[0], bytes(changed), EXAMPLES[3]]
            if b"\n" not in changed:
                assert read(lines) == list(map(slowly, lines)), bytes(changed)


def test_two_fields_exchanged_or_left_out_are_read_as_the_definition_reads_them() -> None:
    for line in EXAMPLES:
        parts = line[1:-1].split(b',"')
        for at in range(len(parts)):
            shorter = b"{" + b',"'.join(parts[:at] + parts[at + 1 :]) + b"}"
            for other in (shorter, line.replace(parts[at], parts[at] + b" ")):
                assert read([line, other]) == [slowly(line), slowly(other)]


def test_two_entries_on_one_line_are_none() -> None:
    line = EXAMPLES[0]
    assert read([line + line, line]) == [None, slowly(line)]
    assert read([line + b"," + line]) == [None]


def test_a_hash_that_swallows_a_line_feed_is_none() -> None:
    """The pattern leaves open what a hash is made of, so the piece is read line by line."""
    nonce = seed("entry nonce").hex().encode()
    line = entry.cover(example(TYPES["cover"], full=False).on, seed("entry nonce")).to_bytes()
    broken = line.replace(nonce, nonce[:20] + b"\n" + nonce[21:])
    lines = broken.split(b"\n")
    assert EntryReader().rows(broken + b"\n", lines) == [None, None]


def test_an_empty_line_is_none() -> None:
    assert read([b"", EXAMPLES[0]]) == [None, slowly(EXAMPLES[0])]


def test_a_shape_found_right_once_does_not_make_another_one_right() -> None:
    reader = EntryReader()
    good = example(TYPES["case.read"], full=True).to_bytes()
    assert reader.rows(good + b"\n", [good]) == [slowly(good)]
    for other in (
        good.replace(b'"by":"ada"', b'"by":null'),
        good.replace(b"case.read", b"cover"),
        good.replace(b'"data":{}', b'"data":{"a":1}'),
    ):
        assert reader.rows(other + b"\n", [other]) == [None]


def test_what_is_remembered_of_shapes_has_a_limit() -> None:
    reader = EntryReader()
    for number in range(entries._MAX_REMEMBERED // 1000 + 5):
        lines = [
            b'{"by":null,"commitment":null,"data":{"bundle":"%064x","reader":"case"},"digest":null,'
            b'"nonce":"%064x","on":"2026-11-21","previous":null,"subject":null,"type":"exported",'
            b'"v":1}' % (number * 1000 + at, at)
            for at in range(1000)
        ]
        assert None not in reader.rows(b"\n".join(lines) + b"\n", lines)
    assert len(vars(reader)["_shapes"]) <= entries._MAX_REMEMBERED + 1000
