"""The shipped units: how little they leave a program, and that the programs run with that."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import click
import pytest

from deploy.ceremony import hold, write
from deploy.cli import main
from deploy.client import Client
from deploy.committee import read
from deploy.config import PROGRAMS
from deploy.installation import Installation, environment
from deploy.keys import EXAMPLE
from deploy.submitter import PlainSubmitter, Story
from tests.deploy import sandbox
from tests.deploy.sandbox import ELSEWHERE, KEPT, UNITS, lines

pytestmark = pytest.mark.host
TODAY = date(2026, 11, 21)
SERVICES = sorted(path.name for path in UNITS.glob("*.service"))
# Not programs of ours, and the only ones that speak with the network.
AT_THE_NETWORK = {"underrose-proxy.service", "underrose-tor.service"}
OURS = [name for name in SERVICES if name not in AT_THE_NETWORK]
# It speaks with a mail server, and may do nothing else that the others may not.
MAILER = "underrose-notices.service"
# Out of 10; systemd itself calls what is below 2 safe.
MOST_EXPOSURE = 1.5
UNDERROSE = [sys.executable, "-c", "from deploy.cli import main; main()"]
PATIENCE = 300
PROBE = """
import ctypes, errno, mmap, os, socket, sys
from pathlib import Path
library = ctypes.CDLL(None, use_errno=True)
def refused(act, *arguments):
    try:
        done = act(*arguments)
    except (OSError, PermissionError) as error:
        return True
    return done == -1 and ctypes.get_errno() in (errno.EPERM, errno.ENOSYS)
print(*(name for name, right in {
    "network": refused(socket.socket, socket.AF_INET) and refused(socket.socket, socket.AF_INET6),
    "raw": refused(socket.socket, socket.AF_PACKET, socket.SOCK_RAW),
    "code": refused(mmap.mmap, -1, 4096, mmap.MAP_PRIVATE, mmap.PROT_WRITE | mmap.PROT_EXEC),
    "namespace": refused(library.unshare, 0x10000000) and refused(library.unshare, 0x20000),
    "mount": refused(library.mount, b"none", b"/tmp", b"tmpfs", 0, None),
    "trace": refused(library.ptrace, 16, 1, 0, 0),
    "module": refused(library.syscall, 313, 0, b"", 0),
    "system": refused(Path("/etc/underrose-probe").touch),
    "program": refused((Path(sys.argv[1]) / "probe").touch),
    "home": not any(Path("/home").iterdir()),
    "neighbour": refused((Path(sys.argv[2]) / "probe").touch),
    "own": not refused((Path(sys.argv[3]) / "probe").touch),
    "unix": not refused(socket.socket, socket.AF_UNIX),
}.items() if not right))
"""


def _words(path: Path, section: str) -> dict[str, list[str]]:
    """What a section of a unit says, with everything that is said more than once."""
    found: dict[str, list[str]] = {}
    inside = ""
    for line in path.read_text().splitlines():
        if line.startswith("["):
            inside = line.strip("[]")
        elif inside == section and "=" in line and not line.startswith("#"):
            name, _, value = line.partition("=")
            found.setdefault(name, []).append(value)
    return found


@pytest.mark.parametrize("unit", SERVICES)
def test_a_unit_is_little_exposed(unit: str, tmp_path: Path) -> None:
    there = tmp_path / "etc" / "systemd"
    there.mkdir(parents=True)
    (there / "system").symlink_to(UNITS)
    words = ["--offline=true", f"--root={tmp_path}", "--no-pager"]
    name = unit.replace("@.", "@book.")
    done = subprocess.run(
        ["systemd-analyze", "security", *words, name], capture_output=True, text=True
    )
    found = re.search(r"exposure level for \S+: ([0-9.]+)", done.stdout)
    assert found is not None, done.stderr
    assert float(found[1]) <= MOST_EXPOSURE


def test_every_line_is_kept_by_the_sandbox_or_told_to_be_elsewhere() -> None:
    said = {name for unit in SERVICES for name, _value in lines(unit)}
    assert said == (KEPT | ELSEWHERE) & said
    assert not KEPT & ELSEWHERE


@pytest.mark.parametrize("unit", OURS)
def test_only_the_proxy_tor_and_what_sends_mail_loosen_what_holds_for_all(unit: str) -> None:
    common = _words(sandbox.HARDENING, "Service")
    own = _words(UNITS / unit, "Service")
    network = {"PrivateNetwork", "RestrictAddressFamilies"} if unit == MAILER else set()
    assert own.keys() & common.keys() == {"Environment"} | network


def test_what_sends_mail_reaches_no_other_machine_unless_somebody_allows_it() -> None:
    own = _words(UNITS / MAILER, "Service")
    assert own["IPAddressAllow"] == ["localhost"]
    assert _words(sandbox.HARDENING, "Service")["IPAddressDeny"] == ["any"]


@pytest.mark.parametrize("unit", OURS)
def test_a_unit_runs_a_command_that_there_is_as_a_program_that_there_is(unit: str) -> None:
    own = _words(UNITS / unit, "Service")
    values = dict(line.split("=", 1) for line in own["Environment"])
    assert values["UNDERROSE_PROGRAM"] in PROGRAMS
    (command,) = own["ExecStart"]
    program, *words = command.replace("%i", "book").split()
    assert program == "/opt/underrose/current/bin/underrose"
    verbs = [word for word in words if not word.startswith(("-", "/", "unix:"))]
    help_ = subprocess.run(
        [*UNDERROSE, *verbs[:2], "--help"], capture_output=True, text=True, env=environment({})
    )
    assert help_.returncode == 0, help_.stderr
    for word in words:
        if word.startswith("--"):
            assert f"{word} " in help_.stdout
    assert _needed(verbs) <= set(words)


def _needed(verbs: list[str]) -> set[str]:
    """The options without which a command refuses."""
    command: click.Command = main
    for verb in verbs:
        if isinstance(command, click.Group):
            command = command.commands[verb]
    options = (each for each in command.params if isinstance(each, click.Option))
    return {each.opts[0] for each in options if each.required}


@pytest.mark.parametrize("unit", OURS)
def test_a_secret_comes_as_a_credential_and_never_in_the_environment(unit: str) -> None:
    own = _words(UNITS / unit, "Service")
    given = {line.partition(":")[0] for line in own.get("LoadCredential", [])}
    named = {
        value.removeprefix("%d/")
        for name, _, value in (line.partition("=") for line in own["Environment"])
        if name.endswith(("_KEY_FILE", "_IDENTITY_FILE", "_PASSWORD_FILE"))
    }
    # A job that takes its key as an option is given the credential there.
    named |= set(re.findall(r"%d/(\S+)", " ".join(own["ExecStart"])))
    assert named == given
    assert not any(
        re.search(r"[A-Za-z0-9+/]{40}|AGE-SECRET|password", line) for line in own["Environment"]
    )


def test_a_timer_has_its_service_and_every_job_its_timer() -> None:
    timers = {path.stem for path in UNITS.glob("*.timer")}
    jobs = {unit for unit in SERVICES if _words(UNITS / unit, "Service")["Type"] == ["oneshot"]}
    assert timers == {unit.removesuffix(".service") for unit in jobs}


def test_every_user_of_a_unit_is_made_and_belongs_to_the_groups_of_its_folders() -> None:
    users = {
        words[1]: words[2].removeprefix("-:")
        for line in (UNITS / "underrose.sysusers").read_text().splitlines()
        if (words := line.split())[:1] == ["u"]
    }
    members = {
        tuple(line.split()[1:])
        for line in (UNITS / "underrose.sysusers").read_text().splitlines()
        if line.startswith("m ")
    }
    for unit in SERVICES:
        own = _words(UNITS / unit, "Service")
        (user,), (group,) = own["User"], own["Group"]
        groups = {users[user], *(there for name, there in members if name == user)}
        assert group == users[user]
        folders = {
            Path(each.lstrip("-")).name for each in " ".join(own.get("ReadWritePaths", [])).split()
        }
        assert {f"underrose-{each}" for each in folders - {"backups"}} <= groups


def test_what_no_job_may_date_by_the_day_is_dated_by_its_unit(tmp_path: Path) -> None:
    (line,) = _words(UNITS / "underrose-collect.service", "Service")["ExecStopPost"]
    assert line.startswith("+/usr/bin/find /var/lib/underrose/drop ")
    for name in ("drop", "book", "shred"):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{name}.db").touch()
    words = line.removeprefix("+").replace("/var/lib/underrose", str(tmp_path)).split()
    subprocess.run(words, check=True)
    times = {path.stat().st_mtime for path in tmp_path.rglob("*.db")}
    assert len(times) == 1
    assert times.pop() % 86_400 == 0


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """An installation of an invented committee, with each database in a folder of its own."""
    here = Installation(tmp_path_factory.mktemp("host"))
    write(hold(read(EXAMPLE.read_text()), TODAY, demo=True, work_factor=10).papers, here.committee)
    for name in ("drop", "book", "shred", "state"):
        (here.folder / name).mkdir()
    for words in (
        ("database", "upgrade"),
        ("roster", "publish", str(here.committee / "roster.json")),
    ):
        subprocess.run([*UNDERROSE, *words], env=settings(here), check=True, capture_output=True)
    return here


def settings(here: Installation) -> dict[str, str]:
    """Every program's settings, with each database in its own folder, as on a host."""
    every = {**here.for_intake(TODAY), **here.for_collector(TODAY), **here.for_keeper(TODAY)}
    moved = {
        name: value.replace(f"/{base}.db", f"/{base}/{base}.db")
        for name, value in every.items()
        for base in ("drop", "book", "shred")
        if value.endswith(f"/{base}.db")
    }
    state = here.folder / "state"
    return environment(
        {
            **every,
            **moved,
            "INTAKE_EPOCH_FILE": str(state / "epoch"),
            "REVIEW_CHECKPOINT_FILE": str(state / "checkpoint"),
            "PYTHONPATH": str(sandbox.ROOT),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
    )


def writable(here: Installation, unit: str) -> list[Path]:
    """The folders that the unit may write, as they are here."""
    own = _words(UNITS / unit, "Service")
    named = " ".join(own.get("ReadWritePaths", [])).split()
    found = [here.folder / Path(each.lstrip("-")).name for each in named]
    return [*found, here.folder / "state"] if "StateDirectory" in own else found


def do(here: Installation, unit: str, *words: str, today: date = TODAY) -> str:
    """What a job prints that runs to its end under a unit's limits."""
    given = {**settings(here), "INTAKE_TODAY": str(today), "REVIEW_TODAY": str(today)}
    process = sandbox.start(unit, [*UNDERROSE, *words], given, [here.folder], writable(here, unit))
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, err.decode()
    return out.decode()


@contextmanager
def served(here: Installation, unit: str, *words: str) -> Iterator[int]:
    """A port of this machine on which a program serves under its unit's limits.

    The socket is made outside and given in, as systemd does; inside there is no network.
    """
    with socket.create_server(("127.0.0.1", 0)) as listener:
        given, own = settings(here), writable(here, unit)
        command = [*UNDERROSE, *words, "serve", "--bind", "unix:/run/underrose/x.sock"]
        process = sandbox.start(unit, command, given, [here.folder], own, listener)
        try:
            yield int(listener.getsockname()[1])
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            _out, err = process.communicate(timeout=PATIENCE)
            assert err == b""


def test_the_programs_do_their_work_under_the_limits_of_their_units(here: Installation) -> None:
    with served(here, "underrose-intake.service", "intake") as port:
        submitter = PlainSubmitter(Client(port))
        code = submitter.submit(Story({"what": "The numbers for June were moved."}))
    assert code
    later = TODAY + timedelta(days=1)
    assert "closed" in do(here, "underrose-close-days.service", "intake", "close-days", today=later)
    assert "1 submission" in do(here, "underrose-collect.service", "collect", "--verbose")
    do(here, "underrose-ledger.service", "ledger", "batch")
    assert (here.folder / "state" / "checkpoint").read_text().startswith("underrose")
    assert "dropped 0" in do(here, "underrose-expire-uploads.service", "intake", "expire-uploads")
    assert do(here, "underrose-end-records.service", "charter", "end-records") == ""
    assert do(here, "underrose-move-on.service", "cases", "move-on") == ""
    assert do(here, "underrose-dispose.service", "dispositions", "execute") == ""
    assert do(here, "underrose-certify.service", "dispositions", "verify") == ""
    with served(here, "underrose-review.service", "review") as port:
        assert "Sign in" in Client(port).get("/sign-in").page.words


@pytest.mark.parametrize("unit", OURS)
def test_what_a_unit_forbids_cannot_be_done(unit: str, tmp_path: Path) -> None:
    mine, neighbour = tmp_path / "mine", tmp_path / "neighbour"
    for each in (mine, neighbour):
        each.mkdir()
    words = [str(sandbox.ROOT), str(neighbour), str(mine)]
    command = [sys.executable, "-c", PROBE, *words]
    process = sandbox.start(unit, command, {}, [neighbour], [mine])
    out, err = process.communicate(timeout=PATIENCE)
    allowed = ["network"] if unit == MAILER else []
    assert (process.returncode, out.decode().split()) == (0, allowed), err.decode()
