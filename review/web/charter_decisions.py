"""The owner's decisions: what holds now, and the charter that the book is kept for."""

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from review import charter_desk
from review.charter.clauses import DEFAULT
from review.charter.errors import MalformedCharter, Problem
from review.charter_desk import NoBook, RecordRefused
from review.charter_forms.duties import DECISIONS
from review.charter_forms.history import register
from review.charter_view.decisions import decisions
from review.errors import NotHere
from review.roles import Act
from review.store import charter_book
from review.store.database import reading, writing
from review.web.charter_book import begun_book, laid_out, unbegun
from review.web.guard import allowed
from review.web.pages import octets
from review.web.parts import parts, visitor

routes = Blueprint("charter_decisions", __name__)
# Longer than any charter in this form, and short enough to be checked in an instant.
LONGEST = 200_000


@routes.get("/charter/decisions")
@allowed(Act.SEE_CHARTER)
def listed() -> str:
    """Every setting with what it is now, and every change of one."""
    book = begun_book()
    if book is None:
        return unbegun("decisions")
    desk = laid_out(book)
    return render_template(
        "charter/decisions.html",
        desk=desk,
        duty=DECISIONS,
        shown=decisions(desk.charter, desk.found, desk.shelf),
        lines=register(book, DECISIONS, desk.shelf),
        recorded=desk.shelf.records.get(request.args.get("recorded", "")),
    )


@routes.get("/charter/decisions/charter.toml")
@allowed(Act.SEE_CHARTER)
def charter_file() -> Response:
    """The charter that the book is kept for, as the file that another one would be written in."""
    return octets(_own_source().encode(), "charter.toml")


@routes.get("/charter/decisions/charter")
@allowed(Act.RECORD_CHARTER)
def charter_form() -> str:
    """The form by which another charter is put in the place of this one."""
    if begun_book() is None:
        raise NotHere("there is no book whose charter could change")
    return _form(_own_source())


@routes.post("/charter/decisions/charter", endpoint="adopt")
@allowed(Act.RECORD_CHARTER, largest=4 * LONGEST)
def adopt() -> AnyResponse:
    """Keep the book for the charter that was sent, or say everything that is wrong with it."""
    source = request.form.get("source", "").replace("\r\n", "\n")
    shipped = request.form.get("do") == "shipped"
    if len(source) > LONGEST:
        problem = Problem(1, "", "", f"is longer than {LONGEST:,} characters")
        return _refused(source, (problem,))
    try:
        with writing(parts().book) as connection:
            charter_desk.adopt_charter(
                connection, "" if shipped else source or " ", visitor().person.id, parts().today
            )
    except (MalformedCharter, RecordRefused) as refused:
        return _refused(source, tuple(refused.problems))
    except NoBook as none:
        raise NotHere("there is no book whose charter could change") from none
    return redirect("/charter", 303)


def _own_source() -> str:
    with reading(parts().book) as connection:
        found = charter_book.newest_head(connection)
    return (found.charter_file if found else "") or DEFAULT.read_text(encoding="utf-8")


def _form(source: str, problems: tuple[Problem, ...] = ()) -> str:
    return render_template("charter/charter.html", source=source, problems=problems)


def _refused(source: str, problems: tuple[Problem, ...]) -> Response:
    page = _form(source, problems)
    return Response(page, 400, content_type="text/html; charset=utf-8")
