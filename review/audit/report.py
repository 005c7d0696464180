"""What a verification says: for people in Markdown, for programs and for signing in JSON.

Both say what holds, every exception with its entries, what was not checked and why, and against
which checkpoint. Whatever comes from the bundle is coded, a number, a day or a hash, or is made
harmless before it is shown.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from crypto import attestation, checkpoint, strict
from crypto.attestation import AUDIT_REPORT
from crypto.cosignature import Signer
from crypto.document import VERSION, Document
from crypto.errors import Malformed, MalformedAttestation
from crypto.note import NoteKey
from review.audit import accounted, rules
from review.audit.check import EXCEPTION, HOLDS, IN_PART, NOT_MADE, Check
from review.audit.checks.cosigned import Cosignatures
from review.audit.found import Found
from review.audit.known import Walked
from review.audit.placed import BUNDLE, PLACED
from review.audit.verifier import Verified

_MAX_SHOWN = 200
# Whether something may be said to hold: null where it was not checked, or only in part.
_HELD: Mapping[str, bool | None] = MappingProxyType(
    {HOLDS: True, IN_PART: None, NOT_MADE: None, EXCEPTION: False}
)


def plain(text: str) -> str:
    """A text without what could move a cursor, or look like a mark of Markdown."""
    return "".join(each if each.isprintable() and each not in "`<>|" else "?" for each in text)


def fields(verified: Verified) -> dict[str, object]:
    """The report as a document, unsigned."""
    known = verified.known
    manifest, since = known.bundle.manifest, known.since
    newest = known.newest[max(known.newest)]
    return {
        "v": VERSION,
        "kind": AUDIT_REPORT,
        "bundle": known.bundle.sha256,
        "installation": manifest.installation,
        "made_on": manifest.made_on.isoformat(),
        "program": plain(manifest.program),
        "rules": rules.HASH,
        "checkpoint": _head(newest),
        "ledgers": [_head(each) for _, each in sorted(known.newest.items())],
        "since": None
        if since is None
        else {"origin": plain(since.origin), "size": since.size, "root": since.root.hex()},
        "vouched": vouched(verified),
        "outcome": 1 if verified.exceptions else 0,
        "exceptions": verified.exceptions,
        "retention": accounted.fields(verified),
        "checks": [_checked(each) for each in verified.checks],
        "unchecked": list(unchecked(verified)),
        "tests": [_tested(verified, *line) for line in _placed()],
    }


def _head(walked: Walked) -> dict[str, object]:
    head = checkpoint.parse(walked.note.text)
    return {
        "ledger": walked.ledger,
        "origin": plain(head.origin),
        "size": head.size,
        "root": head.root.hex(),
        "on": walked.on.decode(),
    }


def _checked(check: Check) -> dict[str, object]:
    return {
        "name": check.name,
        "holds": _HELD[check.outcome],
        "outcome": check.outcome,
        "says": check.holds,
        "tests": list(check.tests),
        "exceptions": [_found(each) for each in check.told.exceptions],
        "more": check.told.more,
        "warnings": [_found(each) for each in check.told.warnings],
        "unchecked": [plain(each) for each in check.told.unchecked],
    }


def _found(each: Found) -> dict[str, object]:
    return {
        "says": plain(each.says),
        "code": each.code or None,
        "entries": [{"ledger": at.ledger, "index": at.at} for at in each.places],
    }


def _placed() -> Iterator[tuple[str, str, str]]:
    return ((each.test, each.where, each.says) for each in PLACED)


def _tested(verified: Verified, test: str, where: str, says: str) -> dict[str, object]:
    checks = [each for each in verified.checks if test in each.tests]
    outcome = _joined({each.outcome for each in checks}) if where == BUNDLE else NOT_MADE
    held = _HELD[outcome]
    return {"test": test, "where": where, "says": says, "holds": held, "outcome": outcome}


def _joined(outcomes: set[str]) -> str:
    """How a test ends whose checks ended so: it holds only if all of them do."""
    if EXCEPTION in outcomes:
        return EXCEPTION
    return outcomes.pop() if len(outcomes) == 1 else IN_PART


def vouched(verified: Verified) -> str:
    """Up to where and by whom the ledger is cosigned, or plainly that it is not."""
    found = [each for each in verified.checks if isinstance(each, Cosignatures)]
    return plain(found[0].sentence()) if found else ""


def unchecked(verified: Verified) -> Iterator[str]:
    """What was not checked, and why."""
    for check in verified.checks:
        yield from (f"{check.name}: {plain(each)}" for each in check.told.unchecked)
    waiting = sum(len(record.waiting) for _, record in verified.known.cases.waiting)
    waiting += len(verified.known.waiting)
    if waiting:
        yield f"records: {waiting} acts wait for the next batch, and nobody has signed them yet"
    for each in PLACED:
        if each.where != BUNDLE:
            yield f"{each.test} ({each.where}): {each.says}"


def to_json(verified: Verified) -> bytes:
    """The report in canonical JSON."""
    return strict.canonical(fields(verified))


def to_markdown(verified: Verified) -> str:
    """The report for people."""
    return "\n".join(_markdown(verified)) + "\n"


def _markdown(verified: Verified) -> Iterator[str]:
    known, manifest = verified.known, verified.known.bundle.manifest
    yield from ("# Verification of an auditor's bundle", "", "## What was verified", "")
    yield f"* bundle `{known.bundle.sha256}`"
    yield f"* of installation `{manifest.installation}`, made on {manifest.made_on}"
    yield f"* by `{plain(manifest.program)}`"
    yield from (f"* {line}" for line in ledger_lines(verified))
    yield from ("", "## Exceptions", "")
    yield from (f"* {line}" for line in exception_lines(verified))
    if not verified.exceptions:
        yield "None."
    yield from ("", "## Warnings", "")
    yield from (f"* {line}" for line in warning_lines(verified))
    if not verified.warnings:
        yield "None."
    yield from ("", "## What is held, due, overdue and disposed of", "")
    yield from (f"* {plain(line)}" for line in accounted.lines(verified))
    yield from ("", "## What holds", "")
    yield from (f"* {each.name}: {each.holds}" for each in verified.checks if each.outcome == HOLDS)
    yield from ("", "## What holds in part: see below for what was left out", "")
    yield from (
        f"* {each.name}: {each.holds}" for each in verified.checks if each.outcome == IN_PART
    )
    yield from ("", "## What was not checked, and why", "")
    yield from (f"* {line}" for line in unchecked(verified))
    yield from ("", "## The auditor's tests", "", "| test | where | |", "|---|---|---|")
    for test, where, says in _placed():
        outcome = _tested(verified, test, where, says)["outcome"]
        result = f"{outcome} ({where})" if where != BUNDLE else outcome
        yield f"| {test} | {result} | {says} |"


def ledger_lines(verified: Verified) -> Iterator[str]:
    """Which tree was verified, against what, and who vouches for it."""
    known = verified.known
    yield f"all of this is as of {known.today.decode()}, the day of the newest batch"
    for number, walked in sorted(known.newest.items()):
        head = checkpoint.parse(walked.note.text)
        yield (
            f"ledger {number}, {plain(head.origin)}: {known.sizes[number]} entries, newest "
            f"checkpoint of {head.size} on {walked.on.decode()}, root {strict.to_b64(head.root)}"
        )
    if known.since is None:
        yield "compared with no checkpoint seen before"
    else:
        yield f"compared with the checkpoint seen last time, of {known.since.size} entries"
    yield vouched(verified)


def last_line(verified: Verified) -> str:
    """What it comes to, in one line that never says more than was checked."""
    count = verified.exceptions
    if verified.known.asked.root_key is None:
        found = f"{count} exceptions" if count else "no exceptions"
        return f"{found}, and nothing here shows whose bundle this is: that takes --root-key"
    return f"{count} exceptions" if count else "everything that a bundle can show holds"


def exception_lines(verified: Verified) -> Iterator[str]:
    """Every exception as a line; the first entries to look at are in it or behind it."""
    for check in verified.checks:
        for found in check.told.exceptions[:_MAX_SHOWN]:
            looks = [str(at) for at in found.places if str(at) not in found.says]
            behind = f" (look at {', '.join(looks)})" if looks else ""
            yield f"{check.name}: {plain(found.says)}{behind}"
        if check.told.more:
            yield f"{check.name}: {check.told.more} more"


def warning_lines(verified: Verified) -> Iterator[str]:
    """Every warning as a line."""
    for check in verified.checks:
        yield from (f"{check.name}: {plain(each.says)}" for each in check.told.warnings)
        if check.told.more_warnings:
            yield f"{check.name}: {check.told.more_warnings} more"


@dataclass(frozen=True)
class Signed:
    """What a signed report says, for whoever takes it in: its hash, its tree and its count."""

    hash: str
    signed_by: str
    origin: str
    size: int
    root: str
    exceptions: int


def sign(report: bytes, signer: Signer) -> bytes:
    """The report, signed. Raises MalformedAttestation for what is no report of ours."""
    try:
        value = strict.parse_canonical(report)
    except Malformed as refused:
        raise MalformedAttestation(f"not a report in JSON: {refused}") from None
    if not isinstance(value, dict) or value.get("kind") != AUDIT_REPORT:
        raise MalformedAttestation("not a report of a verification")
    data = attestation.sign(AUDIT_REPORT, value, signer)
    read_signed(data, [signer.key])
    return data


def read_signed(data: bytes, keys: Iterable[NoteKey]) -> Signed:
    """What a report says that one of these keys has signed.

    Raises MalformedAttestation or InvalidSignature.
    """
    value = attestation.verify(AUDIT_REPORT, data, keys)
    document = Document(value, value.keys(), MalformedAttestation)
    wanted = {"v", "kind", "checkpoint", "exceptions", "signed_by"}
    if not wanted <= value.keys() or value["kind"] != AUDIT_REPORT:
        raise MalformedAttestation("not a report of a verification")
    document.version()
    head = document.part("checkpoint", ["ledger", "origin", "size", "root", "on"])
    return Signed(
        hash=hashlib.sha256(data).hexdigest(),
        signed_by=document.text("signed_by"),
        origin=head.line("origin", checkpoint.MAX_ORIGIN_SIZE),
        size=head.whole("size"),
        root=head.hash("root"),
        exceptions=document.whole("exceptions"),
    )
