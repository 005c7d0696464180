"""Documents of the charter: what is taken in, who is given it, and what nobody is shown."""

import hashlib
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from crypto import age
from review import charter_desk, charter_documents
from review.charter.clauses import default_charter
from review.errors import DocumentRefused
from review.store import documents
from review.store.charter_schema import document_slices
from review.store.charter_schema import documents as table
from review.store.database import reading, writing
from tests import committee
from tests.browser.installation import Installation
from tests.review.desk import SAME_ORIGIN, Clock, Desk, parts_of
from tests.review.test_charter_desk import HEAD

pytestmark = pytest.mark.stores
SLICE = 1 << 20
LONG = bytes(at % 251 for at in range(SLICE + 1000))
TO_MEMBERS = ("chair", "member-1", "member-2", "alternate")


@dataclass
class Paper:
    """A document as a browser brings it."""

    content: bytes = LONG
    kept: str = "PLAIN"
    name: str = "Minutes of February 24.pdf"
    id: str = "ab" * 16

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    def head(self, **changes: str) -> dict[str, str]:
        roster = "" if self.kept == "PLAIN" else committee.roster().hash
        own = {"document": self.id, "name": self.name, "mime": "application/pdf"}
        return {
            **own,
            "size": str(len(self.content)),
            "kept": self.kept,
            "roster": roster,
        } | changes

    def parts(self) -> list[bytes]:
        cut = [self.content[at : at + SLICE] for at in range(0, len(self.content), SLICE)]
        if self.kept == "PLAIN":
            return cut
        names = ("secretariat",) if self.kept == "SECRETARIAT" else TO_MEMBERS
        return [age.seal(part, [committee.recipient(name) for name in names]) for part in cut]


def send(desk: Desk, paper: Paper, index: int, content: bytes) -> int:
    """A slice, in a form made by hand: the test client would put a large one into a file."""
    disposition = 'Content-Disposition: form-data; name="{}"'
    parts = [
        f"{disposition.format(name)}\r\n\r\n{value}".encode()
        for name, value in (("csrf", desk.csrf), ("index", index))
    ]
    named = disposition.format("content") + '; filename="slice"\r\n'
    parts.append(f"{named}Content-Type: application/octet-stream\r\n\r\n".encode() + content)
    body = b"".join(b"--cut\r\n" + part + b"\r\n" for part in parts) + b"--cut--\r\n"
    path = f"/charter/documents/{paper.id}/slices"
    kind = "multipart/form-data; boundary=cut"
    return desk.client.post(path, data=body, content_type=kind, headers=SAME_ORIGIN).status_code


def finish(desk: Desk, paper: Paper, digest: str | None = None) -> int:
    form = {"sha256": digest or paper.sha256}
    return desk.post(f"/charter/documents/{paper.id}/finish", form).status_code


def bring(desk: Desk, paper: Paper) -> None:
    assert desk.post("/charter/documents", paper.head()).status_code == 204
    for index, part in enumerate(paper.parts()):
        assert send(desk, paper, index, part) == 204
    assert finish(desk, paper) == 204


def listed(app: Flask) -> list[documents.Document]:
    with reading(parts_of(app).book) as connection:
        return documents.listed(connection)


def test_a_plain_document_is_saved_as_it_was_brought_and_never_shown(app: Flask) -> None:
    paper = Paper(name="Résumé <b>1.html")
    bring(Desk(app, "secretary"), paper)
    (kept,) = listed(app)
    assert (kept.sha256, kept.size, kept.by, kept.stored) == (
        *(paper.sha256, len(LONG), "secretary", "PLAIN"),
    )
    for person in ("secretary", "chair", "counsel"):
        answer = Desk(app, person).get(f"/charter/documents/{paper.id}")
        assert answer.data == LONG
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert answer.headers["Content-Disposition"].startswith("attachment;")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("kept", "given", "opener"),
    [("SECRETARIAT", {"secretary"}, "secretariat"), ("MEMBERS", set(TO_MEMBERS), "member-2")],
)
def test_a_sealed_document_is_given_to_those_for_whom_it_was_sealed(
    app: Flask, kept: str, given: set[str], opener: str
) -> None:
    paper = Paper(kept=kept)
    bring(Desk(app, "secretary"), paper)
    first = f"/charter/documents/{paper.id}/slices/0"
    people = ("secretary", "chair", "member-1", "member-2", "alternate", "counsel", "auditor")
    answers = {person: Desk(app, person).get(first) for person in people}
    assert {person for person in people if answers[person].status_code == 200} == given
    assert {
        Desk(app, person).get(f"/charter/documents/{paper.id}").status_code for person in people
    } == {404}
    sealed = [Desk(app, next(iter(given))).get(f"{first[:-1]}{n}").data for n in range(2)]
    opened = [age.open_sealed(part, [committee.identity(opener)]) for part in sealed]
    assert b"".join(opened) == LONG


def test_nothing_of_a_sealed_document_lies_in_the_database_in_clear(app: Flask) -> None:
    bring(Desk(app, "secretary"), Paper(content=b"an executive session " * 100, kept="MEMBERS"))
    with reading(parts_of(app).book) as connection:
        kept = list(connection.execute(select(document_slices.c.content)).scalars())
    assert kept
    assert not any(b"executive session" in bytes(content) for content in kept)


@pytest.mark.parametrize("person", ["counsel", "auditor"])
def test_who_may_not_bring_documents_is_told_that_nothing_is_there(app: Flask, person: str) -> None:
    assert Desk(app, person).post("/charter/documents", Paper().head()).status_code == 404
    assert listed(app) == []


def test_an_upload_belongs_to_who_began_it_and_is_invisible_until_it_is_whole(app: Flask) -> None:
    paper, secretary, chair = Paper(), Desk(app, "secretary"), Desk(app, "chair")
    assert secretary.post("/charter/documents", paper.head()).status_code == 204
    assert send(chair, paper, 0, paper.parts()[0]) == 409
    assert send(secretary, paper, 0, paper.parts()[0]) == 204
    assert finish(secretary, paper) == 409
    assert finish(chair, paper) == 409
    assert listed(app) == []
    assert secretary.get(f"/charter/documents/{paper.id}").status_code == 404
    assert secretary.get(f"/charter/documents/{paper.id}/slices/0").status_code == 404


def test_what_was_sent_again_after_a_lost_answer_is_no_error(app: Flask) -> None:
    paper, desk = Paper(), Desk(app, "secretary")
    bring(desk, paper)
    assert finish(desk, paper) == 204
    other = Paper(id="cd" * 16)
    assert desk.post("/charter/documents", other.head()).status_code == 204
    for _again in range(2):
        assert send(desk, other, 0, other.parts()[0]) == 204
    assert send(desk, other, 1, other.parts()[1]) == 204
    assert finish(desk, other) == 204
    # The very same file, kept in the same way, is one document.
    assert len(listed(app)) == 1


def test_a_plain_document_that_is_not_of_its_hash_is_refused(app: Flask) -> None:
    paper, desk = Paper(), Desk(app, "secretary")
    desk.post("/charter/documents", paper.head())
    for index, part in enumerate(paper.parts()):
        send(desk, paper, index, part)
    answer = desk.post(f"/charter/documents/{paper.id}/finish", {"sha256": "ab" * 32})
    assert (answer.status_code, answer.json) == (409, {"reason": "hash"})
    assert listed(app) == []


REFUSED = {
    "too-large": {"size": str(100 * 1024 * 1024 + 1)},
    "empty": {"size": "0"},
    "name": {"name": "../etc/passwd"},
    "form": {"kept": "SHOWN"},
    "roster": {"kept": "MEMBERS", "roster": "ab" * 32},
}


@pytest.mark.parametrize("reason", REFUSED)
def test_what_cannot_be_taken_in_is_refused_with_its_reason(app: Flask, reason: str) -> None:
    answer = Desk(app, "secretary").post("/charter/documents", Paper().head(**REFUSED[reason]))
    assert (answer.status_code, answer.json) == (409, {"reason": reason})


def test_a_slice_that_is_not_what_belongs_there_is_refused(app: Flask) -> None:
    """Attack: words in clear where something sealed was promised, or more than was promised."""
    desk, plain, sealed = Desk(app, "secretary"), Paper(), Paper(kept="MEMBERS", id="cd" * 16)
    for paper in (plain, sealed):
        desk.post("/charter/documents", paper.head())
    one = age.seal(LONG[:SLICE], [committee.recipient("chair")])
    assert send(desk, plain, 0, LONG[: SLICE - 1]) == 409
    assert send(desk, plain, 2, b"x") == 409
    assert send(desk, sealed, 0, LONG[:SLICE]) == 409
    assert send(desk, sealed, 0, one) == 409
    assert send(desk, plain, 0, bytes(SLICE + 200 * 1024)) == 413


def test_one_person_has_few_unfinished_uploads_and_they_expire(app: Flask, clock: Clock) -> None:
    settings = parts_of(app).settings
    desk = Desk(app, "secretary")
    for n in range(charter_documents.MOST_UNFINISHED):
        paper = Paper(id=f"{n:032x}")
        assert desk.post("/charter/documents", paper.head()).status_code == 204
        assert send(desk, paper, 0, paper.parts()[0]) == 204
    more = Paper(id="ff" * 16)
    assert desk.post("/charter/documents", more.head()).json == {"reason": "too-many"}
    book = parts_of(app).book
    with writing(book) as connection:
        today = settings.day(clock())
        assert documents.expire(connection, today) == 0
        assert documents.expire(connection, today + 2 * charter_documents.EXPIRES) == 3
        assert connection.execute(select(document_slices.c.index)).all() == []
    assert desk.post("/charter/documents", more.head()).status_code == 204


def test_a_document_never_changes(app: Flask, installation: Installation) -> None:
    bring(Desk(app, "secretary"), Paper())
    for each in (table, document_slices):
        values = {"name": "other"} if each is table else {"content": b"other"}
        with (
            pytest.raises(IntegrityError, match="never changed"),
            writing(installation.book) as connection,
        ):
            connection.execute(update(each).values(values))


@pytest.mark.sqlite
def test_every_reason_is_one_that_the_page_has_a_sentence_for(app: Flask) -> None:
    page = Desk(app, "secretary").get("/").text
    for reason in DocumentRefused.REASONS:
        assert f'data-word="document-{reason}"' in page


@pytest.mark.sqlite
def test_a_record_names_a_document_by_its_hash_and_what_is_known_of_it_is_filled_in(
    app: Flask, installation: Installation
) -> None:
    paper, desk = Paper(content=b"a letter", name="Letter.pdf"), Desk(app, "secretary")
    with writing(installation.book) as connection:
        charter_desk.setup(connection, default_charter(), HEAD, "secretary", committee.TODAY)
    bring(desk, paper)
    path, own = "/charter/duties/membership/seat_began", {"event_date": "2026-11-20"}
    form = {**own, "person": "ana", "body": "COMMITTEE", "role": "CHAIR", "do": "record"}
    assert f'<option value="{paper.sha256}">Letter.pdf</option>' in desk.get(path).text
    shown = {"evidence.0.sha256": paper.sha256, "evidence.0.kind": "LTR"}
    absent = {"evidence.0.sha256": "ab" * 32, "evidence.0.kind": "LTR", "evidence.0.title": "x"}
    refused = desk.post(path, {**form, **absent, "evidence.0.stored": "SEALED"})
    assert refused.status_code == 409
    assert "says that it is kept here, and it is not" in refused.text
    assert desk.post(path, {**form, **shown}).status_code == 303
    with reading(installation.book) as connection:
        (event,) = charter_desk.read_book(connection, default_charter()).events
    (row,) = event.evidence()
    assert (row.text("title"), row.text("stored")) == ("Letter.pdf", "PLAIN")
    page = desk.get(f"/charter/records/{event.id}").text
    assert f'href="/charter/documents/{paper.id}"' in page
    evidence = desk.get("/charter/evidence").text
    assert "Letter.pdf" in evidence
    assert paper.sha256 in evidence
