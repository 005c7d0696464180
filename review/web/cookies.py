"""The one cookie: the token of a login, for this host alone and never for a script.

The prefix makes the browser refuse the cookie unless it is Secure, for the whole path and set by
this very host, so that a neighbouring name cannot plant one. Browsers count http://localhost as a
secure place for it, which is what lets the demonstration run without a certificate.
"""

import re

from flask import Request
from werkzeug.wrappers import Response

NAME = "__Host-underrose"
_TOKEN = re.compile(r"[0-9a-f]{64}")


def login_token(request: Request) -> str | None:
    """The token that came with a request, if it could be one."""
    token = request.cookies.get(NAME, "")
    return token if _TOKEN.fullmatch(token) else None


def give(response: Response, token: str) -> None:
    """Put a token into the browser until it closes or the login ends."""
    response.set_cookie(NAME, token, secure=True, httponly=True, samesite="Strict", path="/")


def take_back(response: Response) -> None:
    """Make the browser forget the token."""
    response.delete_cookie(NAME, secure=True, httponly=True, samesite="Strict", path="/")
