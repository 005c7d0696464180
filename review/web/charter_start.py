"""The first page of a book: the company, its people and firms; later the same page changes them."""

from collections.abc import Sequence

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from review import charter_desk
from review.charter.errors import Problem
from review.charter_desk import RecordRefused
from review.charter_forms.drafts import Posted
from review.charter_forms.form import groups, loose, rows_in
from review.charter_forms.inputs import inputs_of
from review.charter_forms.start import HEAD_FIELDS, head, shown
from review.roles import Act
from review.store.database import writing
from review.web.charter_book import begun_book, own_charter
from review.web.guard import allowed
from review.web.parts import parts, visitor

routes = Blueprint("charter_start", __name__)


@routes.get("/charter/start")
@allowed(Act.RECORD_CHARTER)
def start() -> str:
    """The form of the head: as it is, or begun with the people of the roster."""
    book = begun_book()
    return _page(_of_roster() if book is None else shown(book.header), ())


@routes.post("/charter/start")
@allowed(Act.RECORD_CHARTER)
def begin() -> AnyResponse:
    """Set the book up, or change its head."""
    posted, book = request.form.to_dict(flat=False), begun_book()
    document = head(posted, None if book is None else book.header)
    if request.form.get("do") == "row":
        return _answer(_page(posted, ()), 200)
    try:
        with writing(parts().book) as connection:
            charter_desk.setup(
                connection, own_charter(), document, visitor().person.id, parts().today
            )
    except RecordRefused as refused:
        # Blank rows are gone from the head, so its own numbers are those of the problems.
        return _answer(_page(shown(document), refused.problems), 400)
    return redirect("/charter/duties", 303)


def _of_roster() -> dict[str, list[str]]:
    roster = visitor().roster
    people = {one.id: one.name for one in roster.readers}
    people |= {one.id: one.name for one in roster.listed if one.id not in people}
    return {
        f"people.{n}.{part}": [text]
        for n, (person, name) in enumerate(people.items())
        for part, text in (("id", person), ("name", name))
    }


def _page(typed: Posted, problems: Sequence[Problem]) -> str:
    asked = inputs_of(HEAD_FIELDS, rows_in(typed))
    return render_template(
        "charter/start.html",
        found=groups(asked, typed, problems, lambda _one: ()),
        problems=loose(asked, problems),
        refused=bool(problems),
    )


def _answer(text: str, status: int) -> Response:
    return Response(text, status, content_type="text/html; charset=utf-8")
