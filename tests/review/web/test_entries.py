"""A case's entries as its readers see them, and what an excluded member sees in two worlds."""

import re

import pytest
from flask import Flask

from review.store import ledger
from review.store.database import reading
from tests.browser.installation import Installation
from tests.browser.submitter import Submitter
from tests.review import ledgers
from tests.review.desk import Desk, sealed_form
from tests.stores import here

pytestmark = pytest.mark.stores

# What is written into every entry: on SQLite, and on PostgreSQL.
CHANGES = {
    "something else": (
        "UPDATE ledger_entries SET document = x'7b7d'",
        "UPDATE ledger_entries SET document = '{}'",
    ),
    "another year": (
        "UPDATE ledger_entries SET document = replace(document, '2026', '2027')",
        "UPDATE ledger_entries SET document = "
        "convert_to(replace(convert_from(document, 'UTF8'), '2026', '2027'), 'UTF8')",
    ),
    "gone": ("DELETE FROM ledger_entries",) * 2,
}


def test_a_reader_finds_the_entries_of_the_case_by_leaf_hash(
    app: Flask, installation: Installation, submitter: Submitter
) -> None:
    chair = Desk(app, "chair")
    path = f"/cases/{submitter.case_id}/entries"
    assert f'href="{path}"' in chair.get(f"/cases/{submitter.case_id}").text
    waiting = chair.get(path).text
    assert waiting.count("in the next batch") == 2
    ledgers.batch(installation)
    form = sealed_form(app, submitter, "reply")
    assert chair.post(f"/cases/{submitter.case_id}/replies", form).status_code == 204
    page = chair.get(path).text
    with reading(installation.book) as connection:
        chain = ledger.case_chain(connection, submitter.case_id)
    assert [each.leaf_hash.hex() in page for each in chain] == [True, True]
    said = re.findall(r'<th scope="row"[^>]*>(.*?)</th>', page)
    assert said == [
        "A submission was received",
        "A follow-up was received",
        "A reply was left for the submitter",
    ]
    assert page.count("in the next batch") == 1
    assert page.index("<code>chair</code>") > page.index("A reply was left")


def test_where_in_the_ledger_an_entry_stands_is_not_told(
    app: Flask, installation: Installation, submitter: Submitter
) -> None:
    """Attack: an index, from which a reader learns how much else there is."""
    for _ in range(20):
        ledgers.batch(installation)
    submitter.follow_up("later")
    installation.collect()
    head = ledgers.batch(installation)
    page = Desk(app, "chair").get(f"/cases/{submitter.case_id}/entries").text
    main = page[page.index("<main") : page.index("</main>")]
    said = re.sub(r"<[^>]+>|[0-9a-f]{64}|[0-9a-f]{4} [0-9a-f]{4}", " ", main)
    numbers = {int(found) for found in re.findall(r"\d+", said)}
    assert numbers == {21, 2026}
    assert head.size > 300


def test_an_excluded_member_sees_the_same_ledger_in_two_worlds(
    app: Flask, installation: Installation, submitter: Submitter
) -> None:
    """Attack: inferring a case from the ledger. Worlds differ in the value of a hash, no more."""
    ledgers.batch(installation)
    desk = Desk(app, "member-2")
    paths = ("/", "/ledger/root", f"/cases/{submitter.case_id}/entries")

    def seen() -> list[str]:
        hidden = re.compile(r"[A-Za-z0-9+/]{43}=")
        return [hidden.sub("HASH", desk.get(path).text) for path in paths]

    ledgers.batch(installation)
    before = seen()
    for number in range(20):
        other = installation.submitter(f"other {number}")
        other.submit(excluded=["member-2"])
        other.follow_up("more")
    installation.collect()
    assert seen() == before
    head = ledgers.batch(installation)
    assert head.size >= 64
    assert seen() == before


def test_the_excluded_get_for_entries_what_an_unknown_case_gives(
    app: Flask, installation: Installation, hidden: Submitter
) -> None:
    ledgers.batch(installation)
    desk = Desk(app, "member-2")
    theirs, nobodys = (desk.get(f"/cases/{i}/entries") for i in (hidden.case_id, "ab" * 32))
    assert (theirs.status_code, theirs.data) == (404, nobodys.data)
    assert Desk(app, "auditor").get(f"/cases/{hidden.case_id}/entries").status_code == 404


@pytest.mark.parametrize("change", ["something else", "another year", "gone"])
def test_an_entry_that_was_changed_in_the_book_is_named_and_breaks_no_page(
    app: Flask, installation: Installation, submitter: Submitter, change: str
) -> None:
    """Attack: a row changed behind the ledger, also into a text, which SQLite takes for bytes."""
    ledgers.batch(installation)
    with here().unguarded(installation.url("book")) as execute:
        execute(CHANGES[change][here().on_postgresql])
    assert Desk(app, "auditor").get("/ledger").status_code == 200
    page = Desk(app, "chair").get(f"/cases/{submitter.case_id}/entries")
    assert page.status_code == 200
    assert page.text.count("does not match its leaf hash") == 2
    with Desk(app, "auditor").post("/ledger/exports") as answer:
        assert answer.status_code == 200
