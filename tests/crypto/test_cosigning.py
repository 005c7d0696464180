from collections.abc import Sequence
from pathlib import Path

import pytest

from crypto import cosignature, cosigning, note, policy, proof
from crypto.__main__ import main
from crypto.checkpoint import Checkpoint
from crypto.cosignature import Signer
from crypto.cosigning import Seen, cosign
from crypto.errors import (
    InconsistentTree,
    InvalidProof,
    InvalidSignature,
    MalformedState,
    NotSigned,
    SmallerTree,
    UnknownLedger,
)
from crypto.note import Note
from crypto.policy import Policy
from crypto.proof import ConsistencyProof
from tests.vectors.cases.cosigned import (
    AUDITOR,
    COSIGNED_AT,
    FIRM,
    LEDGER,
    OTHER_LEDGER,
    SECOND_LEDGER,
    SIGNED_AT,
)
from tests.vectors.cases.merkle import Stored, numbered

STORED = Stored(numbered(64))
FORK = Stored([*numbered(20), b"rewritten", *numbered(64)[21:]])
RULES = policy.parse(f"log {LEDGER.key.text}\nlog {SECOND_LEDGER.key.text}\nquorum none\n".encode())


def asked(
    old_size: int, size: int, stored: Stored = STORED, keeper: Signer = LEDGER
) -> ConsistencyProof:
    """What a keeper sends: the checkpoint of a size, with its proof from an older one."""
    head = Checkpoint.of(keeper.name, stored.at(size))
    signed = Note(head.text, (keeper.sign(head, SIGNED_AT),))
    hashes = stored.at(size).prove_consistency(old_size) if old_size <= size else ()
    return ConsistencyProof(old_size, hashes, signed)


def after(*sizes: int) -> Seen:
    """What has been seen by a cosigner who cosigned these sizes, one after the other."""
    seen, old_size = Seen(), 0
    for size in sizes:
        request = asked(old_size, size)
        _, seen = cosign(request, seen, RULES, AUDITOR, COSIGNED_AT, first=old_size == 0)
        old_size = size
    return seen


def again(request: ConsistencyProof, seen: Seen, rules: Policy = RULES) -> tuple[Note, Seen]:
    return cosign(request, seen, rules, AUDITOR, COSIGNED_AT, first=False)


def test_a_ledger_is_cosigned_as_it_grows() -> None:
    seen = after(16)
    for old_size, size in ((16, 32), (32, 33), (33, 64)):
        signed, seen = again(asked(old_size, size), seen)
        assert cosignature.verify(signed, AUDITOR.key) == COSIGNED_AT
        assert cosignature.verify(signed, LEDGER.key) == SIGNED_AT
        assert seen.notes[LEDGER.name] == signed


def test_the_same_tree_is_cosigned_again_without_a_proof() -> None:
    """Whoever lost the answer can have another, and it says the same."""
    seen = after(16, 32)
    for request in (asked(16, 32), asked(32, 32), asked(0, 32)):
        signed, same = again(request, seen)
        assert cosignature.verify(signed, AUDITOR.key) == COSIGNED_AT
        assert signed.text == seen.notes[LEDGER.name].text
        assert [each.name for each in signed.signatures] == [LEDGER.name, AUDITOR.name]
        assert same.notes.keys() == seen.notes.keys()


def test_a_smaller_tree_is_refused() -> None:
    seen = after(32)
    for request in (asked(16, 31), asked(0, 16), asked(32, 31)):
        with pytest.raises(SmallerTree) as refused:
            again(request, seen)
        assert refused.value.known_size == 32
        assert "keep this file" in str(refused.value)


def test_a_fork_is_refused_whatever_its_proof() -> None:
    """Attack: one tree for the first cosigner, another for the second, then one for the first."""
    seen = after(32)
    for request in (
        asked(32, 64, FORK),
        ConsistencyProof(32, STORED.at(64).prove_consistency(32), asked(32, 64, FORK).note),
        ConsistencyProof(32, (), asked(32, 64, FORK).note),
        asked(32, 32, FORK),
        asked(0, 32, FORK),
    ):
        with pytest.raises(InconsistentTree) as refused:
            again(request, seen)
        assert "keep this file" in str(refused.value)


def test_an_honest_tree_with_a_wrong_proof_is_refused() -> None:
    seen = after(21)
    good = asked(21, 64)
    for hashes in ((), good.hashes[1:], good.hashes[::-1], (*good.hashes, bytes(32))):
        with pytest.raises(InconsistentTree):
            again(ConsistencyProof(21, hashes, good.note), seen)


def test_a_proof_from_another_size_is_refused_and_it_is_said_from_which_it_must_be() -> None:
    seen = after(32)
    for old_size in (0, 16, 33):
        with pytest.raises(InvalidProof, match="a consistency proof from 32"):
            again(asked(old_size, 64), seen)


def test_a_checkpoint_that_the_keeper_has_not_signed_is_refused() -> None:
    with pytest.raises(NotSigned):
        again(asked(32, 64, keeper=OTHER_LEDGER), after(32))
    request = asked(32, 64)
    stolen = Note(request.note.text, asked(0, 32).note.signatures)
    with pytest.raises(InvalidSignature):
        again(ConsistencyProof(32, request.hashes, stolen), after(32))


def test_a_ledger_that_the_policy_does_not_list_is_refused() -> None:
    rules = policy.parse(f"log {SECOND_LEDGER.key.text}\nquorum none\n".encode())
    with pytest.raises(UnknownLedger):
        cosign(asked(0, 16), Seen(), rules, AUDITOR, COSIGNED_AT, first=True)


def test_a_first_time_must_be_said_and_cannot_be_said_twice() -> None:
    """A lost file would otherwise look like a first time, and let any fork pass."""
    with pytest.raises(UnknownLedger, match="--first"):
        again(asked(0, 16), Seen())
    with pytest.raises(UnknownLedger, match="--first"):
        cosign(asked(0, 32), after(16), RULES, AUDITOR, COSIGNED_AT, first=True)


def test_at_a_first_time_there_is_nothing_to_prove_from() -> None:
    for old_size in (1, 16):
        with pytest.raises(InvalidProof, match="and 0 have been seen"):
            cosign(asked(old_size, 16), Seen(), RULES, AUDITOR, COSIGNED_AT, first=True)
    with pytest.raises(InconsistentTree):
        cosign(
            ConsistencyProof(0, (bytes(32),), asked(0, 16).note),
            Seen(), RULES, AUDITOR, COSIGNED_AT, first=True,
        )  # fmt: skip


def test_an_empty_ledger_can_be_cosigned_and_then_grows() -> None:
    _, seen = cosign(asked(0, 0), Seen(), RULES, AUDITOR, COSIGNED_AT, first=True)
    signed, _ = again(asked(0, 16), seen)
    assert signed.text.split("\n")[1] == "16"


def test_each_ledger_is_remembered_apart() -> None:
    seen = after(16)
    request = asked(0, 8, keeper=SECOND_LEDGER)
    _, both = cosign(request, seen, RULES, AUDITOR, COSIGNED_AT, first=True)
    assert both.notes.keys() == {LEDGER.name, SECOND_LEDGER.name}
    again(asked(16, 32), both)


def test_what_was_seen_is_read_as_it_was_written() -> None:
    request = asked(0, 8, keeper=SECOND_LEDGER)
    _, both = cosign(request, after(16), RULES, AUDITOR, COSIGNED_AT, first=True)
    for seen in (Seen(), after(16), both):
        assert Seen.parse(seen.to_bytes()).notes == seen.notes


STATE = after(16).to_bytes().decode()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"v":1', '"v":2'),
        ('"v":1', '"v": 1'),
        ('"seen":[', '"seen":[null,'),
        ('"seen":[', '"other":[],"seen":['),
        ('"origin":"ledger.example/one"', '"origin":"ledger.example/two"'),
        ("\\n16\\n", "\\n016\\n"),
        ("\u2014 auditor", "- auditor"),
        (STATE, ""),
        (STATE, "{}"),
        (STATE, STATE + STATE),
        ('{"note"', '{"note":"","origin":"a"},{"note"'),
    ],
)
def test_what_was_seen_cannot_be_told_from_a_damaged_file(old: str, new: str) -> None:
    damaged = STATE.replace(old, new, 1)
    assert damaged != STATE
    with pytest.raises(MalformedState):
        Seen.parse(damaged.encode())


def test_the_same_ledger_twice_is_not_what_was_seen() -> None:
    start, end = STATE.index("{", 1), STATE.rindex("}", 0, -2) + 1
    doubled = f"{STATE[:end]},{STATE[start:end]}{STATE[end:]}"
    with pytest.raises(MalformedState):
        Seen.parse(doubled.encode())


class Laptop:
    """An auditor's folder, with a key and a policy, and the command run in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "key").write_text(f"{AUDITOR.private_text}\n")
        (folder / "policy").write_text(f"log {LEDGER.key.text}\nquorum none\n")

    def path(self, name: str) -> str:
        return str(self.folder / name)

    def receive(self, request: ConsistencyProof, name: str = "proof") -> None:
        (self.folder / name).write_bytes(request.to_bytes())

    def cosign(self, *more: str, names: Sequence[str] = ("key", "policy", "state")) -> int:
        options = [each for name in names for each in (f"--{name}", self.path(name))]
        return main(["cosign", *options, *more, self.path("proof")])

    def files(self) -> set[str]:
        return {path.name for path in self.folder.iterdir()}


@pytest.fixture
def laptop(tmp_path: Path) -> Laptop:
    return Laptop(tmp_path)


def test_the_command_cosigns_and_remembers(
    laptop: Laptop, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    laptop.receive(asked(0, 16))
    assert laptop.cosign("--first") == 0
    signed = note.parse(capsysbinary.readouterr().out)
    assert cosignature.verify(signed, AUDITOR.key) > COSIGNED_AT - 10 * 365 * 86400
    state = laptop.folder / "state"
    assert state.stat().st_mode & 0o777 == 0o600
    assert Seen.parse(state.read_bytes()).notes == {LEDGER.name: signed}
    laptop.receive(asked(16, 32))
    assert laptop.cosign("-o", laptop.path("out")) == 0
    assert capsysbinary.readouterr().out == b""
    assert note.parse((laptop.folder / "out").read_bytes()).text.split("\n")[1] == "32"
    assert laptop.files() == {"key", "policy", "proof", "state", "out"}


def refusal(capsys: pytest.CaptureFixture[str]) -> str:
    printed = capsys.readouterr()
    assert printed.out == ""
    line, *hints = printed.err.splitlines()
    assert line.startswith("crypto: ")
    assert not line.endswith(".")
    assert all(hint.startswith("hint: ") for hint in hints)
    return printed.err


def test_a_refused_tree_leaves_everything_as_it_was(
    laptop: Laptop, capsys: pytest.CaptureFixture[str]
) -> None:
    laptop.receive(asked(0, 32))
    assert laptop.cosign("--first", "-o", laptop.path("out")) == 0
    before = {name: (laptop.folder / name).read_bytes() for name in ("state", "out")}
    for request in (asked(32, 64, FORK), asked(16, 31), asked(16, 64)):
        laptop.receive(request)
        assert laptop.cosign("-o", laptop.path("out")) == 1
        assert "hint: " in refusal(capsys)
    assert {name: (laptop.folder / name).read_bytes() for name in before} == before
    assert laptop.files() == {"key", "policy", "proof", "state", "out"}


def test_a_lost_memory_is_not_taken_for_a_first_time(
    laptop: Laptop, capsys: pytest.CaptureFixture[str]
) -> None:
    laptop.receive(asked(0, 16))
    assert laptop.cosign() == 1
    told = refusal(capsys)
    assert told.startswith(f"crypto: {laptop.path('proof')}: this ledger has not been seen before")
    assert "state" not in laptop.files()


def test_a_damaged_memory_is_named_and_nothing_is_cosigned(
    laptop: Laptop, capsys: pytest.CaptureFixture[str]
) -> None:
    (laptop.folder / "state").write_text("{}")
    laptop.receive(asked(0, 16))
    for more in ([], ["--first"]):
        assert laptop.cosign(*more) == 1
        assert laptop.path("state") in refusal(capsys)


def test_a_second_run_waits_for_nobody_and_signs_nothing(
    laptop: Laptop, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two runs that read the same memory could cosign a fork between them."""
    laptop.receive(asked(0, 16))
    (laptop.folder / "state.new").touch()
    assert laptop.cosign("--first") == 1
    assert "another run is at work" in refusal(capsys)
    assert "state" not in laptop.files()


def test_an_answer_that_could_not_be_written_can_be_asked_for_again(
    laptop: Laptop, capsys: pytest.CaptureFixture[str]
) -> None:
    laptop.receive(asked(0, 16))
    assert laptop.cosign("--first", "-o", laptop.path("none/out")) == 1
    refusal(capsys)
    assert laptop.cosign("-o", laptop.path("out")) == 0


def test_a_key_is_made_once_and_its_public_half_is_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "key"
    command = ["cosign", "--new", "auditor.example/one", "--key", str(path)]
    assert main(command) == 0
    printed = capsys.readouterr().out
    assert path.stat().st_mode & 0o777 == 0o600
    signer = cosigning.read_key(str(path))
    assert printed == f"{signer.key.text}\n"
    assert signer.name == "auditor.example/one"
    before = path.read_bytes()
    assert main(command) == 1
    assert "file exists" in refusal(capsys)
    assert path.read_bytes() == before


@pytest.mark.parametrize("name", ["", "two words", "a+b", "n" * 256])
def test_a_name_that_no_key_can_have_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    path = tmp_path / "key"
    assert main(["cosign", "--new", name, "--key", str(path)]) == 1
    assert "a name is one word" in refusal(capsys)
    assert not path.exists()


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff", FIRM.key.text.encode(), FIRM.private_text.encode()[:-4], b"x" * 10000],
)
def test_a_file_that_holds_no_key_is_named_and_not_shown(
    laptop: Laptop, capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    (laptop.folder / "key").write_bytes(content)
    laptop.receive(asked(0, 16))
    assert laptop.cosign("--first") == 1
    told = refusal(capsys)
    assert laptop.path("key") in told
    assert len(content) < 6 or content.decode("latin-1") not in told


@pytest.mark.parametrize("missing", ["policy", "state"])
def test_what_cosigning_takes_is_said(
    laptop: Laptop, capsys: pytest.CaptureFixture[str], missing: str
) -> None:
    laptop.receive(asked(0, 16))
    names = [name for name in ("key", "policy", "state") if name != missing]
    assert laptop.cosign("--first", names=names) == 1
    assert "takes --policy, --state and a proof" in refusal(capsys)


def test_the_file_of_a_witness_elsewhere_is_the_one_that_is_read() -> None:
    """The file is what C2SP tlog-witness sends, so any witness of that kind can be asked too."""
    request = asked(16, 33)
    head, _, rest = request.to_bytes().partition(b"\n\n")
    assert head.split(b"\n")[0] == b"old 16"
    assert len(head.split(b"\n")) == 1 + len(request.hashes)
    assert rest == request.note.to_bytes()
    assert proof.parse_consistency(request.to_bytes()) == request
