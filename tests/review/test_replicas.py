"""A deposit leaves when a replica has confirmed what holds it, and not on anybody's word."""

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from deploy.rights import COLLECTOR
from review import leaving, replicas
from review.collect import collect
from review.collector import Collector
from review.errors import SettingsRefused
from review.settings import Settings
from tests.browser.installation import Installation
from tests.postgres import Cluster
from tests.review.collecting import close, collector_of, run
from tests.review.test_leaving import LATER, back_up
from tests.stores import Stores


@pytest.fixture
def collector(installation: Installation) -> Iterator[Collector]:
    """A collector that has had one submission and believes in a replica."""
    installation.submitter().submit()
    made = replace(collector_of(installation, role=COLLECTOR), replica="elsewhere")
    run(made)
    yield made
    close(made)


@pytest.fixture
def elsewhere() -> Iterator[Path]:
    """A folder that a server's own user can enter, with a short path."""
    folder = Path(tempfile.mkdtemp(prefix="underrose-"))
    yield folder
    shutil.rmtree(folder)


def wait(monkeypatch: pytest.MonkeyPatch, patience: float) -> None:
    """Wait so many seconds for a replica at most."""
    asked = partial(replicas.have_everything, patience=patience)
    monkeypatch.setattr(leaving, "have_everything", asked)


@pytest.mark.postgresql
@pytest.mark.parametrize("stores", ["postgresql"], indirect=True)
def test_a_deposit_leaves_only_when_the_replica_has_what_holds_it(
    cluster: Cluster,
    installation: Installation,
    collector: Collector,
    elsewhere: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wait(monkeypatch, 0)
    assert collect(collector, LATER).left == 0
    with cluster.replica(elsewhere, "another"):
        assert collect(collector, LATER).left == 0
    shutil.rmtree(elsewhere / "data")
    # It begins to stream in its own time, so nobody but the test's patience ends the waiting.
    wait(monkeypatch, 300)
    with cluster.replica(elsewhere, "elsewhere"):
        done = collect(collector, LATER)
    assert (done.problems, done.left) == ([], 1)


@pytest.mark.sqlite("a file has no replica")
def test_a_file_has_no_replica(
    installation: Installation, collector: Collector, stores: Stores
) -> None:
    """A collector that was told of one by mistake waits for a backup."""
    assert collect(collector, LATER).left == 0
    for name in ("book", "shred"):
        back_up(stores, installation, name)
    assert collect(collector, LATER).left == 1


@pytest.mark.sqlite("a file has no replica")
def test_a_replica_of_files_is_refused_as_a_setting(installation: Installation) -> None:
    environ = {**installation.environment(), "REVIEW_REPLICA": "elsewhere"}
    with pytest.raises(SettingsRefused, match="REVIEW_REPLICA is for"):
        Settings.from_environ(environ)
    server = "postgresql+psycopg://review@/book?host=/run/postgresql"
    both = {"REVIEW_BOOK_URL": server, "REVIEW_SHRED_URL": server}
    assert Settings.from_environ({**environ, **both}).replica == "elsewhere"
    with pytest.raises(SettingsRefused, match="REVIEW_REPLICA must be an application_name"):
        Settings.from_environ({**environ, **both, "REVIEW_REPLICA": "a b"})
