"""A multipart body read as it arrives: text parts into memory, files in chunks, nothing on disk.

Flask's own form reading spools what is large into temporary files, in the clear. Here the body
goes straight from the connection through werkzeug's parser without that layer: what is held at any
moment is the text parts, which are few and bounded, and one chunk of one file.
"""

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Protocol, Self, runtime_checkable

from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.http import parse_options_header
from werkzeug.sansio.multipart import Data, Epilogue, Event, Field, File, MultipartDecoder, NeedData
from werkzeug.wsgi import get_input_stream

from intake.errors import BodyTooLarge, MalformedBody
from intake.submission import plain_name

CHUNK = 1 << 16
# Several times what the longest form could use, so that somebody who wrote too much gets the text
# back with a sentence instead of an empty page.
TEXT_LIMIT = 256 << 10
MAX_PARTS = 200
_BUFFER = 4 * CHUNK


@dataclass(frozen=True)
class Drain:
    """How much of a refused body is read, so that its browser shows the answer."""

    size: int
    seconds: float


# Of files, for which there are places; and without a place, when threads must not wait.
DRAIN_FILES = Drain(256 << 20, 120.0)
DRAIN_WORDS = Drain(2 * TEXT_LIMIT, 1.0)


@runtime_checkable
class Hurried(Protocol):
    """A connection on which the time that is still to be waited can be bounded."""

    def give(self, seconds: float) -> None:
        """Wait only so long for all that is still to come."""


class Part:
    """One part of a body: a name, perhaps a file name, and the bytes that are still to come."""

    def __init__(self, event: Field | File, events: Iterator[Event]) -> None:
        self.name = event.name or ""
        self.type = event.headers.get("content-type", "").partition(";")[0].strip().lower()
        self.file_name = _file_name(event.filename) if isinstance(event, File) else None
        self._events = events
        self._open = True

    @property
    def is_chosen_file(self) -> bool:
        """Whether this is a file that somebody chose; an empty file field has no file name."""
        return bool(self.file_name)

    def chunks(self) -> Iterator[bytes]:
        """The part's bytes as they arrive. What is not taken is lost when the next part begins."""
        while self._open:
            event = next(self._events, None)
            if not isinstance(event, Data):
                raise MalformedBody("a part ends early")
            self._open = event.more_data
            if event.data:
                yield event.data

    def read(self, limit: int) -> bytes:
        """All of the part's bytes. Raises BodyTooLarge above limit."""
        found = bytearray()
        for chunk in self.chunks():
            found += chunk
            if len(found) > limit:
                raise BodyTooLarge("a part is larger than it can be")
        return bytes(found)


def _file_name(sent: str) -> str:
    """The name of a file as a message may hold it, or "" for a file field left empty."""
    # Browsers write a quotation mark in a file name as %22, and nothing else differently.
    return plain_name(sent.replace("%22", '"')) or "file" if sent else ""


class Body:
    """The parts of one multipart body, in the order in which they arrive."""

    def __init__(
        self, stream: IO[bytes], content_type: str, connection: object | None = None
    ) -> None:
        kind, options = parse_options_header(content_type)
        boundary = options.get("boundary", "")
        if kind != "multipart/form-data" or not 1 <= len(boundary) <= 200:
            raise MalformedBody("the body is not multipart/form-data")
        try:
            mark = boundary.encode("ascii")
        except UnicodeEncodeError:
            raise MalformedBody("the boundary is not ASCII") from None
        self._events = _events(stream, MultipartDecoder(mark, _BUFFER, max_parts=MAX_PARTS), mark)
        self._connection = connection
        # What the head of the request said; None for a body that is at hand.
        self.declared: int | None = None
        self._current: Part | None = None
        self.file_names: list[str] = []

    @classmethod
    def of(cls, environ: Mapping[str, object]) -> Self:
        """The body of a WSGI request, which nothing else may have begun to read."""
        if not environ.get("CONTENT_LENGTH"):
            # Nobody could say beforehand how much of it there is; every browser says.
            raise MalformedBody("the body has no length")
        stream = get_input_stream(dict(environ))
        kind = str(environ.get("CONTENT_TYPE", ""))
        body = cls(stream, kind, environ.get("gunicorn.socket"))
        with contextlib.suppress(ValueError):
            body.declared = int(str(environ["CONTENT_LENGTH"]))
        return body

    def __iter__(self) -> Iterator[Part]:
        return self

    def __next__(self) -> Part:
        if self._current is not None:
            for _skipped in self._current.chunks():
                pass
        event = next(self._events, None)
        if event is None or isinstance(event, Epilogue):
            raise StopIteration
        if not isinstance(event, Field | File):
            raise MalformedBody("a part has no head")
        self._current = Part(event, self._events)
        if self._current.file_name:
            self.file_names.append(self._current.file_name)
        return self._current

    def drain(self, drain: Drain, clock: Callable[[], float] = time.monotonic) -> None:
        """Read what is left and forget it, within bounds; file_names then has every file.

        A browser shows an answer only when it has sent everything: one that is refused while it
        is still sending reports a broken connection, and what was written would be lost.
        """
        left, end = drain.size, clock() + drain.seconds
        if isinstance(self._connection, Hurried):
            # Nobody can look at a clock while a read waits.
            self._connection.give(drain.seconds)
        # A body that breaks here had been refused already; the first reason is the one to tell.
        with contextlib.suppress(MalformedBody):
            for chunk in self._rest():
                left -= len(chunk)
                if left < 0 or clock() > end:
                    return

    def _rest(self) -> Iterator[bytes]:
        if self._current is not None:
            yield from self._current.chunks()
        for part in self:
            yield from part.chunks()


def _events(stream: IO[bytes], decoder: MultipartDecoder, mark: bytes) -> Iterator[Event]:
    while True:
        try:
            event = decoder.next_event()
            if isinstance(event, NeedData):
                decoder.receive_data(_piece(stream, decoder.buffer, b"--" + mark) or None)
                continue
        except RequestEntityTooLarge:
            raise BodyTooLarge("the body has too many parts or too large a head") from None
        except Exception:  # noqa: BLE001 - whatever the parser trips over, the body is at fault
            raise MalformedBody("the body breaks the multipart format") from None
        if isinstance(event, Data | Field | File | Epilogue):
            yield event
        if isinstance(event, Epilogue):
            return


def _piece(stream: IO[bytes], waiting: bytearray, mark: bytes) -> bytes:
    """The next bytes, which do not end with a boundary's mark and just one byte more.

    There werkzeug's decoder (3.1.9) takes the line end before the mark apart and gives its first
    character to the part, so that about one file in 65,536 would have grown by a byte.
    """
    piece = stream.read(CHUNK)
    while mark in (waiting[-len(mark) :] + piece)[-len(mark) - 1 :]:
        more = stream.read(1)
        if not more:
            break
        piece += more
    return piece


@dataclass(frozen=True)
class Texts:
    """The text parts that came before the first file, and that file if there is one."""

    values: Mapping[str, list[str]]
    first_file: Part | None


def read_texts(body: Body) -> Texts:
    """The text parts of a form, up to the first file that somebody chose.

    Raises BodyTooLarge when together they hold more than TEXT_LIMIT bytes.
    """
    values: dict[str, list[str]] = {}
    left = TEXT_LIMIT
    for part in body:
        if part.is_chosen_file:
            return Texts(values, part)
        data = part.read(left)
        left -= len(data)
        if part.file_name is None:
            values.setdefault(part.name, []).append(data.decode("utf-8", "replace"))
    return Texts(values, None)


def files(body: Body, first: Part | None) -> Iterator[Part]:
    """The chosen files, one after the other; each is read before the next is asked for.

    A button is a text part after them, and the only one.
    """
    if first is not None:
        yield first
    for part in body:
        if part.is_chosen_file:
            yield part
        elif part.file_name is None and part.name != "act":
            raise MalformedBody("a text part follows the files")


def read_small(body: Body, limit: int) -> dict[str, bytes]:
    """Every part of a small body by its name, as our own script sends it.

    Raises BodyTooLarge above limit bytes together, and MalformedBody for a name that comes twice.
    """
    found: dict[str, bytes] = {}
    for part in body:
        if part.name in found:
            raise MalformedBody("a part comes twice")
        data = part.read(limit)
        limit -= len(data)
        found[part.name] = data
    return found
