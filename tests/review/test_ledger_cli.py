"""The verbs of the ledger's keeper, as a timer and an operator run them."""

import time
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from crypto import checkpoint, cosignature, cosigning, note, proof
from crypto.cosignature import Signer
from crypto.errors import UnknownLedger
from review import cli
from review.errors import LedgerBusy, LedgerRefused, SettingsRefused
from review.locking import alone
from review.store import ledger
from review.store.database import reading
from review.store.ledger import SignedHead
from tests import committee
from tests.browser.installation import Installation
from tests.review import ledgers
from tests.review.ledgers import AUDITOR

pytestmark = pytest.mark.stores

Run = Callable[..., Result]
MIDNIGHT = 1_795_219_200


@pytest.fixture
def files(installation: Installation, tmp_path: Path) -> dict[str, str]:
    """What the keeper's settings name."""
    key, policy = tmp_path / "ledger.key", tmp_path / "policy"
    key.write_text(f"{committee.ledger_signer().private_text}\n")
    key.chmod(0o600)
    policy.write_bytes(ledgers.policy_text(AUDITOR))
    return {
        "REVIEW_LEDGER_KEY_FILE": str(key),
        "REVIEW_CHECKPOINT_FILE": str(tmp_path / "kept"),
        "REVIEW_POLICY_FILE": str(policy),
    }


@pytest.fixture
def run(installation: Installation, files: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `underrose ledger` with the settings of an installation."""
    for name, value in {**installation.environment(), **files}.items():
        monkeypatch.setenv(name, value)
    group = click.Group("test", commands=list(cli.review_commands))

    def invoke(*words: object) -> Result:
        return CliRunner().invoke(group, ["ledger", *map(str, words)])

    return invoke


def heads(installation: Installation) -> list[SignedHead]:
    with reading(installation.book) as connection:
        row = ledger.current(connection)
        return [] if row is None else list(ledger.checkpoints(connection, row.number))


def test_a_batch_says_nothing_unless_asked(run: Run, installation: Installation) -> None:
    result = run("batch")
    assert (result.exit_code, result.output) == (0, "")
    assert run("batch", "--verbose").output == "signed: 32 entries\n"
    assert [head.size for head in heads(installation)] == [16, 32]


def test_a_demo_signs_nothing_when_nothing_came(run: Run, installation: Installation) -> None:
    for _ in range(3):
        assert run("batch", "--unless-empty").exit_code == 0
    assert len(heads(installation)) == 1


def test_a_pretended_day_has_a_pretended_time(
    run: Run, installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("batch")
    key = committee.ledger_signer().key
    assert cosignature.verify(heads(installation)[0].note, key) == MIDNIGHT
    monkeypatch.delenv("REVIEW_TODAY")
    before = int(time.time())
    run("batch")
    assert before <= cosignature.verify(heads(installation)[1].note, key) <= time.time()


@pytest.mark.parametrize("name", ["REVIEW_LEDGER_KEY_FILE", "REVIEW_CHECKPOINT_FILE"])
def test_a_keeper_needs_a_key_and_a_place_for_what_it_signed(
    run: Run, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.delenv(name)
    for verb in ("batch", "continue"):
        problem = run(verb).exception
        assert isinstance(problem, SettingsRefused)
        assert problem.problems == (f"{name} must be set for the ledger's keeper",)


def test_a_batch_that_meets_another_leaves_the_work_to_it(
    run: Run, installation: Installation, files: dict[str, str]
) -> None:
    with alone(Path(files["REVIEW_LEDGER_KEY_FILE"]), LedgerBusy("held by a test")):
        met = run("batch")
        assert isinstance(run("consistency", "--from", 0).exception, LedgerRefused)
    assert (met.exit_code, met.output) == (0, "underrose: another batch is at work\n")
    assert heads(installation) == []
    assert run("batch", "--wait").output == ""
    assert len(heads(installation)) == 1


def test_a_lost_checkpoint_is_named_as_lost(run: Run, files: dict[str, str]) -> None:
    run("batch")
    Path(files["REVIEW_CHECKPOINT_FILE"]).unlink()
    problem = run("batch").exception
    assert isinstance(problem, LedgerRefused)
    assert "--first" in (problem.hint or "")
    assert run("batch", "--first").exit_code == 0
    assert run("batch").exit_code == 0


def test_a_cosigner_is_asked_and_answers_by_files(
    run: Run, installation: Installation, tmp_path: Path
) -> None:
    run("batch")
    asked, answer = tmp_path / "asked", tmp_path / "answer"
    assert run("consistency", "--from", 0, "--out", asked).exit_code == 0
    assert run("consistency", "--from", 0).stdout_bytes == asked.read_bytes()
    rules = ledgers.rules(AUDITOR)
    signed, seen = cosigning.cosign(
        proof.parse_consistency(asked.read_bytes()), cosigning.Seen(), rules, AUDITOR, 1, first=True
    )
    answer.write_bytes(signed.to_bytes())
    assert run("cosigned", answer).output == "cosigned: w0\n"
    assert run("cosigned", answer).output == "cosigned: nobody who had not before\n"
    assert heads(installation)[0].note == signed
    run("batch")
    run("consistency", "--from", 16, "--out", asked)
    later = proof.parse_consistency(asked.read_bytes())
    assert checkpoint.parse(later.note.text).size == 32
    cosigning.cosign(later, seen, rules, AUDITOR, 2, first=False)


def test_cosignatures_count_by_a_policy_alone(
    run: Run, installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("batch")
    answer = tmp_path / "answer"
    answer.write_bytes(heads(installation)[0].note.to_bytes())
    assert isinstance(run("cosigned", answer).exception, LedgerRefused)
    other = tmp_path / "other"
    other.write_text(f"log {AUDITOR.key.text}\nquorum none\n")
    monkeypatch.setenv("REVIEW_POLICY_FILE", str(other))
    assert isinstance(run("cosigned", answer).exception, UnknownLedger)
    monkeypatch.delenv("REVIEW_POLICY_FILE")
    assert isinstance(run("cosigned", answer).exception, SettingsRefused)


def test_a_ledger_is_continued_under_a_new_key(
    run: Run, installation: Installation, files: dict[str, str], tmp_path: Path
) -> None:
    run("batch")
    assert isinstance(run("continue").exception, LedgerRefused)
    second = Signer("underrose/tests/2", b"2" * 32)
    Path(files["REVIEW_LEDGER_KEY_FILE"]).write_text(f"{second.private_text}\n")
    refused = run("batch").exception
    assert isinstance(refused, LedgerRefused)
    assert "underrose ledger continue" in (refused.hint or "")
    assert run("continue").output == f"begun: {second.name}\n"
    assert run("batch").exit_code == 0
    kept = note.parse(Path(files["REVIEW_CHECKPOINT_FILE"]).read_bytes())
    assert checkpoint.parse(kept.text).origin == second.name
    assert [head.size for head in heads(installation)] == [16, 32]


def test_nothing_that_is_printed_or_kept_holds_the_key(run: Run, tmp_path: Path) -> None:
    """Attack: a key in a log, in the book, or beside it."""
    secret = committee.ledger_signer().private_text.rpartition("+")[2].encode()
    said = [run(*words).output for words in (("batch", "--verbose"), ("continue",))]
    for path in tmp_path.rglob("*"):
        if path.is_file() and path.name != "ledger.key":
            assert secret not in path.read_bytes(), path
    assert all(secret.decode() not in text for text in said)
