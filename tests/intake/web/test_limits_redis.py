"""The limits on a real Redis: counted together, with nobody in it, and without it too."""

import base64
import ipaddress
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crypto.receipt import ReceiptCode
from intake.app import create_app
from intake.errors import SettingsRefused
from intake.settings import Settings
from intake.web.counts import PAUSE
from intake.web.daykey import DayKey
from intake.web.price import Price
from tests import committee
from tests.intake.house import House, environ
from tests.intake.web.test_sealed import form, post, put_slice, read, submission
from tests.redis_server import PrivateRedis

pytestmark = [
    pytest.mark.redis,
    pytest.mark.sqlite("about counts, which are in no store"),
]
ADDRESS = "2001:db8:5ec2:e701:5ec2:e702:5ec2:e703"


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[PrivateRedis]:
    with PrivateRedis(tmp_path / "redis") as server:
        yield server


def houses(folder: Path, redis: PrivateRedis, **settings: str) -> tuple[House, House]:
    """Two workers of one installation that count in one Redis."""
    settings["INTAKE_LIMITER_STORAGE"] = redis.url
    first = House(folder, None, **settings)
    key = DayKey()
    second = House.__new__(House)
    second.url, second.engine, second.roster = first.url, first.engine, first.roster
    for each in (first, second):
        read_from = Settings.from_environ(environ(first.url, **settings))
        each.app = create_app(read_from, workers=2, key=key)
        each.client = each.app.test_client()
    return first, second


def test_workers_count_together(tmp_path: Path, redis: PrivateRedis) -> None:
    first, second = houses(tmp_path, redis, INTAKE_BUDGET_READS="3/hour")
    found = [read(each, f"{at:032x}").status_code for at, each in enumerate([first, second] * 2)]
    assert found == [200, 200, 200, 429]
    first.engine.dispose()


def test_workers_count_one_mailbox_and_one_form_together(
    tmp_path: Path, redis: PrivateRedis
) -> None:
    first, second = houses(
        tmp_path, redis, INTAKE_BUDGET_MAILBOX="2/hour", INTAKE_BUDGET_FORM="2/hour"
    )
    assert [read(each, "0" * 32).status_code for each in (first, second, first)] == [200, 200, 429]
    fields = [{**submission(form(bytes([at]) * 15)), "token": "07" * 15} for at in range(3)]
    found = [post(each, "submissions", fields.pop()) for each in (first, second, first)]
    assert [each.status_code for each in found] == [201, 201, 429]
    first.engine.dispose()


def test_a_stamp_of_one_worker_is_good_with_another(tmp_path: Path, redis: PrivateRedis) -> None:
    first, second = houses(tmp_path, redis)
    prices = [each.app.extensions["intake"].budgets.prices for each in (first, second)]
    assert prices[1].age(Price(b"x" * 15, prices[0].stamp(b"x" * 15))) == 0
    first.engine.dispose()


def spellings(value: bytes) -> set[bytes]:
    """How some bytes could stand in a store, wherever they begin."""
    found = {value, value[::-1], value.hex().encode(), value.hex().upper().encode()}
    found |= {base64.b32encode(value).rstrip(b"="), base64.b85encode(value)}
    for shift in range(3):
        # Base64 of something longer that holds it, without the digits that its neighbours change.
        whole = base64.b64encode(bytes(shift) + value + bytes(3))
        inner = whole[4 if shift else 0 : -8]
        found |= {inner, inner.translate(bytes.maketrans(b"+/", b"-_"))}
    return found


def flood(house: House, codes: list[str]) -> list[bytes]:
    """Every kind of request that counts, from one address, and what of it must not be found."""
    options: dict[str, Any] = {"environ_base": {"REMOTE_ADDR": ADDRESS}}
    secret: list[bytes] = [ipaddress.ip_address(ADDRESS).packed]
    for _ in range(10):
        page = house.client.get("/form", **options)
        token = page.text.partition('name="token" value="')[2][:30]
        values = {"token": token, "roster": house.roster.hash, "what": "my words"}
        house.post("/form", values, **options)
        raw = ReceiptCode.from_form_token(bytes.fromhex(token), committee.INSTALLATION)
        secret += [bytes.fromhex(token), raw.raw, raw.keys(committee.INSTALLATION).lookup]
        codes.append(raw.text)
        follow = {"token": token, "code": raw.text, "act": "read"}
        house.post("/follow-up", follow, **options)
        house.post("/follow-up", {**follow, "act": "send", "text": "more"}, **options)
        read(house, raw.keys(committee.INSTALLATION).lookup.hex())
        put_slice(house, 0)
    return secret


def test_after_a_flood_redis_holds_no_address_lookup_token_or_code(
    tmp_path: Path, redis: PrivateRedis
) -> None:
    budgets = {"INTAKE_BUDGET_DEPOSITS": "12/hour", "INTAKE_BUDGET_PREFIX": "20/hour"}
    house, _second = houses(tmp_path, redis, **budgets)
    codes: list[str] = []
    secret = flood(house, codes)
    held = redis.memory() + redis.dump()
    # That the search would find something: names of budgets, and as many keys as there were forms.
    assert b"deposits" in held
    assert len(redis.keys()) > 20
    for value in secret:
        assert len(value) >= 15
        for spelling in spellings(value):
            assert spelling not in held, spelling
    network = ".".join(ADDRESS.split(":")[:3]).encode(), ADDRESS.encode(), b"2001:db8:5ec2"
    texts = [spelling for code in codes for spelling in (code, code.replace("-", ""))]
    for text in (*network, *(each.encode() for each in texts)):
        assert text not in held
        assert text.lower() not in held
    house.engine.dispose()


def test_killed_in_the_middle_intake_goes_on_with_its_own_part_of_the_budgets(
    tmp_path: Path, redis: PrivateRedis, caplog: pytest.LogCaptureFixture
) -> None:
    house, _second = houses(tmp_path, redis, INTAKE_BUDGET_READS="6/hour")
    assert read(house, "0" * 32).status_code == 200
    with caplog.at_level(logging.INFO, "intake"):
        redis.kill()
        assert house.submit(what="my words")
        # Half of six for each of two workers, whatever Redis had counted.
        found = [read(house, f"{at:032x}").status_code for at in range(5)]
    assert found == [200, 200, 200, 429, 429]
    assert [record.message for record in caplog.records] == [
        "INTAKE_LIMITER_STORAGE cannot be reached: each worker counts by itself"
    ]
    house.engine.dispose()


def test_back_again_it_counts_for_all_workers(tmp_path: Path, redis: PrivateRedis) -> None:
    first, second = houses(tmp_path, redis, INTAKE_BUDGET_READS="6/hour")
    redis.kill()
    found = [read(first, f"{at:032x}").status_code for at in range(4)]
    assert found == [200, 200, 200, 429]
    redis.start()
    # Nobody tries before the pause is over.
    assert read(first, "0" * 32).status_code == 429
    counts = first.app.extensions["intake"].budgets._counts
    counts._clock = lambda: counts._again + PAUSE
    # One part in four is for who waits, and one for who works.
    found = [read(each, f"{at:032x}").status_code for at, each in enumerate([first, second] * 3)]
    assert found == [200, 200, 200, 200, 429, 429]
    first.engine.dispose()


def test_a_redis_that_hangs_keeps_nobody_waiting(tmp_path: Path, redis: PrivateRedis) -> None:
    house, _second = houses(tmp_path, redis)
    redis.hang()
    try:
        assert house.submit(what="my words")
    finally:
        redis.go_on()
    house.engine.dispose()


@pytest.mark.parametrize(("name", "value"), [("save", "60 1"), ("appendonly", "yes")])
def test_a_redis_that_writes_to_disk_is_refused_at_start(
    tmp_path: Path, redis: PrivateRedis, name: str, value: str
) -> None:
    redis.configure(name, value)
    with pytest.raises(SettingsRefused, match="writes to disk"):
        House(tmp_path, INTAKE_LIMITER_STORAGE=redis.url)


def test_a_redis_that_is_not_there_yet_stops_nobody_from_starting(tmp_path: Path) -> None:
    house = House(tmp_path, INTAKE_LIMITER_STORAGE=f"redis+unix://{tmp_path}/absent")
    assert house.submit(what="my words")
    house.engine.dispose()
