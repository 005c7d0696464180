"""The console's modules that need no page, run by Node; and the words that its pages must hold."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "review" / "web" / "js"
WORDS = ROOT / "review" / "web" / "templates" / "_words.html"
LEAST_TESTS = 50

# Names that scripts put together, by what they are put together from.
COMPOSED = {
    "kind": ("submission", "follow-up", "reply", "state", "note"),
    "sealed": ("browser", "server"),
    "sent": ("reply", "state", "note"),
    "answer": (
        *("what", "when", "where", "who", "how", "ongoing", "told", "hope", "kind", "relation"),
        *("reply_wanted", "state", "next_on"),
    ),
    "value": (
        *("concern", "complaint", "employee", "other", "undisclosed", "yes", "no", "unknown"),
        *("true", "false", "received", "reading", "examining", "asked", "closed", "no-state"),
    ),
    "texts-usual": ("name", "about", "emergency", "leave"),
    "all-keys": ("done", "waits", "failed"),
    "retention": (
        *("subject", "class", "version", "trigger", "period", "maximum", "basis", "jurisdictions"),
        *("effective", "resolution", "matter", "custodian", "classes", "cases", "from", "to"),
        *(
            "categories",
            "counsel",
            "done-notify-custodian",
            "done-acknowledge-hold",
            "done-review-hold",
        ),
        *("done-change-schedule", "done-place-hold", "done-release-hold"),
        *("signed-change-schedule", "signed-release-hold"),
    ),
    "document": (
        *("form", "name", "empty", "too-large", "too-many", "roster", "unknown", "slice"),
        *("incomplete", "hash"),
    ),
}


@pytest.mark.node
def test_the_modules_of_the_console_hold_in_node() -> None:
    tests = sorted(str(path) for path in (SCRIPTS / "test").glob("*.test.js"))
    done = subprocess.run(
        ["node", "--test", "--test-reporter=tap", *tests], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout
    passed = re.search(r"^# pass (\d+)$", done.stdout, re.M)
    assert passed is not None
    assert int(passed[1]) >= LEAST_TESTS


def _composed() -> set[str]:
    return {f"{start}-{end}" for start, ends in COMPOSED.items() for end in ends}


def _quoted() -> set[str]:
    text = "\n".join(path.read_text() for path in sorted(SCRIPTS.glob("*.js")))
    return set(re.findall(r'"([a-z_-]+)"', text))


def _words() -> list[str]:
    return re.findall(r'data-word="([a-z_-]+)"', WORDS.read_text())


def test_every_word_that_a_script_asks_for_is_on_the_page() -> None:
    asked = {
        name
        for path in sorted(SCRIPTS.glob("*.js"))
        for name in re.findall(r'word\(\s*"([a-z_-]+)"', path.read_text())
    }
    refusals = {
        name
        for path in sorted(SCRIPTS.glob("*.js"))
        for name in re.findall(
            r'(?:Trouble|CaseRefused|KeyRefused|NotSent|say)\("([a-z_-]+)"', path.read_text()
        )
    }
    assert asked
    assert refusals
    assert (asked | refusals | _composed()) - set(_words()) == set()


def test_every_word_on_the_page_is_asked_for_once() -> None:
    words = _words()
    assert len(words) == len(set(words))
    assert set(words) - _quoted() - _composed() == set()


@pytest.mark.parametrize(
    "pattern",
    [
        r"\b(local|session)Storage\b",
        r"\bindexedDB\b",
        r"\bcaches\b",
        r"\bdocument\.cookie\b",
        r"\bserviceWorker\b",
        r"\b(inner|outer)HTML\b",
        r"\binsertAdjacentHTML\b",
        r"\bdocument\.write\b",
        r"\beval\(",
        r"\bnew Function\b",
        r"\bhistory\.(push|replace)State\((?!null, \"\", )",
        r"\bconsole\.(log|info|debug|warn|error)\b",
    ],
)
def test_no_script_of_the_console_stores_logs_or_parses_what_it_opens(pattern: str) -> None:
    """Attack 41: what is opened is in memory and on the page, and in no third place."""
    users = [path.name for path in SCRIPTS.glob("*.js") if re.search(pattern, path.read_text())]
    assert users == []
