"""Passkeys at the console: the first by an invitation, signing in, and every answer used twice."""

import json
import re
import statistics
import time

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from review.challenges import LIFE_SECONDS
from review.store import invitations, logins
from review.store.database import writing
from review.web.cookies import NAME
from tests.browser.installation import Installation
from tests.review import passkeys
from tests.review.desk import SAME_ORIGIN, Clock, Desk
from tests.review.passkeys import Key, add, confirm, invite, join, signed_in, token_of
from tests.review.tables import entries, rows

pytestmark = pytest.mark.stores


@pytest.fixture
def key(app: Flask) -> Key:
    """The chair's first passkey."""
    made = Key()
    assert add(Desk(app, "chair"), made).status_code == 204
    return made


def means(installation: Installation) -> list[str]:
    return [json.loads(row.data)["means"] for row in entries(installation.book, "login.started")]


def test_an_invitation_leads_to_a_first_passkey_and_that_to_the_inbox(
    app: Flask, installation: Installation
) -> None:
    came = join(app, invite(app, "counsel"))
    assert (came.status_code, came.headers["Location"]) == (303, "/me/sign-ins")
    desk, mine = signed_in(app, "counsel", came), Key()
    made = add(desk, mine)
    assert made.status_code == 204
    assert signed_in(app, "counsel", made).get("/").status_code == 200
    answer = passkeys.sign_in(app, mine)
    assert answer.status_code == 204
    assert signed_in(app, "counsel", answer).get("/").status_code == 200
    assert sorted(means(installation)) == ["invitation", "passkey", "passkey"]


def test_an_invitation_opens_the_own_sign_ins_and_no_other_page(app: Flask) -> None:
    """Attack: whoever finds an invitation reads along until a passkey is made."""
    desk = signed_in(app, "chair", join(app, invite(app, "chair")))
    for path in ("/", "/cases", "/charter", "/ledger/root"):
        answer = desk.get(path)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/me/sign-ins")
    for path in ("/me/identity", "/roster"):
        assert desk.get(path, Sec_Fetch_Mode="cors").status_code == 404
    page = desk.get("/me/sign-ins").text
    assert 'href="/charter"' not in page
    assert 'id="unlock"' not in page


def test_an_invitation_is_used_up_with_the_first_passkey(
    app: Flask, installation: Installation, clock: Clock
) -> None:
    """Attack: an invitation found after it was used, replaced or forgotten about."""
    invitation = invite(app, "chair")
    assert invitation not in repr(rows(installation.book))
    assert invitation.replace("-", "") not in repr(rows(installation.book))
    desk = signed_in(app, "chair", join(app, invitation.lower().replace("-", " ")))
    again = signed_in(app, "chair", join(app, invitation))
    assert desk.get("/me/sign-ins").status_code == 303
    assert add(again, Key()).status_code == 204
    assert join(app, invitation).status_code == 401
    earlier, later = invite(app, "chair"), invite(app, "chair")
    assert join(app, earlier).status_code == 401
    clock.forward(seconds=invitations.LIFE_SECONDS)
    assert join(app, later).status_code == 401


def test_what_was_before_an_invitation_counts_no_more_after_it(app: Flask, key: Key) -> None:
    """Attack: a lost passkey, found by somebody after its owner was let in anew."""
    others = Desk(app, "chair")
    desk = signed_in(app, "chair", join(app, invite(app, "chair")))
    assert add(desk, Key()).status_code == 204
    assert passkeys.sign_in(app, key).status_code == 401
    assert others.get("/").status_code == 303


@pytest.mark.parametrize("given", ["", "x", "AAAA-" * 5 + "AAAA", "A" * 24, "A" * 5000])
def test_what_is_no_invitation_is_refused_alike(app: Flask, given: str) -> None:
    answer = join(app, given)
    assert (answer.status_code, answer.data) == (401, join(app, "other").data)
    assert "Set-Cookie" not in answer.headers


def test_an_assertion_is_good_once(app: Flask, key: Key) -> None:
    """Attack 14: an answer overheard and sent again, at once, later, or from elsewhere."""
    browser, elsewhere = Desk(app), Desk(app)
    said = key.show(passkeys.ask(browser))
    cookie = browser.client.get_cookie(NAME)
    assert cookie is not None
    assert passkeys.show(elsewhere, said).status_code == 401
    passkeys.ask(elsewhere)
    assert passkeys.show(elsewhere, said).status_code == 401
    assert passkeys.show(browser, said).status_code == 204
    browser.client.set_cookie(NAME, cookie.value, secure=True)
    assert passkeys.show(browser, said).status_code == 401


def test_an_assertion_that_came_too_late_is_refused(app: Flask, key: Key, clock: Clock) -> None:
    browser = Desk(app)
    said = key.show(passkeys.ask(browser))
    clock.forward(seconds=LIFE_SECONDS)
    assert passkeys.show(browser, said).status_code == 401
    assert passkeys.sign_in(app, key).status_code == 204


def test_an_answer_for_one_thing_is_not_good_for_another(app: Flask, key: Key) -> None:
    """Attack 23: a challenge of another step, or of another login."""
    desk, other = Desk(app, "chair"), Desk(app, "chair")
    said = key.show(json.loads(desk.post("/me/confirm/challenge").text))
    assert other.post("/me/confirm", {"credential": said}).status_code == 403
    assert passkeys.show(desk, said).status_code == 401
    assert desk.post("/me/confirm", {"credential": said}).status_code == 204
    assert desk.post("/me/confirm", {"credential": said}).status_code == 403
    made = Key().make(json.loads(desk.post("/me/passkeys/challenge").text))
    form = {"name": "x", "credential": made}
    assert other.post("/me/passkeys", form).status_code == 409
    assert desk.post("/me/passkeys", form).status_code == 204
    assert desk.post("/me/passkeys", form).status_code == 409


def test_the_token_of_before_is_not_that_of_the_login(app: Flask, key: Key) -> None:
    """Attack 23: a cookie planted in somebody's browser before they sign in."""
    planted, browser = "ab" * 32, Desk(app)
    browser.client.set_cookie(NAME, planted, secure=True)
    answer = passkeys.sign_in(app, key, browser)
    assert answer.status_code == 204
    assert token_of(answer) != planted
    assert Desk(app, "chair", planted).get("/").status_code == 303


def test_a_login_that_goes_on_in_this_browser_is_not_lost_by_asking(app: Flask, key: Key) -> None:
    desk = Desk(app, "chair")
    asked = desk.client.post("/sign-in/challenge", headers=SAME_ORIGIN)
    assert "Set-Cookie" not in asked.headers
    assert desk.get("/").status_code == 200


def test_a_copied_passkey_is_noticed_and_signs_in_no_more(
    app: Flask, key: Key, installation: Installation
) -> None:
    """Attack: a passkey copied out of its device, whose counter falls behind."""
    assert passkeys.sign_in(app, key).status_code == 204
    key.counter -= 1
    assert passkeys.sign_in(app, key).status_code == 401
    key.counter += 5
    assert passkeys.sign_in(app, key).status_code == 401
    assert "counter went back" in Desk(app, "chair").get("/me/sign-ins").text


def test_a_passkey_without_a_counter_signs_in_again_and_again(app: Flask) -> None:
    synced = Key(step=0)
    add(Desk(app, "chair"), synced)
    assert [passkeys.sign_in(app, synced).status_code for _ in range(3)] == [204] * 3


def refusals(app: Flask, key: Key) -> list[TestResponse]:
    """One of each way in which a passkey is refused at the door."""
    unknown, forged = Key(handle=b"h" * 32), Key(handle=key.handle, name=key.name)
    foreign = Key(handle=b"h" * 32, origin="https://evil.example")
    browser = Desk(app)
    passkeys.ask(browser)
    return [
        passkeys.sign_in(app, unknown),
        passkeys.sign_in(app, forged),
        passkeys.sign_in(app, foreign),
        *(passkeys.show(browser, text) for text in ("", "x", "{}", "[]", "x" * 20000)),
    ]


def test_every_refused_passkey_gets_the_same_bytes(
    app: Flask, key: Key, installation: Installation
) -> None:
    """Attack 9: asking which passkeys, names or accounts there are."""
    found = refusals(app, key)
    with writing(installation.book) as connection:
        connection.exec_driver_sql("UPDATE people SET active = false WHERE id = 'chair'")
    found.append(passkeys.sign_in(app, key))
    assert {(each.status_code, each.data) for each in found} == {(401, b'{"reason": "wrong"}')}
    assert {json.dumps(dict(each.headers)) for each in found} == {
        json.dumps(dict(found[0].headers))
    }


def test_an_unknown_passkey_takes_the_work_of_a_known_one(app: Flask, key: Key) -> None:
    """Attack 9: telling by the time which passkeys there are. It is the processor's own time."""
    wrong = {
        "unknown": Key(handle=key.handle),
        "forged": Key(handle=key.handle, name=key.name),
    }
    times: dict[str, list[float]] = {name: [] for name in wrong}
    for _ in range(15):
        for name, each in wrong.items():
            browser = Desk(app)
            said = each.show(passkeys.ask(browser))
            begun = time.thread_time()
            assert passkeys.show(browser, said).status_code == 401
            times[name].append(time.thread_time() - begun)
    unknown, forged = (statistics.median(times[name]) for name in wrong)
    assert 1 / 3 < unknown / forged < 3


def test_what_is_asked_of_a_passkey_says_nothing_of_who_there_is(app: Flask, key: Key) -> None:
    first, second = passkeys.ask(Desk(app)), passkeys.ask(Desk(app))
    assert first.pop("challenge") != second.pop("challenge")
    assert first == second
    assert first["allowCredentials"] == []


def test_a_second_passkey_is_asked_for_until_there_is_one(app: Flask, key: Key) -> None:
    desk = Desk(app, "chair")
    assert "Make a second" in desk.get("/me/sign-ins").text
    assert add(desk, Key(), "Telephone").status_code == 204
    page = desk.get("/me/sign-ins").text
    assert "Make a second" not in page
    assert {"Laptop", "Telephone"} <= set(re.findall(r"<strong>([^<]+)</strong>", page))


def test_every_change_of_ones_passkeys_ends_all_other_logins(app: Flask, key: Key) -> None:
    """Attack 25: a login that survives the change of what it was made with."""
    mine = Desk(app, "chair")
    stolen = Desk(app, "chair")
    assert add(mine, Key(), "Telephone").status_code == 204
    assert stolen.get("/").status_code == 303
    stolen = Desk(app, "chair")
    removal = re.findall(r"/me/passkeys/\w+/remove", mine.get("/me/sign-ins").text)
    assert mine.post(removal[0]).status_code == 303
    assert stolen.get("/").status_code == 303
    assert mine.get("/").status_code == 200
    assert Desk(app, "member-1").get("/").status_code == 200


def test_the_last_way_in_is_never_taken_away(
    app: Flask, key: Key, installation: Installation
) -> None:
    desk = Desk(app, "chair")
    with writing(installation.book) as connection:
        connection.exec_driver_sql("UPDATE people SET password_hash = NULL WHERE id = 'chair'")
    (removal,) = re.findall(r"/me/passkeys/\w+/remove", desk.get("/me/sign-ins").text)
    answer = desk.post(removal)
    assert answer.status_code == 409
    assert "last way in" in answer.text
    assert passkeys.sign_in(app, key).status_code == 204


def test_nobody_touches_the_passkeys_or_logins_of_somebody_else(
    app: Flask, key: Key, installation: Installation
) -> None:
    """Attacks 3 and 12: ids of others in one's own forms."""
    chair, member = Desk(app, "chair"), Desk(app, "member-1")
    page = chair.get("/me/sign-ins").text
    (removal,) = re.findall(r"/me/passkeys/\w+/remove", page)
    assert member.post(removal).status_code == 409
    assert member.post(removal.replace("remove", "name"), {"name": "mine"}).status_code == 409
    Desk(app, "chair")
    before = rows(installation.book)["logins"]
    for login in re.findall(r'name="login" value="(\w+)"', chair.get("/me/sign-ins").text):
        assert member.post("/me/logins/end", {"login": login}).status_code == 303
    assert rows(installation.book)["logins"] == before
    assert passkeys.sign_in(app, key).status_code == 204


@pytest.mark.parametrize("name", ["", " ", "x" * 65, "a\u202eb", "a\0b"])
def test_a_name_that_shows_as_something_else_is_refused(app: Flask, name: str) -> None:
    answer = add(Desk(app, "chair"), Key(), name)
    assert (answer.status_code, answer.json) == (409, {"reason": "means-name"})


def test_somebody_elses_device_is_not_kept_twice(app: Flask, key: Key) -> None:
    asked = json.loads(Desk(app, "chair").post("/me/passkeys/challenge").text)
    assert len(asked["excludeCredentials"]) == 1
    member = Desk(app, "member-1")
    assert add(member, key).json == {"reason": "means-known"}


def test_logins_are_listed_and_ended_one_by_one_or_all_others(app: Flask) -> None:
    mine, second, third = (Desk(app, "chair") for _ in range(3))
    listed = re.findall(r'name="login" value="(\w+)"', mine.get("/me/sign-ins").text)
    assert len(listed) == 3
    mine.post("/me/logins/end", {"login": listed[0]})
    assert sorted(each.get("/").status_code for each in (second, third)) == [200, 303]
    mine.post("/me/logins/end", {"login": "others"})
    assert {each.get("/").status_code for each in (second, third)} == {303}
    assert mine.get("/").status_code == 200
    assert logins.LONGEST_SECONDS == 8 * 3600


def test_confirming_wants_ones_own_passkey(app: Flask, key: Key, clock: Clock) -> None:
    chair, member, theirs = Desk(app, "chair"), Desk(app, "member-1"), Key()
    add(member, theirs)
    clock.forward(minutes=6)
    assert chair.get("/me/confirmed", Sec_Fetch_Mode="cors").status_code == 403
    assert confirm(chair, theirs).status_code == 403
    assert confirm(chair, key).status_code == 204
    assert chair.get("/me/confirmed", Sec_Fetch_Mode="cors").status_code == 204
