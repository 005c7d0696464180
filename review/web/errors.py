"""Which status each error becomes, and the page or line that says so.

One table. What a person may not see and what does not exist are one error with one page, whose
bytes depend on nothing that was asked for.
"""

import json
import logging
from types import TracebackType

from flask import Flask, Response, g, redirect, render_template, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from review import errors
from review.web import confirming
from review.web.memory import InMemory
from review.web.traces import where

_log = logging.getLogger("review")

STATUS: dict[type[Exception], int] = {
    errors.RosterUnusable: 503,
    SQLAlchemyError: 503,
    errors.NotSignedIn: 401,
    errors.CameFromElsewhere: 403,
    errors.StaleForm: 403,
    errors.NotConfirmed: 403,
    errors.MalformedForm: 400,
    errors.NotHere: 404,
    errors.ActRefused: 409,
    errors.StepRefused: 422,
    errors.TooManyTries: 429,
    errors.DocumentRefused: 409,
    errors.KeyRefused: 409,
    errors.DrillRefused: 409,
    errors.QuarterRefused: 409,
    # Everything of the case is gone, and the page for that is the same as for no case at all.
    errors.KeyDestroyed: 404,
}


class QuietFlask(Flask):
    """An application that writes down of an error only its kind and place, and of a request
    nothing."""

    request_class = InMemory

    def log_exception(
        self,
        exc_info: tuple[type, BaseException, TracebackType] | tuple[None, None, None],
    ) -> None:
        """Leave a trace without a word out of a request."""
        if exc_info[1] is not None:
            _log.error("%s", where(exc_info[1]))


def status_of(error: Exception) -> int:
    """The status of an error, by the closest of its kinds; 500 for what nobody foresaw."""
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)


def init_app(app: Flask) -> None:
    """Answer every error that a view raises, and those raised before there is a view."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(errors.NotSignedIn, _not_signed_in)
    app.register_error_handler(errors.NotConfirmed, _not_confirmed)
    app.register_error_handler(errors.HeadMoved, _head_moved)
    app.register_error_handler(errors.ActMoved, _act_moved)
    app.register_error_handler(errors.NeedsKey, _needs_key)
    app.register_error_handler(errors.StepRefused, _step_refused)
    app.register_error_handler(errors.DocumentRefused, _refused_with_reason)
    app.register_error_handler(errors.KeyRefused, _refused_with_reason)
    app.register_error_handler(Exception, _ours)


def error_page(status: int) -> Response:
    """The page for a status, in the frame of whoever is asking."""
    page = render_template("error.html", status=status)
    return Response(page, status, content_type="text/html; charset=utf-8")


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    answer = error_page(status)
    if status == 405:
        answer.headers["Allow"] = dict(error.get_headers()).get("Allow", "GET")
    return answer


def _not_signed_in(_error: errors.NotSignedIn) -> AnyResponse:
    # A page is led to the sign-in; what a script fetches or posts is refused in place, because a
    # redirect would look like an answer to it.
    g.visitor = None
    script = request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate"
    if script or request.method not in ("GET", "HEAD"):
        return error_page(401)
    return redirect("/sign-in", 303)


def _not_confirmed(error: errors.NotConfirmed) -> AnyResponse:
    """What asks the person to show that it is them: a code for a script, a page for a form."""
    if request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate":
        body = json.dumps({"reason": "step-up"})
        return Response(body, 403, content_type="application/json")
    return confirming.page(wrong=error.wrong)


def _head_moved(error: errors.HeadMoved) -> Response:
    body = json.dumps({"n": error.n})
    return Response(body, 409, content_type="application/json")


def _act_moved(_error: errors.ActMoved) -> Response:
    return Response(json.dumps({"reason": "moved"}), 409, content_type="application/json")


def _needs_key(_error: errors.NeedsKey) -> Response:
    return Response(json.dumps({"reason": "needs-key"}), 409, content_type="application/json")


def _step_refused(error: errors.StepRefused) -> Response:
    body = json.dumps({"reasons": list(error.reasons)})
    return Response(body, status_of(error), content_type="application/json")


def _refused_with_reason(error: errors.DocumentRefused | errors.KeyRefused) -> Response:
    body = json.dumps({"reason": error.reason})
    return Response(body, status_of(error), content_type="application/json")


def _ours(error: Exception) -> Response:
    status = status_of(error)
    if isinstance(error, errors.RosterUnusable):
        _log.error("%s", error)
    elif status >= 500:
        _log.error("%s", where(error))
    return error_page(status)
