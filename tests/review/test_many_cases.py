"""The cases that a benchmark fills a book with have the rows that the product writes."""

import re
from collections.abc import Mapping

import pytest
from flask import Flask
from sqlalchemy import select

from crypto import act as act_format
from review import to_sign
from review.acting import Signer
from review.roles import Role
from review.store import inbox, schema
from review.store.acts import find
from review.store.database import reading
from review.store.inbox import Wanted
from review.store.shred import Locksmith
from tests import committee
from tests.bench import flood, many_cases
from tests.browser.installation import Installation
from tests.review.desk import parts_of
from tests.review.tables import rows
from tests.review.web.course import Course

pytestmark = pytest.mark.stores

_ID = re.compile(r"\b([0-9a-f]{32,64}|age1pq1[a-z0-9]+)\b")


def shape(value: object) -> object:
    """A value without what differs from case to case: ids, keys, and what is sealed or signed."""
    if isinstance(value, str):
        return _ID.sub(lambda found: f"id of {len(found[0])}", value)
    return len(value) if isinstance(value, bytes) else value


def shapes(kind_rows: Mapping[str, list[flood.Row]]) -> Mapping[str, list[str]]:
    return {
        name: sorted(repr([shape(value) for value in row.values()]) for row in found)
        for name, found in kind_rows.items()
    }


@pytest.mark.parametrize("where", flood.SHARES)
def test_a_copy_has_the_rows_of_a_case_that_the_product_made(
    app: Flask, installation: Installation, where: str
) -> None:
    first, other = (
        flood.make(installation, Course(app, installation.submitter(name)), where)
        for name in ("first", "other")
    )
    ((_id, copied),) = flood.copies(first, 1)
    made = {table.name: list(found) for table, found in other.rows}
    assert shapes(copied) == shapes(made)
    ids = {row["case_id"] for found in copied.values() for row in found if "case_id" in row}
    assert ids == {_id}


def test_every_row_that_a_case_brings_is_copied(app: Flask, installation: Installation) -> None:
    before = rows(installation.book, without=["logins"])
    kinds = many_cases.kinds_of(installation, app)
    after = rows(installation.book, without=["logins"])
    grown = {name: len(after[name]) - len(before[name]) for name in after}
    copied = dict.fromkeys(grown, 0)
    for kind in kinds.values():
        for table, found in kind.rows:
            copied[table.name] += len(found)
    assert copied == grown


def test_the_copies_are_cases_as_others_are(app: Flask, installation: Installation) -> None:
    kinds = many_cases.kinds_of(installation, app)
    locksmith = Locksmith(committee.INSTALLATION, parts_of(app).store_key)
    flood.fill(installation, locksmith, kinds, 300)
    roster = installation.roster
    with reading(installation.book) as connection:
        assert inbox.counts(connection, "chair", committee.TODAY).total == 300
        lines, more = inbox.page(connection, "member-1", Wanted(), committee.TODAY)
        assert (len(lines), more) == (inbox.PAGE, True)
        viewer = Signer("member-1", Role.MEMBER)
        waits = list(to_sign.proposals_for(connection, roster, viewer))
        assert len(waits) == 3
        for name in connection.execute(select(schema.book.tables["acts"].c.hash)).scalars():
            signed = find(connection, name)
            assert signed is not None
            assert signed.act.hash == name
            assert act_format.check_all(signed.act, signed.signatures, roster)
