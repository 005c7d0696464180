"""Sending the form without scripts: taken in whole, or given back whole."""

import re
import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from werkzeug.test import TestResponse

from crypto import age
from crypto.case import open_grant
from crypto.identity import Identity
from intake import drop
from intake.web import receiving
from intake.web.receiving import TOO_FEW
from tests import committee
from tests.intake.house import MULTIPART, File, House, code_in, multipart

pytestmark = pytest.mark.stores

FULL: dict[str, Any] = {
    "what": "The numbers <b>for</b> June were moved.\r\nTwice.",
    "when": "June",
    "where": "Accounts",
    "who": "Two people",
    "how": "I saw it",
    "ongoing": "yes",
    "told": "Nobody",
    "hope": "That it stops",
    "kind": "complaint",
    "relation": "employee",
    "reply_wanted": "no",
}


def test_what_was_written_reaches_the_reader(house: House) -> None:
    house.submit(**FULL)
    (found,) = house.opened("member-1")
    expected = {**FULL, "what": FULL["what"].replace("\r\n", "\n"), "reply_wanted": False}
    assert dict(found.body) == expected
    assert (found.kind, found.sealed_in, found.attachments) == ("submission", "server", ())


def test_the_receipt_page_shows_a_code_that_opens_the_mailbox(house: House) -> None:
    code = house.submit()
    assert house.mailbox(code).head_n == 1
    assert code not in house.client.get("/follow-up").text


def test_the_receipt_page_says_what_to_do_and_when_to_come_back(house: House) -> None:
    page = re.sub(r"<details.*?</details>", "", house.send().text, flags=re.S)
    for words in ("Write it down", "shown only once", "Come back in a week", "three months"):
        assert words in page
    for tempting in ("download", "print", "qr", "e-mail", "email"):
        assert not re.search(rf"\b{tempting}\b", page.lower())
    assert "straight to the SEC" in page


def test_files_reach_the_reader_as_they_were(house: House) -> None:
    contents: list[File] = [
        ("list.txt", b"a,b\n", "text/csv"),
        ("photo.png", bytes(range(256)) * 9000),
    ]
    house.submit(files=contents)
    (deposit,) = house.deposits()
    (found,) = house.opened("chair")
    assert deposit.grant is not None
    assert deposit.upload_id is not None
    seed = open_grant(deposit.grant, committee.identity("chair"))
    with drop.reading(house.engine) as connection:
        envelopes = dict(drop.slice_envelopes(connection, deposit.upload_id))
    for attachment, content in zip(found.attachments, contents, strict=True):
        slices = [
            age.open_sealed(envelopes[attachment.first + n], [Identity.from_seed(seed)])
            for n in range(attachment.count)
        ]
        assert b"".join(attachment.content(slices)) == content[1]
        assert attachment.name == content[0]


def test_an_empty_file_field_is_no_file(house: House) -> None:
    house.submit(files=[("", b"")])
    assert house.opened("chair")[0].attachments == ()


def refused(house: House, status: int, **fields: Any) -> TestResponse:
    """The answer to a form that is given back, with nothing stored and no code."""
    before = house.rows()
    files = fields.pop("files", ())
    answer = house.send(files, **{**FULL, **fields})
    assert answer.status_code == status
    assert house.rows() == before
    assert "Nothing was sent" in answer.text
    assert "data-receipt-code>\n" not in answer.text
    return answer


def kept(answer: TestResponse) -> None:
    """Check that what was typed, ticked and chosen came back in the form."""
    page = answer.text
    assert "The numbers &lt;b&gt;for&lt;/b&gt; June were moved." in page
    for words in ("June", "Accounts", "Two people", "I saw it", "Nobody", "That it stops"):
        assert f"\n{words}</textarea>" in page
    for name, value in (("ongoing", "yes"), ("kind", "complaint"), ("relation", "employee")):
        assert f'name="{name}" value="{value}" checked' in page
    assert 'name="reply_wanted" value="no" checked' in page


def test_a_form_without_what_happened_comes_back_with_the_rest(house: House) -> None:
    answer = refused(house, 422, what="  ")
    assert '<a href="#what">Please tell us what happened.' in answer.text
    assert 'id="what-wrong"' in answer.text
    assert 'aria-invalid="true"' in answer.text


def test_leaving_out_too_many_is_told_before_anything_is_sealed(house: House) -> None:
    everybody = [reader[0] for reader in committee.READERS]
    answer = refused(house, 422, excluded=everybody)
    kept(answer)
    assert TOO_FEW.replace("’", "&#39;") in answer.text
    for person in everybody:
        assert f'value="{person}" checked' in answer.text


def test_counsel_reads_when_too_few_others_can(house: House) -> None:
    house.submit(excluded=["chair", "member-1", "member-2"])
    assert house.opened("counsel")[0].excluded == ("chair", "member-1", "member-2")


def test_a_changed_roster_gives_the_text_back_with_the_new_people(house: House) -> None:
    token, old = house.token(), house.roster
    listed = [{"id": "new", "title": "Director", "name": "Nora New"}]
    house.publish(committee.next_roster(old, listed=listed))
    answer = refused(house, 409, token=token, roster=old.hash)
    kept(answer)
    assert "The people who can read this have changed. Please look again." in answer.text
    assert "Nora New" in answer.text
    assert house.roster.hash in answer.text
    assert token not in answer.text


def test_a_file_too_big_gives_the_text_back_and_names_the_files(tmp_path_factory: Any) -> None:
    house = House(tmp_path_factory.mktemp("small"), INTAKE_MAX_FILE_BYTES="1000000")
    big = [("first.txt", b"x"), ("big.bin", b"x" * 1_500_000), ("after.txt", b"x")]
    answer = refused(house, 413, files=big)
    kept(answer)
    assert "“big.bin” is bigger than" in answer.text
    for name in ("first.txt", "big.bin", "after.txt"):
        assert f"<li>{name}</li>" in answer.text
    house.engine.dispose()


def test_too_many_files_give_the_text_back(tmp_path_factory: Any) -> None:
    house = House(tmp_path_factory.mktemp("few"), INTAKE_MAX_FILES="1")
    kept(refused(house, 413, files=[("a.txt", b"x"), ("b.txt", b"x")]))
    house.engine.dispose()


def test_a_text_too_long_comes_back(house: House) -> None:
    answer = refused(house, 422, what="words " * 12_000)
    assert "too long by about" in answer.text
    assert "words words" in answer.text


def test_a_form_that_breaks_off_stores_nothing(house: House) -> None:
    before = house.rows()
    fields = [("token", house.token()), ("roster", house.roster.hash), ("what", "x")]
    whole = multipart(fields, [("a", bytes(3 << 20))])
    answer = house.client.post("/form", data=whole[: 2 << 20], content_type=MULTIPART)
    assert answer.status_code == 400
    assert house.rows() == before


@pytest.mark.parametrize("what", ["first words", "other words"])
def test_the_same_form_again_shows_the_same_code_and_stores_nothing(
    house: House, what: str
) -> None:
    token = house.token()
    first = house.send(token=token, what="first words")
    before = house.rows()
    again = house.send([("a.txt", b"x")], token=token, what=what)
    assert again.status_code == 200
    assert code_in(again) == code_in(first)
    assert "This form had already arrived" in again.text
    assert "add it as a follow-up" in again.text
    assert "had already arrived" not in first.text
    assert house.rows() == before


def test_the_same_form_from_two_connections_at_once_counts_once(house: House) -> None:
    token = house.token()
    answers: list[TestResponse] = []

    def send() -> None:
        body = multipart([("token", token), ("roster", house.roster.hash), ("what", "x")])
        client = house.app.test_client()
        answers.append(client.post("/form", data=body, content_type=MULTIPART))

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} == {200}
    assert len({code_in(answer) for answer in answers}) == 1
    assert len(house.deposits()) == 1


def test_two_forms_have_two_codes(house: House) -> None:
    assert house.submit() != house.submit()


@pytest.mark.sqlite("a full disk is a trigger of SQLite here")
def test_a_full_disk_gives_the_text_back(house: House) -> None:
    with drop.writing(house.engine) as connection:
        connection.execute(
            text(
                "CREATE TRIGGER full BEFORE INSERT ON deposits "
                "BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"
            )
        )
    answer = refused(house, 503, files=[("a.txt", b"x")])
    kept(answer)
    assert "a.txt" in answer.text


def test_without_a_roster_the_words_can_still_be_copied(house: House) -> None:
    token, roster = house.token(), house.roster.hash
    with drop.writing(house.engine) as connection:
        connection.execute(text("DELETE FROM rosters"))
    answer = house.send(token=token, roster=roster, **FULL)
    assert answer.status_code == 503
    assert "Nothing was sent" in answer.text
    assert "The numbers &lt;b&gt;for&lt;/b&gt; June were moved." in answer.text
    assert "That it stops" in answer.text
    assert house.rows()["deposits"] == []


@pytest.mark.parametrize(
    ("status", "fields"),
    [
        (400, {"broken": True}),
        (409, {"roster": "0" * 64}),
        (413, {"files": [("a.bin", bytes(2_000_000))]}),
        (422, {"what": " "}),
        (429, {"files": [("a.txt", b"x"), ("b.txt", b"x")]}),
    ],
    ids=str,
)
def test_a_token_that_somebody_else_chose_does_not_survive_a_refusal(
    tmp_path: Path, status: int, fields: dict[str, Any]
) -> None:
    """Attack 23: whoever put the token into the page could work the receipt code out of it."""
    house = House(tmp_path, INTAKE_MAX_FILE_BYTES="1000000", INTAKE_BUDGET_SLICES="1/hour")
    # A copy: the same parameters come once for each database.
    chosen, fields = "ab" * 15, dict(fields)
    if fields.pop("broken", False):
        values = [("token", chosen), ("roster", house.roster.hash), ("what", "x")]
        whole = multipart(values, [("a", bytes(70_000))])
        answer = house.client.post("/form", data=whole[:-9000], content_type=MULTIPART)
    else:
        answer = house.send(fields.pop("files", ()), **{"token": chosen, **fields})
    assert answer.status_code == status
    assert chosen not in answer.text
    assert re.search(r'name="token" value="[0-9a-f]{30}"', answer.text)
    house.engine.dispose()


def test_files_of_a_form_that_came_twice_at_once_are_kept_once(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, both = house.token(), threading.Barrier(2)
    real = receiving._seal

    def when_both_are_here(*arguments: Any) -> Any:
        both.wait(30)
        return real(*arguments)

    monkeypatch.setattr(receiving, "_seal", when_both_are_here)
    fields = [("token", token), ("roster", house.roster.hash), ("what", "x")]
    data = multipart(fields, [("a.txt", b"x")])
    statuses: list[int] = []

    def send() -> None:
        answer = house.app.test_client().post("/form", data=data, content_type=MULTIPART)
        statuses.append(answer.status_code)

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200, 200]
    assert len(house.rows()["uploads"]) == len(house.rows()["slices"]) == 1


def test_only_the_files_that_were_chosen_take_room_from_the_text(house: House) -> None:
    long = "words " * 9_000
    assert house.submit(what=long)
    answer = refused(house, 422, what=long, files=[("a.txt", b"x")])
    assert "too long by about" in answer.text
