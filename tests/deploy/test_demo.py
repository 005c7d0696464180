import os
import re
import select
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from deploy import paper
from deploy.cli import main
from deploy.client import Client
from deploy.demo import UNDERROSE
from deploy.installation import Installation, environment
from deploy.member import Member
from deploy.seed import SignIn
from deploy.submitter import PlainSubmitter, SealingSubmitter, Story

PATIENCE = 120.0
LAST_LINE = "All of this is also in"
CODE = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{5}(?:-[0-9A-HJKMNP-TV-Z]{5}){4}\b")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def descendants(pid: int) -> set[int]:
    """Every process that the process started, and those that they started."""
    parents: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        parents[int(path.parent.name)] = int(fields[1])
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {pid}


def processes_of(pid: int, word: bytes) -> set[int]:
    """The descendants in whose command line the word stands."""
    return {
        child
        for child in descendants(pid)
        if word in Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")
    }


class Running:
    """A demo that has said that it is ready."""

    def __init__(self, data: Path, *words: str) -> None:
        self.here = Installation(data)
        self.port, self.console_port = free_port(), free_port()
        ports = ["--port", str(self.port), "--console-port", str(self.console_port)]
        self.process = subprocess.Popen(
            [UNDERROSE, "demo", *ports, "--data", str(data), *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=environment({}),
        )
        self.text = self._output(LAST_LINE)

    def _output(self, until: str | None) -> str:
        """What it prints, up to a line that begins so, or to its end."""
        assert self.process.stdout is not None
        descriptor, found = self.process.stdout.fileno(), ""
        while until is None or until not in found:
            assert select.select([descriptor], [], [], PATIENCE)[0], found
            data = os.read(descriptor, 65536).decode()
            if not data:
                break
            found += data
        assert until is None or until in found, found
        return found

    def end(self, number: signal.Signals = signal.SIGINT) -> str:
        """Ask it to end, and return what it still said."""
        self.process.send_signal(number)
        return self.rest()

    def rest(self) -> str:
        """What it still says until its end."""
        said = self._output(None)
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.process.wait(PATIENCE)
        return said

    def collect(self) -> None:
        """What the demo does every few seconds, now."""
        command, settings = [UNDERROSE, "collect"], self.here.for_collector(None)
        subprocess.run(command, env=environment(settings), check=True, capture_output=True)

    def sign_in(self, person: str) -> Member:
        """A member's browser, by what the demo printed."""
        sign_in: SignIn = paper.read(self.here)[0][person]
        for secret in (sign_in.username, sign_in.password, sign_in.passphrase):
            assert secret is None or secret in self.text
        member = Member(Client(self.console_port))
        member.sign_in(sign_in.username, sign_in.password)
        if sign_in.passphrase is not None:
            member.unlock(sign_in.passphrase)
        return member


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    running = Running(tmp_path_factory.mktemp("demo") / "data")
    yield running
    if running.process.poll() is None:
        running.end()


@pytest.mark.demo
def test_the_five_steps_go_as_they_are_told(demo: Running) -> None:
    assert re.findall(r"^ +([1-9])\. ", demo.text, flags=re.M) == ["1", "2", "3", "4", "5"]
    # Step 1: the receipt code that is printed has a reply waiting.
    (code,) = CODE.findall(demo.text)
    plain, sealing = PlainSubmitter(Client(demo.port)), SealingSubmitter(Client(demo.port))
    assert (
        "This is clear and it is the kind of thing we need to hear about" in plain.read(code).words
    )
    assert [letter.kind for letter in sealing.read(code)] == ["reply", "state"]
    # Step 2: a submission that names a member.
    chair, member = demo.sign_in("chair"), demo.sign_in(paper.EXCLUDED)
    before = set(chair.inbox()), set(member.inbox())
    own = plain.submit(Story({"what": "The keys hang at the door."}, (paper.EXCLUDED,)))
    demo.collect()
    # Step 3: the chair reads it and replies.
    (new,) = set(chair.inbox()) - before[0]
    case = chair.open(new)
    assert case.submission.body["what"] == "The keys hang at the door."
    chair.reply(case, "Thank you, we will move them.")
    demo.collect()
    # Step 4: the submitter hears back, with scripts and without.
    assert "Thank you, we will move them." in plain.read(own).words
    assert sealing.read(own)[-1].body["text"] == "Thank you, we will move them."
    # Step 5: the member who was named sees what was there before, and nothing else.
    assert set(member.inbox()) == before[1] < before[0]


@pytest.mark.demo
def test_people_without_a_key_can_sign_in_and_are_shown_no_case(demo: Running) -> None:
    for person in paper.WITHOUT_KEY:
        assert demo.sign_in(person).inbox() == []


@pytest.mark.demo
def test_every_page_says_demo_and_only_this_machine_is_listened_on(demo: Running) -> None:
    for port, path in ((demo.port, "/"), (demo.port, "/form"), (demo.console_port, "/sign-in")):
        assert "DEMO" in Client(port).get(path).page.words
    for port in (demo.port, demo.console_port):
        listening = subprocess.run(
            ["cat", "/proc/net/tcp", "/proc/net/tcp6"], capture_output=True, text=True
        ).stdout
        found = re.findall(rf"^ *\d+: ([0-9A-F]+):{port:04X} [0-9A-F:]+ 0A ", listening, re.M)
        assert set(found) == {"0100007F"}


@pytest.mark.demo
def test_ctrl_c_ends_every_program_and_keep_goes_on_where_it_was(demo: Running) -> None:
    children = descendants(demo.process.pid)
    assert len(children) >= 4
    assert "demo: ending" in demo.end(signal.SIGINT)
    assert demo.process.returncode == 0
    assert [pid for pid in children if Path(f"/proc/{pid}").exists()] == []
    again = Running(demo.here.folder, "--keep")
    try:
        assert CODE.findall(again.text) == CODE.findall(demo.text)
        words = PlainSubmitter(Client(again.port)).read(CODE.findall(again.text)[0]).words
        assert "This is clear" in words
        assert again.sign_in("chair").inbox()
    finally:
        children = descendants(again.process.pid)
        again.end(signal.SIGTERM)
    assert again.process.returncode == 0
    assert [pid for pid in children if Path(f"/proc/{pid}").exists()] == []


@pytest.mark.demo
def test_a_program_that_dies_ends_the_demo_with_a_sentence(tmp_path: Path) -> None:
    running = Running(tmp_path / "data", "--today", "2027-03-01")
    form = Client(running.port).get("/form").page.find("form", id="submission")
    assert form.attributes["data-today"] == "2027-03-01"
    # The program that the demo started is the oldest of its own processes.
    os.kill(min(processes_of(running.process.pid, b"intake")), signal.SIGKILL)
    said = running.rest()
    assert "underrose: intake ended by itself with status -9" in said
    assert running.process.returncode == 1


def test_a_busy_port_is_one_sentence_before_anything_is_made(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        result = CliRunner().invoke(main, ["demo", "--port", port, "--data", str(data)])
    assert result.exit_code == 1
    assert result.output.startswith(f"underrose: port {port} is in use by another program\nhint: ")
    assert not data.exists()


def test_a_folder_that_no_demo_made_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    ports = ["--port", str(free_port()), "--console-port", str(free_port())]
    result = CliRunner().invoke(main, ["demo", *ports, "--data", str(tmp_path)])
    assert result.exit_code == 1
    assert "holds something that no demo made" in result.output
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]
