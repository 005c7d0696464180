"""Whatever is missing or broken, nothing is taken in that is not kept, and nothing is lost."""

import sys
from typing import Any

import pytest
from sqlalchemy import text

from intake import drop
from tests import committee
from tests.intake.house import MULTIPART, House, code_in, multipart
from tests.intake.web.test_sealed import form, post, submission


@pytest.mark.parametrize(
    "change",
    [
        {"expires_on": "2026-11-20"},
        {"issued_on": "2026-11-22"},
        {"demo": False, "expires_on": "2026-11-20"},
    ],
    ids=str,
)
def test_an_expired_roster_closes_every_way_in(
    tmp_path_factory: pytest.TempPathFactory, change: dict[str, Any]
) -> None:
    house = House(tmp_path_factory.mktemp("expired"), committee.roster(**change))
    closed(house)
    house.engine.dispose()


def test_a_roster_of_another_root_closes_every_way_in(house: House) -> None:
    forged = committee.roster(committee.seed("another root"), epoch=2, previous=house.roster.hash)
    house.publish(forged)
    closed(house)


def test_a_demonstrations_roster_closes_a_real_installation(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    long = committee.roster(issued_on="2020-01-01", expires_on="2099-12-31")
    house = House(tmp_path_factory.mktemp("real"), long, INTAKE_DEMO="", INTAKE_TODAY="")
    closed(house)
    house.engine.dispose()


def closed(house: House) -> None:
    """Check that nothing can be sent, and that nothing pretends that it could."""
    before = house.rows()
    assert house.client.get("/form").status_code == 503
    answer = house.send(token="ab" * 15, what="my words")
    assert answer.status_code == 503
    assert "Nothing was sent" in answer.text
    assert "my words</textarea>" in answer.text
    assert post(house, "submissions", submission(form())).status_code == 503
    assert house.rows() == before


def test_a_roster_put_back_is_refused_by_a_running_service(house: House) -> None:
    first = house.roster
    house.publish(committee.next_roster(first))
    assert house.client.get("/form").status_code == 200
    with drop.writing(house.engine) as connection:
        connection.execute(text("DELETE FROM rosters WHERE epoch = 2"))
    house.roster = first
    closed(house)


def test_a_locked_database_gives_the_text_back(house: House) -> None:
    token = house.token()
    with drop.writing(house.engine) as connection:
        connection.execute(
            text(
                "CREATE TRIGGER locked BEFORE INSERT ON mailboxes "
                "BEGIN SELECT RAISE(FAIL, 'database is locked'); END"
            )
        )
    before = house.rows()
    answer = house.send([("a.txt", b"x")], token=token, what="my words")
    assert answer.status_code == 503
    assert "my words</textarea>" in answer.text
    assert f'value="{token}"' in answer.text
    assert "data-receipt-code>\n" not in answer.text
    assert house.rows() == before


def test_an_answer_lost_after_the_commit_is_given_again(house: House) -> None:
    token = house.token()
    lost = code_in(house.send([("a.txt", b"x")], token=token, what="my words"))
    before = house.rows()
    found = house.send([("a.txt", b"x")], token=token, what="my words")
    assert code_in(found) == lost
    assert house.rows() == before
    assert house.mailbox(lost).head_n == 1


def test_an_error_after_the_commit_does_not_promise_that_nothing_was_sent(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = house.token()

    def broken(*_arguments: object, **_options: object) -> None:
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr("intake.web.submit.receipt", broken)
        answer = house.send(token=token)
    assert answer.status_code == 500
    assert "we cannot tell whether it arrived" in answer.text
    assert "it counts only once" in answer.text
    assert "already" in house.send(token=token).text
    assert len(house.deposits()) == 1


def test_a_large_upload_opens_no_file(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    watching = True

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        if watching and event in ("open", "tempfile.mkstemp", "os.mkdir"):
            opened.append(repr(arguments))

    def refuse(*_arguments: object, **_options: object) -> None:
        raise AssertionError("a temporary file")

    for name in ("TemporaryFile", "SpooledTemporaryFile", "NamedTemporaryFile", "mkstemp"):
        monkeypatch.setattr(f"tempfile.{name}", refuse)
    token = house.token()
    files = [("a.bin", b"CANARY" * 500_000), ("b.bin", b"CANARY" * 500_000)]
    body = multipart([("token", token), ("roster", house.roster.hash), ("what", "x")], files)
    house.client.get("/form")
    sys.addaudithook(watch)
    answer = house.client.post("/form", data=body, content_type=MULTIPART)
    watching = False
    assert answer.status_code == 200
    assert [each for each in opened if "/templates/" not in each] == []
