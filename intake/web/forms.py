"""Renders the form, the follow-up page and their answers, with what was typed kept in them.

A receipt code is rendered by receipt() and nowhere else: the field for it comes back empty.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flask import Response, render_template
from markupsafe import escape

from crypto import strict
from crypto.errors import Malformed
from crypto.receipt import TOKEN_SIZE
from crypto.roster import Roster
from intake.mailbox import Correspondence
from intake.submission import CHOICES, TEXTS, UNANSWERED, Problem, Values
from intake.web.offers import Offer, sent_line
from intake.web.parts import parts
from intake.web.price import Price

# One size for whatever the follow-up page says, in steps that a page hardly ever exceeds: some
# letters and the proofs of a few messages fit.
FOLLOW_UP_STEP = 131072
_COMMENT = len("<!---->\n")


@dataclass(frozen=True)
class Refusal:
    """Why a form came back: a status, what to put right, or the name of a notice in the page."""

    status: int = 200
    notice: str = ""
    sentence: str = ""
    problems: Sequence[Problem] = ()
    file_names: Sequence[str] = field(default=(), repr=False)
    keeps_token: bool = False
    seconds: int = 0


NOTHING_REFUSED = Refusal()


def form_token(values: Values) -> bytes | None:
    """The form token among the values, or None if it is not one of ours."""
    try:
        return strict.hex_bytes(first(values, "token"), TOKEN_SIZE)
    except Malformed:
        return None


def price(values: Values) -> Price:
    """What came with a form for the case that sending has a price."""
    return Price(form_token(values) or b"", first(values, "price"))


def first(values: Values, name: str) -> str:
    """The first value of a field, or "" when it did not come."""
    found = values.get(name, ())
    return found[0] if found else ""


def submission_form(
    roster: Roster, values: Values | None = None, refusal: Refusal = NOTHING_REFUSED
) -> Response:
    """The form for a submission, empty or with everything that was typed and ticked."""
    values = values or {}
    chosen = {name: first(values, name) or UNANSWERED[name] for name in CHOICES}
    page = render_template(
        "form.html",
        **_frame(roster, values, refusal),
        text={name: first(values, name) for name in TEXTS},
        chosen={**chosen, "reply_wanted": first(values, "reply_wanted") or "yes"},
        excluded=frozenset(values.get("excluded", ())),
    )
    return Response(page, refusal.status, content_type=HTML)


def follow_up_form(
    roster: Roster,
    values: Values | None = None,
    refusal: Refusal = NOTHING_REFUSED,
    correspondence: Correspondence | None = None,
    offer: Offer | None = None,
) -> str:
    """The follow-up page, with the mailbox if it was opened, and never with the code."""
    values = values or {}
    return render_template(
        "follow_up.html",
        **_frame(roster, values, refusal),
        text={"text": first(values, "text")},
        correspondence=correspondence,
        sent=[sent_line(each) for each in correspondence.sent] if correspondence else [],
        offer=offer,
    )


def _frame(roster: Roster, values: Values, refusal: Refusal) -> Mapping[str, object]:
    # Only where a form may have been stored the same token comes back, so that sending it again
    # counts once.
    token = form_token(values) if refusal.keeps_token else None
    token = token or secrets.token_bytes(TOKEN_SIZE)
    settings = parts().settings
    return {
        "roster": roster,
        "root_key": strict.to_b64(settings.root_key),
        "today": parts().clock().isoformat(),
        "token": token.hex(),
        # Under a new token too a form has waited since its first page.
        "price": parts().budgets.prices.stamp(token, after=price(values)),
        "max_files": settings.max_files,
        "max_file_bytes": settings.max_file_bytes,
        "max_total_bytes": settings.max_total_bytes,
        "refusal": refusal,
        "problem": {each.field: each.sentence for each in refusal.problems},
    }


def receipt(roster: Roster, code: str, already: bool, offer: Offer) -> Response:
    """The one page that shows a receipt code."""
    page = render_template("receipt.html", roster=roster, code=code, already=already, offer=offer)
    return Response(page, content_type=HTML)


def padded(page: str, status: int = 200, typed: str = "") -> Response:
    """The page with a comment of random characters, in a size that is a multiple of one step.

    On the wire it does not show whether a reply was waiting, or whether there was a mailbox. There
    is room for what was typed whether or not this page shows it again or offers it for keeping,
    because only some do.
    """
    data = page.encode()
    # The longest message in a link is shorter than the step that any text adds.
    room = _steps(len(escape(typed).encode())) + FOLLOW_UP_STEP
    size = max(room, _steps(len(data) + _COMMENT))
    filling = secrets.token_hex(size // 2)[: size - len(data) - _COMMENT]
    return Response(data + f"<!--{filling}-->\n".encode("ascii"), status, content_type=HTML)


def _steps(size: int) -> int:
    return -(-size // FOLLOW_UP_STEP) * FOLLOW_UP_STEP


HTML = "text/html; charset=utf-8"
