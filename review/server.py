"""Runs the console under gunicorn, without an access log and without naming the server.

What gunicorn would write of a request, an address or a path, is not written; what it would answer
by itself, to a request that it cannot read, carries our headers.
"""

import ctypes
import logging
import resource
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from gunicorn import util  # type: ignore[import-untyped]
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]
from gunicorn.glogging import Logger  # type: ignore[import-untyped]
from gunicorn.http import wsgi  # type: ignore[import-untyped]
from gunicorn.workers.gthread import ThreadWorker  # type: ignore[import-untyped]

from review.web.headers import POLICY, fields
from review.web.traces import where

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_PR_SET_DUMPABLE = 4
_UNREADABLE = b"This server could not read what was sent. Nothing was kept.\n"


class QuietLogger(Logger):  # type: ignore[misc]
    """gunicorn's log of its own life, without requests."""

    def access(self, *_arguments: object) -> None:
        """Write nothing."""

    def exception(self, _message: str, *_arguments: object, **_options: object) -> None:
        """Write the kind and place of the error at hand, and no path that was asked for."""
        error = sys.exc_info()[1]
        if error is not None:
            self.error_log.error("%s", where(error))


class NamelessResponse(wsgi.Response):  # type: ignore[misc]
    """An answer without the name of the program that gave it."""

    def default_headers(self) -> list[str]:
        """The first lines of an answer."""
        return [line for line in super().default_headers() if not line.startswith("Server:")]


class QuietWorker(ThreadWorker):  # type: ignore[misc]
    """A worker that says nothing about who sent what it could not read."""

    https = False

    def handle_error(self, _request: object, client: Any, _address: object, _error: object) -> None:
        """Answer a request that never reached the application."""
        headers = {
            "Connection": "close",
            "Content-Type": "text/plain; charset=utf-8",
            "Content-Length": str(len(_UNREADABLE)),
            "Content-Security-Policy": POLICY,
            **fields(https=self.https),
        }
        lines = ["HTTP/1.1 400 Bad Request", *(f"{name}: {text}" for name, text in headers.items())]
        head = "\r\n".join([*lines, "", ""]).encode("ascii")
        try:
            util.write_nonblock(client, head + _UNREADABLE)
        except OSError:
            return  # Whoever sent it has gone.


class HttpsWorker(QuietWorker):
    """The same for a console that people reach by https: gunicorn makes workers, so a class."""

    https = True


class _Console(BaseApplication):  # type: ignore[misc]
    def __init__(self, load: Callable[[], "WSGIApplication"], options: dict[str, object]) -> None:
        self._load = load
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> "WSGIApplication":
        return self._load()


def options(bind: str, threads: int, *, https: bool = False) -> dict[str, object]:
    """gunicorn's settings.

    One process, so that one password is checked at a time; threads are enough
    for a committee.
    """
    return {
        "bind": bind,
        "workers": 1,
        "threads": threads,
        "worker_class": HttpsWorker if https else QuietWorker,
        "logger_class": QuietLogger,
        "accesslog": None,
        "errorlog": "-",
        "loglevel": "warning",
        "proc_name": "underrose-review",
        "umask": 0o077,
        "control_socket_disable": True,
        "limit_request_line": 2048,
        "limit_request_fields": 64,
        "forwarded_allow_ips": "",
        "forwarder_headers": "",
        "secure_scheme_headers": {},
        "proxy_protocol": "off",
    }


def serve(
    load: Callable[[], "WSGIApplication"], bind: str, threads: int, *, https: bool = False
) -> None:
    """Serve until told to stop."""
    keep_memory_to_itself()
    logging.getLogger("gunicorn.http.wsgi").setLevel(logging.CRITICAL)
    # gunicorn makes its answers from this name and has no setting for it.
    wsgi.Response = NamelessResponse
    _Console(load, options(bind, threads, https=https)).run()


def keep_memory_to_itself() -> None:
    """A crash must not write the store key to disk, nor another process of this user read it."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
