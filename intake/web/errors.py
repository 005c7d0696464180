"""Which status each error becomes, and the plain page that says what was sent and what was kept.

One table. An error that is not in it is a fault of ours: its page cannot know how far things came,
and says so, and what is safe to do.
"""

import json
import logging

from flask import Flask, Response, render_template, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from crypto.errors import CryptoError, TooLong
from intake import errors
from intake.submission import TEXTS, Values
from intake.web.forms import HTML, first
from intake.web.request import where

_log = logging.getLogger("intake")

STATUS: dict[type[Exception], int] = {
    errors.OutcomeUnknown: 500,
    errors.NotReady: 503,
    SQLAlchemyError: 503,
    errors.MalformedBody: 400,
    errors.MailboxTaken: 400,
    CryptoError: 400,
    errors.CameFromElsewhere: 403,
    errors.UnknownMailbox: 404,
    errors.RosterMoved: 409,
    errors.HeadMoved: 409,
    errors.MailboxFull: 409,
    errors.SlicesMissing: 409,
    errors.UploadClosed: 409,
    errors.BodyTooLarge: 413,
    errors.FileRefused: 413,
    TooLong: 413,
    errors.AnswersRefused: 422,
    errors.BudgetSpent: 429,
    errors.PriceAsked: 429,
    errors.NoPlace: 429,
    errors.DiskLow: 429,
}
# What our own script is told beside the status, where it can do something about it.
REASONS: dict[type[Exception], str] = {
    errors.RosterMoved: "roster",
    errors.HeadMoved: "head",
    errors.MailboxFull: "full",
    errors.SlicesMissing: "slices",
    errors.UploadClosed: "slices",
}
_FOR_SCRIPTS = ("/sealed/", "/roster")


def status_of(error: Exception) -> int:
    """The status of an error, by the closest of its kinds; 500 for what nobody foresaw."""
    for kind in type(error).__mro__:
        if kind in STATUS:
            return STATUS[kind]
    return 500


def error_page(status: int, values: Values | None = None) -> Response:
    """The page for a status; with values, what was typed is shown so that it can be copied."""
    kept = {name: first(values or {}, name) for name in (*TEXTS, "text")}
    kept = {name: text for name, text in kept.items() if text.strip()}
    page = render_template("error.html", status=status, kept=kept)
    return Response(page, status, content_type=HTML)


def init_app(app: Flask) -> None:
    """Answer every error that a view raises, and those raised before there is a view."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _ours)


def _http(error: HTTPException) -> Response:
    answer = _answer(error.code or 500)
    allowed = dict(error.get_headers()).get("Allow")
    if allowed is not None:
        answer.headers["Allow"] = allowed
    return answer


def _ours(error: Exception) -> Response:
    note(error)
    if isinstance(error, errors.PriceAsked):
        asked: dict[str, str | int] = {
            "stamp": error.stamp,
            "seconds": error.seconds,
            "bits": error.bits,
        }
        return _answer(status_of(error), "price", **asked)
    return _answer(status_of(error), REASONS.get(type(error)))


def note(error: Exception) -> None:
    """Leave a trace of what an operator must put right, without a word out of the request."""
    if isinstance(error, errors.DropAltered):
        # Whoever deposits under one code with the key of another makes one: an alarm that anybody
        # can ring tells an operator nothing. The submitter is told.
        return
    if isinstance(error, errors.NotReady):
        _log.error("%s", error)
    elif status_of(error) >= 500:
        _log.error("%s", where(error))


def _answer(status: int, reason: str | None = None, **more: str | int) -> Response:
    if not request.path.startswith(_FOR_SCRIPTS):
        return error_page(status)
    if reason is None:
        return Response(status=status, content_type="text/plain; charset=utf-8")
    body = json.dumps({"reason": reason, **more}, separators=(",", ":"))
    return Response(body, status, content_type="application/json")
