"""What a member signs for who records a concern that came by letter, by telephone or in person.

Pure. The console reads by this what arrives, the collector what it makes a case of, and the
auditor's verifier what was kept.
"""

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass

from review.casework.codes import Channel
from review.errors import MalformedForm

ACT = "record-concern"
CHANNELS = (Channel.LETTER, Channel.PHONE, Channel.IN_PERSON)
_NAMES = frozenset({"channel", "came", "submission"})
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Recorded:
    """How the concern came, on which day, and the digest of the submission it was written into."""

    channel: Channel
    came: datetime.date
    submission: str


def read(act: str, data: Mapping[str, object], on: datetime.date, previous: str | None) -> Recorded:
    """What an act of this name, day and place says. Raises MalformedForm if it begins no case."""
    if act != ACT or previous is not None or set(data) != _NAMES:
        raise MalformedForm("the act records no concern")
    channel, came, submission = (str(data[name]) for name in ("channel", "came", "submission"))
    if channel not in CHANNELS or not _HASH.fullmatch(submission):
        raise MalformedForm("the act names another channel, or no submission")
    try:
        day = datetime.date.fromisoformat(came)
    except ValueError:
        raise MalformedForm("the act names no day") from None
    if day.isoformat() != came or day > on:
        raise MalformedForm("the concern came after it was recorded")
    return Recorded(Channel(channel), day, submission)
