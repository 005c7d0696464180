"""Exports: everything that was sent and nothing else, never over another file."""

import errno
import hashlib
import json
import os
import stat
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from crypto.archive import read_archive
from crypto.errors import WrongIdentity
from crypto.exported import Opened, open_exported
from review.casework.course import Step
from review.errors import ExportRefused
from review.export import Exported, export, reserved
from review.store.database import writing
from review.store.schema import envelopes, shred_keys
from tests import committee
from tests.browser.installation import Installation
from tests.browser.submitter import Submitter
from tests.review.collecting import close, collector_of, console
from tests.review.desk import sealed_form
from tests.review.tables import entries, rows
from tests.review.web.course import Course

pytestmark = pytest.mark.stores


def run(installation: Installation, wanted: list[str] | None, out: Path) -> Exported:
    here = collector_of(installation)
    try:
        return export(here.book, here.shred, here.locksmith, wanted, out, committee.TODAY)
    finally:
        close(here)


def write_to(installation: Installation, submitter: Submitter) -> None:
    """A reply, a step that the submitter is told of, and a note of the chair."""
    desk = console(installation)
    course = Course(desk.app, submitter, {"chair": desk})
    course.reply()
    form = sealed_form(desk.app, submitter, "state", state="reading", next_on=None)
    told = {f"state_{name}": value for name, value in form.items()}
    assert course.send(course.act(Step.GIVE_FEEDBACK), "chair", told).status_code == 204
    desk.post(f"/cases/{submitter.case_id}/notes", sealed_form(desk.app, submitter, "note"))


def test_an_exported_case_opens_with_an_identity_and_nothing_else(
    installation: Installation, submitter: Submitter, tmp_path: Path
) -> None:
    write_to(installation, submitter)
    out = tmp_path / "case.zip"
    assert run(installation, [submitter.case_id], out) == Exported([submitter.case_id])
    outcome = open_exported(
        out, [committee.identity("member-1")], tmp_path / "opened", committee.ROOT_KEY
    )
    assert outcome.complaints == []
    assert outcome.opened == [Opened(submitter.case_id, 5, 1, closed=0, unverified=0)]
    saved = list((tmp_path / "opened" / submitter.case_id / "attachments").iterdir())
    assert [path.read_bytes() for path in saved] == [b"Order 4711\n"]


def test_an_exported_case_is_closed_to_the_excluded(
    installation: Installation, hidden: Submitter, tmp_path: Path
) -> None:
    out = tmp_path / "case.zip"
    run(installation, [hidden.case_id], out)
    with pytest.raises(WrongIdentity):
        open_exported(out, [committee.identity("member-2")], tmp_path / "opened")


def test_an_export_holds_age_files_in_their_places_and_what_explains_them(
    installation: Installation, submitter: Submitter, hidden: Submitter, tmp_path: Path
) -> None:
    write_to(installation, submitter)
    out = tmp_path / "all.zip"
    assert len(run(installation, None, out).cases) == 2
    with zipfile.ZipFile(out) as archive:
        names = [name for name in archive.namelist() if name.startswith("cases/")]
        assert set(archive.namelist()) - set(names) == {
            "manifest.json",
            f"rosters/{installation.roster.hash}.json",
        }
        told = archive.read("manifest.json")
        assert all(archive.read(name).startswith(b"age-encryption.org/v1\n") for name in names)
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    mine = sorted(name.removeprefix(f"cases/{submitter.case_id}/") for name in names)
    assert [name for name in mine if not name.startswith(("cases/", "slices/"))] == [
        "envelopes/001-submission.age",
        "envelopes/002-follow-up.age",
        "envelopes/003-reply.age",
        "envelopes/004-state.age",
        "envelopes/005-note.age",
        "grants/1.age",
    ]
    assert len([name for name in mine if name.startswith("slices/")]) == 1
    with read_archive(out) as read:
        assert {case.id for case in read.cases()} == {submitter.case_id, hidden.case_id}
    assert b"member-2" not in told
    assert stat.S_IMODE(out.stat().st_mode) == 0o600


def test_every_exported_case_has_an_entry_that_names_the_file(
    installation: Installation, submitter: Submitter, hidden: Submitter, tmp_path: Path
) -> None:
    out = tmp_path / "all.zip"
    run(installation, None, out)
    found = entries(installation.book, "exported")
    assert {row.case_id for row in found} == {submitter.case_id, hidden.case_id}
    digest = hashlib.sha256(out.read_bytes()).hexdigest()
    assert [json.loads(row.data) for row in found] == [{"bundle": digest, "reader": "case"}] * 2


def test_nothing_is_written_over_and_nothing_left_behind(
    installation: Installation, submitter: Submitter, tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    there = folder / "there.zip"
    there.write_bytes(b"mine")
    before = rows(installation.book)
    refused = [
        ([submitter.case_id], there),
        (["ab" * 32], folder / "unknown.zip"),
        ([submitter.case_id, "../x"], folder / "odd.zip"),
        ([submitter.case_id], folder / "none" / "x.zip"),
    ]
    for wanted, out in refused:
        with pytest.raises(ExportRefused):
            run(installation, wanted, out)
    assert [path.name for path in folder.iterdir()] == ["there.zip"]
    assert there.read_bytes() == b"mine"
    assert rows(installation.book) == before


def test_what_an_earlier_run_left_is_not_ours_to_remove(
    installation: Installation, submitter: Submitter, tmp_path: Path
) -> None:
    left = tmp_path / ".case.zip.partial"
    left.write_bytes(b"half")
    run(installation, [submitter.case_id], tmp_path / "case.zip")
    assert left.read_bytes() == b"half"


def test_a_file_that_comes_in_between_is_not_replaced(tmp_path: Path) -> None:
    out = tmp_path / "case.zip"

    def come_between() -> None:
        with reserved(out):
            out.unlink()
            out.write_bytes(b"mine")

    with pytest.raises(ExportRefused, match="another file"):
        come_between()
    assert out.read_bytes() == b"mine"
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".partial"] == []


def test_no_hard_link_is_needed(
    installation: Installation,
    submitter: Submitter,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Memory sticks have file systems without them."""

    def refuse(*_arguments: object, **_options: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    out = tmp_path / "case.zip"
    run(installation, [submitter.case_id], out)
    assert zipfile.is_zipfile(out)
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert out.stat().st_nlink == 1


def destroy(installation: Installation, case_id: str) -> None:
    here = collector_of(installation)
    with writing(here.shred) as connection:
        connection.execute(delete(shred_keys).where(shred_keys.c.case_id == case_id))
    close(here)


def test_a_destroyed_case_stops_no_other(
    installation: Installation, submitter: Submitter, hidden: Submitter, tmp_path: Path
) -> None:
    destroy(installation, submitter.case_id)
    done = run(installation, None, tmp_path / "all.zip")
    assert done == Exported([hidden.case_id], skipped=[submitter.case_id])
    assert [row.case_id for row in entries(installation.book, "exported")] == [hidden.case_id]
    with pytest.raises(ExportRefused, match="gone"):
        run(installation, [submitter.case_id], tmp_path / "one.zip")
    destroy(installation, hidden.case_id)
    with pytest.raises(ExportRefused, match="gone"):
        run(installation, None, tmp_path / "none.zip")
    assert [path.name for path in tmp_path.glob("*.zip")] == ["all.zip"]


def test_a_damaged_row_is_left_out_and_missed_when_the_export_is_opened(
    installation: Installation, submitter: Submitter, tmp_path: Path
) -> None:
    with writing(installation.book) as connection:
        connection.execute(
            update(envelopes).where(envelopes.c.kind == "follow-up").values(sealed=b"damaged")
        )
    out = tmp_path / "case.zip"
    done = run(installation, [submitter.case_id], out)
    name = f"cases/{submitter.case_id}/envelopes/002-follow-up.age"
    assert done == Exported([submitter.case_id], damaged=[name])
    outcome = open_exported(out, [committee.identity("chair")], tmp_path / "opened")
    assert [str(each) for each in outcome.complaints] == [
        f"cases/{submitter.case_id}: message 2 of the submitter thread is missing"
    ]


def test_an_empty_book_gives_no_file(installation: Installation, tmp_path: Path) -> None:
    with pytest.raises(ExportRefused, match="no case"):
        run(installation, None, tmp_path / "all.zip")
