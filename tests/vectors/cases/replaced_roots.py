"""Rosters whose root key took the place of another one, and faults in their lines of root keys."""

import hashlib

from crypto import roots, strict
from tests.vectors.cases import fixed
from tests.vectors.cases.fixed import SMALL, root_key, seed, signed_roster

_SMALL_HASH = hashlib.sha256(signed_roster(SMALL).encode()).hexdigest()
_TWO = roots.replace(fixed.INSTALLATION, seed("root"), seed("root two"), 2, _SMALL_HASH)
_FORGED = roots.replace(fixed.INSTALLATION, seed("mallory"), seed("root two"), 2, _SMALL_HASH)
_ROTATED = SMALL | {"epoch": 2, "previous": _SMALL_HASH, "roots": [dict(_TWO)]}
_ROTATED_HASH = hashlib.sha256(signed_roster(_ROTATED, "root two").encode()).hexdigest()
_THREE = roots.replace(fixed.INSTALLATION, seed("root two"), seed("root three"), 5, _ROTATED_HASH)
_TWICE = SMALL | {"epoch": 7, "previous": fixed.ROSTER_HASH, "roots": [dict(_TWO), dict(_THREE)]}

_GOOD = {
    "the root replaced": signed_roster(_ROTATED, "root two"),
    "the root replaced twice": signed_roster(_TWICE, "root three"),
}
# Well formed, and signed by somebody who does not sign rosters.
WRONG = {
    "the replaced root goes on": signed_roster(_ROTATED, "root"),
    "a line of one's own": signed_roster(_ROTATED | {"roots": [dict(_FORGED)]}, "root two"),
}
BASES = _GOOD | WRONG
# From the base named first, every case replaces the first text by the second, once.
MALFORMED: dict[str, tuple[str, str, str]] = {
    "a line of root keys that is empty": (
        "the root replaced",
        strict.canonical([dict(_TWO)]).decode(),
        "[]",
    ),
    "a replacement for a later roster": ("the root replaced", '[{"epoch":2', '[{"epoch":3'),
    "a replacement for the first roster": ("the root replaced", '[{"epoch":2', '[{"epoch":1'),
    "a replacement after another roster": (
        "the root replaced",
        f'"{_SMALL_HASH}","signature"',
        f'"{fixed.ROSTER_HASH}","signature"',
    ),
    "a root key by itself": ("the root replaced", str(_TWO["to"]), str(_TWO["from"])),
    "a line that breaks off": ("the root replaced twice", str(_TWO["to"]), root_key("mallory")),
    "a line out of order": ("the root replaced twice", '[{"epoch":2', '[{"epoch":6'),
}
# The case, its base, what is replaced in it, and the key that the reader was set up with.
REFUSED: tuple[tuple[str, str, tuple[str, str] | None, str], ...] = (
    ("a replaced root that goes on", "the replaced root goes on", None, root_key()),
    ("a line from another key", "a line of one's own", None, root_key()),
    ("a line without the pinned key", "the root replaced", None, root_key("mallory")),
    (
        "a replacement that another signed",
        "the root replaced",
        (str(_TWO["signature"]), str(_FORGED["signature"])),
        root_key(),
    ),
)
