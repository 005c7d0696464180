import re

import pytest

from deploy.committee import Committee, read
from deploy.errors import CommitteeRefused
from deploy.keys import EXAMPLE

GOOD = EXAMPLE.read_text()
CHAIR = '[[readers]]\nid = "chair"\nrole = "chair"\ntitle = "Chair"\nname = "Ann Lee"\n'
COMMITTEE = '[committee]\nname = "Committee"\nvalid_days = 365\n'


def problems(text: str) -> tuple[str, ...]:
    with pytest.raises(CommitteeRefused) as refused:
        read(text)
    return refused.value.problems


def test_the_example_is_a_committee() -> None:
    committee = read(GOOD)
    assert isinstance(committee, Committee)
    assert [seat.role for seat in committee.readers].count("chair") == 1
    assert {person.id for person in committee.listed} >= {"secretary", "auditor"}


def test_a_file_that_is_no_toml_says_where() -> None:
    (problem,) = problems("[committee\n")
    assert "not TOML" in problem
    assert "line 1" in problem


def test_every_missing_and_superfluous_field_is_told_at_once() -> None:
    told = problems('[committee]\nnme = "x"\n[[readers]]\nid = "a"\nage = 4\n[sponsor]\n')
    assert "[sponsor] is not a part of the file" in told
    assert "[committee] has no name" in told
    assert "[committee] has no valid_days" in told
    assert "[committee] has an unknown nme" in told
    assert "[[readers]] number 1 has no role" in told
    assert "[[readers]] number 1 has an unknown age" in told


def test_texts_are_texts_and_days_are_whole() -> None:
    told = problems(
        '[committee]\nname = " "\nvalid_days = 1.5\n[[readers]]\n'
        'id = "a"\nrole = "chair"\ntitle = 5\nname = "Ann\\u202eLee"\n'
    )
    assert any("[committee] name is not a text" in each for each in told)
    assert "[committee] valid_days is not a whole number" in told
    assert any("number 1 title is not a text" in each for each in told)
    assert any("number 1 name holds a character" in each for each in told)


@pytest.mark.parametrize("part", ["readers", "listed"])
def test_people_are_written_one_by_one(part: str) -> None:
    told = problems(f'{part} = "Ann Lee"\n{COMMITTEE}')
    assert f"{part} is written as [[{part}]], once for each person" in told


def test_one_person_is_no_committee() -> None:
    assert problems(COMMITTEE + CHAIR) == ("chair and members together are at least 2",)


def test_there_is_exactly_one_chair() -> None:
    two = COMMITTEE + CHAIR + CHAIR.replace('id = "chair"', 'id = "other"')
    assert problems(two) == ("there is one chair, and the file has 2",)


def test_a_role_that_readers_do_not_have_is_told() -> None:
    told = problems(re.sub(r'role = "alternate"', 'role = "friend"', GOOD))
    assert told == (
        "'friend' is not a role of a reader; the roles are chair, member, alternate, counsel",
    )


@pytest.mark.parametrize("bad", ["Chair", "a b", "", "x" * 17, "é"])
def test_ids_have_one_spelling(bad: str) -> None:
    told = problems(GOOD.replace('id = "cfo"', f'id = "{bad}"'))
    assert len(told) == 1


def test_an_id_is_one_persons() -> None:
    assert problems(GOOD.replace('id = "cfo"', 'id = "chair"')) == (
        "the id 'chair' is used 2 times",
    )


def test_a_committee_is_not_a_crowd() -> None:
    crowd = "".join(f'[[listed]]\nid = "p{n}"\ntitle = "t"\nname = "n"\n' for n in range(12))
    assert problems(GOOD + crowd) == ("readers and listed people together are at most 20",)


@pytest.mark.parametrize("days", [0, -1, 3661])
def test_a_roster_ends_some_day(days: int) -> None:
    told = problems(re.sub(r"valid_days = \d+", f"valid_days = {days}", GOOD))
    assert told == ("valid_days is not between 1 and 3660",)
