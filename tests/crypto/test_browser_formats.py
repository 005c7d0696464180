"""The formats in JavaScript: their own tests, their packages, and the bundles made of them."""

import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests import node
from tests.groups import ROOT

BROWSER = ROOT / "crypto" / "browser"
PROOF = ROOT / "intake" / "web" / "static" / "proof.js"
OTHERS = (
    ROOT / "intake" / "web" / "static" / "submit.js",
    ROOT / "intake" / "web" / "static" / "followup.js",
    ROOT / "review" / "web" / "static" / "console.js",
)
BUNDLES = (*OTHERS, PROOF)
# What the ledger's formats cannot do without: what is signed, what is read.
LEDGER = ("subtree/v1", "c2sp.org/tlog-proof", "MalformedCheckpoint", "disposition.executed")
MAX_BUNDLE = 60 * 1024
# The committee reads on a private network, and nobody waits for it over onion circuits.
MAX_CONSOLE = 100 * 1024


def _json(name: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((BROWSER / name).read_text())
    return read


@pytest.mark.node
def test_the_formats_hold_in_node() -> None:
    """The shared vectors and all age vectors of our two types are among these."""
    node.run_tests("crypto/browser/test", least=1200)


@pytest.mark.node
def test_the_committed_bundles_are_what_the_sources_give() -> None:
    done = node.run("crypto/browser/build.js", "--check")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("bundle", BUNDLES, ids=lambda path: path.name)
def test_a_bundle_is_at_most_60_kilobytes_on_the_wire_and_the_console_s_100(bundle: Path) -> None:
    limit = MAX_CONSOLE if bundle.name == "console.js" else MAX_BUNDLE
    assert len(gzip.compress(bundle.read_bytes())) <= limit


@pytest.mark.parametrize("bundle", BUNDLES, ids=lambda path: path.name)
def test_a_bundle_names_nothing_that_stores_or_runs_what_it_is_given(bundle: Path) -> None:
    """Attacks 5 and 41: no markup is made of text, no text is run, nothing is kept."""
    text = bundle.read_text()
    for forbidden in (
        *(r"\beval\(", r"\bnew Function\b", r"\bWebAssembly\b", r"\bimportScripts\b"),
        *(r"\b(inner|outer)HTML\b", r"\binsertAdjacentHTML\b", r"\bdocument\.write"),
        *(r"\b(local|session)Storage\b", r"\bindexedDB\b", r"\bdocument\.cookie\b"),
        *(r"\bserviceWorker\b", r"\bsendBeacon\b", r"\bWebSocket\b", r"\bXMLHttpRequest\b"),
        r"\bconsole\.",
    ):
        assert re.search(forbidden, text) is None, forbidden


def test_only_the_script_that_checks_proofs_brings_the_ledgers_formats() -> None:
    """A follow-up page must not take longer to come for what few ask for."""
    assert all(word in PROOF.read_text() for word in LEDGER)
    for bundle in OTHERS:
        assert [word for word in LEDGER if word in bundle.read_text()] == [], bundle.name


@pytest.mark.parametrize("name", ["submit.js", "followup.js", "proof.js"])
def test_the_submitters_scripts_parse_no_markup(name: str) -> None:
    text = (ROOT / "intake" / "web" / "static" / name).read_text()
    assert "DOMParser" not in text
    assert "createHTML" not in text
    assert re.search(r"createScript\b", text) is None
    # One policy, for the address of one script: the follow-up page loads what checks proofs.
    assert text.count("createPolicy") == (1 if name == "followup.js" else 0)


def test_every_package_is_pinned_to_one_version() -> None:
    package = _json("package.json")
    assert package["private"] is True
    for kind in ("dependencies", "devDependencies"):
        for name, version in package[kind].items():
            assert re.fullmatch(r"\d+\.\d+\.\d+", version), name


def test_the_lock_names_no_registry_and_no_package_twice() -> None:
    """Two copies of a library would be two things to review, and twice the size."""
    locked = _json("package-lock.json")["packages"]
    paths = [path for path in locked if path]
    assert not any("resolved" in locked[path] for path in paths)
    assert all(locked[path]["integrity"].startswith("sha512-") for path in paths)
    assert all(path.count("node_modules/") == 1 for path in paths)
