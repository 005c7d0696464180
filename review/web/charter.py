"""The charter's pages, to read: how it stands, what is due, what was found, and what records say.

Nothing here changes a record.
"""

from collections.abc import Callable
from datetime import date

from flask import Blueprint, Flask, Response, render_template, request

from review.charter.engine import assess
from review.charter_view import pictures, states
from review.charter_view.choosing import STANDINGS, Choice, choose
from review.charter_view.clause import clause_page
from review.charter_view.comparing import compare
from review.charter_view.coverage import coverage
from review.charter_view.due import calendar
from review.charter_view.measures import measures
from review.charter_view.record import record_page
from review.errors import NotHere
from review.roles import Act
from review.web.charter_book import Desk, begun_book, laid_out, unbegun, undone
from review.web.charter_evidence import kept_documents
from review.web.guard import allowed

View = Callable[..., str | Response]
PICTURES = ("year", "fees", "partners", "cures")


def init_app(app: Flask) -> None:
    """Give an application the pages."""
    routes = Blueprint("charter", __name__)
    for rule, view in (
        ("/charter", _coverage),
        ("/charter/clauses/<name>", _clause),
        ("/charter/due", _due),
        ("/charter/findings", _findings),
        ("/charter/ask", _ask),
        ("/charter/records/<name>", _record),
        ("/charter/pictures/<name>", _picture),
    ):
        routes.add_url_rule(rule, view.__name__, _page(view), methods=["GET"])
    app.register_blueprint(routes)
    app.jinja_env.globals["charter_words"] = states


def _page(view: View) -> View:
    """A view over today's assessment; before there is a book, the page that leads to one."""

    @allowed(Act.SEE_CHARTER)
    def shown(name: str = "") -> str | Response:
        book = begun_book()
        if book is None:
            return unbegun(view.__name__.strip("_"))
        desk = laid_out(book)
        return view(desk, name) if name else view(desk)

    return shown


def _coverage(desk: Desk) -> str:
    """The charter itself, each clause with its state."""
    shown = coverage(desk.charter, desk.found, desk.shelf)
    return render_template("charter/coverage.html", desk=desk, shown=shown, steps=undone(desk.book))


def _clause(desk: Desk, name: str) -> str:
    """One clause, or one row of the law around the charter."""
    page = clause_page(desk.charter, desk.found, desk.shelf, name)
    if page is None:
        raise NotHere("the charter has no such clause")
    return render_template("charter/clause.html", desk=desk, page=page)


def _due(desk: Desk) -> str:
    """What waits, by meeting and by month, with the pictures and their tables."""
    return render_template(
        "charter/due.html",
        desk=desk,
        shown=calendar(desk.charter, desk.book, desk.found, desk.shelf),
        numbers=measures(desk.charter, desk.book, desk.found, desk.shelf),
    )


def _findings(desk: Desk) -> str:
    """The findings asked for, by severity."""
    standing = request.args.get("standing", "OPEN")
    clause = request.args.get("clause", "")
    choice = Choice(
        clause if clause in desk.charter.below else "",
        standing if standing in STANDINGS else "OPEN",
    )
    return render_template(
        "charter/findings.html",
        desk=desk,
        choice=choice,
        standings=STANDINGS,
        groups=choose(desk.charter, desk.found, choice),
    )


def _ask(desk: Desk) -> Response:
    """The whole assessment of any day, as it could be known on another, beside today's."""
    typed = {name: request.args.get(name, "").strip() for name in ("as_of", "known_at")}
    days = {name: _day(text) for name, text in typed.items()}
    wrong = [name for name, text in typed.items() if text and days[name] is None]
    then = None
    if days["as_of"] and not wrong:
        then = assess(desk.charter, desk.book, days["as_of"], days["known_at"])
    page = render_template(
        "charter/ask.html",
        desk=desk,
        typed=typed,
        wrong=wrong,
        then=then,
        shown=then and coverage(desk.charter, then, desk.shelf),
        difference=then and compare(desk.charter, then, desk.found),
    )
    return Response(page, 400 if wrong else 200, content_type="text/html; charset=utf-8")


def _record(desk: Desk, name: str) -> str:
    """One record of the book."""
    page = record_page(desk.shelf, desk.found, name)
    if page is None:
        raise NotHere("the book has no such record")
    return render_template("charter/record.html", desk=desk, page=page, **kept_documents())


def _picture(desk: Desk, name: str) -> Response:
    """A picture, as an image of its own."""
    if name.removesuffix(".svg") not in PICTURES:
        raise NotHere("there is no such picture")
    numbers = measures(desk.charter, desk.book, desk.found, desk.shelf)
    if name == "year.svg":
        days = calendar(desk.charter, desk.book, desk.found, desk.shelf)
        drawn = pictures.year_strip(days)
    elif name == "fees.svg":
        drawn = pictures.fee_ratios(numbers)
    elif name == "partners.svg":
        drawn = pictures.partner_years(numbers)
    else:
        drawn = pictures.cure_clocks(numbers, desk.today)
    return Response(drawn, content_type="image/svg+xml; charset=utf-8")


def _day(text: str) -> date | None:
    """A day as a form sends it, or None; only the one spelling that a date field has."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.isoformat() == text else None
