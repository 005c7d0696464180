"""Verifying a world, or bytes that claim to be a bundle, and what a person would be told."""

import hashlib
import io
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from crypto.note import Note
from crypto.policy import Policy
from review.audit import bundle, report
from review.audit.bundle import Listed, Manifest
from review.audit.errors import CannotVerify
from review.audit.found import Found
from review.audit.known import Asked
from review.audit.opened import open_bundle
from review.audit.place import Place
from review.audit.verifier import Verified, verify
from tests import committee
from tests.review.audit.world import World


@dataclass
class Seen:
    """How a verification ended: its exit status and, by check, what it found."""

    status: int
    found: Mapping[str, tuple[Found, ...]]
    lines: list[str]
    verified: Verified | None = None

    def by(self, name: str) -> str:
        """What one check says, if it is the only one that says anything."""
        assert set(self.found) == {name}, self.lines
        return "\n".join(each.says for each in self.found[name])

    def said(self, name: str) -> str:
        """What one check says, whatever the others say."""
        return "\n".join(each.says for each in self.found.get(name, ()))

    def places(self, name: str) -> set[Place]:
        """The entries that a check names."""
        return {place for each in self.found[name] for place in each.places}

    @property
    def text(self) -> str:
        """Everything that is said of exceptions, a line each."""
        return "\n".join(self.lines)


def look(
    world: World | bytes,
    *,
    since: Note | None = None,
    policy: Policy | None = None,
    root_key: bytes | None = committee.ROOT_KEY,
) -> Seen:
    """Verify, as the command does."""
    data = world.bundle() if isinstance(world, World) else world
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bundle.zip"
        path.write_bytes(data)
        try:
            with open_bundle(path) as opened:
                verified = verify(opened, Asked(since=since, policy=policy, root_key=root_key))
                lines = list(report.exception_lines(verified))
                report.to_json(verified)
        except CannotVerify as refused:
            return Seen(2, {}, [str(refused)])
    found = {each.name: tuple(each.told.exceptions) for each in verified.checks if each.told.count}
    return Seen(1 if verified.exceptions else 0, found, lines, verified)


def files(data: bytes) -> dict[str, bytes]:
    """The files of a bundle, in the order in which it has them."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(content: Mapping[str, bytes], *, manifest: bool = True) -> bytes:
    """A bundle of these files; with a manifest made for them, unless they keep their own."""
    content = dict(content)
    if manifest:
        old = Manifest.parse(content.pop(bundle.MANIFEST))
        listed = tuple(
            Listed(name, hashlib.sha256(each).hexdigest(), len(each))
            for name, each in sorted(content.items())
        )
        head = (old.installation, old.made_on, old.program)
        content[bundle.MANIFEST] = Manifest(*head, listed).to_bytes()
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, each in content.items():
            archive.writestr(name, each)
    return file.getvalue()


def changed(world: World, **content: bytes | None) -> bytes:
    """A world's bundle with some files replaced or, for None, left out.

    Names are given as entries, checkpoints, records, tally and rules; the manifest fits.
    """
    names = {
        "entries": "ledgers/1/entries.jsonl",
        "checkpoints": "ledgers/1/checkpoints.jsonl",
        "checkpoint": "ledgers/1/checkpoint",
        "records": bundle.RECORDS,
        "tally": bundle.TALLY,
        "rules": bundle.RULES,
    }
    there = files(world.bundle())
    for key, each in content.items():
        if each is None:
            del there[names[key]]
        else:
            there[names[key]] = each
    return packed(there)
