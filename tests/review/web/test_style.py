"""The console's looks, as far as a rule can say: contrast in both themes, and any width."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from review.web.assets import STATIC
from tests.browser.installation import PASSPHRASE, PASSWORD
from tests.browser.submitter import Submitter
from tests.serving import serving

pytestmark = pytest.mark.stores

CSS = (STATIC / "style.css").read_text()
INKS = ("ink", "ink-soft", "accent", "good", "warn")
GROUNDS = ("paper", "surface", "sunken", "accent-soft", "warn-soft", "note-soft", "reply-soft")
# Where a colour of text is never put on a ground, the pair need not hold.
NEVER = {
    ("good", ground) for ground in ("accent-soft", "warn-soft", "note-soft", "reply-soft", "sunken")
}
WIDTHS = (320, 480, 800, 1280)


def themes() -> dict[str, dict[str, str]]:
    """The colours by name, in light and in dark."""
    light, dark = (
        dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", part))
        for part in re.findall(r":root \{(.*?)\}", CSS, re.S)[:2]
    )
    return {"light": light, "dark": {**light, **dark}}


def luminance(color: str) -> float:
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_stands_out_from_every_ground(theme: str) -> None:
    colors = themes()[theme]
    pairs = [(ink, ground) for ink in INKS for ground in GROUNDS if (ink, ground) not in NEVER]
    pairs += [("accent-ink", "accent")]
    weak = {pair: contrast(colors[pair[0]], colors[pair[1]]) for pair in pairs}
    assert {pair: value for pair, value in weak.items() if value < 4.5} == {}
    assert contrast("#ffffff", colors["banner"]) >= 4.5
    assert contrast(colors["line-strong"], colors["surface"]) >= 3


def test_the_style_loads_nothing_from_elsewhere() -> None:
    assert "url(" not in CSS
    assert "@import" not in CSS


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """The address of the running console."""
    with serving(app) as port:
        yield f"http://localhost:{port}"


def sign_in(page: Page, address: str) -> None:
    page.goto(f"{address}/sign-in")
    page.locator("#username").fill("chair")
    page.locator("#password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("What needs you")


@pytest.mark.browser
def test_no_page_is_wider_than_the_window(
    browser: Browser, address: str, submitter: Submitter
) -> None:
    context = browser.new_context()
    page = context.new_page()
    sign_in(page, address)
    for path in ("/", "/cases", f"/cases/{submitter.case_id}", "/none", "/sign-in"):
        page.goto(address + path)
        page.evaluate("document.querySelector('#acts')?.removeAttribute('hidden')")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            over = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            assert over == 0, (path, width)
    context.close()


@pytest.mark.browser
def test_everything_is_reached_by_keyboard_with_the_way_past_the_frame_first(
    browser: Browser, address: str, submitter: Submitter
) -> None:
    context = browser.new_context()
    page = context.new_page()
    sign_in(page, address)
    stops = []
    for _ in range(12):
        page.keyboard.press("Tab")
        stops.append(page.evaluate("document.activeElement.textContent.trim()"))
        shown = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert shown == "solid"
    number = f"{submitter.case_id[:4]} {submitter.case_id[4:8]}"
    assert stops == [
        *("Skip to the content", "Home", "Cases", "Charter", "More", "My sign-ins"),
        *("Sign out", "", "", "Unlock", "Use a passkey"),
        f"Case {number}",
    ]
    context.close()


@pytest.mark.browser
def test_the_passphrase_is_dots_until_its_owner_wants_to_see_it(
    browser: Browser, address: str
) -> None:
    context = browser.new_context()
    page = context.new_page()
    sign_in(page, address)
    looks = "getComputedStyle(document.querySelector('#passphrase')).webkitTextSecurity"
    assert page.evaluate(looks) == "disc"
    page.get_by_label("Show").check()
    assert page.evaluate(looks) == "none"
    context.close()


@pytest.mark.browser
def test_without_scripts_nothing_asks_for_a_passphrase_and_none_can_leave(
    browser: Browser, address: str, submitter: Submitter
) -> None:
    """Attack: a passphrase in an address, because the script that takes it did not run."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, address)
    page.goto(f"{address}/cases/{submitter.case_id}")
    expect(page.locator(".notice")).to_be_visible()
    expect(page.locator("#passphrase")).to_be_hidden()
    context.close()


@pytest.mark.browser
def test_a_passphrase_typed_before_the_script_came_stays_in_its_field(
    browser: Browser, address: str, submitter: Submitter
) -> None:
    context = browser.new_context()
    page = context.new_page()
    sent: list[str] = []
    page.route("**/console.js", lambda route: route.abort())
    sign_in(page, address)
    page.goto(f"{address}/cases/{submitter.case_id}")
    page.wait_for_load_state("networkidle")
    page.on("request", lambda request: sent.append(request.url + (request.post_data or "")))
    page.locator("#passphrase").fill(PASSPHRASE)
    page.keyboard.press("Enter")
    page.locator("#unlock button").click()
    page.evaluate("document.querySelector('#acts').removeAttribute('hidden')")
    page.locator("#reply-text").fill("words")
    page.locator("#reply button").click()
    expect(page.locator("#passphrase")).to_have_value(PASSPHRASE)
    assert sent == []
    assert page.url == f"{address}/cases/{submitter.case_id}"
    context.close()


@pytest.mark.browser
def test_a_browser_takes_the_cookie_and_shows_it_to_no_script(
    browser: Browser, address: str
) -> None:
    """The prefix and Secure hold on http://localhost too, where a demonstration runs."""
    context = browser.new_context()
    page = context.new_page()
    sign_in(page, address)
    (cookie,) = context.cookies()
    assert cookie["name"] == "__Host-underrose"
    assert (cookie["secure"], cookie["httpOnly"], cookie["sameSite"]) == (True, True, "Strict")
    assert (cookie["path"], cookie["domain"], cookie["expires"]) == ("/", "localhost", -1)
    assert page.evaluate("document.cookie") == ""
    context.close()
