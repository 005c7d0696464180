"""Sign-ins in a real browser: an invitation, two passkeys, step-up, logins, and a way back in."""

import datetime
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect
from sqlalchemy import update

from review.people import Enrolment, enrol
from review.roles import Role
from review.store import logins as login_store
from review.store.database import writing
from review.store.schema import logins, people
from tests import committee
from tests.browser.installation import PASSPHRASE, PASSWORD, Installation
from tests.browser.reader import Reader
from tests.browser.test_pages import faults, too_wide
from tests.chromium import PATIENCE

pytestmark = [
    pytest.mark.browser,
    pytest.mark.sqlite("of the browser; tests/review/web/test_passkeys.py has both"),
]

ADMINISTRATOR, MEMBER = "finance", "member-1"


class Device:
    """What a browser's passkeys are on: one that is taken away and one that comes."""

    def __init__(self, page: Page) -> None:
        self._chromium: CDPSession = page.context.new_cdp_session(page)
        self._chromium.send("WebAuthn.enable")
        self._id = ""

    def renew(self, *, opens_files: bool = False) -> None:
        """Another device, which knows nothing of the one before; its passkeys may open files."""
        if self._id:
            gone = {"authenticatorId": self._id}
            self._chromium.send("WebAuthn.removeVirtualAuthenticator", gone)
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        if opens_files:
            options |= {"ctap2Version": "ctap2_1", "hasPrf": True}
        made = self._chromium.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        self._id = str(made["authenticatorId"])


@pytest.fixture
def arrive(browser: Browser, console: str) -> Iterator[Callable[[], Reader]]:
    """Somebody comes, with a browser of their own."""
    came: list[Reader] = []

    def one() -> Reader:
        context = browser.new_context(locale="en-US")
        context.set_default_timeout(PATIENCE)
        came.append(Reader(context.new_page(), console))
        return came[-1]

    yield one
    for each in came:
        assert each.complaints == []
        each.page.context.close()


@pytest.fixture
def prepared(installation: Installation) -> Installation:
    """An administrator with a password, and a member with nothing yet."""
    wanted = Enrolment(person_id=ADMINISTRATOR, username=ADMINISTRATOR, role=Role.ADMINISTRATOR)
    with writing(installation.book) as connection:
        enrol(connection, installation.roster, wanted, committee.TODAY)
        password = (
            connection.execute(people.select().where(people.c.id == "chair")).one().password_hash
        )
        for person, hashed in ((ADMINISTRATOR, password), (MEMBER, None)):
            changed = update(people).where(people.c.id == person)
            connection.execute(changed.values(password_hash=hashed))
    return installation


def check_looks(page: Page) -> None:
    """By axe, and on the narrowest screen too."""
    problems = faults(page)
    page.set_viewport_size({"width": 320, "height": 900})
    problems += too_wide(page)
    page.set_viewport_size({"width": 1280, "height": 720})
    assert problems == []


def forget_confirmations(installation: Installation) -> None:
    """Let it be long ago that anybody has shown that it is them."""
    with writing(installation.book) as connection:
        connection.execute(update(logins).values(confirmed_at=logins.c.confirmed_at - 600))


def sign_in_by_password(reader: Reader, person: str) -> None:
    reader.page.goto(f"{reader.address}/sign-in")
    reader.enter(person)
    expect(reader.page.locator("body")).to_have_attribute("data-person", person)
    reader.page.wait_for_load_state("domcontentloaded")


def invite(administrator: Reader, name: str) -> str:
    page = administrator.page
    page.goto(f"{administrator.address}/sign-ins")
    page.get_by_role("button", name=f"Make an invitation for {name}").click()
    return page.locator("#invitation-made").inner_text()


def join(member: Reader, invitation: str) -> None:
    member.page.goto(f"{member.address}/join")
    member.page.get_by_label("Invitation").fill(invitation)
    member.page.get_by_role("button", name="Go on").click()
    expect(member.page.locator("body")).to_have_attribute("data-page", "own-sign-ins")


def make_passkey(member: Reader, name: str) -> None:
    member.page.wait_for_load_state("domcontentloaded")
    member.page.get_by_label("Name of the new passkey").fill(name)
    member.page.get_by_role("button", name="Make a passkey").click()
    expect(member.page.locator(".sign-in-list strong", has_text=name)).to_be_visible()


def enter_by_passkey(member: Reader) -> None:
    member.page.goto(f"{member.address}/sign-in")
    member.page.get_by_role("button", name="Sign in with a passkey").click()
    expect(member.page.locator("body")).to_have_attribute("data-person", MEMBER)
    member.page.wait_for_load_state("domcontentloaded")


def agree(reader: Reader, then: str) -> None:
    page = reader.page
    page.goto(f"{reader.address}/recoveries")
    reader.unlock(PASSPHRASE)
    page.get_by_role("button", name="I have spoken with them, and sign").click()
    expect(page.locator("main")).to_contain_text(then)


def confirm_and_rename(member: Reader, installation: Installation) -> None:
    """It is long ago that the member showed who is there; what was typed waits for the dialog."""
    page = member.page
    page.goto(f"{member.address}/me/sign-ins")
    expect(page.locator("main")).to_contain_text("Make a second on another device")
    page.wait_for_load_state("domcontentloaded")
    forget_confirmations(installation)
    page.get_by_label("Another name for Laptop").fill("Laptop at home")
    page.get_by_role("button", name="Rename").click()
    dialog = page.get_by_role("dialog", name="Is it still you?")
    check_looks(page)
    dialog.get_by_role("button", name="Not now").click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_label("Another name for Laptop")).to_have_value("Laptop at home")
    page.get_by_role("button", name="Rename").click()
    dialog.get_by_role("button", name="Show my passkey").click()
    expect(page.locator(".sign-in-list strong", has_text="Laptop at home")).to_be_visible()


def end_another_login(member: Reader, installation: Installation) -> None:
    with writing(installation.book) as connection:
        login_store.start(connection, MEMBER, datetime.datetime.now(datetime.UTC))
    member.page.reload()
    check_looks(member.page)
    member.page.get_by_role("button", name="End this login").click()
    expect(member.page.get_by_role("button", name="End this login")).to_have_count(0)


def ask_for_a_way_in(administrator: Reader, installation: Installation) -> None:
    """The administrator, too, shows first who is there: with a password, as there is one here."""
    page = administrator.page
    page.goto(f"{administrator.address}/sign-ins")
    page.wait_for_load_state("domcontentloaded")
    check_looks(page)
    forget_confirmations(installation)
    page.get_by_role("button", name="Lost every passkey of Ben Okafor").click()
    dialog = page.get_by_role("dialog", name="Is it still you?")
    dialog.get_by_label("Password").fill(PASSWORD)
    dialog.get_by_role("button", name="Go on").click()
    expect(page.locator("main")).to_contain_text("Two others of the committee agree")


def test_from_an_invitation_to_two_passkeys_and_back_in_after_losing_both(
    prepared: Installation, arrive: Callable[[], Reader]
) -> None:
    administrator, member = arrive(), arrive()
    device = Device(member.page)
    device.renew()
    sign_in_by_password(administrator, ADMINISTRATOR)
    join(member, invite(administrator, "Ben Okafor"))
    make_passkey(member, "Laptop")
    member.page.get_by_role("button", name="Sign out").click()
    enter_by_passkey(member)
    confirm_and_rename(member, prepared)
    device.renew()
    make_passkey(member, "Telephone")
    expect(member.page.locator("main")).not_to_contain_text("Make a second")
    end_another_login(member, prepared)
    member.page.get_by_role("button", name="Sign out").click()

    # Both devices are lost. Two others agree, and only then is there an invitation.
    device.renew()
    ask_for_a_way_in(administrator, prepared)
    for person, then in (("chair", "You have signed"), ("member-2", "Nobody waits")):
        other = arrive()
        sign_in_by_password(other, person)
        agree(other, then)
    check_looks(other.page)
    join(member, invite(administrator, "Ben Okafor"))
    make_passkey(member, "New laptop")
    expect(member.page.locator(".sign-in-list strong")).to_have_text(["New laptop", "Here"])
