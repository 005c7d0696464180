"""A stranger can lock nobody out: whatever they send, whoever waits is served."""

import random
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from tests.intake.flood import kinds
from tests.intake.house import MULTIPART, House, code_in
from tests.intake.web.test_load import again, hidden, later
from tests.intake.web.test_price import solved
from tests.intake.web.test_sealed import form, post, submission

pytestmark = pytest.mark.stores

KINDS = kinds(random.Random(1))
SMALL = {
    "INTAKE_BUDGET_DEPOSITS": "16/hour",
    "INTAKE_BUDGET_READS": "16/hour",
    "INTAKE_BUDGET_SLICES": "4/hour",
    "INTAKE_BUDGET_MALFORMED": "2/hour",
    "INTAKE_BUDGET_MAILBOX": "8/hour",
    "INTAKE_BUDGET_PREFIX": "8/hour",
}


def stranger(house: House, request: bytes) -> TestResponse:
    """Send what goes over the line, from an address that the visitors have too."""
    head, _, body = request.partition(b"\r\n\r\n")
    method, path, _version = head.split(b"\r\n")[0].decode().split()
    near = {"REMOTE_ADDR": "192.0.2.7"}
    if method == "GET":
        return house.client.get(path, environ_base=near)
    return house.client.post(path, data=body, content_type=MULTIPART, environ_base=near)


def served(house: House, code: str) -> None:
    """Somebody who writes without scripts, one who reads, one with scripts: all are served."""
    page, follow_up = house.client.get("/form"), house.client.get("/follow-up")
    later(house, 120)
    assert code_in(again(house, page, what="my words"))
    token, price = hidden(follow_up.text, "token"), hidden(follow_up.text, "price")
    assert "From the committee" in house.follow(code, token=token, price=price).text
    later(house, 0)
    fields = submission(form(random.randbytes(15)))
    answer = post(house, "submissions", fields)
    if answer.status_code == 429:
        asked = answer.json
        assert asked is not None
        answer = post(
            house, "submissions", {**fields, "price": solved(asked["stamp"], asked["bits"])}
        )
    assert answer.status_code == 201


@pytest.mark.parametrize("kind", KINDS)
def test_a_flood_of_one_kind_locks_nobody_out(tmp_path: Path, kind: str) -> None:
    house = House(tmp_path, None, **SMALL)
    code = house.submit()
    for _ in range(60):
        assert stranger(house, KINDS[kind]()).status_code < 500
    served(house, code)
    house.engine.dispose()


@pytest.mark.sqlite("about counts, which are in no store; each kind by itself is tried on both")
@settings(max_examples=12)
@given(st.lists(st.sampled_from(sorted(KINDS)), min_size=40, max_size=80))
def test_a_flood_of_all_kinds_in_any_order_locks_nobody_out(flood: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        house = House(Path(folder), None, **SMALL)
        code = house.submit()
        for kind in flood:
            assert stranger(house, KINDS[kind]()).status_code < 500
        served(house, code)
        house.engine.dispose()


def test_a_flood_of_everything_but_texts_leaves_texts_free(tmp_path: Path) -> None:
    house = House(tmp_path, None, **{**SMALL, "INTAKE_BUDGET_PREFIX": ""})
    texts = {"text", "text with a price", "file", "sealed", "misshapen"}
    for kind in sorted(set(KINDS) - texts):
        for _ in range(40):
            stranger(house, KINDS[kind]())
    # Nobody has to wait for what nobody else used.
    for _ in range(8):
        assert house.submit(what="my words")
    house.engine.dispose()
