"""Logs: a request leaves nothing behind. One with a word drawn for it is sent, and looked for."""

import secrets
from collections.abc import Iterator
from pathlib import Path

from deploy.doctor.finding import Finding, bad, good, left_out
from deploy.doctor.here import Here

# Where programs of a machine write; what is larger than this is read to this size from its end.
FOLDERS = ("/var/log", "/run/log", "/var/lib/underrose", "/run/underrose-proxy", "/var/lib/nginx")
_MOST = 64 * 1024 * 1024


def look(here: Here) -> Iterator[Finding]:
    """Send a request for a page that there is not, with the word in each place, and search."""
    if here.answers is None:
        yield left_out("no names are known here; the installer asks for them")
        return
    word = f"canary{secrets.token_hex(12)}"
    told = dict.fromkeys(("User-Agent", "Referer", "X-Forwarded-For", "Cookie"), word)
    for name in (here.answers.intake_name, here.answers.console_name):
        try:
            here.front(name, f"/{word}?{word}={word}", told)
        except OSError as error:
            yield bad(f"{name} is not answered here: {error}", "systemctl status underrose-proxy")
            return
    found = [path for path in files(here) if word.encode() in tail(path)]
    for path in found:
        yield bad(
            f"a request has left words in {path}",
            "find out which program writes there, turn its log off, and destroy the file",
        )
    if not found:
        yield good("a request to each name has left nothing in any log")


def files(here: Here) -> Iterator[Path]:
    """Every file below the folders in which something could be written down."""
    for folder in FOLDERS:
        yield from (path for path in sorted(here.at(folder).rglob("*")) if path.is_file())


def tail(path: Path) -> bytes:
    """The end of a file; nothing of one that went away or is no plain file."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - _MOST))
            return file.read(_MOST)
    except OSError:
        return b""
