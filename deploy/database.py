"""Makes the three databases and brings them to the version that the programs were built for.

On PostgreSQL the databases and roles are there already, see deploy/roles.py; an upgrade also grants
every role what deploy/rights.py says.

Each database has its own history under deploy/migrations, forward only. There is no alembic.ini:
the configuration is made here, so that a migration can run only on a database named by the caller
and prints nothing. A migration runs in one transaction: it is there whole or not at all.
"""

from collections.abc import Mapping
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from deploy import roles
from intake.database import create_file, file_of, open_engine, writing

NAMES = ("drop", "book", "shred")
MIGRATIONS = Path(__file__).parent / "migrations"

# The drop has two settings, one for each process that uses it; either may be the one at hand.
SETTINGS: Mapping[str, tuple[str, ...]] = {
    "drop": ("INTAKE_DATABASE_URL", "REVIEW_DROP_URL"),
    "book": ("REVIEW_BOOK_URL",),
    "shred": ("REVIEW_SHRED_URL",),
}


def urls(environment: Mapping[str, str]) -> dict[str, str]:
    """The databases that the environment names, by their short names."""
    found = {}
    for name, settings in SETTINGS.items():
        url = next((environment[key] for key in settings if environment.get(key)), None)
        if url is not None:
            found[name] = url
    return found


def head(name: str) -> str:
    """The newest version that deploy/migrations has for this database."""
    newest = ScriptDirectory.from_config(_configuration(name)).get_current_head()
    if newest is None:
        raise RuntimeError(f"deploy/migrations/{name} is empty")
    return newest


def versions(name: str) -> set[str]:
    """Every version that deploy/migrations has for this database."""
    scripts = ScriptDirectory.from_config(_configuration(name)).walk_revisions()
    return {each.revision for each in scripts}


def current(name: str, url: str) -> str | None:
    """The version that the database at url is of, or None if it was never made."""
    if name not in NAMES:
        raise ValueError(f"there is no database called {name}")
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()


def is_made(name: str, url: str) -> bool:
    """Whether there is a database at url that somebody has made, of whichever version."""
    if url.startswith("sqlite") and not file_of(url).exists():
        return False
    return current(name, url) is not None


def upgrade(name: str, url: str) -> None:
    """Bring the database at url to the newest version, making the file first if it is absent.

    Raises RolesMissing for a database of PostgreSQL that is not ready for it.
    """
    create_file(url)
    engine = open_engine(url)
    try:
        with writing(engine) as connection:
            on_server = connection.dialect.name == "postgresql"
            if on_server:
                roles.become_migrator(connection)
            command.upgrade(_configuration(name, connection), "head")
            if on_server:
                roles.grant(name, connection)
    finally:
        engine.dispose()


def _configuration(name: str, connection: Connection | None = None) -> Config:
    if name not in NAMES:
        raise ValueError(f"there is no database called {name}")
    configuration = Config()
    configuration.set_main_option("script_location", str(MIGRATIONS / name))
    if connection is not None:
        configuration.attributes["connection"] = connection
    return configuration
