"""A Flask whose requests cannot spool, whose sessions cannot be written and whose log is mute.

Flask offers a body in many ways, and each of them may write what is large into a temporary file,
in the clear. Here all of them raise, so that intake.upload is the only way left.
"""

import logging
from types import TracebackType
from typing import Any, NoReturn

from flask import Flask, Request
from flask.sessions import SessionInterface

_log = logging.getLogger("intake")


class SpoolingForbidden(RuntimeError):  # noqa: N818 - names end in the fact
    """Somebody asked Flask for the body of a request; ask intake.upload."""


def _refuse(*_arguments: object, **_options: object) -> NoReturn:
    raise SpoolingForbidden("read the body with intake.upload")


class UnspooledRequest(Request):
    """A request whose body only intake.upload can read."""

    form = property(_refuse)
    files = property(_refuse)
    values = property(_refuse)
    data = property(_refuse)
    json = property(_refuse)
    stream = property(_refuse)
    get_data = _refuse
    get_json = _refuse
    _load_form_data = _refuse
    make_form_data_parser = _refuse
    _get_file_stream = _refuse


class NoSession(SessionInterface):
    """No session exists: reading one finds it empty, writing one raises, nothing is ever sent."""

    def open_session(self, app: Flask, request: Request) -> None:
        """Nothing, whatever the request brought."""
        return

    def save_session(self, app: Flask, session: object, response: object) -> None:
        """Nothing, because there is nothing to save."""


class MuteFlask(Flask):
    """A Flask that writes nothing of a request anywhere."""

    request_class = UnspooledRequest
    session_interface = NoSession()

    def log_exception(
        self,
        exc_info: tuple[type[BaseException], BaseException, TracebackType | None]
        | tuple[None, None, None],
    ) -> None:
        """Log the kind of an exception and where it came from; its text could be a submitter's."""
        _log.error("%s", where(exc_info[1]))


def where(error: BaseException | None) -> str:
    """The kind of an error and the file and line that raised it, and nothing that it says."""
    trace: Any = error.__traceback__ if error is not None else None
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = "" if trace is None else f" at {trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
    return f"{type(error).__name__}{place}"
