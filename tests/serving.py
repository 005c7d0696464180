"""Serves a WSGI application on a free port of this machine, in this process."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from wsgiref.types import WSGIApplication

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler


class _Mute(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        pass


class _Joined(ThreadedWSGIServer):
    daemon_threads = False


@contextmanager
def serving(application: WSGIApplication) -> Iterator[int]:
    """The port of this machine on which the application is served."""
    # Its threads are joined when it closes, so that no socket of a test outlives it.
    server = _Joined("127.0.0.1", 0, application, _Mute)
    thread = threading.Thread(target=server.serve_forever, args=[0.05])
    thread.start()
    try:
        yield server.port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
