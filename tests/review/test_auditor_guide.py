"""docs/auditor.md, done word for word: every command of it, in its order, on a laptop."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from crypto import policy, strict
from review import ledger
from review.auditor_export import export_to
from review.hand_in import take_checkpoint, take_report
from tests import committee
from tests.browser.installation import Installation
from tests.browser.submitter import Submitter
from tests.review import ledgers
from tests.review.tables import entries

pytestmark = pytest.mark.stores

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs/auditor.md").read_text()
# What sets up the laptop itself; the libraries are in the environment of the tests.
SETTING_UP = ("python -m venv", ". venv/", "pip install")


def commands() -> list[str]:
    """Every indented line of the guide."""
    found = re.findall(r"^(?: {4}| {6})(\S.*)$", GUIDE, re.M)
    return [each for each in found if not each.startswith(SETTING_UP)]


class Laptop:
    """A folder with nothing of the installation in it, and a shell."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._left = iter(commands())

    def next(self, starts: str, **words: str) -> str:
        """Do the guide's next command, which is the one that starts so; what it says."""
        command = next(self._left)
        assert command.startswith(starts), command
        for name, value in words.items():
            command = command.replace(name.replace("_", "-"), value)
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        done = subprocess.run(
            ["sh", "-c", command],
            cwd=self.folder,
            env={"PATH": path, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, ""), (command, done.stdout, done.stderr)
        return done.stdout

    def ended(self) -> bool:
        """Whether the guide has no command left."""
        return next(self._left, None) is None


@pytest.fixture
def laptop(tmp_path: Path) -> Iterator[Laptop]:
    folder = tmp_path / "laptop"
    folder.mkdir()
    yield Laptop(folder)
    shutil.rmtree(folder)


def take(installation: Installation, laptop: Laptop, cosigned: int) -> None:
    """The two files that the auditor brings home."""
    bundle = laptop.folder / "bundle.zip"
    bundle.unlink(missing_ok=True)
    export_to(installation.book, committee.INSTALLATION, bundle, committee.TODAY, "auditor")
    proof = ledger.consistency(installation.book, cosigned)
    (laptop.folder / "new.checkpoint").write_bytes(proof)


def hand_in(installation: Installation, laptop: Laptop) -> None:
    """The two files that the auditor brings back, to a console that knows auditor.pub."""
    public = (laptop.folder / "auditor.pub").read_text().strip()
    text = f"log {committee.ledger_signer().key.text}\nwitness a {public}\nquorum none\n"
    rules = policy.parse(text.encode())
    report = (laptop.folder / "report.signed.json").read_bytes()
    take_report(installation.book, rules, report, "auditor", committee.TODAY)
    cosigned = (laptop.folder / "cosigned.checkpoint").read_bytes()
    take_checkpoint(installation.book, rules, cosigned)


def test_the_guide_works_word_for_word(
    installation: Installation, submitter: Submitter, laptop: Laptop
) -> None:
    root_key = strict.to_b64(committee.ROOT_KEY)
    first = ledgers.batch(installation)
    laptop.next("python -m crypto cosign --key auditor.key --new")

    take(installation, laptop, 0)
    said = laptop.next("python -m review.audit verify", ROOT_KEY=root_key)
    assert "everything that a bundle can show holds" in said
    laptop.next('python -c "import json')
    laptop.next('echo "witness')
    laptop.next('echo "quorum')
    laptop.next("python -m review.audit sign")
    laptop.next("python -m crypto cosign --first")
    hand_in(installation, laptop)

    submitter.follow_up("more")
    installation.collect()
    ledgers.batch(installation)
    take(installation, laptop, first.size)
    said = laptop.next("python -m review.audit verify", ROOT_KEY=root_key)
    assert "compared with the checkpoint seen last time, of 16 entries" in said
    assert "cosigned by me" in said
    laptop.next("python -m review.audit sign")
    laptop.next("python -m crypto cosign --key")
    hand_in(installation, laptop)
    assert len(entries(installation.book, "auditor.checked")) == 1

    assert laptop.next('python -c "import json, random').split() == [submitter.case_id]
    root = first.note.text.split("\n")[2]
    said = laptop.next("python -m review.audit verify", ROOT_KEY=root_key, MINUTES=root)
    assert "everything that a bundle can show holds" in said
    assert laptop.ended()
