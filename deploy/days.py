"""The day, as commands take it from the clock or from a person."""

import os
from collections.abc import Mapping
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import click


class Day(click.ParamType[date]):
    """A day as YYYY-MM-DD and in no other spelling."""

    name = "day"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        """The day that value spells."""
        if isinstance(value, date):
            return value
        try:
            day = date.fromisoformat(str(value))
        except ValueError:
            day = None
        if day is None or day.isoformat() != value:
            self.fail(f"{value!r} is not a day as YYYY-MM-DD", param, ctx)
        return day


DAY = Day()


def today(environment: Mapping[str, str] = os.environ) -> date:
    """The installation's civil day, where its settings name a place, and otherwise UTC's.

    A demo may pretend another day, as its web processes do.
    """
    for prefix in ("INTAKE", "REVIEW"):
        pretended = environment.get(f"{prefix}_TODAY")
        if pretended and environment.get(f"{prefix}_DEMO") == "1":
            return date.fromisoformat(pretended)
    places = (environment.get(f"{prefix}_TIMEZONE") for prefix in ("INTAKE", "REVIEW"))
    place = next((name for name in places if name), None)
    return datetime.now(ZoneInfo(place) if place else UTC).date()
