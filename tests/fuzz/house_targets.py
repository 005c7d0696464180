"""Targets for what the review's programs read from outside: bundles, reports, books and forms."""

import contextlib
import datetime
import json
from pathlib import Path
from urllib.parse import parse_qs

from crypto import attestation, case, cosignature, strict, tally
from crypto.act import Signature
from crypto.errors import Malformed
from crypto.recipient import from_seed
from review.audit import acts as signed_acts
from review.audit import brief, bundle, disposed, records, waiting
from review.audit import charter as kept_charter
from review.audit.errors import MalformedBundle
from review.casework.course import Stage
from review.charter.clauses import default_charter
from review.charter.parse import parse_book
from review.charter.story import read_story
from review.charter_forms import drafts
from tests import certified
from tests.vectors.cases.act import FIRST, NEXT

STORIES = Path(__file__).resolve().parent.parent / "stories" / "charter"
_SEED = bytes(range(32))
_DAY = datetime.date(2026, 11, 21)
_INSTALLATION = "0" * 32
_SIGNER = cosignature.Signer("witness.example/w1", _SEED)


def mailbox_record(data: bytes) -> None:
    """The record of a mailbox, from its canonical bytes."""
    case.parse_mailbox(data)


def attested(data: bytes) -> None:
    """A signed report."""
    attestation.parse(data)


def tallied(data: bytes) -> None:
    """The closed tally of a day."""
    tally.parse(data)


def signer(data: bytes) -> None:
    """The private text of a cosigner's key."""
    text = data.decode("utf-8", "surrogateescape")
    if cosignature.Signer.parse(text).private_text != text:
        raise AssertionError("a key is read from a second spelling")


def record(data: bytes) -> None:
    """A record of a bundle, by the fast way and the slow one, which must agree."""
    try:
        slow: object = brief._long(records.parse(data))
    except MalformedBundle:
        slow = None
    try:
        fast: object = brief.read(data)
    except MalformedBundle:
        fast = None
    if fast != slow:
        raise AssertionError("the fast way reads another record than the slow one")
    if slow is None:
        raise MalformedBundle("not a record")


def kept_record(data: bytes) -> None:
    """A record of the charter in a bundle."""
    kept_charter.parse(data)


def signed_act(data: bytes) -> None:
    """An act with its signatures in a bundle."""
    if signed_acts.parse(data).to_bytes() != data:
        raise AssertionError("an act has a second spelling")


def waits(data: bytes) -> None:
    """An act that waits and is of no case, in a bundle."""
    if waiting.to_bytes(waiting.parse(data)) != data:
        raise AssertionError("an act that waits has a second spelling")


def waiting_lines() -> list[bytes]:
    """A hold that waits for the next batch, and the end of a backup."""
    placed = {"act": "ab" * 32, "hold": "cd" * 32}
    expired = {"manifest": "ab" * 32, "expired_on": _DAY.isoformat()}
    acts = (
        records.Act(type="hold.placed", on=_DAY, by="chair", data=placed),
        records.Act(type="backup.expired", on=_DAY, data=expired),
    )
    return [waiting.to_bytes(each) for each in acts]


def disposed_of(data: bytes) -> None:
    """What became of a disposition, in a bundle; and as its only file."""
    outcome = disposed.parse_outcome(data)
    if outcome.to_bytes() != data:
        raise AssertionError("an outcome has a second spelling")
    manifest = certified.MANIFEST.document
    with contextlib.suppress(MalformedBundle):
        disposed.parse(certified.MANIFEST.id, certified.MANIFEST.installation, manifest, data, None)


def outcomes() -> list[bytes]:
    """One record went, another one stayed."""
    line = certified.LINES[0]
    gone = disposed.Gone(line.case, "RC-01", 1, line.triggered, line.due, _DAY)
    stayed = disposed.Stayed("ef" * 32, "ON_HOLD", _DAY)
    of = (certified.MANIFEST.installation, certified.MANIFEST.id)
    return [
        disposed.Outcome(*of, (gone,), (stayed,)).to_bytes(),
        disposed.Outcome(*of).to_bytes(),
    ]


def signed_lines() -> list[bytes]:
    made = [Signature(by, bytes(64)) for by in ("ada", "ben")]
    return [signed_acts.SignedAct(each, tuple(made)).to_bytes() for each in (FIRST, NEXT)]


def listed(data: bytes) -> None:
    """The manifest of a bundle."""
    if bundle.Manifest.parse(data).to_bytes() != data:
        raise AssertionError("a manifest has a second spelling")


def book(data: bytes) -> None:
    """A charter book."""
    parse_book(data, casework=False)


def story(data: bytes) -> None:
    """A story of a charter book."""
    read_story(data, default_charter())


def form(data: bytes) -> None:
    """A form of the charter's pages, its first line the type of record, as anybody could post it.

    What comes of it is JSON, and what the page shows for it makes the same draft again.
    """
    kind, _line, typed = data.decode("utf-8", "replace").partition("\n")
    try:
        made = drafts.draft(kind, parse_qs(typed, keep_blank_values=True, max_num_fields=200))
    except (KeyError, ValueError):
        # No such type, or more fields than a request may have.
        raise Malformed("not a form") from None
    json.dumps(made)
    if drafts.draft(kind, drafts.typed(made)) != made:
        raise AssertionError("a form that comes back says something else")


def reports() -> list[bytes]:
    """A signed report."""
    return [attestation.sign(attestation.STORE_CHECK, {"v": 1}, _SIGNER)]


def mailboxes() -> list[bytes]:
    """The record of a mailbox."""
    made = case.sign_mailbox(_INSTALLATION, "0" * 64, from_seed(_SEED).text, _SEED)
    return [strict.canonical(made.document())]


def days() -> list[bytes]:
    """The tally of a day with one deposit."""
    return [tally.close(_INSTALLATION, _DAY, ["ab" * 32], _SEED, _SEED)]


def private_keys() -> list[bytes]:
    """The private text of a cosigner's key."""
    return [_SIGNER.private_text.encode()]


def record_lines() -> list[bytes]:
    """A record with a message, and one with an act that waits."""
    message = records.Message(
        thread="submitter", n=1, kind="submission", on=_DAY, digest="cd" * 32, slices=2
    )
    act = records.Act(type="note.left", on=_DAY, by="chair", digest="ef" * 32)
    plain = records.Record(
        case="ab" * 32, on=_DAY, state=Stage.RECEIVED, generation=1, messages=(message,)
    )
    waits = records.Record(
        case="ab" * 32, on=_DAY, state=Stage.RECEIVED, generation=1, messages=(), waiting=(act,)
    )
    return [plain.to_bytes(), waits.to_bytes()]


def charter_lines() -> list[bytes]:
    """A record of the charter, and the stub of one that has ended."""
    ended = kept_charter.Ending(on=_DAY, record_class="complaints")
    return [
        kept_charter.Kept(digest="ab" * 32, on=_DAY, by="secretary").to_bytes(),
        kept_charter.Kept(digest="ab" * 32, on=_DAY, by=None, ended=ended).to_bytes(),
    ]


def manifests() -> list[bytes]:
    """The manifest of a bundle with one file."""
    found = (bundle.Listed("rules.json", "ab" * 32, 7),)
    return [bundle.Manifest(_INSTALLATION, _DAY, "underrose 0.2.0", found).to_bytes()]


def stories() -> list[bytes]:
    """The three shortest stories."""
    found = sorted((path.read_bytes() for path in STORIES.glob("*.json")), key=len)
    return found[:3]


def books() -> list[bytes]:
    """The books of those stories."""
    found = []
    for each in stories():
        value = json.loads(each)
        found.append(json.dumps(value.get("book", value)).encode())
    return found


def forms() -> list[bytes]:
    """A form of each of a few types, filled in and empty."""
    return [
        b"meeting_held\non=2026-03-04&present=chair&present=member-2&minutes=",
        b"setting_changed\nname=x&value=3",
        b"required_communications_made\non=2026-03-04",
        b"meeting_held\n",
    ]
