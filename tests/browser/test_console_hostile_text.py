"""Attacks 5 and 29: whatever a submitter writes is shown as letters and loads nothing."""

from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from tests.browser.hostile import Manifest, answer_instead, change_manifest
from tests.browser.installation import Installation
from tests.browser.reader import Reader
from tests.browser.submitter import File

pytestmark = [
    pytest.mark.browser,
    pytest.mark.sqlite("of the browser; test_on_server.py has both"),
]

# Each would set window.ran, leave the page, or ask another machine for something.
CORPUS = (
    "<script>window.ran=1</script>",
    "<img src=x onerror=window.ran=1>",
    "<svg/onload=window.ran=1>",
    "<svg><script>window.ran=1</script></svg>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=window.ran=1>",
    "</dd></dl></article><script>window.ran=1</script>",
    "</template><script>window.ran=1</script>",
    "</textarea><script>window.ran=1</script>",
    '"><img src=x onerror=window.ran=1>',
    "' autofocus onfocus=window.ran=1 x='",
    "<iframe srcdoc='<script>parent.ran=1</script>'></iframe>",
    "<object data='javascript:window.ran=1'></object>",
    "<details open ontoggle=window.ran=1>",
    "<a href='javascript:window.ran=1'>click</a>",
    "<form action=https://elsewhere.example/><button>Send</button></form>",
    "<base href=https://elsewhere.example/>",
    "<meta http-equiv=refresh content='0;url=https://elsewhere.example/'>",
    "<link rel=stylesheet href=https://elsewhere.example/a.css>",
    "<style>@import 'https://elsewhere.example/b.css';</style>",
    "<img src=https://elsewhere.example/c.png><video poster=//elsewhere.example/d.png>",
    "https://elsewhere.example/e http://localhost/ mailto:someone@elsewhere.example",
    "![](https://elsewhere.example/f.png) [text](https://elsewhere.example/g)",
    "javascript:window.ran=1",
    "{{constructor.constructor('window.ran=1')()}} ${window.ran=1} {name} {n}",
    "\u202e<tpircs>\u0000\u0007\ufeff\u2028\u2029",
    "=cmd|'/c calc'!A1",
)
TEXTS = ("what", "when", "where", "who", "how", "told", "hope")
ACTIVE = "a, img, iframe, object, embed, script, style, link, form, svg, math, video, audio, base"


def nothing_ran(reader: Reader) -> None:
    assert reader.page.evaluate("window.ran") is None
    assert reader.complaints == []
    assert reader.page.url.startswith(reader.address)
    expect(reader.opened.locator(ACTIVE)).to_have_count(0)


def test_every_payload_in_every_field_is_shown_as_it_was_written(
    reader: Reader, installation: Installation
) -> None:
    somebody = installation.submitter()
    whole = "\n".join(CORPUS)
    somebody.submit(dict.fromkeys(TEXTS, whole))
    for payload in CORPUS:
        somebody.follow_up(payload)
    installation.collect()
    reader.sign_in("chair")
    reader.unlock()
    reader.open_case(somebody.case_id)
    expect(reader.messages).to_have_count(1 + len(CORPUS))
    shown = reader.opened.locator(".opened-text").all_text_contents()
    assert [text for text in shown if text == whole] == [whole] * len(TEXTS)
    assert [payload for payload in CORPUS if payload not in shown] == []
    nothing_ran(reader)


def test_payloads_stay_letters_while_searching_and_in_a_reply(
    reader: Reader, installation: Installation
) -> None:
    somebody = installation.submitter()
    somebody.submit({"what": "\n".join(CORPUS)})
    installation.collect()
    reader.sign_in("chair")
    reader.unlock()
    reader.open_case(somebody.case_id)
    for sought in ("<script>", "onerror", "elsewhere.example", "</template>", "{{", "("):
        reader.page.locator("#search").fill(sought)
        expect(reader.page.locator("#thread mark").first).to_be_visible()
        nothing_ran(reader)
    reader.page.locator("#search").fill("")
    text = "\n".join(payload for payload in CORPUS if "\u0000" not in payload)
    reader.page.locator("#reply textarea").fill(text)
    reader.page.locator("#reply button").click()
    expect(reader.messages).to_have_count(2)
    nothing_ran(reader)


def test_payloads_in_the_names_and_types_of_files_are_letters(
    reader: Reader, installation: Installation
) -> None:
    somebody = installation.submitter()
    files = [File(payload[:200], payload[:100], b"x") for payload in CORPUS]
    somebody.submit(files=files)
    installation.collect()
    reader.sign_in("chair")
    reader.unlock()
    reader.open_case(somebody.case_id)
    expect(reader.opened.locator(".attachment")).to_have_count(len(CORPUS))
    for button in reader.opened.locator("[data-save]").all()[:6]:
        with reader.page.expect_download():
            button.click()
    nothing_ran(reader)


@pytest.mark.parametrize("payload", [CORPUS[0], CORPUS[1], "__proto__", "constructor"])
def test_payloads_in_what_the_server_says_of_a_case_are_letters(
    reader: Reader, installation: Installation, payload: str
) -> None:
    somebody = installation.submitter()
    somebody.submit()
    somebody.follow_up("A follow-up.")
    installation.collect()

    def change(told: Manifest) -> None:
        told["envelopes"][1].update(kind=payload, by=payload, n=payload)
        told["excluded"] = [payload]

    change_manifest(reader.page, somebody.case_id, change)
    reader.sign_in("chair")
    reader.unlock()
    reader.open_case(somebody.case_id)
    expect(reader.warnings).to_have_count(2)
    nothing_ran(reader)


@pytest.mark.parametrize(
    "address",
    ["https://elsewhere.example/x", "//elsewhere.example/x", "javascript:window.ran=1", "data:,x"],
)
def test_a_server_cannot_send_the_script_to_another_machine(
    reader: Reader, installation: Installation, address: str
) -> None:
    somebody = installation.submitter()
    somebody.submit()
    installation.collect()
    change_manifest(
        reader.page, somebody.case_id, lambda told: told["envelopes"][0].update(url=address)
    )
    reader.sign_in("chair")
    reader.unlock()
    reader.open_case(somebody.case_id)
    expect(reader.messages).to_have_count(0)
    expect(reader.warnings).to_contain_text("could not be opened")
    nothing_ran(reader)


def test_a_page_with_a_script_in_it_does_not_run_it_when_swapped_in(
    reader: Reader, installation: Installation
) -> None:
    """Even what the server itself put into a page runs only from its one script file."""
    somebody = installation.submitter()
    somebody.submit()
    installation.collect()
    reader.sign_in("chair")
    reader.unlock()
    planted = b"<script>window.ran=1</script><img src=x onerror=window.ran=1></main>"
    path = f"/cases/{quote(somebody.case_id)}"
    answer_instead(reader.page, path, lambda honest: honest.replace(b"</main>", planted))
    reader.open_case(somebody.case_id)
    assert reader.page.evaluate("window.ran") is None
    assert reader.complaints != []
    reader.complaints.clear()
