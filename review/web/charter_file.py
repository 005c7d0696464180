"""The charter's book as a file: to take away, and to bring records in, all of them or none."""

from flask import Blueprint, Response, render_template, request

from review.charter.errors import MalformedBook, Problem
from review.charter_desk import NoBook
from review.charter_files import Imported, export_book, import_book
from review.errors import MalformedForm, NotHere
from review.roles import Act
from review.store.database import writing
from review.web.charter_book import begun_book, own_charter
from review.web.guard import allowed
from review.web.pages import octets
from review.web.parts import parts, visitor

routes = Blueprint("charter_file", __name__)

# A hundred years of a busy committee.
LARGEST_FILE = 8 * 1024 * 1024
NAME = "charter-book.json"


@routes.get("/charter/file")
@allowed(Act.RECORD_CHARTER)
def page() -> str:
    """What can be done with the book as a file."""
    return _page()


@routes.post("/charter/file/export")
@allowed(Act.RECORD_CHARTER)
def export() -> Response:
    """The book. That it was taken away is recorded before its first byte leaves."""
    try:
        with writing(parts().book) as connection:
            text = export_book(connection, own_charter(), visitor().person.id, parts().today)
    except NoBook:
        raise NotHere("there is no book yet") from None
    return octets(text, NAME)


@routes.post("/charter/file/import")
@allowed(Act.RECORD_CHARTER, largest=LARGEST_FILE)
def take_in() -> Response:
    """Take the records of a file in, or show everything that is wrong with it, by line."""
    part = request.files.get("file")
    if part is None:
        raise MalformedForm("file is missing")
    try:
        with writing(parts().book) as connection:
            done = import_book(
                connection, own_charter(), part.stream.read(), visitor().person.id, parts().today
            )
    except MalformedBook as refused:
        return _answer(_page(problems=refused.problems), 400)
    return _answer(_page(done=done), 200)


def _page(done: Imported | None = None, problems: tuple[Problem, ...] = ()) -> str:
    begun = begun_book() is not None
    return render_template("charter/file.html", begun=begun, done=done, problems=problems)


def _answer(text: str, status: int) -> Response:
    return Response(text, status, content_type="text/html; charset=utf-8")
