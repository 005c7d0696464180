"""Looks at a page in every way that people meet it, and keeps pictures and what is wrong.

The pictures go into a folder of the run; with PAGE_PICTURES=FOLDER in the environment, there.
"""

import os
from pathlib import Path
from typing import Literal

from playwright.sync_api import BrowserContext, ConsoleMessage, Page

from tests.browser.test_pages import faults, too_wide

Scheme = Literal["light", "dark"]
NARROW, USUAL, WIDE = 320, 1280, 1920
WIDTHS = (NARROW, 768, USUAL, WIDE)
# Colours do not depend on the width, so each theme is looked at where the layout differs most.
BY_AXE: tuple[tuple[int, Scheme], ...] = ((NARROW, "dark"), (USUAL, "light"))
PICTURES: tuple[tuple[int, Scheme], ...] = ((NARROW, "dark"), (WIDE, "dark"), (USUAL, "light"))
# For somebody who wants to look: each width in the other theme too.
MORE_PICTURES: tuple[tuple[int, Scheme], ...] = (
    *((NARROW, "light"), (WIDE, "light"), (USUAL, "dark")),
)


class Album:
    """A folder of pictures, and the list of what was wrong."""

    def __init__(self, folder: Path) -> None:
        wanted = os.environ.get("PAGE_PICTURES")
        self.folder = folder if wanted is None else Path(wanted)
        self._ways = PICTURES if wanted is None else MORE_PICTURES + PICTURES
        self.folder.mkdir(exist_ok=True)
        self.problems: list[str] = []

    def listen(self, context: BrowserContext) -> None:
        """Hear what the pages' scripts and policy complain of."""
        context.on("console", self._hear)
        context.on("weberror", lambda error: self.problems.append(str(error.error)))

    def look(self, page: Page, name: str) -> None:
        """Look at the page as it stands; it is left at the usual width, in light."""
        self._outline(page, name)
        page.emulate_media(reduced_motion="reduce")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            self.problems += [f"{name}: {each}" for each in too_wide(page)]
        for width, scheme in self._ways:
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=self.folder / f"{name}-{width}-{scheme}.png", full_page=True)
            if (width, scheme) in BY_AXE:
                self.problems += [f"{name}, {scheme}: {each}" for each in faults(page)]

    def _outline(self, page: Page, name: str) -> None:
        """What a screen reader says first: one heading, and a title that is the page's own."""
        headings = page.locator("h1").count()
        if headings != 1:
            self.problems.append(f"{name} has {headings} headings of the first level")
        if page.title() in ("", "Console"):
            self.problems.append(f"{name} has no title of its own")

    def _hear(self, message: ConsoleMessage) -> None:
        # Of a page that is an error, the browser says so by itself.
        about_itself = message.location["url"] == (message.page.url if message.page else "")
        if message.type == "error" and not about_itself:
            self.problems.append(f"{message.location['url']}: {message.text}")
