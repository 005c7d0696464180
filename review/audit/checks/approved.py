"""Two eligible people approved what went, one of the committee, neither of them the proposer.

Both signed the same act over the hash of the manifest, and the days of cooling were kept. Who
carries a disposition out is a job: its entries are by nobody.
"""

from collections.abc import Iterator

from crypto import act as act_format
from crypto import disposing, strict
from crypto.errors import InvalidSignature
from review.audit.acts import SignedAct
from review.audit.check import Check
from review.audit.checks.disposed import APPROVED, PROPOSED
from review.audit.disposed import Disposed
from review.audit.retained import Executed, Told
from review.retention.changing import SIGNING
from review.retention.disposition import (
    COOLING_DAYS,
    Approval,
    approvers,
    are_enough,
    executable_from,
)
from review.roles import READERS


class Approvals(Check):
    """Nobody alone, and nobody twice, lets a record go."""

    name = "approvals"
    holds = (
        "two who may and who did not propose it signed the same manifest of every record that "
        "went, and its days of cooling were kept"
    )
    tests = ("RA-08", "RA-15")

    def end(self) -> None:
        """All acts and entries are known."""
        self._acts = {
            each.act.hash: each
            for each in self.known.bundle.acts()
            if each.act.subject.startswith(disposing.subject(""))
        }
        there = {each.manifest.hash: each for each in self.known.dispositions}
        for each in there.values():
            self._check_entries(each)
            if each.manifest.cooling < COOLING_DAYS:
                self.warn(
                    f"disposition {each.manifest.id} has {each.manifest.cooling} days of cooling, "
                    f"fewer than the usual {COOLING_DAYS}",
                    *(told.place for told in self.known.retained.of(PROPOSED, each.manifest.hash)),
                    code="RA-10",
                )
        for one in self.known.retained.executed:
            found = there.get(one.manifest)
            if found is not None:
                self._check(found, one)

    def _check_entries(self, there: Disposed) -> None:
        """Each entry of an approval is of an act over this manifest that two others signed."""
        named = f"disposition {there.manifest.id}"
        told = self.known.retained.of(APPROVED, there.manifest.hash)
        if len(told) > 1:
            self.tell(f"{named} was approved by {len(told)} entries", *(one.place for one in told))
        for one in told:
            act = self._acts.get(one.data["act"])
            # An act that is not there is told by the check of signatures.
            if act is None:
                continue
            if not _approves(act, there):
                self.tell(f"{one} approves {named} by an act about something else", one.place)
            elif not self._is_signature_of(act, one):
                self.tell(f"{one} has a signature that its act does not have", one.place)
            elif one.on < there.manifest.on:
                self.tell(f"{one} approves {named} before it was proposed", one.place)

    def _is_signature_of(self, act: SignedAct, told: Told) -> bool:
        signed = {each.by: strict.to_b64(each.signature) for each in act.signatures}
        return bool(signed.get(told.by) == told.data["signature"])

    def _check(self, there: Disposed, gone: Executed) -> None:
        """One finding for each record that went with fewer than two."""
        retained, manifest = self.known.retained, there.manifest
        told = retained.of(APPROVED, manifest.hash)
        proposers = {manifest.by, *(one.by for one in retained.of(PROPOSED, manifest.hash))}
        name = "" if gone.case.id is None else gone.case.id.hex()
        people = approvers(
            [each for one in told for each in self._given(there, one)],
            executed=gone.on,
            proposers=proposers,
            executor="",
            concerned=retained.out_on(name, gone.on),
        )
        if not are_enough(people):
            self.tell(
                f"{gone.case.name} was disposed of with {len(people)} of the two approvals that it "
                "takes, by people who may and did not propose it",
                gone.place,
                code="T04",
            )
            return
        first = executable_from(min(one.on for one in told), manifest.cooling)
        if gone.on < first:
            self.tell(
                f"{gone.case.name} was disposed of on {gone.on}, before the end of its days of "
                f"cooling on {first}",
                gone.place,
                code="RA-10",
            )

    def _given(self, there: Disposed, told: Told) -> Iterator[Approval]:
        """The signatures of an act that count under the roster in force on its day."""
        act = self._acts.get(told.data["act"])
        if act is None or not _approves(act, there):
            return
        for person, role in self._signers(act):
            eligible = role in {each.value for each in READERS}
            yield Approval(person, there.manifest.hash, told.on, eligible, role in SIGNING)

    def _signers(self, each: SignedAct) -> Iterator[tuple[str, str]]:
        for roster in self.known.in_force(each.act.on):
            if roster.hash != each.act.roster:
                continue
            try:
                people = act_format.check_all(each.act, each.signatures, roster)
            except InvalidSignature:
                return
            yield from ((one.id, one.role) for one in roster.readers if one.id in people)


def _approves(each: SignedAct, there: Disposed) -> bool:
    act, manifest = each.act, there.manifest
    wanted = (disposing.subject(manifest.id), disposing.ACT, (manifest.hash,), 1)
    return (act.subject, act.act, act.words("manifest"), len(act.data)) == wanted
