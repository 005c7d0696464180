"""Makes a committee its keys and its first roster, away from any network.

hold() computes everything and write() puts it into a new folder, sorted by where each file belongs:
with a person, on a host, or in the committee's safe. What was made exists nowhere else: the folder
is carried away in parts, and is then destroyed.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

from crypto import passphrase, strict
from crypto.age import open_sealed, seal
from crypto.cosignature import Signer
from crypto.identity import Identity, read_identity_file
from crypto.note import NoteKey
from crypto.recipient import PassphraseRecipient, Recipient
from crypto.roster import Roster, sign_roster, verify
from crypto.signing import member_seed, verify_key
from deploy.committee import Committee, Seat
from deploy.errors import FolderTaken, NotOfTheCommittee

Entropy = Callable[[int], bytes]
WORK_FACTOR = 18
# The name of an installation's first ledger, which is its origin too.
FIRST_LEDGER = "underrose/{}/1"
_SHEET = """\
Underrose: the passphrase of {name}, {title}

    {passphrase}

It opens the file identity.age that was handed over with this sheet, and no copy of it was kept.
Keep the sheet where you keep what is only yours, and never where the file is.
"""


# Who keeps the committee's papers opens them with the secretariat's identity.
SECRETARIAT = Seat("secretariat", "secretary", "papers of the committee", "the secretariat")


@dataclass(frozen=True)
class Paper:
    """One file of a ceremony: its path below the folder, and what it holds."""

    path: str
    content: bytes


@dataclass(frozen=True)
class Ceremony:
    """What a ceremony made: the roster, the key that it is checked by, and every file."""

    roster: Roster
    root_key: bytes
    papers: tuple[Paper, ...]


def hold(
    committee: Committee,
    today: date,
    *,
    demo: bool = False,
    work_factor: int = WORK_FACTOR,
    entropy: Entropy = os.urandom,
) -> Ceremony:
    """New keys for everybody and the first roster, signed; nothing is written yet.

    work_factor is scrypt's for the members' identity files. A roster made for a demo is refused by
    every installation that is not one.
    """
    root = entropy(32)
    statement = entropy(32)
    installation = entropy(16).hex()
    ledger = Signer(FIRST_LEDGER.format(installation), entropy(32))
    offices = {name: Identity(entropy(32)) for name in ("routing", "recovery", "secretariat")}
    people = {seat.id: Identity(entropy(32)) for seat in committee.readers}
    fields = {
        "installation": installation,
        "demo": demo,
        "epoch": 1,
        "issued_on": today.isoformat(),
        "expires_on": (today + timedelta(days=committee.valid_days)).isoformat(),
        "committee": {"name": committee.name},
        "readers": [_reader(seat, people[seat.id]) for seat in committee.readers],
        "listed": [vars(person) for person in committee.listed],
        **{name: identity.recipient.text for name, identity in offices.items()},
        "statement_keys": [strict.to_b64(verify_key(statement))],
        "ledger_key": ledger.key.text,
        "previous": None,
    }
    roster = verify(sign_roster(fields, root), verify_key(root))
    papers = [
        Paper("roster.json", roster.document),
        Paper("root.pub", line(strict.to_b64(verify_key(root)))),
        Paper("safe/root.key", line(strict.to_b64(root))),
        Paper("safe/recovery.identity", line(offices["recovery"].text)),
        Paper("safe/secretariat.identity", line(offices["secretariat"].text)),
        Paper("intake/statement.key", line(strict.to_b64(statement))),
        Paper("review/routing.identity", line(offices["routing"].text)),
        Paper("review/store.key", line(strict.to_b64(entropy(32)))),
        Paper("review/ledger.key", line(ledger.private_text)),
    ]
    papers += personal(SECRETARIAT, offices["secretariat"], work_factor, entropy)
    for seat in committee.readers:
        papers += personal(seat, people[seat.id], work_factor, entropy)
        papers.append(recovery_copy(seat.id, people[seat.id], offices["recovery"].recipient))
    return Ceremony(roster, verify_key(root), tuple(papers))


def next_roster(
    roster: Roster,
    root_seed: bytes,
    today: date,
    changes: Mapping[str, object] = MappingProxyType({}),
    *,
    days: int | None = None,
    ledger_key: NoteKey | None = None,
    successor: bytes | None = None,
) -> Roster:
    """The roster after this one, issued today for as long or for that many days.

    changes replaces whole fields of the document. A successor is the seed of another root key, to
    which the line of root keys among the changes leads, and which signs. Raises InvalidSignature if
    the root key is not the one that signed this roster, and MalformedRoster for what no roster can
    say.
    """
    verify(roster.document, verify_key(root_seed))
    fields = {**fields_of(roster), **changes}
    lasting = roster.expires_on - roster.issued_on if days is None else timedelta(days=days)
    fields |= {
        "epoch": roster.epoch + 1,
        "issued_on": today.isoformat(),
        "expires_on": (today + lasting).isoformat(),
        "previous": roster.hash,
    }
    if ledger_key is not None:
        fields["ledger_key"] = ledger_key.text
    signed = sign_roster(fields, root_seed if successor is None else successor)
    return verify(signed, verify_key(root_seed))


def fields_of(roster: Roster) -> dict[str, Any]:
    """The fields of a roster's document without version and signature."""
    fields = cast(dict[str, Any], strict.parse_canonical(roster.document))
    return {name: value for name, value in fields.items() if name not in ("v", "signature")}


def recover(
    roster: Roster,
    copy: bytes,
    recovery: Identity,
    *,
    work_factor: int = WORK_FACTOR,
    entropy: Entropy = os.urandom,
) -> tuple[Paper, ...]:
    """A reader's identity file and sheet with a new passphrase, from the copy in the safe.

    Raises what crypto.age raises if the recovery identity does not open the copy, and
    NotOfTheCommittee if what is in it is no reader's of this roster.
    """
    (own,) = read_identity_file(open_sealed(copy, [recovery]))
    for reader in roster.readers:
        if reader.recipient == own.recipient:
            seat = Seat(reader.id, reader.role, reader.title, reader.name)
            return personal(seat, own, work_factor, entropy)
    raise NotOfTheCommittee("the copy holds the identity of nobody on this roster")


def write(papers: Sequence[Paper], folder: Path) -> None:
    """Put files of a ceremony into a new folder that only its owner can enter.

    They are on the disk, and not only on their way there, when it returns. Raises FolderTaken if
    there is anything of that name: an earlier ceremony's keys may be in it.
    """
    try:
        folder.mkdir(parents=True, mode=0o700)
    except FileExistsError:
        raise FolderTaken(
            f"{folder} exists already, and a ceremony never writes over another",
            hint="name a folder that does not exist yet with --out",
        ) from None
    for paper in papers:
        path = folder / paper.path
        # One level at a time, because the mode given to parents would be the default one.
        for parent in reversed(path.relative_to(folder).parents[:-1]):
            (folder / parent).mkdir(mode=0o700, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(paper.content)
            file.flush()
            os.fsync(file.fileno())
    for made in (folder.parent, folder, *(path for path in folder.rglob("*") if path.is_dir())):
        _keep_names(made)


def _keep_names(folder: Path) -> None:
    # A file is on the disk only when the folder that names it is.
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_sheet(text: str) -> str:
    """The passphrase on a person's sheet: its indented line."""
    return next(line.strip() for line in text.splitlines() if line.startswith("    "))


def _reader(seat: Seat, identity: Identity) -> dict[str, str]:
    return {
        **vars(seat),
        "recipient": identity.recipient.text,
        "verify_key": strict.to_b64(verify_key(member_seed(identity.seed))),
    }


def personal(
    seat: Seat, identity: Identity, work_factor: int, entropy: Entropy
) -> tuple[Paper, Paper]:
    """A person's sealed identity file, and the sheet with the passphrase that opens it."""
    words = passphrase.make(entropy)
    sealed = seal(line(identity.text), [PassphraseRecipient(words, work_factor)])
    sheet = _SHEET.format(name=seat.name, title=seat.title, passphrase=words)
    folder = f"people/{seat.id}"
    return Paper(f"{folder}/identity.age", sealed), Paper(
        f"{folder}/passphrase.txt", sheet.encode()
    )


def recovery_copy(reader: str, identity: Identity, recovery: Recipient) -> Paper:
    """For a passphrase that was lost: recovery.identity opens it, and nothing on a host does."""
    return Paper(f"safe/recovery/{reader}.age", seal(line(identity.text), [recovery]))


def line(text: str) -> bytes:
    """A file of one line of ASCII."""
    return text.encode("ascii") + b"\n"
