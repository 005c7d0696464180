"""One case from received to closed, by two people who sign in turn, each in their own browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.hostile import Manifest, change_manifest
from tests.browser.installation import Installation
from tests.browser.reader import Reader
from tests.browser.treating import ASSESSED, PROPOSED, decide, proposal, take

pytestmark = [
    pytest.mark.browser,
    pytest.mark.sqlite("of the browser; test_on_server.py has both"),
]

PLAN = "Compare the shipping papers of September with the ledger."
REASON = "Subject 1 is the person who booked order 4711; the papers show it."
SECRETS = (PLAN, REASON, "reliance: ", "detriment_risk")


@pytest.fixture
def other(browser: Browser, console: str) -> Iterator[Reader]:
    """A second member at a computer of their own."""
    context = browser.new_context(locale="en-US")
    yield Reader(context.new_page(), console)
    context.close()


def swapped(told: Manifest) -> None:
    """A hostile server's proposal: another outcome than the one that the chair has signed."""
    proposed = told["proposals"][0]
    proposed["act"] = proposed["act"].replace("SUBSTANTIATED", "UNSUBSTANTIATED")


def begin(reader: Reader, person: str, case_id: str) -> None:
    reader.sign_in(person)
    reader.unlock()
    reader.open_case(case_id)
    expect(reader.warnings).to_have_count(0)


def again(reader: Reader, case_id: str) -> None:
    """Come back to the case by the list, as somebody does who was told of it."""
    reader.page.locator("nav a[href='/cases']").click()
    reader.open_case(case_id)
    expect(reader.warnings).to_have_count(0)


def investigate(reader: Reader) -> None:
    """The chair's way from the acknowledgement to a determination that waits for another."""
    reader.page.locator("#reply-begin").select_option("acknowledgement")
    reader.page.locator("#reply button").click()
    expect(reader.status("reply")).to_contain_text("Your reply is sealed")
    take(reader, "triage", ASSESSED)
    take(reader, "ask", letter="Which orders do you mean?")
    begun = {"investigator": "counsel", "plan": PLAN, "hold_decision": "no", "reason": "Not yet."}
    take(reader, "investigate", begun)
    take(reader, "report-the-facts", {"note": "The papers are of October 2."})
    outcome = {"outcomes": "SUBSTANTIATED", "reason": REASON}
    take(reader, "determine", outcome, said=PROPOSED)
    expect(proposal(reader)).to_contain_text("You have signed this")


def refuse_what_is_swapped(other: Reader, case: str) -> None:
    """The second person comes, and a hostile server shows another act than was signed."""
    other.sign_in("member-1")
    expect(other.page.locator("#to-sign")).to_contain_text("Waiting for your signature")
    change_manifest(other.page, case, swapped)
    other.unlock()
    other.open_case(case)
    expect(proposal(other)).to_contain_text("Do not sign")
    expect(proposal(other)).to_contain_text("did not sign this")
    expect(proposal(other).locator("button")).to_have_count(0)
    other.page.unroute_all()


def close(chair: Reader, other: Reader, case: str) -> None:
    """The chair proposes it, the second person declines; proposed anew, they sign."""
    closing = {"retaliation_plan": "member-1", "retention_class": "RC-01"}
    take(chair, "close", closing, said=PROPOSED)
    again(other, case)
    decide(other, sign=False, said="Declined")
    again(chair, case)
    take(chair, "close", closing, said=PROPOSED)
    again(other, case)
    decide(other)
    expect(other.page.locator(".case-head")).to_contain_text("Closed")
    expect(other.page.locator("#thread")).to_contain_text("The case was closed")


def test_two_people_take_a_case_from_received_to_closed(
    reader: Reader, other: Reader, installation: Installation
) -> None:
    somebody = installation.submitter()
    somebody.submit({"what": "Order 4711 was booked before it was shipped."})
    installation.collect()
    case = somebody.case_id
    begin(reader, "chair", case)
    investigate(reader)
    refuse_what_is_swapped(other, case)
    again(other, case)
    expect(proposal(other)).to_contain_text(REASON)
    expect(proposal(other)).to_contain_text("subject 1: Shown to be so")
    expect(proposal(other)).to_contain_text("Proposed by")
    decide(other)
    expect(other.page.locator(".case-head")).to_contain_text("Determined")
    take(other, "give-feedback", letter="It was so. The order is booked anew.")

    again(reader, case)
    take(reader, "remediate", {"measure": "CONTROL_FIX", "remedy": "F-2026-07"})
    close(reader, other, case)
    assert other.complaints == []
    for secret in SECRETS:
        assert not [each for each in installation.requests if each.holds(secret.encode())], secret
    installation.collect()
    letters = [each.kind for each in somebody.letters()]
    assert letters.count("reply") == 3
    assert letters.count("state") >= 3
