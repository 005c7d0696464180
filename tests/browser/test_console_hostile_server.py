"""Attack 38: a server that moves, relabels, repeats or swaps sealed things is found out.

The server here is the real one; what a hostile one would send instead is put in the place of its
answers on their way to the reader's browser.
"""

import pytest
from playwright.sync_api import expect

from crypto import age, case, strict
from crypto.message import Message, next_place, seal
from crypto.recipient import from_seed
from tests import committee
from tests.browser.hostile import (
    Manifest,
    answer_instead,
    arrive,
    change_manifest,
    manifest_of,
    send_the_reply,
)
from tests.browser.installation import Installation, identity_file
from tests.browser.reader import Reader
from tests.browser.submitter import Submitter

pytestmark = [
    pytest.mark.browser,
    pytest.mark.sqlite("of the browser; test_on_server.py has both"),
]

FIRST = "The first submission, about revenue."
OTHER = "The other submission, about expenses."


@pytest.fixture
def submitter(installation: Installation) -> Submitter:
    """The case under attack: a submission and a follow-up."""
    somebody = installation.submitter()
    somebody.submit({"what": FIRST})
    somebody.follow_up("A follow-up to the first.")
    installation.collect()
    return somebody


@pytest.fixture
def other(installation: Installation) -> Submitter:
    """Another case of the same readers."""
    somebody = installation.submitter("other")
    somebody.submit({"what": OTHER})
    somebody.follow_up("A follow-up to the other.")
    installation.collect()
    return somebody


def test_an_envelope_of_another_case_is_warned_about_and_not_shown(
    reader: Reader, submitter: Submitter, other: Submitter, installation: Installation
) -> None:
    reader.sign_in("chair")
    foreign = manifest_of(reader, other.case_id)["envelopes"][1]
    change_manifest(
        reader.page, submitter.case_id, lambda told: told["envelopes"].append({**foreign, "n": 3})
    )
    reader.unlock()
    reader.open_case(submitter.case_id)
    expect(reader.messages).to_have_count(2)
    expect(reader.warnings).to_have_count(1)
    expect(reader.warnings).to_contain_text("sealed for another case")
    expect(reader.opened).not_to_contain_text("to the other")
    send_the_reply(reader)


def test_another_case_in_the_place_of_this_one_is_not_shown(
    reader: Reader, submitter: Submitter, other: Submitter
) -> None:
    reader.sign_in("chair")
    foreign = manifest_of(reader, other.case_id)
    change_manifest(reader.page, submitter.case_id, lambda told: told.update(foreign))
    reader.unlock()
    reader.open_case(submitter.case_id)
    expect(reader.messages).to_have_count(0)
    expect(reader.warnings).to_contain_text("is not this case")
    expect(reader.opened).not_to_contain_text(OTHER)
    expect(reader.page.locator("#acts")).to_be_hidden()


def test_an_envelope_under_another_kind_is_not_shown(reader: Reader, submitter: Submitter) -> None:
    def relabel(told: Manifest) -> None:
        told["envelopes"][1].update(kind="note", thread="notes", n=1, by="chair")

    change_manifest(reader.page, submitter.case_id, relabel)
    arrive(reader, submitter.case_id)
    expect(reader.messages).to_have_count(1)
    expect(reader.warnings).to_contain_text("something that it is not")
    expect(reader.opened).not_to_contain_text("A follow-up to the first.")


def test_a_replayed_envelope_is_not_shown_twice(reader: Reader, submitter: Submitter) -> None:
    def replay(told: Manifest) -> None:
        told["envelopes"].append({**told["envelopes"][1], "id": "again", "n": 3})

    change_manifest(reader.page, submitter.case_id, replay)
    arrive(reader, submitter.case_id)
    expect(reader.messages).to_have_count(2)
    expect(reader.warnings).to_contain_text("another place")


def test_a_hidden_envelope_leaves_a_warning(
    reader: Reader, submitter: Submitter, installation: Installation
) -> None:
    submitter.follow_up("A third message.")
    installation.collect()
    change_manifest(reader.page, submitter.case_id, lambda told: told["envelopes"].pop(1))
    arrive(reader, submitter.case_id)
    expect(reader.warnings).to_contain_text("A message is missing here: number 2")
    send_the_reply(reader)


def test_a_damaged_envelope_is_not_shown(reader: Reader, submitter: Submitter) -> None:
    reader.sign_in("chair")
    url = manifest_of(reader, submitter.case_id)["envelopes"][1]["url"]
    answer_instead(reader.page, url, lambda honest: honest[:-1] + bytes([honest[-1] ^ 1]))
    reader.unlock()
    reader.open_case(submitter.case_id)
    expect(reader.messages).to_have_count(1)
    expect(reader.warnings).to_contain_text("damaged")


def forged_submission(submitter: Submitter, installation: Installation) -> Message:
    """What a server can make that knows everything public: its own key, mailbox and guess."""
    forger = installation.submitter("forger")
    honest = submitter.submission
    return Message(
        kind="submission",
        place=next_place(committee.INSTALLATION, submitter.case_id),
        roster=honest.roster,
        on=honest.on,
        lang="en",
        body={**honest.body, "what": "Forged words."},
        excluded=(),
        attachments=(),
        sealed_in="browser",
        mailbox=forger.mailbox.text,
        submitter_key=forger.verify_key,
    ).sign(forger.keys.signing_seed, case_seed=forger.case_seed)


def test_a_swapped_mailbox_is_found_out_and_gets_no_reply(
    reader: Reader, submitter: Submitter, installation: Installation
) -> None:
    forged = forged_submission(submitter, installation)
    reader.sign_in("chair")
    url = manifest_of(reader, submitter.case_id)["envelopes"][0]["url"]
    answer_instead(reader.page, url, lambda _: seal(forged, submitter.case))
    change_manifest(
        reader.page,
        submitter.case_id,
        lambda told: told["envelopes"][0].update(digest=forged.digest),
    )
    reader.unlock()
    reader.open_case(submitter.case_id)
    expect(reader.warnings).to_contain_text("The submission does not check")
    assert_nothing_of_the_case_is_shown(reader, installation)


def assert_nothing_of_the_case_is_shown(reader: Reader, installation: Installation) -> None:
    expect(reader.messages).to_have_count(0)
    expect(reader.opened).not_to_contain_text("Forged words.")
    expect(reader.page.locator("#acts")).to_be_hidden()
    reader.page.locator("#reply").evaluate("form => form.requestSubmit()")
    assert [each for each in installation.requests if "/replies" in each.target] == []


def test_a_forged_submission_of_a_case_without_follow_ups_is_found_out(
    reader: Reader, installation: Installation
) -> None:
    """Nothing in the case contradicts it: only the case seed, which a forger lacks, tells."""
    lonely = installation.submitter("lonely")
    lonely.submit({"what": FIRST})
    installation.collect()
    forged = forged_submission(lonely, installation)
    reader.sign_in("chair")
    url = manifest_of(reader, lonely.case_id)["envelopes"][0]["url"]
    answer_instead(reader.page, url, lambda _: seal(forged, lonely.case))
    change_manifest(
        reader.page,
        lonely.case_id,
        lambda told: told["envelopes"][0].update(digest=forged.digest),
    )
    reader.unlock()
    reader.open_case(lonely.case_id)
    expect(reader.warnings).to_contain_text("The submission does not check")
    assert_nothing_of_the_case_is_shown(reader, installation)


def test_a_mailbox_that_the_server_names_is_not_used(
    reader: Reader, submitter: Submitter, installation: Installation
) -> None:
    """The reply goes to the mailbox inside the submission whatever else the server says."""
    theirs = from_seed(committee.seed("the server's own mailbox")).text
    change_manifest(
        reader.page,
        submitter.case_id,
        lambda told: told.update(mailbox=theirs),
    )
    arrive(reader, submitter.case_id)
    reader.page.locator("#reply textarea").fill("For the submitter alone.")
    reader.page.locator("#reply button").click()
    expect(reader.status("reply")).to_contain_text("Your reply is sealed")
    installation.collect()
    assert [letter.body["text"] for letter in submitter.letters()] == ["For the submitter alone."]


def test_a_swapped_case_recipient_is_not_sealed_to(reader: Reader, submitter: Submitter) -> None:
    theirs = from_seed(committee.seed("the server's own case")).text
    change_manifest(reader.page, submitter.case_id, lambda told: told.update(recipient=theirs))
    arrive(reader, submitter.case_id)
    expect(reader.warnings).to_contain_text("is not this case")
    expect(reader.page.locator("#acts")).to_be_hidden()


def test_a_grant_of_another_seed_opens_nothing(
    reader: Reader, submitter: Submitter, installation: Installation
) -> None:
    readers = [each.recipient for each in installation.roster.readers]
    grant = case.seal_grant(committee.seed("another case"), readers, installation.roster.slots)
    answer_instead(reader.page, f"/cases/{submitter.case_id}/grants/1", lambda _: grant)
    arrive(reader, submitter.case_id)
    expect(reader.messages).to_have_count(0)
    expect(reader.warnings).to_contain_text("is not this case")


def test_a_roster_of_another_root_key_makes_no_reader(reader: Reader, submitter: Submitter) -> None:
    """The server lists its own roster under the name of the committee's."""
    forged = committee.roster(committee.seed("another root"))

    def swap(told: Manifest) -> None:
        told["rosters"] = {told["roster"]: strict.to_b64(forged.document)}

    change_manifest(reader.page, submitter.case_id, swap)
    arrive(reader, submitter.case_id)
    expect(reader.messages).to_have_count(0)
    expect(reader.warnings).to_contain_text("The submission does not check")


@pytest.mark.parametrize("whose", ["another root", "nobody"])
def test_a_forged_current_roster_unlocks_nothing(
    reader: Reader, submitter: Submitter, whose: str
) -> None:
    forged = committee.roster(committee.seed(whose)).document
    answer_instead(reader.page, "/roster", lambda _: forged)
    reader.sign_in("chair")
    reader.page.locator("#passphrase").fill("whatever it is")
    reader.page.locator("#unlock button:not([type=button])").click()
    expect(reader.page.locator("#keyring-status")).to_contain_text("does not check")
    expect(reader.page.locator("#unlocked")).to_be_hidden()


def test_a_roster_swapped_after_unlocking_stops_a_reply(
    reader: Reader, submitter: Submitter, installation: Installation
) -> None:
    arrive(reader, submitter.case_id)
    forged = committee.roster(committee.seed("another root")).document
    answer_instead(reader.page, "/roster", lambda _: forged)
    reader.page.locator("#reply textarea").fill("Not to be sent.")
    reader.page.locator("#reply button").click()
    expect(reader.status("reply")).to_contain_text("does not check")
    expect(reader.page.locator("#reply textarea")).to_have_value("Not to be sent.")
    assert [each for each in installation.requests if "/replies" in each.target] == []


def test_a_roster_older_than_one_the_case_names_stops_a_reply(
    reader: Reader, submitter: Submitter, installation: Installation
) -> None:
    newer = committee.next_roster(installation.roster)
    installation.publish(newer)
    arrive(reader, submitter.case_id)
    answer_instead(reader.page, "/roster", lambda _: installation.roster.document)
    reader.page.locator("#reply textarea").fill("Not to be sent.")
    reader.page.locator("#reply button").click()
    expect(reader.status("reply")).to_contain_text("older")
    assert [each for each in installation.requests if "/replies" in each.target] == []


def test_another_persons_identity_file_is_refused(reader: Reader, submitter: Submitter) -> None:
    answer_instead(reader.page, "/me/identity", lambda _: identity_file("member-1"))
    reader.sign_in("chair")
    reader.page.locator("#passphrase").fill(reader.passphrase)
    reader.page.locator("#unlock button:not([type=button])").click()
    expect(reader.page.locator("#keyring-status")).to_contain_text("not the one the roster names")
    expect(reader.page.locator("#unlocked")).to_be_hidden()


def test_an_identity_sealed_without_the_passphrase_is_refused(
    reader: Reader, submitter: Submitter
) -> None:
    """The server cannot give the chair an identity of its own choice, sealed to what it knows."""
    planted = age.seal(committee.identity("routing").text.encode(), [committee.recipient("chair")])
    answer_instead(reader.page, "/me/identity", lambda _: planted)
    reader.sign_in("chair")
    reader.page.locator("#passphrase").fill(reader.passphrase)
    reader.page.locator("#unlock button:not([type=button])").click()
    expect(reader.page.locator("#keyring-status")).not_to_have_text("")
    expect(reader.page.locator("#unlocked")).to_be_hidden()
