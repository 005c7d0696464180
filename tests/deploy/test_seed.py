from collections import Counter
from typing import Any

from deploy import paper, seed
from deploy.committee import read
from deploy.keys import EXAMPLE
from review.casework.course import Stage, Step, line
from review.casework.signed import STEPS

SEEDS = seed.read(seed.TEXTS.read_text())
COMMITTEE = read(EXAMPLE.read_text())
READERS = {seat.id for seat in COMMITTEE.readers}
EVERYBODY = READERS | {person.id for person in COMMITTEE.listed}


def end(acts: list[dict[str, Any]]) -> Stage:
    """The stage that a case reaches by these acts, by the console's own table."""
    stage = Stage.RECEIVED
    for number, act in enumerate(acts):
        steps = [Step.OPEN] if number == 0 else []
        if "step" in act:
            steps.append(STEPS[act["step"]])
        elif "reply" in act and line(stage, Step.ACKNOWLEDGE):
            steps.append(Step.ACKNOWLEDGE)
        for step in steps:
            found = line(stage, step)
            assert found is not None, f"no {step} from {stage}"
            stage = found.after or stage
    return stage


def test_seeds_come_both_with_and_without_scripts() -> None:
    assert Counter(each.sent for each in SEEDS) == {"sealed": 3, "plain": 6}
    assert len({each.name for each in SEEDS}) == len(SEEDS)


def test_the_acts_are_possible_and_lead_to_several_states() -> None:
    reached = [end([dict(act) for act in each.acts]) for each in SEEDS]
    assert {Stage.RECEIVED, Stage.INVESTIGATING, Stage.NEEDS_INFO, Stage.CLOSED} <= set(reached)


def test_the_people_of_the_seeds_are_on_the_committee_and_do_not_act_where_excluded() -> None:
    for each in SEEDS:
        assert set(each.story.excluded) <= EVERYBODY
        people = {person for act in each.acts for person in (act["by"], *act.get("with", ()))}
        assert people <= READERS - set(each.story.excluded)


def test_the_welcome_speaks_of_seeds_that_are_there() -> None:
    named = {each.name: each for each in SEEDS}
    assert any("reply" in act for act in named[paper.READY].acts)
    assert any(paper.EXCLUDED in each.story.excluded for each in SEEDS)
    assert set(paper.WITHOUT_KEY) <= EVERYBODY - READERS


def test_one_file_is_text_and_one_is_a_picture() -> None:
    files = {file.type: file for each in SEEDS for file in each.story.files}
    assert set(files) == {"text/plain", "image/png"}
    assert files["image/png"].content.startswith(b"\x89PNG\r\n\x1a\n")
