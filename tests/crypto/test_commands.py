"""Identity files that a passphrase opens, on the command line."""

import os
import pty
import select
import subprocess
import sys
from pathlib import Path

import pytest

from crypto import age
from crypto.__main__ import main
from crypto.identity import Identity
from crypto.recipient import PassphraseRecipient

IDENTITY = Identity.from_seed(bytes(range(32)))
SEALED = age.seal(b"what happened", [IDENTITY.recipient])
COMMAND = [sys.executable, "-m", "crypto"]


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


@pytest.fixture
def locked(tmp_path: Path) -> Path:
    """An identity file that a passphrase opens."""
    path = tmp_path / "locked"
    content = f"{IDENTITY.text}\n".encode()
    path.write_bytes(age.seal(content, [PassphraseRecipient("nine plain words", log_n=4)]))
    return path


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source"
    path.write_bytes(SEALED)
    return path


@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
def test_a_passphrase_file_unlocks_an_identity(
    ending: str, locked: Path, source: Path, tmp_path: Path
) -> None:
    phrase, out = tmp_path / "phrase", tmp_path / "out"
    phrase.write_bytes(f"nine plain words{ending}".encode())
    options = ["-i", str(locked), "--passphrase-file", str(phrase), "-o", str(out)]
    assert main(["open", *options, str(source)]) == 0
    assert out.read_bytes() == b"what happened"


@pytest.mark.parametrize("phrase", [b"other words", b"", b"\xff"])
def test_a_wrong_passphrase_is_named(
    phrase: bytes, locked: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "phrase"
    path.write_bytes(phrase)
    assert main(["open", "-i", str(locked), "--passphrase-file", str(path)]) == 1
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith("crypto: ")
    assert "passphrase" in line
    assert "other words" not in line


def test_an_identity_file_sealed_to_somebody_is_not_asked_a_passphrase_for(
    repository: Path, tmp_path: Path
) -> None:
    path = tmp_path / "sealed"
    path.write_bytes(SEALED)
    done = run(repository, "open", "-i", path)
    assert done.returncode == 1
    assert b"not one that a passphrase opens" in done.stderr


def test_without_a_terminal_the_passphrase_is_not_read_from_the_input(
    repository: Path, locked: Path
) -> None:
    done = run(repository, "open", "-i", locked, data=b"nine plain words\n")
    assert done.returncode == 1
    assert done.stdout == b""
    assert done.stderr.splitlines() == [
        f"crypto: {locked}: there is no terminal to ask for the passphrase".encode(),
        b"hint: use --passphrase-file FILE",
    ]


def test_on_a_terminal_the_passphrase_is_asked_for_and_not_shown(
    repository: Path, locked: Path, source: Path, tmp_path: Path
) -> None:
    arguments = [*COMMAND, "open", "-i", str(locked), "-o", str(tmp_path / "out"), str(source)]
    controller, terminal = pty.openpty()
    with subprocess.Popen(
        # Leading its own session, the child makes the terminal that it opens its own.
        [sys.executable, "-c", OWN_TERMINAL, os.ttyname(terminal), *arguments],
        cwd=repository,
        start_new_session=True,
    ) as child:
        shown = b""
        while b"Passphrase" not in shown:
            shown += typed_back(controller)
        os.write(controller, b"nine plain words\n")
        assert child.wait() == 0
    shown += typed_back(controller)
    os.close(controller)
    os.close(terminal)
    assert b"nine" not in shown
    assert (tmp_path / "out").read_bytes() == b"what happened"


def typed_back(controller: int) -> bytes:
    """What a terminal shows next."""
    ready, _, _ = select.select([controller], [], [], 30)
    assert ready
    return os.read(controller, 1000)


OWN_TERMINAL = """
import os, sys
os.open(sys.argv[1], os.O_RDWR)
os.execv(sys.argv[2], sys.argv[2:])
"""
