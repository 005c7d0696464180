"""The committee's own texts: bounded lines, and two signatures of people who are still there."""

import json

import pytest

from crypto import act as act_format
from crypto import signing, strict, texts
from crypto.errors import CryptoError, InvalidSignature, MalformedTexts
from tests import acts, committee
from tests.texts import act_for, made, signatures

ROSTER = acts.ROSTER


def test_texts_come_back_as_they_were_and_only_so_spelled() -> None:
    found = made()
    assert texts.parse(found.document) == found
    assert found.hash == texts.parse(found.document).hash
    for odd in (found.document + b"\n", found.document.replace(b'"v":1', b'"v": 1'), b"{}", b""):
        with pytest.raises(MalformedTexts):
            texts.parse(odd)


def test_what_is_left_empty_stays_the_program_s() -> None:
    empty = texts.build(committee.INSTALLATION, "en")
    assert empty.words == ()
    assert empty.leave is None


@pytest.mark.parametrize(
    "leave",
    [
        "http://news.example/",
        "https://news.example/?next=https://elsewhere.example",
        "https://news.example/#to",
        "https://a@news.example/",
        "https://news.example:8443/",
        "https://news.example//elsewhere.example",
        "//news.example/",
        "/before-you-start",
        "javascript:alert(1)",
        "data:text/html,x",
        "https://localhost/",
        "https://",
        "https://news.example/ x",
        "HTTPS://news.example/",
    ],
)
def test_leaving_leads_by_https_to_a_plain_page_and_by_no_redirect(leave: str) -> None:
    """Attack 27: an address that leads on, by us or by somebody else, to where it does not say."""
    with pytest.raises(MalformedTexts):
        made(leave=leave)


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("name", "x" * 101),
        ("about", "x" * 601),
        ("emergency", "x" * 301),
        ("about", "two\nlines"),
        ("about", ""),
        ("name", "\u202eback"),
    ],
)
def test_a_line_is_one_line_and_not_too_long(line: str, value: str) -> None:
    if value.startswith("\u202e"):
        # What turns the direction of reading is escaped by no template: it is for the two to see.
        assert made(**{line: value}).name == value
        return
    with pytest.raises(MalformedTexts):
        made(**{line: value})


def test_two_of_the_committee_agree_to_texts() -> None:
    act = act_for(made())
    for people in (
        ("chair", "member-1"),
        ("alternate", "member-2"),
        ("chair", "counsel", "member-1"),
    ):
        signed = signatures(act, *sorted(people))
        assert texts.agreed(made().document, act, signed, ROSTER, ROSTER) == made()


@pytest.mark.parametrize("people", [("chair",), ("chair", "counsel"), ("counsel",)])
def test_one_alone_or_counsel_agree_to_nothing(people: tuple[str, ...]) -> None:
    act = act_for(made())
    with pytest.raises(InvalidSignature):
        texts.agreed(made().document, act, signatures(act, *people), ROSTER, ROSTER)


def test_other_texts_under_the_same_signatures_are_refused() -> None:
    """Attack: a server that swaps the text."""
    act = act_for(made())
    signed = signatures(act, "chair", "member-1")
    other = made(about="Tell your manager.")
    for document in (other.document, made(name=None).document):
        with pytest.raises(InvalidSignature):
            texts.agreed(document, act, signed, ROSTER, ROSTER)


@pytest.mark.parametrize(
    ("subject", "name", "lang"),
    [("texts/de", "change-texts", "en"), ("texts/en", "approve", "en"),
     ("texts/en", "change-texts", "de")],
)  # fmt: skip
def test_an_act_about_something_else_agrees_to_no_texts(subject: str, name: str, lang: str) -> None:
    """Attack: a signature for one thing, shown for another."""
    act = acts.make(name, subject=subject, text=made().hash, lang=lang)
    with pytest.raises(CryptoError):
        texts.agreed(made().document, act, signatures(act, "chair", "member-1"), ROSTER, ROSTER)


def test_people_who_have_left_or_have_another_key_agree_to_nothing_any_more() -> None:
    act = act_for(made())
    signed = signatures(act, "chair", "member-1")
    readers = committee.roster_fields()["readers"]
    assert isinstance(readers, list)
    gone = committee.next_roster(ROSTER, readers=[r for r in readers if r["id"] != "member-1"])
    key = strict.to_b64(signing.verify_key(committee.signing_seed("another")))
    changed = [{**r, "verify_key": key} if r["id"] == "member-1" else r for r in readers]
    replaced = committee.next_roster(ROSTER, readers=changed)
    same = committee.next_roster(ROSTER)
    assert texts.agreed(made().document, act, signed, ROSTER, same)
    for current in (gone, replaced):
        with pytest.raises(InvalidSignature):
            texts.agreed(made().document, act, signed, ROSTER, current)


def test_a_forged_signature_agrees_to_nothing() -> None:
    act = act_for(made())
    forged = act_format.signatures_document(
        act_format.sign(act, person, committee.signing_seed("chair"))
        for person in ("chair", "member-1")
    )
    with pytest.raises(InvalidSignature):
        texts.agreed(made().document, act, forged, ROSTER, ROSTER)


def test_the_document_says_what_it_is() -> None:
    assert json.loads(made().document)["kind"] == "texts"
