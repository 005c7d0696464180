"""Room on the disk that only words may use, so that a flood of files never shuts them out."""

import logging
import os
from pathlib import Path

from intake.errors import DiskLow

_log = logging.getLogger("intake")


class Reserve:
    """So many bytes of the disk that holds the drop, kept for what is not a file."""

    def __init__(self, path: Path, least: int) -> None:
        self._folder = path.absolute().parent
        self._least = least
        self._told = False

    def check(self) -> None:
        """Return if there is room for a slice. Raises DiskLow, and tells the operator once."""
        found = os.statvfs(self._folder)
        low = found.f_bavail * found.f_frsize < self._least
        if low and not self._told:
            _log.error("files are refused: less than INTAKE_DISK_RESERVE is left on the disk")
        self._told = low
        if low:
            raise DiskLow("the rest of the disk is for words")
