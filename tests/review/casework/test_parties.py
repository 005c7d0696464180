"""Who is out of a case, who can still open it, and who decides it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.casework import parties
from review.casework.parties import Decider, Named, fill, live_readers, quorum

PEOPLE = st.frozensets(st.sampled_from("abcdefg"))


@pytest.mark.parametrize(
    ("serving", "concerned", "required", "decider"),
    [
        ("abc", "", 2, Decider.COMMITTEE),
        ("abc", "a", 2, Decider.COMMITTEE),
        ("abc", "ab", 2, Decider.BOARD),
        ("ab", "", 2, Decider.COMMITTEE),
        ("ab", "a", 2, Decider.BOARD),
        ("abcde", "ab", 3, Decider.COMMITTEE),
        ("abcde", "abc", 3, Decider.BOARD),
        ("a", "", 1, Decider.COMMITTEE),
        ("", "", 0, Decider.BOARD),
    ],
)
def test_recusal_may_leave_no_quorum_and_then_the_board_decides(
    serving: str, concerned: str, required: int, decider: Decider
) -> None:
    count = quorum(serving, concerned)
    assert (count.required, count.decider) == (required, decider)


def test_the_bylaws_can_ask_for_more_but_not_for_less_than_a_third() -> None:
    assert quorum("abcdef", "", rule=5).required == 5
    assert quorum("abcdef", "", rule=1).required == 2


def test_somebody_concerned_who_is_there_counts_neither_for_the_quorum_nor_for_the_vote() -> None:
    count = quorum("abc", "c", "abc")
    assert count.counted == {"a", "b"}
    assert not parties.adopted(count, "ac")
    assert parties.adopted(count, "ab")


@given(PEOPLE, PEOPLE, PEOPLE)
def test_nobody_outside_the_committee_and_nobody_concerned_is_ever_counted(
    serving: frozenset[str], concerned: frozenset[str], present: frozenset[str]
) -> None:
    count = quorum(serving, concerned, present)
    assert count.counted == serving & present - concerned
    assert not parties.adopted(count, concerned)


@given(PEOPLE, PEOPLE, PEOPLE, st.sampled_from("abcdefg"))
def test_a_further_recusal_never_adds_a_reader_or_a_quorum(
    granted: frozenset[str], active: frozenset[str], concerned: frozenset[str], one: str
) -> None:
    assert live_readers(granted, active, concerned | {one}) <= live_readers(
        granted, active, concerned
    )
    if quorum(granted, concerned | {one}).is_reached:
        assert quorum(granted, concerned).is_reached


def test_a_live_reader_was_granted_the_case_has_a_key_and_is_not_concerned() -> None:
    live = live_readers("abc", "abd", "b")
    assert live == {"a"}
    assert parties.has_too_few_readers(live)
    assert not parties.has_too_few_readers(live_readers("abc", "abc", "b"))


def test_counsel_is_added_where_exclusions_leave_fewer_than_two() -> None:
    assert fill("abc", "d", "k", "") == ("a", "b", "c", "d")
    assert fill("abc", "d", "k", "abc") == ("d", "k")
    assert fill("abc", "d", "k", "abcd") == ("k",)
    assert fill("abc", "d", "k", "abcdk") == ()


def test_a_recusal_takes_the_person_or_two_others_who_are_clear() -> None:
    assert parties.may_force_recusal("a", "a", "")
    assert not parties.may_force_recusal("b", "a", "")
    assert parties.may_force_recusal("bc", "a", "")
    assert not parties.may_force_recusal("bc", "a", "c")


def test_each_office_that_can_be_named_has_its_own_rule() -> None:
    said = [parties.consequences([one]) for one in Named]
    assert all(len(one) == 1 for one in said)
    assert len({one[0] for one in said}) == len(Named)
    assert parties.consequences(Named) == tuple(one[0] for one in said)


def test_nothing_is_referred_to_management_that_names_management() -> None:
    assert [one for one in Named if not parties.may_refer_to_management([one])] == [
        Named.CEO,
        Named.CFO,
        Named.GENERAL_COUNSEL,
        Named.INTERNAL_AUDIT,
    ]
