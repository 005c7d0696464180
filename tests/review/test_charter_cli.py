"""The verbs of the charter's book, as a person types them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from review.charter_cli import charter_group

STORIES = Path(__file__).parents[1] / "stories" / "charter"
F1 = STORIES / "f1-the-late-de-minimis.json"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(charter_group, list(arguments))


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "book.json"
    path.write_text(json.dumps(json.loads(F1.read_text())["book"]))
    return path


def test_assess_prints_what_is_found_and_whose_it_is(book: Path) -> None:
    result = run("assess", str(book), "--as-of", "2027-03-15")
    assert result.exit_code == 0
    assert "B P11  OPEN      R-1d.3  s-nexus FY2026 since 2026-06-01" in result.output
    assert "Cure: None. Record it as a violation" in result.output
    assert "Whose: COMMITTEE (LAW)" in result.output


def test_assess_as_json_is_the_published_form(book: Path) -> None:
    result = run("assess", str(book), "--as-of", "2026-06-10", "--format", "json")
    found = json.loads(result.output)
    assert found["format"] == "underrose-findings/1"
    first = next(one for one in found["findings"] if one["code"] == "P11")
    assert list(first) == [
        "code", "severity", "standing", "leaf", "class", "whose", "about", "period", "since",
        "until", "due", "figures", "records", "sentence", "cure",
    ]  # fmt: skip
    assert first["records"] == ["e32", "e33"]


def test_assess_of_one_clause_leaves_the_others_out(book: Path) -> None:
    result = run(
        "assess", str(book), "--as-of", "2027-03-15", "--clause", "R-1g", "--format", "json"
    )
    found = json.loads(result.output)
    assert {one["code"] for one in found["findings"]} == {"I04"}
    assert [leaf["leaf"] for leaf in found["leaves"]] == ["R-1g.1", "R-1g.2", "R-1g.3"]


def test_what_was_known_earlier_can_be_asked_for(book: Path) -> None:
    arguments = ("assess", str(book), "--as-of", "2026-04-07", "--format", "json")
    then = json.loads(run(*arguments).output)
    later = json.loads(run(*arguments, "--known-at", "2026-09-14").output)
    assert "P02" not in {one["code"] for one in then["findings"]}
    assert "P02" in {one["code"] for one in later["findings"]}


def test_a_clause_that_is_none_is_refused(book: Path) -> None:
    result = run("assess", str(book), "--clause", "R-99")
    assert result.exit_code == 2
    assert "R-99 is no part of the charter" in result.output


def test_every_problem_of_a_book_is_a_line(tmp_path: Path) -> None:
    path = tmp_path / "bad.json"
    path.write_text('{"format": "x",\n "colour": 1}')
    result = run("assess", str(path))
    assert result.exit_code == 1
    lines = result.output.splitlines()
    assert 'underrose: line 1: format: must be "underrose-book/1"' in lines
    assert "underrose: line 2: colour: is not a field of this" in lines


def test_check_holds_the_story_against_the_engine() -> None:
    result = run("check", str(F1))
    assert result.exit_code == 0
    assert result.output.endswith("expectations hold\n")


def test_check_says_what_was_found_instead_and_fails(tmp_path: Path) -> None:
    story = json.loads(F1.read_text())
    story["expect"] = [{"as_of": "2026-06-10", "code": "P11", "severity": "W", "present": True}]
    story["variants"] = []
    path = tmp_path / "story.json"
    path.write_text(json.dumps(story))
    result = run("check", str(path))
    assert result.exit_code == 1
    assert "expected 2026-06-10 code=P11 severity=W" in result.output
    assert '"severity": "B"' in result.output
    assert "0 of 1 expectations hold" in result.output
