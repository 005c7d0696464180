"""The retention auditor at the console, from signing in to handing in, and the readers' pages."""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from crypto import strict
from tests import committee
from tests.browser.installation import Installation
from tests.browser.reader import Reader
from tests.browser.submitter import Submitter
from tests.browser.test_pages import SCREENS, faults, too_wide
from tests.review import ledgers

pytestmark = [
    pytest.mark.browser,
    pytest.mark.sqlite("of the browser; test_on_server.py has both"),
]

ROOT = Path(__file__).resolve().parent.parent.parent
ROOT_KEY = strict.to_b64(committee.ROOT_KEY)
Scheme = Literal["light", "dark"]


class Audited(Installation):
    """An installation whose console has been told of the auditor's key."""

    def environment(self) -> Mapping[str, str]:
        """The settings of the console's process."""
        policy = self.folder / "policy.txt"
        policy.write_bytes(ledgers.policy_text(ledgers.AUDITOR))
        return {**super().environment(), "REVIEW_POLICY_FILE": str(policy)}


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Audited]:
    """Databases and people, with a ledger that the auditor has not cosigned yet."""
    made = Audited(tmp_path)
    yield made
    made.close()


@pytest.fixture
def submitter(installation: Installation) -> Submitter:
    """Somebody whose submission is in the book and in the ledger."""
    somebody = installation.submitter()
    somebody.submit()
    installation.collect()
    ledgers.batch(installation)
    return somebody


@pytest.fixture
def laptop(tmp_path: Path) -> Path:
    """The auditor's own machine: a folder with their key and the policy that they wrote."""
    folder = tmp_path / "laptop"
    folder.mkdir()
    (folder / "auditor.key").write_text(ledgers.AUDITOR.private_text + "\n")
    (folder / "policy.txt").write_bytes(ledgers.policy_text(ledgers.AUDITOR))
    return folder


def arrive(page: Page, console: str, person: str) -> None:
    """Sign in and come to the first page."""
    at_console = Reader(page, console)
    page.goto(f"{console}/sign-in")
    at_console.enter(person)
    expect(page.locator("body")).to_have_attribute("data-person", person)


def run(laptop: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A command on the laptop, which has the programs and nothing else of the installation."""
    done = subprocess.run(
        [sys.executable, *words],
        cwd=laptop,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def take(page: Page, role: Literal["button", "link"], name: str, to: Path) -> None:
    """Click what downloads a file, and keep the file."""
    with page.expect_download() as download:
        page.get_by_role(role, name=name).click()
    assert download.value.suggested_filename == to.name
    download.value.save_as(to)


def audit(page: Page, laptop: Path) -> None:
    """Everything that the page says, in its order, from the ledger page to the last form."""
    take(page, "button", "Export the bundle", laptop / "bundle.zip")
    take(page, "link", "never cosigned", laptop / "new.checkpoint")
    verify = ["-m", "review.audit", "verify", "bundle.zip", "--root-key", ROOT_KEY]
    assert "holds" in run(laptop, *verify, "--report", "report.json").stdout
    sign = ["-m", "review.audit", "sign", "report.json", "--key", "auditor.key"]
    run(laptop, *sign, "-o", "report.signed.json")
    cosign = ["-m", "crypto", "cosign", "--first", "--key", "auditor.key", "--state", "seen.json"]
    run(laptop, *cosign, "--policy", "policy.txt", "-o", "cosigned.checkpoint", "new.checkpoint")
    page.get_by_label("The signed report").set_input_files(laptop / "report.signed.json")
    page.get_by_role("button", name="Hand in the report").click()
    expect(page.locator("[data-outcome]")).to_have_attribute("data-outcome", "report-taken")
    page.get_by_label("The cosigned checkpoint").set_input_files(laptop / "cosigned.checkpoint")
    page.get_by_role("button", name="Hand in the checkpoint").click()
    expect(page.locator("[data-outcome]")).to_have_attribute("data-outcome", "checkpoint-taken")


def test_an_auditor_exports_verifies_and_hands_in(
    reader: Reader, submitter: Submitter, laptop: Path
) -> None:
    page = reader.page
    arrive(page, reader.address, "auditor")
    page.get_by_role("link", name="Go to the ledger").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ledger")
    audit(page, laptop)
    expect(page.locator("main")).to_contain_text("auditor.example/grace, up to 16 entries")
    expect(page.get_by_role("link", name="if you last cosigned 16 entries")).to_be_visible()
    row = page.get_by_role("row", name="November 21, 2026").first
    expect(row).to_contain_text("none")
    page.get_by_role("link", name="Ledger", exact=True).click()
    expect(page.locator("[data-outcome]")).to_have_count(0)


def test_an_auditor_needs_no_script(
    browser: Browser, console: str, submitter: Submitter, laptop: Path
) -> None:
    with browser.new_context(java_script_enabled=False, accept_downloads=True) as context:
        page = context.new_page()
        arrive(page, console, "auditor")
        page.get_by_role("link", name="Ledger", exact=True).click()
        audit(page, laptop)


def test_a_file_that_is_not_theirs_is_refused_in_a_sentence(
    reader: Reader, submitter: Submitter, tmp_path: Path
) -> None:
    page = reader.page
    arrive(page, reader.address, "auditor")
    page.goto(f"{reader.address}/ledger")
    wrong = tmp_path / "holiday.jpg"
    wrong.write_bytes(b"\xff\xd8\xff" * 1000)
    page.get_by_label("The signed report").set_input_files(wrong)
    page.get_by_role("button", name="Hand in the report").click()
    said = page.get_by_role("status").filter(has_text="not a signed report")
    expect(said).to_contain_text("Nothing was kept.")
    expect(page.locator("main")).to_contain_text("Nobody has handed in a report yet.")


def test_a_reader_goes_to_the_root_and_to_entries_with_the_key_still_open(
    reader: Reader, submitter: Submitter
) -> None:
    reader.sign_in("chair")
    reader.unlock()
    reader.page.get_by_text("More", exact=True).click()
    reader.page.get_by_role("link", name="Ledger").click()
    expect(reader.page.locator("[data-root]")).to_be_visible()
    expect(reader.page.locator("#lock")).to_be_visible()
    reader.page.get_by_role("link", name="Cases").click()
    reader.open_case(submitter.case_id)
    reader.page.get_by_role("link", name="Entries of this case").click()
    expect(reader.page.get_by_role("heading", level=1)).to_contain_text("Entries of case")
    expect(reader.page.locator("tbody tr").first).to_contain_text("A submission was received")
    expect(reader.page.locator("tbody")).to_contain_text("in the next batch")
    expect(reader.page.locator("#lock")).to_be_visible()
    reader.page.locator(".back a").click()
    reader.settled()
    expect(reader.messages).to_have_count(1)


def opened(browser: Browser, width: int, scheme: Scheme) -> BrowserContext:
    screen: ViewportSize = {"width": width, "height": 900}
    return browser.new_context(viewport=screen, color_scheme=scheme, reduced_motion="reduce")


@pytest.mark.parametrize(("width", "scheme"), SCREENS)
def test_the_ledger_s_pages_are_accessible_and_fit(
    browser: Browser,
    installation: Installation,
    console: str,
    submitter: Submitter,
    laptop: Path,
    width: int,
    scheme: Scheme,
) -> None:
    problems = []
    with opened(browser, width, scheme) as context:
        page = context.new_page()
        arrive(page, console, "auditor")
        for path in ("/", "/ledger", "/ledger/root"):
            page.goto(console + path)
            problems += faults(page) + too_wide(page)
        page.goto(f"{console}/ledger")
        # An origin as a ceremony makes it, and longer than a phone is wide.
        page.locator(".stands code").first.evaluate(
            "e => (e.textContent = 'underrose/' + '8'.repeat(48))"
        )
        problems += too_wide(page)
        page.get_by_label("The signed report").set_input_files(laptop / "policy.txt")
        page.get_by_role("button", name="Hand in the report").click()
        expect(page.locator(".problem")).to_be_visible()
        problems += faults(page) + too_wide(page)
        audit(page, laptop)
        expect(page.locator(".done")).to_be_visible()
        problems += faults(page) + too_wide(page)
    ledgers.batch(installation)
    with opened(browser, width, scheme) as context:
        page = context.new_page()
        arrive(page, console, "chair")
        for path in ("/ledger/root", f"/cases/{submitter.case_id}/entries"):
            page.goto(console + path)
            problems += faults(page) + too_wide(page)
    assert problems == []


def test_everything_of_the_auditor_is_reached_by_keyboard(
    browser: Browser, console: str, submitter: Submitter
) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        arrive(page, console, "auditor")
        page.goto(f"{console}/ledger")
        stops = []
        for _ in range(12):
            page.keyboard.press("Tab")
            shown = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert shown == "solid"
            stops.append(
                page.evaluate(
                    "document.activeElement.id || document.activeElement.textContent.trim()"
                )
            )
        ways = ["Skip to the content", "Home", "Ledger", "More", "My sign-ins", "Sign out"]
        assert stops[: len(ways)] == ways
        assert stops[len(ways) :] == [
            "Export the bundle",
            "Checkpoint, if you have never cosigned this ledger",
            *("report", "Hand in the report", "checkpoint", "Hand in the checkpoint"),
        ]


def test_on_paper_there_is_how_the_ledger_stands_and_no_form(
    browser: Browser, console: str, submitter: Submitter
) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        arrive(page, console, "auditor")
        page.goto(f"{console}/ledger")
        page.emulate_media(media="print")
        expect(page.get_by_role("heading", name="How the ledger stands")).to_be_visible()
        for hidden in (".steps", "nav", "#sign-out"):
            expect(page.locator(hidden)).to_be_hidden()
