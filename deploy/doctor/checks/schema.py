"""Versions: the databases are those that the installed programs were built for."""

from collections.abc import Iterator

from deploy import database
from deploy.doctor.finding import Finding, bad, good
from deploy.doctor.here import Here


def look(here: Here) -> Iterator[Finding]:
    """Compare each database's version with the programs' own."""
    urls = database.urls(here.environment)
    for name in database.NAMES:
        if name not in urls:
            yield bad(f"the settings name no {name}", "underrose config check")
            continue
        current, head = database.current(name, urls[name]), database.head(name)
        if current == head:
            yield good(f"{name} is of version {head}")
        elif current is not None and current > head:
            yield bad(
                f"{name} is of version {current}, newer than the programs know",
                "install the release that made it; there is no way back but a backup",
            )
        else:
            yield bad(
                f"{name} is of version {current or 'none'}, and the programs need {head}",
                "underrose upgrade, which makes a backup first",
            )
