"""The assessment: every duty looks at the facts, and the leaves get the worst of what was found.

Total: a book that parses is assessed, however odd. What no rule is built for is UNKNOWN with the
reason, and so is what the book is not kept for.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from review.charter import (
    advisors,
    attendance,
    audit_findings,
    board,
    complaints,
    disclosure,
    engagement,
    evaluations,
    fees,
    independence,
    independent,
    meetings,
    membership,
    plan,
    policy,
    preapproval,
    quality,
    ratification,
    records,
    rotation,
    sessions,
    statement_checks,
    statements,
)
from review.charter.book import Book
from review.charter.clauses import Charter, Leaf
from review.charter.facts import Facts
from review.charter.findings import (
    DONE,
    STATUSES,
    Assessment,
    Finding,
    LeafStatus,
    Occurrence,
    Severity,
    Standing,
    Status,
)
from review.charter.notes import Notes
from review.charter.render import book_sha256
from review.charter.view import View

# What an open finding says of its leaf's status; the rest say nothing about it.
_BY_STANDING = {
    Standing.JUDGEMENT: Status.JUDGEMENT,
    Standing.IN_CURE: Status.IN_CURE,
    Standing.CANDIDATE: Status.IN_CURE,
}
_BY_SEVERITY = {Severity.B: Status.BREACHED, Severity.H: Status.OVERDUE}
BUILT = frozenset(
    (
        *membership.LEAVES,
        *engagement.LEAVES,
        *ratification.LEAVES,
        *rotation.LEAVES,
        *preapproval.LEAVES,
        *policy.LEAVES,
        *fees.LEAVES,
        *disclosure.LEAVES,
        *independence.LEAVES,
        *meetings.LEAVES,
        *sessions.LEAVES,
        *board.LEAVES,
        *quality.LEAVES,
        *plan.LEAVES,
        *statements.LEAVES,
        *statement_checks.LEAVES,
        *audit_findings.LEAVES,
        *complaints.LEAVES,
        *advisors.LEAVES,
        *evaluations.LEAVES,
    )
)
NOT_KEPT = "the book is not kept for this on that day"
NOT_BUILT = "no rule is built for this yet"
# What this half cannot say, and why.
ELSEWHERE = {
    "R-5.3": "no result of the retention auditor is on record",
    "R-5.4": "casework decides this; the charter's book has the quarters' numbers only",
    "MT-1.2": "what calls for a further meeting is known to casework and to people",
    "L-08": "the company's own report; no code is defined for it",
    "L-14": "casework decides this; the charter's book knows no case",
    "L-15": "the firm's own duty; no code is defined for it",
}


@dataclass(frozen=True)
class Half:
    """Rules of another half of the book, which looks at the same facts, and the leaves they say.

    Its opinion is what everything that was found comes to for the retention auditor, or nothing.
    """

    leaves: frozenset[str]
    duties: Callable[[Facts], Notes]
    opinion: Callable[[View, tuple[Finding, ...]], str] = lambda view, findings: ""


NO_OTHER = Half(frozenset(), Notes)


def assess(
    charter: Charter, book: Book, as_of: date, known_at: date | None = None, other: Half = NO_OTHER
) -> Assessment:
    """What is met, due, late or breached at the end of as_of, as it was known at known_at.

    known_at is as_of where it is not given. What the other half finds is told with it; this half
    never looks at that. The same input gives the same result, whatever the order of the book's
    events; nothing is raised.
    """
    view = View(charter, book, as_of, known_at or as_of)
    notes = Notes(Facts(view))
    _duties(notes)
    others = other.duties(notes.facts)
    found = [*notes.findings, *others.findings]
    findings = tuple(sorted(set_of(found), key=Finding.order))
    due = [*notes.occurrences, *others.occurrences]
    occurrences = tuple(sorted(due, key=Occurrence.order))
    leaves = tuple(_leaves(view, findings, occurrences, BUILT | other.leaves))
    return Assessment(
        as_of, view.known_at, charter.sha256, book_sha256(book), findings, occurrences, leaves,
        other.opinion(view, findings),
    )  # fmt: skip


def _duties(notes: Notes) -> None:
    services, exception = preapproval.services_of(notes.facts)
    membership.assess(notes)
    attendance.assess(notes)
    engagement.assess(notes, services)
    ratification.assess(notes)
    rotation.assess(notes)
    preapproval.assess(notes, services, exception)
    policy.assess(notes, services)
    fees.assess(notes, services)
    fees.ratios(notes, services)
    disclosure.assess(notes, services, exception)
    independence.assess(notes, services)
    quality.assess(notes)
    plan.assess(notes)
    stains = independent.stained(notes, services)
    statements.assess(notes, stains)
    statement_checks.assess(notes, stains)
    audit_findings.assess(notes)
    complaints.assess(notes)
    advisors.assess(notes)
    evaluations.assess(notes)
    meetings.assess(notes)
    sessions.assess(notes)
    board.assess(notes)
    evaluations.roll_up(notes)
    records.assess(notes)


def set_of(findings: list[Finding]) -> list[Finding]:
    """One open finding for each code, subject, period, class and party: the gravest first."""
    kept: list[Finding] = []
    seen: set[tuple[str, ...]] = set()
    for one in sorted(findings, key=Finding.order):
        key = (one.code, one.about, one.period, one.source_class, one.whose)
        if one.is_open and key in seen:
            continue
        if one.is_open:
            seen.add(key)
        if one not in kept[-1:]:
            kept.append(one)
    return kept


def _leaves(
    view: View,
    findings: tuple[Finding, ...],
    occurrences: tuple[Occurrence, ...],
    built: frozenset[str],
) -> list[LeafStatus]:
    found: dict[str, list[Finding]] = {}
    for finding in findings:
        # How promptly something was written down says nothing about whether it was done.
        if finding.is_open and not finding.code.startswith("Z"):
            found.setdefault(finding.leaf, []).append(finding)
    due: dict[str, list[Occurrence]] = {}
    for occurrence in occurrences:
        due.setdefault(occurrence.leaf, []).append(occurrence)
    return [
        _leaf(view, leaf, built, found.get(leaf.id, []), due.get(leaf.id, []))
        for leaf in view.charter.leaves
    ]


def _leaf(
    view: View, leaf: Leaf, built: frozenset[str], found: list[Finding], due: list[Occurrence]
) -> LeafStatus:
    if leaf.id in view.overlay_off:
        return LeafStatus(leaf.id, Status.NOT_APPLICABLE)
    if not view.is_kept(leaf.id, view.as_of):
        return LeafStatus(leaf.id, Status.UNKNOWN, reason=NOT_KEPT)
    told = [one for one in due if one.status is not Status.UNKNOWN]
    if leaf.id not in built and not told:
        shown = dict.fromkeys(name for one in due for name in one.records)
        reason = ELSEWHERE.get(leaf.id, NOT_BUILT)
        return LeafStatus(leaf.id, Status.UNKNOWN, None, tuple(shown), reason)
    due = told
    done = [one for one in due if one.status in DONE]
    said = [(one.status, one.records) for one in due if one.status not in DONE]
    if done:
        # What was met long ago says nothing beside what was met since.
        newest = max(done, key=lambda one: (one.due or date.min, one.period, one.about))
        said.append((newest.status, newest.records))
    said += [
        (status, one.records)
        for one in found
        if (status := _BY_STANDING.get(one.standing) or _by_severity(one)) is not None
    ]
    worst = max((s for s, _ in said), key=STATUSES.index, default=_quiet(leaf))
    records = dict.fromkeys(name for status, names in said if status is worst for name in names)
    ahead = (Status.UPCOMING, Status.DUE_SOON)
    open_days = [one.due for one in due if one.due and one.status in ahead]
    return LeafStatus(leaf.id, worst, min(open_days, default=None), tuple(records))


def _by_severity(finding: Finding) -> Status | None:
    blocked = finding.standing is Standing.BLOCKED
    return None if blocked else _BY_SEVERITY.get(finding.severity)


def _quiet(leaf: Leaf) -> Status:
    """What a leaf is when nothing was found: a lasting condition holds, an event did not come."""
    return Status.SATISFIED if leaf.kind in ("CONT", "STANDING") else Status.NOT_APPLICABLE
