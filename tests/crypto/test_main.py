import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from crypto import age, strict
from crypto.__main__ import main
from crypto.case import seal_grant
from crypto.identity import Identity, read_identity_file
from crypto.stream import CHUNK_SIZE
from tests import committee
from tests.crypto.exporting import ID, export, with_manifest

IDENTITY = Identity.from_seed(bytes(range(32)))
RECIPIENT = IDENTITY.recipient.text
COMMAND = [sys.executable, "-m", "crypto"]


@pytest.fixture
def key(tmp_path: Path) -> str:
    """The path of an identity file."""
    path = tmp_path / "key"
    path.write_text(f"# a comment\n{IDENTITY.text}\n")
    return str(path)


def run(
    repository: Path, *arguments: str | Path, data: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    """The command in a process of its own, without a terminal."""
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        input=data,
        capture_output=True,
        cwd=repository,
        start_new_session=True,
    )


def refusal(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> str:
    """What a command prints that ends with status 1: one plain line, perhaps with a hint."""
    assert main([str(argument) for argument in arguments]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    line, *hints = printed.err.splitlines()
    assert line.startswith("crypto: ")
    assert not line.endswith(".")
    assert all(hint.startswith("hint: ") for hint in hints)
    assert len(hints) <= 1
    return printed.err


def test_keygen_writes_an_identity_for_its_owner_only(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "key"
    assert main(["keygen", "-o", str(path)]) == 0
    [identity] = read_identity_file(path.read_bytes())
    assert capsys.readouterr().out == identity.recipient.text + "\n"
    assert path.stat().st_mode & 0o777 == 0o600


def test_keygen_never_replaces_an_identity(key: str, capsys: pytest.CaptureFixture[str]) -> None:
    before = Path(key).read_bytes()
    assert "file exists" in refusal(capsys, "keygen", "-o", key)
    assert Path(key).read_bytes() == before


def test_keygen_without_a_file_prints_an_identity_file(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["keygen"]) == 0
    printed = capsys.readouterr().out
    [identity] = read_identity_file(printed.encode())
    assert f"# recipient: {identity.recipient.text}\n" in printed


def test_a_file_is_sealed_and_opened_through_pipes(repository: Path, key: str) -> None:
    plaintext = os.urandom(3 * CHUNK_SIZE)
    sealed = run(repository, "seal", "-r", RECIPIENT, data=plaintext)
    assert sealed.returncode == 0
    assert sealed.stderr == b""
    opened = run(repository, "open", "-i", key, "-", data=sealed.stdout)
    assert (opened.returncode, opened.stderr) == (0, b"")
    assert opened.stdout == plaintext


def test_a_file_is_sealed_and_opened_by_name(tmp_path: Path, key: str) -> None:
    plain, sealed, opened = (tmp_path / name for name in ("plain", "sealed", "opened"))
    plain.write_bytes(b"what happened")
    other = Identity.generate().recipient.text
    names = ["-o", str(sealed), str(plain)]
    assert main(["seal", "-r", other, "-r", RECIPIENT, *names]) == 0
    assert len(sealed.read_bytes()) == age.sealed_size(13, 2)
    assert main(["open", "-i", key, "-o", str(opened), str(sealed)]) == 0
    assert opened.read_bytes() == b"what happened"
    assert opened.stat().st_mode & 0o777 == 0o600


def test_every_identity_file_given_is_tried(tmp_path: Path, key: str) -> None:
    other = tmp_path / "other"
    other.write_text(Identity.generate().text)
    sealed = tmp_path / "sealed"
    sealed.write_bytes(age.seal(b"a", [IDENTITY.recipient]))
    out = str(tmp_path / "out")
    assert main(["open", "-i", str(other), "-i", key, "-o", out, str(sealed)]) == 0


SEALED = age.seal(b"what happened", [IDENTITY.recipient])
BAD_INPUT = {
    "not an age file": (b"something else\n", "not an age v1 file"),
    "empty": (b"", "ends too early"),
    "armored": (b"-----BEGIN AGE ENCRYPTED FILE-----\n", "only binary"),
    "header changed": (SEALED.replace(b"--- ", b"-> x\n\n--- ", 1), "header was changed"),
    "payload changed": (SEALED[:-1] + bytes([SEALED[-1] ^ 1]), "payload was changed"),
    "cut short": (SEALED[:-20], "cut short"),
    "extended": (SEALED + b"x", "payload was changed"),
    "for somebody else": (
        age.seal(b"a", [Identity.generate().recipient]),
        "sealed to somebody else",
    ),
    "a broken zip file": (b"PK\3\4 and nothing else", "zip file is damaged"),
}


@pytest.mark.parametrize(("data", "message"), BAD_INPUT.values(), ids=BAD_INPUT)
def test_bad_input_gives_one_line_and_no_output_file(
    data: bytes, message: str, tmp_path: Path, key: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    source = tmp_path / "source"
    source.write_bytes(data)
    assert message in refusal(capsys, "open", "-i", key, "-o", folder / "out", source)
    assert list(folder.iterdir()) == []


def test_a_file_that_was_there_survives_bad_input(
    tmp_path: Path, key: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out, source = tmp_path / "out", tmp_path / "source"
    out.write_bytes(b"earlier")
    source.write_bytes(SEALED[:-1])
    refusal(capsys, "open", "-i", key, "-o", out, source)
    assert out.read_bytes() == b"earlier"
    source.write_bytes(SEALED)
    assert main(["open", "-i", key, "-o", str(out), str(source)]) == 0
    assert out.read_bytes() == b"what happened"


def test_standard_output_gets_authenticated_chunks_only(repository: Path, key: str) -> None:
    plaintext = os.urandom(2 * CHUNK_SIZE)
    sealed = age.seal(plaintext, [IDENTITY.recipient])
    opened = run(repository, "open", "-i", key, data=sealed[:-1] + bytes([sealed[-1] ^ 1]))
    assert opened.returncode == 1
    assert opened.stdout == plaintext[:CHUNK_SIZE]
    assert opened.stderr == b"crypto: the payload was changed, cut short or extended\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "required: COMMAND"),
        (["seal"], "required: -r"),
        (["open"], "required: -i"),
        (["unseal"], "choice"),
        (["keygen", "--strange"], "unrecognized"),
        (["seal", "-r", "age1"], "recipient 1: not in Bech32"),
        (["seal", "-r", RECIPIENT, "-r", RECIPIENT[:-1]], "recipient 2: the checksum"),
        (["seal", "-r", RECIPIENT, "-o", "/no/such/folder/x", "/dev/null"], "no such file"),
        (["seal", "-r", RECIPIENT, "-o", "/dev/null", "/dev/null"], "not a file"),
        (["seal", "-r", RECIPIENT, "/no/such/file"], "/no/such/file: no such file"),
        (["open", "-i", "/no/such/file"], "/no/such/file: no such file"),
        (["open", "-i", "/dev/null"], "/dev/null: the identity file holds no identity"),
        (["open", "-i", "/dev/zero"], "too large"),
        (["keygen", "-o", "/no/such/folder/x"], "no such file"),
    ],
    ids=str,
)
def test_a_wrong_command_line_gives_one_line(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert message in refusal(capsys, *arguments)


def test_an_identity_given_as_recipient_is_not_repeated(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert IDENTITY.text[20:30] not in refusal(capsys, "seal", "-r", IDENTITY.text)


def test_a_command_ended_from_outside_leaves_no_file(repository: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with subprocess.Popen(
        [*COMMAND, "seal", "-r", RECIPIENT, "-o", str(out)], stdin=subprocess.PIPE, cwd=repository
    ) as child:
        assert child.stdin is not None
        # More than a pipe holds: when this returns, the command is in the middle of its work.
        child.stdin.write(bytes(1 << 20))
        child.stdin.flush()
        assert len(list(tmp_path.iterdir())) == 1
        child.send_signal(signal.SIGTERM)
        assert child.wait() == 130
    assert list(tmp_path.iterdir()) == []


def test_a_reader_that_stops_reading_is_no_reason_for_a_traceback(
    repository: Path, key: str
) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    sealed = age.seal(bytes(1 << 20), [IDENTITY.recipient])
    done = subprocess.run(
        [*COMMAND, "open", "-i", key],
        input=sealed,
        stdout=writing,
        stderr=subprocess.PIPE,
        cwd=repository,
    )
    os.close(writing)
    assert done.returncode == 1
    assert done.stderr == b""


def test_an_exported_case_opens_into_a_folder(
    tmp_path: Path, key: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """tests/crypto/test_exported.py has the whole of it; here, a case that was not granted."""
    grant = tmp_path / "export/cases" / ("0" * 64) / "grants/1.age"
    grant.parent.mkdir(parents=True)
    grant.write_bytes(seal_grant(bytes(32), [committee.recipient("chair")], 3))
    out = tmp_path / "out"
    printed = refusal(capsys, "open", "-i", key, "-o", out, tmp_path / "export")
    assert "none of the exported cases was granted" in printed
    assert not out.exists()


def test_what_checks_of_an_export_is_written_and_the_rest_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = with_manifest(export(tmp_path / "export"))
    chair = tmp_path / "chair"
    chair.write_text(committee.identity("chair").text)
    root_key = strict.to_b64(committee.ROOT_KEY)
    opening = ["open", "-i", str(chair), "--root-key", root_key]
    assert main([*opening, "-o", str(tmp_path / "whole"), str(source)]) == 0
    assert capsys.readouterr().err == ""
    (source / "cases" / ID / "envelopes/005-note.age").write_bytes(b"damaged")
    (source / "manifest.json").unlink()
    assert main([*opening, "-o", str(tmp_path / "part"), str(source)]) == 1
    printed = capsys.readouterr()
    assert "4 messages, 2 attachments" in printed.out
    refused, hint = printed.err.splitlines()
    assert refused.startswith(f"crypto: cases/{ID}/envelopes/005-note.age: ")
    assert hint.startswith("hint: without a manifest")
    assert len(list((tmp_path / "part" / ID / "messages").iterdir())) == 4


def test_without_the_root_key_one_hint_says_what_was_not_checked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chair = tmp_path / "chair"
    chair.write_text(committee.identity("chair").text)
    source = with_manifest(export(tmp_path / "export"))
    assert main(["open", "-i", str(chair), "-o", str(tmp_path / "out"), str(source)]) == 0
    [hint] = capsys.readouterr().err.splitlines()
    assert "who signed replies, states and notes was not checked" in hint


def test_a_root_key_that_is_none_opens_nothing(
    tmp_path: Path, key: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for text in ("", "abc", "A" * 44, strict.to_b64(bytes(31))):
        refusal(capsys, "open", "-i", key, "--root-key", text, "-o", tmp_path / "out", tmp_path)
    good = strict.to_b64(committee.ROOT_KEY)
    printed = refusal(capsys, "open", "-i", key, "--root-key", good, key)
    assert "--root-key is for an export" in printed


ALONE = """
import sys

ABSENT = {"flask", "werkzeug", "jinja2", "sqlalchemy", "alembic", "click", "flask_limiter",
          "intake", "review", "deploy", "shamir_mnemonic"}


class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ABSENT:
            raise ModuleNotFoundError(f"No module named {name!r}")


sys.meta_path.insert(0, Absent())
from crypto.__main__ import main

folder = sys.argv[1]
sys.exit(
    main(["keygen", "-o", f"{folder}/key"])
    or main(["seal", "-r", sys.argv[2], "-o", f"{folder}/sealed", f"{folder}/plain"])
    or main(["open", "-i", sys.argv[3], "-o", f"{folder}/opened", f"{folder}/sealed"])
)
"""


def test_it_works_with_the_rest_of_underrose_absent(
    repository: Path, tmp_path: Path, key: str
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "plain").write_bytes(b"what happened")
    done = subprocess.run(
        [sys.executable, "-c", ALONE, folder, RECIPIENT, key], cwd=repository, capture_output=True
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert (folder / "opened").read_bytes() == b"what happened"


WITHOUT_ML_KEM = """
import sys
from cryptography.hazmat.primitives import hpke

hpke.KEM = type("KEM", (), {})
from crypto.__main__ import main
sys.exit(main(["keygen"]))
"""


def test_without_ml_kem_it_says_so_in_one_line(repository: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_ML_KEM], cwd=repository, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert done.stdout == ""
    [line] = done.stderr.splitlines()
    assert line.startswith("crypto: the installed cryptography package has no ML-KEM-768")


@pytest.mark.parametrize("command", ["keygen", "seal", "open"])
def test_every_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main([command, "--help"])
    assert caught.value.code == 0
    assert f"usage: python -m crypto {command}" in capsys.readouterr().out
