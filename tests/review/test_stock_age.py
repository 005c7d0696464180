"""An exported case opens with npm age-encryption, which knows nothing of Underrose."""

import json
import zipfile
from pathlib import Path

import pytest

from tests import node
from tests.browser.installation import PASSPHRASE, Installation, identity_file
from tests.browser.submitter import Submitter
from tests.review.test_export import run, write_to

pytestmark = [
    pytest.mark.node,
    pytest.mark.sqlite("of files; test_export.py makes them on both"),
]


def test_an_exported_case_opens_with_stock_age(
    installation: Installation, submitter: Submitter, tmp_path: Path
) -> None:
    write_to(installation, submitter)
    out = tmp_path / "case.zip"
    run(installation, [submitter.case_id], out)
    with zipfile.ZipFile(out) as archive:
        archive.extractall(tmp_path)
    key = tmp_path / "identity.age"
    key.write_bytes(identity_file("member-1"))
    folder = tmp_path / "cases" / submitter.case_id
    done = node.run("crypto/browser/test/open-case.mjs", key, PASSPHRASE, folder)
    assert done.returncode == 0, done.stderr
    opened = [json.loads(line) for line in done.stdout.splitlines()]
    kinds = sorted(message["kind"] for message in opened)
    assert kinds == ["follow-up", "note", "reply", "state", "submission"]
    (submission,) = (message for message in opened if message["kind"] == "submission")
    assert submission["body"]["what"] == submitter.submission.body["what"]
