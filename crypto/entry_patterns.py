"""One regular expression for each type of entry, for reading a million of them.

An entry has fixed keys in a fixed order and values that are coded, so that its one spelling can be
written down as a pattern. What matches is an entry, with its fields in groups; what does not match
may still be one, and is read, or refused with its reason, field by field. That the two never
disagree is a test.
"""

import functools
import re

from crypto.entry_types import TYPES, EntryType

# The type is near the end, because keys are in order.
_TYPE = re.compile(rb'"type":"([a-z-]{1,16}(?:\.[a-z-]{1,16})?)","v":1\}\Z')
_HASH = '"[0-9a-f]{64}"'
_PERSON = '"[a-z0-9-]{1,16}"'
_DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
# Sixteen digits may be more than a document can say; an origin may need escapes; and that a day
# exists takes a calendar. Those go the long way.
_KINDS = {
    "code": '"[A-Za-z0-9][A-Za-z0-9._-]{0,39}"',
    "count": "0|[1-9][0-9]{0,14}",
    "hash": _HASH,
    "person": _PERSON,
    "signature": '"[A-Za-z0-9+/]{85}[AQgw]=="',
}


def match(data: bytes) -> re.Match[bytes] | None:
    """The match of an entry that is plainly one, or None."""
    named = _TYPE.search(data, max(0, len(data) - 64))
    kind = TYPES.get(named[1].decode("ascii")) if named else None
    pattern = _pattern(kind.name) if kind else None
    return pattern.fullmatch(data) if pattern else None


@functools.cache
def _pattern(name: str) -> re.Pattern[bytes] | None:
    kind = TYPES[name]
    if any(spelled.removesuffix("?") not in _KINDS for spelled in kind.data.values()):
        return None
    values = ",".join(
        f'"{key}":(?:{_KINDS[spelled.removesuffix("?")]}{"|null" if spelled.endswith("?") else ""})'
        for key, spelled in sorted(kind.data.items())
    )
    about_a_case = {"subject"} & (kind.required | kind.optional)
    fields = {
        "by": _field(kind, "by", _PERSON),
        "commitment": _field(kind, "commitment", _HASH),
        "data": rf"\{{{values}\}}",
        "digest": _field(kind, "digest", _HASH),
        "nonce": _HASH,
        "on": f'"{_DAY}"',
        "previous": f"{_HASH}|null" if about_a_case else "null",
        "subject": _field(kind, "subject", _HASH),
    }
    spelled = ",".join(f'"{key}":(?P<{key}>{pattern})' for key, pattern in fields.items())
    ending = f'"type":"(?P<type>{re.escape(kind.name)})","v":1'
    return re.compile(rf"\{{{spelled},{ending}\}}".encode("ascii"))


def _field(kind: EntryType, key: str, pattern: str) -> str:
    if key in kind.required:
        return pattern
    return f"{pattern}|null" if key in kind.optional else "null"
