"""Who may let a record go, when, and what a proposer is told."""

from datetime import date

import pytest

from review.retention import disposition
from review.retention.disposition import Answer, Approval, Standing

DAY = date(2026, 4, 9)
FIRST, OTHER = "1" * 64, "2" * 64


def counted(*approvals: Approval, concerned: frozenset[str] = frozenset()) -> frozenset[str]:
    return disposition.approvers(
        approvals, executed=DAY, proposers=["sec"], executor="job", concerned=concerned
    )


@pytest.mark.parametrize(
    ("record", "answer"),
    [
        (Standing(True, DAY, False), None),
        (Standing(True, date(2026, 4, 10), False), Answer.NOT_DUE),
        (Standing(True, DAY, True), Answer.ON_HOLD),
        (Standing(True, None, False), Answer.OPEN),
        (Standing(True, None, True), Answer.OPEN),
        (Standing(False, DAY, False), Answer.UNKNOWN_CASE),
        (Standing(False, None, True), Answer.UNKNOWN_CASE),
    ],
)
def test_a_proposer_is_told_why_and_a_stranger_nothing(
    record: Standing, answer: Answer | None
) -> None:
    assert disposition.refusal(record, DAY) is answer


def test_two_people_approve_the_same_manifest() -> None:
    people = counted(Approval("ana", FIRST, DAY), Approval("bo", FIRST, DAY))
    assert people == {"ana", "bo"}
    assert disposition.are_enough(people)


@pytest.mark.parametrize(
    "second",
    [
        Approval("ana", FIRST, DAY),
        Approval("bo", OTHER, DAY),
        Approval("bo", FIRST, date(2026, 4, 10)),
        Approval("sec", FIRST, DAY),
        Approval("job", FIRST, DAY),
        Approval("cy", FIRST, DAY),
        Approval("bo", FIRST, DAY, is_eligible=False),
    ],
    ids=["twice", "another manifest", "too late", "proposer", "executor", "concerned", "no seat"],
)
def test_a_disposition_never_counts_with_fewer_than_two(second: Approval) -> None:
    people = counted(Approval("ana", FIRST, DAY), second, concerned=frozenset({"cy"}))
    assert not disposition.are_enough(people)


def test_two_counsels_are_not_enough() -> None:
    approvals = [Approval(name, FIRST, DAY, is_of_committee=False) for name in ("kim", "lee")]
    assert counted(*approvals) == frozenset()
    assert counted(*approvals, Approval("ana", FIRST, DAY)) == {"ana", "kim", "lee"}


def test_the_manifest_that_most_approved_counts() -> None:
    people = counted(
        Approval("ana", OTHER, DAY), Approval("bo", FIRST, DAY), Approval("di", OTHER, DAY)
    )
    assert people == {"ana", "di"}


def test_it_cools_and_it_becomes_late() -> None:
    assert disposition.executable_from(DAY) == date(2026, 4, 16)
    assert disposition.late_from(DAY) == date(2026, 5, 10)
