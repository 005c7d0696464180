"""Reading the form: everything optional but one, nothing unknown, nothing lost."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import padding
from crypto.message import MAX_NAME
from intake.submission import (
    CHOICES,
    TEXTS,
    plain_name,
    read_follow_up,
    read_submission,
    room,
)

PEOPLE = frozenset({"chair", "member-1", "finance"})


def read(**values: Any) -> Any:
    lists = {name: value if isinstance(value, list) else [value] for name, value in values.items()}
    return read_submission(lists, PEOPLE, 10)


def fields(reading: Any) -> list[str]:
    return [problem.field for problem in reading.problems]


def test_what_happened_is_enough() -> None:
    reading = read(what="It was wrong.")
    assert reading.problems == ()
    assert reading.answers.excluded == ()
    assert reading.answers.body == {
        "kind": "concern",
        "relation": "undisclosed",
        "what": "It was wrong.",
        "when": "",
        "where": "",
        "who": "",
        "how": "",
        "ongoing": "unknown",
        "told": "",
        "hope": "",
        "reply_wanted": True,
    }


@pytest.mark.parametrize("nothing", ["", " ", "\r\n\t "])
def test_what_happened_is_needed(nothing: str) -> None:
    assert fields(read(what=nothing)) == ["what"]


def test_text_is_kept_as_typed_but_for_the_line_ends_of_forms() -> None:
    assert read(what="  a\r\n\r\nb \n").answers.body["what"] == "  a\n\nb \n"


@pytest.mark.parametrize("name", CHOICES)
def test_every_choice_is_taken_and_no_other(name: str) -> None:
    for value in CHOICES[name]:
        assert read(what="x", **{name: value}).answers.body[name] == value
    assert fields(read(what="x", **{name: "else"})) == [name]


def test_a_reply_is_wanted_unless_said_otherwise() -> None:
    assert read(what="x", reply_wanted="no").answers.body["reply_wanted"] is False
    assert read(what="x", reply_wanted="yes").answers.body["reply_wanted"] is True


def test_people_are_taken_once_and_in_order() -> None:
    reading = read(what="x", excluded=["member-1", "chair", "chair"])
    assert reading.answers.excluded == ("chair", "member-1")


def test_somebody_not_on_the_list_is_a_problem_and_not_ignored() -> None:
    assert fields(read(what="x", excluded=["chair", "nobody"])) == ["excluded"]


def test_all_problems_are_told_at_once() -> None:
    assert fields(read(what="", kind="x", excluded=["nobody"])) == ["what", "kind", "excluded"]


def test_a_long_text_fits_and_a_longer_one_is_told_by_how_much() -> None:
    most = room(10) - len('{"text":""}')
    body, problems = read_follow_up({"text": ["x" * most]}, 10)
    assert (len(str(body["text"])), problems) == (most, ())
    _body, problems = read_follow_up({"text": ["x" * (most + 1)]}, 10)
    assert "about 10 words" in problems[0].sentence


def test_some_eight_thousand_words_fit() -> None:
    assert read(what="words " * 8000).problems == ()


def test_the_longest_answers_with_the_most_files_fit_a_message() -> None:
    names = 10 * len(("😀" * MAX_NAME).encode())
    assert room(10) + names + 4096 < padding.MESSAGE_LIMIT
    assert room(16) > 32_000


def test_a_follow_up_needs_words() -> None:
    assert [each.field for each in read_follow_up({}, 10)[1]] == ["text"]


@pytest.mark.parametrize(
    ("sent", "plain"),
    [
        ("C:\\Users\\me\\list.xlsx", "list.xlsx"),
        ("/home/me/list.xlsx", "list.xlsx"),
        ("../../etc/passwd", "passwd"),
        ("a\x00b\x1b[31m\u202ec.txt", "ab[31mc.txt"),
        (" two words.txt ", "two words.txt"),
        ("///", ""),
    ],
)
def test_a_file_name_loses_folders_and_control_characters(sent: str, plain: str) -> None:
    assert plain_name(sent) == plain


@given(st.text())
def test_no_plain_name_leads_anywhere(name: str) -> None:
    plain = plain_name(name)
    assert "/" not in plain
    assert "\\" not in plain
    assert plain.isprintable()
    assert plain_name(plain) == plain


NAMES = st.sampled_from([*TEXTS, *CHOICES, "excluded", "reply_wanted", "token", "other"])


@given(st.dictionaries(NAMES, st.lists(st.text(), max_size=3)))
def test_any_form_gives_answers_of_the_expected_shape(values: dict[str, list[str]]) -> None:
    reading = read_submission(values, PEOPLE, 10)
    assert set(reading.answers.body) == {*TEXTS, *CHOICES, "reply_wanted"}
    if not reading.problems:
        assert all(reading.answers.body[name] in CHOICES[name] for name in CHOICES)
        assert set(reading.answers.excluded) <= PEOPLE
