"""Passwords that somebody would try first: what everybody chooses, and what is known of whom it is.

There is no list of the world's passwords here. What such lists have of twelve signs and more is
made of a few words, of runs on a keyboard, and of repetition; without these five letters or digits
must be left that differ from each other.
"""

import re
import unicodedata
from collections.abc import Iterable

LEAST_LEFT = 5
# What passwords are made of everywhere, and what this service is about.
COMMON = (
    *("password", "passphrase", "passwort", "passw0rd", "secret", "letmein", "welcome", "hello"),
    *("login", "signin", "access", "admin", "administrator", "administrador", "master", "root"),
    *("user", "guest", "test", "default", "change", "changeme", "temp", "temporary", "trustno"),
    *("iloveyou", "loveyou", "love", "princess", "sunshine", "monkey", "dragon", "shadow", "angel"),
    *("football", "baseball", "basketball", "superman", "batman", "pokemon", "michael", "jordan"),
    *("january", "february", "march", "april", "may", "june", "july", "august", "september"),
    *("october", "november", "december", "spring", "summer", "autumn", "fall", "winter"),
    *("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
    *("computer", "internet", "google", "microsoft", "windows", "company", "office", "qazwsx"),
    *("underrose", "audit", "auditor", "committee", "whistle", "blower", "complaint", "concern"),
    *("receipt", "roster", "charter", "console", "chair", "counsel", "secretary", "member", "case"),
)
_ROWS = (
    *("qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "azertyuiop"),
    *("1234567890", "abcdefghijklmnopqrstuvwxyz", "1q2w3e4r5t6y7u8i9o0p", "1qaz2wsx3edc4rfv5tgb"),
)
_RUN = 3
_FIGURES = str.maketrans("0134578@$!", "oieastbasi")


def is_guessable(password: str, known: Iterable[str]) -> bool:
    """Whether little is left of a password without what somebody would try.

    known are texts about the person and the installation, such as names; their words count.
    """
    told = {word for text in known for word in re.findall(r"[^\W_]{3,}", _folded(text))}
    words = sorted({*COMMON, *told}, key=len, reverse=True)
    text = _folded(password)
    for word in words:
        text = _without(word, text)
    for row in _ROWS:
        for run in (row + row, (row + row)[::-1]):
            text = _without_runs(text, run)
    return len({sign for sign in text if sign.isalnum()}) < LEAST_LEFT


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _without(word: str, text: str) -> str:
    """The text without a word, also where figures stand for some of its letters."""
    for spelled in (text, text.translate(_FIGURES)):
        for found in re.finditer(re.escape(word), spelled):
            text = text[: found.start()] + " " * len(word) + text[found.end() :]
    return text


def _without_runs(text: str, row: str) -> str:
    """The text without pieces of a row that are longer than three signs."""
    kept, start = [], 0
    while start < len(text):
        end = start + 1
        while end < len(text) and text[start : end + 1] in row:
            end += 1
        kept.append(" " if end - start > _RUN else text[start:end])
        start = end
    return "".join(kept)
