"""Attack A5: somebody who is named looks for a sign that there is a case about them.

Two installations live through the same days by the same clock. In one of them somebody has named
the member; everything that the member and the secretary can reach is compared: pages, their sizes,
headers and statuses. It may differ in the value of a hash or of what was drawn and in nothing more.
"""

import itertools
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from review.app import create_app
from review.settings import Settings
from review.store import logins
from review.store.database import writing
from review.web.guard import access_of
from tests.browser.installation import Installation
from tests.review.changing import Table
from tests.review.desk import Desk, parts_of, wind

pytestmark = pytest.mark.stores
# Whoever is named, whoever left, and somebody who never reads cases. The retention auditor is not
# among them: an auditor who is named sees a record among the others (docs/threats.md).
LOOKING = ("member-2", "secretary")
LEFT = ("alternate", "chair", "member-1")
_VALUES = re.compile(rb"[0-9a-f]{32,64}|[A-Za-z0-9+/_-]{40,}={0,2}")


@pytest.fixture
def worlds(tmp_path: Path) -> Iterator[list[Installation]]:
    """One world without the case, and one with it."""
    made = []
    for name in ("without", "with"):
        folder = tmp_path / name
        folder.mkdir()
        made.append(Installation(folder))
    yield made
    for each in made:
        each.close()


def app_of(world: Installation) -> Flask:
    app = create_app(Settings.from_environ(world.environment()), "interactive")
    wind(app)
    return app


def addresses(app: Flask, person: str) -> list[str]:
    """Every page of the console that takes nothing, and some that name what is not there."""
    found = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if not rule.arguments
        and "GET" in (rule.methods or ())
        and access_of(app.view_functions[rule.endpoint]) is not None
    ]
    none = [f"/cases/{'0' * 64}{page}" for page in ("", "/manifest", "/entries", "/grants/1")]
    queries = [f"/cases?{query}" for query in ("due=late", "stage=RECEIVED", "order=newest")]
    return [*sorted(found), *none, *queries]


def seen(app: Flask, person: str) -> dict[str, tuple[int, int, list[str], bytes]]:
    """Status, size, headers and text of everything that a person can fetch."""
    with writing(parts_of(app).book) as connection:
        # Their own page lists their own logins, and the act of leaving took one.
        logins.end_all(connection, person)
    desk = Desk(app, person)
    return {path: _told(desk.get(path)) for path in addresses(app, person)}


def _told(answer: TestResponse) -> tuple[int, int, list[str], bytes]:
    headers = sorted(f"{name}: {value}" for name, value in answer.headers if name != "Set-Cookie")
    blind = [_VALUES.sub(b"#", header.encode()).decode() for header in headers]
    # What is sealed is drawn anew each time, and only its size could tell anything.
    sealed = answer.mimetype == "application/octet-stream"
    text = b"" if sealed else _VALUES.sub(b"#", answer.data)
    return answer.status_code, len(answer.data), blind, text


def both_say_the_same(worlds: list[Installation]) -> None:
    apps = [app_of(world) for world in worlds]
    for person in LOOKING:
        without, with_it = (seen(app, person) for app in apps)
        assert without.keys() == with_it.keys()
        for path in without:
            assert without[path] == with_it[path], (person, path)


def test_the_excluded_world_is_the_one_without_the_case(worlds: list[Installation]) -> None:
    for world in worlds:
        everyday = world.submitter("everybody reads this")
        everyday.submit()
    worlds[1].submitter("names somebody").submit(excluded=LOOKING)
    for world in worlds:
        world.collect()
    both_say_the_same(worlds)


def test_after_a_recusal_the_world_is_the_one_without_the_case(worlds: list[Installation]) -> None:
    for world in worlds:
        world.submitter("everybody reads this").submit()
        world.collect()
    about = worlds[1].submitter("is about somebody")
    about.submit(excluded=("secretary",))
    worlds[1].collect()
    table = Table(app_of(worlds[1]), about)
    assert table.sees("member-2")
    table.recuse("member-2")
    table.rekey(LEFT, ("chair", "member-1"))
    worlds[1].collect()
    both_say_the_same(worlds)


def test_the_address_of_the_case_is_that_of_no_case(worlds: list[Installation]) -> None:
    about = worlds[1].submitter("names somebody")
    about.submit(excluded=LOOKING)
    for world in worlds:
        world.collect()
    for person, page in itertools.product(LOOKING, ("", "/manifest", "/entries", "/links/2")):
        answers = [
            Desk(app_of(world), person).get(f"/cases/{about.case_id}{page}") for world in worlds
        ]
        assert _told(answers[0]) == _told(answers[1])
