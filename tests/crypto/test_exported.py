import datetime
import hashlib
import json
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import age, signing
from crypto.case import case_id, seal_grant
from crypto.errors import (
    CryptoError,
    InvalidSignature,
    PayloadTampered,
    WrongIdentity,
    WrongPlace,
)
from crypto.exported import Opened, open_exported, readable, safe_name
from crypto.identity import Identity
from crypto.message import Attachment, Message, Place, parse, seal
from crypto.padding import SlicePadder
from crypto.recipient import Recipient
from crypto.strict import canonical
from tests import committee

CASE = Identity.from_seed(committee.seed("case"))
CASE_2 = Identity.from_seed(committee.seed("case, second generation"))
ID = case_id(CASE.recipient.text)
SUBMITTER = committee.seed("submitter")
UPLOAD = hashlib.sha256(b"upload").hexdigest()
CONTENTS = {"invoice 7.pdf": b"%PDF-1.7 what was billed", "../../.ssh/authorized_keys": b"x" * 99}
CHAIR = committee.identity("chair")


def message(kind: str, n: int, before: Message | None, **changes: object) -> Message:
    bodies: dict[str, dict[str, str | bool | None]] = {
        "submission": {
            **dict.fromkeys(("what", "when", "where", "who", "how", "told", "hope"), "é"),
            "kind": "concern",
            "relation": "employee",
            "ongoing": "unknown",
            "reply_wanted": True,
        },
        "state": {"state": "reading", "next_on": None},
    }
    plain = Message(
        kind=kind,
        place=Place(committee.INSTALLATION, ID, n, before.digest if before else None),
        roster=committee.roster().hash,
        on=committee.TODAY,
        lang="en",
        body=bodies.get(kind, {"text": "thank you"}),
        sealed_in="browser",
    )
    if kind == "submission":
        plain = replace(
            plain,
            mailbox=committee.recipient("mailbox").text,
            submitter_key=signing.verify_key(SUBMITTER),
        )
    signer = SUBMITTER if kind in ("submission", "follow-up") else committee.signing_seed("chair")
    changed = replace(plain, **changes)  # type: ignore[arg-type]
    return changed.sign(signer, case_seed=CASE.seed if kind == "submission" else None)


def padded(content: bytes) -> list[bytes]:
    padder = SlicePadder()
    return [*padder.feed(content), *padder.finish()]


def attachments() -> tuple[tuple[Attachment, ...], list[bytes]]:
    """The attachments of the submission, and all slices of its upload."""
    found: list[Attachment] = []
    slices: list[bytes] = []
    for name, content in CONTENTS.items():
        pieces = padded(content)
        digests = b"".join(hashlib.sha256(piece).digest() for piece in pieces)
        found.append(
            Attachment(
                name=name,
                type="application/pdf",
                size=len(content),
                first=len(slices),
                count=len(pieces),
                sha256=hashlib.sha256(digests).hexdigest(),
            )
        )
        slices += pieces
    return tuple(found), slices


ATTACHMENTS, SLICES = attachments()
SUBMISSION = message("submission", 1, None, attachments=ATTACHMENTS)
STATE = message("state", 1, None)
REPLY = message("reply", 2, STATE)
FOLLOW_UP = message("follow-up", 2, SUBMISSION)
NOTE = message("note", 1, None)
MESSAGES = (SUBMISSION, STATE, REPLY, FOLLOW_UP, NOTE)


def write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def export(
    folder: Path, messages: tuple[Message, ...] = MESSAGES, to: Recipient = CASE.recipient
) -> Path:
    """A folder as `underrose export` lays it out."""
    case = folder / "cases" / ID
    write(case / "grants/1.age", seal_grant(CASE.seed, [CHAIR.recipient], 5))
    for number, each in enumerate(messages, start=1):
        write(case / f"envelopes/{number:03}-{each.kind}.age", seal(each, to))
    for index, piece in enumerate(SLICES):
        write(case / f"slices/{UPLOAD}/{index}.age", age.seal(piece, [to]))
    write(folder / "manifest.json", b"{}")
    return folder


def zipped(folder: Path) -> Path:
    path = folder.with_suffix(".zip")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for each in folder.rglob("*"):
            file.write(each, each.relative_to(folder))
    return path


@pytest.fixture(scope="module")
def intact(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return export(tmp_path_factory.mktemp("intact") / "export")


@pytest.fixture
def exported(intact: Path, tmp_path: Path) -> Path:
    """A copy of the export to damage."""
    return Path(shutil.copytree(intact, tmp_path / "export"))


def opened_files(out: Path) -> dict[str, bytes]:
    case = out / ID
    return {
        path.relative_to(case).as_posix(): path.read_bytes()
        for path in case.rglob("*")
        if path.is_file()
    }


def test_a_folder_a_zip_and_one_case_alone_open_alike(intact: Path, tmp_path: Path) -> None:
    expected = [Opened(ID, messages=5, attachments=2, closed=0, unverified=3)]
    results = []
    for number, source in enumerate((intact, zipped(intact), intact / "cases" / ID)):
        out = tmp_path / str(number)
        assert open_exported(source, [CHAIR], out) == expected
        assert [path.name for path in out.iterdir()] == [ID]
        results.append(opened_files(out))
    assert results[0] == results[1] == results[2]
    assert set(results[0]) == {
        "messages/001-submission.json",
        "messages/002-state.json",
        "messages/003-reply.json",
        "messages/004-follow-up.json",
        "messages/005-note.json",
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
    assert open_exported(intact, [committee.identity("counsel"), CHAIR], tmp_path)


def assert_refused(source: Path, out: Path, error: type[CryptoError], message: str = ".") -> None:
    with pytest.raises(error, match=message):
        open_exported(source, [CHAIR], out)
    assert not out.exists()


def test_somebody_who_was_left_out_opens_nothing(intact: Path, tmp_path: Path) -> None:
    with pytest.raises(WrongIdentity):
        open_exported(intact, [committee.identity("counsel")], tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_case_that_is_there_already_is_not_touched(intact: Path, tmp_path: Path) -> None:
    write(tmp_path / ID / "mine", b"kept")
    with pytest.raises(FileExistsError):
        open_exported(intact, [CHAIR], tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [ID]
    assert opened_files(tmp_path) == {"mine": b"kept"}


def test_of_several_cases_those_granted_open(exported: Path, tmp_path: Path) -> None:
    other = hashlib.sha256(b"other").hexdigest()
    grant = seal_grant(bytes(32), [committee.recipient("counsel")], 5)
    write(exported / f"cases/{other}/grants/1.age", grant)
    assert [case.case for case in open_exported(exported, [CHAIR], tmp_path / "out")] == [ID]


def test_what_a_later_generation_keeps_closed_is_counted(exported: Path, tmp_path: Path) -> None:
    case = exported / "cases" / ID
    grant = seal_grant(CASE_2.seed, [committee.recipient("member-1")], 5)
    write(case / "grants/2.age", grant)
    later = message("follow-up", 3, FOLLOW_UP)
    write(case / "envelopes/006-follow-up.age", seal(later, CASE_2.recipient))
    [report] = open_exported(exported, [CHAIR], tmp_path / "left")
    assert (report.messages, report.closed) == (5, 1)
    both = [CHAIR, committee.identity("member-1")]
    [report] = open_exported(exported, both, tmp_path / "both")
    assert (report.messages, report.closed) == (6, 0)


def test_a_grant_of_another_case_is_refused(exported: Path, tmp_path: Path) -> None:
    grant = seal_grant(committee.seed("other case"), [CHAIR.recipient], 5)
    write(exported / f"cases/{ID}/grants/1.age", grant)
    assert_refused(exported, tmp_path / "out", WrongPlace, "another case's")


def test_an_envelope_moved_here_from_elsewhere_is_refused(exported: Path, tmp_path: Path) -> None:
    sealed = seal(NOTE, committee.recipient("other case"))
    write(exported / f"cases/{ID}/envelopes/005-note.age", sealed)
    assert_refused(exported, tmp_path / "out", WrongIdentity)


MOVED = {
    "another case": replace(NOTE.place, case="0" * 64),
    "another installation": replace(NOTE.place, installation="0" * 32),
    "a later place": replace(NOTE.place, n=2, previous="0" * 64),
}


@pytest.mark.parametrize("place", MOVED.values(), ids=MOVED)
def test_a_message_for_another_place_is_refused(place: Place, tmp_path: Path) -> None:
    moved = message("note", 1, None, place=place)
    source = export(tmp_path / "export", (*MESSAGES[:-1], moved))
    assert_refused(source, tmp_path / "out", WrongPlace)


BROKEN = {
    "a follow-up is missing before another": (
        SUBMISSION,
        message("follow-up", 3, FOLLOW_UP),
    ),
    "the submission is missing": (STATE,),
    "a reply is missing": (SUBMISSION, REPLY),
    "one place twice": (SUBMISSION, NOTE, message("note", 1, None, lang="de")),
    "another message before": (SUBMISSION, STATE, message("reply", 2, NOTE)),
}


@pytest.mark.parametrize("messages", BROKEN.values(), ids=BROKEN)
def test_a_thread_with_a_gap_or_a_fork_is_refused(
    messages: tuple[Message, ...], tmp_path: Path
) -> None:
    assert_refused(export(tmp_path / "export", messages), tmp_path / "out", WrongPlace)


def test_a_follow_up_of_somebody_else_is_refused(tmp_path: Path) -> None:
    plain = message("follow-up", 2, SUBMISSION)
    forged = replace(plain, signature=b"").sign(committee.seed("somebody else"))
    source = export(tmp_path / "export", (SUBMISSION, forged))
    assert_refused(source, tmp_path / "out", InvalidSignature)


def test_an_envelope_named_as_another_kind_is_refused(exported: Path, tmp_path: Path) -> None:
    envelopes = exported / f"cases/{ID}/envelopes"
    (envelopes / "005-note.age").rename(envelopes / "005-reply.age")
    assert_refused(exported, tmp_path / "out", WrongPlace, "another kind")


def test_a_damaged_file_is_named_and_nothing_is_written(exported: Path, tmp_path: Path) -> None:
    for path in sorted((exported / "cases").rglob("*.age")):
        intact = path.read_bytes()
        path.write_bytes(intact[:-1] + bytes([intact[-1] ^ 1]))
        with pytest.raises(PayloadTampered) as caught:
            open_exported(exported, [CHAIR], tmp_path / "out")
        assert caught.value.__notes__ == [path.relative_to(exported).as_posix()]
        assert not (tmp_path / "out").exists()
        path.write_bytes(intact)


def test_a_missing_slice_is_noticed(exported: Path, tmp_path: Path) -> None:
    (exported / f"cases/{ID}/slices/{UPLOAD}/0.age").unlink()
    assert_refused(exported, tmp_path / "out", WrongPlace, "slice 0")


def test_slices_that_no_message_names_are_not_taken_for_the_files(
    exported: Path, tmp_path: Path
) -> None:
    folder = exported / f"cases/{ID}/slices/{UPLOAD}"
    first, second = (folder / f"{index}.age" for index in (0, 1))
    sealed = first.read_bytes()
    first.write_bytes(second.read_bytes())
    second.write_bytes(sealed)
    assert_refused(exported, tmp_path / "out", WrongPlace, "files of message 001-submission")


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
