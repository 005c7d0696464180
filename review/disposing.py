"""What is due for disposition, proposed by one and approved by two others.

A reader sees of it what they may see of cases: a list of those that are due, and manifests all of
whose records they might be shown. Whoever may not know of one record on a manifest is not told that
the manifest exists. Everything here is one transaction of the caller's; review.disposal carries out
what was approved.
"""

import datetime
import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass

from sqlalchemy import Connection

from crypto import disposing, strict
from crypto.act import Act
from crypto.disposing import ACT, Line, Manifest
from crypto.entry_types import Value
from crypto.roster import Roster
from review import acting
from review.acting import Outcome, Sent, Signer
from review.casework.course import Stage
from review.errors import MalformedForm, NotHere, StepRefused
from review.retention import disposition as rules
from review.retention.disposition import Answer, Approval, Standing
from review.retention.holds import TWO
from review.roles import COMMITTEE, READERS, Role
from review.store import acts, cases, courses, dispositions, entries, holds, schedule
from review.store.cases import Case
from review.store.dispositions import Rejection
from review.store.entries import Entry
from review.store.merged import kept_of
from review.store.records import record_of
from review.store.signed import Proof

Entropy = Callable[[int], bytes]
REJECTED = "Somebody has rejected this list. Its cases can be proposed again."
_FEW = "Fewer than two others may see all of these cases. Propose fewer at a time."
_NOBODY = (
    "Fewer than three people may know of this case. "
    "A further reader has to come on the roster first."
)
_ONLY_TWO = "Only two people may know of this case. A third reader has to come on the roster first."
_CHANGED = "Something on this list has changed since it was proposed. Propose it again."


@dataclass(frozen=True)
class Found:
    """A case as its disposition sees it: its line once its time runs, and what stands in the way.

    readers are those who may know of it, out those who must not.
    """

    case: Case
    line: Line | None
    refusal: Answer | None
    readers: frozenset[str]
    out: frozenset[str]


@dataclass(frozen=True)
class Proposed:
    """A manifest as a reader sees it: what waits, who signed, the days that are left."""

    manifest: Manifest
    signers: tuple[str, ...]
    act: Act | None
    previous: str | None
    approved: datetime.date | None
    gone: dict[str, datetime.date]
    left_out: dict[str, str]
    rejected: Rejection | None = None

    @property
    def executable(self) -> datetime.date | None:
        """The first day on which it can be carried out."""
        if self.approved is None:
            return None
        return rules.executable_from(self.approved, self.manifest.cooling)

    @property
    def is_over(self) -> bool:
        """Whether every record on it has gone or was left out."""
        return len(self.gone) + len(self.left_out) == len(self.manifest.records)

    @property
    def has_begun(self) -> bool:
        """Whether a record on it has gone or was left out: nobody turns back then."""
        return bool(self.gone or self.left_out)

    @property
    def waits(self) -> bool:
        """Whether it waits for people to approve it."""
        return self.approved is None and self.rejected is None and not self.has_begun


def look(
    connection: Connection, case: Case, today: datetime.date, proof: Proof | None = None
) -> Found:
    """How it stands with a case on a day; with a proof, by signatures and not by what rows say.

    Raises Unproven where the schedule is not proven.
    """
    readers, out = courses.may_know(connection, case.id)
    line = _line(connection, case, proof) if case.state is Stage.RETENTION else None
    held = holds.is_held(connection, case, today, proof)
    standing = Standing(True, None if line is None else line.due, held)
    return Found(case, line, rules.refusal(standing, today), readers, out)


def _line(connection: Connection, case: Case, proof: Proof | None = None) -> Line | None:
    kept = kept_of(connection, case)
    record = record_of(connection, case.id, case.state)
    if kept is None or record is None:
        return None
    return Line(
        case.id,
        kept.record_class,
        kept.version,
        kept.on,
        schedule.version(connection, kept, proof).due(kept.on),
        disposing.content_hash(each.fields() for each in record.messages),
    )


def propose(
    connection: Connection, roster: Roster, by: str, wanted: Collection[str],
    today: datetime.date, cooling: int = rules.COOLING_DAYS,
    entropy: Entropy = secrets.token_bytes,
) -> Manifest:  # fmt: skip
    """Propose to dispose of cases that are due, all of them cases that this person may know of.

    Raises NotHere for one that they may not, and StepRefused, with a sentence for each, for what is
    not due, on hold or open, and where fewer than two others could approve.
    """
    found = [_known(connection, case_id, by, today) for case_id in sorted(set(wanted))]
    if not 0 < len(found) <= disposing.MAX_RECORDS:
        raise StepRefused(["Choose at least one case that is due."])
    wrong = [_SENTENCES[each.refusal] for each in found if each.refusal is not None]
    readers = frozenset.intersection(*(each.readers for each in found))
    called = _to_call(roster, readers, frozenset().union(*(each.out for each in found)))
    if not wrong and not _can_approve(roster, (readers | called) - {by}):
        wrong = [_too_few(roster, readers | called, len(found))]
    if wrong:
        raise StepRefused(sorted(set(wrong)))
    manifest = disposing.build(
        installation=roster.installation,
        disposition=entropy(16).hex(),
        by=by,
        on=today,
        cooling=cooling,
        records=[each.line for each in found if each.line is not None],
    )
    dispositions.add(connection, manifest, readers, called)
    data: dict[str, Value] = {"manifest": manifest.hash, "records": len(manifest.records)}
    entries.record(connection, Entry(type="disposition.proposed", on=today, by=by, data=data))
    return manifest


_SENTENCES = {
    Answer.OPEN: "A case is open, and nothing of it can go.",
    Answer.ON_HOLD: "A case is under legal hold, and nothing of it can go.",
    Answer.NOT_DUE: "A case is not due yet.",
    Answer.UNKNOWN_CASE: "There is no such case.",
}


def _known(connection: Connection, case_id: str, by: str, today: datetime.date) -> Found:
    case = cases.visible_case(connection, case_id, by)
    if case is None:
        raise NotHere("no such case")
    return look(connection, case, today)


def _can_approve(roster: Roster, people: frozenset[str]) -> bool:
    roles = [Role(each.role) for each in roster.readers if each.id in people]
    return len(roles) >= TWO and not COMMITTEE.isdisjoint(roles)


def _to_call(roster: Roster, readers: frozenset[str], out: frozenset[str]) -> frozenset[str]:
    """Counsel whom no case concerns, where fewer than three readers of the roster are left."""
    left = readers & {each.id for each in roster.readers}
    if len(left) > TWO:
        return frozenset()
    counsel = {each.id for each in roster.readers if Role(each.role) is Role.COUNSEL}
    return frozenset(counsel - readers - out)


def _too_few(roster: Roster, people: frozenset[str], count: int) -> str:
    if count > 1:
        return _FEW
    return _ONLY_TWO if len(people & {each.id for each in roster.readers}) == TWO else _NOBODY


def propose_apart(
    connection: Connection, roster: Roster, by: str, wanted: Collection[str],
    today: datetime.date, cooling: int = rules.COOLING_DAYS,
    entropy: Entropy = secrets.token_bytes,
) -> list[Manifest]:  # fmt: skip
    """Propose cases, those with the same readers together; raises as propose, and then nothing is.

    Somebody who may know of one case of a list and not of another would not be shown the list, and
    would learn from the end of the one that there was another. So there is no such list.
    """
    groups: dict[frozenset[str], list[str]] = {}
    for case_id in sorted(set(wanted)):
        readers = _known(connection, case_id, by, today).readers
        groups.setdefault(readers, []).append(case_id)
    together = sorted(groups.values()) or [[]]
    return [
        propose(connection, roster, by, each, today, cooling, entropy) for each in together
    ]  # fmt: skip


def shown(connection: Connection, person: str, roster: Roster | None = None) -> list[Proposed]:
    """The dispositions that this person may know of, the newest first."""
    found = [
        _proposed(connection, manifest, roster)
        for manifest in dispositions.listed(connection)
        if may_know(connection, manifest, person)
    ]
    return found[::-1]


def may_know(connection: Connection, manifest: Manifest, person: str) -> bool:
    """Whether somebody may know of a disposition: of every record on it that is there or was."""
    if person not in dispositions.readers_of(connection, manifest.id):
        return False
    return all(
        cases.case_by_id(connection, line.case) is None
        or person in who_knows(connection, manifest.id, line.case)
        for line in manifest.records
    )


def who_knows(connection: Connection, disposition: str, case_id: str) -> frozenset[str]:
    """Who may know that a case is on a list: its readers, and counsel called whom it leaves in."""
    readers, out = courses.may_know(connection, case_id)
    return readers | (dispositions.called(connection, disposition) - out)


def may_open(connection: Connection, manifest: Manifest, person: str) -> frozenset[str]:
    """The cases on a list that this person reads, which counsel called to approve it do not."""
    found = {each.case for each in manifest.records}
    return frozenset(each for each in found if cases.visible_case(connection, each, person))


def find(
    connection: Connection, disposition: str, person: str, roster: Roster | None = None
) -> Proposed:
    """A disposition that this person may know of. Raises NotHere.

    With a roster, what some have signed counts only if it was signed under that one: what was
    signed under another cannot be completed any more.
    """
    manifest = dispositions.find(connection, disposition)
    if manifest is None or not may_know(connection, manifest, person):
        raise NotHere("no such disposition")
    return _proposed(connection, manifest, roster)


def _proposed(connection: Connection, manifest: Manifest, roster: Roster | None) -> Proposed:
    subject = disposing.subject(manifest.id)
    approval = dispositions.approval(connection, manifest.id)
    waits = [
        each
        for each in acts.proposals(connection, [subject])
        if each.act.act == ACT and (roster is None or each.act.roster == roster.hash)
    ]
    left = dispositions.left_out(connection, manifest.id)
    signers = approval[1] if approval else (waits[0].signers if waits else ())
    return Proposed(
        manifest,
        signers,
        waits[0].act if waits else None,
        acts.newest(connection, subject),
        approval[2] if approval else None,
        dispositions.gone(connection, manifest.id),
        {case: each.reason for case, each in left.items()},
        dispositions.rejection(connection, manifest.id),
    )


def approve(
    connection: Connection, roster: Roster, disposition: str, sent: Sent, today: datetime.date
) -> Outcome:
    """Keep a signature under a manifest; the second begins the days of cooling.

    Raises NotHere for a disposition that this person may not know of, StepRefused where something
    on it has changed, or where they proposed it, and as acting.sign does.
    """
    manifest = find(connection, disposition, sent.by).manifest
    act = acting.parse(sent.document)
    about = (act.subject, act.act, act.words("manifest"), len(act.data))
    if about != (disposing.subject(disposition), ACT, (manifest.hash,), 1):
        raise MalformedForm("the act is not about this manifest")
    if dispositions.approval(connection, disposition) is not None:
        raise StepRefused(["Two people have approved this already."])
    if dispositions.rejection(connection, disposition) is not None:
        raise StepRefused([REJECTED])
    concerned = _concerned(connection, manifest, today)

    def rule(_act: Act, signers: tuple[Signer, ...]) -> str | None:
        return _missing(manifest, signers, today, concerned)

    outcome = acting.sign(connection, roster, sent, today, rule)
    if outcome.is_done:
        data = {
            "manifest": manifest.hash,
            "act": act.hash,
            "signature": strict.to_b64(sent.signature),
        }
        entry = Entry(type="disposition.approved", on=today, by=sent.by, data=data)
        entries.record(connection, entry)
    return outcome


def _concerned(connection: Connection, manifest: Manifest, today: datetime.date) -> frozenset[str]:
    """Who must not know of a record on a manifest. Raises StepRefused where one has changed."""
    out: frozenset[str] = frozenset()
    for line in manifest.records:
        case = cases.case_by_id(connection, line.case)
        found = None if case is None else look(connection, case, today)
        if found is None or found.line != line or found.refusal is not None:
            raise StepRefused([_CHANGED])
        out |= found.out
    return out


def _missing(
    manifest: Manifest, signers: Collection[Signer], today: datetime.date,
    concerned: frozenset[str],
) -> str | None:  # fmt: skip
    people = {each.person for each in signers}
    if people & concerned or any(each.role not in READERS for each in signers):
        raise NotHere("the role may not do this")
    if manifest.by in people:
        raise StepRefused(["Whoever proposed this cannot approve it. Two others have to."])
    given = [
        Approval(each.person, manifest.hash, today, is_of_committee=each.role in COMMITTEE)
        for each in signers
    ]
    good = rules.approvers(
        given, executed=today, proposers=[manifest.by], executor="", concerned=concerned
    )
    if rules.are_enough(good):
        return None
    return "Another person has to approve the same list, and one of the two from the committee."
