"""One case's whole way in a demo, by people who each sit at a browser of their own.

The chair and a member take it from received to closed. On the way a second member finds a conflict
and leaves, the member who stays loses a passphrase, and an investigator reads along for a while.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, expect

from deploy import paper
from deploy.client import Client
from deploy.submitter import SealingSubmitter, Story
from tests.browser.reader import Reader
from tests.browser.test_console_course import again
from tests.browser.test_console_recusal import press
from tests.browser.test_console_sharing import make_key, report, share, sign_too
from tests.browser.treating import ASSESSED, PROPOSED, decide, take
from tests.running import Running

# Long enough for a machine that does other things too; a passing test never waits so long.
PATIENCE = 120_000
WHAT = "The freight bills of December were paid twice."
INVESTIGATOR = "Iris Calloway"
BEGUN = {
    "investigator": "counsel",
    "plan": "Compare the freight bills with the payments.",
    "hold_decision": "no",
    "reason": "Not yet.",
}


class WholeWay:
    """The people at their browsers, and the case that they treat."""

    def __init__(self, demo: Running, browser: Browser) -> None:
        expect.set_options(timeout=PATIENCE)
        self._demo, self._browser = demo, browser
        self._people: dict[str, Reader] = {}
        self._submitter = SealingSubmitter(Client(demo.port))
        self._code = ""
        self.case = ""

    def __getitem__(self, person: str) -> Reader:
        """Somebody at a browser of their own, signed in."""
        if person not in self._people:
            context = self._browser.new_context(locale="en-US")
            context.set_default_timeout(PATIENCE)
            address = f"http://localhost:{self._demo.console_port}"
            known = self._demo.known(person)
            self._people[person] = Reader(context.new_page(), address, known.password)
            self._people[person].sign_in(person)
        return self._people[person]

    def close(self) -> None:
        """Shut every browser."""
        for reader in self._people.values():
            reader.page.context.close()

    def receive(self) -> None:
        """Somebody tells, and the chair is the first to have the case."""
        before = set(self._demo.sign_in("chair").inbox())
        self._code = self._submitter.submit(Story({"what": WHAT}))
        self._demo.collect()
        (self.case,) = set(self._demo.sign_in("chair").inbox()) - before

    def unlock(self, person: str, passphrase: str) -> Reader:
        """Have somebody open the case with their passphrase."""
        reader = self[person]
        reader.page.goto(f"{reader.address}/cases")
        reader.page.wait_for_load_state("domcontentloaded")
        reader.unlock(passphrase)
        reader.open_case(self.case)
        expect(reader.warnings).to_have_count(0)
        return reader

    def known(self, person: str) -> Reader:
        """Have somebody open the case with the passphrase that the demo printed."""
        return self.unlock(person, str(self._demo.known(person).passphrase))

    def begin(self) -> None:
        """The chair hears, assesses and has it investigated."""
        chair = self.known("chair")
        chair.page.locator("#reply-begin").select_option("acknowledgement")
        chair.page.locator("#reply button").click()
        expect(chair.status("reply")).to_contain_text("Your reply is sealed")
        take(chair, "triage", ASSESSED)
        take(chair, "investigate", BEGUN)

    def leave(self) -> None:
        """A reader leaves, and the two who stay give the case a new key."""
        leaving = self.known(paper.EXCLUDED)
        leaving.page.get_by_text("Somebody has a conflict").click()
        press(leaving, "self")
        expect(leaving.page.locator("body")).to_have_attribute("data-page", "inbox")
        self._sign("key", self.known("member-1"))

    def forget(self) -> Reader:
        """A member loses their passphrase, and two of three shares give them another."""
        lost = str(self._demo.known("member-1").passphrase)
        found = self._demo.recover("member-1")
        member = self["member-1"]
        member.sign_in("member-1")
        member.page.goto(f"{member.address}/cases")
        member.page.wait_for_load_state("domcontentloaded")
        member.page.locator("#passphrase").fill(lost)
        member.page.locator("#unlock button").click()
        expect(member.page.locator("#keyring-status")).to_contain_text("does not open your key")
        return self.unlock("member-1", found)

    def share(self, member: Reader) -> None:
        """An investigator makes a key, reads along, reports the facts, and is out again."""
        investigator = self[paper.INVESTIGATOR]
        words, fingerprint = make_key(investigator)
        again(self["chair"], self.case)
        share(self["chair"], fingerprint)
        again(member, self.case)
        sign_too(member, fingerprint, INVESTIGATOR)
        report(self.unlock(paper.INVESTIGATOR, words))
        self._sign("key", member)

    def conclude(self, member: Reader) -> None:
        """Both find that it was not so, tell the submitter, and close."""
        chair = self["chair"]
        again(chair, self.case)
        found = {"outcomes": "UNSUBSTANTIATED", "reason": "Each bill was paid once."}
        take(chair, "determine", found, said=PROPOSED)
        again(member, self.case)
        decide(member)
        take(member, "give-feedback", letter="Each bill was paid once. Thank you for asking.")
        again(chair, self.case)
        closing = {"retaliation_plan": "member-1", "retention_class": "RC-02"}
        take(chair, "close", closing, said=PROPOSED)
        again(member, self.case)
        decide(member)
        expect(member.page.locator(".case-head")).to_contain_text("Closed")

    def heard(self) -> list[str]:
        """What the submitter is told in the end, by kind, the first first."""
        self._demo.collect()
        return [letter.kind for letter in self._submitter.read(self._code)]

    def is_nothing_to(self, person: str) -> bool:
        """Whether the console answers somebody as if there were no such case."""
        page, address = self[person].page, self[person].address
        asked = (f"{address}/cases/{self.case}{ending}" for ending in ("", "/manifest"))
        return all(page.request.get(each).status == 404 for each in asked)

    @property
    def complaints(self) -> list[str]:
        """What any of the pages complained of."""
        return [words for reader in self._people.values() for words in reader.complaints]

    def _sign(self, change: str, member: Reader) -> None:
        """The chair makes the case a new key, and the member signs it too."""
        again(self["chair"], self.case)
        press(self["chair"], change)
        expect(self["chair"].page.locator("#readers-status")).to_contain_text("Done")
        again(member, self.case)
        press(member, "sign")
        expect(member.page.locator("#readers-status")).to_contain_text("Done")
        expect(member.page.locator("#note button")).to_be_enabled()


@contextmanager
def whole_way(demo: Running, browser: Browser) -> Iterator[WholeWay]:
    """People at browsers that are shut in the end."""
    way = WholeWay(demo, browser)
    try:
        yield way
    finally:
        way.close()
