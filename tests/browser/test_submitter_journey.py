"""The whole circle in a real Chromium: a concern goes in, the chair reads it, the reply comes back.

It runs against a whole demo, which is the very commands of a real installation, with scripts on and
with scripts off.
"""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from deploy import paper
from tests.browser.person import ADDED, CONTENT, NAME, WHAT, WHO, Person
from tests.groups import ROOT
from tests.running import Running

pytestmark = [
    pytest.mark.browser,
    pytest.mark.sqlite("of the browser; test_on_server.py has both"),
]

FILES = {"proof": "submission.tlog-proof", "statement": "statement.json", "kept": "kept.json"}
REPLY = "Thank you. Where is the first list?"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    running = Running(tmp_path_factory.mktemp("demo") / "data")
    yield running
    running.end()


@pytest.fixture(params=[True, False], ids=["scripts on", "scripts off"])
def scripts(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def submitter(browser: Browser, demo: Running, scripts: bool) -> Iterator[Person]:
    with browser.new_context(java_script_enabled=scripts) as context:
        yield Person(context.new_page(), f"http://127.0.0.1:{demo.port}")


def newest(demo: Running, person: str, before: set[str]) -> str:
    """The one case in a person's list that was not there before."""
    demo.collect()
    (case,) = set(demo.sign_in(person).inbox()) - before
    return case


def test_a_concern_goes_in_the_chair_reads_it_and_the_submitter_hears_back(
    demo: Running, submitter: Person, scripts: bool
) -> None:
    chair, named = demo.sign_in("chair"), demo.sign_in(paper.EXCLUDED)
    before, seen_by_named = set(chair.inbox()), list(named.inbox())
    code = submitter.submit(excluded=paper.EXCLUDED)
    case = newest(demo, "chair", before)
    submitter.add(code, ADDED)
    demo.collect()
    opened = chair.open(case)
    assert opened.submission.body["what"] == WHAT
    assert opened.submission.sealed_in == ("browser" if scripts else "server")
    assert opened.submission.excluded == (paper.EXCLUDED,)
    assert [each.name for each in opened.submission.attachments] == [NAME]
    assert [each.size for each in opened.submission.attachments] == [len(CONTENT)]
    chair.reply(opened, REPLY)
    demo.collect()
    submitter.read(code)
    expect(submitter.page.get_by_text(REPLY)).to_be_visible()
    # The person who was named sees what they saw before, and nothing else.
    assert list(named.inbox()) == seen_by_named


def test_nothing_on_the_host_holds_the_words_or_the_code(demo: Running, submitter: Person) -> None:
    """Attack 16, the slice's part of it: no file below the installation's folder."""
    code = submitter.submit()
    submitter.read(code)
    secrets = [WHAT.encode(), WHO.encode(), NAME.encode(), CONTENT[:26], code.encode()]
    files = [path for path in demo.here.folder.rglob("*") if path.is_file()]
    assert len(files) > 5
    for path in files:
        content = path.read_bytes()
        assert [secret for secret in secrets if secret in content] == [], path


def test_a_submitter_saves_a_proof_and_anybody_can_check_it_offline(
    demo: Running, submitter: Person, scripts: bool, tmp_path: Path
) -> None:
    code = submitter.submit()
    page = submitter.page
    page.get_by_text("Keep a proof").click()
    links = [
        page.get_by_role("link", name=name) for name in ("Save the statement", "Save your words")
    ]
    demo.record()
    kept = dict(map(submitter.save, links))
    submitter.read(code)
    page.get_by_text("Proof of what you sent").click()
    kept |= dict([submitter.save(page.get_by_role("link", name="Save the proof"))])
    if scripts:
        page.get_by_role("button", name="Check it here").click()
        expect(page.get_by_text("The keeper of the list has signed for it.")).to_be_visible()
    for name, content in kept.items():
        (tmp_path / name).write_bytes(content)
    found = [f"--{word}={tmp_path / name}" for word, name in FILES.items()]
    committee = demo.here.committee
    key = (committee / "root.pub").read_text().strip()
    words = [*found, f"--roster={committee / 'roster.json'}", f"--root-key={key}"]
    command = [sys.executable, "-m", "crypto", "verify", *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done
    assert "a submission was received" in done.stdout
    assert "the sender committed to this text; only a reader can say what was sealed" in done.stdout
