"""The registry of ledger entries: which fields each type fills in, and with what data.

A type says which of subject, digest, commitment and by it must have, which it may have, and the
keys and kinds of its data, every one coded. docs/spec/ledger-entry.md prints this table and says
what each type means; a type is never changed once a ledger has used it, only followed by another.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from crypto import strict
from crypto.document import Document, is_id
from crypto.errors import Malformed, MalformedEntry

Value = str | int | bool | None

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_SIGNATURE_SIZE = 64
_MAX_ORIGIN = 255


def _code(document: Document, key: str) -> Value:
    value = document.text(key)
    if not CODE.fullmatch(value):
        raise MalformedEntry(f"{key} is not a coded value")
    return value


def _person(document: Document, key: str) -> Value:
    value = document.text(key)
    if not is_id(value):
        raise MalformedEntry(f"{key} is not the id of a person")
    return value


def _signature(document: Document, key: str) -> Value:
    value = document.text(key)
    try:
        size = len(strict.b64(value))
    except Malformed:
        size = 0
    if size != _SIGNATURE_SIZE:
        raise MalformedEntry(f"{key} is not a signature")
    return value


def _day(document: Document, key: str) -> Value:
    return document.day(key).isoformat()


_KINDS: Mapping[str, Callable[[Document, str], Value]] = {
    "code": _code,
    "count": Document.whole,
    "day": _day,
    "hash": Document.hash,
    "origin": lambda document, key: document.line(key, _MAX_ORIGIN),
    "person": _person,
    "signature": _signature,
}


@dataclass(frozen=True)
class EntryType:
    """One line of the registry. A kind of data that ends in ? may also be null."""

    name: str
    meaning: str
    required: frozenset[str]
    optional: frozenset[str]
    data: Mapping[str, str]


def check_data(kind: EntryType, part: Document) -> dict[str, Value]:
    """The data of an entry of this type. Raises MalformedEntry."""
    return {
        key: None
        if spelled.endswith("?") and part.is_null(key)
        else _KINDS[spelled.removesuffix("?")](part, key)
        for key, spelled in kind.data.items()
    }


def _type(name: str, meaning: str, fields: str = "", **data: str) -> EntryType:
    """A line: fields are the required names, and with ? after them the optional ones."""
    names = fields.split()
    return EntryType(
        name,
        meaning,
        frozenset(each for each in names if not each.endswith("?")),
        frozenset(each.removesuffix("?") for each in names if each.endswith("?")),
        MappingProxyType({key.removesuffix("_"): value for key, value in data.items()}),
    )


_DEPOSIT = "subject digest commitment"
_CASE_ACT = "subject by"
_SENT = "subject digest by"
_MOVE = {"from_": "code", "to": "code"}
_STEP = {"step": "code", "from_": "code", "to": "code", "act": "hash"}

_LINES = (
    _type("submission.received", "a submission was received", _DEPOSIT, slices="count"),
    _type("follow-up.received", "a follow-up was received", _DEPOSIT, slices="count"),
    _type("concern.recorded", "a concern that came another way was recorded", _SENT,
          act="hash", came="day", channel="code"),
    _type("deposit.set-aside", "a deposit could not be taken in and was set aside", "digest",
          reason="code"),
    _type("reply.left", "a reply was left for the submitter", _SENT, **_MOVE),
    _type("note.left", "a note was kept with a case", _SENT),
    _type("case.opened", "a case was opened for the first time", _CASE_ACT, **_MOVE),
    _type("case.read", "a case was read", _CASE_ACT),
    _type("case.moved", "a step was taken in a case", "subject by digest?", **_STEP),
    _type("case.closed", "a case was closed", "subject by digest?", **_STEP),
    _type("case.moved-on", "a case went on by itself, on its day", "subject",
          step="code", from_="code", to="code"),
    _type("case.moved-earlier", "a case was moved before there was a ledger", _SENT, **_MOVE),
    _type("case.closed-earlier", "a case was closed before there was a ledger", _SENT, **_MOVE),
    _type("act.proposed", "an act was signed by one person and waits for another", "by subject?",
          act="hash"),
    _type("act.withdrawn", "an act that waited was withdrawn or declined", "by subject?",
          act="hash"),
    _type("case.shared", "a case was shared with one more person", _SENT,
          person="person", generation="count", act="hash"),
    _type("case.keyed", "a case got a new key", _SENT, generation="count", recipient="hash",
          act="hash"),
    _type("case.recused", "somebody was recused from a case", _CASE_ACT, person="person",
          act="hash"),
    _type("case.released", "a case that somebody is left out of may be counted for all",
          _CASE_ACT, act="hash"),
    _type("hold.placed", "a legal hold was placed", "by", act="hash", hold="hash"),
    _type("hold.released", "a legal hold was released", "by", act="hash", hold="hash"),
    _type("hold.notified", "somebody who keeps records was told of a legal hold", "by",
          act="hash", hold="hash"),
    _type("hold.acknowledged", "who was told of a legal hold has acknowledged it", "by",
          act="hash", hold="hash"),
    _type("hold.reviewed", "a legal hold was looked at again and is still needed", "by",
          act="hash", hold="hash"),
    _type("disposition.proposed", "a disposition was proposed", "by",
          manifest="hash", records="count"),
    _type("disposition.approved", "a disposition was approved", "by",
          manifest="hash", act="hash", signature="signature"),
    _type("disposition.rejected", "a disposition was rejected", "by", manifest="hash", act="hash"),
    _type("disposition.executed", "a record was disposed of", "subject",
          manifest="hash", record_class="code", version="count"),
    _type("disposition.verified", "that nothing is left was checked and certified", "",
          manifest="hash", certificate="hash"),
    _type("backup.expired", "the last backup that could help is gone", "",
          manifest="hash", expired_on="day"),
    _type("schedule.changed", "the retention schedule was changed", "by",
          act="hash", effective="day", record_class="code", resolution="code", version="count"),
    _type("evidence.recorded", "evidence of a duty was recorded", "by",
          duty="code", document="hash", event_on="day"),
    _type("evidence.ended", "evidence of a duty has ended by its schedule", "by?",
          document="hash", record_class="code"),
    _type("exported", "records were exported", "by? subject?", bundle="hash", reader="code"),
    _type("key.rotated", "a key was replaced", "by?", key="code", fingerprint="hash"),
    _type("identity.recovered", "an identity was recovered", "by?", person="person"),
    _type("sign-in.renewed", "somebody who had lost every way to sign in was let in again", "by",
          person="person", act="hash"),
    _type("person.enrolled", "a person was enrolled", "by", role="code"),
    _type("person.left", "a person has left", "by", role="code"),
    _type("login.started", "somebody signed in", "by", means="code"),
    _type("roster.published", "a roster was published", "", roster="hash", epoch="count"),
    _type("statistics.published", "the numbers of a quarter were told", "",
          quarter="code", document="hash"),
    _type("text.changed", "a text of the committee was changed", "by",
          act="hash", lang="code", text="hash"),
    _type("drill.run", "a drill of the channel was run", "", outcome="code", sent="day",
          answered="day?", marked="hash?"),
    _type("scripts.served", "the public pages have these scripts from here on", "",
          release="code", scripts="hash"),
    _type("auditor.checked", "the retention auditor checked the ledger", "by",
          report="hash", size="count", root="hash", exceptions="count"),
    _type("tally.closed", "the tally of a day was closed", "", day="day", tally="hash"),
    _type("rules.adopted", "cases go by other rules from here on", "", rules="hash",
          version="count"),
    _type("book.restored", "the book was restored from a backup", "", backup="hash",
          made_on="day"),
    _type("ledger.continued", "this ledger continues another one, of which entries were lost", "",
          origin="origin", size="count", root="hash"),
    _type("cover", "nothing: the entry fills a batch"),
)  # fmt: skip

TYPES: Mapping[str, EntryType] = MappingProxyType({line.name: line for line in _LINES})
