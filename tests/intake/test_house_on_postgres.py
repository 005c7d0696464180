"""The public service as the role intake, on a server that is busy, full or away."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from deploy.rights import INTAKE, MIGRATOR
from intake import drop, postgres
from intake.cli import intake_group
from intake.errors import SettingsRefused
from intake.settings import Settings
from intake.web.parts import EXTENSION
from tests import committee
from tests.intake.house import House, environ
from tests.postgres import Cluster
from tests.stores import KINDS

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.parametrize("stores", KINDS[1:], indirect=True),
]
FILES = [("a.txt", b"x")]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """An intake with a published roster and nothing in its drop."""
    made = House(tmp_path)
    yield made
    made.engine.dispose()


def test_the_service_is_nobody_but_intake(house: House) -> None:
    engine = house.app.extensions[EXTENSION].engine
    assert engine.url.username == INTAKE
    assert house.engine.url.username == MIGRATOR


def test_a_locked_drop_gives_the_text_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(postgres._CLIENT, "options", "-c lock_timeout=50ms")
    house = House(tmp_path)
    token, before = house.token(), house.rows()
    # The lock of another process: not our own writing(), which this process would wait at.
    with house.engine.begin():
        answer = house.send(FILES, token=token, what="my words")
    assert answer.status_code == 503
    assert "my words</textarea>" in answer.text
    assert house.rows() == before


@pytest.mark.parametrize("code", ["disk_full", "too_many_connections", "read_only_sql_transaction"])
def test_a_full_or_failing_server_gives_the_text_back(
    house: House, cluster: Cluster, code: str
) -> None:
    token, before = house.token(), house.rows()
    with cluster.connect(str(house.engine.url.database)) as raw:
        fail = f"$$ BEGIN RAISE {code}; END $$"
        raw.execute(f"CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS {fail}".encode())
        raw.execute("CREATE TRIGGER fail BEFORE INSERT ON deposits EXECUTE FUNCTION fail()")
    answer = house.send(FILES, token=token, what="my words")
    assert answer.status_code == 503
    assert "my words</textarea>" in answer.text
    assert house.rows() == before


def test_words_are_taken_when_the_drop_has_grown_to_its_limit(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    house = House(tmp_path, INTAKE_DATABASE_LIMIT="1")
    assert house.send(FILES).status_code == 429
    house.submit()
    assert [record.message for record in caplog.records] == [
        "files are refused: the drop holds more than INTAKE_DATABASE_LIMIT"
    ]
    assert [deposit.slices for deposit in house.deposits()] == [0]


def test_a_job_that_goes_through_the_drop_is_not_run_as_who_sees_none_of_it(
    house: House,
) -> None:
    """Attack: a timer that finds nothing to do, every day, and says that all is well."""
    for verb in ("expire-uploads", "close-days"):
        done = CliRunner(env=environ(house.url)).invoke(intake_group, [verb])
        assert isinstance(done.exception, SettingsRefused), verb
        assert "collector" in done.exception.problems[0]


def test_on_a_server_the_file_of_the_epoch_must_be_named(house: House) -> None:
    with pytest.raises(SettingsRefused, match="INTAKE_EPOCH_FILE"):
        Settings.from_environ(environ(house.url, INTAKE_EPOCH_FILE=""))


def test_a_server_that_restarts_is_a_503_and_then_none(house: House, cluster: Cluster) -> None:
    token = house.token()
    cluster.stop()
    try:
        assert house.client.get("/form").status_code == 503
        assert house.send(token=token, what="my words").status_code == 503
    finally:
        cluster.start()
    assert house.send(token=token, what="my words").status_code == 200
    assert len(house.deposits()) == 1


def test_a_submission_with_a_file_and_a_follow_up_go_through_the_rows_that_are_named(
    house: House,
) -> None:
    code = house.submit(FILES)
    assert house.follow(code, FILES, text="more").status_code == 200
    assert house.follow(code).status_code == 200
    assert [(each.n, each.slices) for each in house.deposits()] == [(1, 1), (2, 1)]
    with drop.reading(house.engine) as connection:
        assert drop.current_roster(connection) == committee.roster().document
