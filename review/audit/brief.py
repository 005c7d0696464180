"""Reading records by the thousand: what a check needs of each, as bytes and without objects.

One regular expression reads all messages of a line. A line in which anything is unusual, or acts
wait, is read field by field by review.audit.records. That both ways always agree is a test.
"""

import functools
import re
from collections import Counter
from datetime import date
from typing import NamedTuple

from review.audit import records
from review.audit.records import KINDS, THREADS, Act, Record
from review.casework.course import Stage

NOT_KNOWN = b"?"
_HASH = "[0-9a-f]{64}"
_COUNT = "0|[1-9][0-9]{0,14}"
_DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_MESSAGE = (
    rf'\{{"digest":(?:null|"({_HASH})"),"kind":"([a-z-]{{1,12}})","n":([1-9][0-9]{{0,14}}),'
    rf'"on":"({_DAY})","slices":({_COUNT}),"thread":"([a-z]{{1,12}})"\}}'
)
_ANY = re.sub(r"\((?!\?)", "(?:", _MESSAGE)
_MESSAGES = re.compile(_MESSAGE.encode())
_LINE = re.compile(
    (
        rf'\{{"case":"({_HASH})","generation":([1-9][0-9]{{0,14}}),'
        rf'"messages":\[((?:{_ANY}(?:,{_ANY})*)?)\],"on":"({_DAY})","state":"([A-Z_]{{1,20}})",'
        r'"v":1,"waiting":\[\]\}'
    ).encode()
)


class Told(NamedTuple):
    """One message: which thread, its kind, day, digest and slices, as they are spelled."""

    thread: int
    kind: bytes
    on: bytes
    digest: bytes
    slices: bytes


# The same as Told(*fields), of which there is one for every message, in half the time.
told_of = functools.partial(tuple.__new__, Told)


class Brief(NamedTuple):
    """A record. A digest that the book does not know is NOT_KNOWN."""

    case: str
    on: bytes
    state: Stage
    generation: int
    messages: list[Told]
    waiting: tuple[Act, ...] = ()


def read(line: bytes) -> Brief:
    """The record that a line spells. Raises MalformedBundle."""
    found = _LINE.fullmatch(line)
    brief = None if found is None else _brief(found)
    return _long(records.parse(line)) if brief is None else brief


def _brief(found: re.Match[bytes]) -> Brief | None:
    case, generation, spelled, on, state = found.groups()
    messages = _MESSAGES.findall(spelled)
    if not _is_day(on) or state.decode() not in Stage.__members__ or not _are_right(messages):
        return None
    return Brief(
        case.decode(),
        on,
        Stage(state.decode()),
        int(generation),
        [
            told_of((_THREAD[thread], kind, on, digest or NOT_KNOWN, slices))
            for digest, kind, _, on, slices, thread in messages
        ],
    )


_THREAD = {name.encode(): at for at, name in enumerate(THREADS)}
_NUMBERED: dict[bytes, list[tuple[bytes, bytes]]] = {name: [] for name in _THREAD}
_KINDS = {(thread.encode(), kind.encode()) for thread, kinds in KINDS.items() for kind in kinds}


def _are_right(messages: list[tuple[bytes, ...]]) -> bool:
    """Whether the messages are of their threads' kinds, of days that exist, and in order."""
    if not {(each[5], each[1]) for each in messages} <= _KINDS:
        return False
    if not all(map(_is_day, {each[3] for each in messages})):
        return False
    counts = Counter(each[5] for each in messages)
    order = [pair for name in _THREAD for pair in _numbered(name, counts[name])]
    return [(each[5], each[2]) for each in messages] == order


def _numbered(thread: bytes, count: int) -> list[tuple[bytes, bytes]]:
    """The thread with the numbers from 1 on, spelled, so many of them."""
    known = _NUMBERED[thread]
    known.extend((thread, b"%d" % n) for n in range(len(known) + 1, count + 1))
    return known[:count]


@functools.lru_cache(4096)
def _is_day(spelled: bytes) -> bool:
    try:
        date.fromisoformat(spelled.decode())
    except ValueError:
        return False
    return True


def _long(record: Record) -> Brief:
    return Brief(
        record.case,
        record.on.isoformat().encode(),
        record.state,
        record.generation,
        [
            Told(
                THREADS.index(each.thread),
                each.kind.encode(),
                each.on.isoformat().encode(),
                NOT_KNOWN if each.digest is None else each.digest.encode(),
                b"%d" % each.slices,
            )
            for each in record.messages
        ],
        record.waiting,
    )
