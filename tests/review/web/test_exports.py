"""Readers take their cases away from the page, open them without the console, and it is known."""

import hashlib
import json
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete
from werkzeug.test import TestResponse

from crypto.errors import WrongIdentity
from crypto.exported import Opened, open_exported
from review.store.database import writing
from review.store.schema import shred_keys
from tests import committee
from tests.browser.installation import Installation
from tests.browser.submitter import Submitter
from tests.review.desk import Clock, Desk
from tests.review.tables import entries, rows
from tests.review.web.course import Course

pytestmark = pytest.mark.stores
ALL = "/cases/exports"


def saved(answer: TestResponse, folder: Path) -> Path:
    """What a browser saves."""
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert 'attachment; filename="cases.zip"' in answer.headers["Content-Disposition"]
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    out = folder / "cases.zip"
    out.write_bytes(answer.data)
    answer.close()
    return out


def test_a_case_taken_from_its_page_opens_offline_and_is_on_the_record(
    app: Flask, installation: Installation, submitter: Submitter, tmp_path: Path
) -> None:
    course = Course(app, submitter)
    course.reply()
    page = course.desk("member-1").get(course.path).text
    assert f'action="{course.path}/exports" data-step-up' in page
    out = saved(course.desk("member-1").post(f"{course.path}/exports"), tmp_path)
    outcome = open_exported(
        out, [committee.identity("member-1")], tmp_path / "opened", committee.ROOT_KEY
    )
    assert outcome.complaints == []
    assert outcome.opened == [Opened(submitter.case_id, 3, 1, closed=0, unverified=0)]
    (entry,) = entries(installation.book, "exported")
    assert (entry.case_id, entry.by) == (submitter.case_id, "member-1")
    digest = hashlib.sha256(out.read_bytes()).hexdigest()
    assert json.loads(entry.data) == {"bundle": digest, "reader": "case"}


def test_all_of_one_s_own_cases_are_taken_and_no_other(
    app: Flask, installation: Installation, submitter: Submitter, hidden: Submitter, tmp_path: Path
) -> None:
    """Attack: an export that tells somebody of a case that names them."""
    assert f'action="{ALL}" data-step-up' in Desk(app, "chair").get("/").text
    out = saved(Desk(app, "member-2").post(ALL), tmp_path)
    assert {each.case_id for each in entries(installation.book, "exported")} == {submitter.case_id}
    assert hidden.case_id.encode() not in out.read_bytes()
    whole = saved(Desk(app, "chair").post(ALL), tmp_path)
    found = open_exported(whole, [committee.identity("chair")], tmp_path / "opened")
    assert {each.case for each in found.opened} == {submitter.case_id, hidden.case_id}
    with pytest.raises(WrongIdentity):
        open_exported(whole, [committee.identity("secretary")], tmp_path / "none")


def test_nobody_takes_a_case_who_may_not_see_it(
    app: Flask, installation: Installation, hidden: Submitter
) -> None:
    path = f"/cases/{hidden.case_id}/exports"
    for person in ("member-2", "secretary", "auditor"):
        before = rows(installation.book, without=["logins"])
        answers = {Desk(app, person).post(each).status_code for each in (path, ALL)}
        assert answers == {404}
        assert rows(installation.book, without=["logins"]) == before
    assert "/exports" not in Desk(app, "secretary").get("/").text


def test_a_case_is_not_taken_by_who_was_away_for_five_minutes(
    app: Flask, installation: Installation, submitter: Submitter, clock: Clock
) -> None:
    desk = Desk(app, "chair")
    clock.forward(minutes=6)
    for path in (f"/cases/{submitter.case_id}/exports", ALL):
        assert desk.post(path).status_code == 403
    assert entries(installation.book, "exported") == []


def test_a_case_whose_key_is_gone_is_in_no_export(
    app: Flask, installation: Installation, submitter: Submitter
) -> None:
    with writing(installation.shred) as connection:
        connection.execute(delete(shred_keys))
    for path in (f"/cases/{submitter.case_id}/exports", ALL):
        assert Desk(app, "chair").post(path).status_code == 404
    assert entries(installation.book, "exported") == []
