"""The whole demo by keyboard, and what others look at pages with: axe, and how wide they are.

It also takes the four pictures of the README, into a folder of the run; with PICTURES=1 in the
environment it puts them into docs/images.
"""

import os
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.running import Running

pytestmark = [
    pytest.mark.browser,
    pytest.mark.sqlite("of the browser; test_on_server.py has both"),
]

ROOT = Path(__file__).resolve().parent.parent.parent
AXE = ROOT / "crypto/browser/node_modules/axe-core/axe.min.js"
Scheme = Literal["light", "dark"]
SCREENS: tuple[tuple[int, Scheme], ...] = ((320, "dark"), (1280, "light"))


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    running = Running(tmp_path_factory.mktemp("demo") / "data", "--today", "2026-11-21")
    yield running
    running.end()


def intake(demo: Running) -> str:
    return f"http://127.0.0.1:{demo.port}"


def console(demo: Running) -> str:
    return f"http://localhost:{demo.console_port}"


def papers(demo: Running) -> dict[str, dict[str, Any]]:
    return tomllib.loads(demo.here.papers.read_text())


def sign_in(page: Page, demo: Running, person: str) -> None:
    """With the keyboard only: name, password, and Enter."""
    words = papers(demo)["people"][person]
    page.goto(console(demo))
    page.locator("[name=username]").focus()
    page.keyboard.type(words["username"])
    page.keyboard.press("Tab")
    page.keyboard.type(words["password"])
    page.keyboard.press("Enter")
    expect(page.locator("body")).not_to_have_attribute("data-page", "sign-in")


def open_a_case(page: Page, demo: Running, person: str) -> None:
    """Unlock by typing, then open the first case of the list."""
    sign_in(page, demo, person)
    page.locator("#passphrase").focus()
    page.keyboard.type(papers(demo)["people"][person]["passphrase"])
    page.keyboard.press("Enter")
    expect(page.locator("#lock")).to_be_visible()
    page.locator("main a[href^='/cases/']", has_not_text="new").first.click()
    expect(page.locator("#thread [data-opened]")).to_be_visible()


def faults(page: Page) -> list[str]:
    """What axe finds, by the rules of WCAG 2.2 AA. The page's own policy would refuse the script
    as an element, so it is evaluated from outside."""
    page.evaluate(AXE.read_text())
    found = page.evaluate(
        """async () => (await axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a",
            "wcag21aa", "wcag22aa", "best-practice"]})).violations.map(
            v => `${v.id}: ${v.nodes.map(node => node.html).join(" | ").slice(0, 300)}`)"""
    )
    return [f"{page.url} {each}" for each in found]


def too_wide(page: Page) -> list[str]:
    width = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    return [f"{page.url} is {width[0]} wide on {width[1]}"] if width[0] > width[1] else []


@pytest.mark.parametrize(("width", "scheme"), SCREENS)
def test_a_mailbox_with_a_reply_and_a_proof_is_accessible_and_fits(
    browser: Browser, demo: Running, width: int, scheme: Scheme
) -> None:
    screen: ViewportSize = {"width": width, "height": 900}
    with browser.new_context(viewport=screen, color_scheme=scheme, reduced_motion="reduce") as it:
        page = it.new_page()
        page.goto(f"{intake(demo)}/follow-up")
        page.get_by_label("Your receipt code").fill(papers(demo)["receipt_codes"]["shipments"])
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="From the committee")).to_be_visible()
        page.get_by_text("Proof of what you sent").click()
        expect(page.get_by_text("Your first message.").first).to_be_visible()
        assert faults(page) + too_wide(page) == []


def test_a_submission_can_be_sent_with_the_keyboard_only(browser: Browser, demo: Running) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{intake(demo)}/form")
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Leave this page")).to_be_focused()
        for _ in range(12):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.id") == "what":
                break
        page.keyboard.type("The petty cash box is counted by the one who fills it.")
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.tagName") == "BUTTON":
                break
        page.keyboard.press("Enter")
        expect(page.locator("main [data-receipt-code]")).to_be_visible()
        expect(page.get_by_role("heading", level=1)).to_be_focused()


def test_the_pictures_of_the_readme(browser: Browser, demo: Running, tmp_path: Path) -> None:
    with browser.new_context(viewport={"width": 1000, "height": 720}) as context:
        page = context.new_page()
        page.goto(intake(demo))
        page.screenshot(path=tmp_path / "start.png")
        page.goto(f"{intake(demo)}/form")
        page.get_by_label("What happened?").fill("The petty cash box has two keys.")
        page.get_by_role("button", name="Send").click()
        expect(page.locator("main [data-receipt-code]")).to_be_visible()
        page.screenshot(path=tmp_path / "receipt.png")
        open_a_case(page, demo, "chair")
        page.screenshot(path=tmp_path / "case.png")
    phone: ViewportSize = {"width": 390, "height": 720}
    with browser.new_context(viewport=phone, color_scheme="dark") as context:
        page = context.new_page()
        page.goto(f"{intake(demo)}/follow-up")
        page.get_by_label("Your receipt code").fill(papers(demo)["receipt_codes"]["shipments"])
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="From the committee")).to_be_visible()
        page.screenshot(path=tmp_path / "mailbox.png")
    for name in ("start", "receipt", "case", "mailbox"):
        kept = ROOT / "docs/images" / f"{name}.png"
        if os.environ.get("PICTURES") == "1":
            kept.parent.mkdir(exist_ok=True)
            shutil.copy(tmp_path / kept.name, kept)
        # A page in one colour makes a picture of a few kilobytes: it shows nothing.
        assert (tmp_path / kept.name).stat().st_size > 10_000
        assert kept.stat().st_size > 10_000
