"""The pages in the other browser, Firefox ESR: a submitter with and without scripts, and the chair.

What the pages do is tested in Chromium; here is one way through them, so that nothing in it is
Chromium's alone.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from intake.app import create_app
from intake.settings import Settings
from tests.browser.installation import PASSPHRASE, PASSWORD, Installation
from tests.browser.person import ADDED, CODE, WHAT
from tests.firefox import Firefox, firefox
from tests.intake.house import environ, put_key
from tests.serving import serving

pytestmark = [
    pytest.mark.browser,
    pytest.mark.sqlite("of the browser; test_on_server.py has both"),
]
REPLY = "Thank you. Where is the first list?"
CASES = "//main//ol[@class='needed']//a"
SEALED = "sealed in the submitter’s browser"


@pytest.fixture
def public(installation: Installation) -> Iterator[str]:
    """The address of the submitters' pages."""
    url = installation.url("drop")
    put_key(url)
    with serving(create_app(Settings.from_environ(environ(url)))) as port:
        yield f"http://127.0.0.1:{port}"


def labelled(text: str) -> str:
    """The field whose label begins so."""
    return f"//*[@id=//label[starts-with(normalize-space(), '{text}')]/@for]"


def button(text: str) -> str:
    """The button with these words."""
    return f"//main//button[normalize-space()='{text}']"


def submit(tab: Firefox, public: str) -> str:
    """From the start page to the receipt code."""
    tab.go(public)
    tab.click("//main//a[normalize-space()='Write to the committee']")
    tab.click("//main//a[normalize-space()='Go to the form']")
    tab.write(labelled("What happened?"), WHAT)
    tab.click(button("Send"))
    code = tab.see("//main//*[@data-receipt-code][contains(., '-')]")
    assert CODE.fullmatch(code)
    return code


def add(tab: Firefox, public: str, code: str) -> None:
    """Send a follow-up."""
    tab.go(f"{public}/follow-up")
    tab.write(labelled("Your receipt code"), code)
    tab.write(labelled("What do you want to add?"), ADDED)
    tab.click(button("Send this"))
    tab.see("//main//*[contains(text(), 'What you added has arrived')]")


def come_in(tab: Firefox, console: str) -> None:
    """Sign in as the chair, and unlock."""
    tab.go(f"{console}/sign-in")
    tab.write("//*[@id='username']", "chair")
    tab.write("//*[@id='password']", PASSWORD)
    tab.click(button("Sign in"))
    tab.see("//body[@data-page='home']//h1")
    tab.write("//*[@id='passphrase']", PASSPHRASE)
    tab.click("//*[@id='unlock']//button")
    tab.see("//*[@id='unlocked'][not(@hidden)]")


def open_case(tab: Firefox, address: str) -> str:
    """Open a case from the list; the text of its thread."""
    tab.click("//nav//a[@href='/cases']")
    tab.see("//body[@data-page='inbox']//h1")
    tab.click(f"//main//a[@href='{address}']")
    return tab.see("//*[@id='thread'][@aria-busy='false'][.//*[@data-opened][not(@hidden)]]")


def reply(tab: Firefox) -> None:
    """Write to the submitter and wait for the page to say that it is sealed."""
    tab.write("//*[@id='reply-text']", REPLY)
    tab.click("//*[@id='reply']//button[not(@type='button')]")
    tab.see("//*[@id='reply']//*[@data-status][contains(., 'Your reply is sealed')]")


def read(tab: Firefox, public: str, code: str) -> None:
    """Ask for replies, and see the chair's."""
    tab.go(f"{public}/follow-up")
    tab.write(labelled("Your receipt code"), code)
    tab.click(button("Read what the committee wrote"))
    tab.see(f"//main//*[contains(text(), '{REPLY}')]")


def test_firefox_sends_opens_and_answers_a_concern_with_scripts_and_without(
    tmp_path: Path, installation: Installation, public: str, console: str
) -> None:
    with firefox(tmp_path / "without", scripts=False) as tab:
        codes = [submit(tab, public)]
        add(tab, public, codes[0])
    with firefox(tmp_path / "with") as tab:
        codes.append(submit(tab, public))
        add(tab, public, codes[1])
        installation.collect()
        come_in(tab, console)
        cases = [tab.target(f"({CASES})[{number}]") for number in (1, 2)]
        threads = []
        for case in cases:
            threads.append(open_case(tab, case))
            reply(tab)
        installation.collect()
        for code in codes:
            read(tab, public, code)
    for thread in threads:
        assert WHAT in thread
        assert ADDED in thread
    sealings = [SEALED in thread for thread in threads]
    assert sorted(sealings) == [False, True]
