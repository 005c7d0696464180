import itertools
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import note, policy
from crypto.cosignature import Signer
from crypto.errors import (
    InvalidSignature,
    MalformedCheckpoint,
    MalformedPolicy,
    NotCosigned,
    NotSigned,
    UnknownLedger,
)
from crypto.note import Note
from crypto.policy import Cosigned
from tests.vectors.cases.cosignature import HEAD
from tests.vectors.cases.cosigned import (
    AUDITOR,
    COSIGNED_AT,
    FIRM,
    LEDGER,
    OTHER_LEDGER,
    SECOND_LEDGER,
    SIGNED_AT,
)
from tests.vectors.cases.fixed import seed
from tests.vectors.cases.note import KEY

WITNESSES = {name: Signer(f"{name}.example", seed(name)) for name in "abcdef"}
LOG = f"log {LEDGER.key.text}\n"
LINES = {name: f"witness {name} {each.key.text}\n" for name, each in WITNESSES.items()}
ALL = LOG + "".join(LINES.values())
KEEPERS = LEDGER.sign(HEAD, SIGNED_AT)
SIGNATURES = {name: each.sign(HEAD, COSIGNED_AT) for name, each in WITNESSES.items()}


def signed(names: Sequence[str] = "") -> Note:
    return Note(HEAD.text, (KEEPERS, *(SIGNATURES[name] for name in names)))


def read(text: str) -> policy.Policy:
    return policy.parse(text.encode())


def test_a_checkpoint_that_nobody_need_cosign_is_believed_and_it_is_told_that_nobody_did() -> None:
    witnessed = read(f"{LOG}quorum none\n").check(signed())
    assert witnessed == policy.Witnessed(HEAD, SIGNED_AT, ())


def test_cosigners_are_told_by_the_names_that_the_policy_gives_them() -> None:
    witnessed = read(f"{ALL}quorum none\n").check(signed("ba"))
    assert witnessed.cosigned == (Cosigned("a", COSIGNED_AT), Cosigned("b", COSIGNED_AT))


QUORUMS: dict[str, tuple[str, list[str]]] = {
    "one witness": ("quorum a\n", ["a"]),
    "any of three": ("group g any a b c\nquorum g\n", ["a", "b", "c"]),
    "all of three": ("group g all a b c\nquorum g\n", ["abc"]),
    "two of three": ("group g 2 a b c\nquorum g\n", ["ab", "ac", "bc"]),
    "two organisations": (
        "group x 2 a b c\ngroup y any d e\ngroup both all x y\nquorum both\n",
        ["abd", "abe", "acd", "ace", "bcd", "bce"],
    ),
    "a group or a witness": ("group x all a b\ngroup g any x c\nquorum g\n", ["ab", "c"]),
}


@pytest.mark.parametrize("name", QUORUMS)
def test_a_quorum_is_met_by_these_and_by_nobody_less(name: str) -> None:
    lines, enough = QUORUMS[name]
    rules = read(ALL + lines)
    for count in range(len(WITNESSES) + 1):
        for present in itertools.combinations(WITNESSES, count):
            if any(set(each) <= set(present) for each in enough):
                rules.check(signed(present))
                continue
            with pytest.raises(NotCosigned) as refused:
                rules.check(signed(present))
            assert refused.value.found == present


def test_a_ledger_that_is_not_listed_is_unknown() -> None:
    with pytest.raises(UnknownLedger):
        read(f"log {SECOND_LEDGER.key.text}\nquorum none\n").check(signed())


def test_a_policy_without_ledgers_believes_none() -> None:
    with pytest.raises(UnknownLedger):
        read("quorum none\n").check(signed())


def test_a_checkpoint_by_another_key_of_the_ledgers_name_is_not_signed() -> None:
    forged = Note(HEAD.text, (OTHER_LEDGER.sign(HEAD, SIGNED_AT),))
    with pytest.raises(NotSigned):
        read(f"{LOG}quorum none\n").check(forged)


def test_a_ledger_may_have_two_keys_while_one_replaces_the_other() -> None:
    rules = read(f"{LOG}log {OTHER_LEDGER.key.text}\nquorum none\n")
    later = OTHER_LEDGER.sign(HEAD, SIGNED_AT + 5)
    assert rules.check(signed()).signed_at == SIGNED_AT
    assert rules.check(Note(HEAD.text, (later,))).signed_at == SIGNED_AT + 5
    assert rules.check(signed().signed(later)).signed_at == SIGNED_AT + 5


@pytest.mark.parametrize("whose", [LEDGER, WITNESSES["a"], WITNESSES["b"]])
def test_a_line_by_a_known_key_must_verify_even_where_it_is_not_needed(whose: Signer) -> None:
    wrong = note.Signature(whose.name, whose.key.id, SIGNATURES["c"].signature)
    with pytest.raises(InvalidSignature):
        read(f"{ALL}quorum a\n").check(signed("ab").signed(wrong))


def test_a_note_that_is_no_checkpoint_is_refused() -> None:
    with pytest.raises(MalformedCheckpoint):
        read(f"{LOG}quorum none\n").check(Note("text\n", (KEEPERS,)))


def test_a_policy_is_read_as_its_specification_allows() -> None:
    text = (
        "# a comment\n\n \t\n  # another\n"
        f"\tlog\t {LEDGER.key.text}   https://ledger.example/ \n"
        f" witness K\u2212\u00e9 {AUDITOR.key.text} https://w.example/\n"
        "group\tg  1   K\u2212\u00e9\t\nquorum g\n"
    )
    rules = read(text)
    assert rules.ledgers == (LEDGER.key,)
    assert [each.name for each in rules.witnesses] == ["K\u2212\u00e9"]


def test_names_that_are_no_utf_8_are_kept_as_they_are() -> None:
    text = LOG.encode() + b"witness \xff " + AUDITOR.key.text.encode() + b"\nquorum \xff\n"
    made = AUDITOR.sign(HEAD, 0)
    assert policy.parse(text).check(signed().signed(made)).cosigned == (Cosigned("\udcff", 0),)
    with pytest.raises(MalformedPolicy):
        policy.parse(text.replace(b"quorum \xff", b"quorum \xfe"))


FAULTS: dict[str, tuple[str, int | None]] = {
    "nothing": ("", None),
    "no quorum": (LOG, None),
    "two quorums": (f"{LOG}quorum none\nquorum none\n", 3),
    "no line feed at the end": (f"{LOG}quorum none", None),
    "a carriage return": (f"{LOG}quorum none\r\n", None),
    "a null character": (f"{LOG}\0quorum none\n", None),
    "an unknown word": (f"{LOG}ledger x\nquorum none\n", 2),
    "a word in upper case": (f"{LOG}QUORUM none\n", 2),
    "a comment after a line": (f"{LOG}quorum none # nobody\n", 2),
    "a quorum of two": (f"{ALL}quorum a b\n", 8),
    "a quorum without a name": (f"{LOG}quorum\n", 2),
    "a quorum not defined": (f"{LOG}quorum x\n", 2),
    "a quorum defined later": (f"{LOG}quorum a\n{LINES['a']}", 2),
    "a log without a key": ("log\nquorum none\n", 1),
    "a log with too much": (f"{LOG.strip()} url more\nquorum none\n", 1),
    "a log with a broken key": ("log x+00000000+AA==\nquorum none\n", 1),
    "a log with an Ed25519 key": (f"log {KEY.text}\nquorum none\n", 1),
    "a witness with an Ed25519 key": (f"{LOG}witness x {KEY.text}\nquorum x\n", 2),
    "a witness without a key": (f"{LOG}witness x\nquorum none\n", 2),
    "a log twice": (f"{LOG}{LOG}quorum none\n", 2),
    "a witness's key twice": (f"{LOG}{LINES['a']}{LINES['a'].replace(' a ', ' x ')}quorum x\n", 3),
    "the same key under another name": (
        f"{LOG}{LINES['a']}witness x {Signer('x.example', seed('a')).key.text}\nquorum x\n", 3,
    ),
    "the keeper's own key for a witness": (
        f"{LOG}witness x {Signer('x.example', LEDGER.seed).key.text}\nquorum x\n", 2,
    ),
    "a name twice": (f"{LOG}{LINES['a']}{LINES['b'].replace(' b ', ' a ')}quorum a\n", 3),
    "a witness called none": (f"{LOG}{LINES['a'].replace(' a ', ' none ')}quorum none\n", 2),
    "a group called none": (f"{LOG}{LINES['a']}group none any a\nquorum none\n", 3),
    "a group of nobody": (f"{LOG}group g any\nquorum none\n", 2),
    "a group with none in it": (f"{LOG}group g any none\nquorum g\n", 2),
    "a group within itself": (f"{LOG}group g any g\nquorum g\n", 2),
    "a group defined by later lines": (f"{LOG}group g any a\n{LINES['a']}quorum g\n", 2),
    "a member twice": (f"{ALL}group g 2 a a\nquorum g\n", 8),
    "a member of two groups": (f"{ALL}group g any a b\ngroup h any b c\nquorum h\n", 9),
    "a threshold of zero": (f"{ALL}group g 0 a b\nquorum g\n", 8),
    "a threshold out of reach": (f"{ALL}group g 3 a b\nquorum g\n", 8),
    "a threshold with a sign": (f"{ALL}group g +1 a b\nquorum g\n", 8),
    "a threshold with a zero in front": (f"{ALL}group g 01 a b\nquorum g\n", 8),
    "a threshold in words": (f"{ALL}group g one a b\nquorum g\n", 8),
    "too many names": (
        LOG + LINES["a"] + "group g0 any a\n"
        + "".join(f"group g{n} any g{n - 1}\n" for n in range(1, 300)) + "quorum none\n", 202,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_policy_that_could_be_read_in_two_ways_is_refused(name: str) -> None:
    text, line = FAULTS[name]
    with pytest.raises(MalformedPolicy) as refused:
        read(text)
    assert refused.value.line == line


@given(st.binary(max_size=100))
def test_whatever_is_offered_as_a_policy_ends_in_a_named_error(data: bytes) -> None:
    with pytest.raises(MalformedPolicy):
        policy.parse(data)


def test_a_witness_may_be_somebody_who_signs_other_things_too() -> None:
    rules = read(f"{LOG}witness firm {FIRM.key.text}\nquorum firm\n")
    with pytest.raises(NotCosigned):
        rules.check(signed("ab"))
