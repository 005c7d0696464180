"""Work on the three databases that ends at any of its steps, and what is left of it there."""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from sqlalchemy import event

from review.collector import Collector
from review.disposal import Stores
from tests.browser.installation import Installation
from tests.stores import here

# More steps than any work has that is killed here.
_MOST = 1_000
S = TypeVar("S", bound=Collector | Stores)


class Killed(BaseException):
    """The process ended here; no handler of an exception sees it."""


def steps(stores: Collector | Stores, doing: Callable[[], None]) -> None:
    """Call doing before every change and every commit on any of the three databases.

    Between two changes it makes no difference where a process ends.
    """

    def changing(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith(("INSERT", "UPDATE", "DELETE")):
            doing()

    for engine in (stores.drop, stores.book, stores.shred):
        event.listen(engine, "before_cursor_execute", changing)
        event.listen(engine, "commit", lambda *_: doing())


def copies(installation: Installation, tmp_path: Path) -> Iterator[Path]:
    """Fresh copies of the three databases, one after the other."""
    for number in itertools.count():
        copy = tmp_path / f"copy-{number}"
        copy.mkdir()
        installation.close()
        here().copy(installation.folder, copy)
        yield copy
        here().discard(copy)


def deaths(
    folders: Iterator[Path], opened: Callable[[Path], S], work: Callable[[S], object], every: int
) -> Iterator[tuple[int, Path]]:
    """Copies in which the work was killed after so many steps, until it lives to its end."""
    for allowed in range(0, _MOST, every):
        folder = next(folders)
        if _lives(opened(folder), work, allowed):
            return
        yield allowed, folder


def _lives(stores: S, work: Callable[[S], object], allowed: int) -> bool:
    """Whether the work is done in so many steps."""
    left = iter(range(allowed))

    def step() -> None:
        if next(left, None) is None:
            raise Killed

    steps(stores, step)
    try:
        work(stores)
    except Killed:
        return False
    finally:
        close(stores)
    return True


def close(stores: Collector | Stores) -> None:
    """Let go of the databases."""
    for engine in (stores.drop, stores.book, stores.shred):
        engine.dispose()
