"""The one Chromium of a run, with nothing of the machine's owner in it.

Playwright starts once in a process: a second start beside it is refused. So every test that drives
a browser takes this fixture, in whichever folder it stands. The browser has no update, no account
and no search service.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

CHROMIUM = "/usr/bin/chromium"
# In milliseconds: long enough for a machine that does other things too.
PATIENCE = 30_000
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the whole run; each test has a context of its own in it."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=list(ARGUMENTS),
            # What a page leaves for the Back button is one of the things under test.
            ignore_default_args=["--disable-back-forward-cache"],
            headless=True,
        )
        yield chromium
        chromium.close()
