"""Padding: documents to their steps, files to their slices."""

from crypto import padding
from crypto.padding import SLICE
from tests.vectors.cases.fixed import Case

Pieces = list[list[object]]
LIMIT = padding.MESSAGE_LIMIT


def spelled(*pieces: tuple[bytes, int]) -> Pieces:
    """Bytes as a list of [hexadecimal, times], so that a vector of 64 KiB stays readable."""
    return [[data.hex(), times] for data, times in pieces if data and times]


def _framed(length: int, filling: int, content: bytes = b"a") -> Pieces:
    return spelled((length.to_bytes(4, "big"), 1), (content, length), (b"\0", filling))


def _documents() -> list[Case]:
    ok = [
        ("message", size, step)
        for size, step in [
            (0, 4096),
            (1, 4096),
            (4092, 4096),
            (4093, 16384),
            (16380, 16384),
            (16381, 65536),
            (LIMIT, 65536),
        ]
    ]
    ok += [("routing", 0, 512), ("routing", 200, 512), ("routing", 508, 512)]
    return [
        {
            "name": f"a {what} of {size} bytes",
            "op": f"pad_{what}",
            "content": spelled((b"a", size)),
            "padded": _framed(size, step - size - 4),
            "expect": "ok",
        }
        for what, size, step in ok
    ]


def _too_long() -> list[Case]:
    return [
        {
            "name": f"a {what} of {size} bytes is {over} too long",
            "op": f"pad_{what}",
            "content": spelled((b"a", size)),
            "over": over,
            "expect": "TooLong",
        }
        for what, size, over in [
            ("message", LIMIT + 1, 1),
            ("message", LIMIT + 1000, 1000),
            ("routing", 509, 1),
        ]
    ]


def _wrong_documents() -> list[Case]:
    wrong: list[tuple[str, str, Pieces]] = [
        ("nothing", "message", []),
        ("three zeros", "message", spelled((b"\0", 3))),
        ("an unpadded message", "message", _framed(10, 0)),
        ("one byte less than a step", "message", _framed(10, 4081)),
        ("one byte more than a step", "message", _framed(10, 4083)),
        ("a larger step than needed", "message", _framed(10, 16384 - 14)),
        ("the largest step for a middle message", "message", _framed(5000, 65536 - 5004)),
        ("a step too small for its length", "message", spelled((b"\0\0\x0f\xfd", 1), (b"a", 4092))),
        ("a length beyond the file", "message", spelled((b"\xff\xff\xff\xff", 1), (b"\0", 4092))),
        ("a length beyond the limit", "message", spelled((b"\0\0\xff\xfd", 1), (b"a", 65532))),
        (
            "a one in the filling",
            "message",
            spelled((b"\0\0\0\x01a", 1), (b"\0", 4090), (b"\x01", 1)),
        ),
        (
            "a length in the other byte order",
            "message",
            spelled((b"\x01\0\0\0a", 1), (b"\0", 4091)),
        ),
        ("a message step", "routing", _framed(10, 4082)),
        ("a filling that is not zeros", "routing", spelled((b"\0\0\0\x01ab", 1), (b"\0", 506))),
        ("a length beyond the size", "routing", spelled((b"\0\0\x01\xfd", 1), (b"a", 508))),
    ]
    return [
        {
            "name": f"{what}: {name}",
            "op": f"unpad_{what}",
            "padded": padded,
            "expect": "MalformedPadding",
        }
        for name, what, padded in wrong
    ]


def _plans() -> list[Case]:
    lengths = [0, 1, 65535, 65536, 262143, 262144, SLICE - 1, SLICE, 2 * SLICE - 1, 2 * SLICE]
    lengths += [3 * SLICE, 4 * SLICE - 1, 4 * SLICE, 33 * SLICE, 64 * SLICE - 1, 64 * SLICE]
    lengths += [71 * SLICE, 72 * SLICE - 1, 72 * SLICE, 127 * SLICE, 128 * SLICE, 500 * SLICE]
    lengths += [512 * SLICE - 1, 512 * SLICE, 512 * SLICE + 1, 1000 * SLICE, 5000 * SLICE + 5]
    made = []
    for length in lengths:
        sizes = padding.padded_slices(length)
        made.append(
            {
                "name": f"the slices of a file of {length} bytes",
                "op": "plan",
                "length": length,
                "size": sizes[0],
                "count": len(sizes),
                "expect": "ok",
            }
        )
    return made


def _files() -> list[Case]:
    made: list[Case] = []
    for length in (0, 5, 65535, 65536, 262144, SLICE - 1, SLICE, SLICE + 1, 2 * SLICE + 7):
        padder = padding.SlicePadder()
        content = spelled((b"x", length))
        list(padder.feed(b"x" * length))
        list(padder.finish())
        slices = _expected_slices(length)
        made.append(
            {
                "name": f"a file of {length} bytes",
                "op": "pad_file",
                "content": content,
                "slices": slices,
                "sha256": padder.sha256,
                "expect": "ok",
            }
        )
    return made


def _expected_slices(length: int) -> list[Pieces]:
    slices = []
    left, mark = length, 1
    for size in padding.padded_slices(length):
        held = min(left, size)
        marked = mark if held < size else 0
        slices.append(spelled((b"x", held), (b"\x80", marked), (b"\0", size - held - marked)))
        left -= held
        mark -= marked
    return slices


def _wrong_files() -> list[Case]:
    small = spelled((b"x", 5), (b"\x80", 1), (b"\0", 65530))
    full = spelled((b"x", SLICE))
    last = spelled((b"\x80", 1), (b"\0", SLICE - 1))
    zeros = spelled((b"\0", SLICE))
    wrong: list[tuple[str, int, list[Pieces]]] = [
        ("no slices", 5, []),
        ("a slice too many", 5, [small, small]),
        ("a slice too few", SLICE, [full]),
        ("slices in another order", SLICE, [last, full]),
        ("a shorter length than the mark says", 4, [small]),
        ("a longer length than the mark says", 6, [small]),
        ("no mark", 5, [spelled((b"x", 5), (b"\0", 65531))]),
        ("another mark", 5, [spelled((b"x", 5), (b"\x01", 1), (b"\0", 65530))]),
        ("a one after the mark", 5, [spelled((b"x", 5), (b"\x80\x01", 1), (b"\0", 65529))]),
        ("a second mark", 2 * SLICE, [full, full, last, last]),
        ("a larger slice than needed", 5, [spelled((b"x", 5), (b"\x80", 1), (b"\0", 262138))]),
        ("a smaller slice than needed", 65536, [spelled((b"x", 65535), (b"\x80", 1))]),
        ("an unpadded file", 5, [spelled((b"x", 5))]),
        ("three slices where four are due", 2 * SLICE, [full, full, last]),
        ("content in a filling slice", 2 * SLICE, [full, full, last, full]),
        ("filling before the mark", 2 * SLICE, [full, full, zeros, last]),
    ]
    return [
        {
            "name": f"a file with {name}",
            "op": "unpad_file",
            "length": length,
            "slices": slices,
            "expect": "MalformedPadding",
        }
        for name, length, slices in wrong
    ]


def cases() -> list[Case]:
    made = [*_documents(), *_too_long(), *_wrong_documents()]
    return [*made, *_plans(), *_files(), *_wrong_files()]
