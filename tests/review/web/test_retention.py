"""Retention as the auditor sees it: every record once, and nothing that says what one is about."""

import pytest
from flask import Flask

from tests.browser.installation import Installation
from tests.browser.submitter import Submitter
from tests.review import ending, ledgers
from tests.review.desk import Desk
from tests.review.web.test_dispositions import plain

pytestmark = pytest.mark.stores


def test_the_auditor_sees_each_record_once_by_class_with_days_and_opaque_references(
    app: Flask, installation: Installation, submitter: Submitter, hidden: Submitter
) -> None:
    third, fourth = installation.submitter("third"), installation.submitter("fourth")
    for each in (third, fourth):
        each.submit()
    installation.collect()
    gone, held, overdue = submitter.case_id, hidden.case_id, third.case_id
    for case_id in (gone, held):
        ending.retain(installation, case_id)
    ending.hold(installation, held)
    manifest = ending.approved(installation, gone)
    assert ending.execute(installation).gone == 1
    ledgers.batch(installation, ending.COOLED)
    assert ending.certify(installation).certified == 1
    ending.retain(installation, overdue, on=ending.CLOSED - 30 * ending.DAY)
    answer = Desk(app, "auditor").get("/retention")
    page = plain(answer.text)
    assert "none yet 1 0 0 0 0 0" in page
    assert "RC-04 No concern or complaint 0 0 1 0 1 1" in page
    assert "4 in all" in page
    assert f"{overdue[:4]} {overdue[4:8]} RC-04 version 0 No concern or complaint September" in page
    assert "November 11, 2026 held" in page
    assert "November 21, 2026 November 21, 2026 1 1 0" in page
    assert f'href="/dispositions/{manifest.id}/certificate.json"' in answer.text
    own = plain(Desk(app, "chair").get(f"/dispositions/{manifest.id}").text)
    assert "It is checked and certified. Keep the certificate with the minutes." in own
    assert "Checked and certified November 28, 2026" in own
    for word in ("4711", "page.txt", "M-1", "ategor"):
        assert word not in page
    for case_id in (gone, held, overdue, fourth.case_id):
        assert case_id not in answer.text


@pytest.mark.parametrize("person", ["chair", "counsel", "secretary"])
def test_what_is_counted_over_all_cases_is_for_the_auditor_alone(
    app: Flask, submitter: Submitter, person: str
) -> None:
    """Attack: learning from a number that there is a case from which one is left out."""
    assert Desk(app, person).get("/retention").status_code == 404
