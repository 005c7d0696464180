"""What makes people's one-time codes, sealed, and which code was taken last.

Wrong codes are counted by the day. Only somebody who has the password comes so far, so that the
count keeps out who guesses codes and lets no stranger keep anybody out.
"""

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Connection, delete, insert, select, update

from review.store.sign_in_schema import codes

MOST_WRONG = 20


@dataclass(frozen=True)
class Code:
    """What a person's codes are made from, still sealed, and what was done with them."""

    person_id: str
    sealed: bytes = field(repr=False)
    confirmed: bool
    counter: int
    wrong: int
    wrong_on: date | None

    def is_open(self, today: date) -> bool:
        """Whether another code may be tried today."""
        return self.wrong_on != today or self.wrong < MOST_WRONG


def put(connection: Connection, person_id: str, sealed: bytes) -> None:
    """Keep what makes a person's codes, not confirmed yet, in the place of what did before."""
    remove(connection, person_id)
    connection.execute(
        insert(codes).values(
            person_id=person_id, sealed=sealed, confirmed=False, counter=0, wrong=0, wrong_on=None
        )
    )


def of_person(connection: Connection, person_id: str) -> Code | None:
    """What a person has."""
    row = connection.execute(select(codes).where(codes.c.person_id == person_id)).first()
    return None if row is None else Code(**row._mapping)


def take(connection: Connection, person_id: str, counter: int) -> bool:
    """Whether the code of this half minute is later than every one before; from now on it was."""
    done = connection.execute(
        update(codes)
        .where(codes.c.person_id == person_id, codes.c.counter < counter)
        .values(counter=counter, confirmed=True)
    )
    return done.rowcount == 1


def count_wrong(connection: Connection, person_id: str, today: date) -> None:
    """Count one more wrong code of the day, for nobody too: the work is the same."""
    kept = of_person(connection, person_id)
    before = 0 if kept is None or kept.wrong_on != today else kept.wrong
    connection.execute(
        update(codes).where(codes.c.person_id == person_id).values(wrong=before + 1, wrong_on=today)
    )


def remove(connection: Connection, person_id: str) -> None:
    """Forget what makes a person's codes."""
    connection.execute(delete(codes).where(codes.c.person_id == person_id))
