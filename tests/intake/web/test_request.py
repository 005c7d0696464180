"""A request that cannot spool, and a session that cannot be."""

import pytest
from flask import flash, request, session
from flask.ctx import RequestContext

from intake.web.request import SpoolingForbidden, where
from tests.intake.house import House

pytestmark = pytest.mark.stores

ACCESSORS = ("form", "files", "values", "data", "json", "stream")


def form(house: House) -> RequestContext:
    return house.app.test_request_context("/form", method="POST", data={"what": "x"})


@pytest.mark.parametrize("name", ACCESSORS)
def test_the_body_is_not_to_be_had_from_flask(house: House, name: str) -> None:
    with form(house), pytest.raises(SpoolingForbidden):
        getattr(request, name)


@pytest.mark.parametrize("name", ["get_data", "get_json", "make_form_data_parser"])
def test_nor_by_asking(house: House, name: str) -> None:
    with form(house), pytest.raises(SpoolingForbidden):
        getattr(request, name)()


def test_a_session_cannot_be_written(house: House) -> None:
    with house.app.test_request_context("/"):
        with pytest.raises(RuntimeError):
            session["code"] = "x"
        with pytest.raises(RuntimeError):
            flash("x")
    assert house.app.secret_key is None


def test_an_error_is_told_by_kind_and_line() -> None:
    with pytest.raises(KeyError) as raised:
        {"a": 1}["secret words"]
    told = where(raised.value)
    assert told.startswith("KeyError at ")
    assert "test_request.py:" in told
    assert "secret" not in told
    assert where(None) == "NoneType"
