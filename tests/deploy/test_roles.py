"""What PostgreSQL's administrator is given, and that a second time changes nothing."""

import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from deploy import database, roles
from deploy.cli import main
from deploy.rights import MIGRATOR, ROLES
from intake.database import check_schema, open_engine
from tests.groups import find_postgres
from tests.postgres import OWNER, Cluster


def printed() -> str:
    done = CliRunner().invoke(main, ["database", "roles"])
    assert done.exit_code == 0
    return done.output


def test_the_administrator_is_given_no_password_and_asked_for_none() -> None:
    assert "PASSWORD" not in printed().upper()


@pytest.mark.postgresql
def test_what_is_printed_makes_an_installation(cluster: Cluster, tmp_path: Path) -> None:
    programs = find_postgres()
    assert programs is not None
    psql = [str(programs / "psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1"]
    for _ in range(2):
        subprocess.run(
            [*psql, "-h", str(cluster.folder), "-U", OWNER, "-d", "postgres"],
            input=printed().encode(),
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    for name in database.NAMES:
        database.upgrade(name, cluster.url(name, MIGRATOR))
        assert database.current(name, cluster.url(name, MIGRATOR)) == database.head(name)
    engine = open_engine(cluster.url("drop", "intake"))
    check_schema(engine)
    engine.dispose()
    for name in database.NAMES:
        cluster.drop(name)


@pytest.mark.postgresql
def test_nobody_comes_into_a_database_that_is_not_theirs(cluster: Cluster) -> None:
    allowed = {name: {MIGRATOR, "backup", *roles._DATABASES[name]} for name in database.NAMES}
    programs = find_postgres()
    assert programs is not None
    psql = [str(programs / "psql"), "-X", "-q", "-h", str(cluster.folder)]
    subprocess.run(
        [*psql, "-U", OWNER, "-d", "postgres"],
        input=printed().encode(),
        check=True,
        capture_output=True,
    )
    for name, welcome in allowed.items():
        for role in (MIGRATOR, *ROLES):
            asked = [*psql, "-U", role, "-d", name, "-c", "SELECT 1"]
            came = subprocess.run(asked, capture_output=True).returncode == 0
            assert came == (role in welcome), (name, role)
        cluster.drop(name)


@pytest.mark.postgresql
def test_the_servers_log_does_not_say_which_row_was_refused(cluster: Cluster) -> None:
    """Attack: the ids of submitters, with the hour, in a log that is kept for weeks."""
    name = cluster.database("drop")
    secret = "feed" * 16
    before = (cluster.folder / "log").stat().st_size
    with cluster.connect(name, "intake") as raw:
        for values in ((secret, secret), (secret, None)):
            for _ in range(2):
                with pytest.raises(Exception, match="violates"):
                    # The second time it is there already; nothing of it is granted to be seen.
                    raw.execute("INSERT INTO tally VALUES (%s, current_date), (%s, NULL)", values)
    with (cluster.folder / "log").open("rb") as log:
        log.seek(before)
        said = log.read()
    assert b"violates" in said
    assert secret.encode() not in said
    cluster.drop(name)
