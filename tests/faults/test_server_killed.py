"""A database server that dies in the middle of an act, and comes back at once, later, or by itself.

The server is one of this module's own, and durable as far as a server can be that is killed and not
the machine. Whatever it had promised before its death is there afterwards; whoever was acting gets
a plain page, and the same again is there exactly once.
"""

import contextlib
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from functools import partial

import psycopg
import pytest
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError

from intake.web.parts import EXTENSION
from tests.at_once import at_once
from tests.browser.installation import Installation
from tests.faults.test_server import MANY, Loss, check_refused
from tests.intake.closed import WORDS
from tests.intake.house import House, code_in
from tests.postgres import Cluster, running
from tests.review.collecting import close, collector_of, contents, run
from tests.review.tables import rows
from tests.stores import KINDS

pytestmark = [
    pytest.mark.slow,
    pytest.mark.postgresql,
    pytest.mark.parametrize("stores", KINDS[1:], indirect=True),
]
DEATHS = ("one of its processes killed", "killed and back", "killed and away")
# Only one statement in so many is one at which the server dies: each death costs a second.
EVERY = 4
# In tenths of a second.
PATIENCE = 600


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """A server whose death tells nobody else."""
    with running(durable=True) as made:
        yield made


def kill(cluster: Cluster, death: str, pid: int) -> None:
    """Let the server die so: nothing is finished, and what was not committed is lost."""
    if death == "one of its processes killed":
        # As when memory is short: the server then ends all others of its own and begins anew.
        before = _helper(cluster)
        os.kill(pid, signal.SIGKILL)
        for _ in range(PATIENCE):
            with contextlib.suppress(psycopg.Error):
                if _helper(cluster) not in (before, 0):
                    return
            with contextlib.suppress(subprocess.TimeoutExpired):
                assert cluster.process is not None
                cluster.process.wait(0.1)
        raise AssertionError("the server has not begun anew")
    cluster.stop(signal.SIGQUIT)
    if death == "killed and back":
        cluster.start()


def _helper(cluster: Cluster) -> int:
    """The process id of one of the server's own, which lives as long as nothing has died."""
    asked = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'"
    with cluster.connect() as server:
        found = server.execute(asked).fetchone()
        return 0 if found is None else int(found[0])


def bring_back(cluster: Cluster) -> None:
    """Return when the server answers, whatever had happened to it."""
    assert cluster.process is not None
    if cluster.process.poll() is not None:
        cluster.start()


@pytest.mark.parametrize("death", DEATHS)
def test_a_submission_whose_server_dies_is_there_once_or_its_words_come_back(
    house: House, cluster: Cluster, death: str
) -> None:
    """Attack on ourselves: a code for what died with the server."""
    loss = Loss(cluster, house.app.extensions[EXTENSION].engine, partial(kill, cluster, death))
    codes = []
    refused = 0
    for statements in range(DEATHS.index(death), MANY, EVERY):
        token = f"{statements:030x}"
        loss.after(statements)
        answer = house.send([("a.txt", b"x")], token=token, what=WORDS)
        died = loss.happened
        loss.after(MANY)
        bring_back(cluster)
        if answer.status_code == 200:
            codes.append(code_in(answer))
        else:
            check_refused(answer)
            refused += 1
        again = [code_in(house.send([("a.txt", b"x")], token=token, what=WORDS)) for _ in "ab"]
        codes = codes if codes and codes[-1] == again[0] else [*codes, again[0]]
        assert again == [codes[-1]] * 2
        if not died:
            break
    assert refused >= 2
    check_kept(house, cluster, codes)


def check_kept(house: House, cluster: Cluster, codes: list[str]) -> None:
    """Fail unless every code has its submission, also after one more death, and none two."""
    before = house.rows()
    house.engine.dispose()
    cluster.stop(signal.SIGQUIT)
    cluster.start()
    assert house.rows() == before
    assert len(house.deposits()) == len(codes)
    found = {house.mailbox(code).id for code in codes}
    assert found == {each.mailbox_id for each in house.deposits()}


class AtCommit:
    """Lets the server die once a transaction that has written commits: before that, or after."""

    def __init__(self, engine: Engine, end: Callable[[int], None], *, after: bool) -> None:
        self._end = end
        self._after = after
        self._pid: int | None = None
        self.happened = False
        event.listen(engine, "commit", self._commits)
        event.listen(engine, "checkin", self._is_back)

    def _commits(self, connection: Connection) -> None:
        written = connection.exec_driver_sql("SELECT pg_current_xact_id_if_assigned()").scalar()
        raw = connection.connection.dbapi_connection
        if written is None or raw is None or self.happened:
            return
        self._pid = raw.info.backend_pid
        if not self._after:
            self._die()

    def _is_back(self, _raw: object, _record: object) -> None:
        if self._after and not self.happened:
            self._die()

    def _die(self) -> None:
        if self._pid is not None:
            self.happened = True
            self._end(self._pid)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("death", DEATHS)
def test_a_server_that_dies_at_the_commit_of_a_submission_keeps_it_once(
    house: House, cluster: Cluster, death: str, after: bool
) -> None:
    engine = house.app.extensions[EXTENSION].engine
    dying = AtCommit(engine, partial(kill, cluster, death), after=after)
    answer = house.send(token="5b" * 15, what=WORDS)
    assert dying.happened
    bring_back(cluster)
    if answer.status_code != 200:
        assert not after
        check_refused(answer)
    code = code_in(house.send(token="5b" * 15, what=WORDS))
    assert answer.status_code != 200 or code_in(answer) == code
    check_kept(house, cluster, [code])


def test_a_collection_whose_server_dies_is_done_by_the_next(
    installation: Installation, cluster: Cluster
) -> None:
    for name in ("first", "second"):
        somebody = installation.submitter(name)
        somebody.submit()
        somebody.follow_up("more")
    for kind in ("drop", "book", "shred"):
        for statements in range(0, MANY, 3 * EVERY):
            death = DEATHS[statements // (3 * EVERY) % len(DEATHS)]
            collector = collector_of(installation)
            loss = Loss(cluster, getattr(collector, kind), partial(kill, cluster, death))
            loss.after(statements)
            # Whatever it says: the next one does what this one left.
            failures = at_once(partial(run, collector))
            assert all(isinstance(each, DBAPIError) for each in failures), failures
            bring_back(cluster)
            close(collector)
            if not loss.happened:
                break
    collector = collector_of(installation)
    assert run(collector).problems == []
    found = rows(installation.book)
    assert (len(found["cases"]), len(found["envelopes"]), found["set_aside"]) == (2, 4, [])
    assert len(contents(collector)["collected"]) == 4
    close(collector)
