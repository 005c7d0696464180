"""Where people with an account get the weekly notice, and who was sent which one."""

import datetime

from sqlalchemy import Connection, delete, insert, select

from review.store.outward_schema import mail_addresses, notices_sent


def set_address(connection: Connection, person_id: str, address: str | None) -> None:
    """Keep the address of a person in the place of another, or none."""
    mine = mail_addresses.c.person_id == person_id
    connection.execute(delete(mail_addresses).where(mine))
    if address is not None:
        values = {"person_id": person_id, "address": address}
        connection.execute(insert(mail_addresses).values(values))


def addresses(connection: Connection) -> dict[str, str]:
    """Every address by the id of its person."""
    rows = connection.execute(select(mail_addresses).order_by(mail_addresses.c.person_id))
    return {row.person_id: row.address for row in rows}


def sent_in(connection: Connection, week: datetime.date) -> frozenset[str]:
    """Who was sent the notice of the week that begins on this Monday."""
    found = select(notices_sent.c.person_id).where(notices_sent.c.week == week)
    return frozenset(connection.execute(found).scalars())


def mark_sent(connection: Connection, week: datetime.date, person_id: str) -> None:
    """Remember that a person was sent the notice of a week."""
    connection.execute(insert(notices_sent).values(week=week, person_id=person_id))
