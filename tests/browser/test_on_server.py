"""The whole way with the databases on a server: both programs, two browsers, scripts on."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from crypto.receipt import ReceiptCode
from deploy.rights import COLLECTOR
from intake.app import create_app
from intake.settings import Settings
from review.collect import collect
from tests import committee
from tests.browser.installation import Installation
from tests.browser.person import ADDED, WHAT, Person
from tests.browser.reader import Reader
from tests.browser.test_console_journey import reply
from tests.browser.treating import ASSESSED, take
from tests.intake.house import environ, put_key
from tests.review.collecting import close, collector_of
from tests.serving import serving
from tests.stores import KINDS

pytestmark = [
    pytest.mark.browser,
    pytest.mark.postgresql,
    pytest.mark.parametrize("stores", KINDS[1:], indirect=True),
]
REPLY = "Thank you. Where is the first list?"


@pytest.fixture
def submitter(browser: Browser, installation: Installation) -> Iterator[Person]:
    """Somebody at the public pages, which are served as the role of intake."""
    url = installation.url("drop")
    put_key(url)
    app = create_app(Settings.from_environ(environ(url)))
    with serving(app) as port, browser.new_context() as context:
        yield Person(context.new_page(), f"http://127.0.0.1:{port}")


def collected(installation: Installation) -> None:
    """What the timer does, as its own role."""
    collector = collector_of(installation, role=COLLECTOR)
    assert collect(collector, committee.TODAY).problems == []
    close(collector)


def test_a_concern_goes_in_the_chair_answers_and_the_submitter_reads_it(
    submitter: Person, reader: Reader, installation: Installation, tmp_path: Path
) -> None:
    code = submitter.submit(excluded="member-2")
    submitter.add(code, ADDED)
    collected(installation)
    reader.sign_in("chair")
    reader.unlock()
    case = reader.page.locator("main a[href^='/cases/']").first.get_attribute("href")
    assert case is not None
    reader.open_case(case.rpartition("/")[2])
    expect(reader.warnings).to_have_count(0)
    expect(reader.messages).to_have_count(2)
    expect(reader.messages.nth(0)).to_contain_text(WHAT)
    expect(reader.messages.nth(1)).to_contain_text(ADDED)
    reply(reader, REPLY)
    take(reader, "triage", ASSESSED)
    collected(installation)
    submitter.read(code)
    expect(submitter.page.get_by_text(REPLY)).to_be_visible()
    # No file of SQLite, and of the code nothing anywhere.
    assert list(tmp_path.rglob("*.db")) == []
    keys = ReceiptCode.parse(code).keys(committee.INSTALLATION)
    secrets = [code, keys.lookup.hex(), WHAT, ADDED, REPLY]
    for request in installation.requests:
        assert not any(request.holds(secret.encode()) for secret in secrets)
