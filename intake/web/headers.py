"""Every header that protects a visitor, on every answer, exactly once.

This is the outermost layer around the application, so that no page, error or future route can be
sent without it, and no proxy needs to add anything.
"""

import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING

from intake.settings import Settings
from intake.web.request import where

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_log = logging.getLogger("intake")

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "connect-src 'self'",
        "img-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types underrose",
    )
)
_POWERS = (
    "accelerometer",
    "autoplay",
    "camera",
    "clipboard-read",
    "clipboard-write",
    "display-capture",
    "fullscreen",
    "gamepad",
    "geolocation",
    "gyroscope",
    "hid",
    "idle-detection",
    "local-fonts",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "publickey-credentials-get",
    "screen-wake-lock",
    "serial",
    "usb",
    "xr-spatial-tracking",
)

HEADERS = (
    ("Content-Security-Policy", CONTENT_SECURITY_POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Cross-Origin-Embedder-Policy", "require-corp"),
    ("Permissions-Policy", ", ".join(f"{power}=()" for power in _POWERS)),
    ("Cache-Control", "no-store"),
    ("X-Robots-Tag", "noindex, noarchive"),
    # A browser would otherwise ask for the names in links that nobody followed.
    ("X-DNS-Prefetch-Control", "off"),
)
_HTTPS = ("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
_LAST_RESORT = b"Something broke here. Go back, and send the same page again: it counts once.\n"


def headers(*, https: bool) -> list[tuple[str, str]]:
    """The headers of every answer, for a service that people reach by https or not."""
    return [*HEADERS, _HTTPS] if https else list(HEADERS)


class Headers:
    """The application with its headers, and with an answer even when the application raises."""

    def __init__(self, application: "WSGIApplication", settings: Settings) -> None:
        self._application = application
        self._onion = settings.onion_location
        self._headers = headers(https=settings.https)
        self._replaced = {name.lower() for name, _value in [*HEADERS, _HTTPS]} | {"server"}

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer a request."""

        def start(status: str, headers: list[tuple[str, str]], exc_info: object = None) -> object:
            kept = [pair for pair in headers if pair[0].lower() not in self._replaced]
            all_headers = [*kept, *self._headers, *self._onion_location(environ)]
            return start_response(status, all_headers, exc_info)  # type: ignore[arg-type]

        # An empty path would be answered with a redirect to whatever host the request named.
        environ["PATH_INFO"] = environ.get("PATH_INFO") or "/"
        try:
            return self._application(environ, start)  # type: ignore[arg-type]
        except Exception as error:  # noqa: BLE001 - the outermost edge: an answer, and no details
            _log.error("%s", where(error))
            headers = [
                ("Content-Type", "text/plain; charset=utf-8"),
                ("Content-Length", str(len(_LAST_RESORT))),
            ]
            start("500 Internal Server Error", headers)
            return [_LAST_RESORT]

    def _onion_location(self, environ: "WSGIEnvironment") -> list[tuple[str, str]]:
        if self._onion is None:
            return []
        # Only the path: a query could have been put together to mark a visitor.
        path = environ.get("PATH_INFO", "/").encode("latin-1", "replace").decode("ascii", "ignore")
        safe = "".join(letter for letter in path if letter.isalnum() or letter in "/-._")
        return [("Onion-Location", self._onion + safe)]
