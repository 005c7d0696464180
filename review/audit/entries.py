"""Reading entries by the thousand: the same answers as crypto.entry.parse, many times as fast.

One regular expression reads all entries of a piece at once. It takes the fields' lengths from the
format and leaves open what they hold, so everything it found is checked afterwards: all hashes of
a piece together, and each shape of an entry once. A piece in which anything is unusual is read
entry by entry. That both ways always agree is a test.
"""

import re
from collections.abc import Sequence
from datetime import date
from itertools import chain
from operator import itemgetter
from typing import NamedTuple, cast

from crypto import entry, strict
from crypto.entry import Entry
from crypto.errors import MalformedEntry

COVER = b"cover"


class Row(NamedTuple):
    """The fields of one entry as they are spelled, without quotes; what is null is empty."""

    by: bytes
    commitment: bytes
    data: bytes
    digest: bytes
    nonce: bytes
    on: bytes
    previous: bytes
    subject: bytes
    type: bytes


_PLAIN = re.compile(
    rb'^\{"by":(?:null|"([a-z0-9-]{1,16})"),"commitment":(?:null|"(.{64})"),'
    rb'"data":(\{[^{}\n]*\}),"digest":(?:null|"(.{64})"),"nonce":"(.{64})","on":"(.{10})",'
    rb'"previous":(?:null|"(.{64})"),"subject":(?:null|"(.{64})"),'
    rb'"type":"([a-z.-]{1,33})","v":1\}$',
    re.DOTALL | re.MULTILINE,
)
_HASHES = itemgetter(1, 3, 4, 6, 7)
_HEXADECIMAL = b"0123456789abcdef"
# Shapes hold data, which may be different each time; those of an honest ledger are some dozens.
_MAX_REMEMBERED = 10_000
_Shape = tuple[bytes, bytes, bool, bool, bool, bool, bool]


class EntryReader:
    """Reads pieces of a ledger, and remembers which shapes and days it has found to be right."""

    def __init__(self) -> None:
        self._shapes: set[_Shape] = set()
        self._days: set[bytes] = set()

    def rows(self, chunk: bytes, lines: Sequence[bytes]) -> list[Row | None]:
        """The entries of a piece, None for a line that is none; the lines are those of the piece.

        Where the fast way is open, rows are plain tuples in the order of Row.
        """
        found = _PLAIN.findall(chunk)
        if len(found) == len(lines) and self._is_right(found):
            return cast(list[Row | None], found)
        return [_read(line) for line in lines]

    def _is_right(self, found: list[tuple[bytes, ...]]) -> bool:
        # A field that swallowed a quote or a line feed is not hexadecimal either.
        hashes = b"".join(chain.from_iterable(map(_HASHES, found)))
        if hashes.translate(None, _HEXADECIMAL):
            return False
        shapes = {
            (kind, data, not by, not commitment, not digest, not previous, not subject)
            for by, commitment, data, digest, _, _, previous, subject, kind in found
        }
        days = {each[5] for each in found}
        return self._are_known_days(days) and self._are_known_shapes(shapes)

    def _are_known_days(self, days: set[bytes]) -> bool:
        new = days - self._days
        if not all(map(_is_day, new)):
            return False
        self._days = _remembered(self._days, new)
        return True

    def _are_known_shapes(self, shapes: set[_Shape]) -> bool:
        new = shapes - self._shapes
        if not all(map(_is_right_shape, new)):
            return False
        self._shapes = _remembered(self._shapes, new)
        return True


def _remembered(known: set, new: set) -> set:  # type: ignore[type-arg]
    return new if len(known) > _MAX_REMEMBERED else known | new if new else known


def _is_day(text: bytes) -> bool:
    try:
        # Python also takes week dates of this length, which render differently.
        return date.fromisoformat(text.decode("ascii")).isoformat().encode() == text
    except ValueError:
        return False


def _is_right_shape(shape: _Shape) -> bool:
    """Whether an entry of this type, with these data and these fields null, is an entry.

    Every other field of it has been found to be of its own form, so one entry speaks for all.
    """
    kind, data, no_by, no_commitment, no_digest, no_previous, no_subject = shape
    some = b'"%b"' % (b"0" * 64)
    hashes = [b"null" if null else some for null in (no_commitment, no_digest)]
    about = [b"null" if null else some for null in (no_previous, no_subject)]
    line = (
        b'{"by":%b,"commitment":%b,"data":%b,"digest":%b,"nonce":%b,"on":"2026-11-21",'
        b'"previous":%b,"subject":%b,"type":"%b","v":1}'
    ) % (
        # The longest person, so that no entry of this shape is longer than what is allowed.
        b"null" if no_by else b'"0123456789abcdef"',
        hashes[0],
        data,
        hashes[1],
        some,
        *about,
        kind,
    )
    try:
        entry.parse(line)
    except MalformedEntry:
        return False
    return True


def _read(line: bytes) -> Row | None:
    try:
        return row_of(entry.parse(line))
    except MalformedEntry:
        return None


def row_of(read: Entry) -> Row:
    """An entry as a row."""
    return Row(
        by=_text(read.by),
        commitment=_text(read.commitment),
        data=strict.canonical(dict(read.data)),
        digest=_text(read.digest),
        nonce=read.nonce.hex().encode(),
        on=read.on.isoformat().encode(),
        previous=_text(read.previous),
        subject=_text(read.subject),
        type=read.type.encode(),
    )


def _text(value: str | None) -> bytes:
    return (value or "").encode()
