"""The verifier as the auditor has it: a command, exit statuses and reports."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from crypto import strict
from crypto.cosignature import Signer
from crypto.errors import InvalidSignature, MalformedAttestation
from crypto.proof import ConsistencyProof
from review.audit import __main__, report, rules
from review.audit.placed import PLACED
from review.casework.course import Stage
from tests import committee
from tests.review.audit.company import AUDITOR
from tests.review.audit.world import World

ROOT = Path(__file__).parents[3]
ROOT_KEY = strict.to_b64(committee.ROOT_KEY)
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def world() -> World:
    made = World(5)
    made.batch()
    made.submit()
    made.live(3)
    made.morning()
    made.cosign()
    return made


@pytest.fixture
def at(tmp_path: Path, world: World) -> Path:
    (tmp_path / "bundle.zip").write_bytes(world.bundle())
    (tmp_path / "seen").write_bytes(world.ledger.batches[1].note.to_bytes())
    log, witness = world.ledger.signer.key.text, AUDITOR.key.text
    (tmp_path / "policy").write_text(f"log {log}\nwitness grace {witness}\nquorum grace\n")
    (tmp_path / "key").write_text(AUDITOR.private_text + "\n")
    return tmp_path


def run(*words: object) -> int:
    return __main__.main([str(word) for word in words])


def test_a_bundle_that_holds_ends_with_0(at: Path, capsys: Capture) -> None:
    asked = ("--since", at / "seen", "--policy", at / "policy", "--root-key", ROOT_KEY)
    assert run("verify", at / "bundle.zip", *asked) == 0
    said = capsys.readouterr()
    assert said.out.endswith("everything that a bundle can show holds\n")
    assert "are cosigned by grace on" in said.out
    assert said.err == ""


def test_an_exception_ends_with_1_and_is_one_line(world: World, at: Path, capsys: Capture) -> None:
    case = world.cases[0]
    case.state = Stage.REOPENED
    (at / "bundle.zip").write_bytes(world.bundle())
    assert run("verify", at / "bundle.zip") == 1
    said = capsys.readouterr()
    found = [line for line in said.out.splitlines() if line.startswith("exception: ")]
    assert len(found) == 1
    assert f"the book says that case {case.id} is REOPENED" in found[0]
    assert "\n1 exceptions, and nothing here shows whose bundle this is" in said.out


def test_a_checkpoint_of_another_tree_than_the_verified_one_is_not_to_be_cosigned(
    world: World, at: Path, capsys: Capture
) -> None:
    """Also with the newest of a fork that the same keeper has signed."""
    note = world.ledger.newest.note
    (at / "new").write_bytes(ConsistencyProof(0, (), note).to_bytes())
    asked = ("--root-key", ROOT_KEY, "--checkpoint", at / "new", "--report", at / "report.json")
    assert run("verify", at / "bundle.zip", *asked) == 0
    assert (at / "report.json").exists()
    for other in (world.ledger.batches[-2].note, World(9).batch().note):
        (at / "new").write_bytes(ConsistencyProof(0, (), other).to_bytes())
        assert run("verify", at / "bundle.zip", *asked) == 2
        assert "do not cosign it" in capsys.readouterr().err
        assert not (at / "report.json").exists()


def test_a_root_in_the_minutes_must_be_that_of_a_batch(
    world: World, at: Path, capsys: Capture
) -> None:
    """Computed from the entries: a line that nobody checks can spell any root."""
    right = strict.to_b64(world.root())
    asked = ("--root-key", ROOT_KEY, "--root", right)
    assert run("verify", at / "bundle.zip", *asked) == 0
    assert run("verify", at / "bundle.zip", *asked, "--root", strict.to_b64(bytes(32))) == 1
    assert "is of no batch: it was seen of another ledger" in capsys.readouterr().out
    assert run("verify", at / "bundle.zip", "--root", "") == 2


def test_a_report_of_last_time_is_not_left_to_be_signed(at: Path) -> None:
    (at / "report.json").write_text("stale")
    (at / "bundle.zip").write_bytes(b"x")
    assert run("verify", at / "bundle.zip", "--report", at / "report.json") == 2
    assert not (at / "report.json").exists()


def test_a_bundle_that_cannot_be_verified_ends_with_2(at: Path, capsys: Capture) -> None:
    (at / "bundle.zip").write_bytes(b"x")
    assert run("verify", at / "bundle.zip") == 2
    assert capsys.readouterr().err == "audit: not a zip file: it is too short\n"


@pytest.mark.parametrize(
    "words",
    [
        ("verify", "nowhere.zip"),
        ("verify", "bundle.zip", "--since", "nowhere"),
        ("verify", "bundle.zip", "--since", "policy"),
        ("verify", "bundle.zip", "--policy", "seen"),
        ("verify", "bundle.zip", "--root-key", "x"),
        ("verify", "bundle.zip", "--root-key", strict.to_b64(bytes(32))),
        ("verify", "bundle.zip", "--report", "report.txt"),
        ("sign", "policy", "--key", "key", "-o", "signed"),
        ("sign", "nowhere", "--key", "key", "-o", "signed"),
        ("sign", "policy", "--key", "policy", "-o", "signed"),
    ],
)
def test_what_cannot_be_used_ends_with_2_and_one_line(
    words: tuple[str, ...], at: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(at)
    assert run(*words) == 2
    err = capsys.readouterr().err.splitlines()
    assert err[0].startswith("audit: ")
    assert all(line.startswith("hint: ") for line in err[1:])
    assert not (at / "signed").exists()


def test_a_report_for_people_says_everything(at: Path) -> None:
    assert run("verify", at / "bundle.zip", "--report", at / "report.md") == 0
    text = (at / "report.md").read_text()
    for heading in (
        "What was verified",
        "Exceptions",
        "What holds",
        "What was not checked, and why",
    ):
        assert f"\n## {heading}\n" in text
    assert "whoever holds its key could have rewritten it" in text
    assert "the signatures of the rosters, because that takes --root-key" in text
    assert "compared with no checkpoint seen before" in text
    for each in PLACED:
        assert f"| {each.test} |" in text
    assert [each.test for each in PLACED] == [f"RA-{n:02}" for n in range(1, 19)]


def test_what_was_not_asked_for_does_not_hold(at: Path) -> None:
    """A check that could not be made is not among those that found nothing."""
    assert run("verify", at / "bundle.zip", "--report", at / "report.json") == 0
    value = json.loads((at / "report.json").read_bytes())
    held = {each["name"]: each["holds"] for each in value["checks"]}
    assert held["since"] is None
    assert held["cosignatures"] is None
    assert held["rosters"] is None
    assert held["records"] is True
    tests = {each["test"]: each["outcome"] for each in value["tests"]}
    assert (tests["RA-04"], tests["RA-15"], tests["RA-17"]) == ("in part", "in part", "holds")
    assert (tests["RA-02"], tests["RA-03"]) == ("not checked", "not checked")


def test_without_the_root_key_it_never_says_that_everything_holds(
    at: Path, capsys: Capture
) -> None:
    """A bundle and all its keys could be anybody's."""
    assert run("verify", at / "bundle.zip", "--policy", at / "policy") == 0
    said = capsys.readouterr().out
    assert "everything that a bundle can show holds" not in said
    assert "no exceptions, and nothing here shows whose bundle this is" in said


def test_a_tally_that_is_empty_does_not_hold(at: Path) -> None:
    empty = World(6)
    empty.batch()
    (at / "bundle.zip").write_bytes(empty.bundle())
    asked = ("--root-key", ROOT_KEY, "--report", at / "report.json")
    assert run("verify", at / "bundle.zip", *asked) == 0
    value = json.loads((at / "report.json").read_bytes())
    outcomes = {each["name"]: each["outcome"] for each in value["checks"]}
    assert outcomes["tally"] == "not checked"


def test_a_report_for_programs_names_tree_bundle_and_exceptions(world: World, at: Path) -> None:
    at_last = world.ledger.index("cover")
    world.ledger.entries[at_last] = b"{}"
    (at / "bundle.zip").write_bytes(world.bundle())
    assert run("verify", at / "bundle.zip", "--report", at / "report.json") == 1
    data = (at / "report.json").read_bytes()
    value = json.loads(data)
    assert strict.parse_canonical(data) == value
    assert value["checkpoint"]["size"] == world.ledger.newest.size
    assert value["rules"] == rules.HASH
    assert (value["outcome"], value["exceptions"]) == (1, 2)
    found = {each["name"]: each["exceptions"] for each in value["checks"] if each["exceptions"]}
    assert found["entries"][0]["entries"] == [{"ledger": 1, "index": at_last}]
    tests = {each["test"]: each["holds"] for each in value["tests"]}
    assert (tests["RA-04"], tests["RA-05"], tests["RA-09"]) == (False, None, True)


def test_a_report_is_signed_and_read_by_whoever_knows_the_key(world: World, at: Path) -> None:
    run("verify", at / "bundle.zip", "--report", at / "report.json")
    assert run("sign", at / "report.json", "--key", at / "key", "-o", at / "signed") == 0
    data = (at / "signed").read_bytes()
    signed = report.read_signed(data, [AUDITOR.key])
    assert signed.signed_by == AUDITOR.name
    assert (signed.origin, signed.size) == (world.ledger.signer.name, world.ledger.newest.size)
    assert (signed.root, signed.exceptions) == (world.root().hex(), 0)
    with pytest.raises(InvalidSignature):
        report.read_signed(data, [Signer("x", bytes(32)).key])
    with pytest.raises(MalformedAttestation, match="signed already"):
        report.sign(data, AUDITOR)


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b'{"kind":"audit-report"}', b'{"a": 1}'])
def test_what_is_no_report_is_not_signed(data: bytes) -> None:
    with pytest.raises(MalformedAttestation):
        report.sign(data, AUDITOR)


BLOCKED = """
import sys

class Blocker:
    allowed = set(sys.stdlib_module_names) | {
        "crypto", "review", "cryptography", "nacl", "rfc8785", "cffi", "_cffi_backend", "__main__"}

    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] not in self.allowed:
            raise ImportError(f"{name} is not to be had on this machine")
        return None

sys.meta_path.insert(0, Blocker())
from review.audit.__main__ import main

sys.exit(main(sys.argv[1:]))
"""


def test_it_needs_three_libraries_and_nothing_else_of_ours(at: Path) -> None:
    """On the auditor's laptop there is no Flask, no SQLAlchemy, no click and no Shamir."""
    words = ["verify", "bundle.zip", "--policy", "policy", "--report", "report.json"]
    done = subprocess.run(
        [sys.executable, "-c", BLOCKED, *words],
        cwd=at,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert (at / "report.json").exists()


def test_it_is_a_module_to_run(at: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "review.audit", "verify", str(at / "bundle.zip")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
