"""What is left of cases that have gone: keys, mailboxes, and bytes in files that are written anew.

Each step only takes away what is of no use any more, and can be done again. What a restored store
brings back is found by what the book has kept: the stubs, and for a while the mailboxes.
"""

import datetime
import sqlite3
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from sqlalchemy import Engine, delete
from sqlalchemy.exc import DBAPIError

from intake import drop as door
from review.casework.course import Stage
from review.store import backups, cases, dispositions, set_aside, shred
from review.store.database import reading, tidy, writing
from review.store.schema import shred_keys


@dataclass(frozen=True)
class Stores:
    """The three databases that hold something of a case.

    root_key is the committee's, without which nothing that people signed counts; demo lets the
    roster of a demonstration count.
    """

    drop: Engine
    book: Engine
    shred: Engine
    root_key: bytes = field(repr=False)
    demo: bool = False


@dataclass
class Done:
    """What a run did: records that went, those left out, and those that wait for a collection."""

    gone: int = 0
    left_out: int = 0
    waiting: int = 0
    problems: list[str] = field(default_factory=list)


def sweep(stores: Stores, today: datetime.date, done: Done) -> None:
    """Take away again the mailboxes that came back with the drop, and tell what cannot be taken.

    A book that is itself from before a disposition still has the case, whose key is gone: nobody
    can read it, and two have to approve it once more.
    """
    with reading(stores.book) as book:
        there = cases.all_case_ids(book)
        boxes = [
            each for each in dispositions.mailboxes(book)
            if cases.case_by_mailbox(book, each) is None
        ]  # fmt: skip
        aside = set_aside.ids(book)
    with door.reading(stores.drop) as drop:
        again = [each for each in boxes if not door.is_gone(drop, each, aside)]
    if again:
        remove_mailboxes(stores, again, today)
        if not write_anew(stores, today, done):
            return
    _forget(stores, boxes)
    _tell_unreadable(stores, there, done)


def _tell_unreadable(stores: Stores, there: Collection[str], done: Done) -> None:
    """Tell of cases without a key; one that is open besides has no end that could be signed."""
    with reading(stores.shred) as connection:
        lost = sorted(set(there) - shred.kept_cases(connection))
    if not lost:
        return
    done.problems.append(
        f"{len(lost)} cases are there without their key, so that nobody can read them. If the book "
        "was restored from before they were disposed of, propose them once more"
    )
    with reading(stores.book) as book:
        found = [cases.case_by_id(book, each) for each in lost]
    count = sum(each is not None and each.state is not Stage.RETENTION for each in found)
    if count:
        done.problems.append(
            f"{count} of these are not at their end in this book, and no step can be signed "
            "without the key. Unless they are closed, and come to it by themselves, it takes a "
            "newer backup of the book, or of the keys"
        )


def _forget(stores: Stores, boxes: Collection[str]) -> None:
    """Forget which mailboxes have gone, once no backup of the drop could bring them back."""
    if not boxes:
        return
    with door.reading(stores.drop) as drop:
        quiet = [each for each in boxes if not door.waiting_of(drop, each)]
    with writing(stores.book) as book:
        dispositions.forget_mailboxes(book, quiet, backups.oldest(book, "drop"))


def destroy_keys(stores: Stores, case_ids: Collection[str]) -> None:
    """Destroy the keys of these cases; again changes nothing."""
    with writing(stores.shred) as connection:
        for case_id in case_ids:
            connection.execute(delete(shred_keys).where(shred_keys.c.case_id == case_id))


def remove_mailboxes(stores: Stores, ids: Iterable[str], today: datetime.date) -> None:
    """Remove mailboxes with what was left in them, and what the collector could not take in."""
    with reading(stores.book) as book:
        aside = set_aside.ids(book)
        # A form that was sent once more has made a mailbox anew, for a case that is there.
        ended = [each for each in ids if cases.case_by_mailbox(book, each) is None]
    for mailbox_id in ended:
        with door.reading(stores.drop) as drop:
            seen = door.waiting_of(drop, mailbox_id) & aside
        gone = False
        while not gone:
            with door.writing(stores.drop, today) as drop:
                gone = door.remove_mailbox(drop, mailbox_id, aside)
        if seen:
            with writing(stores.book) as book:
                set_aside.forget(book, seen)


def write_anew(stores: Stores, today: datetime.date, done: Done) -> bool:
    """Write every file anew, and say whether that was possible."""
    try:
        door.tidy(stores.drop, today)
        for engine in (stores.shred, stores.book):
            tidy(engine, today)
    except (sqlite3.Error, DBAPIError):
        done.problems.append("the files of the stores could not be written anew: is the disk full?")
        return False
    return True
