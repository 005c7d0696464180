"""What was disposed of, as a file records it: in time, under no hold, by two, certified, gone.

T02 to T05, and T09.
"""

from collections.abc import Iterator, Sequence
from datetime import date

from review.casework.filed.case import SEATED
from review.casework.filed.register import Register, Retained
from review.charter.book import Event
from review.charter.findings import Severity
from review.charter.notes import Notes
from review.retention import disposition
from review.workdays import days_after

LEAF = "R-5.3"


def assess(notes: Notes, register: Register) -> None:
    """Everything about what was disposed of, or is said to have been."""
    for one in register.cases:
        _carried_out(notes, one)
    _not_gone(notes, register)
    _residue(notes, register)


def _carried_out(notes: Notes, one: Retained) -> None:
    event = one.executed
    if event is None:
        return
    _too_early(notes, one, event)
    _under_hold(notes, one, event)
    _approved(notes, one, event)
    _certified(notes, one, event)


def _too_early(notes: Notes, one: Retained, event: Event) -> None:
    """T02: gone before its day, or while it was still open."""
    term = one.term_on(event.day_of)
    if term is not None and event.day_of >= term.due:
        return
    early = (term.due - event.day_of).days if term else 0
    said = f"before {term.due}" if term else "while the case was open"
    notes.finding(
        "T02", one.id, event.day_of, Severity.B,
        f"The record of the case {one.id} was disposed of {said}.",
        due=term.due if term else None, figures={"days_early": early} if term else {},
        records=[event.id], always=True,
    )  # fmt: skip


def _under_hold(notes: Notes, one: Retained, event: Event) -> None:
    """T03: a hold stood over it on the day it was carried out, whenever that was placed."""
    standing = one.holds_on(event.day_of)
    if standing:
        names = ", ".join(hold.name for hold in standing)
        for leaf in (LEAF, "L-14"):
            notes.finding(
                "T03", one.id, event.day_of, Severity.B,
                f"The record of the case {one.id} was disposed of under the hold {names}.",
                leaves=(leaf,), source_class="LAW" if leaf == "L-14" else "CHARTER",
                records=[event.id], always=True,
            )  # fmt: skip


def _approved(notes: Notes, one: Retained, event: Event) -> None:
    """T04: fewer than two eligible people approved the manifest that the record stands on."""
    manifest = event.text("manifest")
    proposed = [
        row for row in one.register.proposals(manifest)
        if row.day_of <= event.day_of and one.id in row.texts("cases")
    ]  # fmt: skip
    people = disposition.approvers(
        _approvals(notes, manifest) if proposed else (),
        executed=event.day_of,
        proposers=[row.text("by") for row in proposed],
        executor=event.text("by"),
        concerned=one.case.out_on(event.day_of),
    )
    if not disposition.are_enough(people):
        notes.finding(
            "T04", one.id, event.day_of, Severity.B,
            f"The record of the case {one.id} was disposed of with {len(people)} of the two"
            " approvals it takes.",
            figures={"count": len(people)}, records=[event.id], always=True,
        )  # fmt: skip


def _approvals(notes: Notes, manifest: str) -> Iterator[disposition.Approval]:
    seats = notes.facts.seats
    for row in notes.view.by("manifest", "disposition_approved").get(manifest, ()):
        person = row.text("person")
        sits = not seats.is_known or seats.on(row.day_of).roles.get(person) in SEATED
        eligible = sits or notes.view.book.people.get(person) == "COUNSEL"
        yield disposition.Approval(person, row.text("manifest_sha256"), row.day_of, eligible, sits)


def _certified(notes: Notes, one: Retained, event: Event) -> None:
    """T05: on no certificate from the day after, or on one that nobody else had verified."""
    found = [row for row in one.register.certificates.get(one.id, ()) if row.day_of >= event.day_of]
    good = [row for row in found if _is_verified(one.register, row, event)]
    until = min((row.day_of for row in good), default=None)
    since = days_after(event.day_of, 1)
    if until is None or until >= since:
        said = (
            "its verifier also carried it out, or nobody verified it" if found else "there is none"
        )
        notes.finding(
            "T05", one.id, since, Severity.B,
            f"No certificate shows how the record of the case {one.id} went: {said}.",
            until=until, records=[event.id],
        )  # fmt: skip


def _is_verified(register: Register, certificate: Event, event: Event) -> bool:
    """Whether a certificate rests on a check that passed, by somebody who did not carry it out."""
    if certificate.text("verifier") == event.text("by"):
        return False
    manifest = event.text("manifest")
    if manifest not in certificate.texts("manifests"):
        return False
    return any(
        row.text("result") == "PASS" and row.text("by") != event.text("by")
        for row in register.verifications(manifest)
        if row.day_of <= certificate.day_of
    )


def _not_gone(notes: Notes, register: Register) -> None:
    """T05 for what a certificate lists and is still there."""
    inventories = notes.view.of("inventory_taken")
    for name, rows in register.certificates.items():
        for row in rows:
            if _by_case_on(register, name, row.day_of):
                continue
            until = next((e.day_of for e in register.executions.get(name, ())), None)
            notes.finding(
                "T05", name, row.day_of, Severity.B,
                f"The certificate {row.text('certificate')} lists the case {name},"
                " which nobody had disposed of.",
                until=until, records=[row.id],
            )  # fmt: skip
    for name, rows in register.executions.items():
        for event in inventories:
            if event.day_of > rows[0].day_of and name in event.texts("present"):
                notes.finding(
                    "T05", name, event.day_of, Severity.B,
                    f"The record of the case {name} was disposed of and is still there.",
                    until=_gone_again(inventories, event, name), records=[event.id],
                )  # fmt: skip
                break


def _by_case_on(register: Register, name: str, day: date) -> bool:
    return any(row.day_of <= day for row in register.executions.get(name, ()))


def _gone_again(inventories: Sequence[Event], first: Event, name: str) -> date | None:
    later = (e.day_of for e in inventories if e.day_of > first.day_of)
    present = {e.day_of for e in inventories if name in e.texts("present")}
    return next((day for day in later if day not in present), None)


def _residue(notes: Notes, register: Register) -> None:
    """T09: a check after the fact found bytes that were to be gone."""
    for name, rows in register.executions.items():
        manifests = {row.text("manifest") for row in rows}
        checks = [
            check for manifest in sorted(manifests) for check in register.verifications(manifest)
        ]
        checks.sort(key=lambda check: (check.day_of, check.id))
        for place, check in enumerate(checks):
            if check.text("result") == "FAIL":
                passed = (c.day_of for c in checks[place + 1 :] if c.text("result") == "PASS")
                notes.finding(
                    "T09", name, check.day_of, Severity.H,
                    f"After the disposition of the case {name} something of it was found.",
                    until=next(passed, None), records=[check.id],
                )  # fmt: skip
