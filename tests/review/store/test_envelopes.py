"""Cases, envelopes, letters and entries as the book keeps them."""

import datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, update

from crypto.errors import PayloadTampered
from review.casework.course import Stage
from review.errors import ActRefused, HeadMoved
from review.store import cases, envelopes, outbox, schema
from review.store.cases import Case
from review.store.database import reading, writing
from review.store.envelopes import Envelope
from review.store.shred import RowKey
from tests import committee
from tests.browser.installation import Installation

pytestmark = pytest.mark.stores

DAY = committee.TODAY
KEY = RowKey(committee.INSTALLATION, b"k" * 32)
CASE = Case(
    id="ab" * 32,
    mailbox_id="cd" * 32,
    on=DAY,
    roster=committee.roster().hash,
    recipient="age1pq1…",
    state=Stage.RECEIVED,
    generation=1,
)


@pytest.fixture
def book(tmp_path: Path) -> Engine:
    """A book with one case that the chair and member-1 read."""
    made = Installation(tmp_path).book
    with writing(made) as connection:
        cases.add_case(connection, CASE, ["chair", "member-1"], ["member-2"])
    return made


def add(
    connection: Connection,
    kind: str,
    n: int,
    day: datetime.date = DAY,
    content: bytes = b"age",
    upload_id: str | None = None,
) -> str:
    thread = {"submission": "submitter", "follow-up": "submitter", "reply": "committee"}
    made = Envelope(
        id=f"{len(kind)}{n}".zfill(32),
        thread=thread.get(kind, "notes"),
        kind=kind,
        n=n,
        on=day,
        digest="ef" * 32,
        upload_id=upload_id,
    )
    envelopes.append(connection, KEY, CASE.id, made, content)
    return made.id


def test_a_thread_grows_at_its_end_and_nowhere_else(book: Engine) -> None:
    """Attack: two who take the same place, or a place left empty."""
    with writing(book) as connection:
        add(connection, "submission", 1)
        for n in (0, 1, 3):
            with pytest.raises(HeadMoved) as refused:
                add(connection, "follow-up", n)
            assert refused.value.n == 1
        add(connection, "follow-up", 2)
        add(connection, "note", 1)
        assert envelopes.head(connection, CASE.id, "submitter") == 2
        assert envelopes.head(connection, CASE.id, "committee") == 0


def test_envelopes_stand_by_day_and_in_the_order_of_their_thread(book: Engine) -> None:
    with writing(book) as connection:
        add(connection, "submission", 1, DAY)
        add(connection, "reply", 1, DAY)
        add(connection, "note", 1, DAY)
        # A clock that was set back must not put an answer before what it answers.
        add(connection, "follow-up", 2, DAY - datetime.timedelta(days=3))
        add(connection, "reply", 2, DAY + datetime.timedelta(days=1))
        found = [(each.kind, each.n) for each in envelopes.of_case(connection, CASE.id)]
    assert found == [
        ("submission", 1),
        ("follow-up", 2),
        ("reply", 1),
        ("note", 1),
        ("reply", 2),
    ]


def test_what_comes_out_is_what_went_in(book: Engine) -> None:
    with writing(book) as connection:
        envelope = add(connection, "submission", 1, content=b"an age file", upload_id="12" * 32)
        envelopes.add_grant(connection, KEY, CASE.id, 1, b"a grant")
        envelopes.add_slice(connection, KEY, CASE.id, "12" * 32, 0, b"a slice")
        assert envelopes.content(connection, KEY, CASE.id, envelope) == b"an age file"
        assert envelopes.grant(connection, KEY, CASE.id, 1) == b"a grant"
        assert envelopes.grant(connection, KEY, CASE.id, 2) is None
        assert envelopes.generations(connection, CASE.id) == [1]
        assert envelopes.slice_places(connection, CASE.id) == [("12" * 32, 0)]
        assert envelopes.slice_content(connection, KEY, CASE.id, "12" * 32, 0) == b"a slice"
        assert envelopes.slice_content(connection, KEY, CASE.id, "12" * 32, 1) is None
        assert envelopes.content(connection, KEY, "99" * 32, envelope) is None


def test_a_slice_that_no_envelope_names_is_not_there_yet(book: Engine) -> None:
    """Attack: half of what somebody sends, shown before it is whole."""
    with writing(book) as connection:
        add(connection, "submission", 1, upload_id="12" * 32)
        for upload_id in ("12" * 32, "34" * 32):
            envelopes.add_slice(connection, KEY, CASE.id, upload_id, 0, b"a slice")
            assert envelopes.slice_indexes(connection, CASE.id, upload_id) == {0}
        assert envelopes.slice_places(connection, CASE.id) == [("12" * 32, 0)]
        assert envelopes.slice_content(connection, KEY, CASE.id, "34" * 32, 0) is None
        assert envelopes.has_unnamed(connection)
        envelopes.discard_unnamed(connection)
        assert not envelopes.has_unnamed(connection)
        assert envelopes.slice_indexes(connection, CASE.id, "34" * 32) == frozenset()
        assert envelopes.slice_content(connection, KEY, CASE.id, "12" * 32, 0) == b"a slice"


def test_rows_that_were_swapped_do_not_open(book: Engine) -> None:
    """Attack: an operator who shows one message in the place of another."""
    sealed = schema.envelopes.c.sealed
    with writing(book) as connection:
        first = add(connection, "submission", 1, content=b"first")
        second = add(connection, "follow-up", 2, content=b"second")
        kept = connection.execute(schema.envelopes.select().with_only_columns(sealed)).scalars()
        moved = list(kept)[0]
        connection.execute(update(schema.envelopes).values(sealed=moved))
        outcomes = []
        for envelope in (first, second):
            try:
                outcomes.append(envelopes.content(connection, KEY, CASE.id, envelope))
            except PayloadTampered:
                outcomes.append(None)
    assert None in outcomes
    assert set(outcomes) <= {None, b"first", b"second"}


def test_a_case_is_seen_by_its_readers_alone(book: Engine) -> None:
    with writing(book) as connection:
        add(connection, "submission", 1)
    with reading(book) as connection:
        for person, seen in (("chair", True), ("member-1", True), ("member-2", False)):
            assert (cases.visible_case(connection, CASE.id, person) == CASE) is seen
            assert bool(cases.visible_cases(connection, person)) is seen
            assert (cases.line_of(connection, CASE.id, person) is not None) is seen
        assert cases.visible_case(connection, "99" * 32, "chair") is None
        assert cases.excluded_people(connection, CASE.id) == ("member-2",)
        assert cases.case_by_mailbox(connection, CASE.mailbox_id) == CASE


def test_the_inbox_counts_what_this_reader_has_not_opened(book: Engine) -> None:
    with writing(book) as connection:
        add(connection, "submission", 1)
        add(connection, "follow-up", 2)
        cases.mark_read(connection, CASE.id, "chair", 2)
        cases.mark_read(connection, CASE.id, "chair", 1)
        add(connection, "follow-up", 3)
        add(connection, "reply", 1, DAY + datetime.timedelta(days=2))
        unread = {
            person: cases.visible_cases(connection, person)[0].unread
            for person in ("chair", "member-1")
        }
        line = cases.visible_cases(connection, "chair")[0]
    assert unread == {"chair": 1, "member-1": 3}
    assert line.follow_ups == 2
    assert line.acknowledged_on == DAY + datetime.timedelta(days=2)


def test_a_state_is_changed_only_from_the_one_that_was_seen(book: Engine) -> None:
    """Attack: two who move a case at once."""
    with writing(book) as connection:
        cases.set_state(connection, CASE, Stage.OPENED)
        with pytest.raises(ActRefused):
            cases.set_state(connection, CASE, Stage.ACKNOWLEDGED)
        assert cases.case_by_id(connection, CASE.id).state is Stage.OPENED  # type: ignore[union-attr]


def test_a_letter_waits_until_it_is_posted(book: Engine) -> None:
    with writing(book) as connection:
        outbox.add(connection, KEY, CASE.id, CASE.mailbox_id, 2, b"second")
        outbox.add(connection, KEY, CASE.id, CASE.mailbox_id, 1, b"first")
        first, second = outbox.waiting(connection)
        assert [first.letter(KEY), second.letter(KEY)] == [b"first", b"second"]
        outbox.mark_posted(connection, first.id)
        outbox.mark_posted(connection, first.id)
        assert outbox.waiting(connection) == [second]
