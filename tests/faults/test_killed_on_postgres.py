"""Processes killed at steps of everything that changes anything, with the databases on a server.

What dies is the client: its server notices, and undoes what was not committed. What is asked
afterwards is what tests.faults.test_killed asks over SQLite. The public service is nobody but the
role intake.
"""

import gc
import random
from pathlib import Path

import pytest

from tests.faults import test_killed
from tests.faults.deeds import SECRETS
from tests.faults.test_killed import NAMES, killed, yard
from tests.postgres import Cluster
from tests.stores import KINDS

pytestmark = [
    pytest.mark.slow,
    pytest.mark.postgresql,
    pytest.mark.parametrize("stores", KINDS[1:], indirect=True),
]
# Of each deed, half of them at steps and the others at moments drawn by lot.
DEATHS = 16
# Shorter ones could be written by anything else that runs on the same server.
_LONG = 15


def test_over_both_databases_there_are_a_thousand_deaths() -> None:
    assert (DEATHS + test_killed.DEATHS) * len(NAMES) >= 1000


def test_killed_over_postgresql_nothing_is_lost_and_nothing_twice(
    tmp_path: Path, cluster: Cluster
) -> None:
    yards = [yard(tmp_path / name) for name in ("left", "right")]
    gc.freeze()
    try:
        for name in NAMES:
            line = killed(yards, name, DEATHS, random.Random(f"{name} on a server"))
            assert line.deaths == DEATHS, name
    finally:
        gc.unfreeze()
    check_server(cluster)


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
