"""A drill of the line at its reader: known by its mark alone, signed for, out of the lists."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from crypto import drill
from tests import committee
from tests.browser.album import Album
from tests.browser.installation import Installation
from tests.browser.reader import Reader
from tests.browser.submitter import Submitter
from tests.browser.treating import TAKEN

pytestmark = [
    pytest.mark.browser,
    pytest.mark.sqlite("of the browser; tests/review/web/test_drills.py has both"),
]
WORDS = "This is a drill. The pallets of hall 7 were counted twice."


def submit(installation: Installation, name: str, marked_for: str = "") -> Submitter:
    """A submission that says it is a drill, with a mark of its own case or of another."""
    somebody = installation.submitter(name)
    case = marked_for or somebody.case_id
    mark = drill.make(committee.INSTALLATION, case, committee.TODAY, committee.DRILL_SEED)
    somebody.submit({"what": f"{WORDS}\n{mark.line}"})
    return somebody


def test_a_drill_is_known_by_its_own_mark_and_leaves_the_lists_by_one_signature(
    reader: Reader, installation: Installation, tmp_path: Path
) -> None:
    """Attack: a submission that says it is a drill, with the mark of another one."""
    real = submit(installation, "the operator")
    copied = submit(installation, "somebody with a mark they have seen", real.case_id)
    installation.collect()
    album = Album(tmp_path)
    page = reader.page
    reader.sign_in("chair")
    reader.unlock()
    reader.open_case(copied.case_id)
    expect(reader.opened).to_contain_text(WORDS)
    expect(page.locator("#drill")).to_be_hidden()

    page.locator("nav a[href='/cases']").click()
    reader.open_case(real.case_id)
    expect(page.get_by_role("heading", name="This is a drill")).to_be_visible()
    expect(reader.warnings).to_have_count(0)
    album.look(page, "drill")
    page.get_by_role("button", name="Sign that this is a drill").click()
    expect(page.locator("#announcement")).to_contain_text(TAKEN)
    expect(page.locator(".case-head .drill")).to_be_visible()

    for address, listed in (("/cases", (0, 1)), ("/cases?drills=1", (1, 0))):
        page.goto(f"{reader.address}{address}")
        for somebody, count in zip((real, copied), listed, strict=True):
            link = page.locator(f"main a[href='/cases/{somebody.case_id}']")
            expect(link).to_have_count(count)
    assert album.problems == []
