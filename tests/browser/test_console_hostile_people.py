"""Attack 38, by people and pages: words of somebody who should not write here, and odd pages.

A reader who was named, a member who signs for another, an envelope that opens to nothing: each is
a warning, and none of them silences the committee.
"""

import html

import pytest
from playwright.sync_api import Dialog, expect

from crypto import age, receipt, strict
from crypto.identity import Identity
from crypto.message import Message, next_place, open_envelope, seal
from crypto.recipient import throwaway
from crypto.signing import member_seed
from intake import drop as door
from tests import committee
from tests.browser.hostile import (
    Manifest,
    answer_instead,
    arrive,
    change_manifest,
    send_the_reply,
)
from tests.browser.installation import Installation
from tests.browser.reader import Reader
from tests.browser.submitter import Submitter
from tests.browser.treating import fill, step

pytestmark = [
    pytest.mark.browser,
    pytest.mark.sqlite("of the browser; test_on_server.py has both"),
]

FIRST = "The first submission, about revenue."


@pytest.fixture
def submitter(installation: Installation) -> Submitter:
    """The case under attack: a submission and a follow-up."""
    somebody = installation.submitter()
    somebody.submit({"what": FIRST})
    somebody.follow_up("A follow-up to the first.")
    installation.collect()
    return somebody


def test_a_list_of_exclusions_that_is_not_the_submitters_is_told_and_stops_replies(
    reader: Reader, installation: Installation
) -> None:
    somebody = installation.submitter("careful")
    somebody.submit(excluded=["member-2"])
    installation.collect()
    change_manifest(reader.page, somebody.case_id, lambda told: told.update(excluded=[]))
    arrive(reader, somebody.case_id)
    expect(reader.warnings).to_contain_text("Carla Reyes")
    expect(reader.messages).to_have_count(1)
    expect(reader.page.locator("#reply button")).to_be_disabled()
    reader.page.locator("#reply").evaluate("form => form.requestSubmit()")
    expect(reader.status("reply")).to_contain_text("talk to the other readers")
    form = step(reader, "plan")
    fill(form, {"plan": "Ask the firm."})
    form.locator("button").click()
    expect(form.locator("[data-status]")).to_contain_text("talk to the other readers")
    expect(reader.page.locator("#note button")).to_be_enabled()
    posts = [each.target for each in installation.requests if each.method == "POST"]
    assert [each for each in posts if "/replies" in each or "/steps" in each] == []


def test_a_reply_under_another_members_name_is_not_shown(
    reader: Reader, submitter: Submitter
) -> None:
    arrive(reader, submitter.case_id)
    reader.page.locator("#reply textarea").fill("By the chair.")
    reader.page.locator("#reply button").click()
    expect(reader.messages).to_have_count(3)

    def rename(told: Manifest) -> None:
        told["envelopes"][-1].update(by="member-1")

    change_manifest(reader.page, submitter.case_id, rename)
    reader.page.reload()
    reader.unlock()
    reader.settled()
    expect(reader.messages).to_have_count(2)
    expect(reader.warnings).to_contain_text("signature")


def test_a_follow_up_that_opens_to_nothing_silences_nobody(
    reader: Reader, submitter: Submitter, installation: Installation
) -> None:
    """Whoever can write to the mailbox can send bytes of the right shape, sealed to nobody."""
    with door.writing(installation.drop) as connection:
        door.deposit_follow_up(
            connection,
            door.FollowUp(
                once=committee.seed("an empty envelope").hex(),
                mailbox_id=receipt.mailbox_id(submitter.keys.lookup),
                digest="0" * 64,
                commitment="0" * 64,
                envelope=age.seal(bytes(4096), [throwaway()]),
                upload_id=None,
                slices=0,
                n=3,
                previous=submitter.head,
            ),
            committee.TODAY,
        )
    installation.collect()
    arrive(reader, submitter.case_id)
    expect(reader.warnings).to_have_count(1)
    send_the_reply(reader)


def test_after_a_member_s_empty_envelope_a_reply_goes_on_once_somebody_says_so(
    reader: Reader, submitter: Submitter, installation: Installation
) -> None:
    """The server cannot look into an envelope, so a reader's broken browser can leave any."""
    arrive(reader, submitter.case_id)
    post_an_empty_envelope(reader, submitter.case_id)
    reader.page.reload()
    reader.unlock()
    reader.settled()
    expect(reader.warnings).to_have_count(1)
    reader.page.locator("#reply textarea").fill("An answer all the same.")
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.accept() if len(asked) > 1 else dialog.dismiss()

    reader.page.on("dialog", answer)
    reader.page.locator("#reply button").click()
    expect(reader.status("reply")).to_contain_text("Nothing was sent")
    reader.page.locator("#reply button").click()
    expect(reader.status("reply")).to_contain_text("Your reply is sealed")
    assert len(asked) == 2
    assert "does not check" in asked[0]
    installation.collect()
    with door.reading(installation.drop) as connection:
        found = door.read_mailbox(connection, receipt.mailbox_id(submitter.keys.lookup))
    assert found is not None
    identity = Identity.from_seed(submitter.keys.mailbox_seed)
    reply = open_envelope(found.letters[1].envelope, identity)
    assert (reply.body["text"], reply.place.n) == ("An answer all the same.", 2)
    assert reply.place.previous == "0" * 64


def post_an_empty_envelope(reader: Reader, case_id: str) -> None:
    sealed = strict.to_b64(age.seal(bytes(4096), [throwaway()]))
    status = reader.page.evaluate(
        """async ([address, sealed]) => {
            const bytes = Uint8Array.from(atob(sealed), (letter) => letter.charCodeAt(0));
            const body = new FormData();
            body.append("csrf", document.body.dataset.csrf);
            body.append("n", "1");
            body.append("digest", "0".repeat(64));
            for (const name of ["case_envelope", "mailbox_envelope"]) {
                body.append(name, new Blob([bytes]), "envelope");
            }
            return (await fetch(address, { method: "POST", body })).status;
        }""",
        [f"/cases/{case_id}/replies", sealed],
    )
    assert status == 204


def test_a_note_by_somebody_whom_the_submitter_named_is_a_warning(
    reader: Reader, installation: Installation
) -> None:
    """The one who is named may have got the case's key by a hostile server or a colleague."""
    somebody = installation.submitter("careful")
    somebody.submit(excluded=["member-2"])
    installation.collect()
    words = "By the one who is named."
    note = Message(
        kind="note",
        place=next_place(committee.INSTALLATION, somebody.case_id),
        roster=installation.roster.hash,
        on=committee.TODAY,
        lang="en",
        body={"text": words},
        sealed_in="browser",
    ).sign(member_seed(committee.identity("member-2").seed))
    address = f"/cases/{somebody.case_id}/envelopes/{'f' * 32}"
    line = {"id": "x", "thread": "notes", "kind": "note", "n": 1, "on": "2026-11-21"}
    line |= {"by": "member-2", "digest": note.digest, "url": address, "upload": None, "slices": 0}
    change_manifest(reader.page, somebody.case_id, lambda told: told["envelopes"].append(line))
    envelope = seal(note, somebody.case)
    reader.page.route(
        lambda at: at.endswith(address),
        lambda route: route.fulfill(body=envelope, content_type="application/octet-stream"),
    )
    arrive(reader, somebody.case_id)
    expect(reader.warnings).to_have_count(1)
    expect(reader.warnings).to_contain_text("named as involved")
    expect(reader.opened).not_to_contain_text(words)


def test_a_state_that_no_reader_signed_is_told(reader: Reader, submitter: Submitter) -> None:
    change_manifest(reader.page, submitter.case_id, lambda told: told.update(state="CLOSED"))
    arrive(reader, submitter.case_id)
    expect(reader.warnings).to_have_count(1)
    expect(reader.warnings).to_contain_text("shows the state “Closed”")
    expect(reader.messages).to_have_count(2)


@pytest.mark.parametrize("attribute", ["data-root-key", "data-installation", "data-person"])
def test_a_page_of_another_committee_does_not_meet_an_unlocked_tab(
    reader: Reader, submitter: Submitter, attribute: str
) -> None:
    """With a root key of the server's choice, the next roster would be of its choice too."""
    arrive(reader, submitter.case_id)
    found = reader.page.locator("body").get_attribute(attribute)
    assert found is not None
    other = ("B" if found[0] != "B" else "C") + found[1:]

    def swap(honest: bytes) -> bytes:
        old, new = f'{attribute}="{found}"', f'{attribute}="{other}"'
        assert old in html.unescape(honest.decode())
        return html.unescape(honest.decode()).replace(old, new).encode()

    with reader.page.expect_navigation():
        answer_instead(reader.page, f"{reader.address}/cases", swap)
        reader.page.locator("main a[href='/cases']").click()
    expect(reader.page.locator("#passphrase")).to_be_visible()
