import dataclasses
import hashlib
import itertools
import json
from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import age, answers, message, padding, signing, strict
from crypto.errors import CryptoError, InvalidSignature, MalformedMessage, TooLong, WrongPlace
from crypto.identity import Identity
from crypto.message import MAX_NAME, Attachment, Message, Place, next_place
from crypto.padding import SLICE, SlicePadder
from tests.vectors.cases import fixed

SEED = fixed.CODE_KEYS.signing_seed
KEY = signing.verify_key(SEED)
CASE = Identity.from_seed(fixed.seed("case"))
FIRST = next_place(fixed.INSTALLATION, fixed.CASE_ID)
ANSWERS = dict(fixed.ANSWERS)
TEXT = st.text(max_size=40)


def submission(**changed: object) -> Message:
    fields: dict[str, object] = {
        "kind": "submission",
        "place": FIRST,
        "roster": fixed.ROSTER_HASH,
        "on": date(2026, 11, 21),
        "lang": "en",
        "body": ANSWERS,
        "sealed_in": "browser",
        "mailbox": fixed.CASE_RECIPIENT,
        "submitter_key": KEY,
    }
    return Message(**(fields | changed))  # type: ignore[arg-type]


def note(text: str, place: Place = FIRST) -> Message:
    return Message(
        kind="note",
        place=place,
        roster=fixed.ROSTER_HASH,
        on=date(2026, 11, 21),
        lang="en",
        body={"text": text},
        sealed_in="browser",
    )


BODIES = st.fixed_dictionaries(
    dict.fromkeys(("what", "when", "where", "who", "how", "told", "hope"), TEXT)
    | {
        "kind": st.sampled_from(answers.CONCERNS),
        "relation": st.sampled_from(answers.RELATIONS),
        "ongoing": st.sampled_from(answers.ONGOING),
        "reply_wanted": st.booleans(),
    }
)
IDS = st.lists(st.from_regex(r"[a-z0-9-]{1,16}", fullmatch=True), max_size=20)
FILES = st.lists(
    st.tuples(
        st.text(min_size=1, max_size=MAX_NAME), st.text(max_size=100), st.integers(0, 3 * SLICE)
    ),
    max_size=5,
)


def attachments(files: list[tuple[str, str, int]]) -> Iterator[Attachment]:
    first = 0
    for name, kind, size in files:
        count = padding.slice_count(size)
        yield Attachment(name, kind, size, first, count, "00" * 32)
        first += count


@given(BODIES, IDS, FILES, st.dates())
def test_a_submission_is_read_as_it_was_written(
    body: dict[str, answers.Answer],
    excluded: list[str],
    files: list[tuple[str, str, int]],
    on: date,
) -> None:
    written = submission(
        body=body, excluded=tuple(excluded), attachments=tuple(attachments(files)), on=on
    ).sign(SEED, case_seed=CASE.seed)
    read = message.parse(written.to_bytes())
    assert read == written
    assert dict(read.body) == body
    assert read.excluded == tuple(sorted(set(excluded)))
    assert [(each.name, each.type, each.size) for each in read.attachments] == files
    assert read.on == on


@given(st.text(max_size=3000))
def test_text_is_kept_as_it_was_written(text: str) -> None:
    sealed = message.seal(note(text).sign(SEED), CASE.recipient)
    assert message.open_envelope(sealed, CASE).body["text"] == text


@pytest.mark.parametrize("size", [0, 1000, 3500, 4000, 15_000, 20_000, 64_000])
def test_an_envelope_has_one_of_three_sizes(size: int) -> None:
    sealed = message.seal(note("a" * size).sign(SEED), CASE.recipient)
    assert len(sealed) in message.envelope_sizes()
    age.check_shape(sealed, stanzas=1, plaintext_sizes=padding.MESSAGE_STEPS)
    assert len(message.envelope_sizes()) == 3


def test_every_flipped_bit_of_a_submission_is_noticed() -> None:
    data = submission().sign(SEED, case_seed=CASE.seed).to_bytes()
    for at in range(len(data)):
        changed = bytearray(data)
        changed[at] ^= 1 << at % 8
        with pytest.raises(CryptoError):
            message.parse(bytes(changed))


def test_every_truncation_and_extension_is_noticed() -> None:
    data = note("short").sign(SEED).to_bytes()
    for size in range(len(data)):
        with pytest.raises(MalformedMessage):
            message.parse(data[:size])
    for more in (b"\n", b" ", b"\0", b"{}", data):
        with pytest.raises(MalformedMessage):
            message.parse(data + more)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_message_or_are_refused_by_name(data: bytes) -> None:
    with pytest.raises(MalformedMessage):
        message.parse(data)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


def places(value: object, path: tuple[object, ...] = ()) -> Iterator[tuple[object, ...]]:
    yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from places(inner, (*path, key))
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from places(inner, (*path, at))


@given(st.sampled_from(["submission", "follow-up", "reply", "state", "note"]), st.data())
def test_any_value_anywhere_is_fine_or_refused_by_name(kind: str, data: st.DataObject) -> None:
    base = {
        "submission": fixed.SUBMISSION,
        "follow-up": fixed.FOLLOW_UP | {"attachments": fixed.FILES},
        "reply": fixed.REPLY,
        "state": fixed.STATE,
        "note": fixed.NOTE,
    }[kind]
    document = json.loads(json.dumps({"whole": {**base, "signature": strict.to_b64(bytes(64))}}))
    *outer, last = data.draw(st.sampled_from(list(places(document["whole"], ("whole",)))))
    target = document
    for key in outer:
        target = target[key]
    target[last] = data.draw(JSON)
    text = json.dumps(
        document["whole"], sort_keys=True, separators=(",", ":"), ensure_ascii=False
    ).encode("utf-8", "surrogatepass")
    try:
        parsed = message.parse(text)
    except (MalformedMessage, InvalidSignature):
        return
    assert parsed.to_bytes() == text


def test_a_message_too_long_says_by_how_much_before_it_is_sealed() -> None:
    room = padding.MESSAGE_LIMIT - len(note("").sign(SEED).to_bytes())
    message.seal(note("a" * room).sign(SEED), CASE.recipient)
    with pytest.raises(TooLong) as refused:
        note("a" * (room + 12)).sign(SEED)
    assert refused.value.over == 12


@pytest.mark.parametrize(
    "changed",
    [
        {"body": ANSWERS | {"what": "half \ud800"}},
        {"body": ANSWERS | {"more": ""}},
        {"body": {"text": ""}},
        {"excluded": ("Not An Id",)},
        {"excluded": tuple(f"p{n}" for n in range(21))},
        {"lang": "not a language"},
        {"mailbox": "age1pq1"},
        {"mailbox": None},
        {"roster": ""},
        {"sealed_in": "elsewhere"},
        {"place": Place(fixed.INSTALLATION, fixed.CASE_ID, 2, None)},
        {"attachments": (Attachment("", "", 0, 0, 1, "00" * 32),)},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_nothing_is_signed_that_its_reader_would_refuse(changed: dict[str, object]) -> None:
    with pytest.raises(MalformedMessage):
        submission(**changed).sign(SEED, case_seed=CASE.seed)


def test_a_submission_is_signed_with_its_own_key() -> None:
    with pytest.raises(InvalidSignature):
        submission().sign(bytes(32), case_seed=CASE.seed)


def test_a_forged_submission_to_the_public_recipient_of_a_case_is_noticed() -> None:
    """Whoever holds the drop knows the case recipient, and can seal anything to it."""
    forger = fixed.seed("forger")
    forged = submission(
        mailbox=fixed.recipient("forger").text, submitter_key=signing.verify_key(forger)
    ).sign(forger, case_seed=fixed.seed("a guess"))
    opened = message.open_envelope(message.seal(forged, CASE.recipient), CASE)
    with pytest.raises(InvalidSignature):
        opened.check_case(CASE.seed)
    submission().sign(SEED, case_seed=CASE.seed).check_case(CASE.seed)


def test_a_submission_and_nothing_else_is_signed_with_the_case_seed() -> None:
    with pytest.raises(ValueError, match="case seed"):
        submission().sign(SEED)
    with pytest.raises(ValueError, match="case seed"):
        note("").sign(SEED, case_seed=CASE.seed)


def test_an_unsigned_message_is_not_written() -> None:
    with pytest.raises(ValueError, match="signed"):
        note("").to_bytes()
    with pytest.raises(InvalidSignature):
        note("").check(KEY)


def test_a_signer_is_the_one_whose_key_fits() -> None:
    signed = note("").sign(SEED)
    assert signed.signer({"ben": bytes(32), "ada": KEY}) == "ada"
    with pytest.raises(InvalidSignature):
        signed.signer({"ben": signing.verify_key(bytes(32))})


def test_a_genuine_message_is_refused_everywhere_but_in_its_place() -> None:
    """Attack 38: every message of a small world, shown at every place of it."""
    world = []
    for case, thread in itertools.product(("aa" * 32, "bb" * 32), ("committee", "notes")):
        kind = {"committee": "reply", "notes": "note"}[thread]
        place = next_place(fixed.INSTALLATION, case)
        for _ in range(3):
            signed = dataclasses.replace(note("the same words", place), kind=kind).sign(SEED)
            world.append((signed, place, thread))
            place = next_place(fixed.INSTALLATION, case, place.n, signed.digest)
    for (signed, own, own_thread), (_, place, thread) in itertools.product(world, repeat=2):
        if (own, own_thread) == (place, thread):
            signed.check_place(place, thread)
        else:
            with pytest.raises(WrongPlace):
                signed.check_place(place, thread)


def test_every_kind_belongs_to_a_thread() -> None:
    kinds = ("submission", "follow-up", "reply", "state", "note")
    expected = ["submitter", "submitter", "committee", "committee", "notes"]
    assert [message.thread(kind) for kind in kinds] == expected


def test_a_file_comes_back_from_the_slices_that_the_message_names() -> None:
    padder = SlicePadder()
    content = bytes(range(256)) * 8192
    slices = [*padder.feed(content), *padder.finish()]
    named = Attachment("a", "", len(content), 0, len(slices), padder.sha256)
    assert b"".join(named.content(slices)) == content


@pytest.mark.parametrize("at", [0, SLICE, 2 * SLICE - 1])
def test_slices_of_another_file_of_the_same_length_are_refused(at: int) -> None:
    padder = SlicePadder()
    content = bytes(2 * SLICE)
    slices = [*padder.feed(content), *padder.finish()]
    named = Attachment("a", "", len(content), 0, len(slices), padder.sha256)
    changed = bytearray(content)
    changed[at] = 1
    other = SlicePadder()
    with pytest.raises(WrongPlace):
        list(named.content([*other.feed(bytes(changed)), *other.finish()]))


@given(st.text(max_size=500))
def test_a_fitted_name_fits_and_keeps_its_ending(name: str) -> None:
    fitted = message.fit_name(name)
    assert 1 <= len(fitted) <= MAX_NAME
    assert fitted == name or not name or fitted[-49:] == name[-49:]


def test_a_digest_is_of_the_canonical_bytes() -> None:
    signed = note("").sign(SEED)
    assert signed.digest == hashlib.sha256(signed.to_bytes()).hexdigest()


def test_a_body_cannot_be_changed_after_signing() -> None:
    with pytest.raises(TypeError):
        note("").body["text"] = "other"  # type: ignore[index]
