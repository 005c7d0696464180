"""Bech32 (BIP 173) without its length limit, as age spells recipients and identities.

One spelling per value: all of one case, the checksum always, no stray padding bits. decode() keeps
the case of the prefix, so encode(*decode(text)) is text. Only MalformedKey is raised, and it never
contains the text, which may be a private key.
"""

import base64
import binascii
import functools
from operator import xor

from crypto.errors import MalformedKey

_SYMBOLS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_RFC4648 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_TO_BECH32 = str.maketrans(_RFC4648, _SYMBOLS)
_FROM_BECH32 = str.maketrans(_SYMBOLS, _RFC4648)
_TO_VALUES = bytes.maketrans(_SYMBOLS.encode(), bytes(range(32)))
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_CHECKSUM_SIZE = 6
# What the generator adds for each value of the five bits that leave the register. Recipients are
# two thousand symbols long, and looking this up makes reading one several times faster; looking it
# up for two symbols at once as much again.
_REDUCTION = [
    functools.reduce(xor, (term for bit, term in enumerate(_GENERATOR) if top >> bit & 1), 0)
    for top in range(32)
]
_REDUCTION_OF_TWO = [
    (_REDUCTION[top >> 5] & 0x1FFFFFF) << 5 ^ _REDUCTION[(_REDUCTION[top >> 5] >> 25) ^ (top & 31)]
    for top in range(1024)
]


def encode(prefix: str, data: bytes) -> str:
    """The Bech32 text of data, in the case of prefix."""
    low = prefix.lower()
    symbols = _to_symbols(data)
    text = f"{low}1{symbols}{_checksum(low, symbols)}"
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
    symbols, checksum = symbols[:-_CHECKSUM_SIZE], symbols[-_CHECKSUM_SIZE:]
    if checksum != _checksum(prefix, symbols):
        raise MalformedKey("the checksum does not match: mistyped, or not complete")
    data = _from_symbols(symbols)
    case_kept = text[: len(prefix)]
    # The checksum has been compared, and to compute it again for encode() would double the cost of
    # reading a recipient: that the symbols and the case come back is all that is left to ask.
    spelled = low if case_kept == prefix else text.upper()
    # Eight symbols spell five bytes and no two such groups the same ones, so that only the last,
    # incomplete group can have stray bits.
    if spelled != text or _to_symbols(data[len(symbols) // 8 * 5 :]) != symbols[_whole(symbols) :]:
        raise MalformedKey("not in Bech32: stray bits at the end")
    return case_kept, data


def _to_symbols(data: bytes) -> str:
    # Base32 groups bits as Bech32 does and fills the last symbol with zeroes as Bech32 demands;
    # only the alphabet differs.
    return base64.b32encode(data).decode("ascii").rstrip("=").translate(_TO_BECH32)


def _from_symbols(symbols: str) -> bytes:
    padded = symbols.translate(_FROM_BECH32) + "=" * (-len(symbols) % 8)
    try:
        return base64.b32decode(padded)
    except binascii.Error:
        raise MalformedKey("not in Bech32: stray bits at the end") from None


def _whole(symbols: str) -> int:
    """How many of the symbols are in groups of eight."""
    return len(symbols) // 8 * 8


def _checksum(prefix: str, symbols: str) -> str:
    head = [ord(character) >> 5 for character in prefix]
    head.append(0)
    head.extend(ord(character) & 31 for character in prefix)
    values = bytes(head) + symbols.encode("ascii").translate(_TO_VALUES) + bytes(_CHECKSUM_SIZE)
    remainder = _polymod(values) ^ 1
    return "".join(
        _SYMBOLS[remainder >> 5 * (_CHECKSUM_SIZE - 1 - place) & 31]
        for place in range(_CHECKSUM_SIZE)
    )


def _polymod(values: bytes) -> int:
    """The remainder that BIP 173 defines, by its generator polynomial, two values at a time."""
    remainder = 1
    odd = len(values) % 2
    for value in values[:odd]:
        remainder = (remainder & 0x1FFFFFF) << 5 ^ value ^ _REDUCTION[remainder >> 25]
    for high, low in zip(values[odd::2], values[odd + 1 :: 2], strict=True):
        reduced = _REDUCTION_OF_TWO[remainder >> 20]
        remainder = (remainder & 0xFFFFF) << 10 ^ high << 5 ^ low ^ reduced
    return remainder
