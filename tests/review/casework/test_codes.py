"""The coded values: each has its words, and what says something of a person is sealed."""

from itertools import chain

from sqlalchemy import String

from review.casework import codes
from review.casework.codes import Category, DetrimentRisk, Outcome, Severity
from review.store.inbox_schema import inbox


def test_every_code_has_words_of_its_own() -> None:
    every = set(chain.from_iterable((*codes.CLEAR.values(), *codes.SEALED.values())))
    assert set(codes.LABELS) == every
    for kind in (*codes.CLEAR.values(), *codes.SEALED.values()):
        words = [codes.LABELS[code] for code in kind]
        assert len(words) == len(set(words))


def test_what_says_something_of_a_person_is_never_in_clear() -> None:
    assert set(codes.SEALED) == {"reliance", "detriment_risk", "submitter_kind"}
    assert not set(codes.SEALED.values()) & set(codes.CLEAR.values())


def test_no_outcome_calls_a_submitter_a_liar() -> None:
    assert not any("FALSE" in code or "MALICIOUS" in code for code in Outcome)


def test_severities_are_ordered_and_what_is_not_assessed_stands_below() -> None:
    assert codes.gravest(frozenset(Severity)) is Severity.S1
    assert codes.gravest(frozenset()) is Severity.S0
    assert codes.is_graver(Severity.S4, Severity.S0)
    assert not codes.is_graver(Severity.S2, Severity.S2)


def test_a_case_with_several_subjects_counts_by_the_gravest_outcome() -> None:
    assert set(codes.GRAVEST_FIRST) == set(Outcome)
    both = frozenset({Outcome.UNSUBSTANTIATED, Outcome.PARTLY})
    assert codes.gravest_outcome(both) is Outcome.PARTLY
    assert codes.gravest_outcome(frozenset()) is None


def test_the_charter_s_scope_is_accounting_controls_and_auditing() -> None:
    assert codes.in_charter_scope(frozenset({Category.HR, Category.ICF}))
    assert not codes.in_charter_scope(frozenset({Category.HR, Category.RET}))


def test_an_inquiry_into_who_wrote_raises_the_risk_by_one_level_and_never_past_the_last() -> None:
    assert [codes.raised(risk) for risk in DetrimentRisk] == [
        DetrimentRisk.D1,
        DetrimentRisk.D2,
        DetrimentRisk.D3,
        DetrimentRisk.D3,
    ]


def test_every_code_of_a_filed_policy_says_more_closely_what_the_charter_covers() -> None:
    named = list(Category)[: list(Category).index(Category.DSC) + 1]
    assert frozenset(named) == codes.CHARTER_SCOPE
    assert {"FSP", "REC", "CTL", "FST", "FFR", "REV", "RES", "RPT", "AUI", "DSC"} < set(named)
    assert all(codes.in_charter_scope(frozenset({each})) for each in named)


def test_a_case_of_every_category_has_room_in_the_list() -> None:
    kind = inbox.c.categories.type
    assert isinstance(kind, String)
    assert len(f" {' '.join(Category)} ") <= (kind.length or 0)
