from collections.abc import Sequence
from pathlib import Path

import pytest

from crypto import note, verifying
from crypto.__main__ import main
from crypto.checkpoint import Checkpoint
from crypto.entry_types import TYPES
from crypto.policy import Cosigned, Witnessed
from crypto.proof import Proof
from tests.vectors.cases import entry as entries
from tests.vectors.cases.cosigned import LEDGER
from tests.vectors.cases.entry import RECEIVED, TEXT, TEXT_NONCE, example
from tests.vectors.cases.merkle import Stored
from tests.vectors.cases.note import ONE
from tests.vectors.cases.proof import BASES, HEAD, POLICIES, PROOF

REWRITTEN = "nobody has cosigned it: whoever keeps the ledger could have rewritten it"
RECORDED = [
    "a submission was received, on 2026-11-21",
    "it is entry 7 of 16 in the ledger ledger.example/one",
    f"it commits to a text, as {entries.COMMITMENT}",
]


class Desk:
    """A folder with files to verify, and the command run on them."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.capsys = capsys

    def write(self, name: str, content: str | bytes) -> str:
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return str(path)

    def run(self, kept: str | bytes, rules: str, *more: str) -> tuple[int, list[str], list[str]]:
        """Exit status, lines of standard output, lines of standard error."""
        names = (self.write("kept.tlog-proof", kept), self.write("policy", rules))
        status = main(["verify", "--proof", names[0], "--policy", names[1], *more])
        printed = self.capsys.readouterr()
        return status, printed.out.splitlines(), printed.err.splitlines()

    def refused(self, kept: str | bytes, rules: str, *more: str) -> str:
        """The one line that says what is wrong."""
        status, out, err = self.run(kept, rules, *more)
        assert (status, out) == (1, [])
        assert len(err) == 1 or (len(err) == 2 and err[1].startswith("hint: "))
        assert err[0].startswith("crypto: ")
        assert not err[0].endswith(".")
        return err[0]


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(tmp_path, capsys)


def test_a_proof_says_what_was_recorded_and_when_and_who_vouches(desk: Desk) -> None:
    expected = [*RECORDED, "cosigned by auditor, on 2026-11-22"]
    assert desk.run(BASES["cosigned"], POLICIES["auditor"]) == (0, expected, [])


def test_without_a_cosigner_it_is_said_that_the_keeper_could_have_rewritten_it(desk: Desk) -> None:
    assert desk.run(BASES["signed"], POLICIES["nobody"]) == (0, [*RECORDED, REWRITTEN], [])


def test_a_cosigner_whom_the_policy_does_not_know_vouches_for_nothing(desk: Desk) -> None:
    assert desk.run(BASES["cosigned"], POLICIES["nobody"]) == (0, [*RECORDED, REWRITTEN], [])


def test_with_the_kept_text_and_nonce_it_was_this_text(desk: Desk) -> None:
    text = desk.write("text", TEXT)
    status, out, err = desk.run(
        BASES["cosigned"], POLICIES["auditor"], "--text", text, "--nonce", TEXT_NONCE.hex()
    )
    assert (status, err) == (0, [])
    assert out[1] == "the sender committed to this text; only a reader can say what was sealed"
    assert [*out[:1], *out[2:4]] == RECORDED


WRONG_TEXTS: dict[str, tuple[str, str, str]] = {
    "another text": (TEXT + "\n", TEXT_NONCE.hex(), "not what the entry commits to"),
    "another nonce": (TEXT, "00" * 32, "not what the entry commits to"),
    "a nonce in upper case": (TEXT, TEXT_NONCE.hex().upper(), "64 hexadecimal digits"),
    "a nonce cut short": (TEXT, TEXT_NONCE.hex()[2:], "64 hexadecimal digits"),
    "a text that no message can be": ("x" * 70000, TEXT_NONCE.hex(), "larger than"),
}


@pytest.mark.parametrize("name", WRONG_TEXTS)
def test_a_text_that_was_not_received_is_refused(desk: Desk, name: str) -> None:
    text, nonce, why = WRONG_TEXTS[name]
    path = desk.write("text", text)
    told = desk.refused(
        BASES["cosigned"], POLICIES["auditor"], "--text", path, "--nonce", nonce
    )  # fmt: skip
    assert why in told
    assert path in told


@pytest.mark.parametrize("more", [["--nonce", "00" * 32], ["--text", "file"]])
def test_a_text_and_its_nonce_go_together(desk: Desk, more: Sequence[str]) -> None:
    assert "give --text and --nonce" in desk.refused(
        BASES["cosigned"], POLICIES["auditor"], *more
    )  # fmt: skip


REFUSED: dict[str, tuple[str, str, str]] = {
    "too few cosigners": (BASES["signed"], POLICIES["auditor"], "fewer have cosigned"),
    "another ledger": (BASES["signed"], POLICIES["other ledger"], "does not list"),
    "another keeper": (BASES["forged"], POLICIES["nobody"], "not signed by the keeper"),
    "another index": (
        BASES["signed"].replace("index 6", "index 5"), POLICIES["nobody"], "does not lead",
    ),
    "another size": (BASES["signed"].replace("\n16\n", "\n15\n"), POLICIES["nobody"], "verify"),
    "no entry": (BASES["without the entry"], POLICIES["nobody"], "does not hold the entry"),
    "a consistency proof": (BASES["consistency"], POLICIES["nobody"], "not a tlog-proof"),
    "a note": (ONE, POLICIES["nobody"], "crypto: "),
    "nothing": ("", POLICIES["nobody"], "no checkpoint after the proof"),
    "no policy": (BASES["signed"], "", "one quorum line"),
    "a broken policy": (BASES["signed"], "log x\nquorum none\n", "line 1: not a key"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_wrong_is_said_in_one_line(desk: Desk, name: str) -> None:
    kept, rules, why = REFUSED[name]
    assert why in desk.refused(kept, rules)


def test_what_is_no_entry_is_refused_though_it_is_in_the_tree(desk: Desk) -> None:
    stored = Stored([b"a leaf"])
    signed = LEDGER.sign(head := Checkpoint.of(LEDGER.name, stored.tree), 0)
    kept = Proof(0, (), note.Note(head.text, (signed,)), b"a leaf")
    assert "not canonical JSON" in desk.refused(kept.to_bytes(), POLICIES["nobody"])


def test_a_file_that_is_not_there_is_named(desk: Desk) -> None:
    missing = str(desk.folder / "missing")
    policy_path = desk.write("policy", POLICIES["nobody"])
    assert main(["verify", "--proof", missing, "--policy", policy_path]) == 1
    assert missing in desk.capsys.readouterr().err


@pytest.mark.parametrize("name", TYPES)
def test_every_kind_of_entry_has_its_words(name: str) -> None:
    what = example(TYPES[name], full=True)
    lines = list(verifying.sentences(PROOF, what, Witnessed(HEAD, 0, ())))
    assert lines[0] == f"{TYPES[name].meaning}, on 2026-11-21"
    assert any("commits to a text" in line for line in lines) == (what.commitment is not None)


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (0, "without a time"),
        (1, "on 1970-01-01"),
        (1 << 62, "after the year 9999"),
        ((1 << 63) - 1, "after the year 9999"),
    ],
)
def test_the_day_of_a_cosignature_is_told_or_why_not(at: int, words: str) -> None:
    witnessed = Witnessed(HEAD, 0, (Cosigned("auditor", at),))
    *_, last = verifying.sentences(PROOF, RECEIVED, witnessed)
    assert last == f"cosigned by auditor, {words}"


def test_a_name_cannot_move_the_cursor_or_turn_the_writing_around() -> None:
    witnessed = Witnessed(HEAD, 0, (Cosigned("a\u009b2J\u202eb\udcff\u00e9", 0),))
    *_, last = verifying.sentences(PROOF, RECEIVED, witnessed)
    assert last == "cosigned by a?2J?b?\u00e9, without a time"


def test_it_needs_nothing_but_the_two_files(desk: Desk) -> None:
    """No case, no database and no network: disposing of the case changes nothing for a proof."""
    assert desk.run(BASES["alone"], POLICIES["nobody"])[0] == 0
    assert {path.name for path in desk.folder.iterdir()} == {"kept.tlog-proof", "policy"}
