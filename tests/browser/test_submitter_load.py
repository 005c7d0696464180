"""When very much arrives: a browser that works or waits, is told so, and loses nothing."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from intake.web.price import WAITS
from tests.browser.person import ADDED, NAME, WHAT, Person
from tests.browser.test_pages import SCREENS, Scheme, faults, too_wide
from tests.intake.house import House
from tests.serving import serving

pytestmark = [
    pytest.mark.browser,
    pytest.mark.sqlite("of the browser; test_on_server.py has both"),
]
WORKING = "this device has to do a little work first"


@pytest.fixture
def busy(tmp_path: Path) -> Iterator[House]:
    """An intake at which somebody has used up what anybody may send or read."""
    house = House(
        tmp_path,
        INTAKE_BUDGET_DEPOSITS="8/hour",
        INTAKE_BUDGET_READS="4/hour",
        INTAKE_BUDGET_FORM="20/hour",
    )
    codes = [house.submit() for _ in range(4)]
    for code in codes[:2]:
        house.follow(code)
    yield house
    house.engine.dispose()


@pytest.fixture
def submitter(browser: Browser, busy: House) -> Iterator[Person]:
    with serving(busy.app) as port, browser.new_context() as context:
        yield Person(context.new_page(), f"http://127.0.0.1:{port}")


@pytest.fixture
def scriptless(browser: Browser, busy: House) -> Iterator[Person]:
    with serving(busy.app) as port, browser.new_context(java_script_enabled=False) as context:
        yield Person(context.new_page(), f"http://127.0.0.1:{port}")


def watched(page: Page) -> None:
    """Keep what the status line says from now on."""
    page.evaluate(
        """() => { window.said = [];
            const line = document.getElementById("status");
            new MutationObserver(() => window.said.push(line.innerText))
                .observe(line, {childList: true}); }"""
    )


def test_a_browser_works_for_its_submission_and_says_so(submitter: Person, busy: House) -> None:
    submitter.fill_in()
    watched(submitter.page)
    submitter.send()
    submitter.receipt_code()
    assert any(WORKING in each for each in submitter.page.evaluate("window.said"))
    assert len(busy.deposits()) == 5


def test_a_browser_works_to_read_and_to_add(submitter: Person, busy: House) -> None:
    code = submitter.submit()
    submitter.read(code)
    expect(submitter.page.get_by_text("There is no reply yet")).to_be_visible()
    submitter.add(code, ADDED)
    assert len(busy.deposits()) == 6


def test_who_stops_the_work_keeps_everything_and_can_send_again(
    submitter: Person, busy: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("intake.web.limits.BITS", (32, 32, 32, 32))
    submitter.fill_in()
    submitter.send()
    page = submitter.page
    expect(page.get_by_text(WORKING)).to_be_visible()
    # The text can be read and copied meanwhile.
    expect(page.get_by_label("What happened?")).to_have_value(WHAT)
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("You stopped this. Nothing was sent.")).to_be_visible()
    expect(page.get_by_label("What happened?")).to_be_editable()
    assert len(busy.deposits()) == 4
    monkeypatch.undo()
    submitter.send()
    submitter.receipt_code()


def test_a_page_that_was_open_for_a_while_is_not_asked_for_anything(
    submitter: Person, busy: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("intake.web.limits.BITS", (32, 32, 32, 32))
    submitter.fill_in()
    later(busy, WAITS[0])
    watched(submitter.page)
    submitter.send()
    submitter.receipt_code()
    assert not any(WORKING in each for each in submitter.page.evaluate("window.said"))


def later(house: House, seconds: float) -> None:
    prices = house.app.extensions["intake"].budgets.prices
    prices._clock = lambda: time.time() + seconds


def test_without_scripts_the_page_says_how_long_and_keeps_the_text(
    scriptless: Person, busy: House
) -> None:
    scriptless.fill_in()
    scriptless.send()
    page = scriptless.page
    expect(page.locator("#notice")).to_contain_text(f"wait {WAITS[0]} seconds")
    expect(page.locator("#notice")).to_be_focused()
    expect(page.locator("#notice")).to_contain_text(NAME)
    expect(page.get_by_label("What happened?")).to_have_value(WHAT)
    # The style sheet shows this when the time is over; no script does.
    over = page.get_by_text("The time is over now.")
    assert over.evaluate("each => getComputedStyle(each).visibility") == "hidden"
    assert over.evaluate("each => getComputedStyle(each).animationDelay") == f"{WAITS[0]}s"
    assert len(busy.deposits()) == 4
    later(busy, WAITS[0])
    page.get_by_role("button", name="Send").click()
    scriptless.receipt_code()
    assert len(busy.deposits()) == 5


@pytest.mark.parametrize(("width", "scheme"), SCREENS)
def test_the_page_that_works_or_asks_to_wait_is_accessible_and_fits(
    browser: Browser,
    busy: House,
    width: int,
    scheme: Scheme,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("intake.web.limits.BITS", (32, 32, 32, 32))
    with serving(busy.app) as port, browser.new_context(color_scheme=scheme) as context:
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": 800})
        person = Person(page, f"http://127.0.0.1:{port}")
        person.fill_in()
        person.send()
        expect(page.get_by_role("button", name="Stop")).to_be_visible()
        assert faults(page) + too_wide(page) == []
        page.get_by_role("button", name="Stop").click()
        expect(page.get_by_text("You stopped this.")).to_be_visible()
        # The page as it comes back to somebody without scripts, which the browser sends itself.
        page.evaluate("document.getElementById('submission').submit()")
        expect(page.locator("#notice")).to_contain_text("seconds")
        assert faults(page) + too_wide(page) == []
