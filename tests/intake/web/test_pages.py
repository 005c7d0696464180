"""The pages: small, complete without scripts, and the same frame around each."""

import re
from html.parser import HTMLParser

import pytest

from crypto.errors import CryptoError
from intake.web.assets import STATIC
from tests import committee
from tests.intake.house import House

pytestmark = pytest.mark.stores

PAGES = (
    "/",
    "/before-you-start",
    "/form",
    "/follow-up",
    "/who-can-read-this",
    "/what-we-cannot-protect",
    "/your-rights",
    "/privacy",
    "/accessibility",
)
SEC = "go straight to the SEC at any time. You do not need our permission and need not tell us."


class Outline(HTMLParser):
    """The elements of a page, as far as the tests ask about them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def outline(house: House, path: str) -> Outline:
    answer = house.client.get(path)
    assert answer.status_code == 200
    return Outline(answer.text)


@pytest.mark.parametrize("path", PAGES)
def test_leaving_is_the_first_thing_one_can_do(house: House, path: str) -> None:
    focusable = [
        attributes
        for tag, attributes in outline(house, path).elements
        if tag in ("a", "button", "input", "textarea", "select")
    ]
    assert focusable[0] == {
        "class": "leave",
        "href": "https://weather.gov/",
        "rel": "noreferrer",
    }


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_a_language_one_heading_and_a_neutral_title(house: House, path: str) -> None:
    page = outline(house, path)
    assert page.all("html") == [{"lang": "en"}]
    text = house.client.get(path).text
    shown = re.sub(r"<template.*?</template>", "", text, flags=re.S)
    assert shown.count("<h1") == 1
    found = re.search(r"<title>(.*?)</title>", text)
    assert found is not None
    assert not re.search(r"whistle|fraud|complain|anonym|underrose", found[1], re.I)


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_loaded_from_elsewhere(house: House, path: str) -> None:
    for tag, attributes in outline(house, path).elements:
        source = attributes.get("src") or (attributes.get("href") if tag == "link" else None)
        assert source is None or source.startswith("/static/")
        assert attributes.get("style") is None
        assert not any(name.startswith("on") for name in attributes)


@pytest.mark.parametrize("path", PAGES)
def test_a_link_to_elsewhere_says_nothing_of_where_one_was(house: House, path: str) -> None:
    for attributes in outline(house, path).all("a"):
        href = attributes.get("href") or "#"
        if not href.startswith(("/", "#")):
            assert attributes.get("rel") == "noreferrer"


@pytest.mark.parametrize("path", PAGES)
def test_scripts_are_loaded_only_where_something_is_sealed(house: House, path: str) -> None:
    scripts = [each["src"] for each in outline(house, path).all("script")]
    early = "/static/early.js"
    expected = {
        "/form": [early, "/static/submit.js"],
        "/follow-up": [early, "/static/followup.js"],
    }
    assert scripts == expected.get(path, [])


@pytest.mark.parametrize("path", ["/form", "/follow-up"])
def test_what_holds_the_form_back_comes_before_the_form_and_is_not_deferred(
    house: House, path: str
) -> None:
    early, sealing = outline(house, path).all("script")
    assert not {"defer", "async"} & set(early)
    assert "defer" in sealing
    page = house.client.get(path).text
    assert page.index("/static/early.js") < page.index("</head>") < page.index("<form")


@pytest.mark.parametrize("path", ["/form", "/follow-up"])
def test_only_who_runs_no_scripts_is_told_so(house: House, path: str) -> None:
    page = house.client.get(path).text
    shown = page.partition("<noscript>")[2].partition("</noscript>")[0]
    assert "Your browser runs no scripts here." in shown
    assert page.count("no scripts here") == 1


@pytest.mark.parametrize("path", ["/form", "/follow-up"])
def test_no_help_with_writing_sends_what_is_typed_to_anybody(house: House, path: str) -> None:
    page = outline(house, path)
    typed = page.all("textarea") + [each for each in page.all("input") if each.get("id") == "code"]
    assert typed
    for each in typed:
        wanted = {"autocomplete": "off", "spellcheck": "false", "autocorrect": "off"}
        wanted |= {"writingsuggestions": "false", "translate": "no"}
        assert wanted.items() <= each.items()


@pytest.mark.parametrize("name", ["Audit Committee of Sample Systems, Inc.", "The Directors"])
def test_any_name_of_a_committee_fits_the_pages(
    tmp_path_factory: pytest.TempPathFactory, name: str
) -> None:
    house = House(tmp_path_factory.mktemp("named"), committee.roster(committee={"name": name}))
    for path in ("/", "/who-can-read-this"):
        assert f"Who gets it: {name}</p>" in house.client.get(path).text
        assert f"people of {name}" not in house.client.get(path).text
    house.engine.dispose()


@pytest.mark.parametrize("path", PAGES)
def test_every_field_has_a_label_and_every_description_exists(house: House, path: str) -> None:
    page = outline(house, path)
    ids = [attributes["id"] for _tag, attributes in page.elements if attributes.get("id")]
    assert len(ids) == len(set(ids))
    labelled = {attributes["for"] for attributes in page.all("label") if "for" in attributes}
    for tag, attributes in page.elements:
        for described in (attributes.get("aria-describedby") or "").split():
            assert described in ids
        if tag == "textarea" or (tag == "input" and attributes.get("type") in ("text", "file")):
            assert attributes.get("id") in labelled


@pytest.mark.parametrize("path", ["/", "/form", "/follow-up", "/your-rights"])
def test_the_way_to_the_sec_is_on_the_page(house: House, path: str) -> None:
    assert SEC in house.client.get(path).text


@pytest.mark.parametrize("path", PAGES)
def test_a_demonstration_says_so_on_every_page(house: House, path: str) -> None:
    assert "DEMO." in house.client.get(path).text


@pytest.mark.parametrize("path", PAGES)
def test_a_real_installation_does_not_say_demo(
    tmp_path_factory: pytest.TempPathFactory, path: str
) -> None:
    today = committee.roster(demo=False, expires_on="2099-12-31", issued_on="2020-01-01")
    real = House(tmp_path_factory.mktemp("real"), today, INTAKE_DEMO="0", INTAKE_TODAY="")
    assert "DEMO" not in real.client.get(path).text
    real.engine.dispose()


def test_the_first_page_is_at_most_14_kb_on_the_wire(house: House) -> None:
    size = 0
    for path in ("/", "/static/style.css", "/static/mark.svg"):
        answer = house.client.get(path)
        size += len(answer.data) + sum(len(k) + len(v) + 4 for k, v in answer.headers) + 100
    assert size <= 14 * 1024


def test_scripts_are_at_most_60_kb_compressed(house: House) -> None:
    for name in ("submit.js", "followup.js"):
        answer = house.client.get(f"/static/{name}", headers={"Accept-Encoding": "gzip"})
        assert answer.headers["Content-Encoding"] == "gzip"
        assert len(answer.data) <= 60 * 1024


def test_the_page_before_the_form_has_one_button(house: House) -> None:
    page = outline(house, "/before-you-start")
    assert [a["href"] for a in page.all("a") if a.get("class") == "button"] == ["/form"]
    assert page.all("button") == []


def test_the_form_asks_for_one_thing_only(house: House) -> None:
    page = outline(house, "/form")
    fields = page.all("textarea") + page.all("input")
    assert [each["name"] for each in fields if "required" in each] == ["what"]
    names = {each["name"] for each in fields if each.get("name")}
    assert names == {
        *(
            "token",
            "roster",
            "price",
            "what",
            "when",
            "where",
            "who",
            "how",
            "ongoing",
            "told",
            "hope",
        ),
        *("kind", "relation", "excluded", "reply_wanted", "files"),
    }


def test_hidden_fields_come_first_and_files_last(house: House) -> None:
    for path, first in (("/form", ["token", "roster"]), ("/follow-up", ["token"])):
        page = house.client.get(path).text
        form = page[page.index("<form") : page.index("</form>")]
        names = re.findall(r'name="([a-z_]+)"', form)
        assert names[: len(first)] == first
        after = names[names.index("files") + 1 :]
        assert after == (["act"] if path == "/follow-up" else [])


def test_the_form_says_before_sending_what_cannot_be_undone(house: House) -> None:
    page = house.client.get("/form").text
    form = page.index("<form")
    assert "cannot be shown to you again later" in page[:form]
    assert "up to 10 files, each up to 512 MB" in page


def test_everybody_on_the_roster_can_be_named(house: House) -> None:
    page = outline(house, "/form")
    boxes = [
        each["value"]
        for each in page.all("input")
        if each.get("type") == "checkbox" and "value" in each
    ]
    assert boxes == [person[0] for person in (*committee.READERS, *committee.LISTED)]


def test_who_can_read_this_names_the_readers_and_the_fingerprint(house: House) -> None:
    page = house.client.get("/who-can-read-this").text
    assert house.roster.fingerprint in page
    assert "December 31, 2027" in page
    for person in (*committee.READERS, *committee.LISTED):
        assert person[-1] in page


def test_the_roster_is_handed_out_as_it_was_signed(house: House) -> None:
    answer = house.client.get("/roster")
    assert answer.data == house.roster.document
    assert answer.content_type == "application/octet-stream"


def test_names_on_the_roster_are_text_and_never_markup(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    name = "<script>alert(1)</script>"
    try:
        roster = committee.roster(listed=[{"id": "x", "title": name, "name": name}])
    except CryptoError:
        return
    house = House(tmp_path_factory.mktemp("odd"), roster)
    for path in ("/form", "/who-can-read-this"):
        assert name not in house.client.get(path).text
    house.engine.dispose()


def test_every_form_has_a_token_of_its_own(house: House) -> None:
    assert len({house.token() for _ in range(20)}) == 20


def test_withdrawing_is_answered_in_plain_words(house: House) -> None:
    page = house.client.get("/follow-up").text
    assert "If you want to withdraw" in page
    assert "may have to go on looking into" in page


def test_the_code_is_hidden_when_a_page_is_printed() -> None:
    style = (STATIC / "style.css").read_text()
    assert re.search(r"@media print \{\s*\[data-receipt-code\] \{ visibility: hidden", style)


def test_an_answer_to_head_has_no_body_and_post_is_refused_where_nothing_is_sent(
    house: House,
) -> None:
    assert house.client.head("/").data == b""
    assert house.client.post("/").status_code == 405
