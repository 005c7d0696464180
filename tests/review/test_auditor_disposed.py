"""The bundle of a real installation that has disposed of a case, verified from end to end."""

import datetime
from pathlib import Path

import pytest

from deploy.rights import BACKUP, COLLECTOR
from review import moving_on
from review.audit import report
from review.audit.check import HOLDS
from review.audit.known import Asked
from review.audit.opened import open_bundle
from review.audit.verifier import Verified, verify
from review.auditor_export import export_to
from review.casework.course import Stage
from review.ledger import run_batch
from tests import committee
from tests.browser.installation import Installation
from tests.browser.submitter import Submitter
from tests.review import ending, ledgers
from tests.review.retaining import CLOCKS, Committee

pytestmark = pytest.mark.stores
DAY = datetime.timedelta(days=1)
_OF_DISPOSITIONS = ("dispositions", "approvals", "terms", "withheld", "records", "histories")


def batch(installation: Installation, on: datetime.date) -> None:
    """The daily batch of a day."""
    run_batch(ledgers.keeper(installation), on, ledgers.AT + (on - committee.TODAY).days * 86_400)


def verified(installation: Installation, path: Path, on: datetime.date) -> Verified:
    """What the auditor's laptop says of the bundle of a day."""
    export_to(installation.book, committee.INSTALLATION, path, on)
    with open_bundle(path) as opened:
        return verify(opened, Asked(root_key=committee.ROOT_KEY))


def test_a_bundle_of_a_real_installation_that_disposed_of_a_case_holds(
    installation: Installation, submitter: Submitter, hidden: Submitter, tmp_path: Path
) -> None:
    people = Committee(installation, committee.TODAY)
    people.open(hidden)
    people.put_aside(submitter)
    moving_on.move_on(installation.book, committee.TODAY, CLOCKS)
    batch(installation, committee.TODAY)
    due = committee.TODAY + 30 * DAY
    people.today = due
    manifest = people.propose("chair", submitter.case_id)
    for person in ending.APPROVERS:
        people.approve(manifest, person)
    batch(installation, due)
    gone = due + 7 * DAY
    assert ending.execute(installation, gone, COLLECTOR).gone == 1
    batch(installation, gone)
    # Between the batch that tells of its end and the one that tells of its certificate.
    assert_content(verified(installation, tmp_path / "gone.zip", gone))
    assert ending.certify(installation, gone + DAY, BACKUP).certified == 1
    assert_content(verified(installation, tmp_path / "waiting.zip", gone + DAY))
    batch(installation, gone + DAY)
    seen = verified(installation, tmp_path / "certified.zip", gone + DAY)
    assert_content(seen)
    (there,) = seen.known.dispositions
    assert there.manifest == manifest
    assert there.certificate == ending.certificate_of(installation, manifest)
    states = {each.id.hex(): each.state for each in seen.known.cases.all if each.id}
    assert states == {submitter.case_id: Stage.DISPOSED, hidden.case_id: Stage.ACKNOWLEDGED}


def assert_content(seen: Verified) -> None:
    """Nothing is an exception, and every check of dispositions holds.

    On SQLite one account of this machine runs both jobs, which the certificate says.
    """
    assert list(report.exception_lines(seen)) == []
    by_name = {each.name: each for each in seen.checks}
    assert [by_name[name].outcome for name in _OF_DISPOSITIONS] == [HOLDS] * len(_OF_DISPOSITIONS)
    assert {found.code for each in seen.checks for found in each.told.warnings} <= {"RA-15"}
