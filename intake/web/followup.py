"""Coming back with the code, for browsers that run no scripts.

The code is in the request's body and nowhere else; no answer holds it. Every answer to it is
padded, and an unknown, a mistyped but well-formed and a disposed-of code get the same bytes.
"""

from collections.abc import Mapping

from flask import Blueprint, Response, request
from sqlalchemy.exc import SQLAlchemyError

from crypto.errors import CryptoError, MalformedCode
from crypto.receipt import ReceiptCode
from crypto.roster import Roster
from intake.deposits import Outcome
from intake.errors import AnswersRefused, IntakeError, MalformedBody, UnknownMailbox
from intake.mailbox import Correspondence, open_letters
from intake.sealing import Form
from intake.submission import Problem, Values
from intake.upload import Body, Texts, read_texts
from intake.web import receiving
from intake.web.errors import error_page, note, status_of
from intake.web.forms import Refusal, first, follow_up_form, form_token, padded
from intake.web.parts import parts
from intake.web.submit import current_roster, refusal

routes = Blueprint("followup", __name__)

LOOKS_LIKE = {
    "length": "A receipt code has 25 letters and digits. Please count them and try again.",
    "character": "One character looks wrong. Please compare the code with what you wrote down.",
}


@routes.get("/follow-up")
def page() -> Response:
    """The empty page, with a new token."""
    return padded(follow_up_form(parts().roster()))


@routes.post("/follow-up")
def send() -> Response:
    """Open the mailbox of a code, and add to the case if that was asked for."""
    body = Body.of(request.environ)
    values: Values = {}
    try:
        texts = read_texts(body)
        values = texts.values
        roster = parts().roster()
        notice, correspondence = _act(roster, body, texts)
    except (IntakeError, CryptoError, SQLAlchemyError) as error:
        note(error)
        body.drain(parts().settings.body_limit)
        return _refused(error, values, body.file_names)
    body.drain(parts().settings.body_limit)
    # What was added is not shown again, and a new form gets a new token.
    return padded(follow_up_form(roster, None, Refusal(notice=notice), correspondence))


def _act(roster: Roster, body: Body, texts: Texts) -> tuple[str, Correspondence]:
    form = _form(roster, texts.values)
    parts().budgets.read()
    notice = ""
    # A browser names the pressed button where it stands: "read" before the files, "send" after.
    if first(texts.values, "act") != "read":
        outcome = receiving.follow_up(parts(), roster, form, body, texts)
        notice = "AlreadyAdded" if outcome is Outcome.ALREADY else "Added"
    return notice, _correspondence(form)


def _form(roster: Roster, values: Mapping[str, list[str]]) -> Form:
    token = form_token(values)
    if token is None:
        raise MalformedBody("the form token is not one of ours")
    try:
        code = ReceiptCode.parse(first(values, "code"))
    except MalformedCode as malformed:
        problem = Problem("code", LOOKS_LIKE[malformed.looks_like])
        raise AnswersRefused([problem]) from None
    return Form(token, code, roster.installation)


def _correspondence(form: Form) -> Correspondence:
    mailbox = receiving.find_mailbox(parts(), form)
    keys = form.code.keys(form.installation)
    with parts().reading() as connection:
        return open_letters(
            mailbox,
            keys,
            form.installation,
            lambda roster_hash: parts().rosters.named(connection, roster_hash),
        )


def _refused(error: Exception, values: Values, file_names: list[str]) -> Response:
    roster = current_roster()
    if roster is None or not values:
        return padded(error_page(status_of(error), values).get_data(as_text=True), status_of(error))
    why = refusal(error, file_names)
    # Not a different status for a code that opens nothing: the status is part of the answer.
    status = 200 if isinstance(error, UnknownMailbox) else why.status
    return padded(follow_up_form(roster, values, why), status)
