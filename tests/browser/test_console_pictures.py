"""Every page of casework as a person meets it: at four widths, in both themes, by axe; in pictures.

The pictures go into a folder of the run, for looking at; with CONSOLE_PICTURES=FOLDER in the
environment they go there.
"""

import os
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.installation import Installation
from tests.browser.reader import Reader
from tests.browser.test_pages import faults, too_wide
from tests.browser.treating import ASSESSED, PROPOSED, take

pytestmark = [
    pytest.mark.browser,
    pytest.mark.sqlite("of the browser; test_on_server.py has both"),
]

WIDTHS = (320, 768, 1280, 1920)
# Colours do not depend on the width, so axe looks where the layout differs most.
BY_AXE: tuple[tuple[int, Literal["light", "dark"]], ...] = ((320, "dark"), (1280, "light"))


class Album:
    """Looks at a page in every way, and keeps what is wrong and what it looks like."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: list[str] = []

    def look(self, page: Page, name: str) -> None:
        """Take the pictures of the page as it stands."""
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            self.problems += [f"{name}: {each}" for each in too_wide(page)]
        for width, scheme in BY_AXE:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            page.set_viewport_size({"width": width, "height": 900})
            self.problems += [f"{name}, {scheme}: {each}" for each in faults(page)]
            page.screenshot(path=self.folder / f"{name}-{width}-{scheme}.png", full_page=True)


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
    album.look(page, "6-case-to-assess")
    page.locator("#reply-text").fill("")
    take(reader, "triage", ASSESSED)
    begun = {"investigator": "counsel", "plan": "Compare the papers.", "hold_decision": "no"}
    take(reader, "investigate", {**begun, "reason": "Nothing can be lost yet."})
    take(reader, "report-the-facts", {"note": "The papers are of October 2."})
    found = {"outcomes": "SUBSTANTIATED", "reason": "The papers show it."}
    take(reader, "determine", found, said=PROPOSED)


def test_the_pages_of_casework_are_accessible_fit_and_have_their_picture(
    reader: Reader, installation: Installation, tmp_path: Path, browser: Browser
) -> None:
    album = Album(Path(os.environ.get("CONSOLE_PICTURES", tmp_path)))
    page = reader.page
    reader.sign_in("chair")
    album.look(page, "1-home-empty")
    case = submit(installation)
    page.reload()
    album.look(page, "2-home")
    page.locator("nav a[href='/cases']").click()
    page.locator(".filter summary").click()
    album.look(page, "3-inbox")
    page.goto(f"{reader.address}/cases?due=late")
    album.look(page, "4-inbox-nothing-found")
    page.goto(f"{reader.address}/cases/{case}")
    expect(page.locator("#thread [data-locked]")).to_be_visible()
    album.look(page, "5-case-locked")
    reader.unlock()
    reader.settled()
    assess(reader, album)
    with browser.new_context(locale="en-US") as context:
        second = Reader(context.new_page(), reader.address)
        second.sign_in("member-1")
        album.look(second.page, "7-home-of-the-second-person")
        second.unlock()
        second.open_case(case)
        album.look(second.page, "8-case-to-sign")
    assert album.problems == []
