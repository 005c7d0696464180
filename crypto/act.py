"""Acts of weight, which people sign: a determination, a recusal, a change of a text.

An act is one canonical document that names the one before it of the same subject, and carries no
signature itself, so that two people sign the very same bytes. Its data are coded values and hashes:
a word out of a case has no place in it.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from crypto import signing, strict
from crypto.derivation import PREFIX
from crypto.document import VERSION, Document, is_id, parse_value
from crypto.errors import InvalidSignature, MalformedAct
from crypto.roster import MAX_PEOPLE, Roster

KIND = "act"
MAX_DATA = 40
MAX_LIST = 40
_MAX_WHOLE = (1 << 53) - 1
_KEYS = ("v", "kind", "installation", "subject", "act", "data", "roster", "on", "previous")
_SUBJECT = re.compile(r"[a-z0-9][a-z0-9._/-]{0,99}")
_ACT = re.compile(r"[a-z][a-z-]{0,39}")
_NAME = re.compile(r"[a-z][a-z_]{0,31}")
_CODE = re.compile(r"[A-Za-z0-9+/][A-Za-z0-9._:=+/-]{0,99}")

Value = str | int | bool | None | Sequence[str]


@dataclass(frozen=True)
class Act:
    """An act as it was parsed. Only check says who signed it."""

    installation: str
    subject: str
    act: str
    data: Mapping[str, Value]
    roster: str
    on: date
    previous: str | None
    document: bytes = field(repr=False)

    @property
    def hash(self) -> str:
        """The name of exactly this act, by which the next one of its subject refers to it."""
        return hashlib.sha256(PREFIX + KIND.encode("ascii") + b"\n" + self.document).hexdigest()

    def words(self, name: str) -> tuple[str, ...]:
        """The codes under a name of the data, one or several; none where there are none."""
        value = self.data.get(name)
        if isinstance(value, str):
            return (value,)
        return tuple(value) if isinstance(value, list | tuple) else ()


@dataclass(frozen=True, order=True)
class Signature:
    """Who signed an act, and the 64 bytes."""

    by: str
    signature: bytes = field(repr=False)


def build(
    *, installation: str, subject: str, act: str, data: Mapping[str, Value], roster: str,
    on: date, previous: str | None,
) -> Act:  # fmt: skip
    """The act with these fields. Raises MalformedAct."""
    return parse(
        strict.canonical(
            {
                "v": VERSION,
                "kind": KIND,
                "installation": installation,
                "subject": subject,
                "act": act,
                "data": dict(data),
                "roster": roster,
                "on": on.isoformat(),
                "previous": previous,
            }
        )
    )


def parse(data: bytes) -> Act:
    """The act that these canonical bytes spell, whoever signed it. Raises MalformedAct."""
    document = Document.parse(data, _KEYS, MalformedAct)
    document.version()
    document.choice("kind", [KIND])
    return Act(
        installation=document.installation(),
        subject=_matching(document, "subject", _SUBJECT),
        act=_matching(document, "act", _ACT),
        data=_read_data(document.fields["data"]),
        roster=document.hash("roster"),
        on=document.day("on"),
        previous=None if document.is_null("previous") else document.hash("previous"),
        document=data,
    )


def _matching(document: Document, key: str, pattern: re.Pattern[str]) -> str:
    value = document.text(key)
    if not pattern.fullmatch(value):
        raise MalformedAct(f"{key} is not a coded name")
    return value


def _read_data(value: object) -> dict[str, Value]:
    if not isinstance(value, dict) or len(value) > MAX_DATA:
        raise MalformedAct(f"data is not an object of at most {MAX_DATA} values")
    for name, each in value.items():
        if not _NAME.fullmatch(name):
            raise MalformedAct("a name in data is not one of ours")
        many = each if isinstance(each, list) and len(each) <= MAX_LIST else [each]
        if not all(map(_is_code, many)) and not (many == [each] and _is_plain(each)):
            raise MalformedAct("a value in data is not a coded one")
    return value


def _is_code(value: object) -> bool:
    return isinstance(value, str) and _CODE.fullmatch(value) is not None


def _is_plain(value: object) -> bool:
    """Whether it is nothing, a yes or no, or a whole number that is not negative."""
    if value is None or isinstance(value, bool):
        return True
    return isinstance(value, int) and 0 <= value <= _MAX_WHOLE


def sign(act: Act, by: str, seed: bytes) -> Signature:
    """What somebody adds to the act with the signing seed of their identity."""
    signed = signing.sign(KIND, _fields(act), seed)
    return Signature(by, strict.b64(str(signed["signature"])))


def check(act: Act, signature: Signature, key: bytes) -> None:
    """Return if this key signed the act. Raises InvalidSignature."""
    signing.check(KIND, {**_fields(act), "signature": strict.to_b64(signature.signature)}, key)


def check_all(
    act: Act,
    signatures: Iterable[Signature],
    roster: Roster,
    shared: Mapping[str, bytes] | None = None,
) -> frozenset[str]:
    """Who signed the act, all of them readers of the roster that it names, or among shared: those
    with whom the act's case is shared, by the verify keys that their shares name.

    Raises InvalidSignature for another roster, for a signature that does not hold, for somebody who
    is neither, and for two signatures by one person.
    """
    if (act.roster, act.installation) != (roster.hash, roster.installation):
        raise InvalidSignature("the act names another roster")
    # Nobody comes by a share to sign in the place of a reader.
    keys, signers = {**(shared or {}), **roster.verify_keys}, set[str]()
    for each in signatures:
        if each.by in signers:
            raise InvalidSignature("the same person signed twice")
        if each.by not in keys:
            raise InvalidSignature("the roster does not list who signed")
        check(act, each, keys[each.by])
        signers.add(each.by)
    return frozenset(signers)


def signatures_document(signatures: Iterable[Signature]) -> bytes:
    """The canonical list in which signatures travel, in the order of who made them."""
    found = sorted(signatures)
    return strict.canonical(
        [{"by": each.by, "signature": strict.to_b64(each.signature)} for each in found]
    )


def parse_signatures(data: bytes) -> tuple[Signature, ...]:
    """The signatures in such a list: at least one, each by another person. Raises MalformedAct."""
    values = parse_value(data, MalformedAct)
    if not isinstance(values, list) or not 1 <= len(values) <= MAX_PEOPLE:
        raise MalformedAct("not a list of signatures")
    found = tuple(
        _signature(Document(value, ["by", "signature"], MalformedAct)) for value in values
    )
    people = [each.by for each in found]
    if people != sorted(set(people)):
        raise MalformedAct("the signatures are not in the order of who made them")
    return found


def _signature(part: Document) -> Signature:
    by = part.text("by")
    if not is_id(by):
        raise MalformedAct("by is not the id of a person")
    return Signature(by, part.signature())


def _fields(act: Act) -> dict[str, object]:
    return Document.parse(act.document, _KEYS, MalformedAct).fields
