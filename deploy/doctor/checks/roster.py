"""The roster: signed, the same on both sides, and good for some time yet."""

from collections.abc import Iterator

from sqlalchemy import Select, Table, select

from crypto import strict
from crypto.errors import CryptoError
from crypto.roster import Roster, verify
from deploy.doctor.finding import Finding, bad, good
from deploy.doctor.here import Here
from intake.schema import rosters as of_drop
from review.store.schema import rosters as of_book

SOON = 45
_NEXT = (
    "where the ceremony was held: underrose keys next-roster; then here: underrose roster publish"
)


def look(here: Here) -> Iterator[Finding]:
    """Read the newest on both sides, and the day on which it ends."""
    root_key = strict.b64(here.setting("REVIEW_ROOT_KEY", "INTAKE_ROOT_KEY"))
    with here.drop() as connection:
        one = connection.execute(_newest(of_drop)).scalar()
    with here.book() as connection:
        other = connection.execute(_newest(of_book)).scalar()
    if one is None or other is None:
        yield bad(
            "there is no roster, and nobody can write", "underrose roster publish roster.json"
        )
        return
    if one != other:
        yield bad(
            "drop and book have different rosters",
            "publish the newest in both: underrose roster publish roster.json",
        )
    try:
        newest = verify(one, root_key)
    except CryptoError as error:
        yield bad(
            f"the drop's roster cannot be trusted: {error}",
            "publish the right one, and ask who put this there",
        )
        return
    yield _ends(here, newest)


def _newest(table: Table) -> Select[bytes]:
    return select(table.c.document).order_by(table.c.epoch.desc()).limit(1)


def _ends(here: Here, newest: Roster) -> Finding:
    left = (newest.expires_on - here.today).days
    if left < 0:
        return bad(f"the roster ended on {newest.expires_on}, and nobody can write", _NEXT)
    if left < SOON:
        return bad(f"the roster ends on {newest.expires_on}, in {left} days", _NEXT)
    return good(f"roster number {newest.epoch} is good until {newest.expires_on}")
