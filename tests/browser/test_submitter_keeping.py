"""What a submitter may save, at a real browser: offered quietly, with scripts and without."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Locator, expect

from crypto import entry, kept, proof, statement
from crypto.cosignature import Signer
from crypto.kept import Kept
from crypto.receipt import ReceiptCode
from crypto.signing import verify_key
from crypto.statement import Statement
from intake import drop
from tests import committee
from tests.browser.installation import Received, Recorder
from tests.browser.person import ADDED, WHAT, Person
from tests.intake import recording
from tests.intake.house import House
from tests.serving import serving

pytestmark = [
    pytest.mark.browser,
    pytest.mark.sqlite("of the browser; test_on_server.py has both"),
]

WITNESS = Signer("witness.example/grace", committee.seed("witness"))


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


@pytest.fixture
def requests() -> list[Received]:
    return []


@pytest.fixture(params=[True, False], ids=["scripts on", "scripts off"])
def scripts(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def submitter(
    browser: Browser, house: House, requests: list[Received], scripts: bool
) -> Iterator[Person]:
    """Somebody whose browser complains of nothing, above all not of the policy of the pages."""
    complaints: list[str] = []
    with (
        serving(Recorder(house.app, requests)) as port,
        browser.new_context(java_script_enabled=scripts, accept_downloads=True) as context,
    ):
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        yield Person(page, f"http://127.0.0.1:{port}")
    # The one thing that a test lets go wrong itself.
    assert set(complaints) <= {"Failed to load resource: net::ERR_FAILED"}


def offered(submitter: Person) -> tuple[Statement, Kept]:
    """What the page offers of what has just arrived, once its offer is opened."""
    page = submitter.page
    offer = page.locator("main details[data-keep]")
    expect(offer).not_to_have_attribute("open", "")
    expect(offer.get_by_role("link", name="Save the statement")).to_be_hidden()
    offer.locator("summary").click()
    name, stated = submitter.save(offer.get_by_role("link", name="Save the statement"))
    assert name == "statement.json"
    name, words = submitter.save(offer.get_by_role("link", name="Save your words"))
    assert name == "kept.json"
    keys = [verify_key(committee.statement_seed())]
    return statement.verify(stated, keys), kept.parse(words)


def asked(requests: list[Received]) -> int:
    """How many requests there were but those for the page's own looks, which may still come."""
    return sum(not request.target.startswith("/static/") for request in requests)


def deposit(house: House, n: int) -> drop.Deposit:
    (found,) = [each for each in house.deposits() if each.n == n]
    return found


def test_the_receipt_page_offers_what_shows_that_it_arrived_and_what_it_was(
    submitter: Person, house: House, requests: list[Received]
) -> None:
    code = submitter.submit()
    before = asked(requests)
    stated, words = offered(submitter)
    # Nothing was fetched for it: the files are in the page.
    assert asked(requests) == before
    found = deposit(house, 1)
    received = recording.received(house, found)
    stated.check_entry(received)
    received.check_text(words.nonce, words.text)
    assert WHAT in words.text.decode()
    raw = ReceiptCode.parse(code).raw
    for secret in (code.encode(), code.replace("-", "").encode(), raw, raw.hex().encode()):
        assert secret not in stated.document + words.to_bytes()


def test_after_an_addition_the_page_offers_the_same(submitter: Person, house: House) -> None:
    code = submitter.submit()
    submitter.add(code, ADDED)
    stated, words = offered(submitter)
    received = recording.received(house, deposit(house, 2))
    stated.check_entry(received)
    received.check_text(words.nonce, words.text)
    assert ADDED in words.text.decode()


def test_the_page_with_the_replies_lists_what_was_sent_and_offers_proofs(
    submitter: Person, house: House
) -> None:
    code = submitter.submit()
    submitter.add(code, ADDED)
    first, second = deposit(house, 1), deposit(house, 2)
    (proof_of_first,) = recording.proofs_of([recording.received(house, first)])
    recording.post(house, first, proof_of_first)
    submitter.read(code)
    page = submitter.page
    lines = page.locator("#mailbox details li")
    expect(lines).to_have_count(2)
    expect(lines.first).to_be_hidden()
    page.get_by_text("Proof of what you sent").click()
    expect(lines.nth(0)).to_contain_text("Your first message")
    expect(lines.nth(0)).to_contain_text("Recorded.")
    expect(lines.nth(1)).to_contain_text("Waiting to be recorded.")
    name, content = submitter.save(page.get_by_role("link", name="Save the proof"))
    assert (name, content) == ("submission.tlog-proof", proof_of_first)
    recording.received(house, first).check_follows(None)
    assert entry.parse(proof.parse(content).extra or b"") == recording.received(house, first)
    name, content = submitter.save(page.get_by_role("link", name="Save the statement"))
    keys = [verify_key(committee.statement_seed())]
    statement.verify(content, keys).check_entry(recording.received(house, second))
    assert name == "statement.json"


def test_the_name_of_a_proof_says_which_message_it_is_of(submitter: Person, house: House) -> None:
    code = submitter.submit()
    submitter.add(code, ADDED)
    recording.record(house)
    submitter.read(code)
    page = submitter.page
    page.get_by_text("Proof of what you sent").click()
    links = page.get_by_role("link", name="Save the proof")
    expect(links).to_have_count(2)
    assert submitter.save(links.nth(1))[0] == "follow-up-2.tlog-proof"


def test_what_was_offered_is_gone_when_the_page_is_left(submitter: Person, scripts: bool) -> None:
    submitter.submit()
    page = submitter.page
    address = page.locator("main [data-words]").get_attribute("href")
    assert address is not None
    assert address.startswith("blob:" if scripts else "data:application/octet-stream;base64,")
    page.goto(f"{submitter.address}/follow-up")
    if scripts:
        page.go_back(wait_until="commit")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert page.locator("main [data-words]").count() == 0
    else:
        with pytest.raises(Error, match="ERR_CACHE_MISS"):
            page.go_back()


def test_an_old_deposit_without_statement_is_told_plainly(submitter: Person, house: House) -> None:
    code = submitter.submit()
    with drop.writing(house.engine) as connection:
        connection.exec_driver_sql("UPDATE deposits SET nonce = NULL, statement = NULL")
    submitter.read(code)
    submitter.page.get_by_text("Proof of what you sent").click()
    expect(submitter.page.get_by_text("Nothing can be saved for it yet.")).to_be_visible()


PROOF_SCRIPT = re.compile(r"/static/proof\.js")


class TestChecking:
    """With scripts the page itself checks a proof, with a script that comes only then."""

    @pytest.fixture
    def scripts(self) -> bool:
        return True

    def check(self, submitter: Person, code: str) -> Locator:
        """The words that the page finds for the first message."""
        submitter.read(code)
        page = submitter.page
        page.get_by_text("Proof of what you sent").click()
        page.get_by_role("button", name="Check it here").first.click()
        result = page.locator("[data-result]").first
        expect(result).not_to_have_text(re.compile("^(|Checking.)$"))
        return result

    def test_a_proof_that_holds_is_told_in_words(
        self, submitter: Person, house: House, requests: list[Received]
    ) -> None:
        code = submitter.submit()
        recording.record(house)
        submitter.read(code)
        assert not any(PROOF_SCRIPT.search(each.target) for each in requests)
        result = self.check(submitter, code)
        expect(result).to_have_text(
            "It was recorded on November 21, 2026, as number 1 of 16 in the list. "
            "The keeper of the list has signed for it. "
            "Nobody else has, so the keeper could still change it."
        )
        assert sum(bool(PROOF_SCRIPT.search(each.target)) for each in requests) == 1
        submitter.page.get_by_role("button", name="Check it here").click()
        assert sum(bool(PROOF_SCRIPT.search(each.target)) for each in requests) == 1

    def test_other_signatures_are_counted_and_not_believed(
        self, submitter: Person, house: House
    ) -> None:
        code = submitter.submit()
        recording.record(house, signers=[WITNESS])
        expect(self.check(submitter, code)).to_contain_text(
            "It also carries other signatures: 1. This page does not know whose they are."
        )

    def test_a_ledger_whose_key_no_roster_names_is_told(
        self, submitter: Person, house: House
    ) -> None:
        code = submitter.submit()
        (made,) = recording.record(house)
        kept_proof = proof.parse(made)
        other = committee.LEDGER.replace("committee", "elsewhere")
        text = kept_proof.note.text.replace(committee.LEDGER, other)
        note = kept_proof.note.__class__(text, kept_proof.note.signatures)
        forged = kept_proof.__class__(kept_proof.index, kept_proof.hashes, note, kept_proof.extra)
        recording.post(house, deposit(house, 1), forged.to_bytes())
        expect(self.check(submitter, code)).to_contain_text(
            "But we could not find out who keeps this list, so it shows little."
        )

    @pytest.mark.parametrize(
        ("fault", "words"),
        [
            ("another case", "This is the proof of something else."),
            ("another place", "The list that is named here does not have it."),
            ("another keeper", "The keeper of the list has not signed for this."),
            ("no proof", "This cannot be read as a proof."),
        ],
    )
    def test_a_hostile_service_cannot_pass_off_a_proof_that_does_not_hold(
        self, submitter: Person, house: House, fault: str, words: str
    ) -> None:
        code = submitter.submit()
        house.submit()
        own = next(each for each in house.deposits() if each.mailbox_id == house.mailbox(code).id)
        (other,) = [each for each in house.deposits() if each.mailbox_id != own.mailbox_id]
        entries = [recording.received(house, each) for each in (own, other)]
        mine, others = recording.proofs_of(entries)
        made = {
            "another case": others,
            "another place": mine.replace(b"index 0", b"index 1", 1),
            "another keeper": recording.proofs_of(
                entries, keeper=Signer(committee.LEDGER, committee.seed("a stranger"))
            )[0],
            "no proof": b"not a proof",
        }[fault]
        recording.post(house, own, made)
        expect(self.check(submitter, code)).to_have_text(
            f"{words} So it shows nothing. You may want to reach the committee in another way, "
            "or go straight to the SEC."
        )

    def test_a_check_that_does_not_load_says_so_and_can_be_asked_for_again(
        self, submitter: Person, house: House
    ) -> None:
        code = submitter.submit()
        recording.record(house)
        page = submitter.page
        page.route("**/static/proof.js", lambda route: route.abort())
        expect(self.check(submitter, code)).to_have_text(
            "What checks this did not arrive. Please try again."
        )
        page.unroute("**/static/proof.js")
        page.get_by_role("button", name="Check it here").click()
        expect(page.locator("[data-result]").first).to_contain_text("It was recorded on")
