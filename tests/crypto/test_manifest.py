"""An export against its own manifest and rosters: what is lost, changed, extra or forged."""

from dataclasses import replace
from pathlib import Path

import pytest

from crypto import signing
from crypto.exported import Opened
from crypto.message import seal
from tests import committee
from tests.crypto.exporting import (
    ALL,
    CASE,
    FOLLOW_UP,
    ID,
    MESSAGES,
    NOTE,
    STATE,
    SUBMISSION,
    complaints_of,
    export,
    message,
    messages_in,
    opened_of,
    with_manifest,
    write,
)


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    """An export to damage, as yet without a manifest."""
    return export(tmp_path / "export")


def test_an_export_as_it_was_written_has_nothing_amiss(exported: Path, tmp_path: Path) -> None:
    report = opened_of(with_manifest(exported), tmp_path / "out", committee.ROOT_KEY)
    assert report == Opened(ID, messages=5, attachments=2, closed=0, unverified=0)


def test_messages_cut_off_the_end_of_a_thread_are_missed(exported: Path, tmp_path: Path) -> None:
    with_manifest(exported)
    envelopes = exported / f"cases/{ID}/envelopes"
    for name in ("003-reply", "005-note"):
        (envelopes / f"{name}.age").unlink()
    missing = "the manifest names it, and it is missing"
    assert complaints_of(exported, tmp_path / "out") == [
        f"CASE/envelopes/003-reply.age: {missing}",
        f"CASE/envelopes/005-note.age: {missing}",
        "CASE: message 2 of the committee thread is missing",
        "CASE: message 1 of the notes thread is missing",
    ]
    assert messages_in(tmp_path / "out") == ["001-submission", "002-state", "004-follow-up"]


def test_a_head_that_is_missing_shows_though_no_file_does(tmp_path: Path) -> None:
    """The book named a message that the export does not have, and did not list its file."""
    short = (*MESSAGES[:2], *MESSAGES[3:])
    source = with_manifest(export(tmp_path / "export", short), MESSAGES)
    assert complaints_of(source, tmp_path / "out") == [
        "CASE: message 2 of the committee thread is missing"
    ]


def test_other_ends_than_the_manifest_names_are_told(tmp_path: Path) -> None:
    other = message("note", 1, None, lang="de")
    source = with_manifest(export(tmp_path / "export"), (SUBMISSION, STATE, FOLLOW_UP, other))
    assert complaints_of(source, tmp_path / "out") == [
        "CASE: the committee thread goes on after the end that the manifest names",
        "CASE: message 1 of the notes thread is not the one in the manifest",
    ]


def test_files_changed_or_added_after_the_export_are_told(exported: Path, tmp_path: Path) -> None:
    with_manifest(exported)
    case = exported / "cases" / ID
    write(case / "envelopes/005-note.age", seal(NOTE, CASE.recipient))
    write(case / "readme\x1b[2J.txt", b"")
    assert complaints_of(exported, tmp_path / "out") == [
        "CASE/readme?[2J.txt: the manifest does not name it",
        "CASE/envelopes/005-note.age: it is not as it was exported",
    ]
    assert messages_in(tmp_path / "out") == ALL


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b'{"v":1}', b"\xff" * 100])
def test_a_manifest_that_is_none_is_told(exported: Path, tmp_path: Path, data: bytes) -> None:
    write(exported / "manifest.json", data)
    [found] = complaints_of(exported, tmp_path / "out")
    assert found.startswith("manifest.json: ")
    assert messages_in(tmp_path / "out") == ALL


def test_with_the_root_key_only_readers_of_the_roster_may_have_signed(tmp_path: Path) -> None:
    unsigned = replace(message("note", 1, None), signature=b"")
    forged = unsigned.sign(committee.seed("somebody else"))
    source = with_manifest(
        export(tmp_path / "export", (SUBMISSION, forged, NOTE)), (SUBMISSION, NOTE)
    )
    assert complaints_of(source, tmp_path / "out", committee.ROOT_KEY) == [
        "CASE/envelopes/002-note.age: none of the readers of the roster signed this"
    ]
    assert messages_in(tmp_path / "out") == ["001-submission", "003-note"]


def test_a_roster_of_another_root_key_makes_nobody_a_reader(tmp_path: Path) -> None:
    source = with_manifest(export(tmp_path / "export"))
    other = signing.verify_key(committee.seed("another root"))
    found = complaints_of(source, tmp_path / "out", other)
    assert found[0].startswith(f"rosters/{committee.roster().hash}.json: ")
    lacking = "the export lacks the roster that the message names"
    assert [f"CASE/envelopes/{name}.age: {lacking}" for name in ALL if name[4:] != "follow-up"][
        1:
    ] == [each for each in found if each.endswith(lacking)]
    assert messages_in(tmp_path / "out") == ["001-submission", "004-follow-up"]


def test_a_roster_under_the_name_of_another_is_refused(tmp_path: Path) -> None:
    source = with_manifest(export(tmp_path / "export"))
    (name,) = (source / "rosters").iterdir()
    other = committee.next_roster(committee.roster())
    write(name, other.document)
    found = complaints_of(source, tmp_path / "out", committee.ROOT_KEY)
    assert "the roster has another hash than its name says" in found[1]
    assert messages_in(tmp_path / "out") == ["001-submission", "004-follow-up"]
