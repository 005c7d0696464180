"""Reading a JSON document strictly: exactly these keys, exactly these types and spellings.

The documents of Underrose are objects in canonical JSON (RFC 8785) whose numbers are whole. A
Document asks for each field in the one form it may have and raises the error class of its format
for any other, so that a format's module reads as a list of its fields.
"""

import re
from collections.abc import Collection
from datetime import date
from typing import Self

from crypto import strict
from crypto.errors import Malformed
from crypto.recipient import Recipient

VERSION = 1
MAX_WHOLE = (1 << 53) - 1
MAX_IDS = 20
_HASH_SIZE = 32
_INSTALLATION_SIZE = 16
_KEY_SIZE = 32
_SIGNATURE_SIZE = 64
_ID = re.compile(r"[a-z0-9-]{1,16}")
_CONTROL = re.compile("[\u0000-\u001f\u007f-\u009f\u2028\u2029]")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def is_id(text: str) -> bool:
    """Whether text can be the id of a person on a roster."""
    return _ID.fullmatch(text) is not None


def is_hash(text: str) -> bool:
    """Whether text is a SHA-256 in the one spelling that documents have."""
    return re.fullmatch("[0-9a-f]{64}", text) is not None


def parse_value(data: bytes, error: type[Malformed]) -> object:
    """The value that these canonical bytes spell."""
    try:
        return strict.parse_canonical(data)
    except Malformed as refused:
        raise error(str(refused)) from None


class Document:
    """An object from the world with exactly the expected keys."""

    def __init__(self, value: object, keys: Collection[str], error: type[Malformed]) -> None:
        if not isinstance(value, dict) or set(value) != set(keys):
            raise error("not an object with the expected keys")
        self._value: dict[str, object] = value
        self._error = error

    @classmethod
    def parse(cls, data: bytes, keys: Collection[str], error: type[Malformed]) -> Self:
        """The document that these canonical bytes spell."""
        return cls(parse_value(data, error), keys, error)

    @property
    def fields(self) -> dict[str, object]:
        """The object itself, for checking its signature."""
        return self._value

    def _wrong(self, key: str, expected: str) -> Malformed:
        # The name of the field comes from our own list of keys; its value is never told.
        return self._error(f"{key} is not {expected}")

    def part(self, key: str, keys: Collection[str]) -> "Document":
        """The object under key, with exactly these keys of its own."""
        return Document(self._value[key], keys, self._error)

    def parts(self, key: str, limit: int, keys: Collection[str]) -> list["Document"]:
        """The objects in the list under key, at most limit of them."""
        return [Document(value, keys, self._error) for value in self._list(key, limit)]

    def _list(self, key: str, limit: int) -> list[object]:
        value = self._value[key]
        if not isinstance(value, list) or len(value) > limit:
            raise self._wrong(key, f"a list of at most {limit}")
        return value

    def text(self, key: str, longest: int | None = None, shortest: int = 0) -> str:
        """The text under key; longest and shortest count code points."""
        value = self._value[key]
        if not isinstance(value, str) or len(value) < shortest:
            raise self._wrong(key, "text")
        if longest is not None and len(value) > longest:
            raise self._wrong(key, f"at most {longest} characters")
        return value

    def line(self, key: str, longest: int) -> str:
        """The text under key, which is one line that is not empty."""
        value = self.text(key, longest, shortest=1)
        if _CONTROL.search(value):
            raise self._wrong(key, "one line")
        return value

    def choice(self, key: str, choices: Collection[str]) -> str:
        """The text under key, which is one of the choices."""
        value = self.text(key)
        if value not in choices:
            raise self._wrong(key, "one of its coded values")
        return value

    def whole(self, key: str, lowest: int = 0) -> int:
        """The whole number under key, not below lowest."""
        value = self._value[key]
        # bool is a kind of int in Python, and true is no number.
        if type(value) is not int or not lowest <= value <= MAX_WHOLE:
            raise self._wrong(key, "a whole number in its range")
        return value

    def flag(self, key: str) -> bool:
        """The true or false under key."""
        value = self._value[key]
        if not isinstance(value, bool):
            raise self._wrong(key, "true or false")
        return value

    def version(self) -> None:
        """Return if the document is of the version that we read."""
        if type(self._value["v"]) is not int or self._value["v"] != VERSION:
            raise self._wrong("v", "the version that is read here")

    def day(self, key: str) -> date:
        """The day under key."""
        value = self.text(key)
        try:
            # fromisoformat alone would also take week dates and dates without dashes.
            if _DAY.fullmatch(value):
                return date.fromisoformat(value)
        except ValueError:
            pass
        raise self._wrong(key, "a day") from None

    def is_null(self, key: str) -> bool:
        """Whether the value under key is null."""
        return self._value[key] is None

    def hash(self, key: str) -> str:
        """The SHA-256 under key, as it is spelled."""
        value = self.text(key)
        if not is_hash(value):
            raise self._wrong(key, "a SHA-256")
        return value

    def installation(self) -> str:
        """The installation id, as it is spelled."""
        value = self.text("installation")
        try:
            strict.hex_bytes(value, _INSTALLATION_SIZE)
        except Malformed:
            raise self._wrong("installation", "an installation id") from None
        return value

    def key(self, key: str) -> bytes:
        """The 32 bytes of the Ed25519 key under key."""
        return self._bytes(key, _KEY_SIZE)

    def signature(self, key: str = "signature") -> bytes:
        """The 64 bytes of the document's signature."""
        return self._bytes(key, _SIGNATURE_SIZE)

    def _bytes(self, key: str, size: int) -> bytes:
        try:
            data = strict.b64(self.text(key))
        except Malformed:
            data = b""
        if len(data) != size:
            raise self._wrong(key, f"{size} bytes of base64")
        return data

    def id(self, key: str = "id") -> str:
        """The id of a person."""
        value = self.text(key)
        if not is_id(value):
            raise self._wrong(key, "an id")
        return value

    def recipient(self, key: str) -> Recipient:
        """The recipient under key."""
        try:
            return Recipient.parse(self.text(key))
        except Malformed:
            raise self._wrong(key, "a recipient") from None

    def keys(self, key: str, limit: int) -> tuple[bytes, ...]:
        """The Ed25519 keys in the list under key."""
        values = self._list(key, limit)
        parts = [Document({key: value}, [key], self._error) for value in values]
        return tuple(part.key(key) for part in parts)

    def ids(self, key: str) -> tuple[str, ...]:
        """The ids of people in the list under key, in ascending order and without repeats."""
        values = [value for value in self._list(key, MAX_IDS) if isinstance(value, str)]
        if self._value[key] != sorted(set(values)) or not all(map(is_id, values)):
            raise self._wrong(key, "a list of ids in order")
        return tuple(values)
