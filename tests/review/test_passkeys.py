"""What counts as a passkey's answer: every part of one changed, one at a time."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from webauthn.helpers import encode_cbor, parse_cbor

from review import passkeys
from review.errors import WrongSignIn
from review.passkeys import Party, check_new, check_shown, is_copy, read_new, read_shown
from review.store.passkeys import Passkey
from tests import committee
from tests.authenticator import PRESENT, VERIFIED, Authenticator, b64url, unb64url

ORIGIN = "https://console.example"
PARTY = Party(ORIGIN, "Example Widgets, Inc.", committee.INSTALLATION)
CHALLENGE = b"c" * 56
PERSON = ("chair", "ada", "Ada Winter")


def device(**given: Any) -> Authenticator:
    return Authenticator(**{"origin": ORIGIN, "rp_id": "console.example", **given})


def make(device: Authenticator, **told: object) -> str:
    return device.make(passkeys.wanted_to_add(PARTY, PERSON, CHALLENGE, []), **told)


def show(device: Authenticator, **told: object) -> str:
    return device.show(passkeys.wanted_to_show(PARTY, CHALLENGE), **told)


def kept(device: Authenticator) -> Passkey:
    made = check_new(PARTY, read_new(make(device)))
    return Passkey(
        id="ab" * 16,
        person_id="chair",
        credential=made.credential,
        public_key=made.public_key,
        sign_count=made.sign_count,
        name="key",
        added_on=committee.TODAY,
        used_on=None,
        doubted=False,
    )


def test_a_browser_is_asked_for_a_verified_person_and_a_passkey_that_is_found_without_a_name() -> (
    None
):
    other = kept(device())
    asked = passkeys.wanted_to_add(PARTY, PERSON, CHALLENGE, [other])
    chosen = asked["authenticatorSelection"]
    assert (chosen["userVerification"], chosen["residentKey"]) == ("required", "required")
    assert asked["attestation"] == "none"
    assert asked["rp"] == {"id": "console.example", "name": "Example Widgets, Inc."}
    assert [each["id"] for each in asked["excludeCredentials"]] == [other.credential]
    assert "chair" not in str(unb64url(asked["user"]["id"]))
    shown = passkeys.wanted_to_show(PARTY, CHALLENGE)
    assert (shown["userVerification"], shown["allowCredentials"]) == ("required", [])


def test_a_passkey_that_was_made_here_shows_that_it_is_here() -> None:
    mine = device()
    passkey = kept(mine)
    answer = read_shown(show(mine))
    assert (answer.credential, answer.challenge) == (passkey.credential, CHALLENGE)
    assert check_shown(PARTY, answer, passkey) == 1


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"origin": "https://console.example.evil.example"}, {}),
        ({"origin": "http://console.example"}, {}),
        ({"rp_id": "evil.example"}, {}),
        ({"flags": PRESENT}, {}),
        ({"flags": VERIFIED}, {}),
        ({}, {"type": "webauthn.other"}),
        ({"name": b"x" * 1024}, {}),
    ],
)
def test_what_was_made_elsewhere_or_without_the_person_does_not_count(
    given: dict[str, Any], told: dict[str, str]
) -> None:
    """Attack: another site, or a device that somebody picked up."""
    with pytest.raises(WrongSignIn):
        check_new(PARTY, read_new(make(device(**given), **told)))
    mine = device()
    passkey = kept(mine)
    if "name" in given:
        return
    for name, value in given.items():
        setattr(mine, name, value)
    with pytest.raises(WrongSignIn):
        check_shown(PARTY, read_shown(show(mine, **told)), passkey)


def test_another_passkey_or_another_persons_does_not_count() -> None:
    mine, other = device(), device()
    passkey, others = kept(mine), kept(other)
    for wrong in (None, replace(others, credential=passkey.credential)):
        with pytest.raises(WrongSignIn):
            check_shown(PARTY, read_shown(show(mine)), wrong)
    with pytest.raises(WrongSignIn, match="somebody else"):
        check_shown(PARTY, read_shown(show(mine)), replace(passkey, person_id="member-1"))


def change(path: str) -> Callable[[str], str]:
    """Flip a bit of a part of an answer."""

    def changed(text: str) -> str:
        fields = json.loads(text)
        data = bytearray(unb64url(fields["response"][path]))
        data[-1] ^= 1
        fields["response"][path] = b64url(bytes(data))
        return json.dumps(fields)

    return changed


@pytest.mark.parametrize("part", ["authenticatorData", "signature", "clientDataJSON", "userHandle"])
def test_an_answer_with_any_part_changed_does_not_count(part: str) -> None:
    mine = device()
    passkey = kept(mine)
    with pytest.raises(WrongSignIn):
        check_shown(PARTY, read_shown(change(part)(show(mine))), passkey)


def test_an_authenticators_maker_is_not_believed_unasked() -> None:
    """Attack: a statement in a format whose parser has a mistake."""
    fields = json.loads(make(device()))
    attested = parse_cbor(unb64url(fields["response"]["attestationObject"]))
    for kind in ("tpm", "android-key", "android-safetynet", "apple", "fido-u2f", "other", 7):
        again = encode_cbor({**attested, "fmt": kind})
        fields["response"]["attestationObject"] = b64url(again)
        with pytest.raises(WrongSignIn):
            check_new(PARTY, read_new(json.dumps(fields)))


@pytest.mark.parametrize("text", ["", "x", "[]", "{}", "[" * 9000, '{"id": 1}', "x" * 20000])
def test_what_no_browser_sends_is_refused(text: str) -> None:
    for read in (read_new, read_shown):
        with pytest.raises(WrongSignIn):
            read(text)


MINE = device()
KEPT = kept(MINE)
MADE, SHOWN = make(MINE), show(MINE)


@given(st.integers(min_value=0), st.characters(codec="utf-8"))
def test_any_character_changed_is_the_same_answer_or_a_refusal(at: int, new: str) -> None:
    """Attack: bytes that py_webauthn stumbles over."""
    for text, check in (
        (MADE, lambda changed: check_new(PARTY, read_new(changed))),
        (SHOWN, lambda changed: check_shown(PARTY, read_shown(changed), KEPT)),
    ):
        where = at % len(text)
        try:
            check(text[:where] + new + text[where + 1 :])
        except WrongSignIn:
            continue


@given(st.binary(max_size=300))
def test_any_bytes_in_the_place_of_a_passkey_are_a_refusal(data: bytes) -> None:
    new, shown = json.loads(MADE), json.loads(SHOWN)
    new["response"]["attestationObject"] = b64url(data)
    shown["response"]["authenticatorData"] = b64url(data)
    with pytest.raises(WrongSignIn):
        check_new(PARTY, read_new(json.dumps(new)))
    with pytest.raises(WrongSignIn):
        check_shown(PARTY, read_shown(json.dumps(shown)), KEPT)


def test_a_counter_that_does_not_go_up_is_a_copys() -> None:
    """Attack: a passkey copied out of its device (Web Authentication, signature counters)."""
    at = {count: replace(KEPT, sign_count=count) for count in (0, 5)}
    assert not is_copy(at[0], 0)
    assert not is_copy(at[0], 1)
    assert not is_copy(at[5], 6)
    assert is_copy(at[5], 5)
    assert is_copy(at[5], 4)
    assert is_copy(at[5], 0)
