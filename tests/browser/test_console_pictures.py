"""What a case's page becomes as the case goes on: at four widths, in both themes, by axe; pictures.

The pages as they are without that are in test_every_page.py.
"""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.album import Album
from tests.browser.installation import Installation
from tests.browser.reader import Reader
from tests.browser.treating import ASSESSED, PROPOSED, take

pytestmark = [
    pytest.mark.browser,
    pytest.mark.sqlite("of the browser; test_on_server.py has both"),
]


def submit(installation: Installation) -> str:
    """Two people write; the case of the first."""
    somebody = installation.submitter()
    somebody.submit({"what": "Order 4711 was booked before it was shipped."})
    installation.submitter("another").submit({"what": "The pallets of hall 7 count twice."})
    installation.collect()
    return somebody.case_id


def assess(reader: Reader, album: Album) -> None:
    """To the assessment, with a letter that the lint warns of, and on to a determination."""
    page = reader.page
    page.locator("#reply-begin").select_option("acknowledgement")
    page.locator("#reply button").click()
    expect(reader.status("reply")).to_contain_text("Your reply is sealed")
    page.locator("[data-go=triage]").click()
    expect(page.locator("details#triage")).to_have_attribute("open", "")
    page.locator("#reply-text").fill("Please keep this confidential.")
    expect(page.locator("#reply .lint")).to_be_visible()
    album.look(page, "case-to-assess")
    page.locator("#reply-text").fill("")
    take(reader, "triage", ASSESSED)
    begun = {"investigator": "counsel", "plan": "Compare the papers.", "hold_decision": "no"}
    take(reader, "investigate", {**begun, "reason": "Nothing can be lost yet."})
    take(reader, "report-the-facts", {"note": "The papers are of October 2."})
    found = {"outcomes": "SUBSTANTIATED", "reason": "The papers show it."}
    take(reader, "determine", found, said=PROPOSED)


def test_a_case_is_accessible_fits_and_has_its_picture_wherever_it_stands(
    reader: Reader, installation: Installation, tmp_path: Path, browser: Browser
) -> None:
    album = Album(tmp_path)
    page = reader.page
    reader.sign_in("chair")
    case = submit(installation)
    page.goto(f"{reader.address}/cases")
    page.locator(".filter summary").click()
    album.look(page, "cases-to-look-for")
    page.goto(f"{reader.address}/cases/{case}")
    expect(page.locator("#thread [data-locked]")).to_be_visible()
    reader.unlock()
    reader.settled()
    assess(reader, album)
    with browser.new_context(locale="en-US") as context:
        second = Reader(context.new_page(), reader.address)
        second.sign_in("member-1")
        album.look(second.page, "home-of-the-second-person")
        second.unlock()
        second.open_case(case)
        album.look(second.page, "case-to-sign")
    assert album.problems == []
