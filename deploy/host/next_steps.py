"""What a person still has to do on a machine, found from what is there: the ceremony step by step.

Each thing says why and what to type. It is told by `underrose install` until nothing is left, so
that nobody has to remember where they were.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from deploy.host.answers import POSTGRESQL, Answers
from deploy.host.configuration import KEYS
from deploy.host.machine import Machine
from deploy.host.plan import CONFIGURATION, HOSTNAME

READY = "/etc/underrose/postgresql.ready"
_NGINX = "/etc/systemd/system/multi-user.target.wants/nginx.service"


@dataclass(frozen=True)
class Next:
    """Something to be done by a person: what, and the lines that do it."""

    what: str
    how: tuple[str, ...]


def remaining(machine: Machine, answers: Answers) -> list[Next]:
    """What is left, in the order in which it can be done."""
    return [*_ceremony(machine), *_backups(machine), *_surroundings(machine, answers)]


def _missing(machine: Machine, *paths: str) -> bool:
    return not all(machine.at(path).exists() for path in paths)


def _ceremony(machine: Machine) -> Iterator[Next]:
    if not _missing(machine, "/etc/underrose/root.pub", f"{KEYS}/statement.key"):
        return
    yield Next(
        "Hold the ceremony, with the committee, on a machine that has no network",
        (
            "write committee.toml after deploy/committee.example.toml",
            "underrose keys new-committee --committee committee.toml --out papers",
            "read the fingerprint aloud; everybody writes it down",
            "hand people/ID to each person, and take safe/ to the committee's safe",
        ),
    )
    yield Next(
        "Bring intake/, review/, roster.json and root.pub here, and nothing else of the papers",
        ("underrose install --papers FOLDER", "then destroy the folder and its medium"),
    )


def _backups(machine: Machine) -> Iterator[Next]:
    if _missing(machine, "/etc/underrose/operator.recipient"):
        yield Next(
            "Say to whom backups are sealed",
            (
                "on a machine that is not this one: python -m crypto keygen -o operator.identity",
                "put the line that begins with age1pq1 into /etc/underrose/operator.recipient here",
            ),
        )
    if _missing(machine, f"{KEYS}/backup.key"):
        yield Next(
            "Make the key that signs backups, and keep what is printed beside the identity",
            (f"underrose backup key --out {KEYS}/backup.key",),
        )


def _surroundings(machine: Machine, answers: Answers) -> Iterator[Next]:
    names = [
        f"/etc/underrose/tls/{who}.{end}" for who in ("intake", "console") for end in ("pem", "key")
    ]
    if _missing(machine, *names):
        lines = tuple(each for each in names if _missing(machine, each))
        yield Next(
            "Put the certificates and their keys in place, readable by root alone",
            lines,
        )
    if machine.at(_NGINX).is_symlink():
        yield Next(
            "This machine's own nginx is started with it and takes ports 80 and 443",
            ("systemctl disable --now nginx",),
        )
    if answers.database == POSTGRESQL and _missing(machine, READY):
        yield Next(
            "Make PostgreSQL ready, as its administrator",
            (
                "underrose database roles | sudo -u postgres psql",
                "add the lines of /etc/underrose/postgresql.txt to pg_hba.conf and pg_ident.conf",
                f"systemctl reload postgresql; touch {READY}",
            ),
        )
    text = machine.at(CONFIGURATION).read_text() if machine.at(CONFIGURATION).is_file() else ""
    if answers.onion and text and "onion_location" not in text:
        if _missing(machine, HOSTNAME):
            yield Next("Let Tor make the onion address", ("systemctl start underrose-tor",))
        yield Next("Let the pages name the onion address", ("underrose install",))
