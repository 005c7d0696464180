"""The committee's own texts on the submitters' pages: agreed by two, or not there."""

from pathlib import Path

import pytest

from intake import drop
from intake.web.wording import LEAVE
from tests import committee
from tests.intake.house import House
from tests.texts import made, published

pytestmark = pytest.mark.stores
PAGES = ("/", "/before-you-start", "/form", "/follow-up", "/who-can-read-this", "/privacy")


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def publish(house: House, each: drop.Published) -> None:
    with drop.writing(house.engine) as connection:
        drop.publish_texts(connection, each, committee.TODAY)


def pages(house: House) -> dict[str, str]:
    """What the pages say."""
    return {path: house.client.get(path).text for path in PAGES}


def shows_own(house: House) -> bool:
    """Whether the pages have anything in the committee's own words."""
    text = "".join(pages(house).values())
    usual = (f'href="{LEAVE}"', "Audit committee</a>", "call 911", "Chief Financial Officer")
    has_all = [each in text for each in usual]
    assert len(set(has_all)) == 1, has_all
    assert ('data-own="about"' in text) is not has_all[0]
    return not has_all[0]


def test_what_two_have_agreed_to_stands_on_the_pages_escaped(house: House) -> None:
    publish(house, published(made(), "chair", "member-1"))
    found = pages(house)
    for path in PAGES:
        assert '<a class="leave" href="https://news.example/today"' in found[path], path
        assert "The directors who do not run it</a>" in found[path], path
        assert "<b>" not in found[path]
    assert "None of us works for the company &lt;b&gt;or&lt;/b&gt; its auditor." in found["/"]
    assert "In danger? Call 112." in found["/before-you-start"]
    assert "call 911" not in found["/before-you-start"]
    for path in ("/form", "/who-can-read-this"):
        assert "Head of money" in found[path]
        assert "Chief Financial Officer" not in found[path]
    assert "https://news.example/today" in house.client.get("/nothing-here").text


def test_without_any_the_program_s_own_words_stand(house: House) -> None:
    assert not shows_own(house)


@pytest.mark.parametrize("people", [("chair",), ("chair", "counsel")])
def test_what_one_alone_has_signed_is_not_shown(house: House, people: tuple[str, ...]) -> None:
    publish(house, published(made(), *people))
    assert not shows_own(house)


def test_a_server_that_swaps_the_text_shows_the_program_s_own(house: House) -> None:
    """Attack: other words, an address or titles put into the drop under true signatures."""
    true = published(made(), "chair", "member-1")
    for n, other in enumerate((made(about="x"), made(leave=None), made(name="Management")), 1):
        swapped = drop.Published("en", n, other.document, true.act, true.signatures)
        publish(house, swapped)
        assert not shows_own(house)
    for n, broken in enumerate((b"", b"{}", b"\xff", true.document[:-1]), 10):
        publish(house, drop.Published("en", n, broken, true.act, true.signatures))
        assert not shows_own(house)
        publish(house, drop.Published("en", n + 20, true.document, broken, true.signatures))
        assert not shows_own(house)
        publish(house, drop.Published("en", n + 40, true.document, true.act, broken))
        assert not shows_own(house)


def test_when_those_who_signed_have_left_the_program_s_own_words_come_back(house: House) -> None:
    publish(house, published(made(), "chair", "member-1"))
    assert shows_own(house)
    readers = committee.roster_fields()["readers"]
    assert isinstance(readers, list)
    left = [each for each in readers if each["id"] != "member-1"]
    house.publish(committee.next_roster(house.roster, readers=left))
    assert not shows_own(house)


def test_the_newest_is_shown_and_the_same_again_changes_nothing(house: House) -> None:
    publish(house, published(made(), "chair", "member-1"))
    publish(house, published(made(about="Newer words."), "chair", "member-2", n=2))
    publish(house, published(made(), "chair", "member-1"))
    assert "Newer words." in pages(house)["/"]


def test_without_a_roster_pages_come_with_the_program_s_own_words(house: House) -> None:
    publish(house, published(made(), "chair", "member-1"))
    with drop.writing(house.engine) as connection:
        connection.exec_driver_sql("DELETE FROM rosters")
    answer = house.client.get("/privacy")
    assert answer.status_code == 200
    assert LEAVE in answer.text
