"""What arrives with a request stays in memory: no part of a form is ever a file on this host."""

import io
from typing import IO

from flask import Request


class InMemory(Request):
    """A request whose files are not spooled; how large it may be is said in other places."""

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        """Where the form's parser puts a file."""
        return io.BytesIO()
