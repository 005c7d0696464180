"""Data that an earlier version wrote goes on being read: each release leaves its demo here.

To keep a release's demo: run `underrose demo --data FOLDER --today DAY`, end it with Ctrl-C, and
pack the folder as tests/fixtures/demo-VERSION.zip. Its people are invented and its keys open
nothing else.
"""

import zipfile
from pathlib import Path

import pytest

from deploy import paper
from deploy.client import Client
from deploy.installation import Installation
from deploy.submitter import PlainSubmitter, SealingSubmitter
from tests.running import Running

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
DEMOS = sorted(FIXTURES.glob("demo-*.zip"))

pytestmark = [pytest.mark.demo, pytest.mark.sqlite("a demo of 0.1.0, which knew no server")]


def test_there_is_a_demo_to_keep() -> None:
    assert DEMOS


@pytest.mark.parametrize("packed", DEMOS, ids=lambda path: path.stem)
def test_a_demo_of_an_earlier_version_goes_on(packed: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    with zipfile.ZipFile(packed) as archive:
        archive.extractall(data)
    for file in data.rglob("*"):
        # An archive keeps no modes, and key files that others could read are refused.
        file.chmod(0o700 if file.is_dir() else 0o600)
    codes = paper.read(Installation(data))[1]
    demo = Running(data, "--keep", "--today", "2026-11-21")
    try:
        chair = demo.sign_in("chair")
        cases = chair.inbox()
        assert len(cases) == 6
        assert all(chair.read(case).submission.body["what"] for case in cases)
        assert len(demo.sign_in(paper.EXCLUDED).inbox()) < len(cases)
        code = codes[paper.READY]
        assert [each.kind for each in SealingSubmitter(Client(demo.port)).read(code)]
        assert "This is clear" in PlainSubmitter(Client(demo.port)).read(code).words
        # Everything that was done before there was a ledger is in it, and can be verified.
        demo.record()
        verified = demo.verify()
        assert verified.returncode == 0, verified.stdout + verified.stderr
    finally:
        demo.end()
