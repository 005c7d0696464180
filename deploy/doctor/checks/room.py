"""Room: with none left, nobody can write; files are refused before words are."""

import os
from collections.abc import Iterator

from sqlalchemy import make_url

from deploy import database
from deploy.doctor.finding import Finding, bad, good
from deploy.doctor.here import Here

DATA = "/var/lib/underrose"
_RESERVE = 1 << 30
# The collection writes a file anew beside itself, and a backup comes beside that.
_TIMES = 3
_GIB = 1 << 30


def look(here: Here) -> Iterator[Finding]:
    """Whether each folder with rows has room for a collection and a backup of them."""
    reserve = int(here.environment.get("INTAKE_DISK_RESERVE", str(_RESERVE)))
    folders = {here.at(DATA)} if here.at(DATA).is_dir() else set()
    needed = reserve
    for url in database.urls(here.environment).values():
        if url.startswith("sqlite"):
            file = here.at(str(make_url(url).database))
            folders.add(file.parent)
            needed = max(needed, reserve + _TIMES * (file.stat().st_size if file.exists() else 0))
    for folder in sorted(folders):
        there = os.statvfs(folder)
        free = there.f_bavail * there.f_frsize
        if free < needed:
            yield bad(
                f"{folder} has {free / _GIB:.1f} GiB left, and {needed / _GIB:.1f} are needed",
                "make room, or move the folder to a larger disk; under the reserve of "
                "disk_reserve files are refused, and words are still taken",
            )
        else:
            yield good(f"{folder} has {free / _GIB:.1f} GiB left")
