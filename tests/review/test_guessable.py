"""What somebody would try first is no password, and what people are told to choose is one."""

import pytest

from crypto import passphrase
from review.guessable import COMMON, is_guessable

KNOWN = ("ada.stone", "Ada Stone", "Audit Committee of Example Holding")


@pytest.mark.parametrize(
    "password",
    [
        *(
            "password1234",
            "Password2026!",
            "P@ssw0rd12345",
            "passwordpassword",
            "password password",
        ),
        *("123456789012", "1234567890123", "098765432109", "111111111111", "121212121212"),
        *("qwertyuiop123", "qwerty123456", "asdfghjkl123", "1q2w3e4r5t6y", "1qaz2wsx3edc"),
        *("abcdefghijkl", "abcabcabcabc", "zxcvbnm12345", "QWERTYUIOPASDF", "aaaaaaaaaaab"),
        *("letmein12345", "Welcome2026!!", "iloveyou1234", "administrator", "administrator1"),
        *("trustno1trustno1", "Summer2026!!", "November2026", "changeme1234", "football1234"),
        *("sunshine2026", "princess1234", "dragon123456", "monkey123456", "secretsecret"),
    ],
)
def test_a_password_that_everybody_tries_is_guessable(password: str) -> None:
    assert is_guessable(password, ())


@pytest.mark.parametrize(
    "password",
    [
        *(
            "underrose2026",
            "AuditCommittee1",
            "committee-chair",
            "Whistleblower!",
            "charter-console",
        ),
        *("adastone2026", "Ada.Stone.2026", "example-holding", "ExampleHolding1", "stone.ada.12"),
    ],
)
def test_a_password_of_words_of_this_place_or_person_is_guessable(password: str) -> None:
    assert is_guessable(password, KNOWN)
    assert not is_guessable(f"{password} river gloves", KNOWN)


@pytest.mark.parametrize(
    "password",
    [
        *("correct horse battery staple", "a longer password", "words of my own", "hufmkvpwzoqt"),
        *("жасмин под окном", passphrase.make(lambda size: bytes(range(7, 7 + size)))),
    ],
)
def test_other_passwords_are_not(password: str) -> None:
    assert not is_guessable(password, KNOWN)


def test_every_word_is_one_as_it_is_compared() -> None:
    assert all(word == word.casefold().strip() and len(word) > 2 for word in COMMON)
