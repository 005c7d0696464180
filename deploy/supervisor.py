"""Starts programs, notices when one ends, and ends them all.

Every program leads a process group of its own, so that Ctrl-C in the terminal reaches only the
supervisor, which then ends the groups one after the other, the last started first. A program that
ends by itself ends the whole, in a sentence that names it and shows the last lines it wrote.
"""

import os
import signal
import socket
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from deploy.errors import EndAsked, PortTaken, ProgramEnded

Handler = Callable[[int, FrameType | None], object] | int | None
GRACE = 10.0
_ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_GLANCE = 0.1
_LAST_LINES = 12


@dataclass(frozen=True)
class Program:
    """A running program and where its output goes."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path


class Supervisor:
    """Holds the programs that it started, until stop() or the end of its with block."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._programs: list[Program] = []
        self._stopping = threading.Event()
        self._before: dict[signal.Signals, Handler] = {}

    def __enter__(self) -> "Supervisor":
        for number in _ENDINGS:
            self._before[number] = signal.signal(number, self._ask_to_stop)
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping.set()

    def start(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> Program:
        """Start a program that is to run until the end."""
        program = self._launch(name, command, environment)
        self._programs.append(program)
        return program

    def run(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
        """Run a program to its end.

        Raises ProgramEnded if it did not succeed, and EndAsked as soon as somebody asks for that.
        """
        self.finish([self.start(name, command, environment)])

    def finish(self, programs: Sequence[Program]) -> None:
        """Wait for programs that were started to come to their ends; raises what run raises."""
        for program in programs:
            while program.process.poll() is None and not self._stopping.is_set():
                with suppress(subprocess.TimeoutExpired):
                    program.process.wait(_GLANCE)
            self._expect_no_end()
            self._programs.remove(program)
            if program.process.returncode != 0:
                raise ProgramEnded(_sentence(program))

    def await_port(self, program: Program, port: int) -> None:
        """Return when the program takes connections.

        Raises ProgramEnded if it gives up first, and EndAsked if somebody asks for that.
        """
        while True:
            self._expect_no_end()
            self.check()
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                return
            self._stopping.wait(_GLANCE)

    def rest(self, seconds: float) -> None:
        """Return after some time.

        Raises ProgramEnded when a program ends by itself, and EndAsked when somebody asks.
        """
        for _ in range(round(seconds / _GLANCE)):
            self.check()
            self._stopping.wait(_GLANCE)
            self._expect_no_end()

    def check(self) -> None:
        """Return if all programs run. Raises ProgramEnded for the first that does not."""
        for program in self._programs:
            if program.process.poll() is not None:
                raise ProgramEnded(_sentence(program))

    def stop(self) -> None:
        """End every program and what it started, politely first."""
        self._stopping.set()
        while self._programs:
            program = self._programs.pop()
            _signal(program, signal.SIGTERM)
            try:
                program.process.wait(GRACE)
            except subprocess.TimeoutExpired:
                _signal(program, signal.SIGKILL)
                program.process.wait()
            # The leader is gone; whatever it left in its group goes with it.
            _signal(program, signal.SIGKILL)

    def _expect_no_end(self) -> None:
        if self._stopping.is_set():
            raise EndAsked("somebody asked for the end")

    def _launch(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> Program:
        log = self._logs / f"{name}.log"
        with log.open("ab") as output:
            process = subprocess.Popen(
                command,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return Program(name, process, log)


def check_free(port: int) -> None:
    """Return if nothing listens on the port of this machine. Raises PortTaken otherwise."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise PortTaken(
                f"port {port} is in use by another program",
                hint="choose others with --port and --console-port",
            ) from None


def _signal(program: Program, number: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(program.process.pid, number)


def _sentence(program: Program) -> str:
    lines = program.log.read_text(errors="replace").splitlines()[-_LAST_LINES:]
    ending = f"{program.name} ended by itself with status {program.process.returncode}"
    return "\n".join([ending, *(f"  {line}" for line in lines)])
