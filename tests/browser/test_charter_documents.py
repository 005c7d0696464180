"""A document of the charter in a real browser: sealed before it leaves, opened and checked."""

import hashlib
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from review import charter_desk, people
from review.charter.clauses import default_charter
from review.store.charter_schema import document_slices
from review.store.database import writing
from tests import committee
from tests.browser.installation import PASSPHRASE, Installation, identity_file
from tests.browser.reader import Reader
from tests.browser.test_pages import faults, too_wide
from tests.review.test_charter_desk import HEAD

pytestmark = [
    pytest.mark.browser,
    pytest.mark.sqlite("of the browser; test_on_server.py has both"),
]

CONTENT = bytes(at % 251 for at in range(2_500_000))
MARK = CONTENT[:200]


@pytest.fixture
def secretary(reader: Reader, installation: Installation) -> Reader:
    """The secretary on the page of evidence, with the secretariat's key in their hands."""
    identity = identity_file("secretariat")
    with writing(installation.book) as connection:
        people.replace_identity(
            connection, installation.roster, "secretary", identity, committee.TODAY
        )
        charter_desk.setup(connection, default_charter(), HEAD, "secretary", committee.TODAY)
    reader.page.goto(f"{reader.address}/sign-in")
    reader.enter("secretary")
    # The answer to the form is there before another page is asked for.
    expect(reader.page.locator("h1")).to_have_text("Secretary")
    reader.page.goto(f"{reader.address}/charter/evidence")
    return reader


def bring(page: Page, tmp_path: Path, kept: str) -> None:
    paper = tmp_path / "minutes.pdf"
    paper.write_bytes(CONTENT)
    page.locator("#document-file").set_input_files(paper)
    page.locator(f"input[name=kept][value={kept}]").check()
    page.get_by_role("button", name="Bring it").click()
    expect(page.locator("ul.documents li")).to_have_count(1)


def status(page: Page) -> Locator:
    return page.locator("ul.documents [data-status]")


def test_a_sealed_document_leaves_sealed_is_opened_again_and_refused_when_changed(
    secretary: Reader, installation: Installation, tmp_path: Path
) -> None:
    page = secretary.page
    bring(page, tmp_path, "SECRETARIAT")
    expect(page.locator("ul.documents")).to_contain_text(hashlib.sha256(CONTENT).hexdigest())
    assert not any(sent.holds(MARK) for sent in installation.requests)
    button = page.get_by_role("button", name="Open and save")
    button.click()
    expect(status(page)).to_contain_text("Unlock your key first")
    secretary.unlock(PASSPHRASE)
    with page.expect_download() as download:
        button.click()
    assert download.value.suggested_filename == "minutes.pdf"
    assert Path(download.value.path()).read_bytes() == CONTENT
    expect(status(page)).to_contain_text("checked against its hash")
    assert faults(page) + too_wide(page) == []
    page.screenshot(path=tmp_path / "evidence.png", full_page=True)
    # Behind everybody's back the host puts slices of its own in the place of the document's.
    swap(installation)
    button.click()
    expect(status(page)).to_contain_text("This is not the document of that hash")


def swap(installation: Installation) -> None:
    """Put the first slice of the document in the second's place, as who has the database can."""
    with writing(installation.book) as connection:
        table = document_slices
        rows = connection.execute(table.select().order_by(table.c.index)).all()
        connection.execute(table.delete())
        for row, index in zip(rows, (1, 0, 2), strict=True):
            values = {**row._mapping, "index": index}
            connection.execute(table.insert().values(**values))


def test_a_member_opens_papers_of_an_executive_session_that_the_secretary_brought(
    secretary: Reader, tmp_path: Path
) -> None:
    page = secretary.page
    bring(page, tmp_path, "MEMBERS")
    expect(page.locator("ul.documents")).to_contain_text("opens for the members alone")
    page.locator("#sign-out button").click()
    expect(page.locator("#sign-out")).to_have_count(0)
    secretary.sign_in("member-2")
    page.goto(f"{secretary.address}/charter/evidence")
    secretary.unlock()
    with page.expect_download() as download:
        page.get_by_role("button", name="Open and save").click()
    assert Path(download.value.path()).read_bytes() == CONTENT
