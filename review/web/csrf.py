"""Only our own pages make changes: the browser says where a request came from, the form proves it.

Two independent checks. Sec-Fetch-Site is written by the browser and cannot be set by a page; the
token is bound to the login's row, so a form made for one login is worth nothing in another.
"""

import hmac

from flask import request

from review.errors import CameFromElsewhere, StaleForm

SAFE_METHODS = frozenset({"GET", "HEAD"})


def refuse_other_sites() -> None:
    """Return if the browser says that one of our pages or the person made this request.

    A GET may also come from a bookmark or another program ("none"), and somebody may follow a link
    to here from elsewhere: the cookie does not travel then, so it ends at the sign-in page. A
    change must come from our own pages, and say so. Raises CameFromElsewhere.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if request.method not in SAFE_METHODS:
        if site != "same-origin":
            raise CameFromElsewhere("a change that our own pages did not send")
        return
    visiting = request.headers.get("Sec-Fetch-Mode") == "navigate"
    if site in ("cross-site", "same-site") and not visiting:
        raise CameFromElsewhere("another site's page made this request")


def check(token: str) -> None:
    """Return if the form carries the token of this login. Raises StaleForm."""
    given = request.form.get("csrf", "")
    if not hmac.compare_digest(given.encode(), token.encode()):
        raise StaleForm("the form was not made for this login")
