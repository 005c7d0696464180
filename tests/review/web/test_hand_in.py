"""What the auditor hands in: taken if it is theirs and about this ledger, and otherwise nothing."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from crypto import attestation, checkpoint, strict
from crypto.checkpoint import Checkpoint
from crypto.cosignature import Signer
from crypto.note import Note
from review.app import create_app
from review.audit.__main__ import main as audit
from review.errors import HandInRefused, SettingsRefused
from review.hand_in import take_report
from review.settings import Settings
from review.web.ledger import LARGEST_HAND_IN
from review.web.parts import attach
from tests import committee
from tests.browser.installation import Installation
from tests.browser.submitter import Submitter
from tests.review import ledgers
from tests.review.desk import SAME_ORIGIN, Desk, parts_of
from tests.review.tables import entries, rows
from tests.stores import here

pytestmark = pytest.mark.stores

KEEPER = committee.ledger_signer()


@pytest.fixture
def desk(app: Flask, installation: Installation, submitter: Submitter) -> Desk:
    """The auditor, at a console that knows their key and has a ledger."""
    ledgers.batch(installation)
    ledgers.believe(app, ledgers.AUDITOR)
    return Desk(app, "auditor")


def hand_in(desk: Desk, what: str, content: bytes | None) -> TestResponse:
    """Send the form with a file, as one body: the test client would spool a large one itself."""
    parts = [b'--x\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n' + desk.csrf.encode()]
    if content is not None:
        parts.append(
            b'--x\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n'
            b"Content-Type: application/octet-stream\r\n\r\n" + content
        )
    return desk.client.post(
        f"/ledger/{what}",
        data=b"\r\n".join([*parts, b"--x--\r\n"]),
        content_type="multipart/form-data; boundary=x",
        headers=SAME_ORIGIN,
    )


def outcome(answer: TestResponse) -> str:
    """The code of the sentence on the page."""
    before, _, after = answer.text.partition('data-outcome="')
    assert after, before[-500:]
    return after.partition('"')[0]


@pytest.fixture
def report(desk: Desk, tmp_path: Path) -> bytes:
    """A report as the verifier writes it of this book's bundle, signed by the auditor."""
    bundle, key, out = (tmp_path / name for name in ("bundle.zip", "auditor.key", "report.json"))
    with desk.post("/ledger/exports") as answer:
        bundle.write_bytes(answer.data)
    key.write_text(ledgers.AUDITOR.private_text + "\n")
    root = strict.to_b64(committee.ROOT_KEY)
    assert audit(["verify", str(bundle), "--root-key", root, "--report", str(out)]) in (0, 1)
    assert audit(["sign", str(out), "--key", str(key), "-o", str(out)]) == 0
    return out.read_bytes()


def changed(report: bytes, signer: Signer = ledgers.AUDITOR, **fields: object) -> bytes:
    """The report with other fields, signed again."""
    value = {**json.loads(report), **fields}
    unsigned = {name: value[name] for name in value if name not in ("signature", "signed_by")}
    return attestation.sign(attestation.AUDIT_REPORT, unsigned, signer)


def test_a_signed_report_becomes_an_entry_by_the_auditor(
    desk: Desk, report: bytes, installation: Installation
) -> None:
    answer = hand_in(desk, "reports", report)
    assert (answer.status_code, outcome(answer)) == (200, "report-taken")
    (entry,) = entries(installation.book, "auditor.checked")
    told = json.loads(report)
    assert entry.by == "auditor"
    data = json.loads(entry.data)
    assert data["exceptions"] == told["exceptions"]
    assert (data["size"], data["root"]) == (16, told["checkpoint"]["root"])
    assert data["report"] in desk.get("/ledger").text
    assert "in the next batch" in desk.get("/ledger").text
    ledgers.batch(installation)
    page = desk.get("/ledger").text
    assert data["report"] in page
    assert "in the next batch" not in page


def test_the_same_report_again_changes_nothing(
    desk: Desk, report: bytes, installation: Installation
) -> None:
    assert hand_in(desk, "reports", report).status_code == 200
    for _ in range(2):
        before = rows(installation.book)
        answer = hand_in(desk, "reports", report)
        assert (answer.status_code, outcome(answer)) == (400, "report-known")
        assert rows(installation.book) == before
        ledgers.batch(installation)


def test_a_report_about_an_earlier_checkpoint_of_this_book_is_taken(
    desk: Desk, report: bytes, installation: Installation
) -> None:
    ledgers.batch(installation)
    ledgers.batch(installation)
    assert hand_in(desk, "reports", report).status_code == 200


def hostile_reports(report: bytes) -> dict[str, tuple[bytes | None, str]]:
    """Files that are no report of this auditor about this ledger, and what is said of each."""
    told = json.loads(report)
    unsigned = {name: told[name] for name in told if name not in ("signature", "signed_by")}
    return {
        "nothing": (None, "no-file"),
        "an empty file": (b"", "no-file"),
        "not JSON": (b"\x00\xff report", "report-malformed"),
        "JSON of something else": (b"[1,2]", "report-malformed"),
        "deeply nested": (b"[" * 100_000, "report-malformed"),
        "not canonical": (json.dumps(told).encode(), "report-malformed"),
        "a second line": (report + b"\n", "report-malformed"),
        "not signed": (strict.canonical(unsigned), "report-malformed"),
        "large": (b"x" * (LARGEST_HAND_IN - 4096), "report-malformed"),
        "by a stranger": (changed(report, ledgers.STRANGER), "signature"),
        "by a stranger of the same name": (
            changed(report, Signer(ledgers.AUDITOR.name, ledgers.STRANGER.seed)),
            "signature",
        ),
        "by the ledger's keeper": (changed(report, KEEPER), "signature"),
        "of another kind": (
            attestation.sign(attestation.STORE_CHECK, unsigned, ledgers.AUDITOR),
            "signature",
        ),
        "changed after signing": (
            strict.canonical({**told, "exceptions": 0, "made_on": "2026-11-20"}),
            "signature",
        ),
        **_about_something_else(report),
    }


def _about_something_else(report: bytes) -> dict[str, tuple[bytes | None, str]]:
    """Reports that this auditor has signed, with fields that are not to be believed."""
    head = json.loads(report)["checkpoint"]
    return {
        "of another ledger": (
            changed(report, checkpoint={**head, "origin": "elsewhere.example/ledger"}),
            "other-ledger",
        ),
        "of a size that was never signed": (
            changed(report, checkpoint={**head, "size": head["size"] + 1}),
            "unknown-checkpoint",
        ),
        "of a larger tree": (
            changed(report, checkpoint={**head, "size": 2**53 - 1}),
            "unknown-checkpoint",
        ),
        "of another root": (
            changed(report, checkpoint={**head, "root": "ab" * 32}),
            "unknown-checkpoint",
        ),
        "with fewer than no exceptions": (changed(report, exceptions=-1), "report-malformed"),
        "with words for a number": (changed(report, exceptions="none"), "report-malformed"),
        "without a checkpoint": (changed(report, checkpoint=None), "report-malformed"),
        "with an odd root": (
            changed(report, checkpoint={**head, "root": "AB" * 32}),
            "report-malformed",
        ),
    }


def test_no_hostile_report_is_taken_in(
    desk: Desk, report: bytes, installation: Installation
) -> None:
    """Attack: a report that this auditor did not make, or not about this ledger."""
    before = rows(installation.book)
    found = {}
    for name, (content, expected) in hostile_reports(report).items():
        answer = hand_in(desk, "reports", content)
        assert answer.status_code == 400, name
        assert "Nothing was kept" in answer.text, name
        found[name] = outcome(answer) == expected or (outcome(answer), expected)
    assert {name: told for name, told in found.items() if told is not True} == {}
    assert rows(installation.book) == before


@pytest.mark.parametrize("what", ["reports", "cosignatures"])
def test_a_huge_file_is_refused_before_it_is_read(
    desk: Desk, installation: Installation, what: str
) -> None:
    """Attack: filling memory or disk through the form."""
    before = rows(installation.book)
    answer = hand_in(desk, what, bytes(LARGEST_HAND_IN + 1))
    assert answer.status_code == 413
    assert "too large" in answer.text
    assert rows(installation.book) == before


@pytest.mark.parametrize("person", ["chair", "secretary"])
def test_nobody_else_may_send_as_much(app: Flask, desk: Desk, person: str) -> None:
    """Attack: a large body to a form that is not for this person."""
    answer = hand_in(Desk(app, person), "reports", bytes(1_000_000))
    assert answer.status_code == 404
    assert desk.post("/sign-out", {"x": "y" * 300_000}).status_code == 413


def test_no_file_that_is_handed_in_touches_the_disk(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir(mode=0o500)
    monkeypatch.setattr("tempfile.tempdir", str(scratch / "gone"))
    assert hand_in(desk, "reports", b"x" * 3_000_000).status_code == 400


def test_a_cosigned_checkpoint_is_kept_and_shown(
    desk: Desk, installation: Installation, submitter: Submitter
) -> None:
    signed = ledgers.cosigned(installation)
    answer = hand_in(desk, "cosignatures", signed.to_bytes())
    assert (answer.status_code, outcome(answer)) == (200, "checkpoint-taken")
    assert "<code>auditor.example/grace</code>, up to 16 entries" in answer.text
    before = rows(installation.book)
    again = hand_in(desk, "cosignatures", signed.to_bytes())
    assert (again.status_code, outcome(again)) == (400, "checkpoint-known")
    assert rows(installation.book) == before


def hostile_checkpoints(installation: Installation) -> dict[str, tuple[bytes | None, str]]:
    """Files that are no checkpoint of this book which this auditor has cosigned."""
    ours = ledgers.cosigned(installation)
    head = checkpoint.parse(ours.text)

    def made(other: Checkpoint, keeper: Signer = KEEPER, *signers: Signer) -> bytes:
        everybody = (keeper, *(signers or (ledgers.AUDITOR,)))
        return Note(other.text, tuple(s.sign(other, ledgers.AT) for s in everybody)).to_bytes()

    by_keeper = Note(ours.text, ours.signatures[:1])
    wrong = replace(ours.signatures[1], signature=bytes(len(ours.signatures[1].signature)))
    return {
        "nothing": (None, "no-file"),
        "an empty file": (b"", "no-file"),
        "not a note": (b"a checkpoint\n", "checkpoint-malformed"),
        "not a checkpoint": (
            Note("words\n", ours.signatures).to_bytes(),
            "checkpoint-malformed",
        ),
        "a carriage return": (ours.to_bytes().replace(b"\n", b"\r\n"), "checkpoint-malformed"),
        "cosigned by nobody": (by_keeper.to_bytes(), "not-cosigned"),
        "cosigned by a stranger": (made(head, KEEPER, ledgers.STRANGER), "not-cosigned"),
        "not signed by the keeper": (
            Note(ours.text, ours.signatures[1:]).to_bytes(),
            "signature",
        ),
        "signed by another keeper": (
            made(head, Signer(KEEPER.name, ledgers.STRANGER.seed)),
            "signature",
        ),
        "a line that does not verify": (
            Note(ours.text, (ours.signatures[0], wrong)).to_bytes(),
            "signature",
        ),
        "of another ledger": (
            made(replace(head, origin="elsewhere.example/ledger"), ledgers.STRANGER),
            "other-ledger",
        ),
        "of a size that was never signed": (
            made(replace(head, size=head.size + 16)),
            "unknown-checkpoint",
        ),
        "of a fork": (made(replace(head, root=b"x" * 32)), "unknown-checkpoint"),
    }


def test_no_hostile_checkpoint_is_taken_in(
    desk: Desk, installation: Installation, submitter: Submitter
) -> None:
    """Attack: a cosignature by somebody else, or under a checkpoint that this book never signed."""
    before = rows(installation.book)
    found = {}
    for name, (content, expected) in hostile_checkpoints(installation).items():
        answer = hand_in(desk, "cosignatures", content)
        assert answer.status_code == 400, name
        assert "Nothing was kept" in answer.text, name
        found[name] = (outcome(answer), expected)
    assert {name: pair for name, pair in found.items() if pair[0] != pair[1]} == {}
    assert rows(installation.book) == before


def test_a_console_that_was_told_of_nobody_takes_nothing_in(
    app: Flask, desk: Desk, report: bytes, installation: Installation
) -> None:
    ledgers.believe(app)
    assert outcome(hand_in(desk, "reports", report)) == "signature"
    attach(app, replace(parts_of(app), policy=None))
    before = rows(installation.book)
    for what in ("reports", "cosignatures"):
        assert outcome(hand_in(desk, what, report)) == "no-policy"
    assert rows(installation.book) == before


def test_an_entry_that_cannot_be_written_leaves_nothing(
    desk: Desk, report: bytes, installation: Installation
) -> None:
    here().refuse(installation.url("book"), "pending_entries")
    assert hand_in(desk, "reports", report).status_code == 503
    assert entries(installation.book, "auditor.checked") == []


def test_a_policy_that_is_none_stops_the_start(installation: Installation) -> None:
    """Attack: a console that takes a spoilt policy for one that wants nobody."""
    spoilt = installation.folder / "policy.txt"
    spoilt.write_text("log nobody\nquorum none\n")
    environ = {**installation.environment(), "REVIEW_POLICY_FILE": str(spoilt)}
    with pytest.raises(SettingsRefused, match="REVIEW_POLICY_FILE"):
        create_app(Settings.from_environ(environ), "interactive")


def test_two_who_hand_in_the_same_report_at_once_make_one_entry(
    desk: Desk, report: bytes, installation: Installation
) -> None:
    def once(_number: int) -> str:
        try:
            take_report(
                installation.book,
                ledgers.rules(ledgers.AUDITOR),
                report,
                "auditor",
                committee.TODAY,
            )
        except HandInRefused as refused:
            return refused.reason
        return "taken"

    with ThreadPoolExecutor(4) as threads:
        found = sorted(threads.map(once, range(4)))
    assert found == ["report-known", "report-known", "report-known", "taken"]
    assert len(entries(installation.book, "auditor.checked")) == 1
