"""A database server that ends connections in the middle of an act, or is away for a while.

At every statement of an act the connection is lost once. Whoever acts gets a plain page that
promises nothing, and the same again, sent when the server is back, is there exactly once.
"""

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Connection, Engine, event
from werkzeug.test import TestResponse

from intake import postgres
from intake.web.parts import EXTENSION
from review.app import create_app
from review.settings import Settings
from tests.at_once import at_once
from tests.browser.installation import Installation
from tests.browser.submitter import Submitter
from tests.intake.closed import TOKEN, WORDS
from tests.intake.house import House, code_in
from tests.postgres import Cluster
from tests.review.collecting import close, collector_of, contents, run
from tests.review.desk import Desk, parts_of, sealed_form, wind
from tests.review.tables import entries, rows
from tests.stores import KINDS

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.parametrize("stores", KINDS[1:], indirect=True),
]
# More than any act here has statements.
MANY = 200


class Loss:
    """Ends the connection on which the statement after so many others is about to run.

    How may be told: a function of the process id of the connection's other end.
    """

    def __init__(
        self, cluster: Cluster, engine: Engine, end: Callable[[int], None] | None = None
    ) -> None:
        self._cluster = cluster
        self._end = end or self._terminate
        self.left = -1
        event.listen(engine, "before_cursor_execute", self._step)

    def after(self, statements: int) -> None:
        """Lose it once, after so many statements."""
        self.left = statements

    @property
    def happened(self) -> bool:
        """Whether it was lost."""
        return self.left < 0

    def _step(self, connection: Connection, *_arguments: object) -> None:
        if self.left == 0:
            raw = connection.connection.dbapi_connection
            assert raw is not None
            self._end(raw.info.backend_pid)
        self.left -= self.left >= 0

    def _terminate(self, pid: int) -> None:
        with self._cluster.connect() as server:
            server.execute("SELECT pg_terminate_backend(%s, 10000)", [pid])


def check_refused(answer: TestResponse) -> None:
    """Fail unless the page promises nothing, gives the words back and shows no code."""
    assert answer.status_code in (500, 503)
    assert WORDS in answer.text
    assert "data-receipt-code>\n" not in answer.text
    for word in ("Traceback", "psycopg", "sqlalchemy", "terminat"):
        assert word not in answer.text


def test_a_submission_loses_its_connection_at_every_statement(
    house: House, cluster: Cluster
) -> None:
    """Attack on ourselves: a code for what was rolled back, or the same words twice."""
    loss = Loss(cluster, house.app.extensions[EXTENSION].engine)
    refused = 0
    for statements in range(MANY):
        token = f"{statements:030x}"
        loss.after(statements)
        answer = house.send([("a.txt", b"x")], token=token, what=WORDS)
        if not loss.happened:
            break
        if answer.status_code != 200:
            check_refused(answer)
            refused += 1
        loss.after(MANY)
        code = code_in(house.send([("a.txt", b"x")], token=token, what=WORDS))
        assert code_in(house.send([("a.txt", b"x")], token=token, what=WORDS)) == code
    assert refused > 5
    assert len(house.deposits()) == statements + 1


def test_a_server_that_is_away_gives_the_words_back_and_is_found_again(
    house: House, cluster: Cluster
) -> None:
    code = house.submit()
    cluster.stop()
    try:
        check_refused(house.send([("a.txt", b"x")], token=TOKEN, what=WORDS))
        check_refused(house.follow(code, token=TOKEN, text=WORDS))
        assert house.client.get("/form").status_code == 503
    finally:
        cluster.start()
    first = code_in(house.send([("a.txt", b"x")], token=TOKEN, what=WORDS))
    assert code_in(house.send([("a.txt", b"x")], token=TOKEN, what=WORDS)) == first
    assert "has arrived" in house.follow(code, token=TOKEN, text=WORDS).text
    assert len(house.deposits()) == 3


def test_a_collection_loses_its_connections_at_every_third_statement(
    installation: Installation, cluster: Cluster
) -> None:
    for name in ("first", "second"):
        somebody = installation.submitter(name)
        somebody.submit()
        somebody.follow_up("more")
    for kind in ("drop", "book", "shred"):
        for statements in range(0, MANY, 3):
            collector = collector_of(installation)
            loss = Loss(cluster, getattr(collector, kind))
            loss.after(statements)
            # Whatever it says: the next one does what this one left.
            failures = at_once(partial(run, collector))
            assert all("terminating" in str(each) or "closed" in str(each) for each in failures)
            close(collector)
            if not loss.happened:
                break
    collector = collector_of(installation)
    assert run(collector).problems == []
    found = rows(installation.book)
    assert (len(found["cases"]), len(found["envelopes"]), found["set_aside"]) == (2, 4, [])
    assert len(contents(collector)["collected"]) == 4
    close(collector)


def console(installation: Installation) -> Flask:
    """One of several consoles on the same book."""
    app = create_app(Settings.from_environ(installation.environment()), "interactive")
    wind(app)
    return app


@pytest.fixture
def submitter(installation: Installation) -> Submitter:
    """Somebody whose submission is in the book."""
    somebody = installation.submitter()
    somebody.submit()
    installation.collect()
    return somebody


def test_a_note_loses_its_connection_at_every_statement(
    installation: Installation, submitter: Submitter, cluster: Cluster
) -> None:
    app = console(installation)
    desk, loss = Desk(app, "chair"), Loss(cluster, parts_of(app).book)
    path = f"/cases/{submitter.case_id}/notes"
    answers: list[int] = []
    for statements in range(MANY):
        form: Callable[[], dict[str, object]] = partial(sealed_form, app, submitter, "note")
        first = form()
        loss.after(statements)
        answer = desk.post(path, first)
        assert "Traceback" not in answer.text
        if not loss.happened:
            break
        answers.append(answer.status_code)
        loss.after(MANY)
        if answer.status_code != 204 and len(notes(installation)) == sum(
            each == 204 for each in answers
        ):
            answers[-1] = desk.post(path, form()).status_code
        assert answers[-1] == 204
    assert len(notes(installation)) == len(answers) + 1
    assert [each[0] for each in sorted(notes(installation))] == list(range(1, len(answers) + 2))
    assert len(entries(installation.book, "note.left")) == len(answers) + 1


def notes(installation: Installation) -> list[tuple[int, str]]:
    """Number and id of every note in the book."""
    with installation.book.connect() as connection:
        found = connection.exec_driver_sql("SELECT n, id FROM envelopes WHERE thread = 'notes'")
        return [(row[0], row[1]) for row in found]


def test_two_consoles_at_once_put_each_note_at_a_place_of_its_own(
    installation: Installation, submitter: Submitter, tmp_path: Path
) -> None:
    """Attack 21 at the console: two hosts, one case, the same moment."""
    apps = [console(installation) for _ in range(2)]
    path = f"/cases/{submitter.case_id}/notes"
    taken: list[int] = []
    lock = threading.Lock()

    def write(app: Flask) -> None:
        desk = Desk(app, "chair")
        done = 0
        while done < 5:
            form = sealed_form(app, submitter, "note", text=f"{id(app)}, {done}")
            status = desk.post(path, form).status_code
            # Whoever came second is told that the thread has moved, and writes at its new end.
            assert status in (204, 409)
            done += status == 204
            with lock:
                taken.append(status)

    assert at_once(*(partial(write, app) for app in apps)) == []
    assert taken.count(204) == 10
    assert sorted(n for n, _id in notes(installation)) == list(range(1, 11))


def test_a_server_that_is_slow_is_waited_for_and_one_that_is_too_slow_gives_the_words_back(
    tmp_path: Path, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Longer than any statement takes that nothing holds up.
    monkeypatch.setitem(postgres._CLIENT, "options", "-c statement_timeout=6s")
    house = House(tmp_path)
    first = code_in(house.send(token=TOKEN, what=WORDS))
    with cluster.connect(str(house.engine.url.database)) as raw:
        slow = (
            "RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep({}); RETURN NEW; END $$"
        )
        raw.execute(f"CREATE FUNCTION slow() {slow.format(1)}".encode())
        raw.execute(
            "CREATE TRIGGER slow BEFORE INSERT ON deposits FOR EACH ROW EXECUTE FUNCTION slow()"
        )
        assert code_in(house.send(token="6b" * 15, what=WORDS)) != first
        before = house.rows()
        raw.execute(f"CREATE OR REPLACE FUNCTION slow() {slow.format(600)}".encode())
        check_refused(house.send([("a.txt", b"x")], token="7c" * 15, what=WORDS))
        assert {**house.rows(), "uploads": [], "slices": []} == before
        raw.execute("DROP TRIGGER slow ON deposits")
    assert code_in(house.send([("a.txt", b"x")], token="7c" * 15, what=WORDS))
    assert len(house.deposits()) == 3
    house.engine.dispose()
