"""A case's page and its parts: what a browser needs to open it, and nothing that opens it."""

import datetime
import hashlib
import json
import re

import pytest
from flask import Flask
from sqlalchemy import select

from crypto.case import open_grant
from crypto.identity import Identity
from crypto.message import open_envelope
from crypto.strict import b64
from review.app import create_app
from review.settings import Settings
from review.store.database import reading
from review.store.inbox_schema import inbox
from review.web.assets import STATIC
from tests import committee
from tests.browser.installation import Installation
from tests.browser.submitter import Submitter
from tests.review.desk import Desk, attribute, sealed_form

pytestmark = pytest.mark.stores

WORDS = ("Revenue of the fourth quarter", "It happened again", "page.txt")


def test_the_manifest_leads_to_everything_and_says_nothing_of_it(
    app: Flask, submitter: Submitter, installation: Installation
) -> None:
    desk = Desk(app, "member-1")
    manifest = desk.get(f"/cases/{submitter.case_id}/manifest").json
    assert manifest is not None
    assert {key: manifest[key] for key in ("case", "generation", "state", "excluded")} == {
        "case": submitter.case_id,
        "generation": 1,
        "state": "RECEIVED",
        "excluded": [],
    }
    assert manifest["recipient"] == submitter.case.text
    roster = b64(manifest["rosters"][manifest["roster"]])
    assert hashlib.sha256(roster).hexdigest() == manifest["roster"] == installation.roster.hash
    lines = [(line["thread"], line["kind"], line["n"]) for line in manifest["envelopes"]]
    assert lines == [("submitter", "submission", 1), ("submitter", "follow-up", 2)]
    for line in manifest["envelopes"]:
        assert (line["on"], line["by"]) == ("2026-11-21", None)
        assert line["url"].startswith(f"/cases/{submitter.case_id}/envelopes/")


def test_what_the_manifest_names_opens_with_a_reader_s_identity(
    app: Flask, submitter: Submitter
) -> None:
    desk = Desk(app, "member-1")
    manifest = desk.get(f"/cases/{submitter.case_id}/manifest").json
    assert manifest is not None
    seed = open_grant(desk.get(manifest["grant"]).data, committee.identity("member-1"))
    assert seed == submitter.case_seed
    key = Identity.from_seed(seed)
    opened = [open_envelope(desk.get(line["url"]).data, key) for line in manifest["envelopes"]]
    assert [message.kind for message in opened] == ["submission", "follow-up"]
    assert [line["digest"] for line in manifest["envelopes"]] == [each.digest for each in opened]
    assert manifest["envelopes"][0]["slices"] == opened[0].attachments[0].count


def test_no_page_of_a_case_holds_a_word_of_it(app: Flask, submitter: Submitter) -> None:
    desk = Desk(app, "chair")
    for path in ("/", f"/cases/{submitter.case_id}", f"/cases/{submitter.case_id}/manifest"):
        text = desk.get(path).text
        assert all(word not in text for word in WORDS)


def test_who_was_excluded_is_shown_to_the_readers(app: Flask, hidden: Submitter) -> None:
    page = Desk(app, "chair").get(f"/cases/{hidden.case_id}").text
    assert "<li>Carla Reyes</li><li>Frank Moss</li>" in page
    assert Desk(app, "chair").get(f"/cases/{hidden.case_id}/manifest").json == {
        **(Desk(app, "member-1").get(f"/cases/{hidden.case_id}/manifest").json or {}),
        "excluded": ["member-2", "secretary"],
    }


def test_the_page_carries_what_the_script_works_with(app: Flask, submitter: Submitter) -> None:
    desk = Desk(app, "chair")
    page = desk.get(f"/cases/{submitter.case_id}")
    assert attribute(page, "data-person") == "chair"
    assert attribute(page, "data-role") == "chair"
    assert attribute(page, "data-page") == "case"
    assert attribute(page, "data-csrf") == desk.csrf
    assert attribute(page, "data-today") == "2026-11-21"
    assert attribute(page, "data-installation") == committee.INSTALLATION
    assert b64(attribute(page, "data-root-key")) == committee.ROOT_KEY
    assert attribute(page, "data-idle-minutes") == "15"
    assert attribute(page, "data-manifest") == f"/cases/{submitter.case_id}/manifest"
    ids = re.findall(r' id="([\w-]+)"', page.text)
    assert len(ids) == len(set(ids))
    wanted = "main keyring unlock passphrase lock thread search print acts reply note steps"
    assert set(wanted.split()) <= set(ids)
    assert len(re.findall(r"<h1[ >]", page.text)) == 1


def test_only_steps_that_can_be_taken_are_offered_and_of_the_others_it_says_why(
    app: Flask, submitter: Submitter
) -> None:
    desk = Desk(app, "chair")

    def offered() -> set[str]:
        page = desk.get(f"/cases/{submitter.case_id}").text
        return set(re.findall(r'<form id="step-([a-z-]+)"', page))

    assert offered() == set()
    page = desk.get(f"/cases/{submitter.case_id}").text
    assert "There is no step for you in this case now." in page
    assert "You cannot triage a case that is received; it has to be acknowledged or" in page
    form = sealed_form(app, submitter, "reply")
    assert desk.post(f"/cases/{submitter.case_id}/replies", form).status_code == 204
    assert offered() >= {"triage", "give-feedback", "assign", "plan", "link", "escalate"}
    assert not offered() & {"close", "determine", "refer", "reopen"}


def test_no_form_of_the_case_is_sent_by_the_browser_itself(
    app: Flask, submitter: Submitter
) -> None:
    """Attack: words or a passphrase leaving in clear because a script did not run."""
    page = Desk(app, "chair").get(f"/cases/{submitter.case_id}").text
    forms = re.findall(r"<form([^>]*)>(.*?)</form>", page, re.S)
    assert len(forms) >= 6
    sent = {head: inside for head, inside in forms if 'method="dialog"' not in head}
    assert len(sent) == 2
    for inside in sent.values():
        # Signing out and taking the case away: a button, and nothing that anybody typed.
        assert re.findall(r"<(?:input|textarea|select)[^>]*", inside) == [
            f'<input type="hidden" name="csrf" value="{csrf}"'
            for csrf in re.findall(r'name="csrf" value="([^"]+)"', inside)
        ]


def test_no_browser_offers_to_keep_the_passphrase(app: Flask) -> None:
    """Attack: a passphrase in the browser's store of passwords, beside the sign-in's."""
    page = Desk(app, "chair").get("/cases").text
    found = re.search(r'<input id="passphrase"[^>]*>', page)
    assert found is not None
    assert 'type="text"' in found[0]
    assert 'autocomplete="off"' in found[0]
    assert 'type="password"' not in page
    hidden = re.search(r"#passphrase \{(.*?)\}", (STATIC / "style.css").read_text(), re.S)
    assert hidden is not None
    assert "-webkit-text-security: disc" in hidden[1]


def test_a_page_without_scripts_says_how_else_a_case_opens(
    app: Flask, submitter: Submitter
) -> None:
    page = Desk(app, "chair").get(f"/cases/{submitter.case_id}").text
    said = re.search(r"<noscript>(.*?)</noscript>", page, re.S)
    assert said is not None
    assert "Opening a case needs scripts" in said[1]
    assert "python -m crypto open" in said[1]


def test_the_page_says_what_to_do_by_when_and_why(app: Flask, submitter: Submitter) -> None:
    page = Desk(app, "chair").get(f"/cases/{submitter.case_id}").text
    shown = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert "Tell the submitter that it arrived. By November 28, 2026 ." in shown
    assert "Who can: one of you." in shown
    assert "Feedback by February 28, 2027" in shown


def test_the_clocks_of_the_installation_count_on_the_page_and_in_the_list(
    installation: Installation, submitter: Submitter
) -> None:
    environ = {**installation.environment(), "REVIEW_CLOCKS": "acknowledge=2 feedback_months=1"}
    chair = Desk(create_app(Settings.from_environ(environ), "interactive"), "chair")
    path = f"/cases/{submitter.case_id}"
    assert chair.post(f"{path}/opened").status_code == 204
    due = committee.TODAY + datetime.timedelta(days=2)
    with reading(installation.book) as connection:
        found = select(inbox.c.next_due).where(inbox.c.person_id == "chair")
        assert connection.execute(found).scalars().all() == [due]
    page = chair.get(path).text
    assert f'datetime="{due}"' in page
    assert f'datetime="{committee.TODAY + datetime.timedelta(days=7)}"' not in page
    # What a letter says of the next news is the same day.
    assert json.loads(chair.get(f"{path}/manifest").text)["next_on"] == due.isoformat()
