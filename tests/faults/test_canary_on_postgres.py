"""The same secrets with the drop and the book on a database server, and the counts in Redis.

Searched besides: every file of the database server that was written meanwhile, its log of changes
(`pg_wal`) and its messages included, what Redis would write to a disk, and Redis' own memory.
"""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.errors import FrontDoorRefused
from intake import drop
from tests.faults.canary import found_in
from tests.faults.test_canary import (
    ADDRESS,
    HALF_WAY,
    KINDS,
    SIZE,
    Kind,
    Place,
    Planted,
    Telling,
    Watched,
    collected,
)
from tests.postgres import Cluster
from tests.redis_server import PrivateRedis
from tests.stores import KINDS as STORES

pytestmark = [
    pytest.mark.slow,
    pytest.mark.postgresql,
    pytest.mark.redis,
    pytest.mark.parametrize("stores", STORES[1:], indirect=True),
]


class Everywhere(Watched):
    """The server with its databases and its counts on servers of their own."""

    def __init__(self, folder: Path, cluster: Cluster, redis: PrivateRedis) -> None:
        super().__init__(folder, INTAKE_LIMITER_STORAGE=redis.url)
        self._cluster = cluster
        self._redis = redis

    def places(self) -> list[Place]:
        """What Watched knows, and what the other two servers keep."""
        with self._cluster.connect() as connection:
            # What is in memory only would be in a file a little later.
            connection.execute("CHECKPOINT")
        theirs = self.written(self._cluster.folder)
        assert any("pg_wal" in name for name, _ in theirs)
        kept: list[Place] = [
            ("redis: dump", self._redis.dump),
            ("redis: memory", self._redis.memory),
        ]
        return [*super().places(), *theirs, *kept]


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[PrivateRedis]:
    with PrivateRedis(tmp_path / "redis") as server:
        yield server


@pytest.fixture
def server(tmp_path: Path, cluster: Cluster, redis: PrivateRedis) -> Iterator[Everywhere]:
    folder = tmp_path / "server"
    folder.mkdir()
    made = Everywhere(folder, cluster, redis)
    yield made
    made.stop(signal.SIGKILL)
    made.engine.dispose()


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_killed_and_sent_again_a_large_file_leaves_nothing_in_postgresql_or_redis(
    server: Everywhere, redis: PrivateRedis, kind: Kind, tmp_path: Path
) -> None:
    planted = Planted()
    story = planted.story()
    with server, pytest.raises(FrontDoorRefused):
        kind(Telling(server, planted, dies_after=HALF_WAY)).submit(story)
    assert server.found(planted) == []
    with drop.reading(server.engine) as connection:
        assert drop.waiting(connection, 1) == []
    with server:
        submitter = kind(Telling(server, planted))
        code = submitter.submit(story)
        planted.learn(code)
        submitter.add(code, planted.more)
        submitter.read(code)
        # It was counted there, and nothing else was kept.
        assert redis.keys()
        assert server.found(planted) == []
    with drop.reading(server.engine) as connection:
        assert max(each.slices for each in drop.waiting(connection, 3)) >= SIZE >> 20
    collected(server, tmp_path / "book", planted)


def test_the_search_finds_what_is_written_to_postgresql_and_to_redis(
    server: Everywhere, cluster: Cluster, redis: PrivateRedis
) -> None:
    """Attack on the search: what must be found in a table, in its log of changes and in Redis."""
    planted = Planted()
    with server:
        with cluster.connect(str(server.engine.url.database)) as connection:
            connection.execute("CREATE TABLE careless (said text)")
            connection.execute("INSERT INTO careless VALUES (%s)", (planted.words,))
            connection.execute("SELECT pg_switch_wal()")
        redis.remember(planted.agent, ADDRESS)
        told = server.found(planted)
    where = {name: {place for place, names in told if name in names} for name in vars(planted)}
    assert any("/base/" in place for place in where["words"])
    assert any("/pg_wal/" in place for place in where["words"])
    for name in ("agent", "address"):
        assert {"redis: dump", "redis: memory"} <= where[name]
    assert found_in(b"", planted.secrets()) == set()
