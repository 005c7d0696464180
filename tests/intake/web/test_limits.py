"""Budgets: for everybody together, and words last."""

import logging
from pathlib import Path
from typing import NoReturn

import pytest

from intake.app import create_app
from intake.errors import SettingsRefused
from intake.settings import Settings
from tests.intake.house import House, code_in, environ
from tests.intake.web.test_sealed import form, post, put_slice, read, submission

pytestmark = pytest.mark.stores


def test_deposits_have_a_budget_and_the_text_comes_back(tmp_path: Path) -> None:
    house = House(tmp_path, INTAKE_BUDGET_DEPOSITS="2/hour")
    codes = [house.submit(), house.submit()]
    token = house.token()
    answer = house.send([("list.txt", b"x")], token=token, what="my words")
    assert answer.status_code == 429
    assert "my words</textarea>" in answer.text
    assert "<li>list.txt</li>" in answer.text
    assert token not in answer.text
    assert len(house.deposits()) == 2
    assert house.follow(codes[0], text="my words").status_code == 429
    assert "my words</textarea>" in house.follow(codes[0], text="my words").text
    assert post(house, "submissions", submission(form())).status_code == 429
    house.engine.dispose()


def test_a_form_that_had_arrived_costs_nothing(tmp_path: Path) -> None:
    house = House(tmp_path, INTAKE_BUDGET_DEPOSITS="1/hour")
    token = house.token()
    first = house.send(token=token)
    assert code_in(house.send(token=token)) == code_in(first)
    house.engine.dispose()


def test_a_flood_of_files_does_not_shut_out_words(tmp_path: Path) -> None:
    house = House(tmp_path, INTAKE_BUDGET_SLICES="2/hour")
    assert [put_slice(house, index).status_code for index in range(3)] == [204, 204, 429]
    answer = house.send([("list.txt", b"x")], what="my words")
    assert answer.status_code == 429
    assert "my words</textarea>" in answer.text
    assert house.submit(what="my words")
    house.engine.dispose()


def test_reading_has_a_budget_of_its_own(tmp_path: Path) -> None:
    house = House(tmp_path, INTAKE_BUDGET_READS="2/hour")
    code = house.submit()
    assert [house.follow(code).status_code for _ in range(3)] == [200, 200, 429]
    assert read(house, "0" * 32).status_code == 429
    assert house.submit()
    house.engine.dispose()


def test_a_flood_of_readings_does_not_shut_out_who_adds_something(tmp_path: Path) -> None:
    house = House(tmp_path, INTAKE_BUDGET_READS="1/hour")
    code = house.submit()
    assert [read(house, "0" * 32).status_code for _ in range(2)] == [200, 429]
    assert house.follow(code).status_code == 429
    assert read(house, "0" * 32, "send").status_code == 200
    assert "What you added has arrived." in house.follow(code, text="my words").text
    house.engine.dispose()


def test_who_looks_before_adding_has_a_budget_too(tmp_path: Path) -> None:
    house = House(tmp_path, INTAKE_BUDGET_DEPOSITS="2/hour")
    found = [read(house, "0" * 32, "send").status_code for _ in range(3)]
    assert found == [200, 200, 429]
    assert house.submit()
    house.engine.dispose()


def test_several_workers_share_what_one_process_counts(tmp_path: Path) -> None:
    house = House(tmp_path)
    settings = Settings.from_environ(environ(house.url, INTAKE_BUDGET_READS="5/hour;9/day"))
    house.app = create_app(settings, workers=2)
    house.client = house.app.test_client()
    found = [read(house, "0" * 32).status_code for _ in range(3)]
    assert found == [200, 200, 429]
    house.engine.dispose()


def test_malformed_requests_cost_nobody_a_text_until_there_are_many(tmp_path: Path) -> None:
    house = House(tmp_path, INTAKE_BUDGET_DEPOSITS="3/hour", INTAKE_BUDGET_MALFORMED="5/hour")
    bad = {**submission(form()), "mailbox": "age1pq1x"}
    assert [post(house, "submissions", bad).status_code for _ in range(5)] == [400] * 5
    assert house.submit()
    # From here on each counts before its recipients are read.
    found = [post(house, "submissions", bad).status_code for _ in range(4)]
    assert found == [400, 400, 429, 429]
    house.engine.dispose()


def test_recipients_are_read_when_the_shapes_are_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def reads(*_arguments: object) -> NoReturn:
        raise AssertionError("a recipient was read")

    house = House(tmp_path)
    bad = {**submission(form()), "routing": b"x"}
    monkeypatch.setattr("intake.web.sealed.Fields.recipient", reads)
    assert post(house, "submissions", bad).status_code == 400
    house.engine.dispose()


def test_looking_at_pages_is_free(tmp_path: Path) -> None:
    house = House(
        tmp_path,
        INTAKE_BUDGET_READS="1/hour",
        INTAKE_BUDGET_DEPOSITS="1/hour",
        INTAKE_BUDGET_SLICES="1/hour",
    )
    for _ in range(5):
        for path in ("/", "/form", "/follow-up", "/static/style.css"):
            assert house.client.get(path).status_code == 200
    house.engine.dispose()


def test_one_deposit_counts_once(tmp_path: Path) -> None:
    house = House(tmp_path, INTAKE_BUDGET_DEPOSITS="3/hour", INTAKE_BUDGET_SLICES="3/hour")
    for _ in range(3):
        house.submit(files=[("a.txt", b"x")])
    assert house.send().status_code == 429
    house.engine.dispose()


def test_nobodys_address_is_in_a_key(tmp_path: Path) -> None:
    house = House(tmp_path, INTAKE_BUDGET_DEPOSITS="1/hour")
    house.submit()
    for address in ("192.0.2.1", "192.0.2.2"):
        data = {"token": house.token(), "roster": house.roster.hash, "what": "x"}
        answer = house.post("/form", data, environ_base={"REMOTE_ADDR": address})
        assert answer.status_code == 429
    house.engine.dispose()


def test_a_refusal_is_not_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    house = House(tmp_path, INTAKE_BUDGET_DEPOSITS="1/hour")
    with caplog.at_level(logging.DEBUG):
        house.submit()
        house.send()
    assert caplog.records == []
    house.engine.dispose()


def test_without_the_store_of_the_counts_each_process_counts_for_itself(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    absent = f"redis+unix://{tmp_path}/absent"
    house = House(tmp_path, INTAKE_BUDGET_DEPOSITS="2/hour", INTAKE_LIMITER_STORAGE=absent)
    with caplog.at_level(logging.INFO):
        assert house.submit()
        assert house.submit()
        assert house.send().status_code == 429
    # Told once, and not for each request.
    assert [record.name for record in caplog.records] == ["intake"]
    assert "INTAKE_LIMITER_STORAGE cannot be reached" in caplog.text
    house.engine.dispose()


def test_a_store_that_cannot_be_used_is_told_at_start(tmp_path: Path) -> None:
    with pytest.raises(SettingsRefused, match="INTAKE_LIMITER_STORAGE"):
        House(tmp_path, INTAKE_LIMITER_STORAGE="redis://127.0.0.1:x/0")
