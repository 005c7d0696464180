"""Processes killed at steps of everything that changes anything, with the databases on a server.

What dies is the client: its server notices, and undoes what was not committed. What is asked
afterwards is what tests.faults.test_killed asks over SQLite. Fewer are killed, as each needs three
databases made anew.
"""

import random
from functools import partial
from pathlib import Path

import pytest

from tests.faults.deeds import SECRETS, Deed, begin, deeds
from tests.faults.forked import Kind, in_child
from tests.faults.ground import Ground
from tests.faults.test_killed import NAMES, Line, after, counted, dying, spread
from tests.postgres import Cluster
from tests.stores import KINDS

pytestmark = [
    pytest.mark.slow,
    pytest.mark.postgresql,
    pytest.mark.parametrize("stores", KINDS[1:], indirect=True),
]
# Of each deed, half of them at steps and the others at moments drawn by lot.
DEATHS = 6
# Shorter ones could be written by anything else that runs on the same server.
_LONG = 15


def test_killed_over_postgresql_nothing_is_lost_and_nothing_twice(
    tmp_path: Path, cluster: Cluster
) -> None:
    ground = Ground(tmp_path)
    begin(ground)
    known = deeds(ground)
    assert {each.name for each in known} == set(NAMES)
    assert [killed(ground, each) for each in known] == [DEATHS] * len(NAMES)
    check_server(cluster)


def killed(ground: Ground, deed: Deed) -> int:
    """How often a deed was killed and found well afterwards."""
    line, rng = Line(deed.name), random.Random(f"{deed.name} on a server")
    line.steps, line.moments = counted(ground, deed)
    plan: list[tuple[Kind, int]] = [("step", at) for at in spread(rng, line.steps, DEATHS // 2)]
    # More moments than are needed: a run may be over before the last ones come.
    plan += [("moment", rng.randrange(line.moments)) for _ in range(4 * DEATHS)]
    for kind, at in plan:
        if line.deaths == DEATHS:
            break
        ground.put_back(deed.state)
        ended = in_child(partial(dying, ground, deed, kind, at))
        if ended.killed:
            line.deaths += 1
            after(ground, deed, line, ended)
    return line.deaths


def check_server(cluster: Cluster) -> None:
    """Fail if anything readable is in a file of the server, its log of changes included."""
    secrets = [each for each in SECRETS if len(each) >= _LONG]
    looked = 0
    for path in cluster.folder.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            looked += len(data)
            assert not any(secret in data for secret in secrets), path
    assert looked > 1 << 24
