"""What a batch adds to the ledger: all that waits, filled up with cover, in an order drawn by lot.

The order of a case stays in its entries, each of which names the one before by its hash; where they
stand among the others of their batch says nothing, and how many there are shows in steps of 16.
"""

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from crypto import entry as entry_format
from crypto import merkle
from crypto.checkpoint import Checkpoint
from crypto.entry import NONCE_SIZE, Entry
from crypto.entry_types import Value
from review.audit import rules
from review.store import entries
from review.store import ledger as store
from review.store.ledger import CaseEntry, LedgerRow

Entropy = Callable[[int], bytes]
# How many entries a case has, and the leaf hash of the last one.
Head = tuple[int, str | None]
STEP = 16
CONTINUED = "ledger.continued"
_ADOPTED = "rules.adopted"
# What a ledger says of itself, and what is not carried on into the one after it.
_OF_THE_LEDGER = (entry_format.COVER, _ADOPTED, CONTINUED)
_LOT_SIZE = 16


@dataclass(frozen=True)
class Leaf:
    """One entry's bytes, and which entry of which case it is."""

    document: bytes
    case_id: str | None = None
    n: int = 0
    message_n: int | None = None


def is_idle(connection: Connection) -> bool:
    """Whether a batch now would hold cover alone, and everything before it is signed."""
    ledger = store.current(connection)
    if ledger is None or not entries.is_empty(connection):
        return False
    newest = store.newest_checkpoint(connection, ledger.number)
    is_signed = newest is not None and newest.size == ledger.size
    return is_signed and store.adopted_rules(connection, ledger.number) == rules.HASH


def add_batch(
    connection: Connection,
    ledger: LedgerRow,
    today: datetime.date,
    entropy: Entropy,
    *,
    first: Sequence[Leaf] = (),
    carried: Sequence[Leaf] = (),
) -> LedgerRow:
    """Move what waits into the ledger, in the caller's one transaction.

    first stays in front; carried are entries of the ledger before. Raises LedgerMoved.
    """
    waiting = entries.pending(connection)
    leaves = [*carried, *_linked(connection, waiting, _heads(carried))]
    if store.adopted_rules(connection, ledger.number) != rules.HASH:
        leaves.append(_adoption(today, entropy))
        store.adopt_rules(connection, ledger.number, rules.HASH)
    missing = -(len(first) + len(leaves)) % STEP
    nonces = (entropy(NONCE_SIZE) for _ in range(missing or (0 if leaves else STEP)))
    leaves += [Leaf(entry_format.cover(today, nonce).to_bytes()) for nonce in nonces]
    leaves.sort(key=lambda _: entropy(_LOT_SIZE))
    ordered = [*first, *leaves]
    grown = store.append(connection, ledger, [leaf.document for leaf in ordered])
    _place(connection, ledger, ordered)
    entries.discard(connection, waiting)
    return grown


def continuation(head: Checkpoint, today: datetime.date, entropy: Entropy) -> Leaf:
    """The first entry of a ledger that goes on where this checkpoint of another one ended."""
    data: dict[str, Value] = {"origin": head.origin, "size": head.size, "root": head.root.hex()}
    entry = Entry(type=CONTINUED, on=today, nonce=entropy(NONCE_SIZE), data=data)
    return Leaf(entry.to_bytes())


def carry(connection: Connection, ledger: LedgerRow, signed: int) -> list[Leaf]:
    """The entries that the ledger has behind those that its keeper has signed.

    A batch that was interrupted leaves them. Who continues the ledger under another name takes
    them along; the book then forgets where they were.
    """
    places = {
        entry.index: (case_id, entry)
        for case_id, entry in store.forget_case_entries(connection, ledger.number, signed)
    }
    leaves = []
    for index, document in store.entries_from(connection, ledger.number, signed, ledger.size):
        if index in places:
            case_id, place = places[index]
            leaves.append(Leaf(document, case_id, place.n, place.message_n))
        elif entry_format.parse(document).type not in _OF_THE_LEDGER:
            leaves.append(Leaf(document))
    return leaves


def _heads(carried: Sequence[Leaf]) -> dict[str, Head]:
    """Where each case stands behind the entries that are carried on."""
    ordered = sorted(carried, key=lambda leaf: leaf.n)
    return {
        leaf.case_id: (leaf.n, merkle.leaf_hash(leaf.document).hex())
        for leaf in ordered
        if leaf.case_id is not None
    }


def _linked(
    connection: Connection, waiting: Sequence[entries.Pending], heads: dict[str, Head]
) -> list[Leaf]:
    """The entries that wait, each naming the one of its case before it by its leaf hash."""
    leaves = []
    for each in waiting:
        if each.case_id is None:
            leaves.append(Leaf(each.leaf(each.nonce, None).to_bytes()))
            continue
        if each.case_id not in heads:
            last = store.last_of_case(connection, each.case_id)
            heads[each.case_id] = (0, None) if last is None else (last.n, last.leaf_hash.hex())
        n, previous = heads[each.case_id]
        document = each.leaf(each.nonce, previous).to_bytes()
        leaves.append(Leaf(document, each.case_id, n + 1, each.message_n))
        heads[each.case_id] = n + 1, merkle.leaf_hash(document).hex()
    return leaves


def _adoption(today: datetime.date, entropy: Entropy) -> Leaf:
    data: dict[str, Value] = {"rules": rules.HASH, "version": rules.VERSION}
    entry = Entry(type=_ADOPTED, on=today, nonce=entropy(NONCE_SIZE), data=data)
    return Leaf(entry.to_bytes())


def _place(connection: Connection, ledger: LedgerRow, ordered: Sequence[Leaf]) -> None:
    """Keep where each case has its entries now."""
    for index, leaf in enumerate(ordered, ledger.size):
        if leaf.case_id is not None:
            digest = merkle.leaf_hash(leaf.document)
            place = CaseEntry(leaf.n, ledger.number, index, digest, leaf.message_n)
            store.add_case_entries(connection, leaf.case_id, [place])
