"""A member records what they were told: the page, what leaves it, and the case that comes of it."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from crypto import receipt
from crypto.receipt import ReceiptCode
from intake import drop as door
from review.store import cases
from review.store.database import reading
from tests import committee
from tests.browser.album import Album
from tests.browser.installation import Installation, private_texts, spellings
from tests.browser.reader import Reader

pytestmark = [
    pytest.mark.browser,
    pytest.mark.sqlite("of the browser; test_on_server.py has both"),
]

WORDS = "She says that the pallets of hall seven are counted twice."


def write_down(reader: Reader, album: Album) -> str:
    """Fill the form in, be refused while locked and while it names oneself; then the code."""
    page, status = reader.page, reader.page.locator("#concern-status")
    named = page.locator("[data-concern-people] input")
    expect(named).to_have_count(len(committee.READERS) + len(committee.LISTED))
    album.look(page, "record-a-concern")
    page.locator("[name=channel]").select_option("IN_PERSON")
    page.locator("[name=came]").fill("2026-11-18")
    page.locator("[name=what]").fill(WORDS)
    page.locator("[name=reply_wanted]").check()
    record = page.get_by_role("button", name="Record it")
    record.click()
    expect(status).to_contain_text("Unlock your key first")
    reader.unlock()
    page.locator("[data-concern-people] input[value=chair]").check()
    record.click()
    expect(status).to_contain_text("somebody whom it names must not record it")
    page.locator("[data-concern-people] input[value=chair]").uncheck()
    page.locator("[data-concern-people] input[value=member-2]").check()
    record.click()
    expect(page.locator("#concern-done-title")).to_be_focused()
    album.look(page, "concern-recorded")
    return page.locator("#concern-code").text_content() or ""


def collected(installation: Installation, code: str) -> str:
    """The case that the collection makes, once nothing secret was in any request."""
    keys = ReceiptCode.parse(code).keys(committee.INSTALLATION)
    secrets = [WORDS.encode(), WORDS.replace(" ", "+").encode(), code.encode(), *private_texts()]
    secrets += [each for key in (keys.lookup, keys.mailbox_seed) for each in spellings(key)]
    assert [each for each in secrets if any(one.holds(each) for one in installation.requests)] == []
    installation.collect()
    with door.reading(installation.drop) as connection:
        assert door.read_mailbox(connection, receipt.mailbox_id(keys.lookup)) is not None
    with reading(installation.book) as connection:
        (case_id,) = cases.all_case_ids(connection)
        assert cases.excluded_people(connection, case_id) == ("member-2",)
    return case_id


def test_a_member_records_what_they_were_told_and_another_reads_it(
    reader: Reader, installation: Installation, tmp_path: Path, browser: Browser
) -> None:
    album = Album(tmp_path)
    page = reader.page
    reader.sign_in("chair")
    page.locator("nav a[href='/cases']").click()
    page.locator("main a[href='/concern']").click()
    code = write_down(reader, album)
    reader.lock()
    expect(page.locator("#concern-done")).to_be_hidden()
    assert code not in page.content()
    assert album.problems == []
    case_id = collected(installation, code)
    with browser.new_context(locale="en-US") as context:
        second = Reader(context.new_page(), reader.address)
        second.sign_in("member-1")
        second.unlock()
        second.open_case(case_id)
        expect(second.warnings).to_have_count(0)
        expect(second.messages.first).to_contain_text(WORDS)
        expect(second.messages.first).to_contain_text("written down as it was told by Ada Winter")
        expect(second.opened).to_contain_text("A member recorded what they were told")
        expect(second.opened).to_contain_text("November 18, 2026")
        assert second.complaints == []
