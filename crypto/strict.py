"""The one decoder for base64, hexadecimal, decimal numbers and canonical JSON.

Everything here has exactly one accepted spelling per value: what is parsed is rendered again and
compared, and a difference is refused as Malformed. Python's own decoders are lenient (int() takes
signs, spaces, underscores and full-width digits, b64decode takes stray bits), and a second spelling
of a signed or hashed value is a second identity for it. Other modules must not call them.
"""

import base64
import binascii
import json
import re

import rfc8785

from crypto.errors import Malformed

# Large enough for any size or count of ours, small enough for a 64-bit reader.
_DECIMAL = re.compile(r"0|[1-9][0-9]{0,17}")
_MAX_WHOLE = (1 << 53) - 1
_PLAIN = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, allow_nan=False, sort_keys=True, separators=(",", ":")
)


def b64(text: str) -> bytes:
    """The bytes of padded standard base64 (RFC 4648 section 4)."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raise Malformed("not base64") from None
    if to_b64(data) != text:
        raise Malformed("not canonical base64")
    return data


def to_b64(data: bytes) -> str:
    """Padded standard base64 of data."""
    return base64.b64encode(data).decode("ascii")


def b64raw(text: str) -> bytes:
    """The bytes of standard base64 without padding, as age headers spell it."""
    if "=" in text:
        raise Malformed("base64 must not be padded here")
    return b64(text + "=" * (-len(text) % 4))


def to_b64raw(data: bytes) -> str:
    """Standard base64 of data without padding."""
    return to_b64(data).rstrip("=")


def hex_bytes(text: str, size: int) -> bytes:
    """The size bytes of lower-case hexadecimal text."""
    try:
        data = bytes.fromhex(text)
    except ValueError:
        raise Malformed("not hexadecimal") from None
    if data.hex() != text or len(data) != size:
        raise Malformed(f"not {size} bytes of lower-case hexadecimal")
    return data


def decimal(text: str) -> int:
    """The number that text writes in ASCII digits, without sign or leading zeroes.

    Raises Malformed also above eighteen digits.
    """
    if not _DECIMAL.fullmatch(text):
        raise Malformed("not a decimal number")
    return int(text)


def canonical(value: object) -> bytes:
    """The RFC 8785 rendering of value.

    Raises ValueError for what JSON cannot say: such a value is a mistake of the caller.
    """
    if _is_plain(value):
        return _PLAIN.encode(value).encode("utf-8")
    return rfc8785.dumps(value)  # type: ignore[arg-type]


def _is_plain(value: object) -> bool:
    """Whether the standard library's renderer, ten times as fast, gives the same bytes.

    It does for all that our documents hold. It orders names by code points and not as RFC 8785
    does, which is the same in ASCII, and writes fractions in its own way.
    """
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return True
    if kind is int:
        return abs(value) <= _MAX_WHOLE  # type: ignore[arg-type]
    if kind is dict:
        there: dict[object, object] = value  # type: ignore[assignment]
        return all(type(name) is str and name.isascii() for name in there) and all(
            map(_is_plain, there.values())
        )
    if kind is list or kind is tuple:
        return all(map(_is_plain, value))  # type: ignore[call-overload]
    return False


def _refuse_fraction(text: str) -> object:
    raise ValueError("numbers in documents are whole")


def parse_canonical(data: bytes) -> object:
    """The value whose RFC 8785 rendering is data.

    A name given twice, another order, white space or another spelling of a number or a string all
    render differently and are refused. So is a fraction: no document of ours has one.
    """
    try:
        value: object = json.loads(data.decode("utf-8"), parse_float=_refuse_fraction)
        rendered = canonical(value)
    except (ValueError, RecursionError):
        raise Malformed("not canonical JSON") from None
    if rendered != data:
        raise Malformed("not canonical JSON")
    return value
