"""Whether people have approved a disposition, by their signatures and by nothing else.

Everything is asked in the transaction that decides: a row that says so is no approval.
"""

import datetime

from sqlalchemy import Connection

from crypto import disposing
from crypto import entry as entry_format
from crypto.disposing import ACT, REJECT, Manifest
from review.retention import disposition as rules
from review.retention.disposition import Approval
from review.roles import COMMITTEE
from review.store import acts, entries, ledger
from review.store.signed import Proof, Unproven


def approval(
    book: Connection, proof: Proof, manifest: Manifest, today: datetime.date
) -> tuple[frozenset[str], datetime.date]:
    """Who approved exactly this manifest, and the day from which its cooling counts.

    The day is the later one of the act's own, which is signed, and of the last signature's. Raises
    Unproven.
    """
    subject = disposing.subject(manifest.id)
    done = acts.done(book, subject)
    if len(done) != 1 or acts.is_there(book, subject, REJECT):
        raise Unproven("its approval is not the only act about it")
    act = done[0].act
    about = (act.subject, act.act, act.installation, dict(act.data))
    if about != (subject, ACT, manifest.installation, {"manifest": manifest.hash}):
        raise Unproven("what was approved is not this list")
    roles = proof.roles(done[0])
    given = [
        Approval(person, manifest.hash, act.on, is_of_committee=role in COMMITTEE)
        for person, role in roles.items()
    ]
    good = rules.approvers(
        given, executed=today, proposers=[manifest.by], executor="", concerned=()
    )
    if manifest.by in roles or not rules.are_enough(good):
        raise Unproven("it has not the signatures of two others, one of them of the committee")
    if manifest.cooling < 1:
        raise Unproven("it has no days of cooling")
    return good, max(act.on, acts.ended_on(book, act.hash) or today)


_RESTORED = "book.restored"
# So many days may pass between two batches of the ledger, and not more.
_QUIET = datetime.timedelta(days=2)


def restored_on(book: Connection) -> datetime.date | None:
    """The newest day on which the book was restored or its ledger went on as another one.

    What was done after the backup is not there: holds, objections, recusals. None if it never was.
    """
    days = [each.begun_on for each in ledger.all_ledgers(book)[1:]]
    days += entries.days_of(book, _RESTORED)
    spelled = f'"{_RESTORED}"'.encode()
    for each in ledger.all_ledgers(book):
        for _index, document in ledger.entries_from(book, each.number):
            if spelled in document:
                found = entry_format.parse(document)
                days += [found.on] if found.type == _RESTORED else []
    return max(days, default=None)


def is_ahead(book: Connection, today: datetime.date) -> bool:
    """Whether the ledger has been quiet for so long that the clock may be wrong.

    An installation whose ledger nobody has signed yet has just begun.
    """
    row = ledger.current(book)
    head = None if row is None else ledger.newest_checkpoint(book, row.number)
    return head is not None and head.on < today - _QUIET
