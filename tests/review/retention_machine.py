"""What can happen to cases at the end of their time, as Hypothesis draws it."""

import copy
import re
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
)

from crypto.act import Act
from crypto.disposing import Manifest
from review import certifying, disposal
from review.audit import report
from review.audit.known import Asked
from review.audit.opened import open_bundle
from review.audit.verifier import verify
from review.auditor_export import export_to
from review.casework.deadlines import ClockSettings
from review.disposed import Stores
from review.errors import ReviewError
from review.moving_on import move_on
from review.retention.tally import Where
from review.store import backups, cases, dispositions, shred
from review.store.backups import Backup
from review.store.database import reading, writing
from review.store.retained import retained
from tests import committee
from tests.browser.submitter import Submitter
from tests.review.retaining import Committee
from tests.review.retention_house import BEGIN, FIRST, House, batch
from tests.review.retention_model import COMMITTEE, COOLING, DAY, Hold, Proposed, Record, World

people = st.sampled_from(COMMITTEE)
pairs = st.lists(people, min_size=2, max_size=2, unique=True)
MOST = 4
KEPT = 7 * DAY
MEANWHILE = ("", "hold", "held", "recuse", "reopen", "again", "write")
# Intake closes no days here, and nobody is in a hurry to answer.
EXPECTED = re.compile("tally: |clocks: ")


class Ending(RuleBasedStateMachine):
    """What can happen to cases, and what is so of them all the while."""

    house: House
    records, lists, holds = Bundle("records"), Bundle("lists"), Bundle("holds")

    @initialize(target=records)
    def begin(self) -> object:
        """Two cases were put aside some weeks ago."""
        self.house.begin()
        self.installation = self.house.installation
        self.world = World(BEGIN)
        self.people = Committee(self.installation, BEGIN)
        self.submitters: dict[str, Submitter] = {}
        self.manifests: dict[str, Proposed] = {}
        self.waiting: dict[str, int] = {}
        # What a backup was made of, and whether a store was restored that no job has seen yet.
        self.backup: tuple[Backup, int] | None = None
        self.deposits, self.is_restored = 0, False
        for somebody, out in zip(self.house.first, FIRST, strict=True):
            record = self._new(copy.copy(somebody), out)
            record.aside = committee.TODAY
        return multiple(*self.world.records)

    def _new(self, somebody: Submitter, out: tuple[str, ...]) -> Record:
        record = Record(f"case {len(self.world.records)}", out=set(out))
        self.submitters[record.name] = somebody
        self.waiting[record.name] = 0
        self.world.records.append(record)
        return record

    @property
    def stores(self) -> Stores:
        """The databases as the jobs have them."""
        made = self.installation
        return Stores(
            drop=made.drop, book=made.book, shred=made.shred, root_key=committee.ROOT_KEY, demo=True
        )

    def tries(self, act: Callable[[], object], *, may: bool) -> None:
        """Let somebody do what they may, or be refused."""
        if may:
            act()
            return
        with pytest.raises(ReviewError):
            act()

    @precondition(lambda self: len(self.world.records) < MOST)
    @rule(target=records, out=st.sampled_from([(), ("member-2",)]))
    def submit(self, out: tuple[str, ...]) -> Record:
        """A case comes in, is read, and two find that it is none."""
        somebody = self.installation.submitter(f"number {len(self.world.records)}")
        somebody.today = self.world.today
        somebody.submit(excluded=out)
        self.installation.collect(self.world.today)
        self.deposits += 1
        record = self._new(somebody, out)
        self._put_aside(record)
        return record

    def _put_aside(self, record: Record) -> None:
        self.people.put_aside(self.submitters[record.name])
        move_on(self.installation.book, self.world.today, ClockSettings())
        record.aside, record.days = self.world.today, self.world.period()
        record.content += 1

    @rule(record=records)
    def follow_up(self, record: Record) -> None:
        """The submitter writes again; of a case that is gone there is no mailbox."""
        somebody = self.submitters[record.name]
        somebody.today = self.world.today
        if record.gone:
            if not self.is_restored:
                with pytest.raises(AssertionError):
                    somebody.follow_up("More.")
            return
        somebody.follow_up("More.")
        self.waiting[record.name] += 1
        self.deposits += 1

    @rule()
    def collect(self) -> None:
        """What was sent comes into the book."""
        self.installation.collect(self.world.today)
        for record in self.world.records:
            record.content += self.waiting[record.name]
            self.waiting[record.name] = 0

    @rule(record=records, by=people)
    def reopen(self, record: Record, by: str) -> None:
        """A case opens again, if one of its readers says so."""
        if record.gone or record.aside is None:
            return
        may = by in record.readers
        self.tries(lambda: self.people.reopen(self.submitters[record.name], by), may=may)
        if may:
            record.aside = None
            record.content += 1

    def _is_recused(self, record: Record) -> bool:
        return bool(record.out - {"member-2"})

    @rule(record=records)
    def put_aside(self, record: Record) -> None:
        """A case that was opened again comes to another end."""
        if record.gone or record.aside is not None or self._is_recused(record):
            return
        self._put_aside(record)

    @rule(record=records, by=people)
    def recuse(self, record: Record, by: str) -> None:
        """Somebody leaves a case, one of each at most: two have to be left."""
        if record.gone or self._is_recused(record) or by not in record.readers:
            return
        self.people.recuse(self.submitters[record.name].case_id, by)
        record.out.add(by)

    @rule(target=holds, by=people, record=records, is_wide=st.booleans())
    def hold(self, by: str, record: Record, is_wide: bool) -> object:  # noqa: FBT001 - drawn
        """Somebody places a hold over all cases, or over one of theirs."""
        if not is_wide and (record.gone or by not in record.readers):
            return multiple()
        names = [] if is_wide else [self.submitters[record.name].case_id]
        act = self.people.hold(by, cases=names)
        hold = Hold(None if is_wide else record, self.world.today)
        self.world.holds.append(hold)
        return (act, hold)

    @rule(held=consumes(holds), by=pairs)
    def release(self, held: tuple[Act, Hold], by: list[str]) -> None:
        """Two release a hold; one that names a case only its readers can."""
        act, hold = held
        over = hold.over
        if over is not None and (over.gone or not set(by) <= over.readers):
            return
        self.people.release(act, *by)
        hold.released = (self.world.today, frozenset(by))

    @rule(target=lists, by=people, found=st.lists(records, min_size=1, max_size=3, unique_by=id))
    def propose(self, by: str, found: list[Record]) -> object:
        """Somebody proposes cases, due or not."""
        may = self.world.may_propose(by, found)
        made: list[Manifest] = []
        ids = [self.submitters[each.name].case_id for each in found]
        self.tries(lambda: made.append(self.people.propose(by, *ids)), may=may)
        if not may:
            return multiple()
        lines = [(each, each.due, each.content) for each in found]
        proposed = Proposed(by, self.world.today, lines)
        self.world.lists.append(proposed)
        self.manifests[made[0].id] = proposed
        return made[0]

    @rule(manifest=lists, by=people)
    def approve(self, manifest: Manifest, by: str) -> None:
        """Somebody signs a list, whether or not they may."""
        proposed = self.manifests[manifest.id]
        may = self.world.may_approve(proposed, by)
        self.tries(lambda: self.people.approve(manifest, by), may=may)
        if may:
            proposed.signed.append(by)
            if len(proposed.signed) == 2:
                proposed.approved = self.world.today

    def agree(self, by: str, others: list[str]) -> object:
        """Somebody proposes all of theirs that is due, and two look at it at once."""
        found = [
            each for each in self.world.records
            if self.world.is_due(each) and by in each.readers
        ]  # fmt: skip
        made = self.propose(by, found) if found else multiple()
        if isinstance(made, Manifest):
            for each in others:
                self.approve(made, each)
        return made

    @precondition(lambda self: any(map(self.world.is_due, self.world.records)))
    @rule(
        target=lists, by=people, others=pairs, record=records, wait=st.sampled_from([0, 6, 7, 7]),
        what=st.sampled_from(MEANWHILE),
    )  # fmt: skip
    def go(self, by: str, others: list[str], record: Record, wait: int, what: str) -> object:
        """A list is agreed on, something comes between, and the job comes, perhaps too soon."""
        made = self.agree(by, others)
        if what in ("hold", "held"):
            held = self.hold(others[0], record, is_wide=True)
            if what == "held":
                self.days_go_by(1)
                self.release(held, others)
        elif what == "recuse":
            self.recuse(record, others[0])
        elif what in ("reopen", "again"):
            self.reopen(record, others[0])
            if what == "again":
                self.put_aside(record)
        elif what == "write":
            self.follow_up(record)
        if wait:
            self.days_go_by(wait)
        self.execute()
        return made

    @precondition(lambda self: len(self.world.periods) < 2)
    @rule(days=st.sampled_from([20, 45]))
    def change_schedule(self, days: int) -> None:
        """Two change how long such a case is kept, from tomorrow on."""
        number = len(self.world.periods) + 1
        self.people.change_schedule("RC-04", number, f"P{days}D", "chair", "alternate")
        self.world.periods.append((self.world.today + DAY, days))

    @rule(number=st.sampled_from([1, 7, 31]))
    def days_go_by(self, number: int) -> None:
        """Days go by; each begins and ends with what is collected, and with the batch."""
        self.collect()
        batch(self.installation, self.world.today)
        self.world.today += number * DAY
        self.people.today = self.world.today
        batch(self.installation, self.world.today)
        certifying.certify(self.stores, self.world.today)
        if self.backup is not None and self.backup[0].expires_on <= self.world.today:
            with writing(self.installation.book) as book:
                backups.mark_removed(book, self.backup[0], self.world.today)
            self.backup = None

    @precondition(lambda self: self.backup is None)
    @rule()
    def back_up(self) -> None:
        """Drop and shred keys are copied, and the book knows."""
        today = self.world.today
        made = Backup(
            committee.seed(f"backup of {today} {self.people.draw()}").hex()[:32],
            "drop", today, today + KEPT, "a" * 64, "b" * 64,
        )  # fmt: skip
        self.house.keep()
        with writing(self.installation.book) as book:
            backups.record(book, made, [])
        self.backup = (made, self.deposits)

    @precondition(lambda self: self.backup is not None and self.backup[1] == self.deposits)
    @rule(store=st.sampled_from(["drop", "shred"]))
    def restore(self, store: str) -> None:
        """A store is what it was, and what went since is there again until the job has run."""
        self.house.put_back(store)
        self.is_restored = True

    @rule()
    def execute(self) -> None:
        """The job carries out what it may, and all of it."""
        today, before = self.world.today, {each.name for each in self.world.records if each.gone}
        ready = {
            name: each
            for name, each in self.manifests.items()
            if each.approved is not None and each.approved + COOLING <= today
        }
        stay = {
            (name, record.name): self.world.keeps(each, record)
            for name, each in ready.items()
            for record in each.records
            if record.name not in each.ended and not self.waiting[record.name]
        }
        goes = {record for (_, record), reason in stay.items() if reason is None}
        assert disposal.execute(self.stores, today).problems == []
        self.is_restored = False
        for record in self.world.records:
            record.gone = record.gone or record.name in goes
        for (name, record_name), reason in stay.items():
            self.manifests[name].ended.add(record_name)
            self._check_end(name, record_name, reason, goes - before)

    def _check_end(self, name: str, record_name: str, reason: str | None, went: set[str]) -> None:
        """A record on a list went by it, or was left out for the reason that there is."""
        case_id = self.submitters[record_name].case_id
        with reading(self.installation.book) as book:
            gone = dispositions.gone(book, name)
            left = dispositions.left_out(book, name)
        if case_id in gone:
            assert (record_name in went, reason) == (True, None)
            return
        # On two lists it goes by one of them, and the other finds that it is not there.
        allowed = {reason, "CHANGED"} if record_name in went else {reason}
        assert left[case_id].reason in allowed

    @precondition(lambda self: hasattr(self, "world"))
    @invariant()
    def nothing_is_lost(self) -> None:
        """Every case is there with its key, or has a stub, an executed entry and no key."""
        with reading(self.installation.book) as book:
            there, stubs = set(cases.all_case_ids(book)), dispositions.records(book).keys()
        with reading(self.installation.shred) as keys:
            kept = shred.kept_cases(keys)
        gone = {self.submitters[each.name].case_id for each in self.world.records if each.gone}
        everything = {each.case_id for each in self.submitters.values()}
        assert there == everything - gone
        assert stubs == gone
        assert there <= kept
        if not self.is_restored:
            assert kept == there

    @precondition(lambda self: hasattr(self, "world"))
    @invariant()
    def what_is_overdue_is_reported(self) -> None:
        """What should have gone is named, and nothing else."""
        with reading(self.installation.book) as book:
            found = retained(book, self.world.today)
        named = {each.case_id for each in found if each.where is Where.OVERDUE}
        overdue = self.world.overdue()
        assert named == {self.submitters[name].case_id for name in overdue}

    def teardown(self) -> None:
        """The auditor, who has only the bundle, can explain everything."""
        if not hasattr(self, "world"):
            return
        batch(self.installation, self.world.today)
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "bundle.zip"
            export_to(self.installation.book, committee.INSTALLATION, out, self.world.today)
            with open_bundle(out) as opened:
                verified = verify(opened, Asked(root_key=committee.ROOT_KEY))
                told = [
                    each for each in report.exception_lines(verified) if not EXPECTED.match(each)
                ]
                assert told == []
