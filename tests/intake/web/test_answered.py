"""The same form again after its deposit has left: answered as before, and nothing is stored."""

import pytest
from sqlalchemy import insert, update

from crypto import age
from crypto.receipt import ReceiptCode
from crypto.recipient import throwaway
from intake import drop
from intake.answered import ROOM, keep_answer, name_and_key
from intake.schema import answered, deposits
from intake.sealing import Form
from tests import committee
from tests.intake.house import House, code_in
from tests.intake.web.test_keeping import offered
from tests.intake.web.test_sealed import SECRET, follow_up, form, post, put_slice, submission

pytestmark = pytest.mark.stores


def leave(house: House) -> None:
    """All deposits have been collected, and leave."""
    ids = [each.id for each in house.deposits()]
    with drop.writing(house.engine) as connection:
        drop.mark_collected(connection, ids)
    for each in ids:
        gone = False
        while not gone:
            with drop.writing(house.engine) as connection:
                gone = drop.remove_collected(connection, each)
    assert house.rows()["deposits"] == house.rows()["slices"] == house.rows()["uploads"] == []


def test_the_same_form_after_its_deposit_has_left_shows_the_same_code_and_stores_nothing(
    house: House,
) -> None:
    token = house.token()
    first = house.send([("a.txt", b"x")], token=token)
    leave(house)
    before = house.rows()
    again = house.send([("a.txt", b"x")], token=token)
    assert again.status_code == 200
    assert code_in(again) == code_in(first)
    assert "This form had already arrived" in again.text
    assert offered(again) == offered(first)[:1] != []
    assert house.rows() == before


def test_the_same_addition_after_it_has_left_is_not_added_again(house: House) -> None:
    code = house.submit()
    token = house.token("/follow-up")
    first = house.follow(code, token=token, text="One thing more.")
    assert "had already" not in first.text
    leave(house)
    # Another has come since, so that the mailbox's newest is not this one.
    assert "had already" not in house.follow(code, text="And another.").text
    leave(house)
    before = house.rows()
    again = house.follow(code, token=token, text="One thing more.")
    assert again.status_code == 200
    assert "had already" in again.text
    assert offered(again)[0] == offered(first)[0]
    assert house.rows() == before
    assert house.mailbox(code).head_n == 3


def test_what_a_script_sends_again_after_it_has_left_is_answered_with_the_same_statement(
    house: House,
) -> None:
    put_slice(house, 0)
    fields = {**submission(form()), "upload": SECRET, "slices": "1"}
    first = post(house, "submissions", fields)
    addition = follow_up(house, form())
    more = post(house, "follow-ups", {**addition, "token": "cd" * 15})
    assert (first.status_code, more.status_code) == (201, 201)
    leave(house)
    before = house.rows()
    other = {"upload": "ab" * 16, "index": "0", "envelope": age.seal(bytes(65536), [throwaway()])}
    for upload in (SECRET, "ab" * 16):
        post(house, "slices", {**other, "upload": upload})
        again = post(house, "submissions", {**fields, "upload": upload})
        assert (again.status_code, again.data) == (200, first.data)
    again = post(house, "follow-ups", {**addition, "token": "cd" * 15})
    assert (again.status_code, again.data) == (200, more.data)
    assert house.rows() == before


def test_what_is_left_of_a_deposit_says_nothing_without_the_form(house: House) -> None:
    """Attack: telling from what stays whose it was, of which day, and how many were signed."""
    signed, unsigned = house.send(token="ab" * 15), house.send(token="cd" * 15)
    before = house.rows()["deposits"]
    with drop.writing(house.engine) as connection:
        there = deposits.c.once == form_once("cd")
        assert connection.execute(update(deposits).where(there).values(statement=None)).rowcount
    leave(house)
    rows = house.rows()["answered"]
    assert len(rows) == 2
    assert len({len(sealed) for _name, sealed, _mailbox in rows}) == 1
    # How many forms a mailbox has had, its own row says as well.
    assert {mailbox for _name, _sealed, mailbox in rows} == {row[2] for row in before}
    kept = repr([(name, sealed) for name, sealed, _mailbox in rows])
    for row in before:
        for value in row:
            if isinstance(value, str | bytes) and len(value) > 10:
                assert repr(value)[2:-1] not in kept
    assert offered(house.send(token="ab" * 15)) == offered(signed)[:1]
    assert code_in(house.send(token="cd" * 15)) == code_in(unsigned)
    assert offered(house.send(token="cd" * 15)) == []


def form_once(letters: str) -> str:
    """By what the form with this token counts once."""
    token = bytes.fromhex(letters * 15)
    code = ReceiptCode.from_form_token(token, committee.INSTALLATION)
    return Form(token, code, committee.INSTALLATION).once


def test_what_a_taken_over_host_wrote_keeps_no_deposit_from_leaving(house: House) -> None:
    once = "7" * 64
    name, _key = name_and_key(once)
    with drop.writing(house.engine) as connection:
        for odd in (None, 7, "not a hash", "A" * 64):
            keep_answer(connection, "b" * 64, odd, b"{}")
        assert not house.rows()["answered"]
        keep_answer(connection, "b" * 64, once, bytes(ROOM + 1))
        keep_answer(connection, "b" * 64, once, b"another")
        assert drop.arrived(connection, once) == drop.Receipt(drop.Outcome.ALREADY)
        connection.execute(update(answered).values(sealed=b"noise"))
        assert drop.arrived(connection, once) == drop.Receipt(drop.Outcome.ALREADY)
        other = "8" * 64
        connection.execute(insert(answered).values(id=name_and_key(other)[0], sealed=bytes(600)))
        assert drop.arrived(connection, other) == drop.Receipt(drop.Outcome.ALREADY)
    assert [row[0] for row in house.rows()["answered"]] == sorted([name, name_and_key(other)[0]])
