"""The collector: nothing lost, nothing twice, nobody in the way of anybody."""

import datetime
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select

from crypto import case as case_format
from crypto import receipt
from intake import drop as door
from intake import schema as drop_schema
from review.collect import PAGE, SLICES_AT_ONCE
from review.errors import CollectorBusy, StoreKeyWrong
from review.locking import alone
from review.store import cases, envelopes, schema
from review.store.database import reading, writing
from review.store.shred import Locksmith
from tests import committee
from tests.browser.installation import Installation
from tests.browser.submitter import File, Submitter
from tests.review.collecting import (
    busy,
    close,
    collector_of,
    console,
    contents,
    forge,
    retry,
    run,
)
from tests.review.desk import sealed_form
from tests.review.tables import entries, rows

pytestmark = pytest.mark.stores

BUSY = CollectorBusy("another collector is at work")


def test_a_submission_becomes_a_case_of_its_readers(
    installation: Installation, hidden: Submitter
) -> None:
    collector = collector_of(installation)
    found = contents(collector)[hidden.case_id]
    assert found["excluded"] == ("member-2", "secretary")
    assert found["readers"] == ["alternate", "chair", "member-1"]
    assert found["case"].state == "RECEIVED"
    assert found["case"].recipient == hidden.case.text
    close(collector)


def test_the_book_holds_what_was_sent_once_more_sealed(
    installation: Installation, submitter: Submitter
) -> None:
    with door.reading(installation.drop) as connection:
        sent = [row.envelope for row in connection.execute(select(drop_schema.deposits))]
        sent += [row.envelope for row in connection.execute(select(drop_schema.slices))]
    collector = collector_of(installation)
    found = contents(collector)[submitter.case_id]
    assert sorted(sent) == sorted(
        [*found["contents"], *(content for _upload, _index, content in found["slices"])]
    )
    for row in rows(collector.book)["envelopes"] + rows(collector.book)["slices"]:
        for content in sent:
            assert not any(isinstance(each, bytes) and content[:200] in each for each in row)
    close(collector)


def test_collecting_again_changes_nothing(installation: Installation) -> None:
    busy(installation)
    collector = collector_of(installation)
    first = run(collector)
    assert (first.submissions, first.follow_ups, first.letters) == (1, 3, 2)
    before, letters = rows(collector.book), contents(collector)
    again = run(collector)
    assert (again.submissions, again.follow_ups, again.letters) == (0, 0, 0)
    assert len(first.problems) == 1
    assert again.problems == []
    assert (rows(collector.book), contents(collector)) == (before, letters)
    close(collector)


def test_every_deposit_is_an_entry_with_what_the_sender_committed_to(
    installation: Installation, submitter: Submitter
) -> None:
    with door.reading(installation.drop) as connection:
        sent = {
            (row.kind, hashlib.sha256(row.envelope).hexdigest(), row.commitment)
            for row in connection.execute(select(drop_schema.deposits))
        }
    for kind in ("submission", "follow-up"):
        entry = entries(installation.book, f"{kind}.received")[0]
        assert (kind, entry.digest, entry.commitment) in sent
        assert entry.by is None
        assert set(json.loads(entry.data)) == {"slices"}


BAD = {
    "bytes that nobody sealed": {"routing": bytes(case_format.routing_size())},
    "no routing": {"routing": None},
    "no grant": {"grant": None},
    "no case key": {"case_recipient": "age1pq1nothing"},
    "a roster that the book does not have": {"roster": "ab" * 32},
}


@pytest.mark.parametrize("change", BAD.values(), ids=BAD.keys())
def test_what_cannot_be_honoured_is_set_aside_and_blocks_nobody(
    installation: Installation, change: dict[str, Any]
) -> None:
    deposit = forge(installation, "bad", **change)
    good = installation.submitter("good")
    good.submit()
    collector = collector_of(installation)
    told = f"deposit {deposit} is set aside"
    for collected, problems in ((1, [told]), (0, [])):
        done = run(collector)
        assert done.submissions == collected
        assert [problem.split(":")[0] for problem in done.problems] == problems
    with reading(collector.book) as connection:
        assert cases.all_case_ids(connection) == [good.case_id]
    with door.reading(collector.drop) as connection:
        assert [each.id for each in door.waiting(connection, 9)] == [deposit]
    close(collector)


def routed(roster: str, *excluded: str) -> bytes:
    return case_format.seal_routing(
        case_format.Routing(roster, excluded), committee.recipient("routing")
    )


def test_an_exclusion_that_the_roster_does_not_know_is_not_silently_dropped(
    installation: Installation,
) -> None:
    """Attack: a misspelt exclusion that would show the case to the person meant."""
    forge(installation, "bad", routing=routed(installation.roster.hash, "membre-2"))
    forge(installation, "worse", routing=routed("ab" * 32))
    everybody = ("chair", "member-1", "member-2", "alternate")
    forge(installation, "too few", routing=routed(installation.roster.hash, *everybody))
    collector = collector_of(installation)
    assert len(run(collector).problems) == 3
    assert rows(collector.book)["cases"] == []
    close(collector)


def test_a_routing_moved_from_another_deposit_is_found_by_its_roster(
    installation: Installation,
) -> None:
    newer = committee.next_roster(installation.roster)
    forge(installation, "moved", routing=routed(newer.hash))
    installation.publish(newer)
    collector = collector_of(installation)
    assert "belongs to another deposit" in run(collector).problems[0]
    close(collector)


def test_more_bad_deposits_than_fit_a_page_block_nobody(installation: Installation) -> None:
    """Attack: filling the drop with deposits that will always be set aside."""
    submitter = installation.submitter("copied")
    submitter.submit()
    with door.reading(installation.drop) as connection:
        one = connection.execute(select(drop_schema.deposits)).one()
    with door.writing(installation.drop) as connection:
        for number in range(2 * PAGE + 3):
            copy = {**one._mapping, "id": f"{number:032x}", "mailbox_id": f"{number:064x}"}
            copy |= {"once": f"{number:064x}", "routing": b"nothing"}
            connection.execute(drop_schema.deposits.insert().values(**copy))
    collector = collector_of(installation)
    done = run(collector)
    assert len(done.problems) == 2 * PAGE + 3
    assert done.submissions == 1
    close(collector)


def test_a_follow_up_waits_for_its_submission(installation: Installation) -> None:
    submitter = installation.submitter()
    submitter.submit()
    submitter.follow_up("more")
    deposits = drop_schema.deposits
    with door.writing(installation.drop) as connection:
        kept = connection.execute(select(deposits.c.routing).where(deposits.c.n == 1)).scalar_one()
        connection.execute(deposits.update().where(deposits.c.n == 1).values(routing=b"x"))
    collector = collector_of(installation)
    assert len(run(collector).problems) == 2
    with door.writing(installation.drop) as connection:
        connection.execute(deposits.update().where(deposits.c.n == 1).values(routing=kept))
    assert run(collector).submissions == 0
    retry(collector)
    done = run(collector)
    assert (done.submissions, done.follow_ups, done.problems) == (1, 1, [])
    close(collector)


def test_two_deposits_of_one_case_key_or_mailbox_are_one_case(installation: Installation) -> None:
    submitter = installation.submitter()
    submitter.submit()
    installation.collect()
    other = forge(installation, "other", case_recipient=submitter.case.text)
    collector = collector_of(installation)
    assert other in run(collector).problems[0]
    assert len(rows(collector.book)["cases"]) == 1
    close(collector)


def test_a_deposit_with_missing_slices_is_set_aside_whole(installation: Installation) -> None:
    submitter = installation.submitter()
    submitter.submit(files=[File("a", "", b"a"), File("b", "", b"b")])
    with door.writing(installation.drop) as connection:
        connection.execute(drop_schema.slices.delete().where(drop_schema.slices.c.index == 1))
    collector = collector_of(installation)
    before = rows(collector.book, without=["set_aside", "pending_entries"])
    assert "slices" in run(collector).problems[0]
    assert rows(collector.book, without=["set_aside", "pending_entries"]) == before
    close(collector)


def test_a_letter_that_cannot_be_posted_is_reported_and_kept(
    installation: Installation, submitter: Submitter
) -> None:
    desk = console(installation)
    form = sealed_form(desk.app, submitter, "reply")
    assert desk.post(f"/cases/{submitter.case_id}/replies", form).status_code == 204
    box = receipt.mailbox_id(submitter.keys.lookup)
    with door.writing(installation.drop) as connection:
        door.post_letter(connection, box, 1, b"another letter", committee.TODAY)
    collector = collector_of(installation)
    for _ in range(2):
        assert "is not posted" in run(collector).problems[0]
    assert [row[5] for row in rows(collector.book)["outbox"]] == [False]
    close(collector)


def test_nothing_of_a_destroyed_case_is_taken_in_or_posted(
    installation: Installation, submitter: Submitter
) -> None:
    desk = console(installation)
    form = sealed_form(desk.app, submitter, "reply")
    desk.post(f"/cases/{submitter.case_id}/replies", form)
    submitter.follow_up("after the end")
    collector = collector_of(installation)
    with collector.shred.begin() as connection:
        connection.execute(schema.shred_keys.delete())
    problems = run(collector).problems
    assert "its case has been disposed of" in problems[0]
    assert "the shred key of the case is gone" in problems[1]
    assert desk.get(f"/cases/{submitter.case_id}/grants/1").status_code == 404
    close(collector)


def test_two_collectors_do_not_work_at_once(tmp_path: Path) -> None:
    lock = tmp_path / "routing"
    lock.touch()
    with alone(lock, BUSY), pytest.raises(CollectorBusy), alone(lock, BUSY):
        pass
    with alone(lock, BUSY):
        pass


def test_a_collector_with_the_wrong_store_key_says_so_and_takes_nothing(
    installation: Installation, submitter: Submitter
) -> None:
    submitter.follow_up("more")
    wrong = Locksmith(committee.INSTALLATION, bytes(32))
    collector = collector_of(installation, locksmith=wrong)
    before = rows(collector.book)
    with pytest.raises(StoreKeyWrong):
        run(collector)
    assert rows(collector.book) == before
    close(collector)


def test_a_damaged_letter_keeps_no_other_from_its_mailbox(installation: Installation) -> None:
    """Attack: one row that does not open, for which nobody hears of the committee again."""
    people = [installation.submitter(name) for name in ("one", "two")]
    for somebody in people:
        somebody.submit()
    installation.collect()
    desk = console(installation)
    for somebody in people:
        form = sealed_form(desk.app, somebody, "reply")
        assert desk.post(f"/cases/{somebody.case_id}/replies", form).status_code == 204
    with writing(installation.book) as connection:
        place = schema.outbox.c.case_id == people[0].case_id
        connection.execute(schema.outbox.update().where(place).values(sealed=bytes(200)))
    collector = collector_of(installation)
    done = run(collector)
    assert done.letters == 1
    assert ["is not posted" in problem for problem in done.problems] == [True]
    assert [len(somebody.letters()) for somebody in people] == [0, 1]
    close(collector)


def test_a_damaged_shred_key_is_the_trouble_of_its_case_alone(
    installation: Installation, submitter: Submitter, hidden: Submitter
) -> None:
    submitter.follow_up("more")
    hidden.follow_up("more")
    collector = collector_of(installation)
    with writing(installation.shred) as connection:
        place = schema.shred_keys.c.case_id == submitter.case_id
        connection.execute(schema.shred_keys.update().where(place).values(wrapped=bytes(72)))
    done = run(collector)
    assert done.follow_ups == 1
    assert ["shred key of its case is damaged" in problem for problem in done.problems] == [True]
    close(collector)


def test_nobody_waits_for_a_large_file(installation: Installation) -> None:
    """Attack: files so large that the console cannot write while they are collected."""
    submitter = installation.submitter()
    submitter.submit(files=[File("a", "", bytes(20 << 20))])
    collector = collector_of(installation)
    most, now = 0, 0

    def counts(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        nonlocal most, now
        now += statement.startswith("INSERT INTO slices")
        most = max(most, now)

    def ends(_connection: object) -> None:
        nonlocal now
        now = 0

    event.listen(collector.book, "before_cursor_execute", counts)
    event.listen(collector.book, "commit", ends)
    assert run(collector).submissions == 1
    assert 0 < most <= SLICES_AT_ONCE
    assert len(contents(collector)[submitter.case_id]["slices"]) == 32
    close(collector)


def test_slices_without_their_envelope_are_seen_by_nobody_and_cleared_away(
    installation: Installation, submitter: Submitter
) -> None:
    collector, upload = collector_of(installation), "12" * 32
    with reading(collector.shred) as connection:
        key = collector.locksmith.key_of(connection, submitter.case_id)
    with writing(collector.book) as connection:
        envelopes.add_slice(connection, key, submitter.case_id, upload, 0, b"half a file")
    with reading(collector.book) as connection:
        place = (submitter.case_id, upload, 0)
        assert envelopes.slice_content(connection, key, *place) is None
        assert place[1:] not in envelopes.slice_places(connection, submitter.case_id)
    desk = console(installation)
    assert desk.get(f"/cases/{submitter.case_id}/slices/{upload}/0").status_code == 404
    run(collector)
    assert {row[1] for row in rows(collector.book)["slices"]} == {
        found[0] for found in contents(collector)[submitter.case_id]["slices"]
    } - {upload}
    close(collector)


@pytest.mark.sqlite("of the files; deploy/test_tidy_on_postgres.py asks the same of a server")
def test_a_collection_leaves_nothing_of_the_hour_and_order_of_arrivals(
    installation: Installation,
) -> None:
    """Attack: who has the disk reads from logs, times and places when somebody wrote."""
    for number in range(4):
        installation.submitter(str(number)).submit()
        installation.collect()
    midnight = datetime.datetime(2026, 11, 21, tzinfo=datetime.UTC).timestamp()
    for name in ("drop", "book", "shred"):
        log = installation.folder / f"{name}.db-wal"
        assert log.stat().st_size == 0
        for path in (log, installation.folder / f"{name}.db"):
            assert path.stat().st_mtime == midnight, path
    content = (installation.folder / "shred.db").read_bytes()
    ids = [row[0] for row in rows(installation.shred, schema.shred)["shred_keys"]]
    places = [content.index(case_id.encode()) for case_id in sorted(ids)]
    # A page is filled from its end.
    assert places == sorted(places, reverse=True)


def test_an_upload_that_nobody_finished_is_dropped_two_days_later(
    installation: Installation,
) -> None:
    with door.writing(installation.drop) as connection:
        for days in (0, 1, 2):
            on = committee.TODAY - datetime.timedelta(days=days)
            door.put_slice(connection, f"{days:064x}", 0, b"half a file", on)
    installation.collect()
    uploads = rows(installation.drop, drop_schema.metadata)["uploads"]
    assert [row[0] for row in uploads] == [f"{days:064x}" for days in (0, 1)]
