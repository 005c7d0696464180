"""Keys: each is there, holds what it should, and is not older than anybody remembers."""

import datetime
from collections.abc import Iterator
from pathlib import Path

from crypto import strict
from crypto.errors import Malformed
from crypto.signing import verify_key
from deploy.doctor.finding import Finding, bad, good
from deploy.doctor.here import Here
from review.store import rosters

MOST_DAYS = 3 * 366
_NAMED = {
    "statement.key": "INTAKE_STATEMENT_KEY_FILE",
    "store.key": "REVIEW_STORE_KEY_FILE",
    "routing.identity": "REVIEW_ROUTING_IDENTITY_FILE",
    "ledger.key": "REVIEW_LEDGER_KEY_FILE",
}
_FOLDER = "/etc/underrose/keys"


def look(here: Here) -> Iterator[Finding]:
    """Whether every key is there, and whether intake's is the one that the roster lists."""
    for name, setting in _NAMED.items():
        path = here.at(here.environment.get(setting, f"{_FOLDER}/{name}"))
        if not path.is_file() or not path.stat().st_size:
            yield bad(
                f"{path} is not there or empty",
                "bring it from where the ceremony's files are kept; a lost ledger.key is replaced "
                "by `underrose keys new-ledger` and `underrose ledger continue`",
            )
            continue
        yield from _age(here, path)
    yield from _listed(here)


def _age(here: Here, path: Path) -> Iterator[Finding]:
    made = datetime.datetime.fromtimestamp(path.stat().st_mtime, datetime.UTC).date()
    age = (here.today - made).days
    if age > MOST_DAYS:
        yield bad(
            f"{path.name} has been here for {age} days",
            "plan a ceremony that makes new keys (docs/operator.md, Other keys)",
        )
    else:
        yield good(f"{path.name} is there, since {made}")


def _listed(here: Here) -> Iterator[Finding]:
    path = here.at(here.environment.get("INTAKE_STATEMENT_KEY_FILE", f"{_FOLDER}/statement.key"))
    if not path.is_file():
        return
    try:
        key = verify_key(strict.b64(path.read_text("ascii").strip()))
    except (Malformed, ValueError):
        yield bad(f"{path.name} holds no key", "bring it from where the ceremony's files are kept")
        return
    root_key = strict.b64(here.setting("REVIEW_ROOT_KEY", "INTAKE_ROOT_KEY"))
    demo = here.environment.get("REVIEW_DEMO") == "1"
    with here.book() as book:
        listed = rosters.statement_keys(book, root_key, demo=demo)
    if key in listed:
        yield good("the roster lists the key with which intake signs")
    else:
        yield bad(
            "the roster does not list the key with which intake signs",
            "bring the statement.key of the ceremony that made this roster",
        )
