"""What an installation of review decides, read once from the environment.

Every setting says what it means, what it is without being set, how to make a value, and what
somebody who can change it could do with that.
"""

import datetime
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from zoneinfo import ZoneInfo

from crypto import policy, shredding
from crypto.cosignature import Signer
from crypto.errors import Malformed
from crypto.policy import Policy
from crypto.strict import b64, to_b64
from review import setting_values
from review.casework.deadlines import ClockSettings, read_clocks
from review.errors import SettingsRefused
from review.retention.disposition import COOLING_DAYS
from review.store import postgres
from review.store.database import check_url

PREFIX = "REVIEW_"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings of review; every field is REVIEW_ and its name in capitals."""

    book_url: str = field(repr=False)
    """Where the case book is, as sqlite:////absolute/path/book.db, or on PostgreSQL as
    postgresql+psycopg://review@/book?host=/run/postgresql for a server on this machine and
    postgresql+psycopg://review@db.example/book?sslmode=verify-full&passfile=/path for another. No
    default. Make it with `underrose database upgrade`. Who can change this can show the committee
    another, emptier book; they cannot read a case."""

    shred_url: str = field(repr=False)
    """Where the shred keys are, as sqlite:////absolute/path/shred.db or on PostgreSQL; best on
    another disk than the book, with backups of its own. No default. Make it with `underrose
    database upgrade`. Who can change this can make cases unreadable."""

    store_key_file: Path
    """The file with the store key, one line of base64, outside any database. No default. `underrose
    keys new-committee` writes one. Who can read it and both databases has the age files as they
    were sent, which only the case's readers open; who can change it can make cases unreadable."""

    root_key: bytes
    """The committee's root key, 32 bytes in base64, under which every roster must be signed. No
    default. `underrose keys new-committee` prints it. Who can change this can put other people's
    keys in the place of the members'."""

    timezone: ZoneInfo
    """The place whose civil day is written on acts and shown in pages. Default UTC. Take a name
    from the IANA list, the same as intake's. Who can change this can shift a day by one."""

    drop_url: str | None = field(default=None, repr=False)
    """Where the drop is, for `underrose collect` only; leave it out for the console. Default none.
    Who can change this can bring deposits from another drop into the book."""

    routing_identity_file: Path | None = None
    """The routing identity, for `underrose collect` only; leave it out for the console. Default
    none. `underrose keys new-committee` writes it, and `keys rotate routing` another, whose line
    goes above the old one. Who can read it learns, from the drop, who was excluded from which
    case; it opens nothing else."""

    ledger_key_file: Path | None = None
    """The file with the ledger's private key, for `underrose ledger batch`; leave it out for the
    console. Default none. `underrose keys new-committee` writes one, and `keys new-ledger` another.
    Who can read it can sign a second history of the ledger, which shows as soon as anybody has
    cosigned the first."""

    checkpoint_file: Path | None = None
    """Where the last signed checkpoint is kept, for `underrose ledger batch`, in a folder that is
    there; not where the book's backups bring it back with the book. Default none. The first batch
    makes it. Who can change this can have a smaller or rewritten ledger signed."""

    policy_file: Path | None = None
    """The policy that says whose cosignatures count, and how many of them, for the console and the
    collector. Default none: then proofs are handed out with the keeper's signature alone. Write
    one as docs/spec/policy.md says. Who can change this can have proofs handed out that fewer
    people have vouched for."""

    replica: str | None = None
    """The application_name of a replica of book and shred keys on PostgreSQL, for `underrose
    collect`: a deposit may leave the drop when this replica has confirmed what holds it, without a
    backup. Default none: only backups count. Name it as the replica's primary_conninfo does; one
    that deletes what is deleted here is no backup. Who can change this, and connect to the server
    as a replica, can have deposits removed from the drop that no other machine holds."""

    origin: str | None = None
    """Where people reach the console, as https://console.example, or http://localhost:8001 on this
    very machine. Default none, without which no passkey is made or used: a passkey belongs to this
    address, and whoever moves the console to another makes everybody's anew. Write what the
    browser's address line shows, without a path. Who can change this can have passkeys accepted
    that were used at another address."""

    allow_code: bool = False
    """1 to let people sign in by a password with a one-time code too, for those who cannot use a
    passkey. Default 0. Who can change this lets a sign-in that a person can be talked out of; no
    case opens by it."""

    allow_password: bool = False
    """1 to let people sign in by a password alone, in a demonstration only. Default 0. Who can
    change this can open a demonstration's door to whoever has a password; no case opens by one."""

    drill_key: bytes | None = None
    """The public half of the drill key, 32 bytes in base64: what a reader can sign to be a drill of
    the line. Default none: then nothing is a drill. `underrose drill new-key` prints it. Who can
    change this can have a case taken for a drill whose submitter has marked it with a key of
    theirs."""

    headcount: int | None = None
    """How many people could write to the committee, for the one number a year that is told for each
    hundred of them. Default none: that number is not told. Who can change this can make the line
    look busier or quieter than it is."""

    mail_server: tuple[str, int] | None = None
    """The mail server for `underrose notices send`, as HOST:PORT. Default none: no notices. One on
    another machine must offer STARTTLS under a certificate for its name. Who can change this learns
    the addresses of the people with an account, and what every notice says."""

    mail_from: str | None = None
    """The address that the weekly notice comes from, for `underrose notices send`. Default none.
    Take one that the mail server lets this machine use. Who can change this can have notices
    refused as forged."""

    mail_user: str | None = None
    """The name to give to the mail server, with the password in REVIEW_MAIL_PASSWORD_FILE. Default
    none: no name is given. Who can change this can keep notices from being sent."""

    mail_password_file: Path | None = None
    """The file with the password for the mail server, one line that only its owner can read.
    Default none. Who can read it can send mail in the name of REVIEW_MAIL_USER."""

    mail_ca_file: Path | None = None
    """The certificates, in PEM, of those who vouch for the mail server. Default: the machine's own.
    Who can change this can put another mail server in its place."""

    clocks: ClockSettings = field(default_factory=ClockSettings)
    """How long the clocks of cases run, as names and numbers of days: `closure=60 ageing=120`. The
    names are those of review/casework/deadlines.py; acknowledge, unopened and feedback_months can
    only be shorter than the 7 days, 5 days and 3 months that submitters are promised, and
    feedback_mode is CONSERVATIVE or LITERAL. Default: as the charter's duties have them. Who can
    change this can have people hear of what is due too late."""

    cooling_days: int = COOLING_DAYS
    """How many days pass between the second approval of a disposition and its execution, in which
    anybody who may know of it can still reject it: a whole number of days, from 1 to 3650. Default
    7. It is fixed in each manifest when it is proposed. Who can change this can leave people little
    time to object to what is proposed from then on."""

    https: bool = False
    """1 when people reach the console by https, so that browsers are told to insist on it. Default
    0, as in a demonstration. Who can change this can weaken that."""

    demo: bool = False
    """1 for a demonstration: a banner on every page, demonstration rosters accepted. Default 0. Who
    can change this can use a roster made for a demonstration, if the root key fits."""

    today: datetime.date | None = None
    """The day to pretend it is, as YYYY-MM-DD, in a demonstration only. Default: the real day. Who
    can change this can write another day on acts."""

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Self:
        """The settings that the REVIEW_ variables make.

        Raises SettingsRefused with every problem at once, an unknown name included: a misspelt
        setting would otherwise silently be its default.
        """
        given = {name: text for name, text in environ.items() if name.startswith(PREFIX)}
        problems = [f"{name} is not a setting" for name in sorted(set(given) - set(_READERS))]
        values: dict[str, object] = {}
        for name, reader in _READERS.items():
            text = given.get(name, _DEFAULTS.get(name))
            try:
                if text is not None:
                    values[name.removeprefix(PREFIX).lower()] = reader(text)
                elif name in _REQUIRED:
                    problems.append(f"{name} must be set")
            except ValueError as problem:
                problems.append(f"{name} {problem}")
        problems += _contradictions(values)
        if problems:
            raise SettingsRefused(problems)
        return cls(**values)  # type: ignore[arg-type]

    def check_ways_in(self) -> None:
        """Return if people can sign in to a console with these settings. Raises SettingsRefused."""
        if self.origin is None and not (self.allow_code or self.allow_password):
            raise SettingsRefused(
                ["REVIEW_ORIGIN must be set: it is the address that people's passkeys belong to"]
            )

    def day(self, now: datetime.datetime) -> datetime.date:
        """The installation's civil day at this moment."""
        return self.today or now.astimezone(self.timezone).date()


def _contradictions(values: Mapping[str, object]) -> list[str]:
    """What settings that are well by themselves must not be together, one sentence each."""
    urls = [str(values.get(name, "")) for name in ("book_url", "shred_url")]
    on_servers = all(map(postgres.is_meant, urls))
    found = {
        "REVIEW_TODAY is for a demonstration only: set REVIEW_DEMO=1 too": (
            "today" in values and not values.get("demo")
        ),
        "REVIEW_ALLOW_PASSWORD is for a demonstration only: set REVIEW_ORIGIN for passkeys, or "
        "REVIEW_ALLOW_CODE": bool(values.get("allow_password")) and not values.get("demo"),
        "REVIEW_REPLICA is for book and shred keys on PostgreSQL": (
            "replica" in values and not on_servers
        ),
        "REVIEW_MAIL_SERVER and REVIEW_MAIL_FROM are set together": (
            ("mail_server" in values) != ("mail_from" in values)
        ),
        "REVIEW_MAIL_USER wants REVIEW_MAIL_PASSWORD_FILE": (
            "mail_user" in values and "mail_password_file" not in values
        ),
    }
    return [sentence for sentence, wrong in found.items() if wrong]


def check_private(path: Path, name: str) -> None:
    """Return if nobody but its owner can read the file of a setting. Raises SettingsRefused.

    A file that is not there at all is for the reader to report.
    """
    with suppress(OSError):
        if open_to_others(path.stat()):
            raise SettingsRefused([f"{name} can be read by others: run chmod 600 {path}"])


def open_to_others(status: os.stat_result) -> bool:
    """Whether somebody beside the file's owner can read it.

    systemd gives a credential to a service by an access list, which shows as a right of the group:
    the file is root's and its group's, to which nobody else belongs.
    """
    of_root = status.st_uid == status.st_gid == 0
    return bool(status.st_mode & (0o037 if of_root else 0o077))


def read_store_key(path: Path) -> bytes:
    """The store key in a file that only its owner can read. Raises SettingsRefused."""
    check_private(path, "REVIEW_STORE_KEY_FILE")
    try:
        key = b64(path.read_text("ascii").strip())
    except (OSError, UnicodeDecodeError, Malformed):
        key = b""
    if len(key) != shredding.KEY_SIZE:
        raise SettingsRefused(["REVIEW_STORE_KEY_FILE must hold 32 bytes in base64, on one line"])
    return key


def read_mail_password(path: Path) -> str:
    """The mail server's password in a file that only its owner can read. Raises SettingsRefused."""
    check_private(path, "REVIEW_MAIL_PASSWORD_FILE")
    try:
        return setting_values.line(path.read_text("ascii").removesuffix("\n"))
    except (OSError, ValueError):
        raise SettingsRefused(["REVIEW_MAIL_PASSWORD_FILE must hold one line of ASCII"]) from None


def read_ledger_key(path: Path) -> Signer:
    """What signs the ledger, from a file that only its owner can read. Raises SettingsRefused."""
    check_private(path, "REVIEW_LEDGER_KEY_FILE")
    try:
        return Signer.parse(path.read_text("utf-8").removesuffix("\n"))
    except (OSError, UnicodeDecodeError, Malformed) as problem:
        raise SettingsRefused([f"REVIEW_LEDGER_KEY_FILE: {problem}"]) from None


def read_policy(path: Path | None) -> Policy | None:
    """The policy in a file, or None without one. Raises SettingsRefused."""
    if path is None:
        return None
    try:
        return policy.parse(path.read_bytes())
    except (OSError, Malformed) as problem:
        raise SettingsRefused([f"REVIEW_POLICY_FILE: {problem}"]) from None


def write_store_key(path: Path) -> None:
    """Write a new store key, readable by its owner only, where no file is yet."""
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(to_b64(shredding.new_key()) + "\n")


def _database(text: str) -> str:
    try:
        check_url(text)
    except SettingsRefused as refused:
        if postgres.is_meant(text):
            raise ValueError("must be another one: " + "; ".join(refused.problems)) from None
        raise ValueError("must be sqlite:///FILE") from None
    return text


def _file(text: str) -> Path:
    path = Path(text)
    if not path.is_file():
        raise ValueError("must name a file that is there")
    return path


def _place(text: str) -> Path:
    path = Path(text)
    if path.is_dir() or not path.parent.is_dir():
        raise ValueError("must name a file in a folder that is there")
    return path


def _key(text: str, maker: str = "keys new-committee") -> bytes:
    try:
        key = b64(text)
    except Malformed:
        key = b""
    if len(key) != 32:
        raise ValueError(f"must be 32 bytes in base64, as `underrose {maker}` prints")
    return key


def _drill_key(text: str) -> bytes:
    return _key(text, "drill new-key")


_READERS: Mapping[str, Callable[[str], object]] = {
    "REVIEW_BOOK_URL": _database,
    "REVIEW_SHRED_URL": _database,
    "REVIEW_STORE_KEY_FILE": _file,
    "REVIEW_ROOT_KEY": _key,
    "REVIEW_TIMEZONE": setting_values.zone,
    "REVIEW_DROP_URL": _database,
    "REVIEW_ROUTING_IDENTITY_FILE": _file,
    "REVIEW_LEDGER_KEY_FILE": _file,
    "REVIEW_CHECKPOINT_FILE": _place,
    "REVIEW_POLICY_FILE": _file,
    "REVIEW_REPLICA": setting_values.name,
    "REVIEW_DRILL_KEY": _drill_key,
    "REVIEW_HEADCOUNT": setting_values.count,
    "REVIEW_MAIL_SERVER": setting_values.server,
    "REVIEW_MAIL_FROM": setting_values.address,
    "REVIEW_MAIL_USER": setting_values.line,
    "REVIEW_MAIL_PASSWORD_FILE": _file,
    "REVIEW_MAIL_CA_FILE": _file,
    "REVIEW_ORIGIN": setting_values.origin,
    "REVIEW_ALLOW_CODE": setting_values.flag,
    "REVIEW_ALLOW_PASSWORD": setting_values.flag,
    "REVIEW_CLOCKS": read_clocks,
    "REVIEW_COOLING_DAYS": setting_values.cooling,
    "REVIEW_HTTPS": setting_values.flag,
    "REVIEW_DEMO": setting_values.flag,
    "REVIEW_TODAY": setting_values.day,
}
_REQUIRED = ("REVIEW_BOOK_URL", "REVIEW_SHRED_URL", "REVIEW_STORE_KEY_FILE", "REVIEW_ROOT_KEY")
_DEFAULTS = {"REVIEW_TIMEZONE": "UTC"}
