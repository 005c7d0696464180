"""The database locked, slow, moved away, put back or damaged while the service runs.

Nobody is shown a code for what is not kept, every page is a plain one with the words still in it,
and when the database is well again the same form arrives without anybody starting anything anew.
"""

import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import event
from werkzeug.test import TestResponse

from intake import database, drop
from review.store import database as book
from tests.browser.installation import Installation
from tests.intake.closed import TOKEN, WORDS
from tests.intake.house import House, code_in
from tests.intake.web.test_sealed import form, post, put_slice, read, submission

pytestmark = pytest.mark.sqlite("what happens to a file; test_server.py has a server")


def send(house: House) -> TestResponse:
    """A form with a file."""
    return house.send([("a.txt", b"x")], token=TOKEN, what=WORDS)


def check_refused(answer: TestResponse) -> None:
    """Fail unless the page says that nothing is there, gives the words back and shows no code."""
    assert answer.status_code == 503
    assert WORDS in answer.text
    assert "data-receipt-code>\n" not in answer.text
    assert "Traceback" not in answer.text


def check_arrives(house: House, before: int = 0) -> None:
    """Fail unless the same form arrives now, once, and is in the file that has the drop's name."""
    code = code_in(send(house))
    assert code_in(send(house)) == code
    again = drop.open_drop(house.url)
    with drop.reading(again) as connection:
        assert len(drop.waiting(connection, 10)) == before + 1
    again.dispose()


@pytest.fixture
def hasty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """A house whose connections wait a moment for a lock and no longer."""
    shortly = [each.replace("=10000", "=20") for each in database._PRAGMAS]
    monkeypatch.setattr(database, "_PRAGMAS", tuple(shortly))
    monkeypatch.setattr(database, "_PATIENCE", 0.02)
    made = House(tmp_path)
    yield made
    made.engine.dispose()


def file_of(house: House) -> Path:
    return database.file_of(house.url)


@pytest.fixture
def locked(hasty: House) -> Iterator[House]:
    """A house whose drop another program holds."""
    with closing(sqlite3.connect(file_of(hasty), isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield hasty


def test_while_another_program_holds_the_drop_the_words_come_back(locked: House) -> None:
    before = locked.rows()
    check_refused(send(locked))
    assert post(locked, "submissions", submission(form())).status_code == 503
    assert put_slice(locked, 0).status_code == 503
    # What only reads goes on.
    assert locked.client.get("/form").status_code == 200
    assert read(locked, "0" * 32).status_code == 200
    assert locked.rows() == before


def test_when_the_drop_is_let_go_the_same_form_arrives(hasty: House) -> None:
    with closing(sqlite3.connect(file_of(hasty), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        check_refused(send(hasty))
    check_arrives(hasty)


def test_a_follow_up_to_a_locked_drop_comes_back_with_its_words(hasty: House) -> None:
    code = hasty.submit()
    with closing(sqlite3.connect(file_of(hasty), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        check_refused(hasty.follow(code, token=TOKEN, text=WORDS))
    assert "has arrived" in hasty.follow(code, token=TOKEN, text=WORDS).text
    assert len(hasty.deposits()) == 2


def test_nobody_waits_in_line_for_ever(hasty: House) -> None:
    """Attack: one writer that never ends, and every thread of the service behind it."""
    with database._writer:
        check_refused(send(hasty))
    check_arrives(hasty)


def test_a_drop_that_is_slow_is_waited_for(house: House) -> None:
    waiting = threading.Event()

    def begun(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement == "BEGIN IMMEDIATE":
            waiting.set()

    event.listen(house.app.extensions["intake"].engine, "before_cursor_execute", begun)
    answers: list[TestResponse] = []
    with closing(sqlite3.connect(file_of(house), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        thread = threading.Thread(target=lambda: answers.append(send(house)))
        thread.start()
        assert waiting.wait(60)
        other.execute("COMMIT")
        thread.join()
    assert code_in(answers[0])


def moved(house: House) -> Path:
    """Move the drop away as an operator does who puts a copy back; where it is now."""
    aside = file_of(house).with_name("aside")
    aside.mkdir()
    for path in file_of(house).parent.glob("drop.db*"):
        path.rename(aside / path.name)
    return aside / file_of(house).name


def copy(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)
        new.execute("PRAGMA journal_mode=WAL")


def test_a_drop_that_was_moved_away_takes_nothing_in(house: House) -> None:
    """Attack on ourselves: receipts for what is written into a file that has no name any more."""
    assert house.client.get("/form").status_code == 200
    house.submit()
    aside = moved(house)
    check_refused(send(house))
    assert post(house, "submissions", submission(form())).status_code == 503
    assert house.client.get("/form").status_code == 503
    assert not file_of(house).exists()
    copy(aside, file_of(house))
    check_arrives(house, before=1)


def test_a_drop_that_was_put_back_is_the_one_that_takes_in(house: House) -> None:
    house.submit()
    aside = moved(house)
    copy(aside, file_of(house))
    check_arrives(house, before=1)


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "emptied": lambda data: b"",
    "cut off": lambda data: data[:4096],
    "overwritten": lambda data: bytes(len(data)),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_drop_takes_nothing_in_and_gives_the_words_back(
    house: House, damage: Callable[[bytes], bytes]
) -> None:
    aside = moved(house)
    copy(aside, file_of(house))
    good = file_of(house).read_bytes()
    spoilt = file_of(house).with_name("spoilt")
    spoilt.write_bytes(damage(good))
    spoilt.replace(file_of(house))
    check_refused(send(house))
    assert house.client.get("/form").status_code == 503
    for path in file_of(house).parent.glob("drop.db-*"):
        path.unlink()
    file_of(house).unlink()
    copy(aside, file_of(house))
    check_arrives(house)


def test_a_book_that_was_put_back_is_the_one_that_is_written(installation: Installation) -> None:
    path = installation.folder / "book.db"
    with book.writing(installation.book) as connection:
        connection.exec_driver_sql("CREATE TABLE mark (n INTEGER)")
    old, new = path.with_name("old.db"), path.with_name("new.db")
    installation.book.dispose()
    with book.reading(installation.book) as connection:
        connection.exec_driver_sql("SELECT * FROM mark")
    shutil.copy(path, old)
    copy(path, new)
    new.replace(path)
    with book.writing(installation.book) as connection:
        connection.exec_driver_sql("INSERT INTO mark VALUES (1)")
    installation.book.dispose()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT n FROM mark").fetchall() == [(1,)]
    with closing(sqlite3.connect(old)) as connection:
        assert connection.execute("SELECT n FROM mark").fetchall() == []
