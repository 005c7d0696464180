"""Slices: invisible until a deposit names them all, and dropped if none does."""

from dataclasses import replace

import pytest
from sqlalchemy import Connection, Engine

from intake import drop
from intake.uploads import REMOVED_AT_ONCE
from tests import committee
from tests.intake.house import DAY, rows
from tests.intake.test_drop import FOLLOW_UP, SUBMISSION, connection, engine, h

pytestmark = pytest.mark.stores

__all__ = ["connection", "engine"]

TODAY = committee.TODAY
UPLOAD = h("7")
WITH_FILES = replace(SUBMISSION, upload_id=UPLOAD, slices=2)


def put(connection: Connection, *indexes: int, upload: str = UPLOAD) -> None:
    for index in indexes:
        drop.put_slice(connection, upload, index, b"slice %d" % index, TODAY)


def test_slices_come_out_in_order(connection: Connection) -> None:
    put(connection, 2, 0, 1)
    assert list(drop.slice_envelopes(connection, UPLOAD)) == [
        (0, b"slice 0"),
        (1, b"slice 1"),
        (2, b"slice 2"),
    ]


def test_slices_that_nobody_was_promised_are_there_for_the_deposit(engine: Engine) -> None:
    for index in (0, 1):
        with drop.writing(engine, promised=False) as connection:
            put(connection, index)
    with drop.writing(engine) as connection:
        drop.deposit_submission(connection, WITH_FILES, TODAY)
    with drop.reading(engine) as connection:
        assert len(list(drop.slice_envelopes(connection, UPLOAD))) == 2


def test_a_slice_sent_again_changes_nothing(connection: Connection) -> None:
    put(connection, 0)
    drop.put_slice(connection, UPLOAD, 0, b"sealed anew", TODAY)
    assert list(drop.slice_envelopes(connection, UPLOAD)) == [(0, b"slice 0")]


def test_a_deposit_takes_its_slices(connection: Connection) -> None:
    put(connection, 0, 1)
    drop.deposit_submission(connection, WITH_FILES, TODAY)
    (deposit,) = drop.waiting(connection, 10)
    assert (deposit.upload_id, deposit.slices) == (UPLOAD, 2)


@pytest.mark.parametrize("there", [(), (0,), (1,), (0, 2), (0, 1, 2)])
def test_a_deposit_names_exactly_the_slices_there_are(
    engine: Engine, there: tuple[int, ...]
) -> None:
    with drop.writing(engine) as connection:
        put(connection, *there)
    before = rows(engine)
    with pytest.raises(drop.SlicesMissing), drop.writing(engine) as connection:
        drop.deposit_submission(connection, WITH_FILES, TODAY)
    assert rows(engine) == before


@pytest.mark.parametrize(
    "wrong", [replace(SUBMISSION, slices=1), replace(SUBMISSION, upload_id=UPLOAD, slices=0)]
)
def test_slices_and_upload_go_together(connection: Connection, wrong: drop.Submission) -> None:
    with pytest.raises(drop.SlicesMissing):
        drop.deposit_submission(connection, wrong, TODAY)


def test_an_upload_belongs_to_one_deposit(connection: Connection) -> None:
    put(connection, 0, 1)
    drop.deposit_submission(connection, WITH_FILES, TODAY)
    put(connection, 0, 1)
    with pytest.raises(drop.UploadClosed):
        put(connection, 2)
    thief = replace(FOLLOW_UP, upload_id=UPLOAD, slices=2)
    with pytest.raises(drop.UploadClosed):
        drop.deposit_follow_up(connection, thief, TODAY)


def test_unfinished_uploads_expire_and_finished_ones_stay(connection: Connection) -> None:
    put(connection, 0, 1)
    drop.deposit_submission(connection, WITH_FILES, TODAY)
    put(connection, 0, 1, upload=h("8"))
    drop.put_slice(connection, h("9"), 0, b"younger", TODAY + DAY)
    assert drop.expire_uploads(connection, TODAY) == 0
    assert drop.expire_uploads(connection, TODAY + DAY) == 1
    assert list(drop.slice_envelopes(connection, h("8"))) == []
    assert len(list(drop.slice_envelopes(connection, UPLOAD))) == 2
    assert len(list(drop.slice_envelopes(connection, h("9")))) == 1


def test_a_refused_upload_is_dropped_and_a_named_one_is_not(connection: Connection) -> None:
    put(connection, 0, 1)
    drop.deposit_submission(connection, WITH_FILES, TODAY)
    put(connection, 0, upload=h("8"))
    assert drop.discard_upload(connection, h("8"))
    assert drop.discard_upload(connection, UPLOAD)
    assert list(drop.slice_envelopes(connection, h("8"))) == []
    assert len(list(drop.slice_envelopes(connection, UPLOAD))) == 2


def test_a_large_upload_is_dropped_a_few_slices_at_a_time(connection: Connection) -> None:
    """What is deleted is overwritten first: all at once it would take as much room again."""
    whole = 3 * REMOVED_AT_ONCE
    put(connection, *range(whole))
    left = []
    while not drop.discard_upload(connection, UPLOAD):
        left.append(len(list(drop.slice_envelopes(connection, UPLOAD))))
    assert left == [2 * REMOVED_AT_ONCE, REMOVED_AT_ONCE, 0]
    put(connection, *range(whole))
    for _ in range(3):
        assert drop.expire_uploads(connection, TODAY + DAY) is None
    assert drop.expire_uploads(connection, TODAY + DAY) == 1
    assert drop.expire_uploads(connection, TODAY + DAY) == 0
