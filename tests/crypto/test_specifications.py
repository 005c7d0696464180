"""The pages of docs/spec have one shape, and their examples are those of the vectors."""

import json
import re
from pathlib import Path

import pytest

from crypto import entry, policy, proof, roster, strict
from crypto.entry_types import TYPES
from crypto.verifying import sentences

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "spec"
NAMES = (
    *("receipt-code", "message", "case-key", "roster", "padding", "at-rest", "export"),
    *("ledger-entry", "ledger", "proof", "policy", "tally", "bundle"),
    *("drop", "intake-http", "act", "enrolment", "drill", "disposition"),
)
# A page about a file that people write, in a shape of its own.
FOR_PEOPLE = ("charter-book",)
HEADINGS = ["Conventions used in this document", "Format", "Verification", "Example"]
VECTORS = "".join(
    json.dumps(json.loads(path.read_text()), ensure_ascii=False)
    for path in sorted((ROOT / "tests" / "vectors").rglob("*.json"))
)
MADE_ELSEWHERE = re.sub(r'"\s+"', "", (ROOT / "tests/crypto/test_shredding.py").read_text())


def page(name: str) -> str:
    return (FOLDER / f"{name}.md").read_text()


@pytest.mark.parametrize("name", NAMES)
def test_a_page_defines_shows_and_then_explains(name: str) -> None:
    text = page(name)
    title, definition, example = text.split("\n\n")[:3]
    assert title.startswith("# ")
    assert definition.count(". ") == 0
    assert definition.endswith(".")
    assert example.startswith("```")
    assert re.findall(r"^## (.+)$", text, flags=re.M) == HEADINGS


@pytest.mark.parametrize("name", NAMES)
def test_pages_share_their_conventions(name: str) -> None:
    first = page("padding").split("## ")[1].split("\n\n")[1:3]
    assert page(name).split("## ")[1].split("\n\n")[1:3] == first


def test_every_page_is_in_the_list() -> None:
    listed = re.findall(r"\]\((.+)\.md\)", (FOLDER / "README.md").read_text())
    assert sorted(listed) == sorted([*NAMES, *FOR_PEOPLE])
    assert {*NAMES, *FOR_PEOPLE} <= {path.stem for path in FOLDER.glob("*.md")}


@pytest.mark.parametrize("name", NAMES)
def test_every_key_and_hash_on_a_page_is_a_real_one(name: str) -> None:
    spelled = re.findall(r"\b[0-9a-f]{30,}\b|[A-Za-z0-9+/]{40,}={1,2}", page(name))
    spelled += re.findall(r"\b(?:[0-9A-Z]{5}-){4}[0-9A-Z]{5}\b", page(name))
    spelled += re.findall(r"\b(?:[0-9A-Z]{4}-){4}[0-9A-Z]{4}\b", page(name))
    # The nonce and the row are spelled in parts where the page draws them.
    strange = [each for each in spelled if each not in VECTORS and each not in MADE_ELSEWHERE]
    assert strange == []


@pytest.mark.parametrize(
    "name", ["message", "case-key", "ledger-entry", "export", "bundle", "act", "disposition"]
)
def test_an_example_document_is_canonical(name: str) -> None:
    for block in re.findall(r"```json\n(.+?)\n```", page(name)):
        strict.parse_canonical(block.encode())


def test_the_example_roster_is_the_small_one() -> None:
    shown = re.findall(r"```json\n(.+?)\n```", page("roster"))[0]
    small = json.loads((ROOT / "tests/vectors/roster.json").read_text())["bases"]["small"]
    roster.parse(small.encode())
    assert re.sub(r"(age1pq1.{8})[a-z0-9]+", r"\1…", small) == shown


def test_the_registry_of_entries_is_printed_as_it_is() -> None:
    """A table that says something else than the code would be believed, and wrong."""
    row = r"^\| `([a-z.-]+)` \| (.+?) \| (.+?) \| (.+?) \|$"
    printed = re.findall(row, page("ledger-entry"), flags=re.M)
    order = ("subject", "digest", "commitment", "by")
    expected = []
    for kind in TYPES.values():
        fields = [f"`{each}`" for each in order if each in kind.required]
        fields += [f"(`{each}`)" for each in order if each in kind.optional]
        data = [f"`{key}` {spelled.replace('?', ' or null')}" for key, spelled in kind.data.items()]
        expected.append((kind.name, kind.meaning, " ".join(fields) or "–", ", ".join(data) or "–"))
    assert printed == expected


def test_the_example_proof_and_its_words_are_those_of_the_vectors() -> None:
    folder = ROOT / "tests" / "vectors"
    bases = json.loads((folder / "proof.json").read_text())["bases"]
    policies = json.loads((folder / "ledger" / "policy.json").read_text())["bases"]
    shown, said = re.findall(r"```\n(.+?)\n```", page("proof"), flags=re.S)
    short = re.sub(r"([A-Za-z0-9+/]{24})[A-Za-z0-9+/]{400,}=*", r"\1…", bases["cosigned"])
    assert short == shown + "\n"
    kept = proof.parse(bases["cosigned"].encode())
    rules = policy.parse(policies["policy auditor"].encode())
    assert kept.extra is not None
    witnessed = kept.check(kept.extra, rules)
    assert [*sentences(kept, entry.parse(kept.extra), witnessed)] == said.split("\n")
