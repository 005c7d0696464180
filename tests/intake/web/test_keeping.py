"""What the pages offer for keeping: the right files, in answers that say nothing by their size."""

import re
from typing import Any

import pytest
from sqlalchemy import text
from werkzeug.test import TestResponse

from crypto import kept, statement, strict
from crypto.receipt import ReceiptCode
from crypto.signing import verify_key
from intake import drop
from intake.web import receiving
from tests import committee
from tests.intake import recording
from tests.intake.house import House, code_in
from tests.intake.web.test_followup import STEP, UNKNOWN
from tests.intake.web.test_sealed import STEP as MAILBOX_STEP
from tests.intake.web.test_sealed import follow_up, form, post, read, submission

pytestmark = pytest.mark.stores

KEYS = [verify_key(committee.statement_seed())]
LINK = re.compile(r'<a download="([^"]+)" href="data:application/octet-stream;base64,([^"]*)"')


def offered(answer: TestResponse) -> list[tuple[str, bytes]]:
    """The files in the links of a page, in their order."""
    return [(name, strict.b64(data)) for name, data in LINK.findall(answer.text)]


def test_the_offer_is_closed_below_the_code_and_says_what_it_risks(house: House) -> None:
    page = house.send().text
    offer = page[page.index("<details") : page.index("</details>")]
    assert page.index("data-receipt-code") < page.index("you can close this page")
    assert page.index("you can close this page") < page.index("<details")
    assert "open" not in offer[: offer.index(">")]
    assert "You do not need this to come back: the code is enough." in offer
    assert "whoever finds it can show that you wrote to us" in offer
    assert page.count("<details") == 1


def test_the_files_are_the_statement_and_the_words_and_hold_no_code(house: House) -> None:
    answer = house.send(what="The numbers for June were moved.")
    code = code_in(answer)
    (deposit,) = house.deposits()
    (first, stated), (second, words) = offered(answer)
    assert (first, second) == ("statement.json", "kept.json")
    received = recording.received(house, deposit)
    statement.verify(stated, KEYS).check_entry(received)
    found = kept.parse(words)
    received.check_text(found.nonce, found.text)
    raw = ReceiptCode.parse(code).raw
    for secret in (code.encode(), code.replace("-", "").encode(), raw, raw.hex().encode()):
        assert secret not in stated + words + found.text


def test_the_nonce_of_the_words_is_nowhere_but_in_the_answer(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    found = kept.parse(offered(house.send())[1][1])
    held = repr(house.rows()).encode() + b"".join(
        value
        for table in house.rows().values()
        for row in table
        for value in row
        if isinstance(value, bytes)
    )
    for secret in (found.nonce, found.nonce.hex().encode(), found.text[:40]):
        assert secret not in held
    assert caplog.messages == []


def test_the_same_form_again_offers_the_same_statement_and_no_words(house: House) -> None:
    token = house.token()
    first, again = house.send(token=token), house.send(token=token)
    assert "This form had already arrived" in again.text
    assert offered(again) == offered(first)[:1]
    assert "Your words can be saved only now" not in again.text


def test_of_two_forms_at_once_only_the_first_offers_words(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second one's words have another nonce than the one that is committed to."""
    token = house.token()
    first = house.send(token=token)
    monkeypatch.setattr(receiving, "arrived", lambda *_arguments: None)
    second = house.send(token=token)
    assert len(house.deposits()) == 1
    assert offered(second) == offered(first)[:1]


def test_an_addition_offers_its_own_statement_and_words(house: House) -> None:
    code = house.submit()
    (_, stated), (_, words) = offered(house.follow(code, text="One thing more."))[:2]
    _first, second = house.deposits()
    received = recording.received(house, second)
    statement.verify(stated, KEYS).check_entry(received)
    found = kept.parse(words)
    received.check_text(found.nonce, found.text)


def test_the_page_with_the_replies_offers_a_statement_until_there_is_a_proof(house: House) -> None:
    code = house.submit()
    (deposit,) = house.deposits()
    ((name, stated),) = offered(house.follow(code))
    assert name == "statement.json"
    statement.verify(stated, KEYS).check_entry(recording.received(house, deposit))
    (made,) = recording.record(house)
    answer = house.follow(code)
    assert offered(answer) == [("submission.tlog-proof", made)]
    assert "Recorded." in answer.text
    assert "Your first message, November 21, 2026." in answer.text
    house.follow(code, text="more")
    assert [name for name, _content in offered(house.follow(code))] == [
        "submission.tlog-proof",
        "statement.json",
    ]


def test_a_proof_that_does_not_fit_is_told_and_not_offered(house: House) -> None:
    code = house.submit()
    (deposit,) = house.deposits()
    recording.post(house, deposit, b"not a proof")
    answer = house.follow(code)
    assert offered(answer) == []
    assert "What is kept here for it could not be checked." in answer.text


def test_an_unknown_code_is_offered_nothing(house: House) -> None:
    house.submit()
    recording.record(house)
    answer = house.follow(UNKNOWN)
    assert offered(answer) == []
    assert "<details" not in re.sub(r"<template.*?</template>", "", answer.text, flags=re.S)


def test_every_answer_has_one_size_however_many_proofs_wait(house: House) -> None:
    code = house.submit()
    lookup = ReceiptCode.parse(code).keys(committee.INSTALLATION).lookup.hex()
    pages, answers = {len(house.follow(UNKNOWN).data)}, {len(read(house, "0" * 32).data)}
    for _ in range(4):
        pages.add(len(house.follow(code).data))
        answers.add(len(read(house, lookup).data))
        recording.record(house)
        pages.add(len(house.follow(code).data))
        answers.add(len(read(house, lookup).data))
        house.follow(code, text="more")
    assert pages == {STEP}
    assert answers == {2 * MAILBOX_STEP}


@pytest.mark.parametrize(
    "typed", ["short", "x" * 20_000, '\n\\"' * 6000, "Ä" * 20_000, "x" * 61_000]
)
def test_an_addition_and_a_refusal_of_it_are_equally_large(house: House, typed: str) -> None:
    """What is offered for keeping grows with what was typed; so does the room for it."""
    code = house.submit()
    for _ in range(2):
        added, refused = house.follow(code, text=typed), house.follow(UNKNOWN, text=typed)
        assert "What you added has arrived" in added.text
        assert len(added.data) == len(refused.data)


def test_a_script_gets_the_statement_in_one_size_for_a_new_and_a_known_form(house: House) -> None:
    fields = submission(form())
    new, known = post(house, "submissions", fields), post(house, "submissions", fields)
    assert (new.status_code, known.status_code) == (201, 200)
    assert new.data == known.data
    assert new.content_type == known.content_type == "application/octet-stream"
    more = {**follow_up(house, form()), "token": "ab" * 15}
    added, again = post(house, "follow-ups", more), post(house, "follow-ups", more)
    assert (added.status_code, again.status_code) == (201, 200)
    assert added.data == again.data != new.data
    assert len(added.data) == len(new.data)
    for answer, deposit in zip((new, added), house.deposits(), strict=True):
        received = recording.received(house, deposit)
        statement.verify(answer.data, KEYS).check_entry(received)


def test_a_deposit_of_before_there_were_statements_is_answered_with_nothing(house: House) -> None:
    fields = submission(form())
    post(house, "submissions", fields)
    with drop.writing(house.engine) as connection:
        connection.execute(text("UPDATE deposits SET nonce = NULL, statement = NULL"))
    assert post(house, "submissions", fields).data == b""
    token = house.token()
    code = code_in(house.send(token=token))
    with drop.writing(house.engine) as connection:
        connection.execute(text("UPDATE deposits SET nonce = NULL, statement = NULL"))
    again = house.send(token=token)
    assert code_in(again) == code
    assert "<details" not in again.text
    assert "Nothing can be saved for it yet." in house.follow(code).text


def test_the_mailbox_for_scripts_has_statement_and_sealed_proof(house: House) -> None:
    code = house.submit()
    recording.record(house)
    keys = ReceiptCode.parse(code).keys(committee.INSTALLATION)
    answer = read(house, keys.lookup.hex())
    size = int.from_bytes(answer.data[:4], "big")
    found: Any = strict.parse_canonical(answer.data[4 : 4 + size])
    (receipt,) = house.mailbox(code).receipts
    assert found["receipts"] == [
        {
            "n": 1,
            "proof": strict.to_b64(receipt.proof or b""),
            "statement": strict.to_b64(receipt.statement or b""),
        }
    ]
    # The roster that names the keeper of the ledger comes with it.
    assert list(found["rosters"]) == [house.roster.hash]


@pytest.mark.parametrize("fields", [{}, {"text": "my words"}])
def test_a_disposed_code_with_proofs_gets_the_bytes_of_an_unknown_one(
    house: House, fields: dict[str, Any]
) -> None:
    disposed, token = house.submit(), house.token()
    recording.record(house)
    with drop.writing(house.engine) as connection:
        connection.execute(text("DELETE FROM proofs"))
        connection.execute(text("DELETE FROM mailboxes"))
    pages = [house.follow(code, token=token, **fields).text for code in (disposed, UNKNOWN)]
    drawn = r'<!--\w+-->|"(token|price)" value="[\w-]+"'
    assert len({re.sub(drawn, "", page) for page in pages}) == 1
    lookups = [
        ReceiptCode.parse(code).keys(committee.INSTALLATION).lookup.hex()
        for code in (disposed, UNKNOWN)
    ]
    assert len({read(house, lookup).data for lookup in lookups}) == 1
