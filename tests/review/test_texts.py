"""A change of the committee's own texts: proposed by one, in force by two, on the record."""

import json
from collections.abc import Mapping

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from crypto import strict, texts
from crypto.act import Act
from crypto.texts import Texts
from intake import drop as door
from review.store import acts
from review.store.database import reading
from tests import acts as signing
from tests import committee
from tests.browser.installation import Installation
from tests.review.desk import Desk
from tests.review.tables import entries, rows
from tests.texts import act_for, made

pytestmark = pytest.mark.stores


def send(desk: Desk, path: str, fields: Mapping[str, str]) -> TestResponse:
    return desk.post(f"/texts/{path}", fields)


def signature(act: Act, by: str) -> str:
    return strict.to_b64(signing.sent(act, by).signature)


def propose(desk: Desk, about: Texts, act: Act, by: str | None = None) -> TestResponse:
    fields = {
        "document": about.document.decode(),
        "act": act.document.decode(),
        "signature": signature(act, by or desk.person or ""),
    }
    return send(desk, "proposals", fields)


def sign(desk: Desk, act: Act, by: str | None = None) -> TestResponse:
    return send(
        desk, f"proposals/{act.hash}", {"signature": signature(act, by or desk.person or "")}
    )


def in_drop(installation: Installation) -> door.Published | None:
    with door.reading(installation.drop) as connection:
        return door.newest_texts(connection, "en")


def test_two_members_sign_a_change_and_the_collection_brings_it_to_the_submitters_pages(
    app: Flask, installation: Installation
) -> None:
    act = act_for(made())
    assert propose(Desk(app, "chair"), made(), act).status_code == 202
    assert "Proposed by Ada Winter" in Desk(app, "member-1").get("/texts").text
    assert entries(installation.book, "text.changed") == []
    installation.collect()
    assert in_drop(installation) is None
    assert sign(Desk(app, "member-1"), act).status_code == 204
    page = Desk(app, "secretary").get("/texts").text
    assert made().hash in page
    assert "Signed by</dt><dd>Ada Winter and Ben Okafor" in page
    installation.collect()
    found = in_drop(installation)
    assert found is not None
    assert (found.n, found.document, found.act) == (1, made().document, act.document)
    (entry,) = entries(installation.book, "text.changed")
    assert json.loads(entry.data) == {"act": act.hash, "lang": "en", "text": made().hash}
    installation.collect()
    assert len(rows(installation.book)["own_texts"]) == 1


def test_home_says_who_has_texts_to_sign(app: Flask) -> None:
    act = act_for(made())
    propose(Desk(app, "chair"), made(), act)
    asks = {
        person: 'href="/texts">Texts on the' in Desk(app, person).get("/").text
        for person in ("chair", "member-1", "counsel", "secretary")
    }
    assert asks == {"chair": False, "member-1": True, "counsel": False, "secretary": False}
    sign(Desk(app, "member-1"), act)
    assert "Waiting for your signature" not in Desk(app, "member-2").get("/").text


def test_the_next_change_names_the_one_before(app: Flask, installation: Installation) -> None:
    first = act_for(made())
    propose(Desk(app, "chair"), made(), first)
    sign(Desk(app, "member-1"), first)
    other = made(about="Newer words.")
    assert propose(Desk(app, "chair"), other, act_for(other)).status_code == 409
    second = act_for(other, previous=first.hash)
    assert propose(Desk(app, "member-2"), other, second).status_code == 202
    assert sign(Desk(app, "alternate"), second).status_code == 204
    installation.collect()
    found = in_drop(installation)
    assert found is not None
    assert found.n == 2


def test_one_person_s_signature_counts_once(app: Flask, installation: Installation) -> None:
    """Attack 4: two signatures by one hand."""
    act = act_for(made())
    chair = Desk(app, "chair")
    propose(chair, made(), act)
    assert sign(chair, act).status_code == 409
    assert sign(chair, act, by="member-1").status_code == 409
    assert propose(chair, made(), act).status_code == 409
    assert sign(Desk(app, "member-2"), act, by="chair").status_code == 400
    assert entries(installation.book, "text.changed") == []


@pytest.mark.parametrize("person", ["counsel", "secretary", "auditor"])
def test_nobody_else_changes_a_text(app: Flask, installation: Installation, person: str) -> None:
    act = act_for(made())
    desk = Desk(app, person)
    before = rows(installation.book)
    assert propose(desk, made(), act, by="chair").status_code == 404
    assert send(desk, "check", {"document": made().document.decode()}).status_code == 404
    assert rows(installation.book) == before
    propose(Desk(app, "chair"), made(), act)
    assert sign(desk, act, by="member-1").status_code == 404
    assert send(desk, f"proposals/{act.hash}/decline", {}).status_code == 404


def test_words_that_keep_somebody_from_the_sec_are_refused_whoever_signs(
    app: Flask, installation: Installation
) -> None:
    about = made(about="Please keep this confidential and report internally first.")
    desk = Desk(app, "chair")
    answer = send(desk, "check", {"document": about.document.decode()})
    problems = answer.get_json()["problems"]
    assert any("keep this confidential" in each for each in problems)
    assert propose(desk, about, act_for(about)).status_code == 422
    assert rows(installation.book)["own_texts"] == []
    assert send(desk, "check", {"document": made().document.decode()}).get_json() == {
        "problems": []
    }


def test_what_is_signed_must_be_what_is_sent(app: Flask, installation: Installation) -> None:
    desk = Desk(app, "chair")
    other = made(about="Other words.")
    assert propose(desk, other, act_for(made())).status_code == 400
    assert propose(desk, made(), act_for(made()), by="member-1").status_code == 400
    for broken in ("", "{}", "[]", made().document.decode() + " "):
        fields = {"document": broken, "act": act_for(made()).document.decode(), "signature": ""}
        assert send(desk, "proposals", fields).status_code == 400
    assert rows(installation.book)["acts"] == []
    assert rows(installation.book)["own_texts"] == []


def test_a_proposal_can_be_declined_and_is_over_then(
    app: Flask, installation: Installation
) -> None:
    act = act_for(made())
    propose(Desk(app, "chair"), made(), act)
    desk = Desk(app, "member-1")
    waiting = f'data-hash="{act.hash}"'
    assert waiting in desk.get("/texts").text
    assert send(desk, f"proposals/{act.hash}/decline", {}).status_code == 204
    assert waiting not in desk.get("/texts").text
    assert sign(desk, act).status_code == 404
    with reading(installation.book) as connection:
        assert acts.proposals(connection) == []
    assert sign(desk, act_for(made(about="x"))).status_code == 404


def test_a_title_is_of_somebody_on_the_roster(app: Flask) -> None:
    about = texts.build(committee.INSTALLATION, "en", {"stranger": "Somebody"})
    document = {"document": about.document.decode()}
    assert send(Desk(app, "chair"), "check", document).status_code == 400
