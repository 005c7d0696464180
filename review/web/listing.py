"""The inbox: a page of a reader's cases, found by coded fields and never by a word in them."""

from collections.abc import Mapping
from urllib.parse import urlencode

from flask import Blueprint, render_template, request

from crypto import strict
from crypto.errors import Malformed
from review.casework.codes import LABELS, Category, Severity
from review.casework.course import Stage
from review.errors import NotHere
from review.roles import Act
from review.store import inbox
from review.store.database import reading
from review.store.inbox import Due, Order, Wanted
from review.web.guard import allowed
from review.web.parts import parts, visitor

routes = Blueprint("listing", __name__)
MOST_PAGES = 9999


@routes.get("/cases")
@allowed(Act.LIST_CASES)
def page() -> str:
    """The cases of this reader that are as they want them."""
    wanted = _wanted(request.args)
    with reading(parts().book) as connection:
        lines, more = inbox.page(connection, visitor().person.id, wanted, parts().today)
    kept = parts().kept_among([line.case_id for line in lines])
    return render_template(
        "inbox.html",
        lines=[line for line in lines if line.case_id in kept],
        wanted=wanted,
        stages=tuple(Stage),
        severities=[(each, LABELS[each]) for each in Severity],
        categories=[(each, LABELS[each]) for each in Category],
        earlier=_address(wanted.at(wanted.page - 1)) if wanted.page > 1 else None,
        later=_address(wanted.at(wanted.page + 1)) if more else None,
        size=inbox.PAGE,
    )


def _wanted(asked: Mapping[str, str]) -> Wanted:
    """What the address asks for. Raises NotHere for a word that is none of ours."""
    given = {name: value for name, value in asked.items() if value}
    try:
        page = strict.decimal(given.get("page", "1"))
        return Wanted(
            stage=Stage(given["stage"]) if "stage" in given else None,
            severity=Severity(given["severity"]) if "severity" in given else None,
            category=Category(given["category"]) if "category" in given else None,
            due=Due(given["due"]) if "due" in given else None,
            drills=_yes(given.get("drills")),
            order=Order(given.get("order", Order.DUE)),
            page=min(max(page, 1), MOST_PAGES),
        )
    except (ValueError, Malformed):
        raise NotHere("the list has no such part") from None


def _yes(text: str | None) -> bool:
    if text not in (None, "1"):
        raise ValueError("neither asked for nor left out")
    return text is not None


def _address(wanted: Wanted) -> str:
    """The question that asks for this part of the list."""
    fields = {
        "stage": wanted.stage,
        "severity": wanted.severity,
        "category": wanted.category,
        "due": wanted.due,
        "drills": "1" if wanted.drills else None,
        "order": None if wanted.order is Order.DUE else wanted.order,
        "page": wanted.page,
    }
    return urlencode({name: value for name, value in fields.items() if value})
