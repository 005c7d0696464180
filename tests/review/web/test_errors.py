"""Every error has its status and its page, and no page or log says more than that."""

import logging

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from review import errors as ours
from review.store.database import writing
from review.web.errors import status_of
from review.web.guard import public
from review.web.traces import where
from tests.browser.installation import Installation
from tests.review.desk import Desk

pytestmark = pytest.mark.stores


def kinds(base: type[ours.ReviewError] = ours.ReviewError) -> list[type[ours.ReviewError]]:
    """The errors of the console; the verifier of bundles, which no view calls, has its own."""
    found = [base]
    for kind in base.__subclasses__():
        found += kinds(kind) if kind.__module__ == ours.__name__ else []
    return found


AT_START = {"SettingsRefused", "SchemaMismatch", "AssetsMissing"}
ON_A_TERMINAL = {
    *("SetAside", "CollectorBusy", "JobBusy", "StoreKeyWrong", "PersonRefused"),
    *("ExportRefused", "StateUnknown"),
    *("LedgerRefused", "LedgerMoved", "LedgerBusy"),
}
IN_THE_FORM = {"WrongSignIn", "HandInRefused", "MeansRefused"}


def test_every_error_that_a_view_can_raise_has_a_status() -> None:
    for kind in kinds()[1:]:
        elsewhere = kind.__name__ in AT_START | ON_A_TERMINAL | IN_THE_FORM
        made = kind.__new__(kind)
        assert (status_of(made) == 500) is elsewhere, kind


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    lines = (ours.__doc__ or "").splitlines()
    drawn = [line.split("─ ")[1].split()[0] for line in lines if "─ " in line]
    assert drawn == [kind.__name__ for kind in kinds()[1:]]


def test_a_fault_of_ours_is_a_page_and_one_line_without_its_words(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> str:
        raise KeyError("the words of a submission")

    app.view_functions["pages.roster"] = public(broken)
    with caplog.at_level(logging.DEBUG):
        answer = Desk(app).get("/roster")
    assert answer.status_code == 500
    assert "Something broke here" in answer.text
    assert "submission" not in caplog.text + answer.text
    assert "KeyError test_errors.py:" in caplog.text


def test_without_a_usable_roster_nothing_is_shown(
    app: Flask, installation: Installation, caplog: pytest.LogCaptureFixture
) -> None:
    desk = Desk(app, "chair")
    with writing(installation.book) as connection:
        connection.exec_driver_sql("DELETE FROM rosters")
    with caplog.at_level(logging.DEBUG):
        answer = desk.get("/")
    assert answer.status_code == 503
    assert "underrose roster publish" in caplog.text
    assert "underrose" not in answer.text.lower().replace("underrose <span", "")


def test_a_trace_is_a_kind_and_a_place() -> None:
    with pytest.raises(OperationalError) as raised:
        raise OperationalError("SELECT secret", {"name": "secret"}, ValueError("secret"))
    assert where(raised.value).startswith("OperationalError test_errors.py:")
    assert "secret" not in where(raised.value)
    assert where(ValueError("secret")) == "ValueError"


@pytest.mark.parametrize("path", ["/none", "/cases/", "/cases/x", "/static/", "/static/a/b"])
def test_whatever_is_not_there_is_the_same_page(app: Flask, path: str) -> None:
    desk = Desk(app, "chair")
    assert desk.get(path).data == desk.get("/elsewhere").data
    assert desk.get(path).status_code == 404
