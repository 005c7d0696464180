"""Takes out of the book what it has of a case: every row but its stub and its places in the ledger.

The stub must be there first; triggers refuse otherwise. What people signed about a case goes with
it, but for the act that made it a drill, of which a drill's own row tells. What the ledger has, and
which of its entries are the case's, stays.
"""

from sqlalchemy import Connection, delete, select

from review.store.casework_schema import (
    act_endings,
    act_signatures,
    acts,
    case_categories,
    case_marks,
    case_outcomes,
    courses,
    drills,
    open_acts,
)
from review.store.generations_schema import case_keys, offered_files, recusals, releases, shares
from review.store.inbox_schema import inbox
from review.store.retention_schema import kept_as
from review.store.schema import (
    case_exclusions,
    case_readers,
    cases,
    envelopes,
    grants,
    outbox,
    proof_posts,
    readings,
    slices,
)

# In an order in which no row goes before one that names it.
_OF_CASE = (
    *(inbox, readings, outbox, offered_files, shares, releases, recusals, case_keys),
    *(kept_as, case_marks, case_outcomes, case_categories, courses, slices, envelopes, grants),
    *(case_exclusions, case_readers),
)


def remove_case(connection: Connection, case_id: str, mailbox_id: str) -> None:
    """Remove every row of a case whose stub is there."""
    for table in _OF_CASE:
        connection.execute(delete(table).where(table.c.case_id == case_id))
    connection.execute(delete(proof_posts).where(proof_posts.c.mailbox_id == mailbox_id))
    kept = select(drills.c.marked).where(drills.c.marked.is_not(None))
    signed = select(acts.c.hash).where(acts.c.subject == case_id, acts.c.hash.not_in(kept))
    for table in (open_acts, act_signatures, act_endings):
        connection.execute(delete(table).where(table.c.hash.in_(signed)))
    connection.execute(delete(acts).where(acts.c.subject == case_id, acts.c.hash.not_in(kept)))
    connection.execute(delete(cases).where(cases.c.id == case_id))
