"""Whatever is missing or broken, nothing is taken in that is not kept, and nothing is lost."""

import sys
from pathlib import Path
from typing import Any, NoReturn

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from crypto.receipt import ReceiptCode
from intake import drop
from intake.app import create_app
from intake.errors import OutcomeUnknown
from intake.settings import Settings
from tests import committee
from tests.intake.closed import check_closed
from tests.intake.house import DAY, MULTIPART, House, code_in, environ, multipart
from tests.intake.web.test_sealed import form, post, put_slice, read, submission

pytestmark = pytest.mark.stores


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
    check_closed(house)
    house.engine.dispose()


def test_a_roster_of_another_root_closes_every_way_in(house: House) -> None:
    forged = committee.roster(committee.seed("another root"), epoch=2, previous=house.roster.hash)
    house.publish(forged)
    check_closed(house)


def test_a_demonstrations_roster_closes_a_real_installation(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    long = committee.roster(issued_on="2020-01-01", expires_on="2099-12-31")
    house = House(tmp_path_factory.mktemp("real"), long, INTAKE_DEMO="", INTAKE_TODAY="")
    check_closed(house)
    house.engine.dispose()


def test_a_roster_put_back_is_refused_by_a_running_service(house: House) -> None:
    first = house.roster
    house.publish(committee.next_roster(first))
    assert house.client.get("/form").status_code == 200
    with drop.writing(house.engine) as connection:
        connection.execute(text("DELETE FROM rosters WHERE epoch = 2"))
    house.roster = first
    check_closed(house)


@pytest.mark.sqlite("the lock is a trigger of SQLite; test_postgres.py has the server's")
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
    # What a page is made from, and the number of the newest roster.
    known = ("/templates/", "/drop.db.epoch'")
    assert [each for each in opened if not any(part in each for part in known)] == []


def later(house: House) -> None:
    """Let the day come on which the roster has expired."""
    day = (house.roster.expires_on + DAY).isoformat()
    house.app = create_app(Settings.from_environ(environ(house.url, INTAKE_TODAY=day)))
    house.client = house.app.test_client()


def test_an_answer_lost_before_the_roster_expired_is_given_again(house: House) -> None:
    token = house.token()
    lost = code_in(house.send(token=token, what="my words"))
    fields = submission(form())
    assert post(house, "submissions", fields).status_code == 201
    later(house)
    assert code_in(house.send(token=token, what="my words")) == lost
    assert post(house, "submissions", fields).status_code == 200


def test_replies_can_be_read_with_an_expired_roster(house: House) -> None:
    code = house.submit()
    house.leave(code, house.letter(code, text="A reply."))
    lookup = ReceiptCode.parse(code).keys(committee.INSTALLATION).lookup.hex()
    later(house)
    assert house.client.get("/follow-up").status_code == 200
    token = house.token("/follow-up")
    assert "A reply." in house.follow(code, token=token).text
    assert read(house, lookup).status_code == 200
    answer = house.follow(code, token=token, text="my words")
    assert answer.status_code == 503
    assert "Nothing was sent" in answer.text
    assert "What you sent before is safe" in answer.text
    assert "my words</textarea>" in answer.text
    assert len(house.deposits()) == 1


def test_when_a_commit_failed_nobody_says_that_nothing_was_sent(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, code = house.token(), house.submit()

    def fails(_engine: Engine, _today: object = None, **_options: object) -> NoReturn:
        raise OutcomeUnknown("the database failed while it committed")

    with monkeypatch.context() as patch:
        patch.setattr(drop, "writing", fails)
        for answer in (
            house.send(token=token, what="my words"),
            house.follow(code, token=token, text="my words"),
        ):
            assert answer.status_code == 500
            assert "We cannot tell whether this arrived." in answer.text
            notice = answer.text.partition('id="notice"')[2].partition("</div>")[0]
            assert "Nothing was sent" not in notice
            assert "it counts only once" in notice
            assert "my words</textarea>" in answer.text
            assert f'value="{token}"' in answer.text
        # Our script takes this for an answer that got lost, and sends the same bytes again.
        assert post(house, "submissions", submission(form())).status_code == 500


def test_an_addition_that_arrived_is_said_to_have_arrived_whatever_fails_then(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = house.submit()
    with monkeypatch.context() as patch:
        patch.setattr("intake.web.followup.open_letters", _raises)
        answer = house.follow(code, text="my words")
    assert answer.status_code == 200
    assert "What you added has arrived." in answer.text
    assert len(house.deposits()) == 2


def _raises(*_arguments: object) -> NoReturn:
    raise OperationalError("SELECT", {}, Exception())


@pytest.mark.sqlite("the disk is the file's; test_postgres.py has the server's limit")
def test_words_are_taken_when_the_disk_has_only_its_reserve_left(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    house = House(tmp_path, INTAKE_DISK_RESERVE=str(1 << 50))
    for _ in range(3):
        answer = house.send([("list.txt", b"x")], what="my words")
        assert answer.status_code == 429
        assert "You can send it without files now" in answer.text
        assert "my words</textarea>" in answer.text
        assert put_slice(house, 0).status_code == 429
    assert house.rows()["slices"] == []
    assert house.submit(what="my words")
    assert caplog.messages == [
        "files are refused: less than INTAKE_DISK_RESERVE is left on the disk"
    ]
    house.engine.dispose()
