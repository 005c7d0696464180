"""Legal holds: what one covers, also of what comes later, and who ends it."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.retention.holds import Hold, Record, Release, Scope, covering

DAY = date(2026, 4, 9)
CASE = Record("case-1", "RC-01", date(2026, 2, 2))


def hold(scope: Scope, *releases: Release, placed: date = date(2026, 3, 1)) -> Hold:
    return Hold("hold-1", scope, placed, releases)


@pytest.mark.parametrize(
    ("scope", "covers"),
    [
        (Scope(names=frozenset({"case-1"})), True),
        (Scope(names=frozenset({"case-2"})), False),
        (Scope(classes=frozenset({"RC-01"})), True),
        (Scope(classes=frozenset({"RC-02"})), False),
        (Scope(received_from=date(2026, 2, 2)), True),
        (Scope(received_from=date(2026, 2, 3)), False),
        (Scope(received_to=date(2026, 2, 2)), True),
        (Scope(received_to=date(2026, 2, 1)), False),
        (Scope(classes=frozenset({"RC-01"}), received_from=date(2026, 2, 3)), False),
        (Scope(names=frozenset({"case-1"}), classes=frozenset({"RC-02"})), True),
        (Scope(names=frozenset({"case-2"}), classes=frozenset({"RC-01"})), True),
    ],
)
def test_a_scope_covers_what_it_names_and_what_fits_it(scope: Scope, covers: bool) -> None:
    assert scope.covers(CASE) is covers


def test_a_scope_that_says_nothing_covers_everything() -> None:
    assert Scope().covers(CASE)


@given(st.dates(date(2026, 3, 1), date(2040, 1, 1)))
def test_a_new_case_falls_under_a_standing_hold(received: date) -> None:
    standing = hold(Scope(received_from=date(2026, 2, 1)))
    new = Record("case-new", "", received)
    assert covering([standing], new, received) == (standing,)


def test_a_hold_stands_from_its_first_day_until_two_release_it() -> None:
    released = hold(Scope(), Release(DAY, frozenset({"ana", "bo"})))
    assert not released.stands_on(date(2026, 2, 28))
    assert released.stands_on(date(2026, 3, 1))
    assert released.stands_on(date(2026, 4, 8))
    assert not released.stands_on(DAY)


@pytest.mark.parametrize("by", [frozenset[str](), frozenset({"ana"}), frozenset({"ana", "cy"})])
def test_a_hold_is_never_released_by_fewer_than_two_who_are_clear(by: frozenset[str]) -> None:
    assert hold(Scope(), Release(DAY, by)).stands_on(DAY, concerned={"cy"})


def test_a_second_attempt_that_holds_ends_it() -> None:
    tried = hold(Scope(), Release(DAY, frozenset({"ana"})), Release(DAY, frozenset({"ana", "bo"})))
    assert tried.released() == DAY


def test_the_holds_over_a_record_come_in_the_order_they_were_placed() -> None:
    second = Hold("a", Scope(), date(2026, 3, 2))
    first = Hold("b", Scope(), date(2026, 3, 1))
    other = Hold("c", Scope(names=frozenset({"case-2"})), date(2026, 3, 1))
    assert covering([second, other, first], CASE, DAY) == (first, second)
