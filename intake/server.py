"""Runs the public service under gunicorn, with all that could tell of a visitor switched off.

gunicorn writes addresses and paths of requests that it cannot read into its error log, and its name
into every answer. Here it does neither: what it logs is its own life, kinds of errors and lines of
code. It believes no header about where a request came from. Nobody can keep its threads waiting:
see intake.pace.
"""

import ctypes
import errno
import logging
import resource
import selectors
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gunicorn import util  # type: ignore[import-untyped]
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]
from gunicorn.glogging import Logger  # type: ignore[import-untyped]
from gunicorn.http import wsgi  # type: ignore[import-untyped]
from gunicorn.http.errors import ParseException  # type: ignore[import-untyped]
from gunicorn.workers.gthread import TConn, ThreadWorker  # type: ignore[import-untyped]

from intake.pace import Pace, PacedSocket
from intake.web.headers import headers
from intake.web.request import where

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_MEMORY = Path("/dev/shm")  # noqa: S108 - for gunicorn's heartbeat, which holds nothing of a request
_PR_SET_DUMPABLE = 4
# Seconds that a thread computes before another may. A page is some ten short pieces of work with
# something to wait for between them, and each piece would wait for a tenth of a usual one.
_SWITCH = 0.0005
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


class PacedConnection(TConn):  # type: ignore[misc]
    """A connection that is closed at once; the thread that answered has waited for the rest."""

    def close(self, graceful: bool = False) -> None:  # noqa: ARG002 - gunicorn's signature
        """Close, without making the other connections of this worker wait."""
        util.close(self.sock)


class MuteWorker(ThreadWorker):  # type: ignore[misc]
    """A worker that answers what it cannot read with our headers, and logs no address.

    gunicorn gives a connection to a thread as soon as it is opened, and closes it in the loop that
    serves all others. Here a thread gets it when a request has been gathered, and closes it.
    """

    pace = Pace()
    https = False
    tick: Callable[[], None] = staticmethod(lambda: None)

    def notify(self) -> None:
        """Show that this worker lives, once a second, and forget what has to be forgotten."""
        self.tick()
        super().notify()

    def accept(self, listener: Any) -> None:
        """Begin to gather what a new connection sends."""
        try:
            client, address = listener.accept()
        except OSError as broken:
            if broken.errno not in (errno.EAGAIN, errno.ECONNABORTED, errno.EWOULDBLOCK):
                raise
            return
        paced = PacedSocket(self.pace, client.detach())
        self.nr_conns += 1
        self._gather(PacedConnection(self.cfg, paced, address, listener.getsockname()))

    def on_client_socket_readable(self, conn: Any, client: Any) -> None:
        """Begin to gather the next request of a connection that was kept."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        conn.sock.next_request()
        self._gather(conn)

    def _gather(self, conn: Any) -> None:
        self.pending_conns.append(conn)
        readable = partial(self.on_pending_socket_readable, conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, readable)

    def on_pending_socket_readable(self, conn: Any, client: Any) -> None:
        """Take what has arrived, and give the connection to a thread when it is enough."""
        if client.gather():
            super().on_pending_socket_readable(conn, client)

    def murder_pending(self) -> None:
        """Close the connections that took too long over their request."""
        now = time.monotonic()
        for conn in [each for each in self.pending_conns if each.sock.deadline <= now]:
            self.pending_conns.remove(conn)
            self.poller.unregister(conn.sock)
            self.nr_conns -= 1
            conn.close()

    def handle(self, conn: Any) -> object:
        """Answer one request; the thread and not the loop waits until its answer was taken."""
        kept = super().handle(conn)
        if not kept:
            util.close_graceful(conn.sock, self.pace.linger)
        elif conn.sock.ahead or conn.parser.unreader.buf.getvalue():
            # A second request came with the first. No browser does that today, and a thread would
            # have to wait for the rest of it.
            util.close_graceful(conn.sock, self.pace.linger)
            return False
        return kept

    def handle_request(self, req: Any, conn: Any) -> object:
        """Answer a request whose length is known: no other can be gathered."""
        if any(name == "TRANSFER-ENCODING" for name, _value in req.headers):
            raise ParseException
        return super().handle_request(req, conn)

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
            *headers(https=self.https),
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


def options(
    bind: str,
    workers: int,
    threads: int,
    *,
    https: bool = False,
    pace: Pace | None = None,
    tick: Callable[[], None] = lambda: None,
) -> dict[str, object]:
    """gunicorn's settings: everything that concerns a visitor is set, not left to a default."""
    own = {"https": https, "pace": pace or Pace(), "tick": staticmethod(tick)}
    return {
        "bind": bind,
        "workers": workers,
        "threads": threads,
        "worker_class": type("Worker", (MuteWorker,), own),
        # Each may hold what is gathered of one request: some 140 MB of memory, if all of them do.
        "worker_connections": 512,
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


def serve(
    load: Callable[[], "WSGIApplication"],
    bind: str,
    workers: int,
    threads: int,
    *,
    https: bool = False,
    pace: Pace | None = None,
    tick: Callable[[], None] = lambda: None,
) -> None:
    """Serve until told to stop. load makes the application, once in each worker.

    tick is called in each worker about once a second, whether or not anybody comes.
    """
    keep_memory_to_itself()
    sys.setswitchinterval(_SWITCH)
    logging.getLogger("gunicorn.http.wsgi").setLevel(logging.CRITICAL)
    # gunicorn makes its answers from this name and has no setting for it.
    wsgi.Response = NamelessResponse
    _Service(load, options(bind, workers, threads, https=https, pace=pace, tick=tick)).run()


def keep_memory_to_itself() -> None:
    """A crash must not write the memory of a request to disk, nor another process read it."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
