"""A redacted copy leaves its hash on the record, and nothing else here."""

import json

import pytest
from flask import Flask

from tests.browser.installation import Installation
from tests.browser.submitter import Submitter
from tests.review.desk import Desk
from tests.review.tables import entries, rows

pytestmark = pytest.mark.stores
DIGEST = "ab" * 32


def test_a_copy_is_recorded_by_its_hash_alone(
    app: Flask, installation: Installation, submitter: Submitter
) -> None:
    desk = Desk(app, "member-1")
    before = rows(installation.book, without=("pending_entries", "logins"))
    path = f"/cases/{submitter.case_id}/copies"
    assert desk.post(path, {"digest": DIGEST}).status_code == 204
    assert rows(installation.book, without=("pending_entries", "logins")) == before
    (entry,) = entries(installation.book, "exported")
    assert json.loads(entry.data) == {"bundle": DIGEST, "reader": "redacted"}
    assert (entry.case_id, entry.by) == (submitter.case_id, "member-1")


def test_only_readers_of_the_case_take_copies_of_it(
    app: Flask, installation: Installation, hidden: Submitter
) -> None:
    path = f"/cases/{hidden.case_id}/copies"
    for person in ("member-2", "secretary", "auditor"):
        assert Desk(app, person).post(path, {"digest": DIGEST}).status_code == 404
    assert entries(installation.book, "exported") == []


@pytest.mark.parametrize("digest", ["", "x", "AB" * 32, "the words of a submission"])
def test_what_is_no_hash_is_not_taken(
    app: Flask, installation: Installation, submitter: Submitter, digest: str
) -> None:
    """Attack: the copy itself, sent where its hash belongs."""
    path = f"/cases/{submitter.case_id}/copies"
    assert Desk(app, "chair").post(path, {"digest": digest}).status_code == 400
    assert entries(installation.book, "exported") == []
