"""The key of the limits: one for all workers, in no file, and for a day."""

import multiprocessing
import os
import threading

import pytest

from intake.web.daykey import LIFE, DayKey

# Newer Pythons warn of threads that a forked process does not have; the child here needs none.
FORKS = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_the_same_value_has_the_same_name_for_a_day_and_another_one_after() -> None:
    clock = Clock()
    key = DayKey(clock)
    first = key.mac("form", b"token")
    clock.now += LIFE - 1
    assert key.mac("form", b"token") == first
    clock.now += 1
    assert key.mac("form", b"token") != first


def test_after_a_day_the_old_key_is_nowhere_in_the_memory_that_held_it() -> None:
    clock, drawn = Clock(), iter([b"\1" * 32, b"\2" * 32])
    key = DayKey(clock, lambda _size: next(drawn))
    assert b"\1" * 32 in key._memory[:]
    clock.now += LIFE
    # Whether or not anybody comes: a worker looks once a second.
    key.turn()
    assert b"\1" * 8 not in key._memory[:]
    assert b"\2" * 32 in key._memory[:]


def test_two_installations_give_one_value_two_names() -> None:
    assert DayKey().mac("form", b"token") != DayKey().mac("form", b"token")


def test_values_and_kinds_cannot_run_into_each_other() -> None:
    key = DayKey()
    names = {
        key.mac("form", b"ab", b"c"),
        key.mac("form", b"a", b"bc"),
        key.mac("form", b"abc"),
        key.mac("forma", b"bc"),
        key.mac("mailbox", b"abc"),
    }
    assert len(names) == 5


def _name(key: DayKey, answer: "multiprocessing.connection.Connection") -> None:
    answer.send(key.mac("form", b"token"))
    answer.close()


def _ask(key: DayKey) -> str:
    here, there = multiprocessing.Pipe(duplex=False)
    child = multiprocessing.get_context("fork").Process(target=_name, args=(key, there))
    child.start()
    there.close()
    found: str = here.recv()
    child.join()
    here.close()
    return found


@FORKS
def test_processes_forked_later_share_it_and_see_it_turn() -> None:
    clock = Clock()
    key = DayKey(clock)
    first = key.mac("form", b"token")
    assert _ask(key) == first
    # The child draws it anew, and what it drew is there for all.
    clock.now += LIFE
    second = _ask(key)
    assert second != first
    assert key.mac("form", b"token") == second


@FORKS
def test_a_process_killed_while_it_holds_the_key_stops_nobody() -> None:
    key = DayKey()
    first = key.mac("form", b"token")
    child = os.fork()
    if child == 0:
        with key._alone():
            os._exit(0)
    os.waitpid(child, 0)
    assert key.mac("form", b"token") == first


def test_threads_that_turn_it_at_once_agree() -> None:
    clock = Clock()
    key = DayKey(clock)
    clock.now += LIFE
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda: found.append(key.mac("form", b"x"))) for _ in range(8)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(set(found)) == 1
