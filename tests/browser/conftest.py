"""Pages of a real Chromium, each in a fresh profile.

The browser reaches no other machine: every request that is not for this machine is refused by the
fixture.
"""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    Request,
    Route,
    expect,
)

from tests.browser.installation import Installation
from tests.browser.reader import Reader
from tests.chromium import PATIENCE

HERE = ("localhost", "127.0.0.1")
expect.set_options(timeout=PATIENCE)


@pytest.fixture
def elsewhere() -> list[str]:
    """Addresses of other machines that a page asked for; a test's end finds it empty."""
    return []


@pytest.fixture
def context(browser: Browser, elsewhere: list[str]) -> Iterator[BrowserContext]:
    """A fresh profile: no cookie, no storage, no history."""
    opened = browser.new_context(accept_downloads=True, locale="en-US", timezone_id="Asia/Tokyo")
    opened.set_default_timeout(PATIENCE)
    opened.on("request", lambda request: _note(request, elsewhere))
    opened.route(lambda address: not _is_here(address), _refuse)
    yield opened
    opened.close()
    assert elsewhere == []


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """An empty page of a fresh profile."""
    return context.new_page()


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    """Drop, book and shred keys of a committee's own, with everybody enrolled and no case."""
    made = Installation(tmp_path)
    yield made
    made.close()


@pytest.fixture
def console(installation: Installation) -> Iterator[str]:
    """The address of the running console."""
    with installation.console() as address:
        yield address


@pytest.fixture
def reader(page: Page, console: str) -> Iterator[Reader]:
    """Somebody at the console, not signed in yet. At the end no page has complained."""
    at_console = Reader(page, console)
    yield at_console
    assert at_console.complaints == []


def _is_here(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme in ("blob", "data", "about") or parts.hostname in HERE


def _note(request: Request, elsewhere: list[str]) -> None:
    if not _is_here(request.url):
        elsewhere.append(request.url)


def _refuse(route: Route) -> None:
    route.abort()
