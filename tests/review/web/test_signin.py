"""Signing in and out, and every way in which a login might outlive its right."""

import contextlib
import queue
import re
import sqlite3
import threading
import time
from contextlib import ExitStack
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from crypto.passwords import hash_password
from review import people
from review.store import people as people_store
from review.store.database import writing
from review.web.cookies import NAME
from review.web.limits import PLACES
from tests import committee
from tests.browser.installation import PASSWORD, Installation
from tests.review.desk import SAME_ORIGIN, Clock, Desk, parts_of
from tests.review.tables import entries, rows

pytestmark = pytest.mark.stores

COOKIE = re.compile(
    rf"{NAME}=[0-9a-f]{{64}}; Secure; HttpOnly; Path=/; SameSite=Strict",
)


def sign_in(
    desk: Desk, username: str = "chair", password: str = PASSWORD, query: str = ""
) -> TestResponse:
    form = {"username": username, "password": password}
    return desk.client.post(f"/sign-in{query}", data=form, headers=SAME_ORIGIN)


def token_in(answer: TestResponse) -> str:
    cookie = answer.headers.get_all("Set-Cookie")
    assert len(cookie) == 1
    return cookie[0].split(";")[0].removeprefix(f"{NAME}=")


def test_the_right_password_leads_to_the_inbox(app: Flask) -> None:
    desk = Desk(app)
    answer = sign_in(desk)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert COOKIE.fullmatch(answer.headers["Set-Cookie"])
    desk.client.set_cookie(NAME, token_in(answer), secure=True)
    assert 'data-page="home"' in desk.get("/").text


def test_a_login_is_an_entry_and_its_token_is_nowhere_in_the_book(
    app: Flask, installation: Installation
) -> None:
    token = token_in(sign_in(Desk(app)))
    assert [row.by for row in entries(installation.book, "login.started")] == ["chair"]
    assert token not in repr(rows(installation.book))


@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("chair", "not the password at all"),
        ("nobody", PASSWORD),
        ("", ""),
        ("chair", ""),
        ("CHAIR ", "x" * 5000),
        ("chair\0", PASSWORD),
    ],
)
def test_a_wrong_name_and_a_wrong_password_look_the_same(
    app: Flask, username: str, password: str
) -> None:
    usual = sign_in(Desk(app), "member-1", "another password")
    answer = sign_in(Desk(app), username, password)
    assert answer.status_code == 401
    assert answer.data == usual.data
    assert dict(answer.headers) == dict(usual.headers)
    assert "Set-Cookie" not in answer.headers


def test_an_unknown_name_takes_the_work_of_a_known_one(
    app: Flask, installation: Installation
) -> None:
    """Attack: telling names apart by the time that the answer takes.

    What is measured is the processor's time of this thread, which other programs do not lengthen.
    """
    with writing(installation.book) as connection:
        people.remove(connection, installation.roster, "member-1", committee.TODAY)
        connection.exec_driver_sql("UPDATE people SET password_hash = NULL WHERE id = 'counsel'")
    names = ("chair", "nobody", "member-1", "counsel")
    times: dict[str, list[float]] = {name: [] for name in names}
    for _ in range(3):
        for name in names:
            desk, begun = Desk(app), time.thread_time()
            sign_in(desk, name, "not the password")
            times[name].append(time.thread_time() - begun)
    known = min(times["chair"])
    for name in names:
        assert 0.5 < min(times[name]) / known < 2, name


def test_where_to_go_afterwards_is_not_the_visitors_to_say(app: Flask) -> None:
    """Attack: an open redirect."""
    for query in ("?next=https://example.org/", "?next=//example.org", "?url=/\\example.org"):
        assert sign_in(Desk(app), query=query).headers["Location"] == "/"
    assert Desk(app).get("//example.org/").headers["Location"] == "/sign-in"


def test_a_token_from_before_the_sign_in_is_not_taken_over(app: Flask) -> None:
    """Attack: session fixation, by planting a token that the attacker knows."""
    planted = "ab" * 32
    desk = Desk(app)
    desk.client.set_cookie(NAME, planted, secure=True)
    assert token_in(sign_in(desk)) != planted
    stranger = Desk(app)
    stranger.client.set_cookie(NAME, planted, secure=True)
    assert stranger.get("/").status_code == 303


def test_signing_in_again_ends_the_login_before(app: Flask) -> None:
    first = Desk(app, "chair")
    sign_in(first)
    assert Desk(app, "chair", first.token).get("/").status_code == 303


def test_after_signing_out_neither_cookie_nor_form_counts(app: Flask) -> None:
    """Attack: replaying what a login had."""
    desk = Desk(app, "chair")
    token, csrf = desk.token, desk.csrf
    answer = desk.post("/sign-out")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in")
    assert f"{NAME}=;" in answer.headers["Set-Cookie"]
    again = Desk(app, "chair", token)
    again.csrf = csrf
    assert again.get("/").status_code == 303
    assert again.post("/sign-out").status_code == 401


def test_a_login_ends_after_fifteen_idle_minutes(app: Flask, clock: Clock) -> None:
    desk = Desk(app, "chair")
    for _ in range(3):
        clock.forward(minutes=14)
        assert desk.get("/").status_code == 200
    clock.forward(minutes=15)
    assert desk.get("/").status_code == 303


def test_somebody_who_is_writing_stays_signed_in_and_nothing_else_changes(
    app: Flask, clock: Clock, installation: Installation
) -> None:
    desk = Desk(app, "secretary")
    before = rows(installation.book, without=["logins"])
    for _ in range(3):
        clock.forward(minutes=14)
        answer = desk.get("/me/here", Sec_Fetch_Mode="cors")
        assert (answer.status_code, answer.data) == (204, b"")
    assert rows(installation.book, without=["logins"]) == before
    clock.forward(minutes=15)
    assert desk.get("/me/here", Sec_Fetch_Mode="cors").status_code == 401


@pytest.mark.sqlite("the other writer is one of the file; store/test_postgres.py has the server's")
def test_reading_waits_for_nobody_who_writes(
    app: Flask, clock: Clock, installation: Installation
) -> None:
    """Attack: files so large that no page answers while they are collected."""
    desk = Desk(app, "chair")
    clock.forward(minutes=14)
    other = sqlite3.connect(installation.folder / "book.db", isolation_level=None)
    with contextlib.closing(other):
        other.execute("BEGIN IMMEDIATE")
        begun = time.perf_counter()
        assert desk.get("/").status_code == 200
        assert time.perf_counter() - begun < 5
        other.execute("ROLLBACK")
    # The use was not written down; the next one is.
    assert desk.get("/").status_code == 200
    clock.forward(minutes=14)
    assert desk.get("/").status_code == 200


def test_a_login_ends_after_eight_hours_however_busy(app: Flask, clock: Clock) -> None:
    desk = Desk(app, "chair")
    for _ in range(47):
        clock.forward(minutes=10)
        assert desk.get("/").status_code == 200
    clock.forward(minutes=10)
    assert desk.get("/").status_code == 303


def test_a_clock_set_back_does_not_bring_an_ended_login_to_life(app: Flask, clock: Clock) -> None:
    clock.forward(hours=2)
    desk = Desk(app, "chair")
    clock.forward(hours=-1)
    assert desk.get("/").status_code == 303


def test_a_password_does_not_end_by_itself(app: Flask, clock: Clock) -> None:
    """Whoever has to change it every year writes it down, or adds the year."""
    clock.forward(days=10 * 365)
    assert sign_in(Desk(app)).status_code == 303


def test_a_new_password_ends_every_login(app: Flask, installation: Installation) -> None:
    """Attack: a login that survives the change of what it was made with."""
    desks = [Desk(app, "chair"), Desk(app, "chair"), Desk(app, "member-1")]
    with writing(installation.book) as connection:
        changed = hash_password("a new password for the chair", "interactive")
        people.change_password(connection, "chair", changed)
    assert [desk.get("/").status_code for desk in desks] == [303, 303, 200]
    assert sign_in(Desk(app)).status_code == 401
    assert sign_in(Desk(app), password="a new password for the chair").status_code == 303


def test_whoever_is_removed_is_out_at_once(app: Flask, installation: Installation) -> None:
    desk = Desk(app, "chair")
    with writing(installation.book) as connection:
        people.remove(connection, installation.roster, "chair", committee.TODAY)
    assert desk.get("/").status_code == 303
    assert sign_in(Desk(app)).status_code == 401


def test_whoever_leaves_the_roster_is_out_at_once(app: Flask, installation: Installation) -> None:
    """Attack: a member gone, whose account nobody thought of."""
    desk = Desk(app, "member-2")
    fields = committee.roster_fields()
    readers = [each for each in fields["readers"] if each["id"] != "member-2"]  # type: ignore[attr-defined]
    installation.publish(committee.next_roster(installation.roster, readers=readers))
    assert desk.get("/").status_code == 303
    assert sign_in(Desk(app), "member-2").status_code == 401
    assert Desk(app, "member-1").get("/").status_code == 200


def test_a_stranger_cannot_lock_anybody_out_by_guessing(app: Flask) -> None:
    """Attack: wrong tries under the chair's name, so that the chair is refused."""
    for _ in range(30):
        assert sign_in(Desk(app), "chair", "x").status_code == 401
    assert sign_in(Desk(app)).status_code == 303


def test_a_flood_of_tries_holds_two_threads_and_nobody_who_reads(app: Flask) -> None:
    """Attack: fifty tries at once, behind which every page would wait."""
    reader, answers = Desk(app, "member-1"), queue.Queue[int]()
    desks = [Desk(app) for _ in range(20)]
    flood = [
        threading.Thread(target=lambda desk=desk: answers.put(sign_in(desk).status_code))
        for desk in desks
    ]
    with parts_of(app).turns.take():
        for thread in flood:
            thread.start()
        # All but the one that may wait are answered while the check before them goes on.
        assert [answers.get(timeout=60) for _ in flood[1:]] == [429] * 19
        assert reader.get("/").status_code == 200
        assert answers.empty()
    for thread in flood:
        thread.join()
    assert answers.get() == 303


def test_whoever_is_refused_is_told_that_nobody_is_locked_out(app: Flask) -> None:
    turns = parts_of(app).turns
    with ExitStack() as others:
        for _ in range(PLACES):
            others.enter_context(turns.place())
        answer = sign_in(Desk(app))
    assert answer.status_code == 429
    assert "nobody is locked out" in answer.text
    assert "Retry-After" not in answer.headers
    assert sign_in(Desk(app)).status_code == 303


def test_a_password_that_was_just_replaced_begins_no_login(
    app: Flask, installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Attack: signing in with a stolen password while its owner is changing it."""

    def check_and_change(*arguments: Any) -> people_store.Person:
        person = check_sign_in(*arguments)
        with writing(installation.book) as connection:
            changed = hash_password("a new password for the chair", "interactive")
            people.change_password(connection, "chair", changed)
        return person

    check_sign_in = people.check_sign_in
    monkeypatch.setattr(people, "check_sign_in", check_and_change)
    answer = sign_in(Desk(app))
    assert answer.status_code == 401
    assert "Set-Cookie" not in answer.headers
    assert rows(installation.book)["logins"] == []


def test_logins_that_have_ended_are_cleared_away(
    app: Flask, clock: Clock, installation: Installation
) -> None:
    for _ in range(3):
        Desk(app, "chair")
    clock.forward(hours=1)
    Desk(app, "member-1")
    assert len(rows(installation.book)["logins"]) == 1


def test_a_malformed_cookie_is_no_login(app: Flask) -> None:
    for token in ("", "x", "AB" * 32, "ab" * 31, "ab" * 33, "' OR 1=1 --"):
        desk = Desk(app)
        desk.client.set_cookie(NAME, token, secure=True)
        assert desk.get("/").status_code == 303
