"""Decides whose case a deposit belongs to, and who may be shown it.

What the routing excludes must be honoured to the letter: a deposit about which there is any doubt
is set aside, and is never shown to more people than its submitter chose.
"""

import datetime
from dataclasses import dataclass, field

from sqlalchemy import Connection

from crypto import case as case_format
from crypto.errors import CryptoError
from crypto.recipient import Recipient
from crypto.stanza import Unwraps
from intake.drop import Deposit
from review.casework.course import Stage
from review.errors import RosterUnusable, SetAside
from review.store import cases, dispositions, envelopes, rosters
from review.store.cases import Case

# The clocks of two hosts, and the days that intake may have closed too early.
MOST_AHEAD = datetime.timedelta(days=8)


@dataclass(frozen=True)
class Admission:
    """Whose case a deposit belongs to; readers and excluded are those of a new case."""

    case: Case
    readers: tuple[str, ...] = ()
    excluded: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, kw_only=True)
class Gate:
    """What a deposit is judged by: the routing identity, and whose rosters count."""

    routing: Unwraps = field(repr=False)
    root_key: bytes
    demo: bool
    today: datetime.date

    def admit(self, book: Connection, deposit: Deposit) -> Admission:
        """Whose case the deposit belongs to. Raises SetAside."""
        if deposit.odd or not self._is_likely(book, deposit.on):
            raise SetAside("malformed")
        if deposit.kind == "submission":
            return self._new_case(book, deposit)
        case = cases.case_by_mailbox(book, deposit.mailbox_id)
        if case is None:
            raise SetAside("no-case")
        if deposit.n != envelopes.head(book, case.id, "submitter") + 1:
            raise SetAside("order")
        return Admission(case)

    def _is_likely(self, book: Connection, on: datetime.date) -> bool:
        """Whether a deposit can have come on this day: the ledger would keep a wrong one for ever.

        Not before the committee had a roster. After today only by as much as days are closed ahead
        by a clock that was wrong.
        """
        first = rosters.first_day(book)
        return first is not None and first <= on <= self.today + MOST_AHEAD

    def _new_case(self, book: Connection, deposit: Deposit) -> Admission:
        try:
            recipient = Recipient.parse(deposit.case_recipient or "")
            routing = case_format.open_routing(deposit.routing or b"", self.routing)
            roster = rosters.roster_by_hash(book, routing.roster, self.root_key, demo=self.demo)
            readers = case_format.choose_readers(roster, routing.excluded)
        except (CryptoError, RosterUnusable):
            raise SetAside("routing") from None
        if routing.roster != deposit.roster or deposit.grant is None:
            raise SetAside("mismatch")
        if deposit.n != 1:
            raise SetAside("order")
        case = Case(
            id=case_format.case_id(recipient.text),
            mailbox_id=deposit.mailbox_id,
            on=deposit.on,
            roster=roster.hash,
            recipient=recipient.text,
            state=Stage.RECEIVED,
            generation=1,
        )
        if dispositions.stub_of(book, case.id) is not None:
            # The drop was restored from before the case went.
            raise SetAside("disposed")
        if cases.case_by_id(book, case.id) or cases.case_by_mailbox(book, case.mailbox_id):
            raise SetAside("taken")
        return Admission(case, tuple(reader.id for reader in readers), routing.excluded)
