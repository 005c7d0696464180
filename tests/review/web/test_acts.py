"""What readers change, what they cannot, and that either is whole or not at all."""

import hashlib
import json

import pytest
from flask import Flask

from crypto import age
from crypto.padding import MESSAGE_STEPS
from review.app import create_app
from review.casework.course import Stage
from review.settings import Settings
from review.store.cases import case_by_id
from review.store.database import reading
from tests import committee
from tests.browser.installation import Installation
from tests.browser.submitter import Submitter
from tests.review.desk import Clock, Desk, sealed_form, upload, wind
from tests.review.tables import entries, rows

pytestmark = pytest.mark.stores
KINDS = {"replies": "reply", "notes": "note"}


def state_of(installation: Installation, submitter: Submitter) -> Stage:
    with reading(installation.book) as connection:
        case = case_by_id(connection, submitter.case_id)
    assert case is not None
    return case.state


def send(desk: Desk, submitter: Submitter, act: str, **changes: object) -> int:
    """Post what a browser would for an act, with some fields replaced; the status."""
    form = {**sealed_form(desk.app, submitter, KINDS[act], text="words"), **changes}
    kept = {name: value for name, value in form.items() if value is not None}
    return desk.post(f"/cases/{submitter.case_id}/{act}", kept).status_code


def test_opening_a_case_is_recorded_once(
    app: Flask, submitter: Submitter, installation: Installation
) -> None:
    path = f"/cases/{submitter.case_id}/opened"
    chair, member = Desk(app, "chair"), Desk(app, "member-1")
    assert "new" in chair.get("/cases").text
    for desk in (chair, chair, member, member):
        assert desk.post(path).status_code == 204
    assert state_of(installation, submitter) is Stage.OPENED
    assert [row.by for row in entries(installation.book, "case.opened")] == ["chair"]
    assert [row.by for row in entries(installation.book, "case.read")] == ["member-1"]
    assert 'class="new"' not in chair.get("/cases").text


def test_a_reading_on_another_day_is_another_entry(
    installation: Installation, submitter: Submitter
) -> None:
    environ = {k: v for k, v in installation.environment().items() if k != "REVIEW_TODAY"}
    app = create_app(Settings.from_environ(environ), "interactive")
    clock, path = wind(app), f"/cases/{submitter.case_id}/opened"
    for _day in range(2):
        chair = Desk(app, "chair")
        assert chair.post(path).status_code == 204
        before = rows(installation.book)
        assert chair.post(path, {"n": "1"}).status_code == 204
        assert rows(installation.book) == before
        clock.forward(days=1)
    assert [row.on.day for row in entries(installation.book, "case.opened")] == [21]
    assert [row.on.day for row in entries(installation.book, "case.read")] == [22]


def test_a_follow_up_makes_the_case_new_again_for_who_has_not_read_it(
    app: Flask, submitter: Submitter, installation: Installation
) -> None:
    chair = Desk(app, "chair")
    chair.post(f"/cases/{submitter.case_id}/opened", {"n": "2"})
    assert 'class="new"' not in chair.get("/cases").text
    submitter.follow_up("and again")
    installation.collect()
    assert 'class="new"' in chair.get("/cases").text


def test_a_reply_is_kept_and_on_its_way_and_acknowledges(
    app: Flask, submitter: Submitter, installation: Installation
) -> None:
    form = sealed_form(app, submitter, "reply")
    sealed = form["case_envelope"][0].getvalue()
    desk = Desk(app, "chair")
    assert desk.post(f"/cases/{submitter.case_id}/replies", form).status_code == 204
    assert state_of(installation, submitter) is Stage.ACKNOWLEDGED
    entry = entries(installation.book, "reply.left")[0]
    assert entry.digest == hashlib.sha256(sealed).hexdigest()
    assert (entry.by, entry.on) == ("chair", committee.TODAY)
    assert json.loads(entry.data) == {"from": "RECEIVED", "to": "ACKNOWLEDGED"}
    kept = rows(installation.book)
    assert len(kept["outbox"]) == 1
    assert sealed not in [value for row in kept["envelopes"] for value in row]
    assert submitter.letters() == []
    assert installation.collect().letters == 1
    assert [letter.kind for letter in submitter.letters()] == ["reply"]


def test_a_note_is_kept_and_goes_to_nobody(
    app: Flask, submitter: Submitter, installation: Installation
) -> None:
    assert send(Desk(app, "counsel"), submitter, "notes") == 404
    assert send(Desk(app, "member-1"), submitter, "notes") == 204
    assert rows(installation.book)["outbox"] == []
    assert state_of(installation, submitter) is Stage.RECEIVED
    assert len(entries(installation.book, "note.left")) == 1


def test_no_step_is_taken_that_nobody_signed(
    app: Flask, submitter: Submitter, installation: Installation
) -> None:
    """Attack: the way of version 0.1.0, a state that is chosen, where a step has to be signed."""
    desk = Desk(app, "chair")
    desk.get("/cases")
    before = rows(installation.book)
    for act, status in (("state", 404), ("steps", 400)):
        form = sealed_form(app, submitter, "state", state="reading", next_on=None)
        path = f"/cases/{submitter.case_id}/{act}"
        assert desk.post(path, {**form, "state": "ACKNOWLEDGED"}).status_code == status
    assert rows(installation.book) == before


@pytest.mark.parametrize("act", ["replies", "notes"])
def test_two_who_write_at_once_do_not_overwrite_each_other(
    app: Flask, submitter: Submitter, installation: Installation, act: str
) -> None:
    chair, member = Desk(app, "chair"), Desk(app, "member-1")
    late = sealed_form(app, submitter, KINDS[act], "member-1", text="words")
    assert send(chair, submitter, act) == 204
    before = rows(installation.book)
    answer = member.post(f"/cases/{submitter.case_id}/{act}", late)
    assert (answer.status_code, answer.json) == (409, {"n": 1})
    assert rows(installation.book) == before


@pytest.mark.parametrize("act", ["replies", "notes"])
def test_the_same_act_again_is_no_error_and_stores_nothing(
    app: Flask, submitter: Submitter, installation: Installation, act: str
) -> None:
    """A browser whose answer was lost sends again: nobody else has written, and it says so."""
    desk, path = Desk(app, "chair"), f"/cases/{submitter.case_id}/{act}"
    form = sealed_form(app, submitter, KINDS[act], text="words")
    contents = {name: part[0].getvalue() for name, part in form.items() if type(part) is tuple}

    def again(by: Desk, **changes: str) -> int:
        files = {name: upload(content) for name, content in contents.items()}
        return by.post(path, {**form, **files, **changes}).status_code

    assert again(desk) == 204
    before = rows(installation.book)
    assert again(desk) == 204
    assert again(desk, digest="ab" * 32) == 409
    assert again(Desk(app, "member-1")) == 409
    kept = rows(installation.book)
    assert {name: kept[name] for name in kept if name != "logins"} == {
        name: before[name] for name in before if name != "logins"
    }


TAMPERED = [
    *[{"n": n} for n in (None, "", "0", "2", "-1", "01", "1.0", "٣", "1e3", "9" * 30)],
    *[{"digest": digest} for digest in (None, "", "ab", "AB" * 32, "zz" * 32, "ab" * 33)],
    *[{"case_envelope": envelope} for envelope in (None, "text")],
]


@pytest.mark.parametrize("act", ["replies", "notes"])
def test_no_hidden_field_can_be_tampered_with(
    app: Flask, submitter: Submitter, installation: Installation, act: str
) -> None:
    """Attack: trusting a value that the page gave and the client sends back."""
    desk = Desk(app, "chair")
    before = rows(installation.book)
    for change in TAMPERED:
        assert send(desk, submitter, act, **change) in (400, 409), change
    assert rows(installation.book) == before


def test_only_envelopes_of_ours_are_kept(
    app: Flask, submitter: Submitter, installation: Installation
) -> None:
    """Attack: words in clear, or bytes that no browser of ours would send."""
    recipient, other = submitter.case, committee.recipient("chair")
    small = MESSAGE_STEPS[0]
    wrong = [
        b"",
        b"words in clear",
        bytes(age.sealed_size(small)),
        age.seal(bytes(small - 1), [recipient]),
        age.seal(bytes(small), [recipient, other]),
        age.seal(bytes(small), [recipient]) + b"x",
    ]
    desk = Desk(app, "chair")
    before = rows(installation.book)
    for content in wrong:
        for field in ("case_envelope", "mailbox_envelope"):
            assert send(desk, submitter, "replies", **{field: upload(content)}) == 400
    assert rows(installation.book) == before


def test_a_reply_without_the_submitter_s_copy_is_refused(
    app: Flask, submitter: Submitter, installation: Installation
) -> None:
    desk = Desk(app, "chair")
    before = rows(installation.book)
    assert send(desk, submitter, "replies", mailbox_envelope=None) == 400
    assert rows(installation.book) == before


def test_what_is_too_large_is_refused_before_it_is_read(app: Flask, submitter: Submitter) -> None:
    desk = Desk(app, "chair")
    assert send(desk, submitter, "notes", case_envelope=upload(bytes(300_000))) == 413


def test_who_did_it_and_when_is_not_the_browser_s_to_say(
    app: Flask, submitter: Submitter, installation: Installation, clock: Clock
) -> None:
    clock.forward(days=3)
    desk = Desk(app, "member-1")
    assert send(desk, submitter, "notes", by="chair", on="2020-01-01", person="chair") == 204
    entry = entries(installation.book, "note.left")[0]
    assert (entry.by, entry.on) == ("member-1", committee.TODAY)


def test_the_entries_of_a_case_are_one_line(
    app: Flask, submitter: Submitter, installation: Installation
) -> None:
    chair = Desk(app, "chair")
    for act in ("replies", "notes", "replies"):
        assert send(chair, submitter, act) == 204
    line = rows(installation.book)["pending_entries"]
    of_case = {row[0]: row[8] for row in line if row[3] == submitter.case_id}
    assert len(of_case) == 5
    assert list(of_case.values()).count(None) == 1
    assert {previous for previous in of_case.values() if previous} < set(of_case)
    assert len(set(of_case.values())) == 5
