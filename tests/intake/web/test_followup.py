"""Coming back without scripts: the right mailbox for the right code, and one size for all."""

import re
from typing import Any

import pytest
from sqlalchemy import text

from crypto import case, signing, strict
from crypto.receipt import ReceiptCode
from intake import drop
from intake.web.followup import LOOKS_LIKE
from tests import committee
from tests.intake.house import MARK, MULTIPART, House, multipart, without_comments
from tests.intake.web.test_sealed import form, post, submission

pytestmark = pytest.mark.stores

STEP = 131072
UNKNOWN = ReceiptCode(bytes(range(15))).text


def test_a_reply_is_read_with_the_code(house: House) -> None:
    code = house.submit()
    first = house.letter(code, text="Thank you.\n<b>When</b> was it?")
    state = house.letter(code, first, kind="state", state="asked", next_on="2027-01-15")
    house.leave(code, first, state)
    page = house.follow(code).text
    assert "Thank you.\n&lt;b&gt;When&lt;/b&gt; was it?" in page
    assert "The committee has a question for you." in page
    assert "January 15, 2027" in page
    assert "Chair of the audit committee" in page


def test_without_a_reply_the_page_says_when_to_come_back(house: House) -> None:
    page = house.follow(house.submit()).text
    assert "There is no reply yet. Please look again in a week." in page


def test_the_code_may_be_typed_as_people_type(house: House) -> None:
    code = house.submit()
    for typed in (code.lower(), code.replace("-", " "), f" {code.replace('0', 'O')} "):
        assert "From the committee</h2>\n<p><strong>" in house.follow(typed).text


def test_the_code_comes_back_in_no_answer(house: House) -> None:
    code = house.submit()
    answers: list[dict[str, Any]] = [{}, {"text": "more"}, {"text": " "}]
    for fields in answers:
        page = house.follow(code, **fields).text
        assert code not in page
        assert code.replace("-", "") not in page


@pytest.mark.parametrize(
    ("code", "help_"), [("7KQ2M", "length"), (UNKNOWN[:-1] + "A", "character"), ("", "length")]
)
def test_a_code_that_cannot_be_one_is_told_before_any_look_up(
    house: House, code: str, help_: str
) -> None:
    answer = house.follow(code, text="my words")
    assert answer.status_code == 422
    assert LOOKS_LIKE[help_] in answer.text
    assert "my words</textarea>" in answer.text
    assert len(answer.data) % STEP == 0


def test_what_is_added_reaches_the_readers_of_the_case(house: House) -> None:
    code = house.submit(excluded=["chair"])
    answer = house.follow(code, [("b.txt", b"bytes")], text="In June.\r\nOr July.")
    assert "What you added has arrived." in answer.text
    submission, added = house.opened("member-1")
    assert added.body["text"] == "In June.\nOr July."
    assert (added.kind, added.place.previous) == ("follow-up", submission.digest)
    assert [each.name for each in added.attachments] == ["b.txt"]
    assert submission.submitter_key is not None
    added.check(submission.submitter_key)


def test_what_was_added_is_not_shown_again(house: House) -> None:
    assert "In June." not in house.follow(house.submit(), text="In June.").text


def test_the_same_addition_again_stores_nothing(house: House) -> None:
    code, token = house.submit(), house.token("/follow-up")
    house.follow(code, token=token, text="In June.")
    before = house.rows()
    again = house.follow(code, token=token, text="In July.")
    assert "What you wrote now was not added." in again.text
    assert "had already arrived" in again.text
    assert "In July.</textarea>" in again.text
    assert token not in again.text
    assert house.rows() == before
    (fresh,) = re.findall(r'name="token" value="([0-9a-f]{30})"', again.text)
    added = house.follow(code, token=fresh, text="In July.")
    assert "What you added has arrived." in added.text
    assert [each.body["text"] for each in house.opened("chair")[1:]] == ["In June.", "In July."]


def test_reading_keeps_what_was_typed_so_far(house: House) -> None:
    code, token = house.submit(), house.token("/follow-up")
    page = house.follow(code, [("a.txt", b"x")], token=token, act="read", text="half a senten").text
    assert "half a senten</textarea>" in page
    assert token not in page
    assert len(house.deposits()) == 1


@pytest.mark.parametrize("typed", ["<" * 20_000, "x" * 70_000, ""], ids=["marks", "long", "none"])
def test_what_was_typed_makes_all_answers_equally_large(house: House, typed: str) -> None:
    """Attack 9: an answer that shows the text again is not told from one that does not."""
    known, empty = house.submit(), house.submit()
    house.leave(known, house.letter(known, text="A reply. " * 300))
    for act in ("read", "send"):
        pages = [house.follow(code, act=act, text=typed) for code in (known, empty, UNKNOWN)]
        assert len({len(page.data) for page in pages}) == 1
        if act == "send" and not typed:
            assert {page.status_code for page in pages} == {422}


def test_a_deposit_with_anothers_key_rings_no_alarm(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    """Anybody can deposit for a code of their own with some other key."""
    fields = submission(form())
    stranger = committee.seed("a stranger")
    record = case.sign_mailbox(committee.INSTALLATION, form().mailbox_id, fields["case"], stranger)
    fields["case_signature"] = record.signature
    fields["submitter_key"] = strict.to_b64(signing.verify_key(stranger))
    assert post(house, "submissions", fields).status_code == 201
    assert "is not as you left it" in house.follow(form().code.text).text
    assert caplog.messages == []


def test_several_additions_stand_one_after_the_other(house: House) -> None:
    code = house.submit()
    for number in range(3):
        house.follow(code, text=f"number {number}")
    assert [each.place.n for each in house.opened("chair")] == [1, 2, 3, 4]


def test_an_empty_addition_is_not_sent(house: House) -> None:
    code = house.submit()
    before = house.rows()
    answer = house.follow(code, text=" ")
    assert answer.status_code == 422
    assert "Please write what you want to add." in answer.text
    assert house.rows() == before


def test_a_button_after_the_files_means_sending(house: House) -> None:
    code = house.submit()
    fields = [("token", house.token()), ("code", code), ("text", "x")]
    files, button = multipart(fields, [("a", b"x")]), multipart([("act", "send")])
    body = files.removesuffix(f"--{MARK}--\r\n".encode()) + button
    answer = house.client.post("/follow-up", data=body, content_type=MULTIPART)
    assert "What you added has arrived." in answer.text


@pytest.mark.parametrize("fields", [{}, {"text": "my words"}])
def test_unknown_and_disposed_codes_get_the_same_bytes(
    house: House, fields: dict[str, Any]
) -> None:
    disposed, token = house.submit(), house.token()
    with drop.writing(house.engine) as connection:
        connection.execute(text("DELETE FROM mailboxes"))
    pages = [
        house.follow(code, token=token, **fields)
        for code in (disposed, UNKNOWN, ReceiptCode.draw().text)
    ]
    assert {page.status_code for page in pages} == {200}
    shown = {
        re.sub(rb'"(token|price)" value="[\w-]+"', b"", without_comments(each.data))
        for each in pages
    }
    assert len(shown) == 1
    assert "This code does not open anything here." in pages[0].text
    assert {tuple(page.headers) for page in pages} == {tuple(pages[0].headers)}


def test_every_answer_has_one_size_whether_or_not_a_reply_waits(house: House) -> None:
    waiting, empty = house.submit(), house.submit()
    house.leave(waiting, house.letter(waiting, text="A reply. " * 300))
    pages = [house.follow(code) for code in (waiting, empty, UNKNOWN)]
    assert {len(page.data) for page in pages} == {STEP}
    assert len(house.client.get("/follow-up").data) == STEP


def test_a_very_long_mailbox_takes_another_step(house: House) -> None:
    code = house.submit()
    before = None
    for _ in range(3):
        letter = house.letter(code, before, text="A reply. " * 5000)
        house.leave(code, letter)
        before = letter
    assert len(house.follow(code).data) == 2 * STEP


def test_the_filling_is_random_and_ends_where_it_should(house: House) -> None:
    first, second = (house.client.get("/follow-up").text for _ in range(2))
    fillings = [page[page.rindex("<!--") :] for page in (first, second)]
    assert fillings[0] != fillings[1]
    assert all(filling.endswith("-->\n") and filling.count("--") == 2 for filling in fillings)


def test_a_letter_that_cannot_be_believed_is_told(house: House) -> None:
    code = house.submit()
    first = house.letter(code, text="Never delivered.")
    house.leave(code, house.letter(code, first, text="Second."))
    assert "One message could not be checked" in house.follow(code).text


def test_a_mailbox_that_somebody_changed_is_not_opened(house: House) -> None:
    code = house.submit()
    with drop.writing(house.engine) as connection:
        connection.execute(text("UPDATE mailboxes SET case_recipient = 'age1pq1other'"))
    before = house.rows()
    answer = house.follow(code, text="my words")
    assert answer.status_code == 503
    assert "is not as you left it" in answer.text
    assert house.rows() == before
