"""Later keys of a case: who signed them, whose place they take, and what is refused."""

from datetime import date

from crypto import act, keying, roster, signing, strict
from crypto.act import Act
from crypto.keying import Keying
from tests.vectors.cases import fixed
from tests.vectors.cases.fixed import CASE_ID, CASE_RECIPIENT, DAY, INSTALLATION, Case, recipient

ROSTER = fixed.signed_roster(fixed.FULL)
_HASH = roster.parse(ROSTER.encode()).hash
LATER = fixed.signed_roster(
    fixed.roster_fields(
        [
            fixed.reader(name, role)
            for name, role in (("ben", "chair"), ("cleo", "member"), ("dan", "alternate"))
        ],
        epoch=2,
        previous=_HASH,
    )
)
_LATER_HASH = roster.parse(LATER.encode()).hash
_ROSTERS = {"full": ROSTER, "later": LATER}
# What is sealed is drawn anew each time; the act names it by its hash and no more.
_SEALED = (b"a grant", b"a link")
_READERS = ("ben", "cleo", "dan")


def _act(generation: int, before: str, *, named: str | None = None, **changed: object) -> Act:
    data = keying.data_of(
        generation, named or recipient(f"case, key {generation}").text, before, _SEALED, _READERS
    )
    fields: dict[str, object] = {
        "installation": INSTALLATION,
        "subject": CASE_ID,
        "act": keying.REKEY,
        "data": data,
        "roster": _HASH,
        "on": date.fromisoformat(DAY),
        "previous": None,
    }
    return act.build(**{**fields, **changed})  # type: ignore[arg-type]


def _signed(
    generation: int, done: Act, *, by: tuple[str, ...] = ("ben", "cleo"), keys: tuple[str, ...] = ()
) -> str:
    signatures = tuple(
        act.sign(done, name, signing.member_seed(fixed.seed(key)))
        for name, key in zip(by, keys or by, strict=True)
    )
    made = Keying(recipient(f"case, key {generation}"), done, signatures)
    return made.to_bytes().decode()


SECOND = _signed(2, _act(2, CASE_RECIPIENT))
THIRD = _signed(3, _act(3, recipient("case, key 2").text))
LATER_THIRD = _signed(3, _act(3, recipient("case, key 2").text, roster=_LATER_HASH))
LATER_SECOND = _signed(2, _act(2, CASE_RECIPIENT, roster=_LATER_HASH))
BASES = {"second": SECOND}


def _follow(name: str, keyings: list[str], expect: str = "ok", rosters: str = "full") -> Case:
    made: Case = {
        "name": name,
        "op": "follow",
        "installation": INSTALLATION,
        "first": CASE_RECIPIENT,
        "keyings": keyings,
        "rosters": [_ROSTERS[each] for each in rosters.split()],
        "expect": expect,
    }
    if expect == "ok":
        newest = strict.parse_canonical(keyings[-1].encode()) if keyings else None
        made["recipient"] = newest["recipient"] if isinstance(newest, dict) else CASE_RECIPIENT
    return made


def _good() -> list[Case]:
    return [
        _follow("the first key where there is no other", []),
        _follow("a second key", [SECOND]),
        _follow("a third key after the second", [SECOND, THIRD]),
        _follow("a third key under a later roster", [SECOND, LATER_THIRD], rosters="full later"),
        _follow(
            "a second key that three signed",
            [_signed(2, _act(2, CASE_RECIPIENT), by=("ben", "cleo", "dan"))],
        ),
    ]


def _bad() -> list[Case]:
    first = CASE_RECIPIENT
    other = recipient("another case").text
    wrong = {
        "one signature": (_signed(2, _act(2, first), by=("ben",)), "InvalidSignature"),
        "a signature by somebody who will not read": (
            _signed(2, _act(2, first), by=("ada", "ben")),
            "InvalidSignature",
        ),
        "a signature by somebody whom the roster does not list": (
            _signed(2, _act(2, first), by=("ben", "sam")),
            "InvalidSignature",
        ),
        "another hand under the second name": (
            _signed(2, _act(2, first), by=("ben", "cleo"), keys=("ben", "ada")),
            "InvalidSignature",
        ),
        "a number that is not the next": (_signed(2, _act(3, first)), "WrongPlace"),
        "the place of another key": (_signed(2, _act(2, other)), "WrongPlace"),
        "another case": (
            _signed(2, _act(2, first, subject=roster.parse(ROSTER.encode()).hash)),
            "WrongPlace",
        ),
        "another installation": (
            _signed(2, _act(2, first, installation=fixed.OTHER_INSTALLATION)),
            "InvalidSignature",
        ),
        "another recipient than was signed": (
            _signed(2, _act(2, first, named=other)),
            "WrongPlace",
        ),
        "a roster that there is none of": (LATER_SECOND, "RosterRejected"),
    }
    made = [
        _follow(f"a second key with {name}", [text], end) for name, (text, end) in wrong.items()
    ]
    return [
        *made,
        _follow("a second key again", [SECOND, SECOND], "WrongPlace"),
        _follow("a third key without the second", [THIRD], "WrongPlace"),
        _follow("the keys in another order", [THIRD, SECOND], "WrongPlace"),
        _follow(
            "a third key under an older roster", [LATER_SECOND, THIRD], "RosterRolledBack",
            "full later",
        ),
    ]  # fmt: skip


_SPELLED: dict[str, tuple[str, str, str]] = {
    "white space": ('],"v":1}', '],"v": 1}', "Malformed"),
    "a version to come": ('],"v":1}', '],"v":2}', "Malformed"),
    "a field more": ('],"v":1}', '],"v":1,"w":1}', "Malformed"),
    "a recipient that is none": ('"recipient":"age1pq1', '"recipient":"age1pq1q', "Malformed"),
    "another act": ('"act":"rekey"', '"act":"close"', "Malformed"),
    "an act to come": ('"kind":"act"', '"kind":"deed"', "MalformedAct"),
    "the first generation": ('"generation":2', '"generation":1', "Malformed"),
    "text for the generation": ('"generation":2', '"generation":"2"', "Malformed"),
    "one reader": ('["ben","cleo","dan"]', '["ben"]', "Malformed"),
    "readers out of order": ('["ben","cleo","dan"]', '["cleo","ben","dan"]', "Malformed"),
    "a reader twice": ('["ben","cleo","dan"]', '["ben","ben","dan"]', "Malformed"),
    "a value more": ('"data":{', '"data":{"a":1,', "Malformed"),
    "signatures out of order": ('{"by":"ben"', '{"by":"zoe"', "MalformedAct"),
}  # fmt: skip


def _parsing() -> list[Case]:
    made: list[Case] = [{"name": "a keying", "op": "parse", "base": "second", "expect": "ok"}]
    made += [
        {
            "name": f"a keying with {name}",
            "op": "parse",
            "base": "second",
            "replace": [old, new],
            "expect": expect,
        }
        for name, (old, new, expect) in _SPELLED.items()
    ]
    return made


def cases() -> list[Case]:
    return [*_parsing(), *_good(), *_bad()]
