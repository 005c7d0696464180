"""What an installation of intake decides, read once from the environment.

Every setting says what it means, what it is without being set, how to make a value, and what
somebody who can change it could do with that.
"""

import datetime
import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from limits import parse_many

from crypto.errors import Malformed
from crypto.strict import b64, decimal
from intake import postgres
from intake.database import check_url, file_of
from intake.epochs import beside
from intake.errors import SettingsRefused

PREFIX = "INTAKE_"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings of one intake process; every field is INTAKE_ and its name in capitals."""

    database_url: str = field(repr=False)
    """Where the drop is, as sqlite:////absolute/path/drop.db, or on PostgreSQL as
    postgresql+psycopg://intake@/drop?host=/run/postgresql for a server on this machine and
    postgresql+psycopg://intake@db.example/drop?sslmode=verify-full&passfile=/path for another. No
    default. Make it with `underrose database upgrade`. Who can change this can send deposits to a
    drop that nobody collects; they cannot read one."""

    root_key: bytes
    """The committee's root key, 32 bytes in base64, under which every roster must be signed. No
    default. `underrose keys new-committee` prints it. Who can change this can put their own people
    in the committee's place and read whatever is sent from then on."""

    statement_key_file: Path
    """The file with the key that signs what a sender may keep and the tally of each day: 32 bytes
    in base64, which nobody but the service may read. No default. `underrose keys new-committee`
    makes it, as intake/statement.key, and the roster lists it. Without a good key submissions are
    still taken in, and nothing is signed. Who can change this can keep submitters from statements;
    who can read the file can sign some for what was never sent, which no ledger bears out."""

    timezone: ZoneInfo
    """The place whose civil day is written on deposits, such as America/Los_Angeles. Default UTC.
    Take a name from the IANA list. Who can change this can shift a day by one."""

    demo: bool = False
    """1 for a demonstration: a banner on every page, demonstration rosters accepted. Default 0.
    Who can change this can publish a roster made for a demonstration, if the root key fits."""

    https: bool = False
    """1 when people reach this service by https, so that browsers are told to insist on it.
    Default 0, as on an onion address or a demonstration. Who can change this can weaken that."""

    onion_location: str | None = None
    """The onion address of this service, such as http://name.onion, which Tor Browser then offers.
    Default none. Tor prints it into the hostname file of the onion service. Who can change this
    can lead Tor users to another server."""

    max_files: int = 10
    """How many files may come with one submission or follow-up. Default 10, at most 16, because
    each takes room in the message that names it. Who can change this can refuse files."""

    max_file_bytes: int = 512 * 1024 * 1024
    """The size of the largest file taken in, in bytes. Default 512 MiB. Choose it from the disk at
    hand. Who can change this can refuse files, or let the disk be filled sooner."""

    max_total_bytes: int = 5 * 1024 * 1024 * 1024
    """How many bytes all files of one submission or follow-up may have together. Default 5 GiB,
    which is as much as ten of the largest have. Choose it from the disk at hand. Who can change
    this can refuse files, or let the disk be filled sooner."""

    budget_deposits: str = "120/minute;2000/hour"
    """How many texts are taken in, from everybody together; the second half of each number is for
    who waits or whose device works for it. Choose it from the disk at hand, some 100 KB each.
    Who can change this can stop intake, or let the disk be filled sooner."""

    budget_slices: str = "1200/minute;20000/hour"
    """How many slices of files, each up to 1 MiB, are taken in. Texts do not count against it, so
    that a flood of files never shuts out words. Who can change this can refuse files."""

    budget_reads: str = "600/minute"
    """How often mailboxes are read by somebody who only reads; the second half is for who waits or
    whose device works for it. Who can change this can keep
    submitters from their replies."""

    budget_form: str = "12/hour"
    """How often what is sealed under one form's token is taken, and how often one price is good
    under load. What names the form is forgotten after a day. Who can change this can refuse forms
    that had to be sent again and again, or let one price pay for many."""

    budget_mailbox: str = "30/minute;300/hour"
    """How often one mailbox, or one receipt code that opens none, is looked up. Only who has the
    code can use it up. Who can change this can keep submitters from their replies."""

    budget_prefix: str = ""
    """How many requests that count come from around one address (a /24, or a /48 of IPv6) before
    everything from there has the price that others pay under load: a wait, or work of the device.
    Default empty: nothing is looked at. Only for a service that is reached without Tor and without
    a proxy, because behind one all have one address; what comes from this machine, as an onion
    service does, is not counted. What is kept is an HMAC, for the time of the budget. Who can
    change this can make a company's whole network wait."""

    budget_malformed: str = "60/minute"
    """How many sealed requests in a form that no page of ours sends are let go unpunished. Above
    it each sealed submission counts as a text before it is looked at closely, which is what costs.
    Counted in each process, every worker having its share. Who can change this can keep the
    machine busy."""

    disk_reserve: int = 1 << 30
    """How many bytes of the drop's disk are kept for words: with less than that left, files are
    refused and texts still taken. Default 1 GiB. Choose more than a day's texts and the largest
    collection take. Who can change this can refuse files, or let files fill the disk."""

    database_limit: int = 1 << 34
    """On PostgreSQL, how many bytes the drop may fill before files are refused and texts still
    taken. Default 16 GiB. Choose less than its server's disk has, by more than a day's texts and
    the largest collection take. Without effect on SQLite, where INTAKE_DISK_RESERVE is asked. Who
    can change this can refuse files, or let files fill the disk."""

    least_epoch: int = 1
    """The lowest number of a roster that is used. Default 1. Raise it to the number of the newest
    when the drop is restored from an old copy or moved to another machine. The highest number seen
    is also kept in a file, see INTAKE_EPOCH_FILE. Who can change this, or that file, can have an
    earlier roster used again, with people who have left."""

    epoch_file: Path | None = None
    """The file in which the highest number of a roster that was seen is kept, in a folder where
    the service may write. Default: beside the drop's file, drop.db.epoch for drop.db; on
    PostgreSQL it must be set, on every host that runs intake. Who can change this can have an
    earlier roster used again."""

    limiter_storage: str = "memory://"
    """Where the budgets are counted: memory:// in each process, every worker having its share of
    them, or redis+unix:///SOCKET, redis://HOST:PORT for a HOST that is this machine's own, or
    rediss://HOST:PORT by TLS, where all workers count together, and again each for itself while
    that is gone. Default memory://. The Redis must write nothing to disk
    (save "" and appendonly no). What it holds of a form or a mailbox is an HMAC under a key that
    is in the memory of this service for a day. Who can change this can lift the budgets."""

    today: datetime.date | None = None
    """The day to pretend it is, as YYYY-MM-DD, in a demonstration only. Default: the real day. Who
    can change this can write another day on deposits."""

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Self:
        """The settings that the INTAKE_ variables make.

        Raises SettingsRefused with every problem at once, an unknown name included: a misspelt
        setting would otherwise silently be its default.
        """
        given = {name: text for name, text in environ.items() if name.startswith(PREFIX)}
        problems = [f"{name} is not a setting" for name in sorted(given) if name not in _READERS]
        values: dict[str, object] = {}
        for name, reader in _READERS.items():
            text = given.get(name, _DEFAULTS.get(name))
            try:
                if text is not None:
                    values[name.removeprefix(PREFIX).lower()] = reader(text)
            except ValueError as problem:
                problems.append(f"{name} {problem}")
        if "today" in values and not values.get("demo"):
            problems.append("INTAKE_TODAY is for a demonstration only: set INTAKE_DEMO=1 too")
        if postgres.is_meant(str(values.get("database_url", ""))) and "epoch_file" not in values:
            problems.append("INTAKE_EPOCH_FILE must be set for a drop on PostgreSQL")
        if problems:
            raise SettingsRefused(problems)
        return cls(**values)  # type: ignore[arg-type]

    @property
    def epoch_path(self) -> Path:
        """The file in which the highest epoch is kept."""
        return self.epoch_file or beside(file_of(self.database_url))


def _database(text: str) -> str:
    try:
        check_url(text)
    except SettingsRefused as refused:
        if postgres.is_meant(text):
            raise ValueError("must be another one: " + "; ".join(refused.problems)) from None
        raise ValueError("must be set to sqlite:////FILE, with the whole path") from None
    return text


def _key(text: str) -> bytes:
    try:
        key = b64(text)
    except Malformed:
        key = b""
    if len(key) != 32:
        raise ValueError(
            "must be set to 32 bytes in base64, as `underrose keys new-committee` prints"
        )
    return key


def _path(text: str) -> Path:
    if not text:
        raise ValueError("must be set to the file that holds the key, with its whole path")
    return Path(text)


def _zone(text: str) -> ZoneInfo:
    try:
        return ZoneInfo(text)
    except (OSError, ValueError, KeyError):
        raise ValueError("must be a name such as America/Los_Angeles") from None


def _flag(text: str) -> bool:
    if text not in ("0", "1"):
        raise ValueError("must be 0 or 1")
    return text == "1"


def _number(low: int, high: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        try:
            number = decimal(text)
        except Malformed:
            number = low - 1
        if not low <= number <= high:
            raise ValueError(f"must be a number from {low} to {high}")
        return number

    return read


def _day(text: str) -> datetime.date:
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise ValueError("must be a day as YYYY-MM-DD")
    return day


def _origin(text: str) -> str:
    parts = urlsplit(text)
    known = parts.scheme in ("http", "https") and parts.netloc.endswith(".onion")
    if not known or f"{parts.scheme}://{parts.netloc}" != text:
        raise ValueError("must be an address such as http://name.onion, without a path")
    return text


def _budget(text: str) -> str:
    try:
        parse_many(text)
    except ValueError:
        raise ValueError("must be a budget such as 120/minute;2000/hour") from None
    return text


def _budget_or_none(text: str) -> str:
    return _budget(text) if text else ""


def _storage(text: str) -> str:
    """Where budgets are counted; nothing goes over a network in clear, a password least of all."""
    if text.startswith(("memory://", "rediss://", "redis+unix://")):
        return text
    if text.startswith("redis://") and _is_here(text):
        return text
    raise ValueError(
        "must be memory://, redis+unix:///SOCKET, redis:// on this machine, or rediss:// elsewhere"
    )


def _is_here(url: str) -> bool:
    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


_READERS: dict[str, Callable[[str], object]] = {
    "INTAKE_DATABASE_URL": _database,
    "INTAKE_ROOT_KEY": _key,
    "INTAKE_STATEMENT_KEY_FILE": _path,
    "INTAKE_TIMEZONE": _zone,
    "INTAKE_DEMO": _flag,
    "INTAKE_HTTPS": _flag,
    "INTAKE_ONION_LOCATION": _origin,
    "INTAKE_MAX_FILES": _number(0, 16),
    "INTAKE_MAX_FILE_BYTES": _number(1, 1 << 40),
    "INTAKE_MAX_TOTAL_BYTES": _number(1, 1 << 44),
    "INTAKE_BUDGET_DEPOSITS": _budget,
    "INTAKE_BUDGET_SLICES": _budget,
    "INTAKE_BUDGET_READS": _budget,
    "INTAKE_BUDGET_FORM": _budget,
    "INTAKE_BUDGET_MAILBOX": _budget,
    "INTAKE_BUDGET_PREFIX": _budget_or_none,
    "INTAKE_BUDGET_MALFORMED": _budget,
    "INTAKE_DISK_RESERVE": _number(0, 1 << 50),
    "INTAKE_DATABASE_LIMIT": _number(0, 1 << 50),
    "INTAKE_LEAST_EPOCH": _number(1, 1 << 53),
    "INTAKE_EPOCH_FILE": _path,
    "INTAKE_LIMITER_STORAGE": _storage,
    "INTAKE_TODAY": _day,
}
_DEFAULTS = {
    # The empty text is none of these, so that their readers say that they must be set.
    "INTAKE_DATABASE_URL": "",
    "INTAKE_ROOT_KEY": "",
    "INTAKE_STATEMENT_KEY_FILE": "",
    "INTAKE_TIMEZONE": "UTC",
}
