"""Acts of weight: who has to sign, and what is refused whatever the act is about."""

import dataclasses
import datetime
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, delete, insert, update
from sqlalchemy.exc import IntegrityError

from crypto import act as act_format
from crypto.act import Act
from review import acting
from review.acting import Outcome, Sent, Signer
from review.errors import ActMoved, MalformedForm, NotHere, StepRefused
from review.roles import Role
from review.store import acts, entries, rosters
from review.store.casework_schema import act_endings, act_signatures
from review.store.casework_schema import acts as table
from review.store.database import open_book, reading, writing
from tests import committee
from tests.acts import ROSTER, SUBJECT, make, sent
from tests.stores import here

pytestmark = pytest.mark.stores

TODAY = committee.TODAY
DAY = datetime.timedelta(days=1)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Engine]:
    engine = open_book(here().make(tmp_path, "book"))
    with writing(engine) as connection:
        rosters.publish_roster(connection, ROSTER)
    yield engine
    engine.dispose()


def two(_act: Act, signers: tuple[Signer, ...]) -> str | None:
    return None if len(signers) >= 2 else "Two different people have to sign this."


def one(_act: Act, _signers: tuple[Signer, ...]) -> str | None:
    return None


def sign(book: Engine, send: Sent, rule: acting.Rule = two) -> Outcome:
    with writing(book) as connection:
        return acting.sign(connection, ROSTER, send, TODAY, rule)


def told(connection: Connection) -> list[tuple[str, str | None]]:
    return sorted((each.type, each.by) for each in entries.pending(connection))


def test_a_first_signature_is_a_proposal_and_the_second_completes_it(book: Engine) -> None:
    act = make(text="aa" * 32)
    first = sign(book, sent(act, "member-1"))
    with reading(book) as connection:
        (found,) = acts.proposals(connection)
        assert acts.newest(connection, SUBJECT) is None
        assert told(connection) == [("act.proposed", "member-1")]
    second = sign(book, sent(act, "chair"))
    assert (first.is_done, second.is_done) == (False, True)
    assert found.signers == ("member-1",)
    assert set(second.signers) == {Signer("chair", Role.CHAIR), Signer("member-1", Role.MEMBER)}
    with reading(book) as connection:
        assert acts.proposals(connection) == []
        assert acts.newest(connection, SUBJECT) == act.hash
        (done,) = acts.done(connection, SUBJECT)
    assert (done.n, done.act, done.signers) == (1, act, ("chair", "member-1"))
    assert act_format.check_all(done.act, done.signatures, ROSTER) == {"chair", "member-1"}


def test_an_act_signed_for_another_subject_is_refused_there(book: Engine) -> None:
    """Attack: moving an act to another case, which has another act before."""
    act = make()
    sign(book, sent(act, "chair"), one)
    moved = dataclasses.replace(sent(make(subject="texts/fr"), "chair"), document=act.document)
    with pytest.raises((ActMoved, MalformedForm)):
        sign(book, moved, one)
    other = make(subject="texts/fr", previous=act.hash)
    with pytest.raises(ActMoved):
        sign(book, sent(other, "chair"), one)


def test_a_replayed_act_is_refused(book: Engine) -> None:
    act = make()
    sign(book, sent(act, "chair"), one)
    for by in ("chair", "member-1"):
        with pytest.raises(ActMoved):
            sign(book, sent(act, by), one)


def test_an_act_with_an_old_roster_is_refused(book: Engine) -> None:
    later = committee.roster(epoch=2, previous=ROSTER.hash)
    with writing(book) as connection:
        rosters.publish_roster(connection, later)
        with pytest.raises(ActMoved):
            acting.sign(connection, later, sent(make(), "chair"), TODAY, one)


def test_an_act_of_another_installation_is_refused(book: Engine) -> None:
    with pytest.raises(ActMoved):
        sign(book, sent(make(installation="00" * 16), "chair"), one)


def test_one_person_signing_twice_is_one_signature(book: Engine) -> None:
    act = make()
    sign(book, sent(act, "chair"))
    with pytest.raises(ActMoved):
        sign(book, sent(act, "chair"))
    with reading(book) as connection:
        (found,) = acts.proposals(connection)
    assert found.signers == ("chair",)


@pytest.mark.parametrize(
    ("by", "key"),
    [("chair", "member-1"), ("finance", "finance"), ("mallory", "chair")],
    ids=["with the key of somebody else", "by somebody without a key", "by a stranger"],
)
def test_a_signature_of_nobody_who_may_is_refused(book: Engine, by: str, key: str) -> None:
    with pytest.raises(MalformedForm):
        sign(book, sent(make(), by, key), one)


def test_a_wrong_act_before_is_refused(book: Engine) -> None:
    act = make()
    sign(book, sent(act, "chair"), one)
    for previous in (None, "aa" * 32):
        with pytest.raises(ActMoved):
            sign(book, sent(make("other-act", previous=previous), "chair"), one)
    assert sign(book, sent(make(previous=act.hash), "chair"), one).is_done


def test_a_proposal_is_overtaken_by_another_act(book: Engine) -> None:
    waits, other = make(text="aa" * 32), make(text="bb" * 32)
    sign(book, sent(waits, "chair"))
    sign(book, sent(other, "chair"), one)
    with reading(book) as connection:
        assert acts.proposals(connection) == []
    with pytest.raises(ActMoved):
        sign(book, sent(waits, "member-1"))


def test_a_withdrawn_proposal_cannot_be_completed(book: Engine) -> None:
    act = make()
    sign(book, sent(act, "chair"))
    with writing(book) as connection:
        assert acting.withdraw(connection, act.hash, "chair", TODAY) == act
        with pytest.raises(NotHere):
            acting.withdraw(connection, act.hash, "chair", TODAY)
    with pytest.raises(ActMoved):
        sign(book, sent(act, "member-1"))
    with reading(book) as connection:
        assert acts.proposals(connection, [SUBJECT]) == []
        assert told(connection) == [("act.proposed", "chair"), ("act.withdrawn", "chair")]


@pytest.mark.parametrize("days", [-2, 1])
def test_an_act_of_another_day_is_refused(book: Engine, days: int) -> None:
    with pytest.raises(MalformedForm):
        sign(book, sent(make(on=TODAY + days * DAY), "chair"), one)


def test_a_proposal_can_be_signed_on_a_later_day(book: Engine) -> None:
    act = make()
    sign(book, sent(act, "chair"))
    with writing(book) as connection:
        made = sent(act, "member-1").signature
        done = acting.sign_again(
            connection, ROSTER, act.hash, "member-1", made, TODAY + 9 * DAY, two
        )
    assert done.is_done


def test_what_the_rule_refuses_leaves_nothing(book: Engine) -> None:
    def never(_act: Act, _signers: tuple[Signer, ...]) -> str | None:
        raise StepRefused(("Nobody can do this.",))

    with pytest.raises(StepRefused):
        sign(book, sent(make(), "chair"), never)
    with reading(book) as connection:
        assert (acts.proposals(connection), told(connection)) == ([], [])


def test_what_was_signed_is_never_changed_or_removed(book: Engine) -> None:
    act = make()
    sign(book, sent(act, "chair"), one)
    sign(book, sent(make(previous=act.hash), "chair"))
    for changed in (table, act_signatures, act_endings):
        for statement in (delete(changed), update(changed).values(on=TODAY - DAY)):
            with pytest.raises(IntegrityError), writing(book) as connection:
                connection.execute(statement)
    again = {"hash": act.hash, "subject": SUBJECT, "n": 1, "on": TODAY, "by": "chair"}
    with pytest.raises(IntegrityError), writing(book) as connection:
        connection.execute(insert(act_endings).values(**again, ending="done"))


def test_bytes_that_are_no_act_are_refused(book: Engine) -> None:
    with pytest.raises(MalformedForm):
        sign(book, Sent("chair", b"{}", bytes(64)), one)
    with reading(book) as connection, pytest.raises(NotHere):
        acting.waiting(connection, "nothing")
