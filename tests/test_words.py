"""One word per thing, and words a frightened person can read.

The glossary (docs/glossary.md) names each thing once. Submitter pages avoid words that frighten
or promise too much, and never ask anyone to keep quiet or to go elsewhere first (17 CFR
240.21F-17 forbids impeding a report to the SEC).
"""

import ast
import html
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("crypto", "intake", "review", "deploy")
TEMPLATES = sorted((ROOT / "intake/web/templates").rglob("*.html"))
CONSOLE_TEMPLATES = sorted((ROOT / "review/web/templates").rglob("*.html"))

# Whole words of identifiers that the glossary replaces, with the word to use.
INSTEAD = {
    "whistleblower": "submitter",
    "reporter": "submitter",
    "tip": "submission",
    "tips": "submission",
    "ticket": "submission",
    "blob": "envelope",
    "pin": "receipt code",
    "queue": "drop",
    "verdict": "determination",
    "ttl": "retention class",
    "purge": "disposition",
    "todo": "obligation",
}
# Words of the field or of a library that happen to look the same.
ALLOWED = {
    ("blob", "LargeBinary"),
}

FRIGHTENING = (
    "victim",
    "accuse",
    "accused",
    "accusation",
    "allegation",
    "allegations",
    "invalid",
    "failed",
    "secure",
    "securely",
    "encrypted",
    "encryption",
    "cryptography",
)
IMPEDING = (
    r"do not (discuss|tell anyone|talk about|disclose)",
    r"keep (this|it) (confidential|secret|to yourself)",
    r"prior (authori[sz]ation|approval|permission)",
    r"report internally first",
    r"(before|instead of) (going|reporting|writing|speaking) to the sec",
    r"you (must|should|have to) (first )?(tell|report to|inform) (us|the company|your manager)",
)


def words(identifier: str) -> list[str]:
    """The whole words of an identifier: `read_mailbox`, `ReceiptCode` and `HTTPError` alike."""
    spaced = re.sub(r"([a-z0-9])([A-Z])|([A-Z]+)([A-Z][a-z])", r"\1\3 \2\4", identifier)
    return [word.lower() for word in re.split(r"[\W_]+|\s", spaced) if word]


def identifiers(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.arg):
            names.add(node.arg)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
    return names


def readable(template: Path) -> str:
    """What a person can read of a template, in lower case on one line."""
    text = re.sub(r"\{#.*?#\}|\{%.*?%\}|<!--.*?-->", " ", template.read_text(), flags=re.S)
    text = re.sub(r"<(script|style)\b.*?</\1>", " ", text, flags=re.S)
    text = re.sub(r"<[^>]+>", " ", text)
    return re.sub(r"\s+", " ", html.unescape(text)).lower()


@pytest.mark.parametrize("package", PACKAGES)
def test_identifiers_use_the_glossary(package: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)}: {name} (say {INSTEAD[word]})"
        for path in sorted((ROOT / package).rglob("*.py"))
        if "node_modules" not in path.parts
        for name in sorted(identifiers(path))
        for word in words(name)
        if word in INSTEAD and (word, name) not in ALLOWED
    ]
    assert wrong == []


def test_there_are_submitter_pages_to_read() -> None:
    assert len(TEMPLATES) >= 10


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_submitter_pages_avoid_frightening_words(template: Path) -> None:
    text = readable(template)
    found = [word for word in FRIGHTENING if re.search(rf"\b{word}\b", text)]
    assert found == []


@pytest.mark.parametrize("template", TEMPLATES + CONSOLE_TEMPLATES, ids=lambda path: path.name)
def test_no_page_asks_anyone_to_keep_quiet_or_to_come_here_first(template: Path) -> None:
    text = readable(template)
    found = [pattern for pattern in IMPEDING if re.search(pattern, text)]
    assert found == []


@pytest.mark.parametrize("pattern", IMPEDING)
def test_the_impeding_patterns_catch_what_they_are_for(pattern: str) -> None:
    samples = (
        "please do not discuss this with others",
        "keep this confidential",
        "you need prior authorization",
        "report internally first",
        "before going to the sec",
        "you should first tell your manager",
        "you must inform us",
    )
    assert any(re.search(pattern, sample) for sample in samples)


def test_templates_are_logic_free() -> None:
    """A template formats; a call in it would be a rule out of place."""
    allowed = {"url_for", "asset", "loop", "super", "caller", "problem", "csrf"}
    macros: set[str] = set()
    for path in TEMPLATES + CONSOLE_TEMPLATES:
        macros |= set(re.findall(r"\{%-?\s*macro (\w+)", path.read_text()))
    wrong = []
    for path in TEMPLATES + CONSOLE_TEMPLATES:
        for expression in re.findall(r"\{\{(.*?)\}\}|\{%(.*?)%\}", path.read_text(), flags=re.S):
            for call in re.findall(r"(?<![|.\w])(\w+)\(", "".join(expression)):
                if call not in allowed | macros and call not in {"macro", "call"}:
                    wrong.append(f"{path.name}: {call}(")
    assert wrong == []


def test_every_page_of_the_console_has_the_frame_with_the_way_out() -> None:
    """Attack: a screen that its owner cannot leave, because a page forgot the button."""
    assert 'action="/sign-out"' in (ROOT / "review/web/templates/base.html").read_text()
    pages = [path for path in CONSOLE_TEMPLATES if not path.name.startswith("_")]
    frames = {"base.html", "charter/_layout.html"}
    begun = {path.name: path.read_text().splitlines()[0] for path in pages}
    assert [name for name in begun if begun[name].split('"')[1] not in frames] == ["base.html"]
    layout = ROOT / "review/web/templates/charter/_layout.html"
    assert layout.read_text().startswith('{% extends "base.html" %}')
