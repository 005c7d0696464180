"""The keeper's work: a batch a day, a checkpoint that continues the last one, and proofs.

The order makes it safe to be stopped anywhere. What waits is appended in one transaction. Then the
tree that was committed is compared with the checkpoint that is kept outside the book, signed, kept,
and only then put into the book. So a tree that was appended and not signed is signed by the next
run, what was signed is never signed again as something else, and a tree that is smaller than the
kept one, or does not continue it, is not signed at all.
"""

import datetime
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import Connection, Engine

from crypto import checkpoint, cosignature, merkle
from crypto import entry as entry_format
from crypto.checkpoint import Checkpoint
from crypto.cosignature import Signer
from crypto.errors import InconsistentTree
from crypto.merkle import EMPTY_ROOT, Frontier, Tree
from crypto.note import Note, Signature
from crypto.policy import Policy
from crypto.proof import ConsistencyProof, Proof
from review.batch import CONTINUED, add_batch, carry, continuation
from review.errors import LedgerRefused
from review.kept import KeptCheckpoint
from review.nodes import check_nodes
from review.store import ledger as store
from review.store.database import reading, writing
from review.store.ledger import LedgerRow, SignedHead

Entropy = Callable[[int], bytes]
_CONTINUE = "if entries are lost for good, go on under a new key with: underrose ledger continue"
_FIRST = "put the file back; if it is lost, and nothing else is, say so with --first"
_PAGE = 1 << 12


@dataclass(frozen=True, kw_only=True)
class Keeper:
    """What a batch works with: the book, the ledger's key, and what was signed last."""

    book: Engine
    signer: Signer
    kept: KeptCheckpoint
    entropy: Entropy = field(default=secrets.token_bytes, repr=False)


def run_batch(keeper: Keeper, today: datetime.date, at: int, *, first: bool = False) -> SignedHead:
    """Append what waits and sign the tree, at this time in seconds since 1970.

    first says that the kept checkpoint is lost, and that the book's newest one may stand for it.
    Raises LedgerRefused, and then nothing was appended; LedgerMoved if somebody else appends.
    """
    with reading(keeper.book) as connection:
        ledger = store.current(connection)
        _check_seen(connection, keeper, ledger, first=first)
        if ledger is not None:
            check_rows(connection, ledger)
        left = None if ledger is None else _day_left(connection, ledger)
    if left is not None:
        _sign(keeper, left, at, first=first)
    with writing(keeper.book) as connection:
        ledger = store.current(connection) or store.begin(connection, keeper.signer.key, today)
        add_batch(connection, ledger, today, keeper.entropy)
    return _sign(keeper, today, at, first=first)


def continue_ledger(
    keeper: Keeper, today: datetime.date, at: int, *, first: bool = False
) -> SignedHead:
    """Begin another ledger under the keeper's new key, whose first entry names where the old ended.

    That is for a keeper who has lost entries, or the old key. Raises LedgerRefused.
    """
    with keeper.kept.held() as keep:
        with reading(keeper.book) as connection:
            ledger = store.current(connection)
            ended = _end(connection, keeper, ledger, first=first)
        if ended is not None:
            keep(ended)
    with writing(keeper.book) as connection:
        head = _head_of(ended, ledger)
        # Also the kept one's: a book that lost the whole ledger knows of no name.
        names = {each.origin for each in store.all_ledgers(connection)} | {head.origin}
        if keeper.signer.name in names:
            raise LedgerRefused(
                "there was a ledger of this name already",
                hint="make a key of another name: underrose keys new-ledger",
            )
        # What was appended and never signed is taken along, and not what the book has lost.
        carried = (
            carry(connection, ledger, _signed_size(connection, ledger, head)) if ledger else []
        )
        begun = store.begin(connection, keeper.signer.key, today)
        opening = [continuation(head, today, keeper.entropy)]
        add_batch(connection, begun, today, keeper.entropy, first=opening, carried=carried)
    return _sign(keeper, today, at, first=False)


def _signed_size(connection: Connection, ledger: LedgerRow, head: Checkpoint) -> int:
    """How many of the ledger's entries were surely signed, given the largest signed head."""
    newest = store.newest_checkpoint(connection, ledger.number)
    signed = 0 if newest is None else newest.size
    tree = store.tree(connection, ledger)
    try:
        is_ours = head.size <= tree.size and Tree(head.size, tree.node).root() == head.root
    except LookupError:
        is_ours = False
    return max(signed, head.size) if is_ours else min(signed, ledger.size)


def check_rows(connection: Connection, ledger: LedgerRow) -> None:
    """Return if every stored entry is what was logged. Raises LedgerRefused.

    Roots and proofs are made of few stored hashes, so they would not show that the bytes of an old
    entry were changed in the book, nor its hash.
    """
    frontier = Frontier()
    page: list[bytes] = []
    for index, leaf, document in store.rows_from(connection, ledger.number):
        if index != frontier.size + len(page) or not _is_leaf(leaf, document):
            raise LedgerRefused(f"the ledger's entry {index} is not what was logged", _CONTINUE)
        page.append(leaf)
        if len(page) == _PAGE:
            frontier.extend(page)
            page = []
    frontier.extend(page)
    if (frontier.size, frontier.root()) != (ledger.size, _root(store.tree(connection, ledger))):
        raise LedgerRefused("the ledger's entries are not those of its tree", _CONTINUE)
    check_nodes(connection, ledger, _CONTINUE)


def _is_leaf(leaf: object, document: object) -> bool:
    """Whether these are bytes, which whoever has the file can change, and belong together."""
    return isinstance(document, bytes) and merkle.leaf_hash(document) == leaf


def _root(tree: Tree) -> bytes:
    try:
        return tree.root()
    except LookupError as missing:
        raise LedgerRefused(f"of the ledger {missing.args[0]}", _CONTINUE) from None


def _check_seen(
    connection: Connection, keeper: Keeper, ledger: LedgerRow | None, *, first: bool
) -> Note | None:
    """What is kept of this ledger. Raises LedgerRefused unless the book's tree continues it.

    The tree must continue the book's own newest checkpoint too, should the file be an older one.
    """
    last = keeper.kept.read()
    if ledger is None:
        if last is not None:
            raise LedgerRefused("a checkpoint is kept, and the book has no ledger", _CONTINUE)
        return None
    if ledger.vkey != keeper.signer.key.text:
        raise LedgerRefused("the key is not the one that the book's ledger has", _CONTINUE)
    newest = store.newest_checkpoint(connection, ledger.number)
    if last is None and newest is not None and not first:
        raise LedgerRefused("the kept checkpoint is not there", _FIRST)
    if last is not None and newest is None and _is_continued_from(connection, ledger, last):
        last = None
    for note in (last, newest and newest.note):
        if note is not None:
            _check_continues(ledger, store.tree(connection, ledger), note)
    return last


def _is_continued_from(connection: Connection, ledger: LedgerRow, last: Note) -> bool:
    """Whether the ledger's first entry says that it continues the other one that is kept."""
    head = checkpoint.parse(last.text)
    if head.origin == ledger.origin or ledger.size == 0:
        return False
    entry = entry_format.parse(store.entry_at(connection, ledger.number, 0))
    named = {"origin": head.origin, "size": head.size, "root": head.root.hex()}
    return entry.type == CONTINUED and dict(entry.data) == named


def _check_continues(ledger: LedgerRow, tree: Tree, last: Note) -> None:
    """Return if the tree continues what was signed last. Raises LedgerRefused."""
    head = checkpoint.parse(last.text)
    if head.origin != ledger.origin:
        raise LedgerRefused(f"the kept checkpoint is of another ledger, {head.origin}", _CONTINUE)
    cosignature.verify(last, ledger.key)
    if head.size > tree.size:
        raise LedgerRefused(
            f"the book's ledger has {tree.size} entries, and {head.size} were signed", _CONTINUE
        )
    try:
        hashes = tree.prove_consistency(head.size)
        merkle.verify_consistency(head.size, head.root, tree.size, tree.root(), hashes)
    except (InconsistentTree, LookupError):
        raise LedgerRefused(
            "the book's ledger does not continue the checkpoint that was signed last", _CONTINUE
        ) from None


def _day_left(connection: Connection, ledger: LedgerRow) -> datetime.date | None:
    """The day of a batch that an earlier run has appended, and got no further; or None."""
    newest = store.newest_checkpoint(connection, ledger.number)
    signed = 0 if newest is None else newest.size
    left = store.entries_from(connection, ledger.number, signed, ledger.size)
    return max((entry_format.parse(document).on for _, document in left), default=None)


def _add_checkpoint(
    connection: Connection, ledger: LedgerRow, note: Note, on: datetime.date
) -> SignedHead:
    head = checkpoint.parse(note.text)
    there = store.checkpoint_at(connection, ledger.number, head.size)
    if there is None:
        there = SignedHead(head.size, on, note)
        store.add_checkpoint(connection, ledger.number, there)
    return there


def _sign(keeper: Keeper, on: datetime.date, at: int, *, first: bool) -> SignedHead:
    """Sign the tree as the book has it, unless that is done; on is the day of its batch."""
    with keeper.kept.held() as keep:
        with reading(keeper.book) as connection:
            ledger = store.current(connection)
            if ledger is None:
                raise LedgerRefused("the book has no ledger")
            last = _check_seen(connection, keeper, ledger, first=first)
            head = Checkpoint.of(ledger.origin, store.tree(connection, ledger))
            there = store.checkpoint_at(connection, ledger.number, head.size)
        if there is not None:
            note = Note(there.note.text, there.note.signatures[:1])
        elif last is not None and last.text == head.text:
            note = last
        else:
            note = Note(head.text, (keeper.signer.sign(head, at),))
        if note != last:
            keep(note)
        with writing(keeper.book) as connection:
            return _add_checkpoint(connection, ledger, note, on)


def _end(
    connection: Connection, keeper: Keeper, ledger: LedgerRow | None, *, first: bool
) -> Note | None:
    """The largest checkpoint that was signed of the ledger that ends, as far as anybody knows."""
    last = keeper.kept.read()
    newest = None if ledger is None else store.newest_checkpoint(connection, ledger.number)
    if ledger is None and last is None:
        raise LedgerRefused("there is no ledger to continue", "begin one: underrose ledger batch")
    if last is None and newest is not None and not first:
        raise LedgerRefused("the kept checkpoint is not there", _FIRST)
    if ledger is not None and last is not None:
        if checkpoint.parse(last.text).origin != ledger.origin:
            raise LedgerRefused(
                "the kept checkpoint is of another ledger than the book's newest",
                hint="if another was begun and not signed, finish it with: underrose ledger batch",
            )
        cosignature.verify(last, ledger.key)
    signed = [note for note in (last, newest and newest.note) if note is not None]
    return max(signed, key=lambda note: checkpoint.parse(note.text).size, default=None)


def _head_of(ended: Note | None, ledger: LedgerRow | None) -> Checkpoint:
    if ended is not None:
        return checkpoint.parse(ended.text)
    # The first batch was interrupted before anything was signed.
    return Checkpoint(ledger.origin if ledger else "", 0, EMPTY_ROOT)


def consistency(book: Engine, old_size: int) -> bytes:
    """The file that shows that the newest checkpoint continues the tree of old_size entries.

    Raises LedgerRefused.
    """
    with reading(book) as connection:
        ledger = store.current(connection)
        head = None if ledger is None else store.newest_checkpoint(connection, ledger.number)
        if ledger is None or head is None:
            raise LedgerRefused("nothing has been signed yet", "run: underrose ledger batch")
        if old_size > head.size:
            raise LedgerRefused(f"the newest checkpoint is of {head.size} entries")
        tree = Tree(head.size, store.tree(connection, ledger).node)
        try:
            hashes = tree.prove_consistency(old_size)
            old_root = Tree(old_size, tree.node).root()
            merkle.verify_consistency(old_size, old_root, head.size, _root_of(head), hashes)
        except (InconsistentTree, LookupError):
            raise LedgerRefused("that cannot be shown from what is stored", _CONTINUE) from None
        return ConsistencyProof(old_size, hashes, head.note).to_bytes()


def _root_of(head: SignedHead) -> bytes:
    return checkpoint.parse(head.note.text).root


def take_cosigned(book: Engine, policy: Policy, note: Note) -> tuple[str, ...]:
    """Keep the lines of the policy's witnesses under a checkpoint of ours; returns who is new.

    Raises LedgerRefused, UnknownLedger, NotSigned or InvalidSignature.
    """
    head, _ = policy.check_signed(note)
    witnesses = [each for each in policy.witnesses if note.has_line_of(each.key)]
    for witness in witnesses:
        cosignature.verify(note, witness.key)
    with writing(book) as connection:
        ledgers = [each for each in store.all_ledgers(connection) if each.origin == head.origin]
        ours = ledgers and store.checkpoint_at(connection, ledgers[0].number, head.size)
        if not ours or ours.note.text != note.text:
            raise LedgerRefused(
                "the book has signed no such checkpoint",
                hint="keep that file: it may show that the ledger was rewritten",
            )
        cosignature.verify(note, ledgers[0].key)
        new = []
        for witness in witnesses:
            key = witness.key
            line = Signature(key.name, key.id, note.signature_by(key))
            if store.add_cosignature(connection, ledgers[0].number, head.size, line):
                new.append(witness.name)
    if not witnesses:
        raise LedgerRefused("nobody of the policy has cosigned this")
    return tuple(new)


def prove(connection: Connection, ledger: LedgerRow, index: int, note: Note) -> Proof:
    """The file that shows that the entry at index is in the tree of this checkpoint's note.

    Raises InvalidProof if what is stored proves nothing, so that nobody is given such a file.
    """
    head = checkpoint.parse(note.text)
    document = store.entry_at(connection, ledger.number, index)
    hashes = Tree(head.size, store.tree(connection, ledger).node).prove_inclusion(index)
    leaf = merkle.leaf_hash(document)
    merkle.verify_inclusion(leaf, index, head.size, hashes, head.root)
    return Proof(index, hashes, note, document)
