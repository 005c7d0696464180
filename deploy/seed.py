"""Fills the demo through the front door: forms, sealed requests, a member's browser, the collector.

deploy/seed.toml holds the words and the order. Nothing here touches a database: a seed that needed
to would show a way in that the pages do not have.
"""

import struct
import tomllib
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from deploy.client import Client, File
from deploy.errors import FrontDoorRefused
from deploy.member import OpenedCase, Taken
from deploy.member_retention import RetainingMember
from deploy.submitter import PlainSubmitter, SealingSubmitter, Story
from review.casework.signed import STEPS

TEXTS = Path(__file__).parent / "seed.toml"
_LOG = """\
date     order   trailer  left the yard
June 26  40117   T-208    July 3
June 26  40118   T-208    July 3
June 27  40131   T-311    July 8
June 28  40140   T-094    July 9
"""


@dataclass(frozen=True)
class SignIn:
    """What one person needs to sign in and unlock; people without a key have no passphrase."""

    person: str
    username: str
    password: str = field(repr=False)
    passphrase: str | None = field(repr=False)


@dataclass(frozen=True)
class Seed:
    """One submission of the file, and what is done with it."""

    name: str
    sent: str
    story: Story
    acts: Sequence[Mapping[str, Any]]
    follow_up: str | None


def read(text: str) -> list[Seed]:
    """The seeds that the TOML text describes."""
    return [_seed(row) for row in tomllib.loads(text)["submissions"]]


def submit(seeds: Sequence[Seed], port: int) -> dict[str, str]:
    """Send every submission and return the receipt codes by the seeds' names."""
    return {seed.name: _sender(seed, port).submit(seed.story) for seed in seeds}


def treat(seeds: Sequence[Seed], port: int, sign_ins: Mapping[str, SignIn], today: date) -> None:
    """Do what the committee's people do with the submissions, each in a browser of their own."""
    desks: dict[str, Desk] = {}
    for seed in seeds:
        for act in seed.acts:
            for person in (act["by"], *act.get("with", ())):
                if person not in desks:
                    desks[person] = Desk(port, sign_ins[person])
            desks[act["by"]].do(seed, act, today)
            for person in act.get("with", ()):
                desks[person].sign(seed, act, today)


def follow_up(seeds: Sequence[Seed], port: int, codes: Mapping[str, str]) -> None:
    """Send the follow-ups, each the way its submission was sent."""
    for seed in seeds:
        if seed.follow_up is not None:
            _sender(seed, port).add(codes[seed.name], seed.follow_up)


def fill(
    intake_port: int,
    console_port: int,
    sign_ins: Mapping[str, SignIn],
    today: date,
    collect: Callable[[], None],
) -> dict[str, str]:
    """The whole of seed.toml; returns the receipt codes by the seeds' names.

    collect runs the collector once, as a timer does in a real installation.
    """
    seeds = read(TEXTS.read_text(encoding="utf-8"))
    codes = submit(seeds, intake_port)
    collect()
    treat(seeds, console_port, sign_ins, today)
    collect()
    follow_up(seeds, intake_port, codes)
    collect()
    return codes


def _seed(row: Mapping[str, Any]) -> Seed:
    story = Story(
        answers={name: text.strip() for name, text in row["answers"].items()},
        excluded=tuple(row.get("excluded", ())),
        files=tuple(_file(name) for name in row.get("files", ())),
        reply_wanted=row.get("reply_wanted", True),
    )
    follow_up = row.get("follow_up", {}).get("text")
    return Seed(row["name"], row["sent"], story, row.get("acts", ()), follow_up)


def _sender(seed: Seed, port: int) -> SealingSubmitter | PlainSubmitter:
    client = Client(port)
    return SealingSubmitter(client) if seed.sent == "sealed" else PlainSubmitter(client)


class Desk:
    """One person's browser, signed in and unlocked, and the cases found in the inbox."""

    def __init__(self, port: int, sign_in: SignIn) -> None:
        self._member = RetainingMember(Client(port))
        self._member.sign_in(sign_in.username, sign_in.password)
        if sign_in.passphrase is not None:
            self._member.unlock(sign_in.passphrase)
        self._unread = self._member.inbox()
        self._cases: list[OpenedCase] = []
        self._opened: set[str] = set()

    def do(self, seed: Seed, act: Mapping[str, Any], today: date) -> None:
        """One act of the file in the case that the seed has become."""
        case = self._find(seed)
        if case.id not in self._opened:
            self._member.open(case.id)
            self._opened.add(case.id)
        if "reply" in act:
            self._member.reply(case, act["reply"].strip())
        elif "note" in act:
            self._member.note(case, act["note"].strip())
        elif "hold" in act:
            self._member.hold(case.id, act["hold"], act["words"].strip())
        else:
            self._member.step(case, _taken(act, today))

    def sign(self, seed: Seed, act: Mapping[str, Any], today: date) -> None:
        """Sign the step of the file that somebody else has proposed."""
        self._member.sign(self._find(seed), _taken(act, today))

    def _find(self, seed: Seed) -> OpenedCase:
        what = seed.story.answers["what"]
        for case in self._read():
            if case.submission.body["what"] == what:
                return case
        raise FrontDoorRefused(f"the case of the seed {seed.name} is not in the inbox")

    def _read(self) -> Iterator[OpenedCase]:
        """The cases of the inbox, those first that were read already."""
        yield from self._cases
        while self._unread:
            self._cases.append(self._member.read(self._unread.pop()))
            yield self._cases[-1]


def _taken(act: Mapping[str, Any], today: date) -> Taken:
    """The step of an act of the file; days until the next news are counted from today."""
    days = act.get("next_in_days")
    return Taken(
        STEPS[act["step"]],
        act.get("data", {}),
        act.get("words", "").strip(),
        None if days is None else today + timedelta(days=days),
    )


def _file(name: str) -> File:
    if name.endswith(".png"):
        return File(name, "image/png", _picture())
    return File(name, "text/plain", _LOG.encode())


def _picture(width: int = 96, height: int = 64) -> bytes:
    """A small gray picture with ruled lines, as the corner of a count sheet could look."""
    rows = b"".join(
        b"\0" + bytes(90 if y % 12 == 0 or x % 24 == 0 else 225 for x in range(width))
        for y in range(height)
    )
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
