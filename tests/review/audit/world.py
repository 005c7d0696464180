"""A small company whose ledger is honest, so that a test can make it lie in one place.

Days go by: people write, the collector brings what they wrote on the next morning, readers treat
their cases by the rules, and every morning has a batch. All of it is drawn from a seed and nothing
is stored: a world renders itself as an auditor's bundle, before or after a test has changed it.
"""

import dataclasses
import datetime
import io
import random
from collections.abc import Iterable, Mapping
from typing import Any

from crypto import entry, merkle, tally
from crypto.checkpoint import Checkpoint
from crypto.cosignature import Signer
from crypto.entry import Entry
from crypto.entry_types import Value
from crypto.note import Note
from crypto.roster import Roster
from review.audit import bundle, charter, rules
from review.audit.acts import SignedAct
from review.audit.bundle import Batch, Contents, Ledger
from review.audit.charter import Kept as KeptRecord
from review.audit.disposed import Disposed
from review.audit.records import THREADS, Message, Record
from review.casework import signed
from review.casework.course import Stage, Step
from tests import committee
from tests.review.audit.company import (
    AUDITOR,
    BEGAN,
    ONE_DAY,
    TREATING,
    Deposit,
    InBook,
    Kept,
    Waiting,
    seconds,
)
from tests.review.audit.treating import (
    CLOSING,
    COURSE,
    charter_lines,
    leading,
    signed_by,
    waiting_acts,
    waiting_of_no_case,
)


class World:
    """Everything there is, on one day after the other."""

    def __init__(self, seed: int = 1, *, rosters: Iterable[Roster] = ()) -> None:
        self.rng = random.Random(seed)
        self.today = BEGAN
        self.rosters = list(rosters) or [committee.roster(demo=False)]
        self.ledgers = [Kept(committee.ledger_signer())]
        self.cases: list[InBook] = []
        self.charter: list[KeptRecord] = []
        self.acts: list[SignedAct] = []
        self.waiting: list[Waiting] = []
        self.dispositions: list[Disposed] = []
        self.deposits: list[Deposit] = []
        self.values: dict[datetime.date, list[str]] = {}
        self.tally: dict[datetime.date, bytes] = {}
        self.closes = True
        self.program = "underrose 0.2.0"
        for person in committee.READERS:
            self.record("person.enrolled", by=person[0], data={"role": person[1]})
        self.record("person.enrolled", by="auditor", data={"role": "retention-auditor"})
        for each in self.rosters:
            self.publish(each)

    @property
    def ledger(self) -> Kept:
        """The current ledger."""
        return self.ledgers[-1]

    def publish(self, roster: Roster) -> None:
        """Record that a roster was published today."""
        if roster not in self.rosters:
            self.rosters.append(roster)
        self.record("roster.published", data={"roster": roster.hash, "epoch": roster.epoch})

    def record(
        self,
        kind: str,
        case: InBook | None = None,
        *,
        by: str | None = None,
        digest: str | None = None,
        data: Mapping[str, Any] | None = None,
        on: datetime.date | None = None,
        deposit: Deposit | None = None,
    ) -> Waiting:
        """An act that waits for the next batch."""
        act = Waiting(
            kind,
            on or self.today,
            deposit.nonce if deposit else self.rng.randbytes(32),
            case,
            by,
            digest,
            self.rng.randbytes(32).hex() if kind.endswith(".received") else None,
            dict(data or {}),
        )
        self.waiting.append(act)
        return act

    def submit(self) -> InBook:
        """Somebody writes to the committee."""
        case = InBook(self.rng.randbytes(32).hex(), self.today)
        self._deposit(case, "submission")
        return case

    def follow_up(self, case: InBook) -> None:
        """They write again."""
        self._deposit(case, "follow-up")

    def _deposit(self, case: InBook, kind: str) -> None:
        digest, nonce = self.rng.randbytes(32).hex(), self.rng.randbytes(32)
        slices = self.rng.choice((0, 0, 3))
        self.deposits.append(Deposit(case, kind, self.today, digest, nonce, slices))
        self.values.setdefault(self.today, []).append(entry.tally_value(digest, nonce))

    def collect(self) -> None:
        """Bring what has come, and the tally of the days that are over."""
        for each in self.deposits:
            if each.kind == "submission":
                self.cases.append(each.case)
            self.record(
                f"{each.kind}.received",
                each.case,
                digest=each.digest,
                data={"slices": each.slices},
                on=each.on,
                deposit=each,
            )
            self._add(each.case, "submitter", each.kind, each.digest, each.on, each.slices)
        self.deposits = []
        if self.closes:
            day = max(self.tally, default=BEGAN - ONE_DAY) + ONE_DAY
            while day < self.today:
                self.close(day)
                day += ONE_DAY

    def close(self, day: datetime.date) -> None:
        """Close the tally of one day."""
        seed, key = committee.statement_seed(), self.rng.randbytes(32)
        values = self.values.get(day, [])
        self.tally[day] = tally.close(committee.INSTALLATION, day, values, key, seed)
        told: dict[str, Value] = {
            "day": day.isoformat(),
            "tally": tally.parse(self.tally[day]).hash,
        }
        self.record("tally.closed", data=told)

    def _add(
        self,
        case: InBook,
        thread: str,
        kind: str,
        digest: str,
        on: datetime.date,
        slices: int = 0,
    ) -> None:
        n = 1 + sum(each.thread == thread for each in case.messages)
        message = Message(thread=thread, n=n, kind=kind, on=on, digest=digest, slices=slices)
        case.messages.append(message)

    def read(self, case: InBook, by: str = "member-1") -> None:
        """A reader opens a case."""
        if case.state is Stage.RECEIVED:
            self._become(case, "case.opened", leading(case.state, Step.OPEN), by)
        else:
            self.record("case.read", case, by=by)

    def reply(self, case: InBook, by: str = "member-1") -> None:
        """A reader replies."""
        digest = self.rng.randbytes(32).hex()
        self._become(case, "reply.left", leading(case.state, Step.ACKNOWLEDGE), by, digest)
        self._add(case, "committee", "reply", digest, self.today)

    def note(self, case: InBook, by: str = "member-1") -> None:
        """A reader keeps a note."""
        digest = self.rng.randbytes(32).hex()
        self.record("note.left", case, by=by, digest=digest)
        self._add(case, "notes", "note", digest, self.today)

    def step(self, case: InBook, wanted: Step, *by: str, **data: str | list[str]) -> SignedAct:
        """People sign a step by the table, or one that it does not have."""
        return self._sign(case, wanted, by, data)

    def _sign(
        self,
        case: InBook,
        wanted: Step,
        by: tuple[str, ...],
        data: Mapping[str, str | list[str]],
        digest: str | None = None,
    ) -> SignedAct:
        """A step, told to the submitter by a message of this digest if there is one."""
        after = leading(case.state, wanted)
        made = signed_by(self.acts, case, wanted, by, data, self.rosters[-1], self.today)
        self.acts.append(made)
        act = made.act
        kind = "case.closed" if wanted is Step.CLOSE else "case.moved"
        names = {"step": act.act, "from": case.state.value, "to": after.value, "act": act.hash}
        self.record(kind, case, by=by[-1], digest=digest, data=names)
        if digest:
            self._add(case, "committee", "state", digest, self.today)
        case.state = after
        return self.acts[-1]

    def go_on(self, case: InBook) -> None:
        """Take the case's next step, with the signatures and fields that it takes."""
        wanted, signers, data = COURSE[case.state]
        own = {each.act.act for each in self.acts if each.act.subject == case.id}
        if signed.code(Step.GIVE_FEEDBACK) in own:
            wanted, signers, data = Step.CLOSE, ("member-2", "chair"), CLOSING
        self._sign(case, wanted, signers, data, self.rng.randbytes(32).hex())

    def move_on(self, case: InBook, wanted: Step) -> None:
        """The case takes a step by itself."""
        after = leading(case.state, wanted)
        names = {"step": signed.code(wanted), "from": case.state.value, "to": after.value}
        self.record("case.moved-on", case, data=names)
        case.state = after

    def move_earlier(self, case: InBook, after: Stage, by: str = "chair") -> None:
        """Somebody moves the case as in version 0.1.0, signing nothing."""
        digest = self.rng.randbytes(32).hex()
        kind = "case.closed-earlier" if after is Stage.CLOSED else "case.moved-earlier"
        self._become(case, kind, after, by, digest)
        self._add(case, "committee", "state", digest, self.today)

    def _become(
        self, case: InBook, kind: str, after: Stage, by: str, digest: str | None = None
    ) -> None:
        data: dict[str, Value] = {"from": case.state.value, "to": after.value}
        self.record(kind, case, by=by, digest=digest, data=data)
        case.state = after

    def batch(self, *first: Entry) -> Batch:
        """Append what waits, shuffled and filled up, and sign."""
        kept = self.ledger
        if not kept.batches:
            self.record("rules.adopted", data={"rules": rules.HASH, "version": rules.VERSION})
        leaves = [*map(self._leaf, self.waiting)]
        missing = -(len(first) + len(leaves)) % tally.STEP or (0 if leaves else tally.STEP)
        covers = (entry.cover(self.today, self.rng.randbytes(32)) for _ in range(missing))
        leaves += [each.to_bytes() for each in covers]
        self.rng.shuffle(leaves)
        kept.entries += [*(each.to_bytes() for each in first), *leaves]
        self.waiting = []
        kept.batches.append(kept.sign(self.today))
        return kept.newest

    def _leaf(self, act: Waiting) -> bytes:
        leaf = Entry(
            type=act.type,
            on=act.on,
            nonce=act.nonce,
            subject=None if act.case is None else entry.subject(act.case.id, act.nonce),
            digest=act.digest,
            commitment=act.commitment,
            by=act.by,
            data=act.data,
            previous=None if act.case is None else act.case.leaf,
        )
        if act.case is not None:
            act.case.leaf = leaf.leaf_hash
        return leaf.to_bytes()

    def morning(self) -> None:
        """Another day: collect, and make the batch."""
        self.today += ONE_DAY
        self.collect()
        self.batch()

    def live(self, days: int, *, busy: bool = True) -> None:
        """Let so many days go by, each after its morning full of acts."""
        for _ in range(days):
            self.morning()
            if busy:
                self._act()

    def _act(self) -> None:
        for person in self.rng.sample(TREATING, 2):
            self.record("login.started", by=person, data={"means": "password"})
        for case in self.cases:
            if case.state is not Stage.CLOSED:
                self._treat(case)
        if self.cases and self.rng.random() < 0.5:
            self.follow_up(self.rng.choice(self.cases))
        if self.rng.random() < 0.6:
            self.submit()

    def _treat(self, case: InBook) -> None:
        by = self.rng.choice(TREATING)
        self.read(case, by)
        what = self.rng.random()
        if what < 0.3:
            self.note(case, "counsel")
        elif what < 0.6 or case.state in (Stage.RECEIVED, Stage.OPENED):
            self.reply(case, by)
        else:
            self.go_on(case)

    def continue_ledger(self, *, size: int | None = None, root: bytes | None = None) -> None:
        """Go on under another key, naming where the ledger ended, or another end than that."""
        last = self.ledger
        told: dict[str, Value] = {
            "origin": last.signer.name,
            "size": len(last.entries) if size is None else size,
            "root": (root or self.root()).hex(),
        }
        number = len(self.ledgers) + 1
        name = f"underrose/{committee.INSTALLATION}/{number}"
        self.ledgers.append(Kept(Signer(name, committee.seed(f"ledger {number}"))))
        roster = committee.next_roster(
            self.rosters[-1],
            demo=False,
            issued_on=self.today.isoformat(),
            ledger_key=self.ledger.signer.key.text,
        )
        self.publish(roster)
        nonce = self.rng.randbytes(32)
        self.batch(Entry(type="ledger.continued", on=self.today, nonce=nonce, data=told))

    def cosign(self, signer: Signer = AUDITOR) -> Note:
        """Have the newest checkpoint cosigned, in the book too."""
        kept = self.ledger
        batch = kept.newest
        head = Checkpoint(kept.signer.name, batch.size, self.root())
        note = batch.note.signed(signer.sign(head, seconds(self.today)))
        kept.batches[-1] = Batch(on=batch.on, size=batch.size, note=note)
        return note

    def root(self) -> bytes:
        """The root of the current ledger."""
        frontier = merkle.Frontier()
        frontier.extend(map(merkle.leaf_hash, self.ledger.entries))
        return frontier.root()

    def records(self) -> list[Record]:
        """What the book says of every case."""
        return [self._record(case) for case in sorted(self.cases, key=lambda each: each.id)]

    def _record(self, case: InBook) -> Record:
        return Record(
            case=case.id,
            on=case.on,
            state=case.state,
            generation=case.generation,
            messages=tuple(sorted(case.messages, key=lambda m: (THREADS.index(m.thread), m.n))),
            waiting=waiting_acts(each for each in self.waiting if each.case is case),
        )

    def resolve(self, on: datetime.date | None = None, by: str = "secretary") -> KeptRecord:
        """The secretary, or somebody who may not, records something of the charter."""
        digest, day = self.rng.randbytes(32).hex(), on or self.today
        told = {"duty": "charter", "document": digest, "event_on": day.isoformat()}
        self.record("evidence.recorded", by=by, data=told)
        self.charter.append(KeptRecord(digest=digest, on=day, by=by))
        return self.charter[-1]

    def end(self, kept: KeptRecord) -> None:
        """A record of the charter ends by its schedule and leaves a stub."""
        told = {"document": kept.digest, "record_class": "RC-13"}
        self.record("evidence.ended", data=told)
        ended = charter.Ending(on=self.today, record_class="RC-13")
        at = self.charter.index(kept)
        self.charter[at] = dataclasses.replace(kept, by=None, ended=ended)

    def contents(self) -> Contents:
        """What the bundle of today holds."""
        return Contents(
            installation=committee.INSTALLATION,
            made_on=self.today,
            program=self.program,
            rosters=[each.document for each in self.rosters],
            charter=charter_lines(self.charter, self.waiting),
            ledgers=[
                Ledger(number=number, entries=kept.entries, checkpoints=kept.batches)
                for number, kept in enumerate(self.ledgers, 1)
            ],
            records=self.records(),
            acts=sorted(self.acts, key=lambda each: each.act.subject),
            waiting=waiting_of_no_case(self.waiting),
            dispositions=self.dispositions,
            tally=[self.tally[day] for day in sorted(self.tally)],
        )

    def bundle(self) -> bytes:
        bundle.write(file := io.BytesIO(), self.contents())
        return file.getvalue()
