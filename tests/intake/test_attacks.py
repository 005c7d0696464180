"""Attacks seen in services like this one, each tried on ours.

What is attacked by parsing, by a running server's disk or by a hostile drop is with those modules
(test_upload, test_server, test_mailbox); here is what goes through the front door.
"""

import re
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from werkzeug.test import TestResponse

from crypto.receipt import ReceiptCode
from intake import drop
from intake.submission import CHOICES, TEXTS
from intake.web.headers import HEADERS
from tests.intake.house import MULTIPART, House, code_in
from tests.intake.web.test_sealed import form, post, put_slice, read, submission
from tests.stores import here

pytestmark = pytest.mark.stores

GETS = (
    "/",
    "/before-you-start",
    "/form",
    "/follow-up",
    "/who-can-read-this",
    "/what-we-cannot-protect",
    "/your-rights",
    "/privacy",
    "/accessibility",
    "/roster",
    "/static/style.css",
    "/static/submit.js",
    "/static/followup.js",
    "/static/mark.svg",
)


def everything(house: House) -> Iterator[tuple[str, TestResponse]]:
    """An answer of every kind that this service gives, errors before routing included."""
    for path in (*GETS, "/nowhere", "/static/none"):
        for method in ("GET", "HEAD", "OPTIONS", "POST", "PUT", "TRACE"):
            yield f"{method} {path}", house.client.open(path, method=method)
    code = house.submit(files=[("a.txt", b"x")])
    yield "receipt", house.send()
    yield "problem", house.send(what="")
    yield "roster moved", house.send(roster="0" * 64)
    yield "follow-up", house.follow(code)
    yield "added", house.follow(code, text="more")
    yield "unknown code", house.follow(ReceiptCode(bytes(15)).text)
    yield "mistyped code", house.follow("7KQ2M")
    yield "no body", house.client.post("/form")
    yield "broken body", house.client.post("/form", data=b"x", content_type=MULTIPART)
    yield "large body", house.send(what="x" * (2 << 20))
    yield "other site", house.client.post("/form", headers={"Sec-Fetch-Site": "cross-site"})
    yield "slice", put_slice(house, 0)
    yield "sealed", post(house, "submissions", submission(form()))
    yield "sealed mailbox", read(house, "0" * 32)
    yield "sealed nonsense", house.client.post("/sealed/submissions", data=b"x")
    with drop.writing(house.engine) as connection:
        connection.execute(text("DELETE FROM rosters"))
    yield "no roster", house.client.get("/form")
    yield "no roster, sending", house.send(token="00" * 15)
    with drop.writing(house.engine) as connection:
        connection.execute(text("DROP TABLE rosters"))
    yield "no table", house.client.get("/form")
    house.app.jinja_env.globals.clear()
    yield "unforeseen", house.client.get("/privacy")


_answers: dict[bool, dict[str, TestResponse]] = {}


@pytest.fixture
def answers(tmp_path: Path) -> dict[str, TestResponse]:
    """The answers over this test's kind of database, of which nobody changes anything."""
    kind = here().on_postgresql
    if kind not in _answers:
        house = House(tmp_path)
        _answers[kind] = dict(everything(house))
        house.engine.dispose()
    return _answers[kind]


def test_the_answers_are_of_every_kind(answers: dict[str, TestResponse]) -> None:
    statuses = {answer.status_code for answer in answers.values()}
    assert statuses >= {200, 201, 204, 400, 403, 404, 405, 409, 413, 422, 500, 503}


def test_no_page_answers_a_trace(answers: dict[str, TestResponse]) -> None:
    """Attack: a request sent back with all its headers."""
    traced = {answer.status_code for name, answer in answers.items() if name.startswith("TRACE ")}
    assert traced == {404, 405}


def test_no_cookie_is_ever_set(answers: dict[str, TestResponse]) -> None:
    assert [name for name, answer in answers.items() if "Set-Cookie" in answer.headers] == []


def test_every_header_is_sent_exactly_once_on_every_answer(
    answers: dict[str, TestResponse],
) -> None:
    for name, answer in answers.items():
        for header, value in HEADERS:
            assert answer.headers.getlist(header) == [value], (name, header)


def test_nothing_dynamic_is_compressed(answers: dict[str, TestResponse]) -> None:
    assert [name for name, each in answers.items() if "Content-Encoding" in each.headers] == []


def test_nothing_dynamic_is_compressed_even_when_asked_for(house: House) -> None:
    for path in GETS:
        answer = house.client.get(path, headers={"Accept-Encoding": "gzip, deflate, br"})
        compressed = "Content-Encoding" in answer.headers
        assert compressed is path.startswith("/static/")


def test_no_answer_names_its_server_or_a_version(answers: dict[str, TestResponse]) -> None:
    for name, answer in answers.items():
        assert not {"Server", "X-Powered-By", "Via"} & set(answer.headers.keys()), name
        assert not re.search(rb"werkzeug|flask|gunicorn|python/|sqlalchemy", answer.data, re.I), (
            name
        )


def test_a_code_is_in_no_answer_but_the_receipt_page(answers: dict[str, TestResponse]) -> None:
    shaped = re.compile(rb"\b(?:[0-9A-HJKMNP-TV-Z]{5}-){4}[0-9A-HJKMNP-TV-Z]{5}\b")
    assert [name for name, each in answers.items() if shaped.search(each.data)] == ["receipt"]


def test_no_secret_is_in_an_address(house: House) -> None:
    code = house.submit()
    for path in ("/form", "/follow-up"):
        page = house.client.get(path).text
        assert set(re.findall(r'(?:action|formaction)="([^"]*)"', page)) == {path}
        assert 'method="post"' in page
    assert house.client.get(f"/follow-up?code={code}").data != house.follow(code).data
    assert code not in house.client.get(f"/follow-up?code={code}").text


def test_no_page_is_left_out_of_what_is_read_and_changes_nothing(house: House) -> None:
    """Attack 10: a page that was added later, and whose reading has an effect."""
    rules = [rule for rule in house.app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    assert {rule.rule for rule in rules if not rule.arguments} <= set(GETS)
    assert {rule.rule for rule in rules if rule.arguments} <= {"/static/<name>"}


def test_reading_pages_changes_no_row(house: House) -> None:
    code = house.submit()
    house.leave(code, house.letter(code, text="Hello."))
    before = house.rows()
    for path in (*GETS, "/sealed/mailbox", "/nowhere"):
        for method in ("GET", "HEAD", "OPTIONS"):
            house.client.open(path, method=method)
    house.follow(code)
    read(house, "0" * 32)
    assert house.rows() == before


HIDDEN: list[tuple[str, Any]] = [
    ("token", ""),
    ("token", "0" * 29),
    ("token", "Z" * 30),
    ("token", "AB" * 15),
    ("token", "x" * 100_000),
    ("roster", ""),
    ("roster", "0" * 64),
    ("roster", "' OR 1=1 --"),
    ("excluded", "nobody"),
    ("excluded", ["chair", "CHAIR"]),
    ("excluded", "' OR 1=1 --"),
    ("kind", "report"),
    ("relation", "0"),
    ("ongoing", "true"),
]


@pytest.mark.parametrize(("name", "value"), HIDDEN, ids=lambda value: str(value)[:12])
def test_a_changed_hidden_field_stores_nothing_and_loses_nothing(
    house: House, name: str, value: Any
) -> None:
    before = house.rows()
    fields = {"token": house.token(), "roster": house.roster.hash, "what": "my words"}
    answer = house.post("/form", {**fields, name: value})
    assert answer.status_code in (400, 409, 422)
    assert "Nothing was sent" in answer.text
    assert "my words</textarea>" in answer.text
    assert house.rows() == before


def test_a_changed_token_of_a_follow_up_stores_nothing(house: House) -> None:
    code = house.submit()
    before = house.rows()
    for token in ("", "0" * 29, "Z" * 30):
        answer = house.follow(code, token=token, text="my words")
        assert answer.status_code == 400
        assert "my words</textarea>" in answer.text
    assert house.rows() == before


def test_the_number_of_readers_cannot_be_lowered_by_naming_people_twice(house: House) -> None:
    house.submit(excluded=["chair"] * 50)
    assert house.opened("member-1")[0].excluded == ("chair",)


# What a database would count up by itself.
COUNTERS = {
    "sqlite": "SELECT sql FROM sqlite_master WHERE upper(sql) LIKE '%AUTOINCREMENT%'",
    "postgresql": "SELECT sequencename FROM pg_sequences",
}


def test_ids_do_not_tell_how_many_came_before(house: House) -> None:
    for _ in range(12):
        house.submit(files=[("a.txt", b"x")])
    rows = house.rows()
    for table, length in (("deposits", 32), ("mailboxes", 64), ("uploads", 64)):
        ids = [str(row[0]) for row in rows[table]]
        assert len(set(ids)) == 12
        assert all(re.fullmatch(rf"[0-9a-f]{{{length}}}", each) for each in ids)
        # Random hexadecimal ids share no beginning that a counter or a clock would give them.
        assert len({each[:4] for each in ids}) > 6
    with drop.reading(house.engine) as connection:
        assert list(connection.execute(text(COUNTERS[connection.dialect.name]))) == []


def test_the_drop_holds_no_name_type_text_or_true_size(house: House) -> None:
    house.submit(
        what="CANARY words",
        excluded=["chair"],
        files=[("canary-name.xlsx", b"CANARY bytes" * 1000, "application/x-canary")],
    )
    held = repr(house.rows()).encode() + b"".join(
        value
        for table in house.rows().values()
        for row in table
        for value in row
        if isinstance(value, bytes)
    )
    held = held.replace(house.roster.document, b"").replace(
        repr(house.roster.document).encode(), b""
    )
    for secret in (b"CANARY", b"canary", b"12000", b"chair"):
        assert secret not in held


def test_nothing_in_the_drop_tells_that_somebody_was_left_out(house: House) -> None:
    shapes = []
    for excluded in ([], ["chair"], ["chair", "member-1", "member-2"], ["finance"]):
        house.submit(excluded=excluded)
    for deposit in house.deposits():
        assert deposit.grant is not None
        assert deposit.routing is not None
        stanzas = deposit.grant.split(b"\n---")[0]
        shapes.append(
            (len(deposit.grant), len(deposit.routing), len(deposit.envelope), stanzas.count(b"->"))
        )
    assert len(set(shapes)) == 1


FORWARDED = {
    "X-Forwarded-For": "198.51.100.7",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Prefix": "/evil",
    "X-Original-URL": "/privacy",
    "X-Rewrite-URL": "/privacy",
    "X-HTTP-Method-Override": "POST",
    "Forwarded": "for=198.51.100.7;host=evil.example",
    "Host": "evil.example",
}


@pytest.mark.parametrize("path", [path for path in GETS if path not in ("/form", "/follow-up")])
def test_headers_of_a_proxy_change_nothing(house: House, path: str) -> None:
    plain = house.client.get(path)
    forwarded = house.client.get(path, headers=FORWARDED)
    assert (forwarded.data, list(forwarded.headers)) == (plain.data, list(plain.headers))


def test_headers_of_a_proxy_are_not_kept(house: House) -> None:
    fields = {"token": house.token(), "roster": house.roster.hash, "what": "x"}
    assert house.post("/form", fields, headers=FORWARDED).status_code == 200
    assert "198.51.100.7" not in repr(house.rows())
    assert "evil.example" not in repr(house.rows())


def test_unknown_and_disposed_codes_do_the_same_work(house: House) -> None:
    disposed, token = house.submit(), house.token()
    with drop.writing(house.engine) as connection:
        connection.execute(text("DELETE FROM mailboxes"))
    house.follow(disposed, token=token)
    work = [
        calls(partial(house.follow, code, token=token))
        for code in (disposed, ReceiptCode.draw().text, ReceiptCode(bytes(15)).text)
    ]
    assert "crypto.age.open_sealed" in work[0]
    assert work[0] == work[1] == work[2]


def calls(act: Callable[[], object]) -> list[str]:
    """Every function of ours that is called while acting, in order."""
    found: list[str] = []

    def watch(frame: FrameType, event: str, _argument: object) -> None:
        module = str(frame.f_globals.get("__name__"))
        if event == "call" and module.startswith(("crypto.", "intake.")):
            found.append(f"{module}.{frame.f_code.co_name}")

    sys.setprofile(watch)
    try:
        act()
    finally:
        sys.setprofile(None)
    return found


FIELDS = st.dictionaries(
    st.sampled_from([*TEXTS, *CHOICES, "excluded", "reply_wanted", "other"]),
    st.text(alphabet=st.characters(codec="utf-8"), max_size=40),
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(fields=FIELDS, name=st.text(alphabet=st.characters(codec="utf-8"), max_size=20))
def test_whatever_is_typed_is_taken_in_or_given_back(
    house: House, fields: dict[str, str], name: str
) -> None:
    plain = re.sub(r'[\r\n"\\]', "", name)
    before = len(house.rows()["deposits"])
    data = {"token": house.token(), "roster": house.roster.hash, **fields}
    answer = house.post("/form", data, [(plain, b"x")])
    assert answer.status_code in (200, 422)
    taken = len(house.rows()["deposits"]) - before
    assert taken == (answer.status_code == 200)
    if taken:
        assert code_in(answer)
