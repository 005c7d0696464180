"""The charter's pages by keyboard and on paper; test_every_page.py looks at each of them."""

import datetime
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect

from review.app import create_app
from review.settings import Settings
from tests.browser.installation import PASSWORD, Installation
from tests.review.charter_view.stories import F1, F2, book
from tests.review.web.test_charter import with_book
from tests.serving import serving

pytestmark = [
    pytest.mark.browser,
    pytest.mark.sqlite("of the browser; test_on_server.py has both"),
]


@pytest.fixture
def console(installation: Installation) -> Flask:
    """The console, its charter's book not begun."""
    return create_app(Settings.from_environ(installation.environment()), "interactive")


@pytest.fixture
def address(console: Flask) -> Iterator[str]:
    """Where it is served with the book of F2, on a day in the middle of its troubles."""
    with serving(with_book(console, book(F2), datetime.date(2027, 6, 1))) as port:
        yield f"http://localhost:{port}"


@pytest.fixture
def other_address(console: Flask) -> Iterator[str]:
    """Where it is served with the book of F1, at the end of its year."""
    with serving(with_book(console, book(F1), datetime.date(2026, 12, 31))) as port:
        yield f"http://localhost:{port}"


def sign_in(page: Page, address: str) -> None:
    """With the keyboard only, as the secretary."""
    page.goto(f"{address}/sign-in")
    page.locator("#username").fill("secretary")
    page.locator("#password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Secretary")


def test_pictures_have_their_words_and_on_paper_nothing_asks_to_be_pressed(
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
    page.goto(f"{address}/charter")
    page.emulate_media(media="print")
    expect(page.locator(".charter-pages")).to_be_hidden()
    expect(page.locator(".frame nav")).to_be_hidden()
    expect(page.locator(".charter-clause").last).to_be_visible()


def test_a_director_gets_by_keyboard_from_the_charter_to_why_a_clause_is_breached(
    context: BrowserContext, other_address: str
) -> None:
    page = context.new_page()
    sign_in(page, other_address)
    page.goto(f"{other_address}/charter")
    page.locator('main a[href="/charter/clauses/R-1d"]').first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("R-1d")
    expect(page.get_by_text("What cures it:").first).to_be_visible()
    page.get_by_role("link", name="Service started: Readiness review").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("160 days later")).to_be_visible()
