"""Who has lost every way in, and whether two others have agreed to a new one."""

from datetime import date

from sqlalchemy import Connection, delete, insert, select, update

from review.store.sign_in_schema import recoveries


def ask(connection: Connection, person_id: str, today: date) -> bool:
    """Ask the others about somebody; whether nobody had asked yet."""
    if person_id in all_open(connection):
        return False
    connection.execute(insert(recoveries).values(person_id=person_id, asked_on=today, act=None))
    return True


def all_open(connection: Connection) -> dict[str, str | None]:
    """Everybody who was asked about, with the hash of the act by which two agreed."""
    found = select(recoveries.c.person_id, recoveries.c.act)
    return {row.person_id: row.act for row in connection.execute(found)}


def agree(connection: Connection, person_id: str, act: str) -> None:
    """Keep the act that two others signed."""
    connection.execute(
        update(recoveries).where(recoveries.c.person_id == person_id).values(act=act)
    )


def is_agreed(connection: Connection, person_id: str) -> bool:
    """Whether two others have agreed and no invitation was made of it."""
    return all_open(connection).get(person_id) is not None


def close(connection: Connection, person_id: str) -> None:
    """Forget the question: it was withdrawn, or an invitation was made of the answer."""
    connection.execute(delete(recoveries).where(recoveries.c.person_id == person_id))
