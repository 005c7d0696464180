"""How a form says the names of the book's file, and what the prohibited list says."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Prohibited:
    """A row of the prohibited list, in short; proviso is empty where there is none."""

    code: str
    says: str
    rule: str
    proviso: str


def label(name: str, part: str = "fields") -> str:
    """A field's name, or a type's, as people read it; part "decision" for one of a decision."""
    found = _words(part).get(name)
    if found is not None:
        return found
    words = name.replace("_", " ")
    return words[:1].upper() + words[1:]


def option(word: str) -> str:
    """A coded value as people read it; a form of the SEC or a number stays as it is."""
    found = _words("options").get(word)
    if found is not None:
        return found
    if word in prohibited():
        return f"{word}: {prohibited()[word].says}"
    return label(word.lower()) if re.fullmatch(r"[A-Z][A-Z_]{2,}", word) else word


def sentence(text: str) -> str:
    """A note of the vocabulary as a sentence: the file's names are said in words."""
    said = (
        text.replace("event_date", "the day")
        .replace("JUDGEMENT", "judgement")
        .replace("recorded_at", "the day of recording")
    )
    said = said.replace("_", " ").strip()
    return said[:1].upper() + said[1:] + ("" if said.endswith((".", "?")) else ".") if said else ""


@cache
def prohibited() -> Mapping[str, Prohibited]:
    """The prohibited list by code."""
    document = tomllib.loads(
        Path(__file__).with_name("prohibited.toml").read_text(encoding="utf-8")
    )
    return {
        code: Prohibited(
            code, row["says"], row["rule"], document["proviso"] if row["has_proviso"] else ""
        )
        for code, row in document["services"].items()
    }


@cache
def _words(part: str) -> Mapping[str, str]:
    text = Path(__file__).with_name("wording.toml").read_text(encoding="utf-8")
    found: Mapping[str, str] = tomllib.loads(text)[part]
    return found
