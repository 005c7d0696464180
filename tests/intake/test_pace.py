"""A connection that sends slowly, or not at all, is given up and never waited for for long."""

import socket
from collections.abc import Iterator

import pytest

from intake.pace import GATHERED, Pace, PacedSocket, TooSlow

QUICK = Pace(head=0.01, text=0.01, silence=0.01, rate=1e9, linger=0.01)


class Clock:
    """A clock that goes on only when it is told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    yield ours, theirs
    ours.close()
    theirs.close()


def paced(ours: socket.socket, pace: Pace = QUICK, clock: Clock | None = None) -> PacedSocket:
    made = PacedSocket(pace, ours.detach(), clock or Clock())
    made.setblocking(False)
    return made


def gathered(ends: tuple[socket.socket, socket.socket], data: bytes) -> bool:
    """Whether a thread would get the connection after this arrived."""
    with paced(ends[0]) as ours:
        ends[1].sendall(data)
        return ours.gather()


def test_half_a_head_is_not_enough(ends: tuple[socket.socket, socket.socket]) -> None:
    assert not gathered(ends, b"GET / HTTP/1.1\r\nHost: x\r\n")


def test_a_whole_head_is_enough(ends: tuple[socket.socket, socket.socket]) -> None:
    assert gathered(ends, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")


def test_a_text_is_waited_for_before_a_thread_is(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    head = b"POST /form HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n"
    with paced(ends[0]) as ours:
        ends[1].sendall(head + b"12345")
        assert not ours.gather()
        ends[1].sendall(b"67890")
        assert ours.gather()
        assert ours.recv(8192) == head + b"1234567890"


def test_of_a_large_body_only_as_much_as_a_text_is_gathered(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    with paced(ends[0]) as ours:
        ends[1].sendall(b"POST /form HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n")
        sent = 0
        while not ours.gather():
            ends[1].sendall(bytes(16384))
            sent += 16384
        assert GATHERED <= sent <= GATHERED + 32768


@pytest.mark.parametrize(
    "data",
    [
        b"GET /" + b"a" * 70_000,
        b"POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: many\r\n\r\n",
    ],
    ids=["endless head", "asks first", "no length"],
)
def test_what_cannot_be_gathered_is_left_to_the_parser(
    ends: tuple[socket.socket, socket.socket], data: bytes
) -> None:
    with paced(ends[0]) as ours:
        ends[1].sendall(data)
        assert ours.gather() or ours.gather()


def test_who_hangs_up_is_not_waited_for(ends: tuple[socket.socket, socket.socket]) -> None:
    with paced(ends[0]) as ours:
        ends[1].close()
        assert ours.gather()


def test_a_request_has_a_time_by_which_its_head_and_then_its_text_must_be_there(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    clock = Clock()
    with paced(ends[0], Pace(), clock) as ours:
        assert ours.deadline == clock.now + 15
        ends[1].sendall(b"POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\n")
        clock.now += 14
        ours.gather()
        assert ours.deadline == clock.now + 90
        clock.now += 10
        ours.gather()
        assert ours.deadline == clock.now + 80


def test_silence_ends_a_read(ends: tuple[socket.socket, socket.socket]) -> None:
    with paced(ends[0]) as ours:
        ours.setblocking(True)
        with pytest.raises(TooSlow):
            ours.recv(1)


@pytest.mark.parametrize(("rate", "arrives"), [(20_000, True), (2_000, False)])
def test_a_file_of_ten_minutes_at_a_rate(
    ends: tuple[socket.socket, socket.socket], rate: int, arrives: bool
) -> None:
    # A second goes by between any two looks at the clock, so that each read waits for one.
    seconds = map(float, range(10_000))
    with PacedSocket(Pace(), ends[0].detach(), lambda: next(seconds)) as slow:
        received = 0
        try:
            for _second in range(600):
                ends[1].sendall(bytes(rate))
                received += len(slow.recv(rate))
        except TooSlow:
            assert received < 100 * rate
        assert (received == 600 * rate) is arrives


def test_an_answer_that_nobody_takes_is_given_up(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    with paced(ends[0]) as ours:
        ours.setblocking(True)
        with pytest.raises(TooSlow):
            ours.sendall(bytes(64 << 20))


def test_the_time_for_all_that_is_to_come_can_be_bounded(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    clock = Clock()
    with paced(ends[0], Pace(), clock) as ours:
        ours.setblocking(True)
        ours.give(5.0)
        ends[1].sendall(b"12")
        assert ours.recv(1) == b"1"
        clock.now += 5
        with pytest.raises(TooSlow):
            ours.recv(1)
