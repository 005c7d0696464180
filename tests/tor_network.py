"""A Tor network of a test's own, on loopback: an authority, relays, an onion service and a client.

    name = new_name(folder, torrc)
    with network(folder, torrc) as client:
        client.socks_port, client.traffic()

Every program is Debian's tor with what the network has in common as its defaults, and the service
has the file that is shipped on top of that. There is one authority: what is tried is an onion
service, and one cannot be late for a vote with others. Nothing leaves this machine: the only
addresses that anybody is told are of loopback.
"""

import re
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from deploy import socks
from tests.running import free_ports

RELAYS = 6
# How often the service has told its place before anybody looks for it there.
ANNOUNCED = 4
# A network on a quiet machine is there after half a minute.
PATIENCE = 150.0
_GLANCE = 0.2
# The service's file, for the folder of its data and that of its keys.
Torrc = Callable[[Path, Path], str]
_COMMON = """
TestingTorNetwork 1
AssumeReachable 1
PathsNeededToBuildCircuits 0.25
SafeLogging 1
Log notice file {folder}/log
ControlSocket {folder}/control
CookieAuthentication 0
DataDirectory {folder}/data
DirAuthority {authority}
"""
_RELAY = """
SocksPort 0
Nickname relay{port}
Address 127.0.0.1
ORPort 127.0.0.1:{port} IPv4Only
ExitRelay 0
DirCache 1
"""
_AUTHORITY = """
AuthoritativeDirectory 1
V3AuthoritativeDirectory 1
ContactInfo nobody
DirPort 127.0.0.1:{dir_port} IPv4Only
TestingV3AuthInitialVotingInterval 10
V3AuthVotingInterval 20
TestingV3AuthInitialVoteDelay 2
V3AuthVoteDelay 4
TestingV3AuthInitialDistDelay 2
V3AuthDistDelay 4
TestingDirAuthVoteGuard *
TestingDirAuthVoteHSDir *
TestingDirAuthVoteExit *
"""


class NoNetwork(Exception):
    """The network did not come about in time; it says which program stood where."""


class Tor:
    """A tor that runs, in a folder of its own."""

    def __init__(self, folder: Path, defaults: str, torrc: str) -> None:
        self.folder = folder
        self._events: socket.socket | None = None
        self._heard = b""
        (folder / "defaults").write_text(defaults)
        (folder / "torrc").write_text(torrc)
        words = ["--defaults-torrc", str(folder / "defaults"), "-f", str(folder / "torrc")]
        with (folder / "output").open("wb") as output:
            self.process = subprocess.Popen(
                ["tor", *words],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=folder,
            )

    def end(self) -> None:
        if self._events is not None:
            self._events.close()
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def ask(self, line: str) -> str:
        """The answer to a line at the control socket; empty while nobody answers there."""
        found = b""
        with suppress(OSError), socket.socket(socket.AF_UNIX) as control:
            control.settimeout(10)
            control.connect(str(self.folder / "control"))
            control.sendall(f"AUTHENTICATE\r\n{line}\r\nQUIT\r\n".encode())
            while piece := control.recv(65536):
                found += piece
        return found.decode("utf-8", "replace")

    def announced(self) -> int:
        """How often a descriptor was taken in by a relay, since this was asked first."""
        with suppress(OSError):
            if self._events is None:
                self._events = self._listen()
            while piece := self._events.recv(65536):
                self._heard += piece
        return self._heard.count(b"HS_DESC UPLOADED ")

    def _listen(self) -> socket.socket:
        control = socket.socket(socket.AF_UNIX)
        try:
            control.connect(str(self.folder / "control"))
            control.sendall(b"AUTHENTICATE\r\nSETEVENTS HS_DESC\r\n")
        except OSError:
            control.close()
            raise
        control.setblocking(False)
        return control

    @property
    def progress(self) -> int:
        """How far it has come, out of 100."""
        found = re.search(r"PROGRESS=(\d+)", self.ask("GETINFO status/bootstrap-phase"))
        return int(found[1]) if found else 0

    @property
    def traffic(self) -> int:
        """The bytes that it has sent and received, cells and all."""
        found = re.findall(r"traffic/\w+=(\d+)", self.ask("GETINFO traffic/read traffic/written"))
        return sum(map(int, found))


def new_name(folder: Path, torrc: Torrc) -> str:
    """Draw the service's keys into folder/onion, as tor does at its first start; its hostname."""
    own = _folder(folder / "naming")
    onion = _folder(folder / "onion")
    tor = Tor(own, "DisableNetwork 1\n", torrc(own / "data", onion))
    try:
        begun = time.monotonic()
        _await([tor], begun, "the service's keys", (onion / "hostname").exists)
    finally:
        tor.end()
    return (onion / "hostname").read_text().strip()


@contextmanager
def network(folder: Path, torrc: Torrc) -> Iterator["Client"]:
    """A network with the one onion service whose keys are in folder/onion; somebody serves there.

    A second one is made, with other ports, if it does not form. Raises NoNetwork after that.
    """
    with ExitStack() as held:
        try:
            found = held.enter_context(_one(folder, "first", torrc))
        except NoNetwork as problem:
            print(f"the private Tor network is started again, because {problem}")
            found = held.enter_context(_one(folder, "second", torrc))
        yield found


@dataclass(frozen=True)
class Client:
    """Somebody's own tor, in a network that works."""

    tor: Tor
    socks_port: int
    # From the start of the first program until the service had answered, in seconds.
    took: float


@contextmanager
def _one(folder: Path, name: str, torrc: Torrc) -> Iterator[Client]:
    begun = time.monotonic()
    socks_port, dir_port, *or_ports = free_ports(RELAYS + 3)
    hostname = (folder / "onion" / "hostname").read_text().strip()
    with ExitStack() as held:

        def start(who: str, defaults: str, shipped: bool = False) -> Tor:
            own = _folder(folder / name / who)
            common = _COMMON.format(folder=own, authority=line)
            text = torrc(own / "data", folder / "onion") if shipped else ""
            started = Tor(own, common + defaults, text)
            held.callback(started.end)
            return started

        line = _authority(_folder(folder / name / "authority"), or_ports[0], dir_port)
        relay = _RELAY.format(port=or_ports[0]) + _AUTHORITY.format(dir_port=dir_port)
        every = [start("authority", relay)]
        every += [start(f"relay-{port}", _RELAY.format(port=port)) for port in or_ports[1:]]
        client = start("client", f"SocksPort 127.0.0.1:{socks_port}\n")
        host = start("service", "", shipped=True)
        wait = partial(_await, [*every, client, host], begun)
        wait("the service to be connected", lambda: host.announced() >= 0 and host.progress == 100)
        wait("the client to be connected", lambda: client.progress == 100)
        wait("the service to be announced", lambda: host.announced() >= ANNOUNCED)
        wait("an answer of the service", lambda: _answers(socks_port, hostname))
        yield Client(client, socks_port, time.monotonic() - begun)


def _await(every: list[Tor], begun: float, what: str, is_so: Callable[[], bool]) -> None:
    while not is_so():
        for each in every:
            if each.process.poll() is not None:
                said = (each.folder / "output").read_text("utf-8", "replace")
                raise NoNetwork(f"{each.folder.name} has ended: {said[-600:]}")
        if time.monotonic() - begun > PATIENCE:
            places = {each.folder.name: each.progress for each in every}
            raise NoNetwork(f"after {PATIENCE:.0f} s it still waits for {what}: {places}")
        # Whoever ends meanwhile is looked at above; nobody should.
        with suppress(subprocess.TimeoutExpired):
            every[0].process.wait(_GLANCE)


def _answers(socks_port: int, name: str) -> bool:
    """Whether somebody takes a connection to the service through the network."""
    try:
        socks.connect(("127.0.0.1", socks_port), name, 80, PATIENCE).close()
    except OSError:
        return False
    return True


def _folder(path: Path) -> Path:
    # Tor takes no folder into which others can look.
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    (path / "data").mkdir(mode=0o700, exist_ok=True)
    return path


def _authority(folder: Path, or_port: int, dir_port: int) -> str:
    """Make an authority's keys, and return its line for everybody's file."""
    keys = folder / "data" / "keys"
    keys.mkdir(mode=0o700)
    places = {"-i": "authority_identity_key", "-s": "authority_signing_key"}
    places["-c"] = "authority_certificate"
    words = [word for flag, name in places.items() for word in (flag, str(keys / name))]
    subprocess.run(
        ["tor-gencert", "--create-identity-key", "--passphrase-fd", "0", "-m", "1", *words],
        input=b"of a test\n",
        check=True,
        capture_output=True,
    )
    certificate = (keys / "authority_certificate").read_text()
    identity = re.search(r"^fingerprint (\w{40})$", certificate, flags=re.M)
    assert identity is not None, certificate
    (folder / "empty").touch()
    shown = subprocess.run(
        [
            *("tor", "--quiet", "--list-fingerprint", "--defaults-torrc", "/dev/null"),
            *(
                "-f",
                str(folder / "empty"),
                "--ORPort",
                str(or_port),
                "--DataDirectory",
                str(folder / "data"),
            ),
            *("--DirAuthority", f"other 127.0.0.1:1 {'f' * 40}"),
        ],
        check=True,
        capture_output=True,
        text=True,
    )
    fingerprint = shown.stdout.strip().partition(" ")[2].replace(" ", "")
    assert re.fullmatch(r"[0-9A-F]{40}", fingerprint), shown
    known = f"orport={or_port} no-v2 v3ident={identity[1]}"
    return f"first {known} 127.0.0.1:{dir_port} {fingerprint}"
