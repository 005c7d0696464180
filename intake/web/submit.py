"""The form, for browsers that run no scripts: one request with everything, one page with a code."""

from flask import Blueprint, Response, request
from sqlalchemy.exc import SQLAlchemyError

from crypto.errors import CryptoError
from crypto.receipt import ReceiptCode
from crypto.roster import Roster
from intake.errors import (
    AnswersRefused,
    FileRefused,
    IntakeError,
    MalformedBody,
    NotReady,
    OutcomeUnknown,
    PriceAsked,
)
from intake.submission import Values
from intake.upload import Body, read_texts
from intake.web.errors import error_page, note, status_of
from intake.web.forms import Refusal, form_token, receipt, submission_form
from intake.web.offers import offer
from intake.web.parts import parts
from intake.web.price import WAITS
from intake.web.receiving import submit

routes = Blueprint("submit", __name__)

# What a page is given back for; anything else is a fault of ours, whose page has the words to copy.
REFUSALS = (IntakeError, CryptoError, SQLAlchemyError)


@routes.get("/form")
def form() -> Response:
    """The empty form, with a new token."""
    return submission_form(parts().roster())


@routes.post("/form")
def send() -> Response:
    """Take a submission in; whatever stands in the way, the text comes back."""
    body = Body.of(request.environ)
    values: Values = {}
    with parts().places.one() as place:
        try:
            texts = read_texts(body)
            values = texts.values
            roster = parts().newest()
            token = _token(values)
            taken = submit(parts(), roster, token, body, texts, place)
        except Exception as error:  # noqa: BLE001 - whatever it was, the words are somebody's
            note(error)
            body.drain(place.drain)
            return _refused(error, values, body.file_names)
        body.drain(place.drain)
    code = ReceiptCode.from_form_token(token, roster.installation).text
    kept = offer(taken.receipt.statement, taken.kept)
    return receipt(roster, code, taken.already, kept)


def _token(values: Values) -> bytes:
    token = form_token(values)
    if token is None:
        raise MalformedBody("the form token is not one of ours")
    return token


def _refused(error: Exception, values: Values, file_names: list[str]) -> Response:
    """The form with all that was typed and what to do, or at least the text to copy."""
    roster = _current_roster()
    if roster is None or not values or not isinstance(error, REFUSALS):
        return error_page(status_of(error), values)
    return submission_form(roster, values, refusal(error, file_names))


def refusal(error: Exception, file_names: list[str]) -> Refusal:
    """What the page says about an error."""
    return Refusal(
        status=status_of(error),
        notice=type(error).__name__ if isinstance(error, IntakeError) else "Unavailable",
        sentence=error.sentence if isinstance(error, FileRefused) else "",
        problems=error.problems if isinstance(error, AnswersRefused) else (),
        file_names=file_names,
        # What surely was not stored may go out under a new token and so a new code: the old one
        # could have been put into the page by somebody else, who would then know the code too.
        # The style sheet has a class for each of these, which shows when the time is over.
        seconds=_rounded(error.seconds) if isinstance(error, PriceAsked) else 0,
        keeps_token=isinstance(error, OutcomeUnknown | SQLAlchemyError),
    )


def _rounded(seconds: int) -> int:
    return -(-seconds // WAITS[0]) * WAITS[0]


def _current_roster() -> Roster | None:
    """The roster, or None while there is none to seal to."""
    try:
        return parts().roster()
    except (NotReady, SQLAlchemyError):
        return None
