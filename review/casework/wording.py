"""The lint over words for submitters: nothing that keeps anybody from going to the SEC.

Rule 21F-17 (17 CFR 240.21F-17) forbids any act that impedes somebody from telling the SEC what they
know, and 18 USC 1514A forbids to punish them for it. The rules are wording.json: plain patterns
that a browser reads as well, so that a member is warned while typing. This module is pure. It finds
phrases; it does not understand them, and what it does not find may still be wrong.
"""

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

RULES = Path(__file__).with_name("wording.json")
# The white space of both languages, and ASCII letters alone for a word's edge, as a browser has it.
_SPACES = re.compile(
    "[\t-\r\x20\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]+"
)
_PLAIN = str.maketrans(
    {"\u2019": "'", "\u2018": "'", "\u02bc": "'", "\u2010": "-", "\u2011": "-", "\u00ad": None}
)


@dataclass(frozen=True)
class Phrase:
    """A phrase that impedes: which rule found it, the words, and what is wrong with them."""

    rule: str
    words: str
    says: str


@dataclass(frozen=True)
class _Rule:
    name: str
    says: str
    patterns: tuple[re.Pattern[str], ...]


@cache
def _rules() -> tuple[tuple[_Rule, ...], tuple[re.Pattern[str], ...]]:
    document = json.loads(RULES.read_text(encoding="utf-8"))
    rules = tuple(
        _Rule(row["id"], row["says"], tuple(map(_compiled, row["patterns"])))
        for row in document["rules"]
    )
    return rules, tuple(map(_compiled, document["cleared"]))


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII)


def plain(text: str) -> str:
    """The text as the rules read it: lower case, straight apostrophes, single spaces."""
    return _SPACES.sub(" ", text.translate(_PLAIN)).strip(" ").lower()


def impeding(text: str) -> tuple[Phrase, ...]:
    """Every phrase of a text that impedes, in the order of the rules; one for each rule and place.

    What says in so many words that somebody is free is taken out before the rules look.
    """
    rules, cleared = _rules()
    left = plain(text)
    for pattern in cleared:
        # A full stop keeps what stood before and after apart.
        left = pattern.sub(" . ", left)
    found: dict[tuple[str, int], Phrase] = {}
    for rule in rules:
        for pattern in rule.patterns:
            for match in pattern.finditer(left):
                found.setdefault(
                    (rule.name, match.start()),
                    Phrase(rule.name, match.group().strip(" "), rule.says),
                )
    return tuple(found.values())


def is_clear(text: str) -> bool:
    """Whether no phrase of a text impedes."""
    return not impeding(text)
