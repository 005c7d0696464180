"""What may be written down of an error: its kind and the line it came from, never its words."""

import traceback
from pathlib import PurePath


def where(error: BaseException) -> str:
    """The kind of an error and the last line of code it passed, such as `KeyError shred.py:41`."""
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return type(error).__name__
    return f"{type(error).__name__} {PurePath(frames[-1].filename).name}:{frames[-1].lineno}"
