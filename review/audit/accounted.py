"""What is held, due, overdue and disposed of, as the auditor's report tells it, and the opinion.

Counted by the same rule as the console's page for the auditor. Records are named by their ids,
which say nothing to whoever has no bundle.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from review.audit.cases import Case
from review.audit.checks.disposed import EXPIRED
from review.audit.checks.terms import received_on
from review.audit.disposed import Disposed
from review.audit.verifier import Verified
from review.retention.opinion import Opinion, opinion
from review.retention.tally import Where, tally, where

# So many records are named of each kind; all are counted.
_MAX_NAMED = 200
_NAMED = (Where.HELD, Where.DUE, Where.OVERDUE, Where.DISPOSED)


@dataclass(frozen=True)
class Account:
    """How all records stand on the day of the newest batch: case, class and place of each."""

    stands: tuple[tuple[str, str, Where], ...]
    opinion: Opinion
    exceptions: int
    warnings: int
    by_code: dict[str, int]


def account(verified: Verified) -> Account:
    """The account of a verification.

    Without the committee's root key nobody can tell whose records these are.
    """
    known, codes = verified.known, Counter[str]()
    for check in verified.checks:
        for found in (*check.told.exceptions, *check.told.warnings):
            codes[found.code or min(check.tests)] += 1
    told = opinion(can_tell=known.asked.root_key is not None, exceptions=verified.exceptions)
    today = date.fromisoformat(known.today.decode())
    stands = (_stands(verified, case, today) for case in known.cases.all)
    return Account(
        stands=tuple(each for each in stands if each is not None),
        opinion=told,
        exceptions=verified.exceptions,
        warnings=verified.warnings,
        by_code=dict(sorted(codes.items())),
    )


def _stands(verified: Verified, case: Case, today: date) -> tuple[str, str, Where] | None:
    if case.id is None or case.recorded is None:
        return None
    name, retained = case.id.hex(), verified.known.retained
    if case.is_gone:
        gone = (each.record_class for each in retained.executed if each.case is case)
        return (name, next(gone, ""), Where.DISPOSED)
    kept = retained.kept(name)
    due = None if kept is None else retained.due(*kept)
    code = "" if kept is None else kept[0]
    held = retained.is_held(name, code, received_on(case), today)
    return (name, code, where(None if due is None else due[1], today, is_held=held))


def fields(verified: Verified) -> dict[str, object]:
    """The account as the report in JSON has it."""
    found = account(verified)
    return {
        "opinion": found.opinion.value,
        "exceptions": found.exceptions,
        "warnings": found.warnings,
        "codes": found.by_code,
        "classes": {
            code or "open": {place.value: count for place, count in counts.items()}
            for code, counts in tally((code, place) for _, code, place in found.stands).items()
        },
        "records": {
            place.value: [name for name, _, at in found.stands if at is place][:_MAX_NAMED]
            for place in _NAMED
        },
        "dispositions": [_disposition(verified, each) for each in verified.known.dispositions],
    }


def _disposition(verified: Verified, there: Disposed) -> dict[str, object]:
    made = there.certificate
    backup = None if made is None else made.backup
    return {
        "id": there.manifest.id,
        "manifest": there.manifest.hash,
        "records": len(there.manifest.records),
        "gone": len(there.outcome.gone),
        "left_out": len(there.outcome.left_out),
        "certificate": None if made is None else made.hash,
        "backup": None if backup is None else backup.isoformat(),
        "backup_is_gone": bool(verified.known.retained.of(EXPIRED, there.manifest.hash)),
    }


def lines(verified: Verified) -> Iterator[str]:
    """The account for people, a line each."""
    found = account(verified)
    yield (f"opinion: {found.opinion} ({found.exceptions} exceptions, {found.warnings} warnings)")
    yield from (f"{code}: {count}" for code, count in found.by_code.items())
    for code, counts in tally((code, place) for _, code, place in found.stands).items():
        said = ", ".join(f"{count} {place}" for place, count in counts.items() if count)
        yield f"{code or 'no class yet'}: {said}"
    for place in (Where.OVERDUE, Where.HELD):
        names = [name for name, _, at in found.stands if at is place]
        yield from (f"{place}: case {name}" for name in names[:_MAX_NAMED])
    for each in verified.known.dispositions:
        told = _disposition(verified, each)
        certified = (
            f"certificate {told['certificate']}" if told["certificate"] else "no certificate"
        )
        backup = ""
        if told["backup"] is not None:
            is_gone = "is gone" if told["backup_is_gone"] else "is not gone yet"
            backup = f", the last backup ends on {told['backup']} and {is_gone}"
        yield (
            f"disposition {told['id']}: {told['gone']} of {told['records']} records went, "
            f"{told['left_out']} stayed, {certified}{backup}"
        )
