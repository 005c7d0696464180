"""The demo's reader follows a case through its later keys, and believes none that nobody signed."""

import json
from http.client import HTTPMessage
from typing import Any

import pytest
from flask import Flask

from crypto.errors import InvalidSignature
from deploy.client import Answer, Client
from deploy.member import Member
from tests.browser.installation import PASSPHRASE, Installation
from tests.browser.submitter import Submitter
from tests.review.changing import Table, investigator
from tests.review.desk import Desk

pytestmark = pytest.mark.stores
LEFT = ("alternate", "chair", "member-1")


class Through(Client):
    """A client that reaches the console in this process, as somebody who has signed in."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(0)
        self.desk = desk

    def _request(self, method: str, path: str, *given: Any, **named: Any) -> Answer:
        found = self.desk.get(path)
        return Answer(found.status_code, HTTPMessage(), found.data)


class OneSignature(Through):
    """The same, where the server leaves out one of two signatures under a key."""

    def _request(self, method: str, path: str, *given: Any, **named: Any) -> Answer:
        found = super()._request(method, path, *given, **named)
        if not path.endswith("/manifest"):
            return found
        told = json.loads(found.body)
        told["held"]["keys"][0]["signatures"].pop()
        return Answer(found.status, found.headers, json.dumps(told).encode())


def reader(app: Flask, person: str) -> Member:
    made = Member(Through(Desk(app, person)))
    made.unlock(PASSPHRASE)
    return made


def test_the_reader_opens_what_is_sealed_under_each_key(
    app: Flask, submitter: Submitter, installation: Installation
) -> None:
    table = Table(app, submitter)
    table.recuse("member-2")
    table.rekey(LEFT, ("chair", "member-1"))
    installation.collect()
    submitter.follow_up("Under the second key.")
    installation.collect()
    opened = reader(app, "chair").read(submitter.case_id)
    assert len(opened.messages["submitter"]) == 3
    assert opened.recipient.text == table.manifest("chair")["recipient"]


def test_an_investigator_opens_the_case_by_their_own_grant(
    app: Flask, submitter: Submitter, installation: Installation
) -> None:
    investigator(installation.book)
    Table(app, submitter).share("finance")
    opened = reader(app, "finance").read(submitter.case_id)
    assert opened.submission.digest == submitter.submission.digest


def test_a_key_that_nobody_signed_is_not_followed(
    app: Flask, submitter: Submitter, installation: Installation
) -> None:
    table = Table(app, submitter)
    table.recuse("member-2")
    table.rekey(LEFT, ("chair", "member-1"))
    member = Member(OneSignature(Desk(app, "chair")))
    member.unlock(PASSPHRASE)
    with pytest.raises(InvalidSignature):
        member.read(submitter.case_id)
