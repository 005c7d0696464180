"""The daily batch: what it appends, what it signs, and what it refuses to sign."""

import datetime
import hashlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from crypto import checkpoint, cosignature, merkle, policy
from crypto.checkpoint import Checkpoint
from crypto.cosignature import Signer
from crypto.cosigning import Seen, cosign
from crypto.errors import InvalidProof, InvalidSignature, UnknownLedger
from crypto.note import Note
from crypto.proof import parse, parse_consistency
from review import ledger as keeping
from review.audit import rules
from review.batch import is_idle
from review.errors import LedgerRefused
from review.ledger import consistency, continue_ledger, prove, take_cosigned
from review.store import ledger as store
from review.store.database import reading
from tests.review.keeping import CASE, DAY, KEEPER, NOON, SECOND, House, house

pytestmark = pytest.mark.stores

OTHER = "bb" * 32
AUDITOR = Signer("auditor.example/grace", b"a" * 32)
POLICY = policy.parse(
    f"log {KEEPER.key.text}\nwitness auditor {AUDITOR.key.text}\nquorum auditor\n".encode()
)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[House]:
    yield from house(tmp_path)


def refused(book: House, words: str, hint: str = "underrose ledger continue") -> None:
    """A batch that signs nothing, appends nothing and drops nothing that waits."""
    before = book.backup(), book.kept.read_bytes() if book.kept.exists() else None
    with pytest.raises(LedgerRefused, match=words) as raised:
        book.batch()
    assert hint in (raised.value.hint or "")
    assert (book.backup(), book.kept.read_bytes() if book.kept.exists() else None) == before


def test_a_batch_has_what_waited_and_cover_up_to_sixteen(book: House) -> None:
    book.act(3)
    head = book.batch()
    kinds = Counter(each.type for each in book.entries())
    assert kinds == {"case.moved": 3, "rules.adopted": 1, "cover": 12}
    assert (head.size, head.on) == (16, DAY)
    book.audit()
    assert book.kept_note() == head.note
    assert cosignature.verify(head.note, KEEPER.key) == NOON
    assert len(book.chain()) == 3


@pytest.mark.parametrize(("acts", "size"), [(0, 16), (15, 16), (16, 32), (31, 32), (32, 48)])
def test_volume_shows_only_in_steps_of_sixteen(book: House, acts: int, size: int) -> None:
    book.act(acts)
    assert book.batch().size == size


def test_a_batch_is_made_also_when_nothing_came(book: House) -> None:
    sizes = [book.batch().size for _ in range(3)]
    assert sizes == [16, 32, 48]
    assert [each.type for each in book.entries()].count("cover") == 47
    book.audit()


def test_the_rules_are_told_at_first_and_when_they_change(
    book: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    book.batch()
    book.batch()
    monkeypatch.setattr(rules, "HASH", "ab" * 32)
    book.batch()
    book.batch()
    told = [each.data["rules"] for each in book.entries() if each.type == "rules.adopted"]
    assert told == [hashlib.sha256(rules.document()).hexdigest(), "ab" * 32]


def test_the_order_of_a_batch_says_nothing_and_that_of_a_case_is_kept(book: House) -> None:
    book.act(20)
    book.act(20, OTHER)
    book.batch()
    book.act(5)
    book.batch()
    with reading(book.engine) as connection:
        places = [each.index for each in store.case_chain(connection, CASE)]
    assert places != sorted(places)
    assert (len(book.chain()), len(book.chain(OTHER))) == (25, 20)


def test_nothing_waits_after_a_batch_and_nothing_is_told_twice(book: House) -> None:
    book.act(2)
    with reading(book.engine) as connection:
        assert not is_idle(connection)
    book.batch()
    with reading(book.engine) as connection:
        assert is_idle(connection)
    book.batch()
    assert [each.type for each in book.entries()].count("case.moved") == 2


def test_a_clock_set_back_is_signed_and_can_be_seen(book: House) -> None:
    """Attack: backdating. It is not hidden, because the days stand as they were told."""
    book.batch(DAY)
    book.batch(DAY - datetime.timedelta(days=9))
    assert [head.on for head in book.heads()] == [DAY, DAY - datetime.timedelta(days=9)]


def test_a_restored_older_book_is_not_signed(book: House) -> None:
    """Attack: a backup put back, so that what came later never was."""
    book.act()
    book.batch()
    older = book.backup()
    book.act()
    book.batch()
    book.restore(older)
    book.act()
    refused(book, "has 16 entries, and 32 were signed")


def test_a_book_without_its_ledger_is_not_begun_anew(book: House) -> None:
    empty = book.backup()
    book.batch()
    book.restore(empty)
    refused(book, "the book has no ledger")


def test_another_history_of_the_same_size_is_not_signed(book: House) -> None:
    """Attack: the last batch made again without an entry that somebody wants gone."""
    book.batch()
    older, kept = book.backup(), book.kept.read_bytes()
    book.act()
    book.batch()
    after = book.kept.read_bytes()
    book.restore(older)
    book.kept.write_bytes(kept)
    book.batch()
    book.kept.write_bytes(after)
    refused(book, "does not continue")


CHANGES = {
    "bytes of an entry": "UPDATE ledger_entries SET document = zeroblob(1) WHERE \"index\" = 3",
    "bytes and hash of an entry": 'UPDATE ledger_entries SET (document, leaf_hash) = '
    '(SELECT document, leaf_hash FROM ledger_entries WHERE "index" = 4) WHERE "index" = 3',
    "an entry gone": 'DELETE FROM ledger_entries WHERE "index" = 3',
    "the last entry gone": 'DELETE FROM ledger_entries WHERE "index" = 31',
    "an entry more": "INSERT INTO ledger_entries VALUES (1, 32, zeroblob(1), zeroblob(1))",
    "a hash of the tree": "UPDATE ledger_nodes SET hash = zeroblob(32) WHERE level = 5",
    "a hash of the tree gone": "DELETE FROM ledger_nodes WHERE level = 5",
    "a smaller size": "UPDATE ledgers SET size = 16",
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_row_changed_behind_the_ledger_is_not_signed(book: House, change: str) -> None:
    """Attack: somebody with the file drops the triggers and rewrites what was recorded."""
    book.act(4)
    book.batch()
    book.batch()
    book.behind_its_back(change)
    book.act()
    refused(book, "entr|tree|hash|ledger")


def test_a_whole_tree_rewritten_to_fit_is_not_signed_either(book: House, tmp_path: Path) -> None:
    """Attack: every hash of the book made to agree with an entry that never was."""
    book.act(4)
    book.batch()
    (tmp_path / "other").mkdir()
    forged = House(tmp_path / "other")
    forged.act(3)
    forged.batch()
    book.restore(forged.backup())
    forged.close()
    book.act()
    refused(book, "does not continue")


def test_a_missing_kept_checkpoint_is_not_the_first_one(book: House) -> None:
    """Attack: the file removed, so that a smaller tree may be signed."""
    book.batch()
    book.kept.unlink()
    refused(book, "the kept checkpoint is not there", hint="--first")
    assert book.batch(first=True).size == 32
    book.audit()


def test_an_older_kept_checkpoint_does_not_make_the_book_s_own_forgotten(book: House) -> None:
    book.batch()
    kept = book.kept.read_bytes()
    book.batch()
    book.kept.write_bytes(kept)
    assert book.batch().size == 48
    assert [head.size for head in book.heads()] == [16, 32, 48]


@pytest.mark.parametrize("content", [b"", b"x", b"ledger.example/one\n16\n"])
def test_a_kept_checkpoint_that_is_none_is_not_overwritten(book: House, content: bytes) -> None:
    book.batch()
    book.kept.write_bytes(content)
    refused(book, "cannot be read", hint="put the file back")


def test_a_kept_checkpoint_by_another_key_is_refused(book: House) -> None:
    head = checkpoint.parse(book.batch().note.text)
    forger = Signer(KEEPER.name, b"f" * 32)
    for text in (head.text, Checkpoint(KEEPER.name, 0, merkle.EMPTY_ROOT).text):
        line = forger.sign(checkpoint.parse(text), 1)
        book.kept.write_bytes(Note(text, (line,)).to_bytes())
        with pytest.raises(Exception, match="no signature by|does not verify"):
            book.batch()
    book.kept.write_bytes(Note("elsewhere\n" + head.text.split("\n", 1)[1], (line,)).to_bytes())
    refused(book, "of another ledger, elsewhere")


def test_another_key_under_the_same_name_signs_nothing(book: House) -> None:
    book.batch()
    book.signer = Signer(KEEPER.name, b"f" * 32)
    refused(book, "the key is not the one")


def test_a_ledger_goes_on_under_another_name_after_a_loss(book: House) -> None:
    book.act(2)
    book.batch()
    older = book.backup()
    book.act()
    lost = checkpoint.parse(book.batch().note.text)
    book.restore(older)
    book.act(2)
    head = continue_ledger(book.keeper(SECOND), DAY, NOON)
    assert checkpoint.parse(head.note.text).origin == SECOND.name
    first, *rest = book.entries(2)
    assert first.type == "ledger.continued"
    assert first.data == {"origin": KEEPER.name, "size": 32, "root": lost.root.hex()}
    assert Counter(each.type for each in rest) == {
        "case.moved": 2, "rules.adopted": 1, "cover": 12,
    }  # fmt: skip
    assert len(book.chain()) == 4
    book.audit()
    book.audit(SECOND, number=2)
    refused(book, "the key is not the one")
    book.signer = SECOND
    assert book.batch().size == 32
    book.audit(SECOND, number=2)


def test_without_a_loss_a_new_key_names_the_book_s_newest(book: House) -> None:
    ended = checkpoint.parse(book.batch().note.text)
    continue_ledger(book.keeper(SECOND), DAY, NOON)
    assert book.entries(2)[0].data["root"] == ended.root.hex()


def test_a_book_that_lost_the_whole_ledger_names_what_is_kept(book: House) -> None:
    empty = book.backup()
    ended = checkpoint.parse(book.batch().note.text)
    book.restore(empty)
    continue_ledger(book.keeper(SECOND), DAY, NOON)
    assert book.entries(1)[0].data["root"] == ended.root.hex()
    book.audit(SECOND)


@pytest.mark.parametrize("signer", [KEEPER, Signer(KEEPER.name, b"f" * 32)])
def test_a_name_is_not_used_for_two_ledgers(book: House, signer: Signer) -> None:
    """Attack: a fork that has the name of what it leaves out."""
    book.batch()
    with pytest.raises(LedgerRefused, match="a ledger of this name"):
        continue_ledger(book.keeper(signer), DAY, NOON)


def test_nothing_is_continued_without_what_was_kept_of_it(book: House) -> None:
    with pytest.raises(LedgerRefused, match="no ledger to continue"):
        continue_ledger(book.keeper(SECOND), DAY, NOON)
    book.batch()
    book.kept.unlink()
    with pytest.raises(LedgerRefused, match="not there"):
        continue_ledger(book.keeper(SECOND), DAY, NOON)
    continue_ledger(book.keeper(SECOND), DAY, NOON, first=True)
    assert book.entries(2)[0].data["size"] == 16


def test_a_proof_is_a_file_that_any_verifier_believes(book: House) -> None:
    book.act(20)
    note = book.batch().note
    book.batch()
    rules_ = policy.parse(f"log {KEEPER.key.text}\nquorum none\n".encode())
    with reading(book.engine) as connection:
        for index in range(32):
            proof = parse(prove(connection, book.row(), index, note).to_bytes())
            assert proof.extra == store.entry_at(connection, 1, index)
            assert proof.check(proof.extra, rules_).checkpoint.size == 32


def test_a_proof_that_proves_nothing_is_given_to_nobody(book: House) -> None:
    note = book.batch().note
    book.behind_its_back("UPDATE ledger_nodes SET hash = zeroblob(32) WHERE level = 1")
    with reading(book.engine) as connection, pytest.raises(InvalidProof):
        prove(connection, book.row(), 0, note)


def test_a_consistency_proof_that_proves_nothing_is_given_to_nobody(book: House) -> None:
    """Attack: a keeper made to look as if the ledger had been rewritten."""
    book.batch()
    book.batch()
    book.behind_its_back("UPDATE ledger_nodes SET hash = zeroblob(32) WHERE position = 1")
    with pytest.raises(LedgerRefused, match="cannot be shown"):
        consistency(book.engine, 16)


def test_a_cosigner_s_line_is_taken_back_into_the_book(book: House) -> None:
    book.batch()
    book.batch()
    asked = parse_consistency(consistency(book.engine, 0))
    note, seen = cosign(asked, Seen(), POLICY, AUDITOR, NOON, first=True)
    assert take_cosigned(book.engine, POLICY, note) == ("auditor",)
    assert take_cosigned(book.engine, POLICY, note) == ()
    newest = book.heads()[-1].note
    assert newest == note
    assert POLICY.check(newest).cosigned[0].name == "auditor"
    book.batch()
    asked = parse_consistency(consistency(book.engine, 32))
    note, _ = cosign(asked, seen, POLICY, AUDITOR, NOON, first=False)
    assert take_cosigned(book.engine, POLICY, note) == ("auditor",)
    book.audit()


def test_a_line_that_does_not_verify_is_not_taken(book: House) -> None:
    head = checkpoint.parse(book.batch().note.text)
    wrong = AUDITOR.sign(Checkpoint(head.origin, head.size, b"x" * 32), 1)
    with pytest.raises(InvalidSignature):
        take_cosigned(book.engine, POLICY, book.heads()[0].note.signed(wrong))
    stranger = Signer("auditor.example/nobody", b"n" * 32)
    with pytest.raises(LedgerRefused, match="nobody of the policy"):
        take_cosigned(book.engine, POLICY, book.heads()[0].note.signed(stranger.sign(head, 1)))
    assert book.heads()[0].note.signatures[1:] == ()


def test_a_cosigned_fork_is_not_taken_for_ours(book: House, tmp_path: Path) -> None:
    """Attack: another tree of the same size, signed by the keeper and shown to one cosigner."""
    book.batch()
    (tmp_path / "fork").mkdir()
    fork = House(tmp_path / "fork")
    fork.act()
    note = fork.batch().note
    fork.close()
    signed = note.signed(AUDITOR.sign(checkpoint.parse(note.text), 1))
    with pytest.raises(LedgerRefused, match="no such checkpoint") as raised:
        take_cosigned(book.engine, POLICY, signed)
    assert "keep that file" in (raised.value.hint or "")


def test_a_policy_for_other_ledgers_takes_nothing(book: House) -> None:
    note = book.batch().note
    other = policy.parse(f"log {SECOND.key.text}\nquorum none\n".encode())
    with pytest.raises(UnknownLedger):
        take_cosigned(book.engine, other, note)


def test_there_is_no_consistency_proof_from_nowhere(book: House) -> None:
    with pytest.raises(LedgerRefused, match="nothing has been signed"):
        consistency(book.engine, 0)
    book.batch()
    with pytest.raises(LedgerRefused, match="is of 16 entries"):
        consistency(book.engine, 17)


def test_a_tree_that_was_not_signed_yet_is_in_no_consistency_proof(
    book: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    book.batch()
    monkeypatch.setattr(keeping, "_sign", lambda *_, **__: None)
    book.batch()
    assert book.row().size == 32
    assert checkpoint.parse(parse_consistency(consistency(book.engine, 0)).note.text).size == 16
