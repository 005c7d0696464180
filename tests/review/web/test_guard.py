"""Nobody sees anything that is not theirs: routes missing a check, and objects of other people."""

import itertools
import re

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from review.app import create_app
from review.roles import READERS as READERS_BY_ROSTER
from review.roles import TABLE, Act, Role
from review.settings import Settings
from review.store import schema
from review.web import guard
from review.web.guard import access_of
from tests.browser.installation import OTHERS, READERS, Installation
from tests.browser.submitter import Submitter
from tests.review.desk import Desk, sealed_form

pytestmark = pytest.mark.stores

PUBLIC = {
    ("GET", "/static/<name>"),
    *itertools.product(("GET", "POST"), ("/sign-in", "/join")),
    *(("POST", f"/sign-in/{way}") for way in ("challenge", "passkey")),
}
ROLES = {
    "chair": Role.CHAIR,
    "member-1": Role.MEMBER,
    "member-2": Role.MEMBER,
    "alternate": Role.ALTERNATE,
    "counsel": Role.COUNSEL,
    "secretary": Role.SECRETARY,
    "auditor": Role.RETENTION_AUDITOR,
}
UNKNOWN = "ab" * 32
# Parts that a case need not have, so that asking for one finds nothing.
PARTS = ("envelopes/", "slices/", "links/", "shared/", "offers/", "proposals/")


def routes(app: Flask) -> list[tuple[str, str, Act | str | None]]:
    """Every verb and address of the console, with what its view says of who may use it."""
    return [
        (method, rule.rule, access_of(app.view_functions[rule.endpoint]))
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD"})
    ]


def filled(rule: str, case_id: str) -> str:
    """The address of a rule for this case."""
    rule = rule.replace("<case_id>", case_id).replace("<name>", "style.css")
    rule = re.sub(r"<int[^>]*:generation>", "1", rule)
    rule = re.sub(r"<int[^>]*:(index|size)>", "0", rule)
    return re.sub(r"<\w+>", "cd" * 16, rule)


def send(desk: Desk, method: str, path: str) -> TestResponse:
    answer = desk.get(path) if method == "GET" else desk.post(path)
    # An answer may be a file, which is closed once it was read.
    answer.get_data()
    answer.close()
    return answer


def test_only_the_sign_in_and_its_files_are_public(app: Flask) -> None:
    open_to_all = {(method, rule) for method, rule, access in routes(app) if access == "public"}
    assert open_to_all == PUBLIC


def test_no_route_answers_a_stranger(app: Flask, submitter: Submitter) -> None:
    """Attack: a view whose author forgot the check."""
    stranger = Desk(app)
    for method, rule, access in routes(app):
        if access == "public":
            continue
        answer = send(stranger, method, filled(rule, submitter.case_id))
        assert answer.status_code == (303 if method == "GET" else 401), rule
        assert answer.headers.get("Location", "/sign-in") == "/sign-in"
        assert submitter.case_id not in answer.text


@pytest.mark.parametrize("path", ["/nothing", "/cases/x/y/z", "/static/../settings.py", "//x"])
def test_a_stranger_does_not_learn_which_addresses_exist(app: Flask, path: str) -> None:
    assert Desk(app).get(path).status_code in (303, 404)
    if not path.startswith("/static"):
        assert Desk(app).get(path).headers["Location"] == "/sign-in"


def test_what_a_script_of_a_stranger_fetches_is_refused_in_place(app: Flask) -> None:
    answer = Desk(app).get("/", Sec_Fetch_Mode="cors")
    assert answer.status_code == 401
    assert "Location" not in answer.headers


def test_each_wrong_role_gets_the_page_for_nothing_here(app: Flask, submitter: Submitter) -> None:
    """Attack: a route that asks who somebody is and not what they may do."""
    for person, role in ROLES.items():
        desk = Desk(app, person)
        nothing = desk.get("/nothing")
        assert nothing.status_code == 404
        for method, rule, access in routes(app):
            if access == "public" or access in TABLE[role]:
                continue
            answer = send(desk, method, filled(rule, submitter.case_id))
            assert (answer.status_code, answer.data) == (404, nothing.data), (person, rule)
            assert dict(answer.headers) == dict(nothing.headers)


@pytest.mark.parametrize("role", sorted(set(Role) - READERS_BY_ROSTER))
def test_each_route_by_each_role_without_a_key(
    app: Flask, submitter: Submitter, installation: Installation, role: Role
) -> None:
    """Attack: an administrator or an investigator who asks for every address of a case."""
    with installation.book.begin() as connection:
        people = schema.people
        connection.execute(
            people.update().where(people.c.id == "secretary").values(role=role.value)
        )
    desk = Desk(app, "secretary")
    nothing = desk.get("/nothing")
    for method, rule, access in routes(app):
        if access == "public" or access in TABLE[role]:
            continue
        answer = send(desk, method, filled(rule, submitter.case_id))
        assert (answer.status_code, answer.data) == (404, nothing.data), rule
    assert submitter.case_id not in desk.get("/cases").text


@pytest.mark.parametrize("role", sorted(READERS_BY_ROSTER))
def test_an_account_makes_no_reader(
    app: Flask, submitter: Submitter, installation: Installation, role: Role
) -> None:
    """Attack: somebody who can write the book makes the secretary a member."""
    desk = Desk(app, "secretary")
    with installation.book.begin() as connection:
        people = schema.people
        connection.execute(
            people.update().where(people.c.id == "secretary").values(role=role.value)
        )
    for method, rule, access in routes(app):
        if access == "public":
            continue
        answer = send(desk, method, filled(rule, submitter.case_id))
        assert answer.status_code == (303 if method == "GET" else 401), rule


def test_a_view_that_does_not_say_who_may_use_it_stops_the_start(app: Flask) -> None:
    bare = Flask("bare", static_folder=None)
    bare.add_url_rule("/x", "x", lambda: "")
    with pytest.raises(RuntimeError, match="does not say who may use it"):
        guard.init_app(bare)


def verbs(app: Flask) -> list[tuple[str, str]]:
    """Every verb and rule that is about a case."""
    return [(method, rule) for method, rule, _ in routes(app) if rule.startswith("/cases/<")]


def test_role_by_object_by_verb(
    app: Flask, submitter: Submitter, hidden: Submitter, installation: Installation
) -> None:
    """Attack: an id of somebody else's case. Seeing is decided by the case's readers alone."""
    assert len(verbs(app)) >= 19
    seen = {submitter.case_id: {"chair", "member-1", "member-2", "alternate"}}
    seen[hidden.case_id] = {"chair", "member-1", "alternate"}
    for person, case_id in itertools.product(READERS + OTHERS, [*seen, UNKNOWN]):
        desk = Desk(app, person)
        for method, rule in verbs(app):
            # What a case need not have is not there for its readers either.
            if any(part in rule for part in PARTS):
                continue
            status = send(desk, method, filled(rule, case_id)).status_code
            shown = person in seen.get(case_id, set())
            assert (status != 404) is shown, (person, rule, status)


def test_the_excluded_get_byte_for_byte_what_an_unknown_case_gives(
    app: Flask, hidden: Submitter
) -> None:
    """Attack: somebody named in a submission who tries the ids of cases."""
    excluded = Desk(app, "member-2")
    form = sealed_form(app, hidden, "reply")
    for method, rule in verbs(app):
        answers = [
            send(excluded, method, filled(rule, case_id)) for case_id in (hidden.case_id, UNKNOWN)
        ]
        assert {each.status_code for each in answers} == {404}
        assert answers[0].data == answers[1].data
        assert dict(answers[0].headers) == dict(answers[1].headers)
    assert excluded.post(f"/cases/{hidden.case_id}/replies", form).status_code == 404


def test_the_pages_of_an_excluded_person_are_the_same_with_and_without_the_case(
    app: Flask, installation: Installation, submitter: Submitter
) -> None:
    """Attack: inferring a case from counts, days or ids. Two worlds must not differ."""
    pages = ("/", f"/cases/{submitter.case_id}", f"/cases/{submitter.case_id}/manifest", "/roster")
    desk = Desk(app, "member-2")
    before = [desk.get(page).data for page in pages]
    other = installation.submitter("another")
    other.submit(excluded=["member-2"])
    other.follow_up("more")
    installation.collect()
    chair = Desk(app, "chair")
    assert other.case_id in chair.get("/cases").text
    form = sealed_form(app, other, "reply")
    assert chair.post(f"/cases/{other.case_id}/replies", form).status_code == 204
    assert [desk.get(page).data for page in pages] == before


def test_parts_of_one_case_are_not_fetched_through_another(
    app: Flask, submitter: Submitter, hidden: Submitter
) -> None:
    chair = Desk(app, "chair")
    manifest = chair.get(f"/cases/{submitter.case_id}/manifest").json
    assert manifest is not None
    for line in manifest["envelopes"]:
        assert chair.get(line["url"]).status_code == 200
        moved = line["url"].replace(submitter.case_id, hidden.case_id)
        assert chair.get(moved).status_code == 404
    upload = next(line["upload"] for line in manifest["envelopes"] if line["upload"])
    assert chair.get(f"/cases/{submitter.case_id}/slices/{upload}/0").status_code == 200
    assert chair.get(f"/cases/{hidden.case_id}/slices/{upload}/0").status_code == 404


def test_a_number_larger_than_any_is_a_page_that_is_not_there(
    app: Flask, submitter: Submitter
) -> None:
    """Attack: a number that the database cannot take, for an error of ours."""
    chair = Desk(app, "chair")
    for case_id in (submitter.case_id, UNKNOWN):
        for part in ("grants", f"slices/{'0' * 64}"):
            for number in (10**5, 10**25, 10**1000):
                assert chair.get(f"/cases/{case_id}/{part}/{number}").status_code == 404


def test_a_case_whose_shred_key_is_gone_looks_like_no_case(
    app: Flask, submitter: Submitter, hidden: Submitter, installation: Installation
) -> None:
    chair = Desk(app, "chair")
    form = sealed_form(app, submitter, "note")
    with installation.shred.begin() as connection:
        keys = schema.shred_keys
        connection.execute(keys.delete().where(keys.c.case_id == submitter.case_id))
    page = chair.get("/cases").text
    assert submitter.case_id not in page
    assert hidden.case_id in page
    for method, rule in verbs(app):
        answers = [
            send(chair, method, filled(rule, case_id)) for case_id in (submitter.case_id, UNKNOWN)
        ]
        assert {each.status_code for each in answers} == {404}, rule
        assert answers[0].data == answers[1].data
    assert chair.post(f"/cases/{submitter.case_id}/notes", form).status_code == 404


def test_counsel_sees_only_the_cases_that_were_granted_to_them(
    app: Flask, installation: Installation, submitter: Submitter
) -> None:
    needed = installation.submitter("without the committee")
    needed.submit(excluded=["chair", "member-1", "member-2"])
    installation.collect()
    counsel = Desk(app, "counsel")
    page = counsel.get("/cases").text
    assert needed.case_id in page
    assert submitter.case_id not in page
    assert counsel.get(f"/cases/{needed.case_id}").status_code == 200
    page = counsel.get(f"/cases/{needed.case_id}").text
    assert 'data-step="assign"' not in page


def test_options_and_other_verbs_tell_nothing(app: Flask, submitter: Submitter) -> None:
    chair = Desk(app, "chair")
    for verb in ("OPTIONS", "PUT", "DELETE", "PATCH", "TRACE"):
        headers = {"Sec-Fetch-Site": "same-origin"}
        known = chair.client.open(f"/cases/{submitter.case_id}", method=verb, headers=headers)
        unknown = chair.client.open(f"/cases/{UNKNOWN}", method=verb, headers=headers)
        assert known.status_code == 405
        assert known.data == unknown.data


def test_a_console_of_another_environment_starts_with_the_same_rules(
    installation: Installation,
) -> None:
    environ = {**installation.environment(), "REVIEW_ALLOW_PASSWORD": "0"}
    app = create_app(Settings.from_environ(environ), "interactive")
    assert Desk(app).post("/sign-in", {"username": "chair"}).status_code == 404
    assert 'name="password"' not in Desk(app).get("/sign-in").text
    del environ["REVIEW_ORIGIN"]
    app = create_app(Settings.from_environ(environ), "interactive")
    assert Desk(app).post("/sign-in/challenge").status_code == 404
    assert "No way to sign in" in Desk(app).get("/sign-in").text
