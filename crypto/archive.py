"""Reading the files of an export from a folder or a zip file, by names of one form only.

Nothing is ever unpacked under a name that the archive chooses: names are matched whole, and what
they hold is read into memory up to the largest size that it can have.
"""

import errno
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from crypto.errors import Malformed

_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_CASE = re.compile(r"cases/([0-9a-f]{64})/(.+)\.age")
_GRANT = re.compile(r"grants/([1-9][0-9]{0,5})")
_LINK = re.compile(r"links/([1-9][0-9]{0,5})")
_ENVELOPE = re.compile(r"envelopes/([0-9]{3,6}-(?:submission|follow-up|reply|state|note))")
_ROSTER = re.compile(r"rosters/([0-9a-f]{64})\.json")
_SLICE = re.compile(r"slices/([0-9a-f]{64})/(0|[1-9][0-9]{0,8})")


@dataclass(frozen=True)
class Case:
    """Where the parts of one exported case are: names in the archive."""

    id: str
    grants: dict[int, str] = field(default_factory=dict)
    links: dict[int, str] = field(default_factory=dict)
    envelopes: dict[str, str] = field(default_factory=dict)
    uploads: dict[str, dict[int, str]] = field(default_factory=dict)

    def envelopes_in_order(self) -> list[tuple[str, str]]:
        """Each envelope's `<number>-<kind>` and its name in the archive, by number."""
        return sorted(self.envelopes.items(), key=lambda item: int(item[0].partition("-")[0]))


class _Files(Protocol):
    """Names, and the content of each."""

    def names(self) -> list[str]: ...

    def read(self, name: str, size: int) -> bytes: ...


class Archive:
    """The cases of an export."""

    def __init__(self, files: _Files) -> None:
        self._files = files
        found = files.names()
        if len(set(found)) != len(found):
            raise Malformed("the export has two files of one name")
        self.names = frozenset(name for name in found if not name.endswith("/"))

    def cases(self) -> list[Case]:
        """Every case, by its id. Raises Malformed when there is none."""
        cases: dict[str, Case] = {}
        for name in self._sealed():
            _place(name, cases)
        if not cases:
            raise Malformed("there is no case in it")
        return [cases[identifier] for identifier in sorted(cases)]

    def strays(self) -> list[str]:
        """Sealed files in a place that has none, which may be messages that were misnamed."""
        return [name for name in self._sealed() if not _place(name, {})]

    def _sealed(self) -> list[str]:
        return sorted(n for n in self.names if n.startswith("cases/") and n.endswith(".age"))

    def rosters(self) -> dict[str, str]:
        """The name of the file of each roster, by the hash that it claims."""
        found = (_ROSTER.fullmatch(name) for name in sorted(self.names))
        return {match[1]: match[0] for match in found if match}

    def read(self, name: str, limit: int) -> bytes:
        """The content of a file, which can have at most limit bytes."""
        data = self._files.read(name, limit + 1)
        if len(data) > limit:
            raise Malformed("larger than it can be")
        return data


def _place(name: str, cases: dict[str, Case]) -> bool:
    """Put the name where it belongs among the cases, or say that it belongs nowhere."""
    match = _CASE.fullmatch(name)
    if match is None:
        return False
    case = cases.setdefault(match[1], Case(match[1]))
    if grant := _GRANT.fullmatch(match[2]):
        case.grants[int(grant[1])] = name
    elif link := _LINK.fullmatch(match[2]):
        case.links[int(link[1])] = name
    elif envelope := _ENVELOPE.fullmatch(match[2]):
        case.envelopes[envelope[1]] = name
    elif piece := _SLICE.fullmatch(match[2]):
        case.uploads.setdefault(piece[1], {})[int(piece[2])] = name
    else:
        return False
    return True


def is_archive(path: Path) -> bool:
    """Whether path is a folder or a zip file, rather than one sealed file."""
    if not path.is_file():
        return path.is_dir()
    with path.open("rb") as file:
        return file.read(4) in (b"PK\3\4", b"PK\5\6")


def read_archive(path: Path) -> AbstractContextManager[Archive]:
    """The archive at path, open for as long as the context lasts."""
    return nullcontext(Archive(_Folder(path))) if path.is_dir() else _zip(path)


@contextmanager
def _zip(path: Path) -> Iterator[Archive]:
    with _zip_errors():
        file = zipfile.ZipFile(path)
    with file:
        yield Archive(_Zip(file))


@contextmanager
def _zip_errors() -> Iterator[None]:
    """Say in one way what zipfile says of a damaged file in many."""
    try:
        yield
    except (
        zipfile.BadZipFile,
        zlib.error,
        struct.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,
    ):
        raise Malformed("the zip file is damaged") from None
    except OSError as error:
        # A place before the file's start; any other failure to read is the machine's.
        if error.errno == errno.EINVAL:
            raise Malformed("the zip file is damaged") from None
        raise


class _Zip:
    def __init__(self, file: zipfile.ZipFile) -> None:
        self._file = file

    def names(self) -> list[str]:
        entries = self._file.infolist()
        if any(entry.flag_bits & 1 for entry in entries):
            raise Malformed("the zip file asks for a password")
        if any(entry.compress_type not in _PACKINGS for entry in entries):
            raise Malformed("the zip file is packed in a way that is not read here")
        return [entry.filename for entry in entries]

    def read(self, name: str, size: int) -> bytes:
        with _zip_errors(), self._file.open(name) as entry:
            return entry.read(size)


class _Folder:
    """A folder as the zip file would have it: one case's own, or one that has cases/ in it."""

    def __init__(self, path: Path) -> None:
        alone = (path / "grants").is_dir()
        self._root = path.resolve()
        self._prefix = f"cases/{self._root.name}/" if alone else ""

    def names(self) -> list[str]:
        files = (path for path in self._root.rglob("*") if path.is_file())
        return [self._prefix + path.relative_to(self._root).as_posix() for path in files]

    def read(self, name: str, size: int) -> bytes:
        with (self._root / name.removeprefix(self._prefix)).open("rb") as file:
            return file.read(size)
