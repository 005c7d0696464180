"""The charter's book goes out as a file and comes back: whole, by line, and changing nothing."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import Connection

from review import charter_desk
from review.charter.errors import MalformedBook
from review.charter.located import Json
from review.charter_cli import charter_group
from review.charter_desk import Draft, NoBook
from review.charter_files import Imported, export_book, import_book
from review.store import entries
from review.store.database import reading, writing
from tests import committee
from tests.browser.installation import Installation
from tests.review.desk import Desk, upload
from tests.review.test_charter_desk import CHARTER, HEAD, SEAT, TODAY, begun, connection

pytestmark = pytest.mark.stores

__all__ = ["begun", "connection"]


def event(name: str = "seat-1", recorded: str = "2025-05-16", **changes: Json) -> dict[str, Json]:
    return {**SEAT.event(name, date.fromisoformat(recorded)), **changes}


def file(*events: Mapping[str, Json], **changes: Json) -> bytes:
    """A book's file, one event a line from line 2 on."""
    head = {"format": "underrose-book/1", **HEAD, **changes}
    lines = ",\n".join(json.dumps(one) for one in events)
    return f'{json.dumps(head)[:-1]}, "events": [\n{lines}]}}'.encode()


def take(connection: Connection, *events: Mapping[str, Json], **changes: Json) -> Imported:
    return import_book(connection, CHARTER, file(*events, **changes), "sam", TODAY)


def refusals(connection: Connection, source: bytes) -> list[tuple[int, str]]:
    with pytest.raises(MalformedBook) as refused:
        import_book(connection, CHARTER, source, "sam", TODAY)
    return [(one.line, one.field) for one in refused.value.problems]


def test_a_file_begins_the_book_with_its_days_and_ids(connection: Connection) -> None:
    assert take(connection, event()) == Imported(added=1, known=0)
    (kept,) = charter_desk.read_book(connection, CHARTER).events
    assert (kept.id, kept.day_of, kept.recorded) == ("seat-1", SEAT.event_date, date(2025, 5, 16))
    # When it came in is told beside what the file says.
    assert [each.on for each in entries.pending(connection)] == [TODAY]


def test_what_was_taken_away_is_the_same_book_elsewhere(begun: Connection) -> None:
    (old,) = charter_desk.record(begun, CHARTER, [SEAT], "sam", TODAY)
    better = Draft(SEAT.type, date(2025, 5, 15), SEAT.fields, supersedes=old)
    charter_desk.record(begun, CHARTER, [better], "sam", TODAY)
    text = export_book(begun, CHARTER, "sam", TODAY)
    told = [each for each in entries.pending(begun) if each.type == "exported"]
    assert [each.data["reader"] for each in told] == ["charter"]
    before = charter_desk.read_book(begun, CHARTER)
    # Taken in where it came from, it changes nothing.
    assert import_book(begun, CHARTER, text, "sam", TODAY) == Imported(added=0, known=2)
    again = export_book(begun, CHARTER, "sam", TODAY)
    assert again == text
    assert {one.id for one in charter_desk.read_book(begun, CHARTER).events} == {
        one.id for one in before.events
    }


def test_an_export_with_new_lines_can_come_back(begun: Connection) -> None:
    take(begun, event())
    assert take(begun, event(), event("seat-2", person="bo"), people=people("bo")) == Imported(1, 1)
    assert set(charter_desk.read_book(begun, CHARTER).people) == {"ana", "bo"}


def people(*more: str) -> list[Json]:
    known = HEAD["people"]
    assert isinstance(known, list)
    new: list[Json] = [{"id": one, "name": one.title(), "kind": "DIRECTOR"} for one in more]
    return [*known, *new]


def test_a_record_that_is_there_is_never_changed_by_a_file(begun: Connection) -> None:
    take(begun, event())
    changed = event(event_date="2025-05-13")
    assert refusals(begun, file(event("seat-2"), changed)) == [(3, "id")]
    assert len(charter_desk.read_book(begun, CHARTER).events) == 1


def test_every_error_is_told_at_once_by_line_and_nothing_is_taken_in(begun: Connection) -> None:
    wrong = file(
        event(person="nobody"),
        event("seat-2", role="KING"),
        event("seat-3", event_date="2025-02-30"),
        {"id": "case", "type": "submission_received", "event_date": "2025-05-14"},
    )
    lines = {line for line, _field in refusals(begun, wrong)}
    assert lines == {2, 3, 4, 5}
    assert charter_desk.read_book(begun, CHARTER).events == ()
    assert entries.is_empty(begun)


def test_a_record_of_a_day_to_come_is_refused(begun: Connection) -> None:
    assert refusals(begun, file(event(recorded="2026-03-03"))) == [(2, "recorded_at")]


def test_a_book_of_another_company_is_no_addition(begun: Connection) -> None:
    other: dict[str, Json] = {"name": "Other", "exchange": "NYSE", "fiscal_year_end": "06-30"}
    assert refusals(begun, file(event(), company=other)) == [(1, "company")]


def test_file_and_book_together_must_be_a_book(begun: Connection) -> None:
    """Each may be right by itself: here one id is a meeting there and a service here."""
    plan: dict[str, Any] = {"meeting": "m-1", "kind": "REGULAR", "for_date": "2026-05-05"}
    charter_desk.record(begun, CHARTER, [Draft("meeting_planned", TODAY, plan)], "sam", TODAY)
    asked = {"id": "e-1", "type": "board_meeting_held", "event_date": "2026-03-01"}
    found = refusals(begun, file(asked | {"board_meeting": "m-1", "kind": "REGULAR"}))
    assert [line for line, _field in found] == [2]


def test_without_a_book_there_is_nothing_to_take_away(connection: Connection) -> None:
    with pytest.raises(NoBook):
        export_book(connection, CHARTER, "sam", TODAY)


def run(installation: Installation, *arguments: str) -> Result:
    return CliRunner(env=dict(installation.environment())).invoke(charter_group, list(arguments))


def test_the_commands_take_a_book_in_and_write_it_out(
    installation: Installation, tmp_path: Path
) -> None:
    source, out = tmp_path / "in.json", tmp_path / "out.json"
    source.write_bytes(file(event()))
    refused = run(installation, "import", str(source), "--by", "chair")
    assert "does not record the charter" in refused.output
    done = run(installation, "import", str(source), "--by", "secretary")
    assert done.output == "imported: 1 records; there already: 0\n"
    assert run(installation, "export", str(out)).exit_code == 0
    assert json.loads(out.read_text())["events"][0]["id"] == "seat-1"
    assert "exists already" in run(installation, "export", str(out)).output
    source.write_bytes(file(event("seat-2", person="nobody"), event(role="MEMBER")))
    refused = run(installation, "import", str(source), "--by", "secretary")
    assert refused.exit_code == 1
    assert "line 2: seat-2, person" in refused.output
    with reading(installation.book) as found:
        assert len(charter_desk.read_book(found, CHARTER).events) == 1


def test_the_secretary_saves_the_book_and_takes_a_file_in(
    app: Flask, installation: Installation
) -> None:
    desk = Desk(app, "secretary")
    with writing(installation.book) as connection:
        charter_desk.setup(connection, CHARTER, HEAD, "secretary", committee.TODAY)
    answer = desk.post("/charter/file/export")
    assert "attachment" in answer.headers["Content-Disposition"]
    assert json.loads(answer.data)["events"] == []
    page = desk.post("/charter/file/import", {"file": upload(file(event()))})
    assert (page.status_code, "1 record was taken in" in page.text) == (200, True)
    wrong = desk.post("/charter/file/import", {"file": upload(file(event("e-2", person="<b>")))})
    assert wrong.status_code == 400
    assert "Line 2, e-2, person" in wrong.text
    assert "<b>" not in wrong.text


@pytest.mark.parametrize("person", ["chair", "counsel", "auditor"])
def test_nobody_else_takes_the_book_away_or_brings_records(app: Flask, person: str) -> None:
    desk = Desk(app, person)
    assert desk.get("/charter/file").status_code == 404
    assert desk.post("/charter/file/export").status_code == 404
    assert desk.post("/charter/file/import", {"file": upload(file())}).status_code == 404
