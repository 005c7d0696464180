"""The shipped onion service: its file, and the whole way through a Tor network on loopback.

Chromium stands for Tor Browser: it goes through a client's SOCKS port, and holds the onion address
for as safe as https, as Tor Browser does.
"""

import http.client
import re
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from deploy import socks
from deploy.doctor.checks import bundles, onion
from deploy.doctor.finding import Found
from deploy.doctor.here import Answer, through_tor
from deploy.host.plan import HERE, HOSTNAME, UNITS
from tests import chromium, tor_network
from tests.browser.person import ADDED, NAME, WHAT, Person
from tests.chromium import ARGUMENTS, CHROMIUM
from tests.deploy.doctor.world import machine, write
from tests.intake.house import House
from tests.intake.serving import Serving
from tests.tor_network import Client

pytestmark = [
    pytest.mark.onion,
    pytest.mark.sqlite("the way to the pages is the same whatever store is behind them"),
]
SHIPPED = (HERE / "files" / "torrc").read_text()
DATA, SOCKET = "/var/lib/underrose/tor", "/run/underrose/intake.sock"
REPLY = "Thank you. Where is the first list?"
# Circuits of a busy machine take their time; nobody waits so long on a quiet one.
PATIENCE = 120


def shipped(there: Path, data: Path, onion: Path) -> str:
    """The shipped file with the folders of a test."""
    assert all(SHIPPED.count(f"{name}\n") == 1 for name in (f"{DATA}/onion", DATA, SOCKET))
    text = SHIPPED.replace(f"{DATA}/onion", str(onion)).replace(DATA, str(data))
    return text.replace(SOCKET, str(there))


@dataclass
class Line:
    """Somebody's way to the pages, the programs at its end, and what everything took."""

    house: House
    server: Serving
    client: Client
    onion: str
    table: list[tuple[str, float, int]] = field(default_factory=list)

    @contextmanager
    def timed(self, what: str) -> Iterator[None]:
        """A line of the table: seconds, and the bytes of the client's tor meanwhile."""
        before, begun = self.client.tor.traffic, time.monotonic()
        yield
        took = time.monotonic() - begun
        self.table.append((what, took, self.client.tor.traffic - before))

    def connect(self, port: int = 80) -> http.client.HTTPConnection:
        """A connection to the onion address by what any client of SOCKS does."""
        found = http.client.HTTPConnection(self.onion)
        proxy = ("127.0.0.1", self.client.socks_port)
        found.sock = socks.connect(proxy, self.onion, port, PATIENCE)
        return found


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    folder = tmp_path_factory.mktemp("onion")
    (folder / "intake").mkdir()

    def torrc(data: Path, onion: Path) -> str:
        return shipped(folder / "intake" / "s", data, onion)

    name = tor_network.new_name(folder, torrc)
    with Serving(folder / "intake", INTAKE_ONION_LOCATION=f"http://{name}") as server:
        house = House(server.data)
        with tor_network.network(folder, torrc) as client:
            yield Line(house, server, client, name)
        house.engine.dispose()


@pytest.fixture(params=[True, False], ids=["scripts on", "scripts off"])
def scripts(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def patient() -> Iterator[None]:
    """Pages come through six relays."""
    expect.set_options(timeout=PATIENCE * 1000)
    yield
    expect.set_options(timeout=chromium.PATIENCE)


@pytest.fixture
def submitter(browser: Browser, line: Line, scripts: bool, patient: None) -> Iterator[Person]:
    address = f"http://{line.onion}"
    through = browser.browser_type.launch(
        executable_path=CHROMIUM,
        args=[*ARGUMENTS, f"--unsafely-treat-insecure-origin-as-secure={address}"],
        proxy={"server": f"socks5://127.0.0.1:{line.client.socks_port}"},
    )
    context = through.new_context(java_script_enabled=scripts)
    context.set_default_timeout(PATIENCE * 1000)
    yield Person(context.new_page(), address)
    context.close()
    through.close()


def test_the_shipped_file_is_one_that_tor_takes(tmp_path: Path) -> None:
    """Whoever installs it has Debian's tor, and an option that it does not know is no service."""
    (tmp_path / "onion").mkdir(mode=0o700)
    (tmp_path / "torrc").write_text(shipped(tmp_path / "s", tmp_path / "data", tmp_path / "onion"))
    words = ["--verify-config", "--defaults-torrc", "/dev/null", "-f", str(tmp_path / "torrc")]
    done = subprocess.run(["tor", *words], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert "Configuration was valid" in done.stdout
    # As root is how a test runs; the unit has a user of its own.
    assert [
        line for line in done.stdout.splitlines() if "[warn]" in line and "root" not in line
    ] == []


def test_a_concern_goes_in_through_the_onion_and_the_reply_comes_back(
    line: Line, submitter: Person, scripts: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    how = "with scripts" if scripts else "without scripts"
    with line.timed(f"start page, {how}"):
        submitter.page.goto(submitter.address)
    with line.timed(f"submission with a file, {how}"):
        code = submitter.submit()
    with line.timed(f"follow-up, {how}"):
        submitter.add(code, ADDED)
    line.house.leave(code, line.house.letter(code, text=REPLY))
    with line.timed(f"mailbox, {how}"):
        submitter.read(code)
        expect(submitter.page.get_by_text(REPLY)).to_be_visible()
    first, second = line.house.opened("chair", code)
    assert (first.body["what"], second.body["text"]) == (WHAT, ADDED)
    assert first.sealed_in == second.sealed_in == ("browser" if scripts else "server")
    assert [each.name for each in first.attachments] == [NAME]
    with capsys.disabled():
        print(f"\nonion: the network was there after {line.client.took:.0f} s")
        for what, took, size in line.table[-4:]:
            print(f"onion: {what}: {took:.1f} s, {size / 1024:.0f} KiB")


def test_who_comes_without_tor_is_told_the_onion_address_of_the_page(line: Line) -> None:
    answer = line.server.request("GET", "/your-rights")
    told = [value for name, value in answer.headers if name == "Onion-Location"]
    assert told == [f"http://{line.onion}/your-rights"]
    there = line.connect()
    there.request("GET", "/your-rights")
    found = there.getresponse()
    assert (found.status, found.read()) == (200, answer.body)
    there.close()


def test_doctor_reaches_the_service_through_tor(line: Line, tmp_path: Path) -> None:
    def through(name: str, path: str, headers: Mapping[str, str]) -> Answer:
        return through_tor(name, path, headers, ("127.0.0.1", line.client.socks_port))

    write(tmp_path, HOSTNAME, f"{line.onion}\n")
    said = {"INTAKE_ONION_LOCATION": f"http://{line.onion}"}
    found = list(onion.look(machine(tmp_path, environment=said, tor=through)))
    assert [each.found for each in found] == [Found.GOOD, Found.GOOD]
    scripts = list(
        bundles.compare("intake", line.onion, lambda path: through(line.onion, path, {}))
    )
    assert [each.found for each in scripts] == [Found.GOOD]


@pytest.mark.parametrize("path", ["/sign-in", "/cases", "/charter", "/join"])
def test_the_console_cannot_be_reached_over_the_onion(line: Line, path: str) -> None:
    """Attack: somebody in the world at the committee's door, past its private network."""
    there = line.connect()
    there.request("GET", path, headers={"Host": "console.example"})
    answer = there.getresponse()
    assert answer.status in (400, 404)
    assert b"password" not in answer.read().lower()
    there.close()


@pytest.mark.parametrize("port", [443, 8001, 9051])
def test_an_onion_has_no_other_door(line: Line, port: int) -> None:
    with pytest.raises(OSError, match="did not reach it"):
        line.connect(port)


def test_tor_has_no_right_to_the_consoles_socket() -> None:
    """Attack: a tor that was taken over opens the socket on which the console listens."""
    sockets = {who: (UNITS / f"underrose-{who}.socket").read_text() for who in ("intake", "review")}
    group = {who: re.findall(r"SocketGroup=(.*)", text) for who, text in sockets.items()}
    users = (UNITS / "underrose.sysusers").read_text()
    own = re.findall(r"^Group=(.*)$", (UNITS / "underrose-tor.service").read_text(), flags=re.M)
    own += re.findall(r"^u underrose-tor +-:(\S+)", users, flags=re.M)
    own += re.findall(r"^m underrose-tor +(\S+)", users, flags=re.M)
    assert set(group["intake"]) == set(own)
    assert not set(group["review"]) & set(own)
    assert re.findall(r"SocketMode=(.*)", sockets["review"]) == ["0660"]
    assert re.findall(r"^HiddenServicePort (.*)$", SHIPPED, flags=re.M) == [f"80 unix:{SOCKET}"]
