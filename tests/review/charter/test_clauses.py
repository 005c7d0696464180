"""The charter as data is the charter, word for word, and every duty has its leaves."""

from pathlib import Path

import pytest

from review.charter.clauses import DEFAULT, FROM_MEMORY, default_charter, load_charter
from review.charter.errors import MalformedCharter

CHARTER = default_charter()
SEED = Path(__file__).parents[2] / "fixtures" / "charter-text.txt"
SOURCE = DEFAULT.read_text()
SMALL = """
format = "underrose-charter/1"
company = "A"
title = "B"
[[clauses]]
id = "X"
kind = "DUTY"
text = "do"
meaning = "do it"
[[leaves]]
id = "X.1"
clause = "X"
name = "it"
kind = "EVENT"
due = "once"
actor = ["COMMITTEE"]
class = ["CHARTER"]
codes = ["X01"]
"""


def test_the_quotes_put_together_are_the_charter_word_for_word() -> None:
    # A bullet is a mark of the page the seed was copied from and no word of the charter.
    seed = [word for word in SEED.read_text().split() if word != "-"]
    assert CHARTER.text.split() == seed


def test_there_are_61_leaves_of_the_charter_and_16_of_the_overlay() -> None:
    assert sum(not leaf.is_overlay for leaf in CHARTER.leaves) == 61
    assert [leaf.id for leaf in CHARTER.leaves if leaf.is_overlay] == [
        f"L-{n:02d}" for n in range(1, 17)
    ]


def test_every_clause_is_a_duty_with_leaves_or_says_why_it_is_none() -> None:
    owners = {leaf.clause for leaf in CHARTER.leaves}
    for clause in CHARTER.clauses:
        assert (clause.id in owners) == (clause.kind == "DUTY"), clause.id
        assert clause.meaning


def test_what_is_from_memory_stays_marked() -> None:
    marked = [source for clause in CHARTER.clauses for source in clause.sources]
    marked += [source for leaf in CHARTER.leaves for source in leaf.sources]
    assert sum(FROM_MEMORY in source for source in marked) > 20


def test_every_duty_names_its_sources() -> None:
    assert all(clause.sources for clause in CHARTER.clauses if clause.kind == "DUTY")


@pytest.mark.parametrize(
    ("name", "count"),
    [("R-1", 20), ("R-1b", 1), ("R-1d", 3), ("P", 4), ("M", 8), ("MT", 7), ("*", 77), ("L-12", 1)],
)
def test_a_name_stands_for_the_leaves_below_it(name: str, count: int) -> None:
    assert len(CHARTER.below[name]) == count


def test_another_charter_loads_from_the_same_form() -> None:
    other = load_charter(SMALL)
    assert other.leaf["X.1"].codes == ("X01",)
    assert other.sha256 != CHARTER.sha256


@pytest.mark.parametrize(
    ("old", "new", "field", "message"),
    [
        ('kind = "DUTY"', 'kind = "WISH"', "kind", "one of HEADING"),
        ('kind = "DUTY"', 'kind = "POWER"', "kind", "nothing else has any"),
        ('clause = "X"', 'clause = "Y"', "clause", "names no clause"),
        ('class = ["CHARTER"]', "class = []", "class", "one or more of LAW"),
        ('text = "do"', 'text = " "', "text", "not empty"),
        ('codes = ["X01"]', 'codes = ["W-X01"]', "codes", "such as P02"),
        ('name = "it"', 'name = "it"\nweight = 3', "weight", "not a part"),
        ('format = "underrose-charter/1"', 'format = "x"', "format", "must be"),
        ('company = "A"', 'company = "A"\nsite = "x"', "site", "not a part"),
        ('actor = ["COMMITTEE"]', 'actor = "COMMITTEE"', "actor", "list of texts"),
    ],
)
def test_a_mistake_is_named_with_its_place(old: str, new: str, field: str, message: str) -> None:
    with pytest.raises(MalformedCharter) as caught:
        load_charter(SMALL.replace(old, new))
    assert any(p.field == field and message in p.message for p in caught.value.problems)


def test_every_mistake_is_reported_at_once() -> None:
    text = SMALL.replace('kind = "EVENT"', 'kind = "?"').replace('due = "once"', 'due = ""')
    with pytest.raises(MalformedCharter) as caught:
        load_charter(text)
    assert {p.field for p in caught.value.problems} >= {"kind", "due"}


def test_what_is_no_toml_says_in_which_line() -> None:
    with pytest.raises(MalformedCharter) as caught:
        load_charter('a = "x"\nb = = 2\n')
    assert caught.value.problems[0].line == 2


def test_two_leaves_of_one_name_are_refused() -> None:
    leaf = SMALL[SMALL.index("[[leaves]]") :]
    with pytest.raises(MalformedCharter, match="used twice"):
        load_charter(SMALL + leaf)


def test_the_shipped_charter_can_be_loaded_again() -> None:
    assert load_charter(SOURCE) == CHARTER
