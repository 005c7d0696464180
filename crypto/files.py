"""Files of the commands that check and sign: read within a limit, replaced in one step."""

import contextlib
import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from crypto.errors import CryptoError, TooLong

OWNER_ONLY = 0o600


@contextlib.contextmanager
def about(name: str) -> Iterator[None]:
    """Name the file in what is raised about its content."""
    try:
        yield
    except CryptoError as error:
        error.add_note(name)
        raise


def read(name: str, limit: int) -> bytes:
    """The content of a file. Raises OSError, or TooLong above limit bytes."""
    with open(name, "rb") as file:
        data = file.read(limit + 1)
        if len(data) > limit:
            raise TooLong("larger than such a file can be")
        return data


def write_new(name: str, data: bytes) -> None:
    """Make a file that only its owner reads. Raises FileExistsError rather than replace one."""
    descriptor = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    try:
        with open(descriptor, "wb") as file:
            _write_all(file.fileno(), data)
    except BaseException:
        os.unlink(name)
        raise


def replace(name: str, data: bytes) -> None:
    """Put data under name in one step: whoever looks sees the old file or the new, all of it."""
    with replacing(name) as write:
        write(data)


@contextlib.contextmanager
def replacing(name: str) -> Iterator[Callable[[bytes], None]]:
    """A function that replaces the file, while nobody else can be doing the same.

    What keeps others out is the new file beside it, `name.new`, which only one can make; raises
    FileExistsError if it is there. When the context ends it is gone, used or not.
    """
    # A link stays one, and replacing a device or a pipe by a file is never what was meant.
    path = Path(name).resolve()
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "not a file", name)
    scratch = f"{path}.new"
    descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    try:
        with open(descriptor, "wb") as file:

            def write(data: bytes) -> None:
                _write_all(file.fileno(), data)
                file.close()
                os.replace(scratch, path)
                _sync_folder(path.parent)

            yield write
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(scratch)


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
    os.fsync(descriptor)


def _sync_folder(folder: Path) -> None:
    # Without this a loss of power could bring the old file back after its successor was used.
    # Windows cannot open a folder, and needs no such thing.
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
