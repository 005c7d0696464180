"""The charter's pages as people meet them: screens, dark and light, by keyboard, by axe, on paper.

It also takes a picture of each page, into a folder of the run, for people to look at.
"""

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect

from review.app import create_app
from review.settings import Settings
from tests.browser.installation import PASSWORD, Installation
from tests.browser.test_pages import faults, too_wide
from tests.review.charter_view.stories import F1, F2, book
from tests.review.web.test_charter import with_book
from tests.serving import serving

pytestmark = pytest.mark.browser

PAGES = {
    "coverage": "/charter",
    "clause": "/charter/clauses/M-0",
    "due": "/charter/due",
    "findings": "/charter/findings?standing=",
    "ask": "/charter/ask?as_of=2027-01-20",
    "record": "/charter/records/e13",
}
SCREENS: tuple[tuple[int, Literal["light", "dark"]], ...] = ((320, "dark"), (1280, "light"))


@pytest.fixture
def console(installation: Installation) -> Flask:
    """The console, its charter's book that of F2 on a day in the middle of its troubles."""
    made = create_app(Settings.from_environ(installation.environment()), "interactive")
    return with_book(made, book(F2), datetime.date(2027, 6, 1))


@pytest.fixture
def address(console: Flask) -> Iterator[str]:
    """Where the console is served."""
    with serving(console) as port:
        yield f"http://localhost:{port}"


def sign_in(page: Page, address: str) -> None:
    """With the keyboard only, as the secretary."""
    page.goto(f"{address}/sign-in")
    page.locator("#username").fill("secretary")
    page.locator("#password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Secretary")


@pytest.mark.parametrize(("width", "scheme"), SCREENS)
def test_every_page_is_accessible_and_fits(
    browser: Browser,
    address: str,
    tmp_path: Path,
    width: int,
    scheme: Literal["light", "dark"],
) -> None:
    with browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce"
    ) as context:
        page = context.new_page()
        sign_in(page, address)
        problems = []
        for name, path in PAGES.items():
            page.goto(address + path)
            problems += faults(page) + too_wide(page)
            page.screenshot(path=tmp_path / f"{name}-{width}.png", full_page=True)
        assert problems == []


def test_the_pictures_are_drawn_and_each_has_its_words(
    context: BrowserContext, address: str
) -> None:
    page = context.new_page()
    sign_in(page, address)
    page.goto(f"{address}/charter/due")
    images = page.locator("img.charter-picture")
    expect(images.first).to_be_visible()
    for image in images.all():
        assert image.get_attribute("alt")
        assert image.evaluate("async image => { await image.decode(); return image.naturalWidth }")


def test_a_director_gets_by_keyboard_from_the_charter_to_why_a_clause_is_breached(
    context: BrowserContext, console: Flask, address: str
) -> None:
    with_book(console, book(F1), datetime.date(2026, 12, 31))
    page = context.new_page()
    sign_in(page, address)
    page.goto(f"{address}/charter")
    page.get_by_role("link", name="R-1d: how it stands").focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("R-1d")
    expect(page.get_by_text("What cures it:").first).to_be_visible()
    page.get_by_role("link", name="e27").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("160 days later")).to_be_visible()


def test_a_day_is_asked_for_by_keyboard_and_stays_in_its_field(
    context: BrowserContext, address: str
) -> None:
    page = context.new_page()
    sign_in(page, address)
    page.goto(f"{address}/charter/ask")
    page.get_by_label("As of", exact=True).fill("2027-01-20")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Everything found as of that day")).to_be_visible()
    expect(page.get_by_label("As of", exact=True)).to_have_value("2027-01-20")


def test_on_paper_the_charter_is_whole_and_nothing_asks_to_be_pressed(
    context: BrowserContext, address: str
) -> None:
    page = context.new_page()
    sign_in(page, address)
    page.goto(f"{address}/charter")
    page.emulate_media(media="print")
    expect(page.locator(".charter-pages")).to_be_hidden()
    expect(page.locator(".frame nav")).to_be_hidden()
    expect(page.locator(".charter-clause").last).to_be_visible()
