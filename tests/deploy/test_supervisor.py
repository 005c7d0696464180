import os
import select
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.errors import EndAsked, PortTaken, ProgramEnded
from deploy.supervisor import Supervisor, check_free

LISTEN = """
import socket, subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
print(child.pid, flush=True)
while True:
    server.accept()
"""
STUBBORN = """
import signal, sys, threading
signal.signal(signal.SIGTERM, signal.SIG_IGN)
threading.Event().wait()
"""


def python(program: str, *words: str) -> list[str]:
    return [sys.executable, "-c", program, *words]


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    with Supervisor(tmp_path) as supervisor:
        yield supervisor


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def test_a_program_and_what_it_started_end_together(
    supervisor: Supervisor, port: int, tmp_path: Path
) -> None:
    program = supervisor.start("listener", python(LISTEN, str(port)), os.environ)
    supervisor.await_port(program, port)
    child = int((tmp_path / "listener.log").read_text())
    ended = os.pidfd_open(child)
    try:
        supervisor.stop()
        assert program.process.poll() is not None
        # It was killed; a busy machine may take a moment until it is gone.
        assert select.select([ended], [], [], 60)[0] == [ended]
    finally:
        os.close(ended)


def test_a_program_that_ends_by_itself_is_named_with_its_last_words(
    supervisor: Supervisor, port: int
) -> None:
    program = supervisor.start("clerk", python("raise SystemExit('out of ink')"), os.environ)
    with pytest.raises(ProgramEnded, match=r"(?s)clerk ended by itself with status 1.*out of ink"):
        supervisor.await_port(program, port)


def test_a_program_that_is_to_run_once_must_succeed(supervisor: Supervisor) -> None:
    supervisor.run("good", python("pass"), os.environ)
    with pytest.raises(ProgramEnded, match="bad ended by itself with status 3"):
        supervisor.run("bad", python("raise SystemExit(3)"), os.environ)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_waiting(supervisor: Supervisor, number: signal.Signals) -> None:
    os.kill(os.getpid(), number)
    with pytest.raises(EndAsked):
        supervisor.rest(60)
    with pytest.raises(EndAsked):
        supervisor.run("late", python("input()"), os.environ)


def test_signals_mean_again_what_they_meant_before(tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGINT)
    with Supervisor(tmp_path):
        assert signal.getsignal(signal.SIGINT) != before
    assert signal.getsignal(signal.SIGINT) == before


def test_a_program_that_does_not_listen_is_ended_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deploy.supervisor.GRACE", 0.2)
    with Supervisor(tmp_path) as supervisor:
        program = supervisor.start("stubborn", python(STUBBORN), os.environ)
    assert program.process.returncode in (-signal.SIGKILL, -signal.SIGTERM)


def test_a_busy_port_is_told_before_anything_is_made(port: int) -> None:
    check_free(port)
    with socket.create_server(("127.0.0.1", port)), pytest.raises(PortTaken, match=str(port)):
        check_free(port)
