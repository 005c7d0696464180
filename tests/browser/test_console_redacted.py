"""A redacted copy, made in Chromium and printed: what is blacked out is on no sheet."""

import pytest
from playwright.sync_api import expect

from tests.browser.installation import Installation
from tests.browser.reader import Reader

pytestmark = [
    pytest.mark.browser,
    pytest.mark.sqlite("of the browser; test_copies.py has both"),
]
WORDS = "Revenue was booked before delivery by Ada of Escondido."
NAME = "Ada of Escondido"
# The body as it was at the moment of printing comes back, to be looked at in peace.
HOLD = """() => {
    window.print = () => {
        const held = document.body.cloneNode(true);
        window.again = () => document.body.replaceWith(held);
    };
}"""
SELECT = """(field, name) => {
    const at = field.value.indexOf(name);
    field.focus();
    field.setSelectionRange(at, at + name.length);
}"""


def test_a_printed_copy_has_its_marks_and_nothing_else_of_the_page(
    reader: Reader, installation: Installation
) -> None:
    submitter = installation.submitter()
    submitter.submit({"what": WORDS})
    submitter.follow_up("It happened again in October.\n" * 40)
    installation.collect()
    reader.sign_in("chair")
    reader.unlock()
    reader.open_case(submitter.case_id)
    page = reader.page
    box = reader.messages.first.locator("[data-redact]")
    box.locator("summary").click()
    field = box.locator("textarea")
    field.evaluate(SELECT, NAME)
    box.get_by_role("button", name="Black out the selection").click()
    expect(box.locator("[data-redact-status]")).to_have_text("Blacked out.")
    copy = field.input_value()
    assert NAME not in copy
    assert "delivery" in copy
    page.evaluate(HOLD)
    with page.expect_response("**/copies"):
        box.get_by_role("button", name="Print").click()
    page.wait_for_function("() => window.again !== undefined")
    page.evaluate("again()")
    page.emulate_media(media="print")
    seen = page.locator("body").inner_text()
    assert seen.split() == copy.split()
    assert page.pdf().count(b"/Type /Page\n") == 1
