"""Where a test's databases are: files in its folder, or databases of the run's own PostgreSQL.

A test or module marked `stores` runs once on each. What is about SQLite alone is marked `sqlite`
with the reason, and runs once, on that.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy import database
from deploy.rights import MIGRATOR
from tests.postgres import Cluster

KINDS = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql))


class Stores:
    """The databases of one test, by folder and name."""

    def __init__(self, cluster: Cluster | None) -> None:
        self.cluster = cluster
        self._made: dict[tuple[Path, str], str] = {}

    @property
    def on_postgresql(self) -> bool:
        """Whether this test's databases are on PostgreSQL."""
        return self.cluster is not None

    def url(self, folder: Path, kind: str, role: str = MIGRATOR) -> str:
        """The URL of the folder's drop, book or store of shred keys, there or not, for a role.

        Tests that change rows by themselves are migrator, whom nothing but triggers stops.
        """
        if self.cluster is None:
            return f"sqlite:///{folder / kind}.db"
        name = self._made.get((folder, kind), "absent")
        return self.cluster.url(name, role)

    def make(self, folder: Path, kind: str) -> str:
        """Make the folder's database of a kind by the migrations, and return its URL."""
        if self.cluster is None:
            database.upgrade(kind, self.url(folder, kind))
        elif (folder, kind) not in self._made:
            self._made[folder, kind] = self.cluster.database(kind)
        return self.url(folder, kind)

    def close(self) -> None:
        """Take away what files in the test's folder do not take with them."""
        for name in self._made.values():
            assert self.cluster is not None
            self.cluster.drop(name)
        self._made.clear()


_now = [Stores(None)]


def here() -> Stores:
    """The databases of the test that runs."""
    return _now[-1]


@pytest.fixture(autouse=True)
def stores(request: pytest.FixtureRequest) -> Iterator[Stores]:
    """The databases of this test."""
    kind = getattr(request, "param", "sqlite")
    made = Stores(request.getfixturevalue("cluster") if kind == "postgresql" else None)
    _now.append(made)
    yield made
    _now.pop()
    made.close()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what holds for both databases on both."""
    marked = {mark.name for mark in metafunc.definition.iter_markers()}
    if "stores" in marked and "sqlite" not in marked:
        metafunc.parametrize("stores", KINDS, indirect=True)
