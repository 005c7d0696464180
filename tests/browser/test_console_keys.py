"""A member makes a key in the browser, the ceremony takes it in, and a lost passphrase comes back.

Three things are done as people do them: the fingerprint is read from the page to the ceremony, the
words are typed from what was shown, and two of three shares open the recovery copy.
"""

import pytest
from playwright.sync_api import expect

from crypto import enrolment, recovery
from crypto.identity import Identity
from crypto.roster import Roster, key_hash
from deploy import ceremony, change
from deploy.change import Root
from intake import drop as door
from review import enrolment as desk
from review import people
from review.store import keys, rosters
from review.store.database import reading, writing
from tests import committee
from tests.browser.installation import PASSPHRASE, Installation
from tests.browser.reader import Reader
from tests.browser.test_console_sign_ins import Device

pytestmark = [
    pytest.mark.browser,
    pytest.mark.sqlite("of the browser; tests/review/test_enrolment.py has both"),
]

MEMBER = "member-1"
WORDS = "Revenue of the fourth quarter was booked before delivery."


def make_key(reader: Reader) -> tuple[str, str]:
    """Make a key on its page: the passphrase that is shown, and the fingerprint."""
    page = reader.page
    page.goto(f"{reader.address}/me/key")
    page.wait_for_load_state("domcontentloaded")
    page.locator("#make-key-begin").click()
    expect(page.locator("#make-key-status")).to_contain_text("Unlock your key first")
    reader.unlock()
    page.locator("#make-key-begin").click()
    words = page.locator("#make-key-words").inner_text()
    assert len(words.split()) == 9
    page.locator("#make-key-written").click()
    expect(page.locator("#make-key-words")).to_have_text("")
    page.locator("#make-key-typed").fill(words.rpartition(" ")[0])
    page.locator("#make-key-type button.main").click()
    expect(page.locator("#make-key-status")).to_contain_text("not the passphrase that was shown")
    page.locator("#make-key-typed").fill(f"  {words.upper()} ")
    page.locator("#make-key-type button.main").click()
    shown = page.locator("#make-key-fingerprint")
    expect(shown).to_be_visible()
    return words, shown.inner_text()


def hold_ceremony(installation: Installation, fingerprint: str) -> Roster:
    """Take in the request whose fingerprint was read aloud, and publish the roster."""
    with reading(installation.book) as connection:
        written = desk.requests(connection, installation.roster)
    found = change.find(enrolment.read_list(written), MEMBER)
    change.read_aloud(found.request, fingerprint)
    root = Root(installation.roster, committee.ROOT_SEED, committee.TODAY)
    made = change.rotate_reader(root, found).roster
    with door.writing(installation.drop) as connection:
        door.publish_roster(connection, made, committee.TODAY)
    with writing(installation.book) as connection:
        before = rosters.newest(connection)
        rosters.publish_roster(connection, made)
        desk.take_effect(connection, before, made, committee.TODAY)
    return made


def recovered(installation: Installation, roster: Roster) -> str:
    """Another passphrase for the member's key, from the recovery copy and two of three shares."""
    reader = roster.reader(MEMBER)
    assert reader is not None
    with reading(installation.book) as connection:
        key = key_hash(reader.recipient.text)
        (copy,) = keys.files(connection, MEMBER, key, keys.RECOVERY)
    shares = recovery.split(committee.seed("recovery"), 2, 3)
    joined = Identity.from_seed(recovery.join(shares[1:]))
    sealed, sheet = ceremony.recover(roster, copy.sealed, joined, work_factor=10)
    with writing(installation.book) as connection:
        people.replace_identity(connection, roster, MEMBER, sealed.content, committee.TODAY)
    return ceremony.read_sheet(sheet.content.decode())


def see_the_case(reader: Reader, case_id: str) -> None:
    """Open the case from the list, and read what was sent."""
    reader.open_case(case_id)
    expect(reader.opened).to_contain_text(WORDS)


def come_to_the_cases(reader: Reader) -> None:
    reader.page.goto(f"{reader.address}/cases")
    reader.page.wait_for_load_state("domcontentloaded")


def no_secret_was_sent(installation: Installation, words: str, fingerprint: str) -> None:
    """Neither the passphrase nor what is to be read aloud went over the console."""
    for secret in (words, words.replace(" ", "+"), " ".join(words.split()[:2]), fingerprint):
        assert not any(each.holds(secret.encode()) for each in installation.requests)


def test_a_member_makes_a_key_reads_with_it_and_gets_a_lost_passphrase_back(
    reader: Reader, installation: Installation
) -> None:
    somebody = installation.submitter()
    somebody.submit({"what": WORDS})
    installation.collect()
    page = reader.page
    Device(page).renew(opens_files=True)

    reader.sign_in(MEMBER)
    words, fingerprint = make_key(reader)
    page.locator("#make-key-passkey").click()
    expect(page.locator("#make-key-status")).to_contain_text("This passkey opens your key")
    no_secret_was_sent(installation, words, fingerprint)

    roster = hold_ceremony(installation, fingerprint)
    come_to_the_cases(reader)
    reader.unlock(words)
    see_the_case(reader, somebody.case_id)

    reader.lock()
    page.locator("#unlock-passkey").click()
    expect(page.locator("#lock")).to_be_visible()
    reader.settled()
    expect(reader.opened).to_contain_text(WORDS)

    again = recovered(installation, roster)
    reader.sign_in(MEMBER)
    come_to_the_cases(reader)
    page.locator("#passphrase").fill(words)
    page.locator("#unlock button").click()
    expect(page.locator("#keyring-status")).to_contain_text("does not open your key")
    reader.unlock(again)
    see_the_case(reader, somebody.case_id)
    assert PASSPHRASE not in (words, again)
