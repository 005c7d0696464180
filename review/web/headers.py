"""Every header that protects a reader, on every answer, exactly once.

This is the outermost layer around the application, so that no page, error or future route can be
sent without it, and no proxy needs to add anything.
"""

import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING

from review.web.traces import where

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_log = logging.getLogger("review")

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types underrose"
)
# What came from a submitter is bytes to save: even if a browser were led to show it, it would be
# in an origin of its own, without scripts.
_BYTES_POLICY = POLICY + "; sandbox"
_OFF = (
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
    "screen-wake-lock",
    "serial",
    "usb",
    "xr-spatial-tracking",
)
# Passkeys will be made and used on this very origin, and nowhere else.
_OWN = ("publickey-credentials-get", "publickey-credentials-create")

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Permissions-Policy": ", ".join(
        [*(f"{power}=()" for power in _OFF), *(f"{power}=(self)" for power in _OWN)]
    ),
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, noarchive",
}
_HTTPS = {"Strict-Transport-Security": "max-age=63072000; includeSubDomains"}
_LAST_RESORT = b"Something broke here. Nothing of this request was kept.\n"


def fields(*, https: bool) -> dict[str, str]:
    """The headers of every answer but its policy, for a console reached by https or not."""
    return HEADERS | (_HTTPS if https else {})


class Headers:
    """The application with its headers, and with an answer even when the application raises."""

    def __init__(self, application: "WSGIApplication", *, https: bool) -> None:
        self._application = application
        self._headers = fields(https=https)
        ours = (*HEADERS, *_HTTPS, "Content-Security-Policy", "Server")
        self._replaced = {name.lower() for name in ours}

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer a request."""

        def start(status: str, headers: list[tuple[str, str]], exc_info: object = None) -> object:
            return start_response(status, self._with_ours(headers), exc_info)  # type: ignore[arg-type]

        try:
            return self._application(environ, start)  # type: ignore[arg-type]
        except Exception as error:  # noqa: BLE001 - the outermost edge: an answer, and no details
            _log.error("%s", where(error))  # noqa: TRY400 - a traceback could quote a request
            start(
                "500 Internal Server Error",
                [
                    ("Content-Type", "text/plain; charset=utf-8"),
                    ("Content-Length", str(len(_LAST_RESORT))),
                ],
            )
            return [_LAST_RESORT]

    def _with_ours(self, headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
        kept = [pair for pair in headers if pair[0].lower() not in self._replaced]
        types = [text for name, text in kept if name.lower() == "content-type"]
        policy = _BYTES_POLICY if types == ["application/octet-stream"] else POLICY
        return [*kept, ("Content-Security-Policy", policy), *self._headers.items()]
