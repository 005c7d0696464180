import pytest

from crypto import passwords
from crypto.errors import Malformed, TooLong, WrongPassphrase

KEPT = passwords.hash_password("correct horse", "interactive")


def test_the_right_password_passes() -> None:
    passwords.check_password(KEPT, "correct horse")


@pytest.mark.parametrize("text", ["", "correct horsE", "correct horse ", "x" * 2000])
def test_every_other_password_is_refused(text: str) -> None:
    with pytest.raises(WrongPassphrase):
        passwords.check_password(KEPT, text)


def test_a_password_hashes_to_something_else_each_time() -> None:
    assert passwords.hash_password("correct horse", "interactive") != KEPT


@pytest.mark.parametrize(
    ("strength", "cost"), [("interactive", "m=65536,t=2"), ("moderate", "m=262144,t=3")]
)
def test_the_hash_names_the_work_of_its_strength(strength: passwords.Strength, cost: str) -> None:
    kept = passwords.hash_password("correct horse", strength)
    assert kept.startswith(f"$argon2id$v=19${cost},p=1$")
    passwords.check_password(kept, "correct horse")


def test_a_password_typed_on_another_system_is_the_same() -> None:
    kept = passwords.hash_password("Caf\u00e9 \ufb01n", "interactive")
    passwords.check_password(kept, "Cafe\u0301 fin")


def test_a_password_has_a_longest_length() -> None:
    kept = passwords.hash_password("x" * passwords.MAX_SIZE, "interactive")
    passwords.check_password(kept, "x" * passwords.MAX_SIZE)
    with pytest.raises(WrongPassphrase):
        passwords.check_password(kept, "x" * (passwords.MAX_SIZE + 1))
    with pytest.raises(TooLong) as refused:
        passwords.hash_password("x" * (passwords.MAX_SIZE + 3), "interactive")
    assert refused.value.over == 3


@pytest.mark.parametrize(
    "kept", ["", "correct horse", "$argon2i$v=19$", "$argon2id$é", "$argon2id$" + "x" * 200]
)
def test_what_is_no_hash_is_refused_as_such(kept: str) -> None:
    with pytest.raises(Malformed):
        passwords.check_password(kept, "correct horse")


def test_a_damaged_hash_lets_nobody_in() -> None:
    for at in range(len(KEPT) - 80, len(KEPT), 9):
        changed = KEPT[:at] + ("A" if KEPT[at] != "A" else "B") + KEPT[at + 1 :]
        with pytest.raises((WrongPassphrase, Malformed)):
            passwords.check_password(changed, "correct horse")
