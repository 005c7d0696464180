"""The protocol of a ceremony: one page of plain text, to be read, compared and signed on paper.

It holds no secret. What was made stands in it by name and fingerprint, so that whoever was there
can see later whether what a host shows is what was decided.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from crypto.roster import Roster, key_hash, spoken

NAME = "protocol.md"
_BLANKS = 3


@dataclass(frozen=True, kw_only=True)
class Protocol:
    """What the page says: sentences of what was done, who was there, and which files were made."""

    title: str
    on: date
    done: Sequence[str]
    present: Sequence[str] = ()
    files: Sequence[str] = ()
    before: Roster | None = None
    after: Roster | None = None


def render(protocol: Protocol) -> bytes:
    """The page, in Markdown that reads as well without being rendered."""
    lines = [f"# {protocol.title}", "", f"Day: {protocol.on}"]
    roster = protocol.after or protocol.before
    if roster is not None:
        lines += [f"Committee: {roster.committee}", f"Installation: {roster.installation}"]
    lines += ["", "## What was done", "", *(f"* {sentence}" for sentence in protocol.done)]
    if protocol.before is not None:
        lines += ["", _epoch("The roster before", protocol.before)]
    if protocol.after is not None:
        lines += [
            "",
            _epoch("The roster from now on", protocol.after),
            "",
            *_people(protocol.after),
        ]
    if protocol.files:
        lines += ["", "## Files that were made", "", *(f"* {name}" for name in protocol.files)]
    lines += ["", "## Who was present", "", *_signatures(protocol.present)]
    return ("\n".join(lines) + "\n").encode()


def key_fingerprint(recipient: str) -> str:
    """A reader's key in twenty symbols, the same on every page and paper."""
    return spoken(key_hash(recipient))


def _epoch(what: str, roster: Roster) -> str:
    return (
        f"{what}: number {roster.epoch}, from {roster.issued_on} to {roster.expires_on},\n"
        f"fingerprint {roster.fingerprint}"
    )


def _people(roster: Roster) -> list[str]:
    lines = ["Who reads, and the fingerprint of each one's key:", ""]
    for each in roster.readers:
        key = key_fingerprint(each.recipient.text)
        lines.append(f"* {each.name} ({each.id}), {each.role}: {key}")
    if roster.listed:
        lines += ["", "Who can be named as involved and holds no key:", ""]
        lines += [f"* {each.name} ({each.id})" for each in roster.listed]
    return lines


def _signatures(present: Sequence[str]) -> list[str]:
    names = [*present, *[""] * max(0, _BLANKS - len(present))]
    lines = ["Each compared the fingerprints above with what was read aloud.", ""]
    for name in names:
        lines += [
            f"Name: {name or '_' * 22}    Signature: {'_' * 20}",
            "",
        ]
    return lines[:-1]
