"""The same book on other days and in other fiscal years."""

import re
from collections.abc import Callable
from datetime import date

from review.charter.located import Json

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
YEAR = re.compile(r"FY(\d{4})")


def changed(value: Json, change: Callable[[str, Json], Json], key: str = "") -> Json:
    """A document with every value changed that has no parts."""
    if isinstance(value, dict):
        return {name: changed(part, change, name) for name, part in value.items()}
    if isinstance(value, list):
        return [changed(part, change, key) for part in value]
    return change(key, value)


def in_time(move: Callable[[date], date], years: int) -> Callable[[str, Json], Json]:
    """Moves every day, and every fiscal year by a number of years."""

    def change(key: str, value: Json) -> Json:
        if key in ("fiscal_year", "year") and isinstance(value, int):
            return value + years
        if isinstance(value, str) and DAY.fullmatch(value):
            return str(move(date.fromisoformat(value)))
        if isinstance(value, str) and key in ("about", "period"):
            return YEAR.sub(lambda found: f"FY{int(found[1]) + years}", value)
        return value

    return change
