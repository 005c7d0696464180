"""Under load: who waits, or whose device works, is served, and nothing that was typed is lost."""

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from intake.sealing import Form
from intake.web.price import BITS, WAITS
from tests.intake.house import House, code_in
from tests.intake.web.test_price import solved
from tests.intake.web.test_sealed import follow_up, form, post, put_slice, submission

pytestmark = pytest.mark.stores

# Two for anybody, one for who waits, one for who works.
FOUR = "4/hour"


@pytest.fixture
def busy(tmp_path: Path) -> Iterator[House]:
    """An intake at which somebody has used up what anybody may send or read."""
    house = House(
        tmp_path,
        INTAKE_BUDGET_DEPOSITS=FOUR,
        INTAKE_BUDGET_READS=FOUR,
        INTAKE_BUDGET_MAILBOX="100/hour",
    )
    for _ in range(2):
        house.submit()
    yield house
    house.engine.dispose()


def later(house: House, seconds: float) -> None:
    """Let time pass for pages that were made before."""
    prices = house.app.extensions["intake"].budgets.prices
    prices._clock = lambda: time.time() + seconds


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([0-9a-f-]+)"', page)
    assert found is not None
    return found[1]


def again(house: House, page: TestResponse, **fields: Any) -> TestResponse:
    """Press the button of a form that came back."""
    return house.send(token=hidden(page.text, "token"), price=hidden(page.text, "price"), **fields)


def test_without_scripts_a_form_waits_and_is_then_taken(busy: House) -> None:
    asked = busy.send([("list.txt", b"x")], what="my words")
    assert asked.status_code == 429
    assert f"wait {WAITS[0]} seconds, and then press the button again" in asked.text
    assert "my words</textarea>" in asked.text
    assert "<li>list.txt</li>" in asked.text
    assert len(busy.deposits()) == 2
    later(busy, WAITS[0])
    assert code_in(again(busy, asked, what="my words"))
    assert len(busy.deposits()) == 3


def test_a_page_that_was_open_for_a_while_has_waited(busy: House) -> None:
    page = busy.client.get("/form")
    later(busy, WAITS[0])
    assert code_in(again(busy, page))


def test_pressing_too_early_does_not_begin_the_wait_anew(busy: House) -> None:
    asked = busy.send()
    later(busy, 10)
    early = again(busy, asked, what="my words")
    assert f"wait {WAITS[0]} seconds" in early.text
    assert "my words</textarea>" in early.text
    assert hidden(early.text, "token") != hidden(asked.text, "token")
    later(busy, WAITS[0])
    assert code_in(again(busy, early))


def test_other_things_to_put_right_do_not_begin_the_wait_anew(busy: House) -> None:
    asked = busy.send()
    later(busy, WAITS[0])
    empty = again(busy, asked, what=" ")
    assert empty.status_code == 422
    assert code_in(again(busy, empty))


def test_who_waits_cannot_use_up_what_is_for_who_works(busy: House) -> None:
    page, other = busy.client.get("/form"), busy.client.get("/form")
    later(busy, WAITS[-1])
    assert code_in(again(busy, page))
    refused = again(busy, other, what="my words")
    assert refused.status_code == 429
    assert "my words</textarea>" in refused.text
    fields = submission(form())
    asked = post(busy, "submissions", fields).json
    assert asked is not None
    paid = {**fields, "price": solved(asked["stamp"], asked["bits"])}
    assert post(busy, "submissions", paid).status_code == 201


def test_the_more_arrives_the_more_it_costs(busy: House) -> None:
    fields = submission(form())
    first = post(busy, "submissions", fields).json
    page = busy.client.get("/form")
    later(busy, WAITS[-1])
    assert code_in(again(busy, page))
    second = post(busy, "submissions", fields).json
    assert first is not None
    assert second is not None
    assert (first["seconds"], first["bits"]) == (WAITS[0], BITS[0])
    assert (second["seconds"], second["bits"]) == (WAITS[-1], BITS[-1])


def test_a_script_is_told_what_it_costs_and_pays(busy: House) -> None:
    fields = submission(form())
    answer = post(busy, "submissions", fields)
    assert answer.status_code == 429
    asked = answer.json
    assert asked is not None
    assert asked == {**asked, "reason": "price", "seconds": WAITS[0], "bits": BITS[0]}
    unpaid = post(busy, "submissions", {**fields, "price": asked["stamp"]})
    assert unpaid.status_code == 429
    assert unpaid.json == asked
    paid = {**fields, "price": solved(asked["stamp"], asked["bits"])}
    assert post(busy, "submissions", paid).status_code == 201
    assert post(busy, "submissions", paid).status_code == 200


def test_a_price_of_another_form_is_not_taken(busy: House) -> None:
    asked = post(busy, "submissions", submission(form())).json
    assert asked is not None
    paid = solved(asked["stamp"], asked["bits"])
    other = {**submission(form(b"\1" * 15)), "price": paid}
    assert post(busy, "submissions", other).status_code == 429


def test_replies_are_read_under_load_by_who_waits(busy: House) -> None:
    code = code_in(again(busy, _waited(busy, "/form")))
    later(busy, 0)
    for _ in range(2):
        busy.follow(code)
    asked = busy.follow(code)
    assert asked.status_code == 429
    assert f"wait {WAITS[0]} seconds" in asked.text
    assert code not in asked.text
    later(busy, WAITS[0])
    token, price = hidden(asked.text, "token"), hidden(asked.text, "price")
    assert "From the committee" in busy.follow(code, token=token, price=price).text


def _waited(house: House, path: str) -> TestResponse:
    page = house.client.get(path)
    later(house, WAITS[-1])
    return page


def test_a_script_reads_replies_for_a_price(busy: House) -> None:
    token = "07" * 15
    fields = {"lookup": "0" * 32, "act": "read", "token": token}
    for _ in range(2):
        assert post(busy, "mailbox", fields).status_code == 200
    asked = post(busy, "mailbox", fields).json
    assert asked is not None
    paid = {**fields, "price": solved(asked["stamp"], asked["bits"])}
    assert post(busy, "mailbox", paid).status_code == 200


def test_one_price_does_not_pay_for_everything(tmp_path: Path) -> None:
    house = House(tmp_path, INTAKE_BUDGET_READS="40/hour", INTAKE_BUDGET_FORM="3/hour")
    fields = {"act": "read", "token": "07" * 15}
    for at in range(20):
        post(house, "mailbox", {**fields, "lookup": f"{at:032x}"})
    asked = post(house, "mailbox", {**fields, "lookup": "f" * 32}).json
    assert asked is not None
    paid = {**fields, "price": solved(asked["stamp"], BITS[-1])}
    found = [
        post(house, "mailbox", {**paid, "lookup": f"{at:032x}"}).status_code for at in range(30, 35)
    ]
    assert found == [200, 200, 200, 429, 429]
    house.engine.dispose()


def test_one_form_cannot_be_sent_without_end(tmp_path: Path) -> None:
    house = House(tmp_path, INTAKE_BUDGET_FORM="3/hour")
    first = form()
    assert post(house, "submissions", submission(first)).status_code == 201
    added = follow_up(house, Form(b"\2" * 15, first.code, first.installation))
    statuses = [post(house, "follow-ups", {**added, "token": first.token.hex()})]
    # Whoever chooses a mailbox for each, under one token, is stopped all the same.
    for at in range(2, 6):
        other = form(bytes([at]) * 15)
        fields = {**submission(other), "token": first.token.hex()}
        statuses.append(post(house, "submissions", fields))
    assert [each.status_code for each in statuses] == [200, 201, 201, 429, 429]
    assert house.submit()
    house.engine.dispose()


def test_a_hammered_mailbox_is_refused_and_no_other(tmp_path: Path) -> None:
    house = House(tmp_path, INTAKE_BUDGET_MAILBOX="3/hour")
    code, other = house.submit(), house.submit()
    found = [house.follow(code).status_code for _ in range(5)]
    assert found == [200, 200, 200, 429, 429]
    assert house.follow(other).status_code == 200
    # A lookup that opens nothing is counted in the same way: the answer tells nothing.
    fields = {"lookup": "0" * 32, "act": "read"}
    assert [post(house, "mailbox", fields).status_code for _ in range(4)] == [200] * 3 + [429]
    house.engine.dispose()


def test_guessing_one_code_again_and_again_does_not_use_up_the_readings(tmp_path: Path) -> None:
    house = House(tmp_path, INTAKE_BUDGET_MAILBOX="2/hour", INTAKE_BUDGET_READS="3/hour")
    code = house.submit()
    for _ in range(20):
        post(house, "mailbox", {"lookup": "0" * 32, "act": "read"})
    assert house.follow(code).status_code == 200
    house.engine.dispose()


def test_a_crowded_network_pays_and_nobody_in_it_is_locked_out(tmp_path: Path) -> None:
    house = House(tmp_path, INTAKE_BUDGET_PREFIX="2/hour")
    near = {"environ_base": {"REMOTE_ADDR": "192.0.2.7"}}
    for _ in range(2):
        assert _send_from(house, near).status_code == 200
    asked = _send_from(house, {"environ_base": {"REMOTE_ADDR": "192.0.2.99"}})
    assert asked.status_code == 429
    assert f"wait {WAITS[0]} seconds" in asked.text
    for far in ("198.51.100.1", "127.0.0.1", "::1", "", "2001:db8::1"):
        options = {"environ_base": {"REMOTE_ADDR": far}}
        assert _send_from(house, options).status_code == 200
    later(house, WAITS[0])
    page = {"token": hidden(asked.text, "token"), "price": hidden(asked.text, "price")}
    assert _send_from(house, near, **page).status_code == 200
    house.engine.dispose()


def _send_from(house: House, options: dict[str, Any], **fields: str) -> TestResponse:
    values = {"token": house.token(), "roster": house.roster.hash, "what": "x", **fields}
    return house.post("/form", values, **options)


def test_no_address_is_looked_at_unless_the_setting_says_so(tmp_path: Path) -> None:
    house = House(tmp_path)
    for at in range(40):
        options = {"environ_base": {"REMOTE_ADDR": "192.0.2.7"}}
        assert _send_from(house, options).status_code == 200, at
    house.engine.dispose()


@pytest.mark.parametrize(
    "settings",
    [
        {"INTAKE_BUDGET_DEPOSITS": "1/hour"},
        {"INTAKE_BUDGET_DEPOSITS": FOUR},
        {"INTAKE_BUDGET_SLICES": "1/hour"},
        {"INTAKE_DISK_RESERVE": str(1 << 50), "INTAKE_DATABASE_LIMIT": "1"},
        {"INTAKE_BUDGET_PREFIX": "1/hour"},
    ],
    ids=["deposits", "price", "slices", "disk", "prefix"],
)
@pytest.mark.parametrize("path", ["form", "follow-up"])
def test_every_limit_is_checked_before_the_first_file_and_gives_the_text_back(
    tmp_path: Path, settings: dict[str, str], path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = House(tmp_path, None, **settings)
    options = {"environ_base": {"REMOTE_ADDR": "192.0.2.7"}}
    code = code_in(_send_from(house, options))
    put_slice(house, 0)
    for _ in range(2):
        _send_from(house, options)
    monkeypatch.setattr("intake.web.receiving.files", _never)
    before = house.rows()
    files = [("list.txt", b"x"), ("more.txt", b"y")]
    if path == "form":
        values = {"token": house.token(), "roster": house.roster.hash, "what": "my words"}
    else:
        token = house.token("/follow-up")
        values = {"token": token, "code": code, "act": "send", "text": "my words"}
    answer = house.post(f"/{path}", values, files, **options)
    assert answer.status_code == 429
    assert "my words</textarea>" in answer.text
    assert "<li>list.txt</li>\n<li>more.txt</li>" in answer.text
    assert house.rows() == before
    house.engine.dispose()


def _never(*_arguments: object) -> object:
    raise AssertionError("a file was read")
