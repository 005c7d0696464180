"""The ledger's pages: who sees what of it, what leaves and what is recorded of that."""

import datetime
import hashlib
import io
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from crypto import checkpoint, proof
from crypto.strict import to_b64
from review.casework.numbers import FEWEST
from review.roles import Act
from review.store import ledger
from review.store.database import writing
from review.store.entries import Entry, record
from tests import committee
from tests.browser.installation import OTHERS, READERS, Installation
from tests.browser.submitter import Submitter
from tests.review import ending, keeping, ledgers
from tests.review.desk import Desk, parts_of, sealed_form
from tests.review.tables import entries, rows
from tests.stores import here

pytestmark = pytest.mark.stores

ROOT = Path(__file__).resolve().parents[3]
WORDS = ("Revenue of the fourth quarter", "It happened again", "page.txt")


def test_the_auditor_is_told_how_the_ledger_stands(
    app: Flask, installation: Installation, submitter: Submitter
) -> None:
    head = ledgers.batch(installation)
    page = Desk(app, "auditor").get("/ledger").text
    signed = checkpoint.parse(head.note.text)
    assert to_b64(signed.root) in page
    assert "November 21, 2026" in page
    assert "Nobody yet" in page
    assert signed.origin in page


def test_before_the_first_batch_the_pages_say_so(app: Flask) -> None:
    assert "no checkpoint yet" in Desk(app, "auditor").get("/ledger").text
    assert "no root yet" in Desk(app, "chair").get("/ledger/root").text
    assert Desk(app, "auditor").post("/ledger/exports").status_code == 409
    assert Desk(app, "auditor").get("/ledger/consistency/0").status_code == 404


@pytest.mark.parametrize("person", ["chair", "member-2", "alternate", "counsel", "auditor"])
def test_readers_see_the_newest_root_and_its_day_and_no_size(
    app: Flask, installation: Installation, submitter: Submitter, person: str
) -> None:
    """Attack: counting entries to learn how much comes in."""
    head = ledgers.batch(installation)
    root = checkpoint.parse(head.note.text).root
    page = Desk(app, person).get("/ledger/root").text
    assert to_b64(root) in page
    assert "November 21, 2026" in page
    said = re.sub(r"<footer.*|<[^>]+>|November 21, 2026", " ", page, flags=re.S)
    main = said[said.index("Ledger") :].replace(to_b64(root), "").replace("tests/1", "")
    assert str(head.size) not in main


@pytest.mark.parametrize("person", ["secretary"])
def test_who_has_nothing_to_do_with_the_ledger_sees_none_of_it(
    app: Flask, installation: Installation, person: str
) -> None:
    ledgers.batch(installation)
    desk = Desk(app, person)
    for path in ("/ledger", "/ledger/root", "/ledger/consistency/0"):
        assert desk.get(path).status_code == 404
    assert 'href="/ledger' not in desk.get("/").text


def test_each_role_finds_its_page_in_the_frame(app: Flask) -> None:
    assert 'href="/ledger">Ledger' in Desk(app, "auditor").get("/").text
    assert 'href="/ledger/root">Ledger' in Desk(app, "counsel").get("/").text
    page = Desk(app, "auditor").get("/ledger").text
    assert 'href="/ledger" aria-current="page">Ledger' in page


def ledger_routes(app: Flask) -> list[tuple[str, str]]:
    found = []
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/ledger"):
            path = re.sub(r"<[^>]+>", "0", rule.rule)
            found += [(method, path) for method in (rule.methods or set()) - {"HEAD"}]
    return sorted(found)


def test_role_by_page_by_verb(app: Flask, installation: Installation) -> None:
    """Attack: a reader who exports the whole ledger, or hands in reports for the auditor."""
    ledgers.batch(installation)
    ledgers.believe(app, ledgers.AUDITOR)
    assert len(ledger_routes(app)) == 6
    for person in READERS + OTHERS:
        desk = Desk(app, person)
        before = rows(installation.book)
        for method, path in ledger_routes(app):
            with desk.get(path) if method == "GET" else desk.post(path) as answer:
                seen = person == "auditor" or (person in READERS and path == "/ledger/root")
                assert (answer.status_code != 404) is seen, (person, method, path)
        assert (rows(installation.book) == before) is (person != "auditor")


def test_no_get_of_the_ledger_changes_a_row(
    app: Flask, installation: Installation, submitter: Submitter
) -> None:
    """Attack: a link that does something."""
    ledgers.batch(installation)
    ledgers.believe(app, ledgers.AUDITOR)
    for person in ("auditor", "chair"):
        desk = Desk(app, person)
        before = rows(installation.book)
        for _method, path in ledger_routes(app):
            desk.get(path)
        desk.get(f"/cases/{submitter.case_id}/entries")
        assert rows(installation.book) == before


def test_a_change_without_the_login_s_token_is_refused(
    app: Flask, installation: Installation
) -> None:
    ledgers.batch(installation)
    desk = Desk(app, "auditor")
    before = rows(installation.book)
    for path in ("/ledger/exports", "/ledger/reports", "/ledger/cosignatures"):
        assert desk.post(path, {"csrf": "ab" * 32}).status_code == 403
        assert desk.post(path, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert rows(installation.book) == before


def test_the_auditor_s_pages_hold_no_content_no_name_and_no_time(
    app: Flask, installation: Installation, submitter: Submitter
) -> None:
    chair = Desk(app, "chair")
    form = sealed_form(app, submitter, "reply")
    assert chair.post(f"/cases/{submitter.case_id}/replies", form).status_code == 204
    ledgers.batch(installation)
    ledgers.believe(app, ledgers.AUDITOR)
    desk = Desk(app, "auditor")
    cosigned = ledgers.cosigned(installation).to_bytes()
    file = (io.BytesIO(cosigned), "x", "application/octet-stream")
    assert desk.post("/ledger/cosignatures", {"file": file}).status_code == 200
    ending.hold(installation)
    names = [reader[3] for reader in committee.READERS] + ["Frank Moss", "Henry Stone"]
    # A hold says who placed it and who keeps what lies elsewhere: the chair, both times.
    named = {"/holds": {committee.READERS[0][3]}}
    for path in ("/ledger", "/ledger/root", "/holds", "/schedule", "/retention"):
        page = desk.get(path).text
        shown = page.partition("<main")[2]
        assert shown != ""
        assert submitter.case_id[:8] not in page
        assert f"{submitter.case_id[:4]} {submitter.case_id[4:8]}" not in page
        found = {word for word in (*WORDS, "A subpoena came", *names) if word in page}
        assert found == named.get(path, set())
        assert re.findall(r"\d\d?:\d\d|\b17\d{8}\b|UTC|GMT", page) == []


def test_an_export_is_recorded_by_the_person_with_the_hash_of_what_they_got(
    app: Flask, installation: Installation, submitter: Submitter
) -> None:
    ledgers.batch(installation)
    answer = Desk(app, "auditor").post("/ledger/exports")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert 'filename="bundle.zip"' in answer.headers["Content-Disposition"]
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    (entry,) = entries(installation.book, "exported")
    assert entry.by == "auditor"
    assert hashlib.sha256(answer.data).hexdigest() in entry.data
    assert '"reader":"auditor"' in entry.data
    answer.close()
    with zipfile.ZipFile(io.BytesIO(answer.data)) as bundle:
        assert bundle.testzip() is None
        assert "ledgers/1/entries.jsonl" in bundle.namelist()


def test_no_bundle_leaves_that_is_not_recorded(
    app: Flask, installation: Installation, submitter: Submitter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Attack: taking the bundle and ending the connection, or the disk, before the entry."""
    ledgers.batch(installation)
    desk = Desk(app, "auditor")
    answer = desk.client.post(
        "/ledger/exports",
        data={"csrf": desk.csrf},
        headers={"Sec-Fetch-Site": "same-origin"},
        buffered=False,
    )
    assert len(entries(installation.book, "exported")) == 1
    answer.close()
    here().refuse(installation.url("book"), "pending_entries", of="NEW.type = 'exported'")
    refused = desk.post("/ledger/exports")
    assert refused.status_code == 503
    assert not refused.data.startswith(b"PK")


def test_a_batch_that_is_not_signed_yet_is_not_exported(
    app: Flask, installation: Installation, submitter: Submitter
) -> None:
    ledgers.batch(installation)
    with writing(installation.book) as connection:
        row = ledger.current(connection)
        assert row is not None
        ledger.append(connection, row, [b"x"] * 16)
    before = rows(installation.book)
    answer = Desk(app, "auditor").post("/ledger/exports")
    assert answer.status_code == 409
    assert "not signed yet" in answer.text
    logged_in = rows(installation.book)
    assert {**logged_in, "logins": []} == {**before, "logins": []}


def test_only_one_export_is_made_at_a_time(app: Flask, installation: Installation) -> None:
    ledgers.batch(installation)
    desk = Desk(app, "auditor")
    exports = parts_of(app).exports
    with exports.place(), exports.place():
        answer = desk.post("/ledger/exports")
    assert answer.status_code == 429
    assert "One at a time" in answer.text
    assert entries(installation.book, "exported") == []


def test_the_checkpoint_to_cosign_comes_with_its_proof(
    app: Flask, installation: Installation, submitter: Submitter
) -> None:
    first, second = ledgers.batch(installation), ledgers.batch(installation)
    desk = Desk(app, "auditor")
    for size in (0, first.size, second.size):
        asked = proof.parse_consistency(desk.get(f"/ledger/consistency/{size}").data)
        assert asked.old_size == size
        assert asked.note.text == second.note.text
    assert desk.get(f"/ledger/consistency/{second.size + 1}").status_code == 404
    for number in (10**12, 10**25, 10**1000):
        assert desk.get(f"/ledger/consistency/{number}").status_code == 404


def test_the_page_links_to_a_proof_from_what_was_cosigned_last(
    app: Flask, installation: Installation
) -> None:
    head = ledgers.batch(installation)
    ledgers.believe(app, ledgers.AUDITOR)
    desk = Desk(app, "auditor")
    assert re.findall(r"/ledger/consistency/(\d+)", desk.get("/ledger").text) == ["0"]
    file = (io.BytesIO(ledgers.cosigned(installation).to_bytes()), "x", "text/plain")
    assert desk.post("/ledger/cosignatures", {"file": file}).status_code == 200
    page = desk.get("/ledger").text
    assert re.findall(r"/ledger/consistency/(\d+)", page) == [str(head.size), "0"]
    assert f"<code>auditor.example/grace</code>, up to {head.size} entries" in page


def test_a_console_that_was_told_of_nobody_offers_no_form(
    app: Flask, installation: Installation
) -> None:
    ledgers.batch(installation)
    page = Desk(app, "auditor").get("/ledger").text
    assert "has not been told whose signatures count" in page
    assert 'type="file"' not in page


def test_the_commands_on_the_page_are_those_of_the_auditor_s_guide(
    app: Flask, installation: Installation
) -> None:
    ledgers.batch(installation)
    page = Desk(app, "auditor").get("/ledger").text
    guide = (ROOT / "docs/auditor.md").read_text().splitlines()
    commands = re.findall(r'<pre class="commands"><code>(.*?)</code></pre>', page)
    assert len(commands) == 3
    assert [each for each in commands if f"    {each}" not in guide] == []


def act(installation: Installation, kind: str, on: datetime.date, count: int) -> None:
    """So many acts of a kind on a day, none of them of a case that the book has."""
    some = Entry(type=kind, on=on, by="chair", data=keeping.MOVED)
    if kind == "submission.received":
        some = Entry(type=kind, on=on, digest="ab" * 32, commitment="cd" * 32, data={"slices": 0})
    with writing(installation.book) as connection:
        for number in range(count):
            case_id = hashlib.sha256(f"{kind} {on} {number}".encode()).hexdigest()
            record(connection, replace(some, case_id=case_id))


def test_small_numbers_are_not_shown(app: Flask, installation: Installation) -> None:
    ledgers.batch(installation, datetime.date(2026, 1, 2))
    for month, count in ((2, 5), (5, FEWEST), (8, 2), (11, 9)):
        act(installation, "submission.received", datetime.date(2026, month, 3), count)
        act(installation, "case.closed", datetime.date(2026, month, 3), 4)
    desk = Desk(app, "auditor")
    ledgers.batch(installation, datetime.date(2027, 1, 14))
    # The last quarter is told by a batch two weeks later, and no clock.
    assert 'class="number">16</td>' not in desk.get("/ledger").text
    ledgers.batch(installation, datetime.date(2027, 1, 15))
    page = desk.get("/ledger").text
    assert re.findall(r"<caption>(.*?)</caption>", page) == ["2026"]
    lines = {
        name: [" ".join(re.sub(r"<[^>]+>", "", cell).split()) for cell in cells]
        for name, cells in (
            (row[0], re.findall(r"<td.*?>(.*?)</td>", row[1], re.S))
            for row in re.findall(r'<th scope="row">(.*?)</th>(.*?)</tr>', page, re.S)
        )
    }
    assert lines == {
        "Submissions received": ["5", "3", "fewer than 3", "9", "not shown"],
        "Follow-ups received": ["fewer than 3"] * 4 + ["not shown"],
        "Replies left": ["fewer than 3"] * 4 + ["not shown"],
        "Cases closed": ["4", "4", "4", "4", "16"],
    }


def test_every_act_of_the_ledger_has_a_page(app: Flask) -> None:
    acts = {getattr(view, "access", None) for view in app.view_functions.values()}
    assert {Act.SEE_ROOT, Act.SEE_LEDGER, Act.EXPORT_LEDGER, Act.HAND_IN_CHECK} <= acts
