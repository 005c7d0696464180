"""A member of the committee at the console: what they do, and what their browser lets out.

Waiting is always for something a person could see.
"""

from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, expect

from tests.browser.installation import PASSPHRASE, PASSWORD

# What a page says when the browser keeps one of its rules, or when a script breaks.
RULES = ("Content Security Policy", "Trusted Type", "Refused to", "integrity", "Uncaught")


class Reader:
    """One person with one tab."""

    passphrase = PASSPHRASE

    def __init__(self, page: Page, address: str, password: str = PASSWORD) -> None:
        self.page = page
        self.address = address
        self.password = password
        self.complaints: list[str] = []
        self.watch(page.context)

    def watch(self, context: BrowserContext) -> None:
        """Hear every complaint of the context's pages."""
        context.on("console", self._hear)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))

    def sign_in(self, person: str) -> None:
        """Come to the home page by password."""
        self.page.goto(f"{self.address}/sign-in")
        self.enter(person)
        expect(self.page.locator("body")).to_have_attribute("data-page", "home")
        # The page is seen before its script runs, and a form without the script does nothing.
        self.page.wait_for_load_state("domcontentloaded")

    def enter(self, person: str) -> None:
        """Send the sign-in form."""
        self.page.locator("input[name=username]").fill(person)
        self.page.locator("input[name=password]").fill(self.password)
        self.page.locator("main form[action='/sign-in'] button").click()

    def unlock(self, passphrase: str = PASSPHRASE) -> None:
        """Open the identity with the passphrase."""
        self.page.locator("#passphrase").fill(passphrase)
        self.page.locator("#unlock button:not([type=button])").click()
        expect(self.page.locator("#lock")).to_be_visible()

    def open_case(self, case_id: str) -> None:
        """Follow the inbox's link to a case and wait until it is open or refused."""
        link = self.page.locator(f"main a[href='/cases/{case_id}']").first
        if link.count() == 0:
            self.page.locator("nav a[href='/cases']").click()
        link.click()
        self.settled()

    def settled(self) -> None:
        """Wait until the case of the page has been opened or refused, and nothing is under way."""
        expect(self.page.locator("#thread")).to_have_attribute("aria-busy", "false")
        expect(self.opened).to_be_visible()

    @property
    def opened(self) -> Locator:
        """Where the opened case is shown."""
        return self.page.locator("#thread [data-opened]")

    @property
    def messages(self) -> Locator:
        """The messages that are shown."""
        return self.page.locator("#thread .message")

    @property
    def warnings(self) -> Locator:
        """The warnings that are shown."""
        return self.page.locator("#thread .warning")

    def status(self, form: str) -> Locator:
        """What a form of the case says about how its act went."""
        return self.page.locator(f"#{form} [data-status]")

    def lock(self) -> None:
        """Press the lock."""
        self.page.locator("#lock").click()
        expect(self.page.locator("#passphrase")).to_be_visible()

    def stored(self) -> dict[str, int]:
        """How much is in each place where a browser keeps things for a page."""
        found = self.page.evaluate(
            """async () => ({
                local: localStorage.length,
                session: sessionStorage.length,
                databases: (await indexedDB.databases()).length,
                caches: (await caches.keys()).length,
                cookies: document.cookie.length,
                workers: (await navigator.serviceWorker.getRegistrations()).length,
                history: history.state === null ? 0 : 1,
            })"""
        )
        return dict(found)

    def _hear(self, message: ConsoleMessage) -> None:
        if any(rule in message.text for rule in RULES):
            self.complaints.append(message.text)
