"""Dispositions: who may propose and approve one, and what is gone at its end."""

import datetime
import json
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from crypto.disposing import Manifest
from deploy.rights import COLLECTOR
from intake import drop as door
from review import disposing
from review.casework.course import Stage
from review.errors import KeyDestroyed, MalformedForm, NotHere, StepRefused
from review.store import dispositions
from review.store.casework_schema import courses
from review.store.database import reading, writing
from review.store.disposition_schema import disposed_cases
from review.store.schema import case_readers, cases, shred_keys
from review.store.shred import Locksmith
from tests import acts, committee
from tests.browser.installation import Installation
from tests.browser.submitter import Submitter
from tests.review import ending
from tests.review.ending import CLOSED, COOLED, approve, approved, execute, propose, retain
from tests.review.tables import entries, rows

pytestmark = pytest.mark.stores
DAY = datetime.timedelta(days=1)


def shown(installation: Installation, person: str) -> list[Manifest]:
    with reading(installation.book) as connection:
        return [each.manifest for each in disposing.shown(connection, person)]


def mailbox_of(installation: Installation, submitter: Submitter) -> str:
    with reading(installation.book) as connection:
        found = select(cases.c.mailbox_id).where(cases.c.id == submitter.case_id)
        return str(connection.execute(found).scalar_one())


def left_out(installation: Installation, manifest: Manifest) -> dict[str, str]:
    with reading(installation.book) as connection:
        found = dispositions.left_out(connection, manifest.id)
    return {case: each.reason for case, each in found.items()}


def test_what_two_approved_goes_after_its_days_of_cooling_and_leaves_a_stub(
    installation: Installation, submitter: Submitter, hidden: Submitter
) -> None:
    retain(installation, submitter.case_id)
    manifest = propose(installation, submitter.case_id)
    assert not approve(installation, manifest, "member-1").is_done
    assert approve(installation, manifest, "alternate").is_done
    assert execute(installation, COOLED - DAY).gone == 0
    assert ending.stage_of(installation, submitter.case_id) == Stage.RETENTION
    assert execute(installation, COOLED, COLLECTOR).gone == 1
    assert execute(installation, COOLED + DAY).gone == 0
    with reading(installation.book) as connection:
        (stub,) = connection.execute(select(disposed_cases)).all()
    assert (stub.record_class, stub.version) == ("RC-04", 0)
    assert (stub.triggered_on, stub.executed_on) == (CLOSED, COOLED)
    told = [each.type for each in entries_of(installation)]
    assert sorted(told) == [
        "disposition.approved", "disposition.executed", "disposition.proposed",
    ]  # fmt: skip
    assert ending.stage_of(installation, hidden.case_id) is not None


def entries_of(installation: Installation) -> list[Any]:
    kinds = ("disposition.proposed", "disposition.approved", "disposition.executed")
    return [each for kind in kinds for each in entries(installation.book, kind)]


def test_nothing_of_the_case_is_left_in_any_table_but_stub_and_entries(
    installation: Installation, submitter: Submitter
) -> None:
    retain(installation, submitter.case_id)
    approved(installation, submitter.case_id)
    execute(installation)
    named = {
        table
        for table, found in rows(installation.book).items()
        if any(submitter.case_id in map(str, row) for row in found)
    }
    assert named == {"disposed_cases", "pending_entries", "unfinished_disposals"}
    with reading(installation.shred) as shred:
        assert shred.execute(select(shred_keys.c.case_id)).all() == []
        with pytest.raises(KeyDestroyed):
            Locksmith(committee.INSTALLATION, bytes(32)).key_of(shred, submitter.case_id)


def test_the_mailbox_of_a_disposed_case_is_one_that_nobody_was_ever_given(
    installation: Installation, submitter: Submitter
) -> None:
    lookup = mailbox_of(installation, submitter)
    retain(installation, submitter.case_id)
    approved(installation, submitter.case_id)
    with door.reading(installation.drop) as connection:
        assert door.read_mailbox(connection, lookup) is not None
    execute(installation)
    with door.reading(installation.drop) as connection:
        assert door.read_mailbox(connection, lookup) is None
        assert door.is_gone(connection, lookup)


@pytest.mark.parametrize("record_class", ["RC-01", "RC-02"])
def test_nothing_is_proposed_before_it_is_due(
    installation: Installation, submitter: Submitter, record_class: str
) -> None:
    retain(installation, submitter.case_id, record_class)
    with pytest.raises(StepRefused, match="not due yet"):
        propose(installation, submitter.case_id)


def test_an_open_case_is_not_proposed(installation: Installation, submitter: Submitter) -> None:
    with pytest.raises(StepRefused, match="open"):
        propose(installation, submitter.case_id)


def test_who_may_not_know_of_a_case_gets_the_answer_of_an_unknown_one(
    installation: Installation, submitter: Submitter, hidden: Submitter
) -> None:
    retain(installation, hidden.case_id)
    for case_id in (hidden.case_id, "ab" * 32):
        with pytest.raises(NotHere, match="no such case"):
            propose(installation, case_id, by="member-2")


def test_a_disposition_is_not_there_for_whoever_may_not_know_of_one_record_on_it(
    installation: Installation, submitter: Submitter, hidden: Submitter
) -> None:
    """Attack: learning from a manifest, a proposal or its end that one is named in a case."""
    for each in (submitter, hidden):
        retain(installation, each.case_id)
    manifest = propose(installation, submitter.case_id, hidden.case_id)
    assert shown(installation, "member-1") == [manifest]
    assert shown(installation, "member-2") == []
    with pytest.raises(NotHere, match="no such disposition"):
        approve(installation, manifest, "member-2")
    for person in ending.APPROVERS:
        approve(installation, manifest, person)
    execute(installation)
    assert shown(installation, "member-1") == [manifest]
    assert shown(installation, "member-2") == []


def test_whoever_proposed_it_cannot_approve_it(
    installation: Installation, submitter: Submitter
) -> None:
    retain(installation, submitter.case_id)
    manifest = propose(installation, submitter.case_id)
    with pytest.raises(StepRefused, match="Two others"):
        approve(installation, manifest, "chair")


def test_an_approval_of_another_manifest_is_none(
    installation: Installation, submitter: Submitter
) -> None:
    retain(installation, submitter.case_id)
    manifest = propose(installation, submitter.case_id)
    other = acts.sent(ending.act_for(manifest, "ab" * 32), "member-1")
    with writing(installation.book) as connection, pytest.raises(MalformedForm):
        disposing.approve(connection, acts.ROSTER, manifest.id, other, committee.TODAY)


def test_one_approval_carries_nothing_out(installation: Installation, submitter: Submitter) -> None:
    retain(installation, submitter.case_id)
    approved(installation, submitter.case_id, by=["member-1"])
    assert execute(installation, COOLED + 90 * DAY).gone == 0
    assert ending.stage_of(installation, submitter.case_id) == Stage.RETENTION


def test_a_case_that_was_reopened_held_or_recused_meanwhile_stays(
    installation: Installation, submitter: Submitter, hidden: Submitter
) -> None:
    """Attack: a case that opens again is disposed of by the clock of its earlier end."""
    third = installation.submitter("third")
    third.submit()
    installation.collect()
    ids = [submitter.case_id, hidden.case_id, third.case_id]
    for case_id in ids:
        retain(installation, case_id)
    manifest = approved(installation, *ids)
    with writing(installation.book) as connection:
        for case_id, values in ((ids[0], {"state": Stage.REOPENED.value}),):
            connection.execute(update(cases).where(cases.c.id == case_id).values(**values))
        needed = update(courses).where(courses.c.case_id == ids[1])
        connection.execute(needed.values(hold_needed=True))
    ending.recuse(installation, ids[2], "alternate")
    done = execute(installation)
    assert (done.gone, done.left_out) == (0, 3)
    assert left_out(installation, manifest) == {
        ids[0]: "REOPENED", ids[1]: "ON_HOLD", ids[2]: "RECUSED",
    }  # fmt: skip
    assert all(ending.stage_of(installation, case_id) for case_id in ids)


def test_a_follow_up_that_came_meanwhile_keeps_the_case(
    installation: Installation, submitter: Submitter
) -> None:
    retain(installation, submitter.case_id)
    manifest = approved(installation, submitter.case_id)
    submitter.follow_up("There is more.")
    done = execute(installation)
    assert (done.gone, done.left_out, done.waiting) == (0, 0, 1)
    installation.collect()
    assert execute(installation).left_out == 1
    assert left_out(installation, manifest) == {submitter.case_id: "CHANGED"}


def test_what_is_approved_is_what_goes(installation: Installation, submitter: Submitter) -> None:
    retain(installation, submitter.case_id)
    manifest = propose(installation, submitter.case_id)
    submitter.follow_up("There is more.")
    installation.collect()
    with pytest.raises(StepRefused, match="changed"):
        approve(installation, manifest, "member-1")


def test_the_ledger_hears_of_the_manifest_and_not_of_a_case(
    installation: Installation, submitter: Submitter
) -> None:
    retain(installation, submitter.case_id)
    manifest = approved(installation, submitter.case_id)
    (entry,) = entries(installation.book, "disposition.approved")
    told = json.loads(entry.data)
    assert told["manifest"] == manifest.hash
    assert told["act"] == ending.act_for(manifest).hash
    assert entry.case_id is None
    (entry,) = entries(installation.book, "disposition.proposed")
    assert json.loads(entry.data) == {"manifest": manifest.hash, "records": 1}


def leave_readers(installation: Installation, case_id: str, *people: str) -> None:
    """Only these read a case, as one from before the others came on the roster."""
    with writing(installation.book) as connection:
        others = (case_readers.c.case_id == case_id, case_readers.c.person_id.not_in(people))
        connection.execute(delete(case_readers).where(*others))


def test_counsel_is_called_where_two_read_a_case_and_opens_nothing_of_it(
    installation: Installation, submitter: Submitter
) -> None:
    retain(installation, submitter.case_id)
    leave_readers(installation, submitter.case_id, "chair", "member-1")
    manifest = propose(installation, submitter.case_id)
    assert [shown(installation, each) for each in ("counsel", "member-1")] == [[manifest]] * 2
    assert shown(installation, "member-2") == shown(installation, "alternate") == []
    with reading(installation.book) as connection:
        assert disposing.may_open(connection, manifest, "counsel") == frozenset()
        assert disposing.may_open(connection, manifest, "member-1") == {submitter.case_id}
    with pytest.raises(NotHere, match="no such case"):
        propose(installation, submitter.case_id, by="counsel")
    approve(installation, manifest, "counsel")
    assert approve(installation, manifest, "member-1").is_done
    assert execute(installation).gone == 1
    assert [shown(installation, each) for each in ("counsel", "member-1")] == [[manifest]] * 2
    assert shown(installation, "member-2") == []


def test_counsel_whom_a_case_concerns_is_never_called(
    installation: Installation, submitter: Submitter
) -> None:
    """Attack: learning of a case that one is named in because its list needs a third."""
    retain(installation, submitter.case_id)
    leave_readers(installation, submitter.case_id, "chair", "member-1")
    manifest = propose(installation, submitter.case_id)
    ending.recuse(installation, submitter.case_id, "counsel")
    assert shown(installation, "counsel") == []
    with pytest.raises(NotHere, match="no such disposition"):
        approve(installation, manifest, "counsel")
    with pytest.raises(StepRefused, match="Only two people may know of this case"):
        propose(installation, submitter.case_id)


def test_where_counsel_is_one_of_two_readers_a_third_has_to_come(
    installation: Installation, submitter: Submitter
) -> None:
    retain(installation, submitter.case_id)
    leave_readers(installation, submitter.case_id, "chair", "counsel")
    with pytest.raises(StepRefused, match="Only two people may know of this case"):
        propose(installation, submitter.case_id)
