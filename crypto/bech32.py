"""Bech32 (BIP 173) without its length limit, as age spells recipients and identities.

One spelling per value: all of one case, the checksum always, no stray padding bits. decode() keeps
the case of the prefix, so encode(*decode(text)) is text. Only MalformedKey is raised, and it never
contains the text, which may be a private key.
"""

from functools import reduce
from operator import xor

from crypto.errors import MalformedKey

_SYMBOLS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_TO_VALUES = bytes.maketrans(_SYMBOLS.encode(), bytes(range(32)))
_TO_SYMBOLS = bytes.maketrans(bytes(range(32)), _SYMBOLS.encode())
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_CHECKSUM_SIZE = 6
_REGISTER = 30


def _sum(terms: tuple[int, ...], chosen: int) -> int:
    """The exclusive or of the terms whose bit is set."""
    return reduce(xor, (term for bit, term in enumerate(terms) if chosen >> bit & 1), 0)


def _advance(register: int) -> int:
    """The register one value later, if the value is zero."""
    return (register & 0x1FFFFFF) << 5 ^ _sum(_GENERATOR, register >> 25)


# Recipients are two thousand symbols long, and a submission draws and spells two. The checksum is
# linear: it is the exclusive or of what each value adds by itself. So the values are laid in rows,
# and what a column adds is looked up for all rows at once, in four bytes, by bytes.translate().
_ROW = 32


def _columns() -> list[list[bytes]]:
    """For each place in a row, what a value there adds to the register at the row's end."""
    found: list[list[bytes]] = []
    bits: tuple[int, ...] = tuple(1 << bit for bit in range(5))
    for _ in range(_ROW):
        added = [_sum(bits, value) for value in range(32)]
        planes = [bytes(each >> 8 * plane & 255 for each in added) for plane in range(4)]
        found.append([plane + bytes(224) for plane in planes])
        bits = tuple(map(_advance, bits))
    return found[::-1]


def _over_a_row() -> list[list[int]]:
    """What the register's lower, middle and upper ten bits become over a row of zeroes."""
    bits = [1 << bit for bit in range(_REGISTER)]
    for _ in range(_ROW):
        bits = list(map(_advance, bits))
    thirds = [tuple(bits[at : at + 10]) for at in range(0, _REGISTER, 10)]
    return [[_sum(third, chosen) for chosen in range(1024)] for third in thirds]


# A table of what a byte adds to another one: shifted, and cut to so many bits.
def _shifted(left: int, bits: int) -> bytes:
    cut = (1 << bits) - 1
    return bytes((byte << left if left >= 0 else byte >> -left) & cut for byte in range(256))


# Of each member of a group, which members of the other kind of group it is made of, and how.
_Parts = tuple[tuple[tuple[int, bytes], ...], ...]


def _parts(size: int, bits: int, others: int) -> _Parts:
    """The members of a group, size of them with so many bits each; the other kind has others."""
    wide = size * bits // others
    return tuple(
        tuple(
            (other, _shifted((place + 1) * bits - (other + 1) * wide, bits))
            for other in range(place * bits // wide, ((place + 1) * bits - 1) // wide + 1)
        )
        for place in range(size)
    )


_COLUMNS = _columns()
_LOWER, _MIDDLE, _UPPER = _over_a_row()
# Five bytes are eight values.
_VALUES, _BYTES = _parts(8, 5, 5), _parts(5, 8, 8)


def encode(prefix: str, data: bytes) -> str:
    """The Bech32 text of data, in the case of prefix."""
    low = prefix.lower()
    values = _to_values(data)
    symbols = (values + _checksum(low, values)).translate(_TO_SYMBOLS).decode("ascii")
    text = f"{low}1{symbols}"
    return text.upper() if prefix != low else text


def decode(text: str) -> tuple[str, bytes]:
    """The prefix and the data of Bech32 text."""
    low = text.lower()
    if not text.isascii() or text not in (low, text.upper()):
        raise MalformedKey("not in Bech32: mixed upper and lower case, or a character it has not")
    prefix, separator, symbols = low.rpartition("1")
    if not separator or not prefix or len(symbols) < _CHECKSUM_SIZE:
        raise MalformedKey("not in Bech32: too short, or without its separator")
    if any(not 33 <= ord(character) <= 126 for character in prefix):
        raise MalformedKey("not in Bech32: a character it has not")
    if not set(symbols).issubset(_SYMBOLS):
        raise MalformedKey("not in Bech32: a character it has not")
    values = symbols.encode("ascii").translate(_TO_VALUES)
    values, checksum = values[:-_CHECKSUM_SIZE], values[-_CHECKSUM_SIZE:]
    if checksum != _checksum(prefix, values):
        raise MalformedKey("the checksum does not match: mistyped, or not complete")
    data = _from_values(values)
    case_kept = text[: len(prefix)]
    # The checksum has been compared, and to compute it again for encode() would double the cost of
    # reading a recipient: that the symbols and the case come back is all that is left to ask.
    spelled = low if case_kept == prefix else text.upper()
    # Eight symbols spell five bytes and no two such groups the same ones, so that only the last,
    # incomplete group can have stray bits.
    groups = len(values) // 8
    if spelled != text or _to_values(data[groups * 5 :]) != values[groups * 8 :]:
        raise MalformedKey("not in Bech32: stray bits at the end")
    return case_kept, data


def _to_values(data: bytes) -> bytes:
    """The data in groups of five bits, the last filled with zeroes, each in a byte of its own."""
    return _regroup(data, 5, _VALUES)[: -(-len(data) * 8 // 5)]


def _from_values(values: bytes) -> bytes:
    """The whole bytes that groups of five bits spell."""
    if len(values) % 8 in (1, 3, 6):
        raise MalformedKey("not in Bech32: stray bits at the end")
    return _regroup(values, 8, _BYTES)[: len(values) * 5 // 8]


def _regroup(data: bytes, size: int, parts: _Parts) -> bytes:
    """The groups of so many members as groups of the other kind, all groups at the same time."""
    count = -(-len(data) // size)
    columns = [data.ljust(size * count, b"\0")[at::size] for at in range(size)]
    found = bytearray(len(parts) * count)
    for place, made_of in enumerate(parts):
        member = 0
        for column, table in made_of:
            member |= int.from_bytes(columns[column].translate(table), "little")
        found[place :: len(parts)] = member.to_bytes(count, "little")
    return bytes(found)


def _checksum(prefix: str, values: bytes) -> bytes:
    head = [ord(character) >> 5 for character in prefix]
    head.append(0)
    head.extend(ord(character) & 31 for character in prefix)
    remainder = _remainder(bytes(head) + values + bytes(_CHECKSUM_SIZE)) ^ 1
    return bytes(remainder >> 5 * place & 31 for place in reversed(range(_CHECKSUM_SIZE)))


def _remainder(values: bytes) -> int:
    """The remainder that BIP 173 defines, by its generator polynomial."""
    # It begins with a register of one, which is what a one before all values makes of a zero.
    values = bytes(-(len(values) + 1) % _ROW) + b"\1" + values
    sums = [0, 0, 0, 0]
    for place, tables in enumerate(_COLUMNS):
        column = values[place::_ROW]
        for plane, table in enumerate(tables):
            sums[plane] ^= int.from_bytes(column.translate(table), "little")
    rows = len(values) // _ROW
    register = 0
    for row in zip(*(each.to_bytes(rows, "little") for each in sums), strict=True):
        register = _LOWER[register & 1023] ^ _MIDDLE[register >> 10 & 1023] ^ _UPPER[register >> 20]
        register ^= row[0] ^ row[1] << 8 ^ row[2] << 16 ^ row[3] << 24
    return register
