"""Attack: a taken-over console writes rows that say what nobody signed, and the job believes them.

On PostgreSQL the console may add acts, signatures, endings, manifests and holds, and change the
state of a case. What it cannot make is the signature of a reader.
"""

import datetime
from collections.abc import Sequence
from dataclasses import replace

import pytest
from sqlalchemy import Connection, insert

from crypto import disposing as formats
from crypto.act import Act, Signature
from crypto.disposing import Manifest
from review import disposal, disposing
from review.disposed import Done, Stores
from review.retention import holding
from review.store import acts as act_store
from review.store import dispositions, entries
from review.store.casework_schema import act_endings
from review.store.database import reading, writing
from review.store.entries import Entry
from review.store.retention_schema import holds, kept_as
from review.store.signed import Proof
from tests import acts, committee, retention
from tests.browser.installation import Installation
from tests.browser.submitter import Submitter
from tests.review import ending, ledgers
from tests.review.ending import APPROVERS, COOLED, DAY, approved, execute, propose, retain

pytestmark = pytest.mark.stores
LONG_AGO = committee.TODAY - 30 * DAY


def forge(
    connection: Connection, act: Act, by: Sequence[str] = APPROVERS, keys: Sequence[str] = (),
    on: datetime.date = LONG_AGO, about: str | None = None,
) -> None:  # fmt: skip
    """What the rows of an act say that these people signed, with garbage or with others' keys.

    about is the subject that the row of its end names, if not the act's own.
    """
    act_store.add(connection, act)
    for person, key in zip(by, keys or [""] * len(by), strict=True):
        made = acts.sent(act, person, key).signature if key else bytes(64)
        act_store.add_signature(connection, act, Signature(person, made), on)
    connection.execute(
        insert(act_endings).values(
            hash=act.hash, subject=about or act.subject, on=on, by=by[-1], ending=act_store.DONE,
            n=len(act_store.done(connection, about or act.subject)) + 1,
        )
    )  # fmt: skip


def tells_and_keeps(installation: Installation, submitter: Submitter) -> Done:
    """The job carries nothing out, says why on every day, and leaves nothing out."""
    done = execute(installation)
    assert (done.gone, done.left_out) == (0, 0)
    assert ending.stage_of(installation, submitter.case_id) is not None
    assert execute(installation, COOLED + DAY).problems == done.problems
    return done


def test_rows_that_say_two_have_approved_carry_nothing_out(
    installation: Installation, submitter: Submitter
) -> None:
    retain(installation, submitter.case_id)
    manifest = propose(installation, submitter.case_id)
    with writing(installation.book) as connection:
        forge(connection, ending.act_for(manifest))
    (problem,) = tells_and_keeps(installation, submitter).problems
    assert "signatures of two others" in problem
    assert submitter.case_id not in problem


@pytest.mark.parametrize(
    ("by", "keys"),
    [
        (["member-1"], ["member-1"]),
        (["member-1", "alternate"], ["member-1", "member-1"]),
        (["chair", "member-1"], ["chair", "member-1"]),
        (["secretary", "member-1"], ["secretary", "member-1"]),
    ],
    ids=["one", "one with two names", "the proposer", "not a reader"],
)
def test_signatures_that_are_too_few_or_of_the_wrong_people_carry_nothing_out(
    installation: Installation, submitter: Submitter, by: list[str], keys: list[str]
) -> None:
    retain(installation, submitter.case_id)
    manifest = propose(installation, submitter.case_id)
    with writing(installation.book) as connection:
        forge(connection, ending.act_for(manifest), by, keys)
    assert len(tells_and_keeps(installation, submitter).problems) == 1


@pytest.mark.parametrize("what", ["another list", "another subject", "another before it"])
def test_signatures_under_something_else_carry_nothing_out(
    installation: Installation, submitter: Submitter, what: str
) -> None:
    retain(installation, submitter.case_id)
    manifest = propose(installation, submitter.case_id)
    act = ending.act_for(manifest, "ab" * 32 if what == "another list" else None)
    if what == "another subject":
        about = formats.subject("ab" * 16)
        act = acts.make(formats.ACT, subject=about, manifest=manifest.hash)
    elif what == "another before it":
        act = acts.make(
            formats.ACT, subject=act.subject, manifest=manifest.hash, previous="ab" * 32
        )  # fmt: skip
    with writing(installation.book) as connection:
        forge(connection, act, keys=APPROVERS, about=formats.subject(manifest.id))
    assert len(tells_and_keeps(installation, submitter).problems) == 1


def test_a_roster_that_the_root_key_has_not_signed_makes_nobody_a_reader(
    installation: Installation, submitter: Submitter
) -> None:
    retain(installation, submitter.case_id)
    approved(installation, submitter.case_id)
    stores = ending.stores_of(installation)
    other = Stores(stores.drop, stores.book, stores.shred, bytes(32), demo=True)
    done = disposal.execute(other, COOLED)
    ending.close(stores)
    assert (done.gone, len(done.problems)) == (0, 1)


def test_an_approval_that_was_dated_back_cools_from_the_day_that_is_signed(
    installation: Installation, submitter: Submitter
) -> None:
    retain(installation, submitter.case_id)
    manifest = propose(installation, submitter.case_id)
    with writing(installation.book) as connection:
        forge(connection, ending.act_for(manifest), keys=APPROVERS, on=LONG_AGO)
    for day in (committee.TODAY, COOLED - DAY):
        assert execute(installation, day).gone == 0
    assert execute(installation, COOLED).gone == 1


def test_a_list_without_days_of_cooling_is_never_carried_out(
    installation: Installation, submitter: Submitter
) -> None:
    retain(installation, submitter.case_id)
    with writing(installation.book) as connection:
        hasty = disposing.propose(
            connection, acts.ROSTER, "chair", [submitter.case_id], committee.TODAY, cooling=0
        )
    for person in APPROVERS:
        ending.approve(installation, hasty, person)
    (problem,) = tells_and_keeps(installation, submitter).problems
    assert "no days of cooling" in problem


def test_an_objection_ends_a_list_whatever_its_ending_says(
    installation: Installation, submitter: Submitter
) -> None:
    retain(installation, submitter.case_id)
    manifest = approved(installation, submitter.case_id)
    act = acts.make(
        formats.REJECT, subject=formats.subject(manifest.id), manifest=manifest.hash,
        reason="NEEDED", previous=ending.act_for(manifest).hash,
    )  # fmt: skip
    with writing(installation.book) as connection:
        act_store.add(connection, act)
    assert len(tells_and_keeps(installation, submitter).problems) == 1


@pytest.mark.parametrize("keys", [[], ["member-1", "member-1"]], ids=["garbage", "one key"])
def test_a_release_that_two_have_not_signed_ends_no_hold(
    installation: Installation, submitter: Submitter, keys: list[str]
) -> None:
    retain(installation, submitter.case_id)
    manifest = approved(installation, submitter.case_id)
    ending.hold(installation, submitter.case_id)
    with writing(installation.book) as connection:
        (placed,) = act_store.done(connection, holding.subject(retention.HOLD))
        forge(connection, retention.release(placed.act), keys=keys)
    done = execute(installation)
    assert (done.gone, done.left_out) == (0, 1)
    assert left_out(installation, manifest) == ["ON_HOLD"]


def left_out(installation: Installation, manifest: Manifest) -> list[str]:
    with reading(installation.book) as connection:
        return [each.reason for each in dispositions.left_out(connection, manifest.id).values()]


def test_a_hold_whose_act_nobody_signed_keeps_everything(
    installation: Installation, submitter: Submitter
) -> None:
    """Attack: a hold's scope is written anew, so that it does not cover the case any more."""
    retain(installation, submitter.case_id)
    manifest = approved(installation, submitter.case_id)
    sealed = retention.reason("chair")
    narrow = retention.hold(sealed, cases=["ab" * 32])
    with writing(installation.book) as connection:
        forge(connection, narrow, ["chair"])
        values = {"id": retention.HOLD, "act": narrow.hash, "on": LONG_AGO, "reason": sealed}
        connection.execute(insert(holds).values(**values))
    assert execute(installation).gone == 0
    assert left_out(installation, manifest) == ["ON_HOLD"]


def test_a_line_of_the_schedule_that_two_have_not_signed_lets_nothing_go(
    installation: Installation, submitter: Submitter
) -> None:
    retain(installation, submitter.case_id, "RC-01")
    with writing(installation.book) as connection:
        change = retention.change(period="P1D", effective=ending.CLOSED.isoformat())
        forge(connection, change)
        values = {"case_id": submitter.case_id, "n": 2, "on": ending.CLOSED, "version": 1}
        connection.execute(insert(kept_as).values(record_class="RC-01", **values))
    approved(installation, submitter.case_id)
    (problem,) = tells_and_keeps(installation, submitter).problems
    assert "a line of the schedule" in problem


def test_who_is_out_of_a_case_is_taken_off_every_list_that_names_it(
    installation: Installation, submitter: Submitter
) -> None:
    retain(installation, submitter.case_id)
    rejected = propose(installation, submitter.case_id)
    approved(installation, submitter.case_id)
    ending.recuse(installation, submitter.case_id, "member-2")
    execute(installation)
    with reading(installation.book) as connection:
        assert "member-2" not in dispositions.readers_of(connection, rejected.id)


def test_a_book_that_was_restored_cools_anew(
    installation: Installation, submitter: Submitter
) -> None:
    """Attack: a backup from before a hold or an objection is restored, and the job runs at once."""
    retain(installation, submitter.case_id)
    approved(installation, submitter.case_id)
    for is_told in (False, True):
        if is_told:
            ledgers.batch(installation, COOLED - DAY)
        else:
            data = {"backup": "ab" * 32, "made_on": committee.TODAY.isoformat()}
            with writing(installation.book) as connection:
                entry = Entry(type="book.restored", on=COOLED - DAY, data=data)
                entries.record(connection, entry)
        assert execute(installation, COOLED + 5 * DAY).gone == 0
    assert execute(installation, COOLED + 6 * DAY).gone == 1


def test_a_clock_that_is_ahead_of_the_ledger_ends_no_cooling(
    installation: Installation, submitter: Submitter, monkeypatch: pytest.MonkeyPatch
) -> None:
    retain(installation, submitter.case_id)
    approved(installation, submitter.case_id)
    ledgers.batch(installation, COOLED)
    stores = ending.stores_of(installation)
    real = replace(stores, demo=False)
    # The committee of the tests is a demonstration's, which counts here nevertheless.
    monkeypatch.setattr(disposal, "Proof", lambda book, key, _demo: Proof(book, key, demo=True))
    done = disposal.execute(real, COOLED + 3 * DAY)
    assert done.gone == 0
    assert "clock is ahead" in done.problems[0]
    assert disposal.execute(real, COOLED + 2 * DAY).gone == 1
    ending.close(stores)
