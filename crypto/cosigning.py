"""`python -m crypto cosign`: vouch that a ledger continues what was seen of it before.

A cosigner remembers the last checkpoint of each ledger and signs a new one only with a proof that
it continues that one, so that two cosignatures by the same person can never be of a fork. What was
seen is written down before the cosignature leaves this program. The file it is kept in is what the
cosigner's word rests on: who replaces it can have a rewritten ledger cosigned.
"""

import argparse
import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Protocol

from crypto import checkpoint, files, merkle, note, policy, proof, strict
from crypto.checkpoint import Checkpoint
from crypto.cosignature import Signer
from crypto.document import VERSION, Document, parse_value
from crypto.errors import (
    InconsistentTree,
    InvalidProof,
    Malformed,
    MalformedNote,
    MalformedState,
    UnknownLedger,
)
from crypto.note import Note, NoteKey
from crypto.policy import Policy
from crypto.proof import ConsistencyProof

KEY_LIMIT = 1 << 12
POLICY_LIMIT = 1 << 20
STATE_LIMIT = 1 << 24
_KEYS = ("v", "seen")
_SEEN_KEYS = ("origin", "note")


@dataclass(frozen=True)
class Seen:
    """The last checkpoint seen of each ledger, as the whole note that was cosigned.

    The note has the keeper's signature: together with a later one that does not continue it, it
    proves to anybody that the ledger was rewritten.
    """

    notes: Mapping[str, Note] = field(default_factory=dict)

    def to_bytes(self) -> bytes:
        """The file."""
        seen = [
            {"origin": origin, "note": self.notes[origin].to_bytes().decode()}
            for origin in sorted(self.notes)
        ]
        return strict.canonical({"v": VERSION, "seen": seen})

    @classmethod
    def parse(cls, data: bytes) -> "Seen":
        """What a file says was seen. Raises MalformedState."""
        document = Document(parse_value(data, MalformedState), _KEYS, MalformedState)
        document.version()
        seen = cls()
        for part in document.parts("seen", STATE_LIMIT, _SEEN_KEYS):
            seen = seen.and_of(part.text("origin"), _note_of(part))
        if seen.to_bytes() != data:
            raise MalformedState("not the one spelling of what was seen")
        return seen

    def and_of(self, origin: str, seen: Note) -> "Seen":
        """The same with this note as the last of the ledger with this origin."""
        return Seen(MappingProxyType({**self.notes, origin: seen}))


def _note_of(part: Document) -> Note:
    try:
        seen = note.parse(part.text("note").encode())
        if checkpoint.parse(seen.text).origin == part.text("origin"):
            return seen
    except Malformed:
        pass
    raise MalformedState("a note is not a checkpoint of its ledger")


def cosign(
    asked: ConsistencyProof, seen: Seen, rules: Policy, signer: Signer, now: int, *, first: bool
) -> tuple[Note, Seen]:
    """The note with this signer's signature, and what has been seen then.

    Whether this is the first checkpoint of its ledger is said by whoever asks: otherwise a lost
    file would look like it. Raises UnknownLedger, NotSigned, InvalidSignature, InvalidProof or
    InconsistentTree.
    """
    head, _ = rules.check_signed(asked.note)
    known = seen.notes.get(head.origin)
    if first != (known is None):
        raise UnknownLedger(
            "this ledger has not been seen before\nif that is right, say so with --first"
            if known is None
            else "this ledger has been seen before\nleave out --first"
        )
    last = checkpoint.parse(known.text) if known else None
    # The same tree again needs no proof: whoever lost the answer may ask once more.
    if last != head:
        _check_continues(last, head, asked)
    signed = asked.note.signed(signer.sign(head, now))
    return signed, seen.and_of(head.origin, signed)


def _check_continues(last: Checkpoint | None, head: Checkpoint, asked: ConsistencyProof) -> None:
    size, root = (last.size, last.root) if last else (0, merkle.EMPTY_ROOT)
    # Two trees of one size, or a smaller one, need no proof to be found out.
    if (last is None or head.size > size) and asked.old_size != size:
        raise InvalidProof(
            f"the proof starts at {asked.old_size} entries, and {size} have been seen\n"
            f"ask the ledger's keeper for a consistency proof from {size}"
        )
    try:
        merkle.verify_consistency(size, root, head.size, head.root, asked.hashes)
    except InconsistentTree as wrong:
        hint = "keep this file and the state file: both are signed by the ledger's keeper"
        raise type(wrong)(f"{wrong}\n{hint}", wrong.size, wrong.known_size) from None


class Commands(Protocol):
    """What argparse gives for adding a command."""

    def add_parser(self, name: str, *, help: str) -> argparse.ArgumentParser:  # noqa: A002
        """A parser for one more command."""


def add_command(commands: Commands) -> None:
    """Add `cosign` to the command line."""
    parser = commands.add_parser("cosign", help="cosign a ledger's checkpoint")
    parser.description = (
        "Reads a checkpoint with its consistency proof, checks it against what was seen of the "
        "ledger before, remembers it and writes it with one more signature. With --new NAME it "
        "only makes a key and prints its public half."
    )
    add = parser.add_argument
    add("--key", metavar="FILE", required=True, help="the cosigner's private key")
    add("--new", metavar="NAME", help="make the key under this name, like example.com/auditor")
    add("--policy", metavar="FILE", help="the policy that lists the ledger's key")
    add("--state", metavar="FILE", help="where to remember what was seen")
    add("--first", action="store_true", help="nothing of this ledger has been seen before")
    add("-o", dest="out", metavar="OUT", help="where to write, standard output by default")
    add("proof", metavar="PROOF", nargs="?", help="the checkpoint with its consistency proof")

    def run(options: argparse.Namespace) -> None:
        if options.new is not None:
            print(new_key(options.new, options.key).text)
            return
        if None in (options.policy, options.state, options.proof):
            parser.error("cosigning takes --policy, --state and a proof")
        _run(options)

    parser.set_defaults(command=run)


def new_key(name: str, path: str) -> NoteKey:
    """Make a key in a new file and return its public half. Raises MalformedNote or OSError."""
    signer = Signer(name, os.urandom(note.SEED_SIZE))
    try:
        key = signer.key
    except ValueError:
        raise MalformedNote("a name is one word without + and of 255 bytes at most") from None
    files.write_new(path, f"{signer.private_text}\n".encode())
    return key


def read_key(path: str) -> Signer:
    """The signer whose private key a file holds. Raises MalformedNote, TooLong or OSError."""
    with files.about(path):
        try:
            text = files.read(path, KEY_LIMIT).decode("utf-8")
        except UnicodeDecodeError:
            raise MalformedNote("not a private key for notes") from None
        return Signer.parse(text.removesuffix("\n"))


def read_policy(path: str) -> Policy:
    """The policy that a file says. Raises MalformedPolicy, TooLong or OSError."""
    with files.about(path):
        return policy.parse(files.read(path, POLICY_LIMIT))


def _run(options: argparse.Namespace) -> None:
    signer = read_key(options.key)
    rules = read_policy(options.policy)
    with files.about(options.proof):
        asked = proof.parse_consistency(files.read(options.proof, proof.SIZE_LIMIT))
    with _remembering(options.state) as (seen, remember):
        with files.about(options.proof):
            signed, seen = cosign(asked, seen, rules, signer, int(time.time()), first=options.first)
        # First what was seen, then the answer: after a loss of power it can be asked for again.
        remember(seen.to_bytes())
    if options.out is None:
        sys.stdout.buffer.write(signed.to_bytes())
    else:
        files.replace(options.out, signed.to_bytes())


def _read_seen(path: str) -> Seen:
    with files.about(path):
        try:
            return Seen.parse(files.read(path, STATE_LIMIT))
        except FileNotFoundError:
            return Seen()


@contextlib.contextmanager
def _remembering(path: str) -> Iterator[tuple[Seen, Callable[[bytes], None]]]:
    """What was seen, and a function that replaces it, while no other run can do the same."""
    try:
        with files.replacing(path) as write:
            yield _read_seen(path), write
    except FileExistsError:
        raise MalformedState(
            f"{path}.new is there: another run is at work, or was interrupted\n"
            "if none is at work, remove that file"
        ) from None
