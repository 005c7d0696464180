"""Every case as the auditor's bundle tells it: coded values and hashes, nothing that can be opened.

One pass over cases and one over envelopes, side by side, so that a book of any size needs no more
memory than its largest case and what waits for the next batch.
"""

import heapq
import itertools
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, select

from review.audit.records import THREADS, Act, Message, Record, parse
from review.audit.waiting import TYPES
from review.casework.course import Stage
from review.errors import StateUnknown
from review.store import entries
from review.store.disposition_schema import disposed_cases
from review.store.entries import Pending
from review.store.schema import cases, envelopes

_AT_A_TIME = 1_000


def records(connection: Connection) -> Iterator[Record]:
    """Each case by id, with its messages and the acts that the ledger does not have yet.

    Of a case that was disposed of it is the line that its stub kept.

    Raises StateUnknown at a case in a state that there is none of: a bundle would have to say
    something else than was found.
    """
    waiting = _waiting(connection)
    there = _there(connection, waiting)
    yield from heapq.merge(there, _gone(connection, waiting), key=lambda each: each.case)


def _gone(connection: Connection, waiting: Mapping[str, list[Act]]) -> Iterator[Record]:
    table = disposed_cases.c
    found = select(table.case_id, table.record).order_by(table.case_id)
    for row in connection.execute(found.execution_options(yield_per=_AT_A_TIME)):
        yield replace(parse(row.record), waiting=tuple(waiting.get(row.case_id, ())))


def _there(connection: Connection, waiting: Mapping[str, list[Act]]) -> Iterator[Record]:
    messages = _messages(connection)
    following = next(messages, None)
    for case in connection.execute(select(cases).order_by(cases.c.id)):
        own: tuple[Message, ...] = ()
        # Envelopes are of cases that are there: the database sees to it.
        if following is not None and following[0] == case.id:
            own, following = following[1], next(messages, None)
        yield Record(
            case=case.id,
            on=case.on,
            state=_state(case),
            generation=case.generation,
            messages=own,
            waiting=tuple(waiting.get(case.id, ())),
        )


def _state(case: Row[Any]) -> Stage:
    try:
        return Stage(case.state)
    except ValueError:
        raise StateUnknown(f"case {case.id} is in a state that there is none of") from None


def record_of(connection: Connection, case_id: str, state: Stage) -> Record | None:
    """The record of one case as if it were in this state, without what waits; None if it is gone.

    What the book has of a case that is to go is kept as this, and nothing else.
    """
    case = connection.execute(select(cases).where(cases.c.id == case_id)).first()
    if case is None:
        return None
    found = next(_messages(connection, case_id), None)
    return Record(
        case=case.id,
        on=case.on,
        state=state,
        generation=case.generation,
        messages=() if found is None else found[1],
    )


def _messages(
    connection: Connection, case_id: str | None = None
) -> Iterator[tuple[str, tuple[Message, ...]]]:
    table = envelopes.c
    columns = (table.thread, table.n, table.kind, table.on, table.sealed_digest, table.slices)
    found = select(table.case_id, *columns).order_by(table.case_id, table.n)
    if case_id is not None:
        found = found.where(table.case_id == case_id)
    rows = connection.execute(found.execution_options(yield_per=_AT_A_TIME))
    for case_id, group in itertools.groupby(rows, key=lambda row: row.case_id):
        # Threads stand in the order of the spec, and each in its own.
        yield (
            case_id,
            tuple(sorted(map(_message, group), key=lambda each: THREADS.index(each.thread))),
        )


def _message(row: Row[*tuple[Any, ...]]) -> Message:
    return Message(
        thread=row.thread,
        n=row.n,
        kind=row.kind,
        on=row.on,
        digest=row.sealed_digest,
        slices=row.slices,
    )


def waiting_of_no_case(connection: Connection) -> list[Act]:
    """What waits and is of no case, as far as a bundle tells of it, by type."""
    found = [
        _act(each)
        for each in entries.pending(connection)
        if each.case_id is None and each.type in TYPES
    ]
    return sorted(found, key=lambda each: (each.type, each.on))


def _waiting(connection: Connection) -> Mapping[str, list[Act]]:
    found = defaultdict(list)
    for each in entries.pending(connection):
        if each.case_id is not None:
            found[each.case_id].append(_act(each))
    return found


def _act(each: Pending) -> Act:
    return Act(
        type=each.type,
        on=each.on,
        by=each.by,
        digest=each.digest,
        commitment=each.commitment,
        data=each.data,
    )
