"""The certificate in the console: for readers who may know of the disposition, and the auditor."""

from pathlib import Path

import pytest
from flask import Flask

from crypto import certifying
from crypto.__main__ import main
from crypto.disposing import Manifest
from review.certificate_pdf import render
from tests.browser.installation import Installation
from tests.browser.submitter import Submitter
from tests.review import ending, ledgers
from tests.review.desk import Desk
from tests.review.ending import COOLED

pytestmark = pytest.mark.stores


def certified(installation: Installation, case_id: str) -> Manifest:
    """A disposition of a case, to its end, and the ledger's batch after it."""
    ending.retain(installation, case_id)
    manifest = ending.approved(installation, case_id)
    ending.execute(installation)
    ledgers.batch(installation, COOLED)
    assert ending.certify(installation).certified == 1
    return manifest


def test_what_a_reader_downloads_can_be_checked_offline_by_anybody(
    app: Flask, installation: Installation, submitter: Submitter, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    manifest = certified(installation, submitter.case_id)
    desk, where = Desk(app, "chair"), f"/dispositions/{manifest.id}"
    assert "certificate.tlog-proof" not in desk.get(where).text
    assert desk.get(f"{where}/certificate.tlog-proof").status_code == 404
    ledgers.batch(installation, COOLED)
    assert f"{where}/certificate.tlog-proof" in desk.get(where).text
    names = []
    for name in ("certificate.json", "certificate.tlog-proof", "certificate.pdf"):
        answer = desk.get(f"{where}/{name}")
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
        (tmp_path / name).write_bytes(answer.data)
        names.append(str(tmp_path / name))
    found = certifying.parse((tmp_path / "certificate.json").read_bytes())
    assert (tmp_path / "certificate.pdf").read_bytes() == render(found)
    (tmp_path / "policy").write_bytes(ledgers.policy_text())
    words = ["verify", "--certificate", names[0], "--proof", names[1]]
    assert main([*words, "--policy", str(tmp_path / "policy")]) == 0
    assert "it is this certificate: 1 records went, 0 stayed" in capsys.readouterr().out
    changed = found.document.replace(b'"media":"CLEAR"', b'"media":"PURGE"')
    for content in (changed, found.document.replace(b'"cooling":7', b'"cooling":1')):
        (tmp_path / "certificate.json").write_bytes(content)
        assert main([*words, "--policy", str(tmp_path / "policy")]) == 1
    assert "the entry names another certificate" in capsys.readouterr().err


def test_a_certificate_is_not_there_for_whoever_may_not_know_of_the_case(
    app: Flask, installation: Installation, hidden: Submitter
) -> None:
    """Attack: learning from a certificate that there was a case in which one is named."""
    manifest = certified(installation, hidden.case_id)
    desk = Desk(app, "member-2")
    for name in ("certificate.json", "certificate.pdf", "certificate.tlog-proof"):
        there = desk.get(f"/dispositions/{manifest.id}/{name}")
        absent = desk.get(f"/dispositions/{'ab' * 16}/{name}")
        assert (there.status_code, absent.status_code) == (404, 404)
        assert there.data == absent.data
        assert Desk(app, "secretary").get(f"/dispositions/{manifest.id}/{name}").status_code == 404
    for person in ("chair", "auditor"):
        answer = Desk(app, person).get(f"/dispositions/{manifest.id}/certificate.json")
        assert answer.status_code == 200
