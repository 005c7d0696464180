"""Rights on PostgreSQL that somebody has changed by hand."""

from collections.abc import Iterator

import pytest

from deploy import database
from deploy.doctor.checks import roles
from deploy.doctor.here import Here
from tests.deploy.doctor.world import machine, wrong
from tests.postgres import Cluster

pytestmark = pytest.mark.postgresql
SETTINGS = {"drop": "INTAKE_DATABASE_URL", "book": "REVIEW_BOOK_URL", "shred": "REVIEW_SHRED_URL"}


@pytest.fixture
def names(cluster: Cluster) -> Iterator[dict[str, str]]:
    """A drop, a book and a store of shred keys."""
    made = {name: cluster.database(name) for name in database.NAMES}
    yield made
    for name in made.values():
        cluster.drop(name)


@pytest.fixture
def here(cluster: Cluster, names: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Here:
    """What doctor is told of them."""
    urls = {SETTINGS[kind]: cluster.url(name, "migrator") for kind, name in names.items()}
    return machine(tmp_path_factory.mktemp("machine"), environment=urls)


def test_rights_as_they_were_granted_are_good(here: Here) -> None:
    assert wrong(roles.look, here) == []


BY_HAND = (
    ("drop", "GRANT DELETE ON deposits TO intake", "intake has DELETE on deposits"),
    ("drop", "GRANT SELECT ON letters TO PUBLIC", "everybody has rights"),
    ("drop", "ALTER TABLE mailboxes NO FORCE ROW LEVEL SECURITY", "own rows of mailboxes"),
    ("drop", "CREATE POLICY more ON deposits TO intake USING (true)", "the policy more"),
    ("book", "REVOKE SELECT ON cases FROM review", "review has not SELECT on cases"),
    ("book", "GRANT UPDATE (hash) ON rosters TO review", "UPDATE of hash on rosters"),
    ("shred", "GRANT SELECT ON shred_keys TO intake", "intake has SELECT on shred_keys"),
)


def test_every_right_and_policy_that_was_changed_by_hand_is_found(
    here: Here, cluster: Cluster, names: dict[str, str]
) -> None:
    for kind, statement, _said in BY_HAND:
        with cluster.connect(names[kind]) as connection:
            connection.execute(statement.encode())
    found = wrong(roles.look, here)
    for kind, _statement, said in BY_HAND:
        assert any(each.startswith(f"{kind}: ") and said in each for each in found), said


def test_a_role_that_may_do_anything_is_found(here: Here, cluster: Cluster) -> None:
    with cluster.connect() as connection:
        connection.execute("ALTER ROLE review BYPASSRLS")
    try:
        assert "review may do anything on the server" in wrong(roles.look, here)
    finally:
        with cluster.connect() as connection:
            connection.execute("ALTER ROLE review NOBYPASSRLS")
