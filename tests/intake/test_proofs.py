"""Proofs in the drop: sealed to the mailbox, in one size, each at its place."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection

from crypto import age, proof
from crypto.cosignature import Signer
from crypto.errors import MalformedPadding
from crypto.recipient import throwaway
from intake import drop, room
from intake.proofs import STEP, pad_proof, unpad_proof
from tests import committee
from tests.intake import recording
from tests.intake.house import DAY, House, made_drop
from tests.intake.test_drop import FOLLOW_UP, SUBMISSION, TODAY, h

pytestmark = pytest.mark.stores

OTHERS = [Signer(f"witness.example/{n}", bytes([n]) * 32) for n in (1, 2)]


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    engine = drop.open_drop(made_drop(tmp_path))
    with drop.writing(engine) as connection:
        drop.publish_roster(connection, committee.roster(), TODAY)
        drop.deposit_submission(connection, SUBMISSION, TODAY)
        drop.deposit_follow_up(connection, FOLLOW_UP, TODAY + DAY)
        yield connection
    engine.dispose()


def receipts(connection: Connection) -> tuple[drop.SentReceipt, ...]:
    mailbox = drop.read_mailbox(connection, h("a"))
    assert mailbox is not None
    return mailbox.receipts


@pytest.mark.parametrize("size", [0, 1, 5000, STEP - 4, STEP - 3, 3 * STEP])
def test_a_proof_has_one_padded_form(size: int) -> None:
    content = b"p" * size
    padded = pad_proof(content)
    assert len(padded) % STEP == 0
    assert unpad_proof(padded) == content
    others = [padded + bytes(STEP), padded[:-1], b"\xff" + padded[1:], b""]
    if len(padded) > size + 4:
        others.append(padded[:-1] + b"\1")
    for other in others:
        with pytest.raises(MalformedPadding):
            unpad_proof(other)


def test_a_proof_is_at_the_place_of_its_message(connection: Connection) -> None:
    assert [(each.n, each.on, each.proof) for each in receipts(connection)] == [
        (1, TODAY, None),
        (2, TODAY + DAY, None),
    ]
    drop.post_proof(connection, h("a"), 2, b"second", TODAY + DAY)
    drop.post_proof(connection, h("a"), 1, b"first", TODAY + 2 * DAY)
    assert [(each.proof, each.proved_on) for each in receipts(connection)] == [
        (b"first", TODAY + 2 * DAY),
        (b"second", TODAY + DAY),
    ]


def test_a_later_proof_takes_the_place_of_the_one_before(connection: Connection) -> None:
    for content in (b"first", b"with a cosigner"):
        drop.post_proof(connection, h("a"), 1, content, TODAY)
    assert [each.proof for each in receipts(connection)] == [b"with a cosigner", None]


def test_a_proof_needs_a_mailbox(connection: Connection) -> None:
    assert drop.mailbox_recipient(connection, h("9")) is None
    with pytest.raises(drop.UnknownMailbox):
        drop.post_proof(connection, h("9"), 1, b"first", TODAY)


def test_a_proof_is_sealed_to_the_recipient_of_the_mailbox(connection: Connection) -> None:
    assert drop.mailbox_recipient(connection, h("a")) == SUBMISSION.mailbox


def test_a_mailbox_with_a_proof_goes_with_the_rosters_that_it_can_need(
    connection: Connection,
) -> None:
    made = [committee.roster()]
    for days in (1, 9):
        made.append(committee.next_roster(made[-1]))
        drop.publish_roster(connection, made[-1], TODAY + days * DAY)
    mailbox = drop.read_mailbox(connection, h("a"))
    assert mailbox is not None
    assert drop.rosters_for(connection, mailbox) == {}
    drop.post_proof(connection, h("a"), 1, b"proof", TODAY + 2 * DAY)
    mailbox = drop.read_mailbox(connection, h("a"))
    assert mailbox is not None
    assert set(drop.rosters_for(connection, mailbox)) == {made[0].hash, made[1].hash}


def test_proofs_have_one_size_with_and_without_cosigners(house: House) -> None:
    house.submit()
    house.submit()
    house.follow(house.submit(), text="more")
    sizes = set()
    for signers in ((), OTHERS[:1], OTHERS):
        recording.record(house, signers=signers)
        for deposit in house.deposits():
            (each,) = [r for r in house.mailbox_of(deposit).receipts if r.n == deposit.n]
            sizes.add(len(each.proof or b""))
    assert sizes == {age.sealed_size(STEP)}


def test_nothing_in_the_drop_says_what_a_proof_proves(house: House) -> None:
    house.submit()
    (made,) = recording.record(house)
    held = repr(house.rows()["proofs"]).encode() + b"".join(
        value for row in house.rows()["proofs"] for value in row if isinstance(value, bytes)
    )
    parsed = proof.parse(made)
    for secret in (made[:60], b"tlog-proof", parsed.extra or b"", parsed.note.to_bytes()[:60]):
        assert secret not in held


def test_a_proof_sealed_to_somebody_else_is_as_large(house: House) -> None:
    assert len(drop.seal_proof(b"x", throwaway().text)) == age.sealed_size(STEP)


def test_no_mailbox_grows_its_answer_without_bound(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Attack: thousands of follow-ups of one's own, and each look costs megabytes."""
    monkeypatch.setattr(room, "MOST_IN_A_DAY", 1000)
    before = FOLLOW_UP
    for n in range(3, 101):
        before = replace(before, n=n, previous=before.digest, digest=f"{n:064x}", once=f"{n:064x}")
        drop.deposit_follow_up(connection, before, TODAY)
    for n in range(1, 101):
        drop.post_proof(connection, h("a"), n, bytes(STEP), TODAY)
    assert [each.n for each in receipts(connection)] == [1, 98, 99, 100]
    assert all(each.proof for each in receipts(connection))


@pytest.mark.parametrize("limit", ["MOST_MESSAGES", "MOST_IN_A_DAY"])
def test_a_mailbox_takes_no_more_than_one_person_needs(
    connection: Connection, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setattr(room, limit, 2)
    later = replace(FOLLOW_UP, n=3, previous=FOLLOW_UP.digest, digest=h("8"), once=h("9"))
    today = TODAY + DAY if limit == "MOST_MESSAGES" else TODAY
    if limit == "MOST_IN_A_DAY":
        monkeypatch.setattr(room, limit, 1)
        today = TODAY + DAY
    with pytest.raises(drop.MailboxFull):
        drop.deposit_follow_up(connection, later, today)
    monkeypatch.undo()
    drop.deposit_follow_up(connection, later, today)


def test_a_page_says_that_a_mailbox_is_full(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MOST_MESSAGES", 1)
    answer = house.follow(house.submit(), text="more")
    assert "no more can be taken today" in answer.text
