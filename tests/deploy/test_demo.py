import os
import re
import signal
import socket
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from playwright.sync_api import Browser

from crypto import age
from crypto.recipient import throwaway
from deploy import paper
from deploy.cli import main
from deploy.client import Client
from deploy.submitter import PlainSubmitter, SealingSubmitter, Story
from review.casework.course import Stage
from tests.browser.whole_way import whole_way
from tests.running import Running, descendants, free_port, free_ports, processes_of

pytestmark = pytest.mark.sqlite("the demo keeps its data in files")

CODE = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{5}(?:-[0-9A-HJKMNP-TV-Z]{5}){4}\b")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    running = Running(tmp_path_factory.mktemp("demo") / "data")
    yield running
    if running.process.poll() is None:
        running.end()


@pytest.mark.demo
def test_the_steps_go_as_they_are_told(demo: Running) -> None:
    assert re.findall(r"^ +(\d+)\. ", demo.text, flags=re.M) == [f"{n}" for n in range(1, 11)]
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
    # Step 6: the auditor has a bundle that anybody can verify, and no case.
    demo.record()
    assert demo.sign_in(paper.AUDITOR).inbox() == []
    assert (done := demo.verify()).returncode == 0, done.stdout


class Misrouting(SealingSubmitter):
    """Somebody whose routing no collector opens."""

    def _routing(self, _roster: object, _story: object) -> bytes:
        return age.seal(bytes(512), [throwaway()])


@pytest.mark.demo
def test_one_bad_deposit_ends_nothing(demo: Running) -> None:
    """Attack: a single anonymous request after which nothing is collected any more."""
    Misrouting(Client(demo.port)).submit(Story({"what": "nobody can route this"}))
    # The demo's own collector may be the one that meets it.
    demo.collect(expect=(0, 1))
    code = PlainSubmitter(Client(demo.port)).submit(Story({"what": "the next one"}))
    demo.collect()
    assert demo.process.poll() is None
    assert demo.sign_in("chair").inbox()
    assert PlainSubmitter(Client(demo.port)).read(code).words


@pytest.mark.demo
def test_no_row_of_a_demo_s_ledger_can_be_changed(demo: Running) -> None:
    """Attack: a row of the ledger changed by somebody who owns the file."""
    with closing(sqlite3.connect(demo.here.folder / "book.db", timeout=30)) as book:
        change = "UPDATE ledger_entries SET document = replace(document, 'submission', 'x')"
        with pytest.raises(sqlite3.IntegrityError, match="never changed"):
            book.execute(change)


@pytest.mark.demo
def test_one_row_changed_in_a_demo_s_book_is_named_by_the_verifier(demo: Running) -> None:
    """Attack: a case closed in the file, past the console and its ledger."""
    demo.record()
    with closing(sqlite3.connect(demo.here.folder / "book.db", timeout=30)) as book:
        find = "SELECT id, state FROM cases WHERE state != ? LIMIT 1"
        case, state = book.execute(find, (Stage.CLOSED,)).fetchone()
        change = "UPDATE cases SET state = ? WHERE id = ?"
        with book:
            book.execute(change, (Stage.CLOSED, case))
        found = demo.verify()
        with book:
            book.execute(change, (state, case))
    assert found.returncode == 1, found
    assert case[:8] in found.stdout
    assert (done := demo.verify()).returncode == 0, done.stdout


@pytest.mark.demo
def test_people_without_a_key_can_sign_in_and_are_shown_no_case(demo: Running) -> None:
    for person in paper.WITHOUT_KEY:
        assert demo.sign_in(person).inbox() == []


@pytest.mark.demo
def test_people_at_browsers_take_a_case_from_received_to_closed(
    demo: Running, browser: Browser
) -> None:
    """Three people, of whom one leaves and one forgets, and an investigator for a while."""
    with whole_way(demo, browser) as way:
        way.receive()
        way.begin()
        way.leave()
        member = way.forget()
        way.share(member)
        assert way.is_nothing_to(paper.INVESTIGATOR)
        way.conclude(member)
        assert way.heard() == ["reply", "state", "reply", "state"]
        assert way.is_nothing_to(paper.EXCLUDED)
        assert way.complaints == []
    demo.record()
    assert (done := demo.verify()).returncode == 0, done.stdout


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


def test_one_port_for_both_programs_is_one_sentence_before_anything_is_made(
    tmp_path: Path,
) -> None:
    port, data = str(free_port()), tmp_path / "data"
    words = ["demo", "--port", port, "--console-port", port, "--data", str(data)]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 1
    assert result.output.startswith(f"underrose: port {port} cannot be that of the submitters'")
    assert not data.exists()


def test_a_folder_that_no_demo_made_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    port, console_port = map(str, free_ports(2))
    ports = ["--port", port, "--console-port", console_port]
    result = CliRunner().invoke(main, ["demo", *ports, "--data", str(tmp_path)])
    assert result.exit_code == 1
    assert "holds something that no demo made" in result.output
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]
