import datetime
import hashlib
import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import age, signing
from crypto.case import case_id, seal_grant
from crypto.errors import WrongIdentity
from crypto.exported import Opened, open_exported, readable, safe_name
from crypto.message import Message, Place, parse, seal
from crypto.strict import canonical
from tests import committee
from tests.crypto.exporting import (
    ALL,
    CASE_2,
    CHAIR,
    CONTENTS,
    FOLLOW_UP,
    ID,
    MESSAGES,
    NOTE,
    REPLY,
    STATE,
    SUBMISSION,
    SUBMITTER,
    UPLOAD,
    complaints_of,
    export,
    message,
    messages_in,
    opened_files,
    opened_of,
    write,
    zipped,
)


@pytest.fixture(scope="module")
def intact(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return export(tmp_path_factory.mktemp("intact") / "export")


@pytest.fixture
def exported(intact: Path, tmp_path: Path) -> Path:
    """A copy of the export to damage."""
    return Path(shutil.copytree(intact, tmp_path / "export"))


def test_a_folder_a_zip_and_one_case_alone_open_alike(intact: Path, tmp_path: Path) -> None:
    expected = Opened(ID, messages=5, attachments=2, closed=0, unverified=3)
    results = []
    for number, source in enumerate((intact, zipped(intact), intact / "cases" / ID)):
        out = tmp_path / str(number)
        assert opened_of(source, out) == expected
        assert [path.name for path in out.iterdir()] == [ID]
        results.append(opened_files(out))
    assert results[0] == results[1] == results[2]
    assert set(results[0]) == {
        *(f"messages/{name}.json" for name in ALL),
        "attachments/01-invoice 7.pdf",
        "attachments/02-_.._.ssh_authorized_keys",
    }
    assert results[0]["attachments/01-invoice 7.pdf"] == CONTENTS["invoice 7.pdf"]
    assert results[0]["attachments/02-_.._.ssh_authorized_keys"] == b"x" * 99


def test_a_message_reads_well_and_says_all_that_was_signed() -> None:
    text = readable(SUBMISSION)
    assert '"what": "é"' in text
    assert parse(canonical(json.loads(text))) == SUBMISSION


def test_opened_text_is_for_its_owner_only(intact: Path, tmp_path: Path) -> None:
    open_exported(intact, [CHAIR], tmp_path)
    assert (tmp_path / ID).stat().st_mode & 0o777 == 0o700


def test_a_second_identity_of_the_ring_will_do(intact: Path, tmp_path: Path) -> None:
    assert open_exported(intact, [committee.identity("counsel"), CHAIR], tmp_path).opened


def test_somebody_who_was_left_out_opens_nothing(intact: Path, tmp_path: Path) -> None:
    with pytest.raises(WrongIdentity):
        open_exported(intact, [committee.identity("counsel")], tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_case_that_is_there_already_is_not_touched(intact: Path, tmp_path: Path) -> None:
    write(tmp_path / ID / "mine", b"kept")
    assert complaints_of(intact, tmp_path) == [f"{tmp_path / ID}: is there already"]
    assert [path.name for path in tmp_path.iterdir()] == [ID]
    assert opened_files(tmp_path) == {"mine": b"kept"}


def test_of_several_cases_those_granted_open(exported: Path, tmp_path: Path) -> None:
    other = hashlib.sha256(b"other").hexdigest()
    grant = seal_grant(bytes(32), [committee.recipient("counsel")], 5)
    write(exported / f"cases/{other}/grants/1.age", grant)
    assert opened_of(exported, tmp_path / "out").case == ID


def test_one_bad_deposit_refuses_no_other_case(exported: Path, tmp_path: Path) -> None:
    """Anybody can send a deposit that does not check: it must not close the whole export."""
    bad = committee.identity("another case")
    other = case_id(bad.recipient.text)
    write(exported / f"cases/{other}/grants/1.age", seal_grant(bad.seed, [CHAIR.recipient], 5))
    write(
        exported / f"cases/{other}/envelopes/001-submission.age",
        age.seal(b"anything", [bad.recipient]),
    )
    found = complaints_of(exported, tmp_path / "out")
    assert [each.partition(": ")[0] for each in found] == [
        f"cases/{other}/envelopes/001-submission.age",
        f"cases/{other}",
    ]
    assert [path.name for path in (tmp_path / "out").iterdir()] == [ID]
    assert messages_in(tmp_path / "out") == ALL


def test_what_a_later_generation_keeps_closed_is_counted(exported: Path, tmp_path: Path) -> None:
    case = exported / "cases" / ID
    grant = seal_grant(CASE_2.seed, [committee.recipient("member-1")], 5)
    write(case / "grants/2.age", grant)
    later = message("follow-up", 3, FOLLOW_UP)
    write(case / "envelopes/006-follow-up.age", seal(later, CASE_2.recipient))
    report = opened_of(exported, tmp_path / "left")
    assert (report.messages, report.closed) == (5, 1)
    both = [CHAIR, committee.identity("member-1")]
    [report] = open_exported(exported, both, tmp_path / "both").opened
    assert (report.messages, report.closed) == (6, 0)


def test_a_grant_of_another_case_is_refused(exported: Path, tmp_path: Path) -> None:
    grant = seal_grant(committee.seed("other case"), [CHAIR.recipient], 5)
    write(exported / f"cases/{ID}/grants/1.age", grant)
    found = complaints_of(exported, tmp_path / "out")
    assert found == ["CASE/grants/1.age: the grant is another case's"]
    assert not (tmp_path / "out").exists()


def test_a_forged_submission_is_refused_and_so_is_what_hangs_on_it(tmp_path: Path) -> None:
    """Whoever holds the export knows the case recipient, and can seal anything to it."""
    forger = committee.seed("forger")
    forged = replace(
        SUBMISSION,
        mailbox=committee.recipient("forger").text,
        submitter_key=signing.verify_key(forger),
    ).sign(forger, case_seed=committee.seed("a guess"))
    source = export(tmp_path / "export", (forged, STATE, NOTE))
    found = complaints_of(source, tmp_path / "out")
    assert found == [
        "CASE/envelopes/001-submission.age: this is not the expected signature of a case",
        "CASE: the submission is missing",
    ]
    assert messages_in(tmp_path / "out") == ["002-state", "003-note"]


def test_a_submission_under_a_later_generation_is_refused(exported: Path, tmp_path: Path) -> None:
    case = exported / "cases" / ID
    write(case / "grants/2.age", seal_grant(CASE_2.seed, [CHAIR.recipient], 5))
    plain = replace(SUBMISSION, signature=b"")
    forged = plain.sign(SUBMITTER, case_seed=CASE_2.seed)
    write(case / "envelopes/001-submission.age", seal(forged, CASE_2.recipient))
    found = complaints_of(exported, tmp_path / "out")
    assert "001-submission.age: this is not the expected signature of a case" in found[0]


def test_an_envelope_moved_here_from_elsewhere_is_refused(exported: Path, tmp_path: Path) -> None:
    sealed = seal(NOTE, committee.recipient("other case"))
    write(exported / f"cases/{ID}/envelopes/005-note.age", sealed)
    [found] = complaints_of(exported, tmp_path / "out")
    assert found.startswith("CASE/envelopes/005-note.age: ")
    assert messages_in(tmp_path / "out") == ALL[:-1]


MOVED = {
    "another case": replace(NOTE.place, case="0" * 64),
    "another installation": replace(NOTE.place, installation="0" * 32),
}


@pytest.mark.parametrize("place", MOVED.values(), ids=MOVED)
def test_a_message_for_another_place_is_refused(place: Place, tmp_path: Path) -> None:
    moved = message("note", 1, None, place=place)
    source = export(tmp_path / "export", (*MESSAGES[:-1], moved))
    [found] = complaints_of(source, tmp_path / "out")
    assert found.startswith("CASE/envelopes/005-note.age: the message ")
    assert messages_in(tmp_path / "out") == ALL[:-1]


BROKEN: dict[str, tuple[tuple[Message, ...], list[str], list[str]]] = {
    "a follow-up is missing before another": (
        (SUBMISSION, message("follow-up", 4, FOLLOW_UP)),
        ["CASE: messages 2 to 3 of the submitter thread are missing"],
        ["001-submission", "002-follow-up"],
    ),
    "a reply is missing": (
        (SUBMISSION, REPLY),
        ["CASE: message 1 of the committee thread is missing"],
        ["001-submission", "002-reply"],
    ),
    "the submission is missing": (
        (STATE, FOLLOW_UP),
        [
            "CASE: the submission is missing",
            "CASE/envelopes/002-follow-up.age: "
            "without the submission nobody knows who may have signed it",
        ],
        ["001-state"],
    ),
    "one place twice": (
        (SUBMISSION, NOTE, message("note", 1, None, lang="de")),
        [
            "CASE/envelopes/002-note.age: another message claims the same place",
            "CASE/envelopes/003-note.age: another message claims the same place",
        ],
        ["001-submission"],
    ),
    "a copy": (
        (SUBMISSION, NOTE, NOTE),
        ["CASE/envelopes/003-note.age: the same message is there already"],
        ["001-submission", "002-note"],
    ),
    "another message before": (
        (SUBMISSION, STATE, message("reply", 2, NOTE)),
        ["CASE/envelopes/003-reply.age: the message belongs to another place"],
        ["001-submission", "002-state"],
    ),
    "a number that nobody counts to": (
        (SUBMISSION, message("note", 2**53 - 1, NOTE)),
        ["CASE: messages 1 to 9007199254740990 of the notes thread are missing"],
        ["001-submission", "002-note"],
    ),
}


@pytest.mark.parametrize(("messages", "expected", "left"), BROKEN.values(), ids=BROKEN)
def test_a_gap_or_a_fork_of_a_thread_is_named(
    messages: tuple[Message, ...], expected: list[str], left: list[str], tmp_path: Path
) -> None:
    source = export(tmp_path / "export", messages)
    assert complaints_of(source, tmp_path / "out") == expected
    assert messages_in(tmp_path / "out") == left


def test_a_follow_up_of_somebody_else_is_refused(tmp_path: Path) -> None:
    plain = message("follow-up", 2, SUBMISSION)
    forged = replace(plain, signature=b"").sign(committee.seed("somebody else"))
    source = export(tmp_path / "export", (SUBMISSION, forged, FOLLOW_UP))
    [found] = complaints_of(source, tmp_path / "out")
    assert found.startswith("CASE/envelopes/002-follow-up.age: this is not the expected signature")
    assert messages_in(tmp_path / "out") == ["001-submission", "003-follow-up"]


def test_an_envelope_named_as_another_kind_is_refused(exported: Path, tmp_path: Path) -> None:
    envelopes = exported / f"cases/{ID}/envelopes"
    (envelopes / "005-note.age").rename(envelopes / "005-reply.age")
    [found] = complaints_of(exported, tmp_path / "out")
    assert found.endswith("005-reply.age: the message is of another kind than its name says")


def test_a_damaged_file_is_named_and_the_rest_written(exported: Path, tmp_path: Path) -> None:
    for number, path in enumerate(sorted((exported / "cases").rglob("*.age"))):
        intact = path.read_bytes()
        path.write_bytes(intact[:-1] + bytes([intact[-1] ^ 1]))
        out = tmp_path / str(number)
        name = path.relative_to(exported / f"cases/{ID}").as_posix()
        assert complaints_of(exported, out)[0].startswith(f"CASE/{name}: ")
        # Without the submission, nobody knows whose the follow-up is.
        lost = {"grants": 5, "envelopes": 2 if "submission" in name else 1, "slices": 0}
        left = len(messages_in(out)) if out.exists() else 0
        assert left == 5 - lost[name.partition("/")[0]]
        path.write_bytes(intact)


def test_a_sealed_file_in_no_place_is_named(exported: Path, tmp_path: Path) -> None:
    envelopes = exported / f"cases/{ID}/envelopes"
    (envelopes / "005-note.age").rename(envelopes / "5-note.age")
    [found] = complaints_of(exported, tmp_path / "out")
    assert found == "CASE/envelopes/5-note.age: a sealed file in a place that has none"


def test_a_missing_slice_costs_one_attachment(exported: Path, tmp_path: Path) -> None:
    (exported / f"cases/{ID}/slices/{UPLOAD}/0.age").unlink()
    missing = "attachment 1 of the message is missing or damaged"
    assert complaints_of(exported, tmp_path / "out") == [
        f"CASE/envelopes/001-submission.age: {missing}"
    ]
    [saved] = (tmp_path / "out" / ID / "attachments").iterdir()
    assert saved.name == "01-_.._.ssh_authorized_keys"


def test_slices_that_no_message_names_are_not_taken_for_the_files(
    exported: Path, tmp_path: Path
) -> None:
    folder = exported / f"cases/{ID}/slices/{UPLOAD}"
    first, second = (folder / f"{index}.age" for index in (0, 1))
    sealed = first.read_bytes()
    first.write_bytes(second.read_bytes())
    second.write_bytes(sealed)
    found = complaints_of(exported, tmp_path / "out")
    assert [each.split(": ")[1] for each in found] == [
        "attachment 1 of the message is missing or damaged",
        "attachment 2 of the message is missing or damaged",
    ]
    assert list((tmp_path / "out" / ID / "attachments").iterdir()) == []


@given(st.text(max_size=300))
def test_a_file_from_a_submission_always_lands_inside_the_chosen_folder(name: str) -> None:
    safe = safe_name(name)
    folder = Path("/chosen/attachments")
    target = folder / f"01-{safe}"
    assert target.parent == folder
    assert target.resolve().parent == folder.resolve()
    assert 0 < len(target.name.encode()) < 200
    assert all(c.isalnum() or c in " ._-" for c in safe)
    assert safe not in (".", "..")
    assert not safe.startswith(".")
    assert safe_name(safe) == safe


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("invoice.pdf", "invoice.pdf"),
        ("Prüfung 2026 (final).docx", "Prüfung 2026 _final_.docx"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("C:\\Users\\me\\notes.txt", "C__Users_me_notes.txt"),
        ("gpj.\u202eexe", "gpj._exe"),
        ("..", "file"),
        ("", "file"),
        ("a" * 300 + ".pdf", "a" * 116 + ".pdf"),
        ("file\x00.txt", "file_.txt"),
        ("u\u0308ber.txt", "über.txt"),
        (".bashrc", "bashrc"),
    ],
)
def test_names_stay_readable(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_the_day_of_a_message_is_kept() -> None:
    assert datetime.date.fromisoformat(json.loads(readable(STATE))["on"]) == committee.TODAY
