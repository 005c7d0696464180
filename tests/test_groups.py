"""What CI may leave out is written down, and nothing is left out in silence."""

import itertools

import pytest
from _pytest.mark.expression import Expression

from tests import groups
from tests.groups import GROUPS, Group
from tests.run import SIDE_BY_SIDE

HERE = Group("here", lambda: None)
ALL = ("core", "node", "browser", "slow", "demo", "host", "redis", "fuzz", "postgresql")
MISSING = Group("missing", lambda: "it is not on this machine")


def test_a_group_whose_need_is_not_met_is_left_out_with_the_reason() -> None:
    assert groups.left_out((HERE, MISSING), "") == {"missing": "it is not on this machine"}


def test_a_group_can_be_left_out_by_name() -> None:
    assert groups.left_out((HERE, MISSING), "here") == {
        "here": "LEAVE_OUT names it",
        "missing": "it is not on this machine",
    }


def test_a_misspelt_group_is_not_left_out_in_silence() -> None:
    with pytest.raises(ValueError, match="hear"):
        groups.left_out((HERE, MISSING), "hear")


def test_ci_refuses_a_group_that_is_left_out_without_permission() -> None:
    reasons = {"browser": "no chromium", "slow": "asked"}
    assert groups.refused(reasons, {"CI": "true"}, "slow  takes long\n") == ["browser"]
    assert groups.refused(reasons, {"CI": "true"}, "slow\nbrowser\n") == []


def test_outside_ci_everything_may_be_left_out() -> None:
    assert groups.refused({"browser": "no chromium"}, {}, "") == []


def test_a_permission_is_the_first_word_of_a_line() -> None:
    assert groups.permitted("# slow\n\nbrowser because of that\n") == {"browser"}


def test_only_groups_that_exist_are_on_the_committed_list() -> None:
    committed = groups.permitted((groups.ROOT / ".ci" / "left-out").read_text())
    assert committed <= {group.name for group in GROUPS}


@pytest.mark.parametrize("absent", [set(), {"postgresql"}, {"browser", "node"}])
def test_every_test_is_in_exactly_one_part_of_a_run_that_has_what_it_needs(
    absent: set[str],
) -> None:
    """Whatever two groups it is marked with: a test in none of the parts would look green."""
    available = set(ALL) - absent
    parts = [available & SIDE_BY_SIDE, available - SIDE_BY_SIDE]
    marks = [set(pair) for pair in itertools.product(groups.MARKED, repeat=2)] + [set()]
    for marked in marks:
        chosen = [selected(groups.expression(part, available), marked) for part in parts]
        assert sum(chosen) == (marked <= available), (marked, chosen)


def test_the_expression_selects_exactly_the_groups() -> None:
    assert selected(groups.expression({"core"}), set())
    assert not selected(groups.expression({"core"}), {"node"})
    assert selected(groups.expression({"node"}), {"node"})
    assert not selected(groups.expression({"node"}), set())
    assert not selected(groups.expression({"node"}), {"node", "slow"})


def selected(expression: str, marked: set[str]) -> bool:
    """Whether pytest runs a test with these marks when it is asked for an expression."""

    def is_marked(name: str, /, **_: object) -> bool:
        return name in marked

    return Expression.compile(expression).evaluate(is_marked)


def test_every_group_has_its_marker(pytestconfig: pytest.Config) -> None:
    marked = {line.partition(":")[0] for line in pytestconfig.getini("markers")}
    assert set(groups.MARKED) <= marked
