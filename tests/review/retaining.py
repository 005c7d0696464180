"""A committee at the end of its cases' time: each act signed and taken as the console takes it.

No browser is needed and no clock: every act is of the day that is given, in a transaction of its
own, and what the rules refuse raises.
"""

import datetime
from collections.abc import Callable, Mapping
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection

from crypto import act as act_format
from crypto import disposing as formats
from crypto import message as messages
from crypto.act import Act, Value
from crypto.disposing import Manifest
from crypto.message import Message, next_place
from crypto.recipient import Recipient
from review import disposing, generations, legal_holds, scheduling, stepping, treatment
from review.acting import Outcome, Signer
from review.casework.course import Stage, Step, line
from review.casework.deadlines import ClockSettings
from review.casework.signed import code
from review.generations import Taken
from review.roles import Role
from review.settings import read_store_key
from review.stepping import Brought, Place
from review.store import acts as act_store
from review.store import cases
from review.store.cases import Case
from review.store.database import reading, writing
from review.store.envelopes import of_case
from review.store.shred import Locksmith, RowKey
from tests import acts, committee, retention
from tests.browser.installation import Installation
from tests.browser.submitter import Submitter

T = TypeVar("T")
P = ParamSpec("P")
CLOCKS = ClockSettings()
TRIAGED: Mapping[str, Value] = {"category": ["REV"], "severity": ["S3"], "scope": ["out"]}
NOT_A_REPORT: Mapping[str, Value] = {"retention_class": ["RC-04"]}


def _signer(person: str) -> Signer:
    reader = acts.ROSTER.reader(person)
    assert reader is not None
    return Signer(person, Role(reader.role))


class Committee:
    """What people do, on the day that it is."""

    def __init__(self, installation: Installation, today: datetime.date) -> None:
        self.installation = installation
        self.today = today
        self._drawn = 0

    def draw(self) -> str:
        """What makes the next act another one than any before."""
        self._drawn += 1
        return f"d{self._drawn}"

    def wrote(
        self, change: Callable[Concatenate[Connection, P], T], *args: P.args, **named: P.kwargs
    ) -> T:
        """What a change returns that is made in one transaction of the book."""
        with writing(self.installation.book) as connection:
            return change(connection, *args, **named)

    def newest(self, subject: str) -> str | None:
        """The act that the next of a subject has to name."""
        with reading(self.installation.book) as connection:
            return act_store.newest(connection, subject)

    def case(self, case_id: str) -> Case:
        """A case that is there."""
        with reading(self.installation.book) as connection:
            found = cases.case_by_id(connection, case_id)
        assert found is not None
        return found

    def key(self, case_id: str) -> RowKey:
        """The key of a case's rows."""
        path = self.installation.folder / "store-key"
        locksmith = Locksmith(committee.INSTALLATION, read_store_key(path))
        with reading(self.installation.shred) as connection:
            return locksmith.key_of(connection, case_id)

    def open(self, somebody: Submitter, by: str = "chair") -> None:
        """Somebody reads a case, and answers."""
        case, key = self.case(somebody.case_id), self.key(somebody.case_id)
        sent = self._sealed(somebody, "reply", by)

        def change(connection: Connection) -> None:
            treatment.record_reading(connection, case, by, self.today, None, CLOCKS)
            now = cases.case_by_id(connection, case.id)
            assert now is not None
            treatment.leave_reply(connection, key, now, sent, CLOCKS)

        self.wrote(change)

    def step(
        self, somebody: Submitter, step: Step, *by: str, is_sealed: bool = False,
        data: Mapping[str, Value] | None = None,
    ) -> Outcome:  # fmt: skip
        """People sign a step, one after the other."""
        case = self.case(somebody.case_id)
        found = line(case.state, step)
        after = case.state if found is None or found.after is None else found.after
        note = self._sealed(somebody, "note", by[0]) if is_sealed else None
        told: dict[str, Value] = {"from": case.state.value, "to": after.value, "draw": self.draw()}
        told |= data or {}
        if note is not None:
            told["sealed"] = [note.digest]
        act = act_format.build(
            installation=committee.INSTALLATION, subject=case.id, act=code(step), data=told,
            roster=acts.ROSTER.hash, on=self.today, previous=self.newest(case.id),
        )  # fmt: skip
        where = Place(
            roster=acts.ROSTER, case=case, key=self.key(case.id), today=self.today, clocks=CLOCKS
        )
        outcome = self.wrote(stepping.take, where, acts.sent(act, by[0]), Brought(note=note))
        for person in by[1:]:
            signature = acts.sent(act, person).signature
            outcome = self.wrote(stepping.sign, where, act.hash, person, signature, Brought())
        return outcome

    def put_aside(self, somebody: Submitter) -> None:
        """Two find that there is no concern or complaint in a case, which begins its time."""
        if self.case(somebody.case_id).state is Stage.RECEIVED:
            self.open(somebody)
        self.step(somebody, Step.TRIAGE, "chair", is_sealed=True, data=TRIAGED)
        self.step(somebody, Step.SET_ASIDE, "chair", "member-1", is_sealed=True, data=NOT_A_REPORT)

    def reopen(self, somebody: Submitter, by: str = "chair") -> None:
        """A case opens again."""
        self.step(somebody, Step.REOPEN, by, is_sealed=True)

    def recuse(self, case_id: str, person: str) -> None:
        """A person says that a case concerns them."""
        act = acts.make(
            generations.RECUSE, subject=case_id, previous=self.newest(case_id), on=self.today,
            person=person,
        )  # fmt: skip
        sent, case, key = acts.sent(act, person), self.case(case_id), self.key(case_id)
        self.wrote(
            lambda book: generations.recuse(
                Taken(book, key, acts.ROSTER, case, self.today, CLOCKS), sent
            )
        )

    def hold(self, by: str, **scope: Value) -> Act:
        """Somebody places a hold, by default over everything."""
        names = scope.get("cases") or []
        assert isinstance(names, list | tuple)
        with reading(self.installation.book) as connection:
            people = legal_holds.readers_of(connection, acts.ROSTER, [str(one) for one in names])
        name = committee.seed(f"hold {self.draw()}").hex()
        reason = retention.reason(*people, name=name)
        act = retention.hold(reason, name, on=self.today, **scope)
        self.wrote(legal_holds.place, acts.ROSTER, acts.sent(act, by), reason, self.today)
        return act

    def release(self, placed: Act, *by: str) -> None:
        """People release a hold, one after the other."""
        act = retention.release(placed, self.draw(), self.newest(placed.subject), on=self.today)
        self.wrote(legal_holds.release, acts.ROSTER, acts.sent(act, by[0]), self.today)
        for person in by[1:]:
            signature = acts.sent(act, person).signature
            self.wrote(
                legal_holds.sign, acts.ROSTER, act.hash, _signer(person), signature, self.today
            )

    def change_schedule(self, code: str, version: int, period: str, *by: str) -> None:
        """People change a class of the schedule from tomorrow on."""
        act = retention.change(
            code, previous=self.newest(f"schedule/{code.lower()}"), on=self.today, version=version,
            period=period, effective=(self.today + datetime.timedelta(days=1)).isoformat(),
            draw=self.draw(),
        )  # fmt: skip
        self.wrote(scheduling.propose, acts.ROSTER, acts.sent(act, by[0]), self.today)
        for person in by[1:]:
            signature = acts.sent(act, person).signature
            self.wrote(scheduling.sign, acts.ROSTER, act.hash, person, signature, self.today)

    def propose(self, by: str, *case_ids: str) -> Manifest:
        """Somebody proposes to dispose of cases."""
        return self.wrote(disposing.propose, acts.ROSTER, by, case_ids, self.today)

    def approve(self, manifest: Manifest, by: str) -> Outcome:
        """Somebody approves a manifest."""
        sent = acts.sent(self.approval(manifest), by)
        return self.wrote(disposing.approve, acts.ROSTER, manifest.id, sent, self.today)

    def approval(self, manifest: Manifest) -> Act:
        """The act by which this manifest is approved: the one that waits, if somebody began."""
        subject = formats.subject(manifest.id)
        with reading(self.installation.book) as connection:
            waits = act_store.proposals(connection, [subject])
        if waits:
            return waits[0].act
        return acts.make(formats.ACT, subject=subject, on=self.today, manifest=manifest.hash)

    def _sealed(self, somebody: Submitter, kind: str, by: str) -> treatment.Sent:
        """A reply or a note as a reader's browser seals it."""
        with reading(self.installation.book) as connection:
            thread = messages.thread(kind)
            lines = [e for e in of_case(connection, somebody.case_id) if e.thread == thread]
        head = lines[-1] if lines else None
        n, digest = (head.n, head.digest) if head else (0, None)
        message = Message(
            kind=kind,
            place=next_place(committee.INSTALLATION, somebody.case_id, n, digest),
            roster=somebody.submission.roster,
            on=self.today,
            lang="en",
            body={"text": "words"},
            sealed_in="browser",
        ).sign(committee.signing_seed(by))
        mailbox = Recipient.parse(str(somebody.submission.mailbox))
        return treatment.Sent(
            by=by,
            on=self.today,
            n=message.place.n,
            digest=message.digest,
            case_envelope=messages.seal(message, somebody.case),
            mailbox_envelope=None if kind == "note" else messages.seal(message, mailbox),
        )
