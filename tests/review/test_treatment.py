"""Acts on a case: each whole, each with its entry, each by the table."""

import datetime
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection

from crypto import entry
from review import treatment
from review.casework.course import Stage, Step
from review.casework.deadlines import ClockSettings
from review.errors import HeadMoved, MalformedForm
from review.store import entries, ledger
from review.store.cases import Case, case_by_id
from review.store.database import reading, writing
from review.store.shred import Locksmith, RowKey
from review.treatment import Sent
from tests import committee
from tests.browser.installation import Installation
from tests.browser.submitter import Submitter
from tests.review import ledgers
from tests.review.collecting import close, collector_of
from tests.review.desk import sealed_form
from tests.review.tables import rows

pytestmark = pytest.mark.stores
CLOCKS = ClockSettings()
TAKEN = treatment.Move(Step.ACKNOWLEDGE, Stage.ACKNOWLEDGED, "ac" * 32, "chair")


def sent(app: Flask, submitter: Submitter, kind: str) -> Sent:
    """What a reader's browser sends, as a view would parse it."""
    body: dict[str, Any] = {"state": "reading", "next_on": None} if kind == "state" else {}
    form = sealed_form(app, submitter, kind, **body)
    mailbox = form.get("mailbox_envelope")
    return Sent(
        by="chair",
        on=committee.TODAY,
        n=int(form["n"]),
        digest=form["digest"],
        case_envelope=form["case_envelope"][0].getvalue(),
        mailbox_envelope=None if mailbox is None else mailbox[0].getvalue(),
    )


def case_of(connection: Connection, submitter: Submitter) -> Case:
    case = case_by_id(connection, submitter.case_id)
    assert case is not None
    return case


def key_of(installation: Installation, submitter: Submitter) -> RowKey:
    collector = collector_of(installation)
    locksmith: Locksmith = collector.locksmith
    with reading(collector.shred) as connection:
        key = locksmith.key_of(connection, submitter.case_id)
    close(collector)
    return key


@pytest.mark.parametrize("act", ["reply", "state", "note"])
def test_an_act_that_fails_at_its_end_leaves_nothing(
    app: Flask, installation: Installation, submitter: Submitter, act: str
) -> None:
    what, key = sent(app, submitter, act), key_of(installation, submitter)
    before = rows(installation.book)

    def no_entropy(size: int) -> bytes:
        if draws:
            raise OSError("no more randomness")
        draws.append(size)
        return bytes(size)

    draws: list[int] = []

    def try_it() -> None:
        with writing(installation.book) as connection:
            case = case_of(connection, submitter)
            if act == "reply":
                treatment.leave_reply(connection, key, case, what, CLOCKS, no_entropy)
            elif act == "state":
                treatment.tell_step(
                    connection, key, case, what, TAKEN, committee.TODAY, CLOCKS, no_entropy
                )
            else:
                treatment.keep_note(connection, key, case, what, no_entropy)
                raise OSError("the disk is full")

    with pytest.raises(OSError, match=r"no more randomness|the disk is full"):
        try_it()
    assert draws == [16]
    assert rows(installation.book) == before


def test_the_same_act_twice_is_done_once(
    app: Flask, installation: Installation, submitter: Submitter
) -> None:
    """Attack: replaying a request."""
    key = key_of(installation, submitter)
    note, reply = sent(app, submitter, "note"), sent(app, submitter, "reply")
    with writing(installation.book) as connection:
        treatment.keep_note(connection, key, case_of(connection, submitter), note)
        treatment.leave_reply(connection, key, case_of(connection, submitter), reply, CLOCKS)
    before = rows(installation.book)
    with writing(installation.book) as connection:
        case = case_of(connection, submitter)
        treatment.keep_note(connection, key, case, note)
        treatment.leave_reply(connection, key, case, reply, CLOCKS)
        with pytest.raises(HeadMoved):
            treatment.keep_note(connection, key, case, replace(note, digest="ab" * 32))
        with pytest.raises(HeadMoved):
            treatment.leave_reply(connection, key, case, replace(reply, by="member-1"), CLOCKS)
    assert rows(installation.book) == before


def test_a_note_never_goes_to_a_mailbox(
    app: Flask, installation: Installation, submitter: Submitter
) -> None:
    reply, key = sent(app, submitter, "reply"), key_of(installation, submitter)
    with writing(installation.book) as connection, pytest.raises(MalformedForm):
        treatment.keep_note(connection, key, case_of(connection, submitter), reply)


def test_the_ledger_hears_once_a_day_of_a_reader_also_after_the_day_s_batch(
    installation: Installation, submitter: Submitter
) -> None:
    def read(person: str, day: int) -> None:
        with writing(installation.book) as connection:
            case = case_of(connection, submitter)
            on = committee.TODAY + datetime.timedelta(days=day)
            treatment.record_reading(connection, case, person, on, None, CLOCKS)

    for person, day in (("chair", 0), ("chair", 0), ("member-1", 0)):
        read(person, day)
    ledgers.batch(installation)
    for person, day in (("chair", 0), ("member-1", 0), ("chair", 1), ("chair", 1)):
        read(person, day)
    with reading(installation.book) as connection:
        chain = ledger.case_chain(connection, submitter.case_id)
        found = [entry.parse(ledger.entry_at(connection, 1, each.index)) for each in chain]
        waiting = entries.of_case(connection, submitter.case_id)
    told = [(each.type, each.by) for each in found[2:]]
    assert told == [("case.opened", "chair"), ("case.read", "member-1")]
    assert [(each.type, each.by) for each in waiting] == [("case.read", "chair")]
