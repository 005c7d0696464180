"""Somebody is out of a case, the others give it a key, and what each of them sees then."""

import zipfile
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from crypto import keying
from crypto.act import Value
from crypto.errors import WrongIdentity
from crypto.exported import open_exported
from crypto.identity import Identity
from intake import drop as door
from intake.mailbox import current_recipient
from review.casework.course import Step
from review.export import files_of as export_files
from review.settings import read_store_key
from review.store import generations as store
from review.store import rosters
from review.store.counted import counted
from review.store.database import reading, writing
from review.store.schema import pending_entries
from review.store.shred import Locksmith
from tests import acts, committee, rekeying
from tests.browser.installation import Installation
from tests.browser.submitter import Submitter
from tests.review.changing import Table, investigator
from tests.review.desk import Desk, parts_of, sealed_form
from tests.review.tables import rows
from tests.review.web.course import Course

pytestmark = pytest.mark.stores
LEFT = ("alternate", "chair", "member-1")


@pytest.fixture
def table(app: Flask, submitter: Submitter) -> Table:
    return Table(app, submitter)


def told(app: Flask, kind: str) -> list[dict[str, Any]]:
    """The entries of a kind that wait for the ledger."""
    with reading(parts_of(app).book) as connection:
        rows = connection.execute(select(pending_entries).where(pending_entries.c.type == kind))
        return [dict(row._mapping) for row in rows]


def test_a_member_leaves_a_case_by_one_signature_and_at_once(table: Table) -> None:
    assert table.sees("member-2")
    (answer,) = table.recuse("member-2")
    assert answer.status_code == 204
    assert not table.sees("member-2")
    assert all(table.sees(person) for person in LEFT)
    (entry,) = told(table.app, "case.recused")
    assert (entry["by"], '"person":"member-2"' in entry["data"]) == ("member-2", True)


def test_what_was_there_is_not_there_for_who_is_out(table: Table) -> None:
    """The same bytes as for a case that does not exist."""
    table.recuse("member-2")
    desk = Desk(table.app, "member-2")
    for page in ("", "/manifest", "/entries", "/grants/1", "/links/2", "/shared/1"):
        ours, none = (desk.get(f"/cases/{name}{page}") for name in (table.id, "0" * 64))
        assert (ours.status_code, ours.data) == (none.status_code, none.data) == (404, none.data)


def test_two_others_can_take_somebody_out_and_one_cannot(table: Table) -> None:
    first, second = table.recuse("member-2", "chair", "member-1")
    assert (first.status_code, second.status_code) == (202, 204)
    assert not table.sees("member-2")


def test_who_is_to_be_taken_out_is_not_told_and_does_not_count_as_one_of_two(table: Table) -> None:
    table.recuse("member-2", "chair")
    assert table.manifest("member-2")["held"]["waiting"] == []
    assert len(table.manifest("member-1")["held"]["waiting"]) == 1
    assert table.sees("member-2")


@pytest.mark.parametrize(
    ("person", "by", "status"),
    [("member-2", "chair", 202), ("secretary", "chair", 404), ("counsel", "chair", 404)],
)
def test_only_who_reads_a_case_is_taken_out_of_it(
    table: Table, person: str, by: str, status: int
) -> None:
    (answer,) = table.recuse(person, by)
    assert answer.status_code == status


def test_until_there_is_a_new_key_the_committee_adds_nothing(table: Table) -> None:
    table.recuse("member-2")
    desk = Desk(table.app, "chair")
    for kind, path in (("reply", "replies"), ("note", "notes")):
        form = sealed_form(table.app, table.submitter, kind)
        answer = desk.post(f"/cases/{table.id}/{path}", form)
        assert (answer.status_code, answer.json) == (409, {"reason": "needs-key"})
    held = table.manifest("chair")["held"]
    assert (held["needs_key"], held["blocked"]) == (True, True)
    table.rekey(LEFT, ("chair", "member-1"))
    assert table.manifest("chair")["held"]["needs_key"] is False
    form = sealed_form(table.app, table.submitter, "note")
    assert desk.post(f"/cases/{table.id}/notes", form).status_code == 204


def test_until_there_is_a_new_key_nobody_takes_proposes_or_signs_a_step(
    table: Table, installation: Installation
) -> None:
    """Attack: a sealed note of a step, which somebody who has just left the case could open."""
    course = Course(table.app, table.submitter)
    course.find()
    decided: dict[str, Value] = {"outcomes": ["s1=PARTLY"]}
    assert course.take(Step.DETERMINE, "member-1", decided) == 202
    (waits,) = course.told()["proposals"]
    table.recuse("member-2")
    note = course.note("chair")
    alone = course.act(Step.ESCALATE, {"recipient": ["ALL"], "sealed": [note["digest"]]})
    by_two = course.act(Step.DETERMINE, decided)
    for by in ("chair", "member-1"):
        course.desk(by)
    before = rows(installation.book)
    for answer in (
        course.send(alone, "chair", note),
        course.send(by_two, "member-1"),
        course.sign(waits["hash"], "chair"),
    ):
        assert (answer.status_code, answer.json) == (409, {"reason": "needs-key"})
    assert rows(installation.book) == before
    table.rekey(LEFT, ("chair", "member-1"))
    assert course.take(Step.DETERMINE, "member-1", decided) == 202
    (waits,) = [each for each in course.told()["proposals"] if each["act"] != waits["act"]]
    assert course.sign(waits["hash"], "chair").status_code == 204


def test_two_signatures_give_the_case_a_key_that_leads_back_to_the_first(table: Table) -> None:
    table.recuse("member-2")
    first, second = table.rekey(LEFT, ("chair", "alternate"))
    assert (first.status_code, second.status_code) == (202, 204)
    manifest = table.manifest("member-1")
    (key,) = manifest["held"]["keys"]
    assert (manifest["generation"], manifest["recipient"]) == (2, key["recipient"])
    desk = Desk(table.app, "member-1")
    link = desk.get(key["link"]).data
    newest = Identity.from_seed(rekeying.seed_of(table.id, 2))
    assert keying.open_link(link, newest) == table.submitter.case_seed
    (entry,) = told(table.app, "case.keyed")
    assert '"generation":2' in entry["data"]


def test_who_is_out_signs_nothing_and_is_granted_nothing(table: Table) -> None:
    table.recuse("member-2")
    act, files = table.new_key(LEFT)
    assert table.send("keys", act, "member-2", files).status_code == 404
    again = ("alternate", "chair", "member-1", "member-2")
    act, files = table.new_key(again)
    assert table.send("keys", act, "chair", files).status_code == 409


@pytest.mark.parametrize("part", ["grant", "link", "recipient"])
def test_other_files_than_were_signed_are_not_taken(table: Table, part: str) -> None:
    table.recuse("member-2")
    act, files = table.new_key(LEFT)
    other = (
        committee.recipient("chair").text
        if part == "recipient"
        else files["grant"][:-1] + bytes([files["grant"][-1] ^ 1])
    )
    answer = table.send("keys", act, "chair", {**files, part: other})
    assert answer.status_code == 400
    assert table.manifest("chair")["held"]["waiting"] == []


def test_a_key_signed_with_another_hand_or_before_another_act_is_refused(table: Table) -> None:
    table.recuse("member-2")
    act, files = table.new_key(LEFT)
    assert table.send("keys", act, "chair", files, key="member-1").status_code == 400
    old, files = table.new_key(LEFT, previous=None)
    assert table.send("keys", old, "chair", files).status_code == 409
    assert table.send("keys", act, "chair").status_code == 400


def test_an_act_of_another_case_is_not_taken_here(table: Table, installation: Installation) -> None:
    other = installation.submitter("another")
    other.submit()
    installation.collect()
    act = Table(table.app, other).recusal("chair")
    assert table.send("recusals", act, "chair").status_code == 400


def test_follow_ups_go_to_the_new_key_when_the_mailbox_has_it(
    table: Table, installation: Installation
) -> None:
    table.recuse("member-2")
    table.rekey(LEFT, ("chair", "member-1"))
    installation.collect()
    with door.reading(installation.drop) as connection:
        box = door.read_mailbox(connection, mailbox_of(table))
    assert box is not None
    known = {table.roster.hash: table.roster}
    found = current_recipient(box, table.submitter.keys, committee.INSTALLATION, known.get)
    assert found == rekeying.recipient_of(table.id, 2)
    installation.collect()
    with reading(installation.book) as book:
        assert store.unposted(book) == []


def test_an_export_opens_under_every_key_for_who_was_granted_the_newest_alone(
    table: Table, installation: Installation, tmp_path: Path
) -> None:
    for person in ("member-2", "member-1", "alternate"):
        table.recuse(person)
    table.rekey(("chair", "counsel"), ("chair", "counsel"))
    installation.collect()
    table.submitter.follow_up("Under the second key.")
    installation.collect()
    out = tmp_path / "case.zip"
    with reading(installation.book) as book, reading(installation.shred) as keys:
        key = Locksmith(
            committee.INSTALLATION, read_store_key(installation.folder / "store-key")
        ).key_of(keys, table.id)
        files = {name: content() or b"" for name, content in export_files(book, key, table.id)}
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(f"cases/{table.id}/{name}", content)
    done = open_exported(out, [committee.identity("counsel")], tmp_path / "opened")
    (opened,) = done.opened
    assert (opened.messages, opened.closed) == (3, 0)
    with pytest.raises(WrongIdentity):
        open_exported(out, [committee.identity("nobody")], tmp_path / "nothing")


def mailbox_of(table: Table) -> str:
    from crypto.receipt import mailbox_id

    return mailbox_id(table.submitter.keys.lookup)


def test_when_too_few_are_left_counsel_is_shown_the_case_and_signs(table: Table) -> None:
    table.recuse("member-2")
    table.recuse("member-1")
    table.recuse("alternate")
    assert table.sees("counsel")
    assert "fewer than two can open it" in Desk(table.app, "chair").get("/").text
    assert "W-T10" in Desk(table.app, "chair").get(f"/cases/{table.id}").text
    first, second = table.rekey(("chair", "counsel"), ("chair", "counsel"))
    assert (first.status_code, second.status_code) == (202, 204)


def test_a_reader_who_left_the_roster_makes_every_case_of_theirs_need_a_key(
    table: Table, installation: Installation
) -> None:
    fields = committee.roster_fields()
    readers = [each for each in fields["readers"] if each["id"] != "member-2"]  # type: ignore[attr-defined]
    later = committee.next_roster(committee.roster(), readers=readers)
    with writing(installation.book) as connection:
        rosters.publish_roster(connection, later)
    table.roster = later
    assert table.manifest("chair")["held"]["needs_key"] is True
    home = Desk(table.app, "chair").get("/").text
    assert "Cases that need a new key" in home
    assert f"/cases/{table.id}#readers" in home
    first, second = table.rekey(LEFT, ("chair", "member-1"))
    assert (first.status_code, second.status_code) == (202, 204)
    assert table.manifest("chair")["held"]["needs_key"] is False
    assert "Cases that need a new key" not in Desk(table.app, "chair").get("/").text


def test_a_case_is_shared_by_two_and_the_share_ends_with_its_key(
    table: Table, installation: Installation
) -> None:
    investigator(installation.book)
    act, files = table.shared_with("finance")
    assert table.send("shares", act, "chair", files).status_code == 202
    assert table.send("shares", act, "member-1").status_code == 204
    with reading(installation.book) as book:
        assert "finance" in store.readers_of(book, table.id)
        (share,) = store.shares_of(book, table.id)
    assert (share.person, share.generation) == ("finance", 1)
    everybody = (*LEFT, "member-2")
    table.rekey(everybody, ("chair", "member-1"))
    with reading(installation.book) as book:
        assert store.readers_of(book, table.id) == frozenset(everybody)


def test_a_case_is_not_shared_with_who_is_out_of_it_or_by_one_alone(
    table: Table, app: Flask, hidden: Submitter
) -> None:
    apart = Table(app, hidden)
    act, files = apart.shared_with("secretary")
    assert apart.send("shares", act, "chair", files).status_code == 409
    act, files = table.shared_with("member-2")
    assert table.send("shares", act, "chair", files).status_code == 409


def test_a_case_with_somebody_left_out_is_kept_apart_until_two_release_it(
    app: Flask, hidden: Submitter, installation: Installation
) -> None:
    table = Table(app, hidden)
    with reading(installation.book) as book:
        assert store.kept_apart(book) == {table.id}
        assert [each.has_excluded_reader for each in counted(book)] == [True]

    act = acts.make("release", subject=table.id, previous=table.previous)
    assert table.send("releases", act, "chair").status_code == 202
    assert table.send("releases", act, "member-1").status_code == 204
    with reading(installation.book) as book:
        assert store.kept_apart(book) == frozenset()
        assert [each.has_excluded_reader for each in counted(book)] == [False]


def test_a_case_that_somebody_left_is_kept_apart_too(
    table: Table, installation: Installation
) -> None:
    table.recuse("member-2")
    with reading(installation.book) as book:
        assert [each.has_excluded_reader for each in counted(book)] == [True]
