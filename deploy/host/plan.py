"""The steps that make a machine an installation, in their order, from the operator's answers.

Nothing here looks at the clock, asks anybody, or starts a program that serves. What the operator
may change afterwards is written once, and again only as long as it is what the installer wrote.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from crypto.errors import CryptoError, Malformed
from crypto.roster import verify
from crypto.strict import b64
from deploy.errors import InstallRefused
from deploy.host import answers as told
from deploy.host import configuration
from deploy.host.answers import POSTGRESQL, Answers
from deploy.host.machine import Command, Folder, Machine, Put, Step

HERE = Path(__file__).resolve().parent
UNITS = HERE.parent / "systemd"
PROXY = HERE.parent / "proxy"
NOTED = "/etc/underrose/installed"
SYSTEMD = "/etc/systemd/system"
UNDERROSE = "/opt/underrose/current/bin/underrose"
SYSUSERS = "/usr/lib/sysusers.d/underrose.conf"
TMPFILES = "/usr/lib/tmpfiles.d/underrose.conf"
CONFIGURATION = "/etc/underrose/underrose.toml"
HOSTNAME = "/var/lib/underrose/tor/onion/hostname"
# Where each file of the ceremony's folder goes; the rest of that folder never comes here.
PAPERS = {
    "intake/statement.key": "statement.key",
    "review/routing.identity": "routing.identity",
    "review/store.key": "store.key",
    "review/ledger.key": "ledger.key",
}
# The one is enabled for a store, the other by the operator who has a mail server.
_LEFT = ("underrose-backup@.timer", "underrose-notices.timer")


@dataclass(frozen=True)
class Papers:
    """What came from the ceremony: secrets by their file name, and two public files."""

    keys: dict[str, bytes]
    roster: bytes
    root_key: str


def read_papers(folder: Path) -> Papers:
    """The hosts' files in a ceremony's folder. Raises InstallRefused if they do not fit together.

    The members' and the safe's files have no place on a host, and their presence is refused.
    """
    for secret in ("safe", "people"):
        if (folder / secret).exists():
            raise InstallRefused(
                f"{folder} has the folder {secret}, which must never be on a host",
                hint="bring intake/, review/, roster.json and root.pub, and nothing else",
            )
    try:
        keys = {name: (folder / path).read_bytes() for path, name in PAPERS.items()}
        roster, root_key = (folder / "roster.json").read_bytes(), (folder / "root.pub").read_text()
    except OSError as error:
        raise InstallRefused(f"{error.filename}: {error.strerror}") from error
    try:
        verify(roster, b64(root_key.strip()))
    except (CryptoError, Malformed) as error:
        raise InstallRefused(f"roster.json and root.pub do not fit together: {error}") from error
    return Papers(keys, roster, root_key.strip())


def steps(machine: Machine, answers: Answers, papers: Papers | None) -> list[Step]:
    """Everything that is to be so. Without papers what needs the root key is left for later."""
    root_key = papers.root_key if papers else _text(machine, "/etc/underrose/root.pub")
    found: list[Step] = [
        *(Folder(path) for path in _folders()),
        Put(SYSUSERS, (UNITS / "underrose.sysusers").read_bytes()),
        Command(_at(machine, "systemd-sysusers", Path(SYSUSERS).name), _users_exist),
        Put(TMPFILES, (UNITS / "underrose.tmpfiles").read_bytes()),
        Command(_at(machine, "systemd-tmpfiles", "--create", Path(TMPFILES).name), _folders_exist),
        *_files(answers),
    ]
    if papers:
        keys = papers.keys.items()
        found += [Put(f"{configuration.KEYS}/{name}", text, 0o400) for name, text in keys]
        found.append(Put("/etc/underrose/roster.json", papers.roster))
    if root_key:
        found.append(Put("/etc/underrose/root.pub", f"{root_key}\n".encode()))
        text = configuration.settings(answers, root_key, _text(machine, HOSTNAME) or None)
        found += _unless_changed(machine, Put(CONFIGURATION, text.encode()))
    return [*found, *_enabled(machine, answers)]


def _folders() -> Iterator[str]:
    yield from ("/etc/underrose", SYSTEMD, f"{SYSTEMD}/underrose-.service.d", "/etc/sysctl.d")
    yield from ("/etc/systemd/coredump.conf.d", "/usr/lib/sysusers.d", "/usr/lib/tmpfiles.d")
    yield "/usr/local/bin"


def _files(answers: Answers) -> Iterator[Step]:
    """What is the same on every machine, and the proxy's file."""
    for path in sorted(UNITS.rglob("*")):
        if path.is_file() and path.suffix in (".service", ".socket", ".timer", ".conf"):
            yield Put(f"{SYSTEMD}/{path.relative_to(UNITS)}", path.read_bytes())
    for name, place in {
        "journald@underrose.conf": "/etc/systemd/journald@underrose.conf",
        "coredump.conf": "/etc/systemd/coredump.conf.d/underrose.conf",
        "sysctl.conf": "/etc/sysctl.d/60-underrose.conf",
        "torrc": "/etc/underrose/tor/torrc",
    }.items():
        yield Put(place, (HERE / "files" / name).read_bytes())
    yield Put("/usr/local/bin/underrose", (HERE / "files" / "underrose").read_bytes(), 0o755)
    for path in sorted(PROXY.glob("*.conf")):
        if path.name != "nginx.conf":
            yield Put(f"/etc/underrose/proxy/{path.name}", path.read_bytes())
    yield Put("/etc/underrose/proxy/nginx.conf", configuration.proxy(answers).encode())
    if answers.database == POSTGRESQL:
        yield Put("/etc/underrose/postgresql.txt", configuration.peers().encode())
    yield Put(told.FILE, answers.text().encode())


def units(answers: Answers) -> list[str]:
    """What starts with the machine."""
    found = [path.name for path in UNITS.glob("*.timer") if path.name not in _LEFT]
    found += ["underrose-backup@all.timer", "underrose-intake.socket", "underrose-review.socket"]
    found += ["underrose-intake.service", "underrose-review.service", "underrose-proxy.service"]
    return sorted([*found, *(["underrose-tor.service"] if answers.onion else [])])


def _enabled(machine: Machine, answers: Answers) -> list[Step]:
    """The units that start by themselves, once there are keys with which they can start."""
    words = _at(machine, "systemctl", "enable", *units(answers))

    def done(there: Machine) -> bool:
        wanted = {path.name for path in there.at(SYSTEMD).glob("*.wants/*")}
        return set(units(answers)) <= wanted

    found: list[Step] = [Command(words, done)]
    if not answers.onion:
        off = _at(machine, "systemctl", "disable", "underrose-tor.service")
        absent = f"{SYSTEMD}/multi-user.target.wants/underrose-tor.service"
        found.append(Command(off, lambda there: not there.at(absent).is_symlink()))
    return found


def _at(machine: Machine, program: str, *words: str) -> tuple[str, ...]:
    root = () if machine.root == Path("/") else (f"--root={machine.root}",)
    return (program, *root, *words)


def _users_exist(machine: Machine) -> bool:
    lines = (UNITS / "underrose.sysusers").read_text().splitlines()
    wanted = {line.split()[1] for line in lines if line.startswith(("u ", "g "))}
    path = machine.at("/etc/group")
    there = path.read_text().splitlines() if path.exists() else []
    path = machine.at("/etc/passwd")
    there += path.read_text().splitlines() if path.exists() else []
    return wanted <= {line.partition(":")[0] for line in there}


def _folders_exist(machine: Machine) -> bool:
    """Whether every folder is as it should be; the databases' files are looked at by doctor."""
    for line in (UNITS / "underrose.tmpfiles").read_text().splitlines():
        kind, path, mode, user, group = line.split()[:5]
        there = machine.at(path)
        if kind == "d":
            if not there.is_dir():
                return False
            found = there.stat()
            wanted = (int(mode, 8), machine.user_id(user), machine.group_id(group))
            if (found.st_mode & 0o7777, found.st_uid, found.st_gid) != wanted:
                return False
    return True


def _text(machine: Machine, path: str) -> str:
    return machine.at(path).read_text().strip() if machine.at(path).is_file() else ""


def paths(wanted: list[Step]) -> set[str]:
    """The files that are to be written."""
    return {step.path for step in wanted if isinstance(step, Put)}


def noted(machine: Machine) -> dict[str, str]:
    """What the installer wrote last: SHA-256 by path, of everything that is no secret."""
    text = _text(machine, NOTED)
    return {str(path): str(digest) for path, digest in json.loads(text).items()} if text else {}


def note(machine: Machine, done: list[Step]) -> Put:
    """The note of what was written, added to what was noted before."""
    every = noted(machine)
    for step in done:
        if isinstance(step, Put) and not step.path.startswith(f"{configuration.KEYS}/"):
            every[step.path] = step.digest
    return Put(NOTED, (json.dumps(every, indent=1, sort_keys=True) + "\n").encode())


def _unless_changed(machine: Machine, step: Put) -> list[Step]:
    path = machine.at(step.path)
    if path.exists():
        there = hashlib.sha256(path.read_bytes()).hexdigest()
        if there != noted(machine).get(step.path):
            return []
    return [step]
