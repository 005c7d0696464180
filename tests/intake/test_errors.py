"""Errors carry what the caller needs, and nothing that somebody wrote."""

import inspect

import pytest

from intake import errors
from intake.errors import AnswersRefused, FileRefused, IntakeError, PriceAsked, SettingsRefused
from intake.submission import Problem
from intake.web.errors import STATUS, status_of

CLASSES = [
    each
    for _name, each in inspect.getmembers(errors, inspect.isclass)
    if issubclass(each, IntakeError) and each is not IntakeError
]
SECRET = "7KQ2M-X9TRC-4HDWN-PZ0V8-J3FGS"  # noqa: S105 - what must not be shown


def made(kind: type[IntakeError]) -> IntakeError:
    if kind is FileRefused:
        return FileRefused(f"The file {SECRET} is too big.")
    if kind is AnswersRefused:
        return AnswersRefused([Problem("what", SECRET)])
    if kind is SettingsRefused:
        return SettingsRefused(["a problem"])
    if kind is PriceAsked:
        return PriceAsked(SECRET, 15, 12)
    return kind("lower case and short")


@pytest.mark.parametrize("kind", CLASSES)
def test_an_error_shows_nothing_of_the_request(kind: type[IntakeError]) -> None:
    error = made(kind)
    assert SECRET not in str(error)
    assert str(error)[0].islower()


@pytest.mark.parametrize("kind", CLASSES)
def test_the_tree_in_the_module_names_every_error(kind: type[IntakeError]) -> None:
    assert f"── {kind.__name__}" in (errors.__doc__ or "")


def test_every_error_that_a_visitor_can_cause_has_a_status() -> None:
    at_start = {
        "SettingsRefused",
        "SchemaMismatch",
        "AssetsMissing",
        "StatementKeyUnusable",
        "TooManyDays",
    }
    # OutcomeUnknown is a fault of ours: its page says that nobody can tell.
    inner = {"RequestRefused", "DropRefused", "LetterDiffers", "OutcomeUnknown"}
    for kind in CLASSES:
        if kind.__name__ not in at_start | inner:
            assert status_of(made(kind)) != 500, kind


def test_no_status_is_given_to_something_that_is_no_error_of_the_world() -> None:
    assert not {ValueError, RuntimeError, Exception} & set(STATUS)
