"""Somebody with something to tell, at a real browser, who does what the pages say."""

import re
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import FilePayload, Locator, Page, expect

WHAT = "The pallets in hall 7 were counted twice for the September stock-taking."
WHO = "Ruth Castellano asked for the second list."
ADDED = "The second list is in the green folder."
NAME = "stock list of hall 7.txt"
CONTENT = b"hall;pallets\n7;412\n7;412\n" * 40
CODE = re.compile(r"[0-9A-HJKMNP-TV-Z]{5}(?:-[0-9A-HJKMNP-TV-Z]{5}){4}")


@dataclass
class Person:
    """A page of a browser, and where the submitters' pages are."""

    page: Page
    address: str

    def fill_in(self) -> None:
        """Walk from the start page to a form with words and a file in it."""
        self.page.goto(self.address)
        self.page.get_by_role("link", name="Write to the committee").click()
        self.page.get_by_role("link", name="Go to the form").click()
        self.page.get_by_label("What happened?").fill(WHAT)
        self.page.get_by_label("Who took part").fill(WHO)
        file = FilePayload(name=NAME, mimeType="text/plain", buffer=CONTENT)
        self.page.locator("#files").set_input_files([file])

    def send(self) -> None:
        """Press the form's button."""
        self.page.get_by_role("button", name="Send").click()

    def receipt_code(self) -> str:
        """The code that the page shows once the submission has arrived."""
        code = self.page.locator("main [data-receipt-code]")
        expect(code).to_have_text(CODE)
        return code.inner_text()

    def submit(self, excluded: str | None = None) -> str:
        """Walk from the start page to the receipt code."""
        self.fill_in()
        if excluded is not None:
            self.page.locator(f"input[name=excluded][value={excluded}]").check()
        self.send()
        return self.receipt_code()

    def read(self, code: str) -> None:
        """Ask for replies with the code, typed as people type."""
        self.page.goto(f"{self.address}/follow-up")
        self.page.get_by_label("Your receipt code").fill(code.lower().replace("-", " "))
        self.page.get_by_role("button", name="Read what the committee wrote").click()

    def add(self, code: str, text: str) -> None:
        """Send a follow-up."""
        self.page.goto(f"{self.address}/follow-up")
        self.page.get_by_label("Your receipt code").fill(code)
        self.page.get_by_label("What do you want to add?").fill(text)
        self.page.get_by_role("button", name="Send this").click()
        expect(self.page.get_by_text("What you added has arrived")).to_be_visible()

    def save(self, link: Locator) -> tuple[str, bytes]:
        """The name and the content of the file that a link saves."""
        with self.page.expect_download() as waiting:
            link.click()
        download = waiting.value
        return download.suggested_filename, Path(download.path()).read_bytes()
