"""Records of the charter end in the database: a stub stays, and the auditor's verifier agrees."""

import hashlib
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, select, text

from review import charter_desk
from review.audit.known import Asked
from review.audit.opened import open_bundle
from review.audit.verifier import verify
from review.auditor_export import export_to
from review.charter.clauses import default_charter
from review.charter.engine import assess
from review.charter.errors import MalformedBook
from review.charter.render import render_book
from review.charter_cli import charter_group
from review.charter_files import export_book, import_book
from review.store import documents, entries
from review.store.charter_schema import charter_records, charter_stubs
from review.store.database import reading, writing
from review.store.documents import Upload
from tests import committee
from tests.browser.installation import Installation
from tests.review import ledgers
from tests.review.charter.good_years import book_of, good_book, good_events
from tests.stores import here

pytestmark = pytest.mark.stores
CHARTER = default_charter()
TODAY = committee.TODAY
LETTER = hashlib.sha256(b"the letter").hexdigest()


@pytest.fixture
def old(installation: Installation) -> Installation:
    """A book whose first years have been over for more than seven years."""
    rows = good_events(TODAY.year - 10, 2)
    letter = next(row for row in rows if row["type"] == "independence_letter_received")
    letter["evidence"] = [{"kind": "LTR", "title": "Letter", "sha256": LETTER}]
    source = render_book(book_of(rows, TODAY.year - 10)).encode()
    with writing(installation.book) as connection:
        import_book(connection, CHARTER, source, "secretary", TODAY)
    return installation


def end(installation: Installation) -> int:
    with writing(installation.book) as connection:
        return charter_desk.end_records(connection, CHARTER, TODAY)


def exceptions(installation: Installation, out: Path) -> str:
    """What the auditor's verifier says of the records of the charter."""
    export_to(installation.book, committee.INSTALLATION, out, TODAY)
    with open_bundle(out) as bundle:
        seen = verify(bundle, Asked(root_key=committee.ROOT_KEY))
    (check,) = [each for each in seen.checks if each.name == "charter"]
    return "\n".join(each.says for each in check.told.exceptions)


def test_of_a_record_that_has_ended_a_stub_stays_and_nothing_is_breached(
    old: Installation,
) -> None:
    with reading(old.book) as connection:
        book = charter_desk.read_book(connection, CHARTER)
        digests = set(connection.execute(select(charter_records.c.digest)).scalars())
    before = {(f.code, f.about, f.period) for f in assess(CHARTER, book, TODAY).findings}
    count = end(old)
    assert count > 0
    assert end(old) == 0
    with reading(old.book) as connection:
        left = charter_desk.read_book(connection, CHARTER)
        stubs = connection.execute(select(charter_stubs)).all()
        told = [each for each in entries.pending(connection) if each.type == "evidence.ended"]
    assert len(left.events) == len(book.events) - count
    assert len(stubs) == count
    assert {stub.digest for stub in stubs} == {each.data["document"] for each in told} <= digests
    assert {stub.ended_on for stub in stubs} == {TODAY}
    assert {(f.code, f.about, f.period) for f in assess(CHARTER, left, TODAY).findings} <= before


def test_a_record_that_has_ended_does_not_come_back_by_a_file(old: Installation) -> None:
    with writing(old.book) as connection:
        source = export_book(connection, CHARTER, None, TODAY)
    end(old)
    with pytest.raises(MalformedBook) as refused, writing(old.book) as connection:
        import_book(connection, CHARTER, source, "secretary", TODAY)
    assert {one.message for one in refused.value.problems} == {"is that of a record that has ended"}


def test_a_document_goes_with_the_last_record_that_names_it(old: Installation) -> None:
    with writing(old.book) as connection:
        book = charter_desk.read_book(connection, CHARTER)
        named = {row.text("sha256") for event in book.events for row in event.evidence()}
        for n, sha256 in enumerate((*sorted(named), hashlib.sha256(b"of nothing").hexdigest())):
            paper = Upload(
                id=f"{n:032x}",
                by="secretary",
                on=TODAY,
                name="paper",
                mime="text/plain",
                size=1,
                slices=1,
                kept="PLAIN",
                roster=None,
            )
            documents.begin(connection, paper)
            documents.add_slice(connection, paper.id, 0, b"x")
            documents.finish(connection, paper, sha256, TODAY)
        charter_desk.end_records(connection, CHARTER, TODAY)
        left = charter_desk.read_book(connection, CHARTER)
        still = {row.text("sha256") for event in left.events for row in event.evidence()}
        kept = {each.sha256 for each in documents.listed(connection)}
    assert named - still == {LETTER}
    # What no record has ever named is nobody's to end.
    assert kept == still | {hashlib.sha256(b"of nothing").hexdigest()}


def test_the_verifier_agrees_before_and_after_the_batch_and_finds_what_goes_otherwise(
    old: Installation, tmp_path: Path
) -> None:
    ledgers.batch(old)
    end(old)
    assert exceptions(old, tmp_path / "waiting.zip") == ""
    ledgers.batch(old)
    assert exceptions(old, tmp_path / "ended.zip") == ""
    with reading(old.book) as connection:
        changed, gone = connection.execute(select(charter_records.c.id).limit(2)).scalars()
    # What somebody can do who owns the database, triggers and all.
    with here().unguarded(old.url("book")) as execute:
        execute(f"UPDATE charter_records SET document = '{{}}' WHERE id = '{changed}'")
        execute(f"DELETE FROM charter_records WHERE id = '{gone}'")
    found = exceptions(old, tmp_path / "changed.zip")
    assert found.count("it was changed, or taken away") == 2
    assert found.count("put in behind the ledger") == 1


def test_the_command_ends_what_is_due_and_says_how_much(old: Installation) -> None:
    run = CliRunner(env=dict(old.environment()))
    assert "of each of which a stub stays" in run.invoke(charter_group, ["end-records"]).output
    assert run.invoke(charter_group, ["end-records"]).output == ""


def test_nothing_goes_without_its_stub(old: Installation) -> None:
    with pytest.raises(Exception, match="only when its stub"), writing(old.book) as connection:
        connection.execute(delete(charter_records))
    with reading(old.book) as connection:
        assert connection.execute(text("SELECT count(*) FROM charter_stubs")).scalar() == 0


def test_a_young_book_keeps_everything(installation: Installation) -> None:
    source = render_book(good_book(TODAY.year - 2, 1)).encode()
    with writing(installation.book) as connection:
        import_book(connection, CHARTER, source, "secretary", TODAY)
    assert end(installation) == 0
