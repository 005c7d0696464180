"""No roster, one that cannot be read, one put back, or its memory spoilt: nothing goes to nobody.

Each is met at the front door, while the service runs; when a good roster is there again, the same
form arrives without anybody starting anything anew.
"""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import delete, text, update

from intake import drop
from intake.schema import rosters
from tests import committee
from tests.intake.closed import TOKEN, WORDS, check_closed, check_told
from tests.intake.house import House, code_in, epoch_file

pytestmark = pytest.mark.stores


def none(house: House) -> None:
    with drop.writing(house.engine) as connection:
        connection.execute(delete(rosters))


def documents(change: Callable[[bytes], bytes]) -> Callable[[House], None]:
    def spoil(house: House) -> None:
        with drop.writing(house.engine) as connection:
            document = change(house.roster.document)
            connection.execute(update(rosters).values(document=document))

    return spoil


def put_back(house: House) -> None:
    first = house.roster
    house.publish(committee.next_roster(first))
    assert house.client.get("/form").status_code == 200
    with drop.writing(house.engine) as connection:
        connection.execute(text("DELETE FROM rosters WHERE epoch = 2"))
    house.roster = first


def memory(house: House) -> None:
    Path(epoch_file(house.url)).write_text("what is this\n")


SPOILT = {
    "none": none,
    "empty": documents(lambda _document: b""),
    "cut off": documents(lambda document: document[: len(document) // 2]),
    "noise": documents(lambda document: bytes(len(document))),
    "changed": documents(lambda document: document.replace(b"Ada", b"Eve")),
    "put back": put_back,
    "its number spoilt": memory,
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_without_a_good_roster_nothing_is_stored_and_the_words_come_back(
    house: House, spoil: Callable[[House], None], caplog: pytest.LogCaptureFixture
) -> None:
    code = house.submit()
    spoil(house)
    before = house.rows()
    check_closed(house, [("a.txt", b"x")])
    check_told(house.follow(code, [("a.txt", b"x")], token=TOKEN, text=WORDS))
    assert house.rows() == before
    assert WORDS not in caplog.text
    assert code not in caplog.text


def test_when_a_roster_is_there_again_the_same_form_arrives(house: House) -> None:
    good = house.roster
    none(house)
    assert house.send(token=TOKEN, what=WORDS).status_code == 503
    house.publish(good)
    assert code_in(house.send(token=TOKEN, what=WORDS))
    assert len(house.deposits()) == 1
