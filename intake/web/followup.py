"""Coming back with the code, for browsers that run no scripts.

The code is in the request's body and nowhere else; no answer holds it. Every answer to it is
padded, and an unknown, a mistyped but well-formed and a disposed-of code get the same bytes.
Reading needs no roster that is valid today; only what is sealed anew does.
"""

from dataclasses import dataclass, replace

from flask import Blueprint, Response, request

from crypto.errors import MalformedCode
from crypto.receipt import ReceiptCode
from crypto.roster import Roster
from intake.errors import AnswersRefused, MalformedBody, RosterUnusable, UnknownMailbox
from intake.mailbox import NOBODYS, Correspondence, open_letters, open_receipts
from intake.sealing import Form
from intake.submission import Problem, Values
from intake.upload import Body, Texts, read_texts
from intake.web import receiving
from intake.web.errors import error_page, note, status_of
from intake.web.forms import Refusal, first, follow_up_form, form_token, padded, price
from intake.web.offers import Offer, offer
from intake.web.parts import parts
from intake.web.places import Place
from intake.web.submit import REFUSALS, refusal

routes = Blueprint("followup", __name__)

TOO_MANY = 429
LOOKS_LIKE = {
    "length": "A receipt code has 25 letters and digits. Please count them and try again.",
    "character": "One character looks wrong. Please compare the code with what you wrote down.",
}


@routes.get("/follow-up")
def page() -> Response:
    """The empty page, with a new token."""
    return padded(follow_up_form(parts().newest()))


@routes.post("/follow-up")
def send() -> Response:
    """Open the mailbox of a code, and add to the case if that was asked for, in even time."""
    begun = parts().even.begin()
    answer = _send()
    # Who is turned away before anything was looked up must not keep a thread.
    if answer.status_code != TOO_MANY:
        parts().even.end(begun)
    return answer


def _send() -> Response:
    body = Body.of(request.environ)
    values: Values = {}
    roster: Roster | None = None
    with parts().places.one() as place:
        try:
            texts = read_texts(body)
            values = texts.values
            roster = parts().newest()
            answer = _act(roster, body, texts, place)
        except Exception as error:  # noqa: BLE001 - whatever it was, the words are somebody's
            note(error)
            body.drain(place.drain)
            return _refused(error, roster, values, body.file_names)
        body.drain(place.drain)
    # What was added is not shown again; anything else that was typed is.
    kept = {} if answer.notice == "Added" else values
    names = () if answer.notice == "Added" else body.file_names
    shown = Refusal(notice=answer.notice, file_names=names)
    page = follow_up_form(roster, kept, shown, answer.correspondence, answer.offer)
    return _padded(page, values)


@dataclass(frozen=True)
class _Answer:
    """What was done, as the name of a notice, what the mailbox holds, and what there is to keep."""

    notice: str
    correspondence: Correspondence | None
    offer: Offer | None = None


def _act(roster: Roster, body: Body, texts: Texts, place: Place) -> _Answer:
    form = _form(roster, texts.values)
    # A browser names the pressed button where it stands: "read" before the files, "send" after.
    if first(texts.values, "act") == "read":
        parts().budgets.read(form.lookup, price(texts.values))
        return _Answer("", _correspondence(form))
    parts().budgets.look(form.lookup, price(texts.values))
    taken = receiving.follow_up(parts(), form, body, texts, place)
    notice = "AlreadyAdded" if taken.already else "Added"
    kept = offer(taken.receipt.statement, taken.kept)
    try:
        return _Answer(notice, _correspondence(form), kept)
    except REFUSALS as error:
        # The addition is there, whatever became of the replies.
        note(error)
        return _Answer(notice, None, kept)


def _form(roster: Roster, values: Values) -> Form:
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
    """What the mailbox of a code holds; for a code without one, found out in the same time."""
    mailbox = receiving.look(parts(), form)
    keys = form.keys
    with parts().reading() as connection:
        found = open_letters(
            mailbox or NOBODYS,
            keys,
            form.installation,
            lambda roster_hash: parts().rosters.named(connection, roster_hash),
        )
    sent = open_receipts(mailbox or NOBODYS, keys)
    if mailbox is None:
        raise UnknownMailbox("no mailbox has this id")
    return replace(found, sent=sent)


def _refused(
    error: Exception, roster: Roster | None, values: Values, file_names: list[str]
) -> Response:
    status = status_of(error)
    told = isinstance(error, REFUSALS) and not isinstance(error, RosterUnusable)
    if roster is None or not values or not told:
        return _padded(error_page(status, values).get_data(as_text=True), values, status)
    why = refusal(error, file_names)
    # Not a different status for a code that opens nothing: the status is part of the answer.
    status = 200 if isinstance(error, UnknownMailbox) else why.status
    return _padded(follow_up_form(roster, values, why), values, status)


def _padded(page: str, values: Values, status: int = 200) -> Response:
    return padded(page, status, typed=first(values, "text"))
