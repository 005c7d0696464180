"""An operator's keys for backups, and backups made with them as the role that makes them."""

import datetime
from collections.abc import Callable
from pathlib import Path

from crypto.signing import verify_key
from deploy import backup
from deploy.backup import Plan
from deploy.backup_making import Maker, new_run
from deploy.backup_reading import Opener
from deploy.rights import BACKUP
from review.store.database import open_book
from tests import committee
from tests.stores import Stores

SEED = committee.seed("key of backups")
RECIPIENT = committee.recipient("operator")
OPENER = Opener([committee.identity("operator")], verify_key(SEED))


def plan(store: str = "drop", **changes: object) -> Plan:
    """What a backup is to be, with changes."""
    said = {
        "store": store,
        "id": new_run(),
        "on": str(committee.TODAY),
        "recipients": [RECIPIENT],
        "seed": SEED,
        **changes,
    }
    return Plan(**said)  # type: ignore[arg-type]


def make(
    stores: Stores,
    folder: Path,
    *names: str,
    on: datetime.date = committee.TODAY,
    into: Path | None = None,
    whole: bool = False,
) -> list[Path]:
    """Make and note backups of a folder's stores in one run, and say where they are."""
    urls: Callable[[str], str] = lambda name: stores.url(folder, name, BACKUP)  # noqa: E731
    engine = open_book(urls("book"))
    maker = Maker(into or folder, urls, engine, RECIPIENT, SEED)
    run = new_run()
    try:
        return [maker.make(name, run, on, keep=None, whole=whole) for name in names]
    finally:
        engine.dispose()


def restored(stores: Stores, path: Path, folder: Path) -> str:
    """The URL of a store that a backup was restored into."""
    name = path.name.partition("-")[0]
    folder.mkdir(exist_ok=True)
    url = stores.make(folder, name)
    backup.restore(name, path, OPENER, url)
    return url
