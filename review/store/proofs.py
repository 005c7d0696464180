"""Which proofs the submitters have in their mailboxes, and which they are owed.

A proof is owed for everything received that the keeper has signed. With a policy, one that was
posted before enough people had cosigned is owed again when they have.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, and_, delete, insert, or_, select

from crypto.errors import CryptoError
from crypto.policy import Policy
from review.store import ledger as store
from review.store.ledger import LedgerRow, SignedHead
from review.store.schema import case_entries, cases, proof_posts


@dataclass(frozen=True, kw_only=True)
class Owed:
    """A proof to post: of which entry, by which checkpoint, for which place of which mailbox."""

    case_id: str
    mailbox_id: str
    message_n: int
    ledger: LedgerRow
    index: int
    head: SignedHead
    final: bool


def owed(connection: Connection, policy: Policy | None) -> list[Owed]:
    """Every proof that can be posted now and was not, or not by a checkpoint as good as this."""
    found: list[Owed] = []
    for ledger in store.all_ledgers(connection):
        newest = store.newest_checkpoint(connection, ledger.number)
        if newest is not None:
            best = _best(connection, ledger, newest, policy)
            found += _owed_of(connection, ledger, newest, best)
    return found


def mark_posted(connection: Connection, owed: Owed) -> None:
    """Remember that the mailbox has this proof, instead of an earlier one."""
    place = {"mailbox_id": owed.mailbox_id, "n": owed.message_n}
    connection.execute(delete(proof_posts).filter_by(**place))
    values = {"ledger": owed.ledger.number, "size": owed.head.size, "final": owed.final}
    connection.execute(insert(proof_posts).values(**place, **values))


def _owed_of(
    connection: Connection, ledger: LedgerRow, newest: SignedHead, best: SignedHead | None
) -> Iterator[Owed]:
    posted = and_(
        proof_posts.c.mailbox_id == cases.c.mailbox_id,
        proof_posts.c.n == case_entries.c.message_n,
    )
    rows = connection.execute(
        select(
            case_entries.c.case_id,
            case_entries.c.message_n,
            case_entries.c.index.label("at"),
            cases.c.mailbox_id,
            proof_posts.c.size.label("posted"),
        )
        .join(cases, cases.c.id == case_entries.c.case_id)
        .outerjoin(proof_posts, posted)
        .where(
            case_entries.c.ledger == ledger.number,
            case_entries.c.message_n.is_not(None),
            or_(proof_posts.c.size.is_(None), proof_posts.c.final.is_(False)),
        )
        .order_by(cases.c.mailbox_id, case_entries.c.message_n)
    )
    for row in rows:
        is_final = best is not None and row.at < best.size
        head = best if best is not None and is_final else newest
        if row.at < head.size and (is_final or row.posted is None):
            yield Owed(
                case_id=row.case_id,
                mailbox_id=row.mailbox_id,
                message_n=row.message_n,
                ledger=ledger,
                index=row.at,
                head=head,
                final=is_final,
            )


def _best(
    connection: Connection, ledger: LedgerRow, newest: SignedHead, policy: Policy | None
) -> SignedHead | None:
    """The newest checkpoint of a ledger that the policy believes, if there is one."""
    if policy is None:
        return None
    sizes = store.cosigned_sizes(connection, ledger.number)
    heads = (store.checkpoint_at(connection, ledger.number, size) for size in sizes)
    for head in (newest, *heads):
        if head is not None and _is_believed(policy, head):
            return head
    return None


def _is_believed(policy: Policy, head: SignedHead) -> bool:
    try:
        policy.check(head.note)
    except CryptoError:
        return False
    return True
