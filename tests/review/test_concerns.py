"""Concerns that came another way than the form: recorded by a member, taken in by a collection."""

import datetime
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from crypto import receipt, strict
from crypto.case import open_grant
from crypto.identity import Identity
from crypto.message import open_envelope
from crypto.receipt import ReceiptCode
from intake import drop as door
from review.casework.codes import Channel
from review.casework.course import Stage, Step
from review.casework.deadlines import Clock
from review.errors import SetAside
from review.store import acts, cases, concerns, courses, envelopes, inbox, schema, set_aside
from review.store.counted import counted
from review.store.database import reading, writing
from tests import committee, node
from tests.browser.installation import Installation
from tests.browser.submitter import ANSWERS
from tests.recorded import CAME, Teller, posted
from tests.review.changing import Table
from tests.review.collecting import close, collector_of, run
from tests.review.desk import Desk, sealed_form
from tests.review.tables import entries, rows
from tests.review.web.course import TRIAGED, Course

pytestmark = pytest.mark.stores


@pytest.fixture
def teller(installation: Installation) -> Teller:
    return Teller(installation.drop, installation.roster, "teller")


def send(app: Flask, by: str, fields: Mapping[str, Any]) -> TestResponse:
    return Desk(app, by).post("/cases", posted(fields))


def recorded(app: Flask, installation: Installation, teller: Teller, **data: Any) -> None:
    assert send(app, "member-1", teller.told("member-1", **data)).status_code == 204
    installation.collect()


def test_a_recorded_concern_becomes_a_case_of_its_readers_at_the_next_collection(
    app: Flask, installation: Installation, teller: Teller
) -> None:
    fields = teller.told("member-1", excluded=["member-2", "secretary"])
    assert send(app, "member-1", fields).status_code == 204
    assert Desk(app, "chair").get(f"/cases/{teller.case_id}").status_code == 404
    assert installation.collect().submissions == 1
    with reading(installation.book) as connection:
        case = cases.case_by_id(connection, teller.case_id)
        assert case is not None
        assert (case.on, case.state.value) == (CAME, "RECEIVED")
        assert courses.of_case(connection, case).channel is Channel.LETTER
        assert cases.excluded_people(connection, case.id) == ("member-2", "secretary")
        (signed,) = acts.done(connection, case.id)
        assert (signed.act.hash, signed.signers) == (teller.act.hash, ("member-1",))
    for person, status in {
        "chair": 200,
        "member-1": 200,
        "alternate": 200,
        "member-2": 404,
    }.items():
        assert Desk(app, person).get(f"/cases/{teller.case_id}").status_code == status
    assert rows(installation.book)["recorded_concerns"] == []


def test_its_day_is_the_day_it_came_and_its_entry_says_how(
    app: Flask, installation: Installation, teller: Teller
) -> None:
    recorded(app, installation, teller, channel="PHONE")
    (entry,) = entries(installation.book, "concern.recorded")
    assert (entry.case_id, entry.by, entry.on) == (teller.case_id, "member-1", committee.TODAY)
    assert json.loads(entry.data) == {
        "act": teller.act.hash,
        "came": CAME.isoformat(),
        "channel": "PHONE",
    }
    assert entries(installation.book, "submission.received") == []
    with reading(installation.book) as connection:
        (line,), _ = inbox.page(connection, "chair", inbox.Wanted(), committee.TODAY)
    assert (line.received_on, line.channel, line.unread) == (CAME, Channel.PHONE, 1)
    # Three business days after a Wednesday, over a weekend.
    assert (line.next_clock, line.next_due) == (Clock.UNOPENED, datetime.date(2026, 11, 23))


def test_the_same_form_again_changes_nothing_before_and_after_the_collection(
    app: Flask, installation: Installation, teller: Teller
) -> None:
    fields = teller.told("chair")
    for _ in range(2):
        assert send(app, "chair", fields).status_code == 204
    assert len(rows(installation.book)["recorded_concerns"]) == 1
    installation.collect()
    before = rows(installation.book)
    assert send(app, "chair", fields).status_code == 204
    assert installation.collect().submissions == 0
    assert rows(installation.book, without=["logins"]) == {
        name: found for name, found in before.items() if name != "logins"
    }


def test_who_was_handed_the_code_hears_back_and_writes_again(
    app: Flask, installation: Installation, teller: Teller
) -> None:
    recorded(app, installation, teller)
    Desk(app, "chair").get(f"/cases/{teller.case_id}")
    form = sealed_form(app, teller, "reply", text="Thank you for your letter.")
    assert Desk(app, "chair").post(f"/cases/{teller.case_id}/replies", form).status_code == 204
    installation.collect()
    assert [each.body["text"] for each in teller.letters()] == ["Thank you for your letter."]
    teller.follow_up("I have found the receipts.")
    assert installation.collect().follow_ups == 1
    with reading(installation.book) as connection:
        kinds = [each.kind for each in envelopes.of_case(connection, teller.case_id)]
    assert kinds == ["submission", "follow-up", "reply"]


def test_nobody_records_a_concern_that_names_themselves(
    app: Flask, installation: Installation, teller: Teller
) -> None:
    """Whoever records one has drawn its key: an exclusion of theirs would be for show."""
    assert send(app, "member-1", teller.told("member-1", excluded=["member-1"])).status_code == 204
    collector = collector_of(installation)
    done = run(collector)
    assert len(done.problems) == 1
    assert SetAside.REASONS["recorder"] in done.problems[0]
    with reading(installation.book) as connection:
        assert cases.all_case_ids(connection) == []
        assert [each.reason for each in set_aside.listed(connection)] == ["recorder"]
        assert concerns.waiting_of(connection, "member-1") == 1
    assert run(collector).problems == []
    close(collector)


def test_one_that_cannot_be_taken_in_keeps_no_other_from_it(
    app: Flask, installation: Installation, teller: Teller
) -> None:
    other = Teller(installation.drop, installation.roster, "another")
    assert send(app, "chair", other.told("chair", hidden_from=["chair"])).status_code == 204
    assert send(app, "chair", teller.told("chair")).status_code == 204
    collector = collector_of(installation)
    assert run(collector).submissions == 1
    with reading(installation.book) as connection:
        assert cases.all_case_ids(connection) == [teller.case_id]
    close(collector)


@pytest.mark.parametrize("person", ["counsel", "secretary", "auditor"])
def test_only_chair_members_and_alternates_record_concerns(
    app: Flask, installation: Installation, teller: Teller, person: str
) -> None:
    by = person if person == "counsel" else "member-1"
    assert send(app, person, teller.told(by)).status_code == 404
    assert Desk(app, person).get("/concern").status_code == 404
    assert rows(installation.book)["recorded_concerns"] == []


@pytest.mark.parametrize(
    "changes",
    [
        {"channel": "ONLINE"},
        {"channel": "PIGEON"},
        {"came": (committee.TODAY + datetime.timedelta(days=1)).isoformat()},
        {"came": "2025-12-30"},
        {"came": "2026-02-30"},
        {"submission": "none"},
        {"another": "field"},
        {"on": committee.TODAY - datetime.timedelta(days=2)},
        {"key": "member-2"},
    ],
)
def test_what_the_member_signed_says_channel_day_and_submission_or_nothing_is_kept(
    app: Flask, installation: Installation, teller: Teller, changes: dict[str, Any]
) -> None:
    assert send(app, "member-1", teller.told("member-1", **changes)).status_code == 400
    assert rows(installation.book)["recorded_concerns"] == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("id", "short"),
        ("case", "age1pq1"),
        ("mailbox", ""),
        ("mailbox_id", "ab" * 32),
        ("case_signature", "A" * 86 + "=="),
        ("submitter_key", "A" * 43 + "="),
        ("envelope", b"not sealed"),
        ("grant", b"not sealed"),
        ("routing", b"not sealed"),
    ],
)
def test_what_is_not_sealed_as_a_submission_is_is_not_kept(
    app: Flask, installation: Installation, teller: Teller, name: str, value: str | bytes
) -> None:
    fields = {**teller.told("member-1"), name: value}
    assert send(app, "member-1", fields).status_code == 400
    assert rows(installation.book)["recorded_concerns"] == []


def test_a_concern_sealed_to_an_earlier_roster_is_asked_for_again(
    app: Flask, installation: Installation, teller: Teller
) -> None:
    fields = teller.told("member-1")
    installation.publish(committee.next_roster(installation.roster))
    assert send(app, "member-1", fields).status_code == 409
    assert rows(installation.book)["recorded_concerns"] == []


def test_a_case_that_is_there_is_not_recorded_again(
    app: Flask, installation: Installation, teller: Teller
) -> None:
    recorded(app, installation, teller)
    again = {**teller.told("chair"), "id": "ab" * 16}
    assert send(app, "chair", again).status_code == 409


def test_of_two_with_one_key_the_second_is_set_aside(
    app: Flask, installation: Installation, teller: Teller
) -> None:
    fields = teller.told("chair")
    for each in ("ab" * 16, "cd" * 16):
        assert send(app, "chair", {**fields, "id": each}).status_code == 204
    collector = collector_of(installation)
    assert run(collector).submissions == 1
    with reading(installation.book) as connection:
        assert cases.all_case_ids(connection) == [teller.case_id]
        assert [each.reason for each in set_aside.listed(connection)] == ["taken"]
    close(collector)


def test_a_concern_under_the_id_of_a_deposit_makes_nothing(
    app: Flask, installation: Installation, teller: Teller
) -> None:
    """Attack: the console's role puts a row down that the collection would take for done."""
    installation.submitter().submit()
    installation.collect()
    assert send(app, "chair", teller.told("chair")).status_code == 204
    with writing(installation.book) as connection:
        (concern,) = concerns.waiting(connection, 1)
        (deposit,) = connection.execute(select(schema.envelopes.c.deposit_id)).scalars()
        concerns.remove(connection, concern.id)
        concerns.add(connection, replace(concern, id=deposit))
    collector = collector_of(installation)
    assert [SetAside.REASONS["taken"] in each for each in run(collector).problems] == [True]
    with door.reading(installation.drop) as connection:
        assert door.read_mailbox(connection, concern.mailbox_id) is None
    close(collector)


def test_a_collection_that_was_interrupted_makes_the_mailbox_and_no_second_case(
    app: Flask, installation: Installation, teller: Teller
) -> None:
    assert send(app, "chair", teller.told("chair")).status_code == 204
    with reading(installation.book) as connection:
        (concern,) = concerns.waiting(connection, 1)
    installation.collect()
    # As if it had ended after the book and before the row went.
    with writing(installation.book) as connection:
        concerns.add(connection, concern)
    before = rows(installation.book)["cases"]
    installation.collect()
    assert rows(installation.book)["cases"] == before
    assert rows(installation.book)["recorded_concerns"] == []
    with door.reading(installation.drop) as connection:
        assert door.read_mailbox(connection, receipt.mailbox_id(teller.keys.lookup)) is not None


def test_a_mailbox_of_somebody_else_is_never_taken(
    app: Flask, installation: Installation, teller: Teller
) -> None:
    somebody = installation.submitter()
    somebody.submit()
    fields = teller.told("chair")
    made = door.NewMailbox(
        id=receipt.mailbox_id(somebody.keys.lookup),
        recipient=teller.mailbox.text,
        case_recipient=teller.case.text,
        case_signature=fields["case_signature"],
        digest=teller.head,
    )
    with door.writing(installation.drop) as connection, pytest.raises(door.MailboxTaken):
        door.make_mailbox(connection, made, committee.TODAY)


@pytest.mark.node
def test_what_a_member_s_browser_seals_is_what_the_collection_takes_in(
    app: Flask, installation: Installation
) -> None:
    given = {
        "roster": strict.to_b64(installation.roster.document),
        "root_key": strict.to_b64(committee.ROOT_KEY),
        "identity": strict.to_b64(committee.seed("alternate")),
        "person": "alternate",
        "on": committee.TODAY.isoformat(),
        "told": {
            "body": ANSWERS,
            "channel": "IN_PERSON",
            "came": CAME.isoformat(),
            "excluded": ["finance", "member-1"],
        },
    }
    done = node.run("review/web/js/test/write-concern.js", given=json.dumps(given))
    assert done.returncode == 0, done.stderr
    printed = json.loads(done.stdout)
    files = {name: strict.b64(text) for name, text in printed["files"].items()}
    assert send(app, "alternate", {**printed["texts"], **files}).status_code == 204
    installation.collect()
    with reading(installation.book) as connection:
        (case_id,) = cases.all_case_ids(connection)
        case = cases.case_by_id(connection, case_id)
        assert case is not None
        assert courses.of_case(connection, case).channel is Channel.IN_PERSON
        assert cases.excluded_people(connection, case_id) == ("finance", "member-1")
    opened = Identity.from_seed(open_grant(files["grant"], committee.identity("chair")))
    message = open_envelope(files["envelope"], opened)
    assert dict(message.body) == ANSWERS
    keys = ReceiptCode.parse(printed["code"]).keys(committee.INSTALLATION)
    with door.reading(installation.drop) as connection:
        found = door.read_mailbox(connection, receipt.mailbox_id(keys.lookup))
    assert found is not None
    assert found.head_digest == message.digest


def test_who_was_answered_in_person_is_acknowledged_by_a_step_with_a_note_and_no_letter(
    app: Flask, installation: Installation, teller: Teller
) -> None:
    recorded(app, installation, teller, channel="IN_PERSON")
    course = Course(app, teller)
    assert course.told()["channel"] == "IN_PERSON"
    assert course.told()["previous"] == teller.act.hash
    course.desk("chair").post(f"{course.path}/opened")
    assert course.take(Step.ACKNOWLEDGE, "chair", sealed=True) == 204
    assert course.stage is Stage.ACKNOWLEDGED
    assert course.take(Step.TRIAGE, "chair", TRIAGED, sealed=True) == 204
    with reading(installation.book) as connection:
        case = cases.case_by_id(connection, teller.case_id)
        assert case is not None
        assert courses.of_case(connection, case).acknowledged_on == committee.TODAY
        assert len(acts.done(connection, case.id)) == 3
    assert teller.letters() == []


def test_its_channel_is_counted_in_the_numbers(
    app: Flask, installation: Installation, teller: Teller
) -> None:
    installation.submitter().submit()
    recorded(app, installation, teller, channel="PHONE")
    with reading(installation.book) as connection:
        found = {(each.channel, each.received) for each in counted(connection)}
    assert found == {(Channel.ONLINE, committee.TODAY), (Channel.PHONE, CAME)}


def test_after_a_recusal_of_who_recorded_it_the_world_is_the_one_without_the_case(
    app: Flask, installation: Installation, teller: Teller
) -> None:
    recorded(app, installation, teller)
    table = Table(app, teller)
    assert table.sees("member-1")
    assert [each.status_code for each in table.recuse("member-1", "member-1")] == [204]
    assert not table.sees("member-1")
    page = Desk(app, "member-1").get("/concern").text
    assert "waits for the next collection" not in page
