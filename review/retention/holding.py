"""Placing a legal hold and releasing it, as people sign it.

Pure. One person places a hold at once, two release it. The act has the hold's scope in coded values
and days, an opaque reference to the matter, who keeps what lies outside this installation, and the
hash of the reason, which is sealed to readers and which no server can open.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from review.errors import MalformedForm
from review.retention.holds import Scope
from review.retention.schedule import DEFAULTS

PLACE, RELEASE = "place-hold", "release-hold"
ONLY_NAMED = "A hold that names a case names nothing else. Place two."
PLACING = frozenset({"chair", "member", "alternate", "counsel"})
RELEASING = PLACING
SIGNERS = 2
_PREFIX = "hold/"
_FIELDS = frozenset(
    {"matter", "custodian", "classes", "categories", "cases", "from", "to", "sealed"}
)
_LISTS = ("classes", "categories", "cases")
_MATTER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_HASH = re.compile(r"[0-9a-f]{64}")
_PERSON = re.compile(r"[a-z0-9-]{1,16}")
_CLASSES = frozenset(each.code for each in DEFAULTS)
# Which codes there are, the rules of treatment say; the console asks them.
_CATEGORY = re.compile(r"[A-Z]{1,4}")

Data = Mapping[str, str | int | bool | None | Sequence[str]]


@dataclass(frozen=True)
class Terms:
    """A hold as the act has it that placed it."""

    hold: str
    matter: str
    custodian: str
    scope: Scope
    sealed: str

    @property
    def is_mixed(self) -> bool:
        """Whether it names a case and also says more: whoever sees the rest learns of the case."""
        scope = self.scope
        more = scope.classes or scope.categories or scope.received_from or scope.received_to
        return bool(scope.names and more)


def subject(hold: str) -> str:
    """What acts about a hold have for their subject."""
    return _PREFIX + hold


def hold_of(about: str) -> str | None:
    """The hold that a subject is about, or None."""
    hold = about.removeprefix(_PREFIX)
    return hold if about.startswith(_PREFIX) and _HASH.fullmatch(hold) else None


def read(about: str, data: Data) -> Terms:
    """The hold that an act places. Raises MalformedForm."""
    hold = hold_of(about)
    if hold is None or set(data) != _FIELDS:
        raise MalformedForm("the act places no hold")
    matter, custodian, sealed = (data[name] for name in ("matter", "custodian", "sealed"))
    if not isinstance(matter, str) or not _MATTER.fullmatch(matter):
        raise MalformedForm("matter is not a reference")
    if not isinstance(custodian, str) or not _PERSON.fullmatch(custodian):
        raise MalformedForm("custodian is not the id of a person")
    if not isinstance(sealed, str) or not _HASH.fullmatch(sealed):
        raise MalformedForm("sealed is not a hash")
    classes, categories, cases = (_codes(data[name]) for name in _LISTS)
    known = set(classes) <= _CLASSES and all(map(_CATEGORY.fullmatch, categories))
    if not known or not all(map(_HASH.fullmatch, cases)):
        raise MalformedForm("the scope names what there is none of")
    first, last = _day(data["from"]), _day(data["to"])
    if first is not None and last is not None and last < first:
        raise MalformedForm("the days of the scope are not in order")
    scope = Scope(frozenset(cases), frozenset(classes), first, last, frozenset(categories))
    return Terms(hold, matter, custodian, scope, sealed)


def release_data(draw: str, placed: str) -> dict[str, str]:
    """What a release says: a draw, and the hash of the very act whose hold it ends."""
    return {"draw": draw, "placed": placed}


def _codes(value: object) -> list[str]:
    found = [str(each) for each in value] if isinstance(value, list | tuple) else None
    if found is None or found != sorted(set(found)):
        raise MalformedForm("not a list of codes, each once and in order")
    return found


def _day(value: object) -> date | None:
    try:
        found = None if value is None else date.fromisoformat(str(value))
    except ValueError:
        raise MalformedForm("not a day") from None
    if found is not None and found.isoformat() != value:
        raise MalformedForm("not a day in its one spelling")
    return found
