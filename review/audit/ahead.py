"""Reading ahead in a thread of its own, where unpacking and hashing leave Python's lock alone."""

import queue
import threading
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

Item = TypeVar("Item")
_PIECES = 8


@contextmanager
def read_ahead(items: Iterable[Item]) -> Iterator[Iterator[Item]]:
    """The same items in the same order, made up to a few in advance; what making them raises too.

    When the context ends the thread is gone, whether all was read or not.
    """
    made: queue.Queue[tuple[bool, Item | BaseException | None]] = queue.Queue(_PIECES)
    over = threading.Event()

    def make() -> None:
        try:
            for item in items:
                made.put((True, item))
                if over.is_set():
                    return
            made.put((False, None))
        except BaseException as raised:  # noqa: BLE001 - raised again where the items are wanted
            made.put((False, raised))

    thread = threading.Thread(target=make, daemon=True)
    thread.start()
    try:
        yield _taken(made)
    finally:
        over.set()
        while thread.is_alive():
            _empty(made)
            thread.join(0.01)


def _taken(made: "queue.Queue[tuple[bool, Item | BaseException | None]]") -> Generator[Item]:
    while True:
        more, item = made.get()
        if isinstance(item, BaseException):
            raise item
        if not more:
            return
        yield item  # type: ignore[misc]


def _empty(made: "queue.Queue[tuple[bool, Item | BaseException | None]]") -> None:
    try:
        while True:
            made.get_nowait()
    except queue.Empty:
        return
