"""The pages that only say something."""

from flask import Blueprint, Response, render_template

from intake.web.forms import HTML
from intake.web.parts import parts

routes = Blueprint("pages", __name__)


def _with_roster(template: str) -> Response:
    """A page that leads to the form: where nothing can be taken in, it must not invite anybody."""
    return Response(render_template(template, roster=parts().roster()), content_type=HTML)


def _plain(template: str) -> Response:
    return Response(render_template(template), content_type=HTML)


@routes.get("/")
def start() -> Response:
    """What this is, and the two ways in."""
    return _with_roster("start.html")


@routes.get("/before-you-start")
def before() -> Response:
    """The one page between the start and the form."""
    return _with_roster("before.html")


@routes.get("/who-can-read-this")
def readers() -> Response:
    """The people of the roster, and its fingerprint."""
    return _with_roster("readers.html")


@routes.get("/roster")
def roster() -> Response:
    """The signed roster itself, for scripts and for anybody who wants to check it."""
    answer = Response(parts().roster().document, content_type="application/octet-stream")
    answer.headers["Content-Disposition"] = 'attachment; filename="roster.json"'
    return answer


@routes.get("/what-we-cannot-protect")
def limits() -> Response:
    """What no service of this kind can do."""
    return _plain("limits.html")


@routes.get("/your-rights")
def rights() -> Response:
    """The law, in plain words."""
    return _plain("rights.html")


@routes.get("/privacy")
def privacy() -> Response:
    """What is kept, and what is not."""
    return _plain("privacy.html")


@routes.get("/accessibility")
def accessibility() -> Response:
    """What was done so that everybody can use this."""
    return _plain("accessibility.html")
