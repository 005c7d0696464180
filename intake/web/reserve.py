"""Room that only words may use, so that a flood of files never shuts them out."""

import logging
import os
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Engine

from intake import drop, postgres
from intake.database import file_of
from intake.errors import DiskLow
from intake.settings import Settings

_log = logging.getLogger("intake")


class Reserve:
    """Keeps files out while there is less room than is kept for words.

    room says how many bytes are left for anything, least how many of them are kept, and reason what
    the operator is told.
    """

    def __init__(self, room: Callable[[], int], least: int, reason: str) -> None:
        self._room = room
        self._least = least
        self._reason = reason
        self._told = False

    def check(self) -> None:
        """Return if there is room for a slice. Raises DiskLow, and tells the operator once."""
        low = self._room() < self._least
        if low and not self._told:
            _log.error("files are refused: %s", self._reason)
        self._told = low
        if low:
            raise DiskLow("the rest of the disk is for words")


def of(settings: Settings, engine: Engine) -> Reserve:
    """The reserve of a drop: of its disk, or on PostgreSQL of what the database may grow to.

    How full the server's disk is nobody but the server's own host can say.
    """
    if postgres.is_meant(settings.database_url):
        reason = "the drop holds more than INTAKE_DATABASE_LIMIT"
        return Reserve(lambda: settings.database_limit - _size(engine), 0, reason)
    folder = file_of(settings.database_url).absolute().parent
    reason = "less than INTAKE_DISK_RESERVE is left on the disk"
    return Reserve(lambda: _room(folder), settings.disk_reserve, reason)


def _room(folder: Path) -> int:
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize


def _size(engine: Engine) -> int:
    with drop.reading(engine) as connection:
        return int(connection.execute(postgres.SIZE).scalar_one())
