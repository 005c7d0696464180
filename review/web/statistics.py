"""The numbers of quarters, as they were told: nothing here is computed from a case."""

from flask import Blueprint, Response, render_template

from review.casework import benchmarks, glance, told
from review.errors import NotHere
from review.roles import Act
from review.sheet import sheet
from review.store import told_quarters
from review.store.database import reading
from review.store.told_quarters import Kept
from review.web.guard import allowed
from review.web.parts import parts

routes = Blueprint("statistics", __name__)


@routes.get("/statistics")
@allowed(Act.SEE_STATISTICS)
def page() -> str:
    """The newest quarter that was told, or that none was yet."""
    kept = _kept()
    return _page(kept, kept[0]) if kept else render_template("statistics.html", shown=None)


@routes.get("/statistics/<quarter>")
@allowed(Act.SEE_STATISTICS)
def one(quarter: str) -> str:
    """A quarter that was told."""
    return _page(_kept(), _find(quarter))


@routes.get("/statistics/<quarter>/numbers.csv")
@allowed(Act.SEE_STATISTICS)
def download(quarter: str) -> Response:
    """A quarter as a file for a spreadsheet."""
    report, volume = told.read(_find(quarter).document)
    response = Response(sheet(glance.lines(report, volume)), content_type="text/csv; charset=utf-8")
    name = f"statistics-{told.quarter_name(report.quarter)}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@routes.get("/statistics/<quarter>/pictures/<name>")
@allowed(Act.SEE_STATISTICS)
def picture(quarter: str, name: str) -> Response:
    """A picture of one of a quarter's tables, as an image of its own."""
    report, _volume = told.read(_find(quarter).document)
    drawn = glance.picture(report, name.removesuffix(".svg"))
    if drawn is None:
        raise NotHere("there is no such picture")
    return Response(drawn, content_type="image/svg+xml; charset=utf-8")


def _page(kept: list[Kept], chosen: Kept) -> str:
    report, volume = told.read(chosen.document)
    return render_template(
        "statistics.html",
        kept=kept,
        shown=chosen,
        tables=glance.tables(report),
        measures=glance.measures(report, volume),
        caution=benchmarks.CAUTION,
    )


def _kept() -> list[Kept]:
    with reading(parts().book) as connection:
        return told_quarters.listed(connection)


def _find(quarter: str) -> Kept:
    found = next((each for each in _kept() if each.quarter == quarter), None)
    if found is None:
        raise NotHere("no such quarter was told")
    return found
