"""So many seal and store at a time, and whoever waits too long is told."""

import threading
from pathlib import Path

import pytest
from sqlalchemy.exc import TimeoutError as WaitedTooLong

from intake.web.parts import EXTENSION, Parts
from intake.web.turns import TURNS, Turns
from tests.intake.house import House


def test_no_more_have_a_turn_than_there_are() -> None:
    turns, here, most = Turns(2, patience=120.0), threading.Semaphore(0), 0
    now, lock = 0, threading.Lock()

    def take() -> None:
        nonlocal now, most
        with turns.one():
            with lock:
                now += 1
                most = max(most, now)
            here.acquire(timeout=60)
            with lock:
                now -= 1

    threads = [threading.Thread(target=take) for _ in range(8)]
    for each in threads:
        each.start()
    here.release(8)
    for each in threads:
        each.join(60)
    assert (now, 1 <= most <= 2) == (0, True)


def test_a_turn_is_given_back_whatever_happens_in_it() -> None:
    turns = Turns(1, patience=0.0)
    with pytest.raises(ZeroDivisionError), turns.one():
        raise ZeroDivisionError
    with turns.one(), pytest.raises(WaitedTooLong), turns.one():
        pass
    with turns.one():
        pass


@pytest.mark.stores
def test_without_a_turn_nothing_is_stored_and_the_text_comes_back(tmp_path: Path) -> None:
    house = House(tmp_path)
    parts: Parts = house.app.extensions[EXTENSION]
    parts.turns._patience = 0.0
    token = house.token()
    for _ in range(TURNS):
        assert parts.turns._free.acquire(blocking=False)
    answer = house.send(token=token, what="What was seen in June.")
    assert answer.status_code == 503
    assert "What was seen in June." in answer.text
    assert house.deposits() == []
    for _ in range(TURNS):
        parts.turns._free.release()
    # The same form counts once, whenever it gets through.
    house.submit(token=token, what="What was seen in June.")
    assert len(house.deposits()) == 1
