"""Runs the public service under gunicorn, with all that could tell of a visitor switched off.

gunicorn writes addresses and paths of requests that it cannot read into its error log, and its name
into every answer. Here it does neither: what it logs is its own life, kinds of errors and lines of
code. It believes no header about where a request came from.
"""

import logging
import resource
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gunicorn import util  # type: ignore[import-untyped]
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]
from gunicorn.glogging import Logger  # type: ignore[import-untyped]
from gunicorn.http import wsgi  # type: ignore[import-untyped]
from gunicorn.http.errors import ParseException  # type: ignore[import-untyped]
from gunicorn.workers.gthread import ThreadWorker  # type: ignore[import-untyped]

from intake.web.headers import HEADERS
from intake.web.request import where

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_MEMORY = Path("/dev/shm")  # noqa: S108 - for gunicorn's heartbeat, which holds nothing of a request
_UNREADABLE = b"We could not read what your browser sent. Nothing was sent to the committee.\n"


class MuteLogger(Logger):  # type: ignore[misc]
    """gunicorn's log without what it would write of requests."""

    def access(self, *_arguments: object) -> None:
        """Write nothing: there is no access log, whatever the settings."""

    def exception(self, _msg: str, *_arguments: object, **_options: object) -> None:
        """Write the kind of the error at hand and its line of code, not the path that was asked."""
        self.error_log.error("%s", where(sys.exc_info()[1]))


class NamelessResponse(wsgi.Response):  # type: ignore[misc]
    """An answer that does not say which program gave it."""

    def default_headers(self) -> list[str]:
        """The first lines of an answer."""
        return [line for line in super().default_headers() if not line.startswith("Server:")]


class MuteWorker(ThreadWorker):  # type: ignore[misc]
    """A worker that answers what it cannot read with our headers, and logs no address."""

    def handle_error(self, _request: object, client: Any, _address: object, exc: Exception) -> None:
        """Answer a request that never reached the application."""
        status = "400 Bad Request"
        if not isinstance(exc, ParseException):
            self.log.error("%s", where(exc))
            status = "500 Internal Server Error"
        fields = [
            ("Connection", "close"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Length", str(len(_UNREADABLE))),
            *HEADERS,
        ]
        lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in fields), "", ""]
        try:
            util.write_nonblock(client, "\r\n".join(lines).encode("ascii") + _UNREADABLE)
        except OSError:
            # Whoever sent it has gone.
            return


class _Service(BaseApplication):  # type: ignore[misc]
    def __init__(self, load: Callable[[], "WSGIApplication"], options: dict[str, object]) -> None:
        self._load = load
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> "WSGIApplication":
        return self._load()


def options(bind: str, workers: int, threads: int) -> dict[str, object]:
    """gunicorn's settings: everything that concerns a visitor is set, not left to a default."""
    return {
        "bind": bind,
        "workers": workers,
        "threads": threads,
        "worker_class": MuteWorker,
        "logger_class": MuteLogger,
        "accesslog": None,
        "errorlog": "-",
        "loglevel": "warning",
        "when_ready": lambda _server: print(f"intake listens on {bind}", flush=True),
        "proc_name": "underrose-intake",
        "umask": 0o077,
        "worker_tmp_dir": str(_MEMORY) if _MEMORY.is_dir() else None,
        "control_socket_disable": True,
        "keepalive": 5,
        "graceful_timeout": 30,
        "limit_request_line": 2048,
        "limit_request_fields": 64,
        "limit_request_field_size": 8190,
        "forwarded_allow_ips": "",
        "forwarder_headers": "",
        "secure_scheme_headers": {},
        "proxy_protocol": "off",
        "sendfile": False,
    }


def serve(load: Callable[[], "WSGIApplication"], bind: str, workers: int, threads: int) -> None:
    """Serve until told to stop. load makes the application, once in each worker."""
    # A crash must not write the memory of a request to disk.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    logging.getLogger("gunicorn.http.wsgi").setLevel(logging.CRITICAL)
    # gunicorn makes its answers from this name and has no setting for it.
    wsgi.Response = NamelessResponse
    _Service(load, options(bind, workers, threads)).run()
