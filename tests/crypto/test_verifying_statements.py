"""`python -m crypto verify` with deposit statements, kept texts and rosters."""

from pathlib import Path

import pytest

from crypto import roster, signing, statement, strict
from crypto.__main__ import main
from crypto.kept import Kept
from tests.vectors.cases import fixed
from tests.vectors.cases.cosigned import LEDGER, SECOND_LEDGER
from tests.vectors.cases.entry import DIGEST, NONCE, ON, STATEMENT, TEXT, TEXT_NONCE
from tests.vectors.cases.fixed import SMALL, seed
from tests.vectors.cases.proof import BASES, POLICIES

ROOT_KEY = strict.to_b64(signing.verify_key(seed("root")))
KEPT = Kept(TEXT_NONCE, TEXT.encode()).to_bytes()
VALUE = statement.parse(STATEMENT).deposit
STATED = [
    "something was received, on 2026-11-21, as intake has stated",
    f"the tally of that day must have it, as {VALUE}",
    "that it is in the ledger is not shown: that takes its proof",
]
PROMISED = "it is the deposit that intake's statement promised"
RECEIVED = "the sender committed to this text; only a reader can say what was sealed"
DEMO = "the roster is a demonstration's: all this shows nothing of a real committee"
REWRITTEN = "nobody has cosigned it: whoever keeps the ledger could have rewritten it"


class Desk:
    """A folder with the files that somebody kept, and the command run on them by their names."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.capsys = capsys
        self.write("statement", STATEMENT)
        self.write("kept", KEPT)
        self.write("proof", BASES["cosigned"].encode())
        self.write("policy", POLICIES["auditor"].encode())
        self.roster("roster")

    def write(self, name: str, content: bytes) -> None:
        (self.folder / name).write_bytes(content)

    def roster(self, name: str, root: str = "root", **changed: object) -> None:
        fields = SMALL | {"ledger_key": LEDGER.key.text} | changed
        self.write(name, roster.sign_roster(fields, seed(root)))

    def run(self, words: str) -> tuple[int, list[str], list[str]]:
        """Exit status, lines of standard output, lines of standard error."""
        given = [
            str(self.folder / word) if (self.folder / word).exists() else word
            for word in words.replace("KEY", ROOT_KEY).split()
        ]
        status = main(["verify", *given])
        printed = self.capsys.readouterr()
        return status, printed.out.splitlines(), printed.err.splitlines()

    def says(self, words: str) -> list[str]:
        """What it says of what holds."""
        status, out, err = self.run(words)
        assert (status, err) == (0, [])
        return out

    def refused(self, words: str) -> str:
        """The one line that says what is wrong."""
        status, out, err = self.run(words)
        assert (status, out) == (1, [])
        assert len(err) == 1 or (len(err) == 2 and err[1].startswith("hint: "))
        assert err[0].startswith("crypto: ")
        assert not err[0].endswith(".")
        return err[0]


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(tmp_path, capsys)


UNDER = "--roster roster --root-key KEY"


def test_a_statement_says_what_was_promised_and_what_it_does_not_show(desk: Desk) -> None:
    assert desk.says(f"--statement statement {UNDER}") == STATED


def test_with_the_proof_the_promise_was_kept(desk: Desk) -> None:
    out = desk.says(f"--proof proof --statement statement --policy policy {UNDER}")
    assert out[:2] == ["a submission was received, on 2026-11-21", PROMISED]
    assert out[-1] == "cosigned by auditor, on 2026-11-22"


def test_with_the_kept_file_it_was_this_text(desk: Desk) -> None:
    out = desk.says("--proof proof --policy policy --kept kept")
    assert out[1] == RECEIVED
    assert desk.says(f"--proof proof --kept kept --statement statement {UNDER}")[1:3] == [
        PROMISED,
        RECEIVED,
    ]


def test_without_a_policy_the_keeper_is_believed_whom_the_roster_names(desk: Desk) -> None:
    """And that nobody else is, is said, also where cosigners have signed whom nobody knows."""
    out = desk.says(f"--proof proof {UNDER}")
    assert (out[0], out[-1]) == ("a submission was received, on 2026-11-21", REWRITTEN)


def test_an_older_roster_counts_too(desk: Desk) -> None:
    desk.roster("later", statement_keys=[], ledger_key=SECOND_LEDGER.key.text)
    both = "--roster later --roster roster --root-key KEY"
    assert desk.says(f"--statement statement {both}") == STATED
    assert desk.says(f"--proof proof {both}")[-1] == REWRITTEN
    assert "none of the roster's statement keys" in desk.refused(
        "--statement statement --roster later --root-key KEY"
    )


def test_what_a_demonstration_shows_is_said_to_be_nothing(desk: Desk) -> None:
    desk.roster("roster", demo=True)
    assert desk.says(f"--statement statement {UNDER}") == [*STATED, DEMO]
    assert desk.says(f"--proof proof {UNDER}")[-1] == DEMO


def forged(**changed: str) -> bytes:
    fields = {"installation": fixed.INSTALLATION, "digest": DIGEST} | changed
    key = seed(fields.pop("key", "statement"))
    return statement.sign(fields["installation"], ON, fields["digest"], NONCE, key)


STATEMENTS: dict[str, tuple[bytes, str]] = {
    "fabricated": (forged(key="somebody else"), "none of the roster's statement keys"),
    "of another installation": (
        forged(installation=fixed.OTHER_INSTALLATION), "of another installation",
    ),
    "changed": (STATEMENT.replace(b"2026-11-21", b"2026-11-20"), "statement keys"),
    "of another version": (STATEMENT.replace(b'"v":1', b'"v":2'), "v is not"),
    "with white space": (STATEMENT + b"\n", "not canonical JSON"),
    "a proof": (BASES["signed"].encode(), "larger than"),
    "nothing": (b"", "not canonical JSON"),
}  # fmt: skip


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_statement_that_intake_did_not_make_is_refused(desk: Desk, name: str) -> None:
    content, why = STATEMENTS[name]
    desk.write("statement", content)
    for with_proof in ("", "--proof proof "):
        told = desk.refused(f"{with_proof}--statement statement {UNDER}")
        assert why in told
        assert str(desk.folder / "statement") in told


def test_a_statement_of_another_deposit_is_not_kept_by_this_proof(desk: Desk) -> None:
    desk.write("statement", forged(digest=seed("x").hex()))
    told = desk.refused(f"--proof proof --statement statement {UNDER}")
    assert "of another deposit than the statement" in told


def test_a_roster_that_the_committee_did_not_sign_vouches_for_nothing(desk: Desk) -> None:
    desk.roster("roster", root="somebody else")
    for asked in ("--statement statement", "--proof proof"):
        told = desk.refused(f"{asked} {UNDER}")
        assert "not the expected signature" in told
        assert str(desk.folder / "roster") in told


def test_a_roster_without_the_key_of_this_ledger_vouches_for_no_proof(desk: Desk) -> None:
    desk.roster("roster", ledger_key=None)
    assert "no roster names the key of a ledger" in desk.refused(f"--proof proof {UNDER}")
    desk.roster("roster", ledger_key=SECOND_LEDGER.key.text)
    assert "does not list" in desk.refused(f"--proof proof {UNDER}")


KEPTS: dict[str, tuple[bytes, str]] = {
    "another text": (
        Kept(TEXT_NONCE, TEXT.encode() + b" ").to_bytes(), "not what the entry commits to",
    ),
    "another nonce": (
        Kept(NONCE, TEXT.encode()).to_bytes(), "not what the entry commits to",
    ),
    "the text alone": (TEXT.encode(), "not an object with the expected keys"),
    "a line feed after": (KEPT + b"\n", "not canonical JSON"),
    "too long a file": (b"x" * (1 << 18), "larger than"),
}  # fmt: skip


@pytest.mark.parametrize("name", KEPTS)
def test_a_kept_file_of_another_text_is_refused(desk: Desk, name: str) -> None:
    content, why = KEPTS[name]
    desk.write("kept", content)
    told = desk.refused("--proof proof --policy policy --kept kept")
    assert why in told
    assert str(desk.folder / "kept") in told
    assert "Revenue" not in told


ASKED: dict[str, tuple[str, str]] = {
    "nothing": ("", "give --proof"),
    "a policy alone": ("--policy policy", "give --proof"),
    "a proof alone": ("--proof proof", "give --policy"),
    "a statement alone": ("--statement statement", "give --roster"),
    "a statement under a policy": ("--statement statement --policy policy", "give --roster"),
    "a roster that nobody signed": ("--statement statement --roster roster", "and --root-key"),
    "a root key without a roster": ("--proof proof --policy policy --root-key KEY", "--roster"),
    "a kept file without a proof": (f"--statement statement --kept kept {UNDER}", "give --proof"),
    "a text twice": (
        "--proof proof --policy policy --kept kept --text kept --nonce 00", "leave out",
    ),
    "a root key that is none": (f"--proof proof {UNDER}x", "--root-key is not a key"),
}  # fmt: skip


@pytest.mark.parametrize("name", ASKED)
def test_what_cannot_be_asked_is_said(desk: Desk, name: str) -> None:
    words, why = ASKED[name]
    assert why in desk.refused(words)
