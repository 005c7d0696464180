"""The scripts of the submitter's pages: run by Node, held to their pages, and read by Python."""

import hashlib
import json
import re
from typing import Any

import pytest

from crypto import age, case, entry, kept, message, padding, receipt, strict
from crypto.errors import Malformed, WrongIdentity
from crypto.identity import Identity
from crypto.message import Message, Place
from crypto.receipt import ReceiptCode
from tests import committee, node
from tests.groups import ROOT

SCRIPTS = ROOT / "intake" / "web" / "js"
TEMPLATES = ROOT / "intake" / "web" / "templates"
# Names of sentences that a script puts together, by what they are put together from.
COMPOSED = {
    "code": ("length", "character"),
    "proof": ("malformed", "other", "ledger", "keeper", "statement"),
}
PAGES = {"submit.js": "form.html", "followup.js": "follow_up.html"}
# What modules that both pages share say on the other page only.
ELSEWHERE = {"submit.js": {"text-empty"}, "followup.js": {"what-empty", "too-few-readers"}}

WHAT = "Zwölf Boxkämpfer 🌹\n"
UNANSWERED = dict.fromkeys(("when", "where", "who", "how", "told", "hope"), "")
CODED = {"kind": "complaint", "relation": "other", "ongoing": "yes", "reply_wanted": False}
BODY = {"what": WHAT, **UNANSWERED, **CODED}
FILES = (b"", b"x" * 70_000, bytes(range(256)) * 4096 + b"end")
TOKEN = "0f" * 15
EXCLUDED = ["finance", "member-1"]


@pytest.mark.node
def test_the_modules_of_the_pages_hold_in_node() -> None:
    node.run_tests("intake/web/js/test", least=35)


def _used(script: str) -> set[str]:
    """A script and everything it imports from beside it."""
    found: set[str] = set()
    waiting = [script]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += re.findall(r'from "\./([\w-]+\.js)"', (SCRIPTS / name).read_text())
    return found


def _text(script: str) -> str:
    return "\n".join((SCRIPTS / name).read_text() for name in sorted(_used(script)))


def _template(name: str) -> str:
    text = (TEMPLATES / name).read_text()
    included = re.findall(r'{% include "(\w+\.html)" %}', text)
    return text + "".join(_template(each) for each in included)


def _sentences(page: str) -> set[str]:
    return set(re.findall(r'data-word="([a-z-]+)"', _template(page)))


@pytest.mark.parametrize(("script", "page"), PAGES.items())
def test_every_sentence_on_a_page_is_one_that_its_script_says(script: str, page: str) -> None:
    quoted = set(re.findall(r'"([a-z-]+)"', _text(script)))
    composed = {f"{start}-{end}" for start, ends in COMPOSED.items() for end in ends}
    assert _sentences(page) - quoted - composed == set()


@pytest.mark.parametrize(("script", "page"), PAGES.items())
def test_every_sentence_that_a_script_says_is_on_its_page(script: str, page: str) -> None:
    text = _text(script)
    asked = re.findall(r'(?:Problem|say|sentence|sayWithProgress|super)\("([a-z-]+)"', text)
    mapped = re.search(r"const WORDS = {(.*?)}", text, re.S)
    assert mapped is not None
    asked += re.findall(r'"([a-z-]+)"', mapped[1])
    assert set(asked) - ELSEWHERE[script] <= _sentences(page)


@pytest.mark.parametrize(("script", "page"), PAGES.items())
def test_every_element_that_a_script_asks_for_is_on_its_page(script: str, page: str) -> None:
    text, template = _text(script), _template(page)
    ids = re.findall(r'(?:getElementById|copyOf)\("([\w-]+)"', text)
    places = re.findall(r'querySelector(?:All)?\("[^"]*\[(data-[\w-]+)\]"', text)
    places += [f"data-{name}" for name in re.findall(r'\bat\("([\w-]+)"\)', text)]
    assert ids
    assert places
    optional = {"data-roster-fingerprint"}
    absent = [name for name in ids if f'id="{name}"' not in template]
    absent += [name for name in places if name not in template and name not in optional]
    # Both entry points ask for their own form only.
    assert set(absent) - {"submission", "follow-up"} == set()


@pytest.fixture(scope="module")
def sent() -> dict[str, Any]:
    """What a browser sends for one submission with files and one follow-up."""
    given = {
        "roster": strict.to_b64(committee.roster().document),
        "root_key": strict.to_b64(committee.ROOT_KEY),
        "on": committee.TODAY.isoformat(),
        "excluded": EXCLUDED,
        "files": [strict.to_b64(content) for content in FILES],
        "token": TOKEN,
        "body": BODY,
        "text": "One thing more.",
    }
    done = node.run("intake/web/js/test/write-fields.js", given=json.dumps(given))
    assert done.returncode == 0, done.stderr
    printed: dict[str, Any] = json.loads(done.stdout)
    return printed


def _opened(fields: dict[str, Any], reader: str) -> Message:
    seed = case.open_grant(strict.b64(fields["grant"]), committee.identity(reader))
    return message.open_envelope(strict.b64(fields["envelope"]), Identity.from_seed(seed))


@pytest.mark.node
def test_what_a_browser_seals_is_what_python_reads(sent: dict[str, Any]) -> None:
    fields, roster = sent["submission"], committee.roster()
    opened = _opened(fields, "chair")
    first = Place(roster.installation, case.case_id(fields["case"]), 1, None)
    opened.check_place(first, "submitter")
    assert dict(opened.body) == BODY
    assert opened.excluded == tuple(EXCLUDED)
    assert (opened.sealed_in, opened.roster, opened.mailbox) == (
        "browser",
        roster.hash,
        fields["mailbox"],
    )
    assert opened.digest == fields["digest"]
    assert len(strict.hex_bytes(fields["commitment"], 32)) == 32
    routing = case.open_routing(strict.b64(fields["routing"]), committee.identity("routing"))
    assert routing == case.Routing(roster.hash, tuple(EXCLUDED))


@pytest.mark.node
def test_what_a_browser_keeps_is_what_it_committed_to(sent: dict[str, Any]) -> None:
    found = kept.parse(strict.b64(sent["kept"]))
    assert found.text == _opened(sent["submission"], "chair").to_bytes()
    assert entry.commitment(found.nonce, found.text) == sent["submission"]["commitment"]


@pytest.mark.node
def test_those_left_out_cannot_open_what_a_browser_seals(sent: dict[str, Any]) -> None:
    for reader in ("member-1", "counsel"):
        with pytest.raises(WrongIdentity):
            _opened(sent["submission"], reader)


@pytest.mark.node
def test_the_receipt_code_of_a_browser_opens_the_mailbox_that_it_names(
    sent: dict[str, Any],
) -> None:
    fields, roster = sent["submission"], committee.roster()
    keys = ReceiptCode.parse(sent["code"]).keys(roster.installation)
    assert keys.lookup.hex() == fields["lookup"]
    assert Identity.from_seed(keys.mailbox_seed).recipient.text == fields["mailbox"]
    mailbox_id = receipt.mailbox_id(keys.lookup)
    record = case.MailboxRecord(
        roster.installation, mailbox_id, fields["case"], 1, fields["case_signature"]
    )
    submitter = _opened(fields, "chair").submitter_key
    assert submitter is not None
    case.check_mailbox(record, submitter)


@pytest.mark.node
def test_files_that_a_browser_sends_are_the_files(sent: dict[str, Any]) -> None:
    fields = sent["submission"]
    seed = case.open_grant(strict.b64(fields["grant"]), committee.identity("alternate"))
    identity = Identity.from_seed(seed)
    slices = [age.open_sealed(strict.b64(each["envelope"]), [identity]) for each in sent["slices"]]
    assert [each["index"] for each in sent["slices"]] == list(range(fields["slices"]))
    assert {each["upload"] for each in sent["slices"]} == {fields["upload"]}
    attachments = _opened(fields, "chair").attachments
    contents = [
        b"".join(each.content(slices[each.first : each.first + each.count])) for each in attachments
    ]
    assert contents == list(FILES)


@pytest.mark.node
def test_a_browsers_follow_up_continues_the_thread(sent: dict[str, Any]) -> None:
    fields, first = sent["follow_up"], _opened(sent["submission"], "chair")
    seed = case.open_grant(strict.b64(sent["submission"]["grant"]), committee.identity("chair"))
    added = message.open_envelope(strict.b64(fields["envelope"]), Identity.from_seed(seed))
    place = message.next_place(first.place.installation, first.place.case, 1, first.digest)
    added.check_place(place, "submitter")
    assert first.submitter_key is not None
    added.check(first.submitter_key)
    assert (fields["n"], fields["previous"]) == (2, first.digest)
    assert (fields["upload"], fields["slices"]) == ("", 0)


@pytest.mark.node
def test_what_a_browser_sends_has_the_shape_of_everything_else(sent: dict[str, Any]) -> None:
    """The door checks these shapes; nothing of a size of its own gets in."""
    fields = sent["submission"]
    slots = committee.roster().slots
    sizes = padding.MESSAGE_STEPS
    age.check_shape(strict.b64(fields["envelope"]), stanzas=1, plaintext_sizes=sizes)
    age.check_shape(strict.b64(fields["grant"]), stanzas=slots, plaintext_sizes=[32])
    routing = strict.b64(fields["routing"])
    age.check_shape(routing, stanzas=1, plaintext_sizes=[padding.ROUTING_SIZE])
    for each in sent["slices"]:
        envelope = strict.b64(each["envelope"])
        age.check_shape(envelope, stanzas=1, plaintext_sizes=[*padding.SMALL_SLICES, padding.SLICE])


@pytest.mark.node
def test_nothing_that_a_browser_sends_holds_the_text_or_the_code(sent: dict[str, Any]) -> None:
    posted = [sent["submission"], sent["follow_up"], *sent["slices"]]
    wire = b"".join(
        value.encode() + _decoded(value) for fields in posted for value in map(str, fields.values())
    )
    raw = ReceiptCode.parse(sent["code"]).raw
    for secret in (
        *(WHAT[:5].encode(), b"One thing more", b"a file.bin", b"x" * 100),
        *(sent["code"].encode(), sent["code"].replace("-", "").encode()),
        *(raw, raw.hex().encode(), hashlib.sha256(raw).digest()),
    ):
        assert secret not in wire


def _decoded(value: str) -> bytes:
    try:
        return strict.b64(value)
    except Malformed:
        return b""
