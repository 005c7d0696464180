"""Dispositions in the console: what each person finds, signs and is told, from due to gone."""

import re
from collections.abc import Mapping
from typing import Any

import pytest
from flask import Flask

from crypto import disposing as formats
from crypto import strict
from crypto.act import Act
from crypto.disposing import Manifest
from review.app import create_app
from review.casework.course import Stage
from review.settings import Settings
from review.store import dispositions
from review.store.acts import newest
from review.store.database import reading
from tests import acts
from tests.browser.installation import Installation
from tests.browser.submitter import Submitter
from tests.review import ending
from tests.review.desk import Desk, wind
from tests.review.ending import COOLED, retain
from tests.review.tables import entries

pytestmark = pytest.mark.stores
LABEL = "No concern or complaint"


def plain(page: str) -> str:
    """What a person reads of a page, in one line."""
    text = re.sub(r"<[^>]*>", " ", page.partition("<main")[2].partition("</main>")[0])
    return " ".join(text.replace("&#39;", "'").split())


def fields(act: Act, by: str) -> Mapping[str, Any]:
    signature = strict.to_b64(acts.sent(act, by).signature)
    return {"act": act.document.decode(), "signature": signature}


def propose(app: Flask, *case_ids: str, by: str = "chair") -> str:
    """Propose cases, and get the address that one is led to."""
    answer = Desk(app, by).post("/dispositions", {"case": list(case_ids)})
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def manifest_at(installation: Installation, where: str) -> Manifest:
    with reading(installation.book) as connection:
        found = dispositions.find(connection, where.rpartition("/")[2])
    assert found is not None
    return found


def approve(app: Flask, manifest: Manifest, by: str) -> int:
    sent = fields(ending.act_for(manifest), by)
    return Desk(app, by).post(f"/dispositions/{manifest.id}/approvals", sent).status_code


def reject(app: Flask, installation: Installation, manifest: Manifest, by: str, **more: Any) -> int:
    subject = formats.subject(manifest.id)
    with reading(installation.book) as connection:
        previous = newest(connection, subject)
    data: Any = {"manifest": manifest.hash, "reason": "NEEDED", **more}
    act = acts.make(formats.REJECT, subject=subject, previous=previous, **data)
    where = f"/dispositions/{manifest.id}/rejection"
    return Desk(app, by).post(where, fields(act, by)).status_code


def read(app: Flask, where: str, person: str) -> str:
    return plain(Desk(app, person).get(where).text)


def lists_of(app: Flask, person: str) -> set[str]:
    """The lists that somebody finds."""
    page = Desk(app, person).get("/dispositions").text
    return set(re.findall(r'href="/dispositions/([0-9a-f]{32})"', page))


@pytest.fixture
def proposed(app: Flask, installation: Installation, submitter: Submitter) -> Manifest:
    """A list of one case that the chair has proposed."""
    retain(installation, submitter.case_id)
    return manifest_at(installation, propose(app, submitter.case_id))


def test_the_page_says_what_is_due_and_since_when(
    app: Flask, installation: Installation, submitter: Submitter
) -> None:
    assert "No case of yours is due" in read(app, "/dispositions", "chair")
    retain(installation, submitter.case_id)
    page = read(app, "/dispositions", "member-1")
    assert f"RC-04 ({LABEL}), closed October 12, 2026 , due since November 11, 2026" in page
    assert "overdue" not in page.partition("Propose the chosen")[0]
    page = read(app, f"/cases/{submitter.case_id}", "chair")
    assert f"Kept as RC-04 ({LABEL}), version 0, since October 12, 2026" in page
    assert "Its time is over on November 11, 2026 : it is due to go" in page
    assert '<a href="/dispositions">Look at them' in Desk(app, "member-1").get("/").text


def test_what_is_due_for_more_than_thirty_days_is_overdue_on_page_and_home(
    app: Flask, installation: Installation, submitter: Submitter
) -> None:
    retain(installation, submitter.case_id, on=ending.CLOSED - 21 * ending.DAY)
    assert '<strong class="late">overdue' in Desk(app, "chair").get("/dispositions").text
    assert "1 closed case is due to go for good, 1 overdue" in read(app, "/", "chair")


def test_a_case_that_is_held_or_not_due_cannot_be_chosen_and_the_page_says_why(
    app: Flask, installation: Installation, submitter: Submitter, hidden: Submitter
) -> None:
    retain(installation, submitter.case_id)
    ending.hold(installation, submitter.case_id)
    retain(installation, hidden.case_id, "RC-01")
    page = read(app, "/dispositions", "chair")
    assert "A legal hold stands over these" in page
    assert "Where one was only found necessary, it first has to be placed" in page
    assert "its time was over on November 11, 2026" in page
    assert "1 case closed and kept until its day" in page
    assert "due on October 12, 2033" in page
    assert 'name="case"' not in Desk(app, "chair").get("/dispositions").text
    assert "time-over" not in Desk(app, "chair").get("/").text


@pytest.mark.parametrize(
    ("record_class", "said"), [(None, "A case is open"), ("RC-01", "A case is not due yet")]
)
def test_what_cannot_go_is_refused_with_its_reason(
    app: Flask, installation: Installation, submitter: Submitter, record_class: str | None,
    said: str,
) -> None:  # fmt: skip
    if record_class is not None:
        retain(installation, submitter.case_id, record_class)
    answer = Desk(app, "chair").post("/dispositions", {"case": submitter.case_id})
    assert answer.status_code == 422
    assert said in answer.text
    assert entries(installation.book, "disposition.proposed") == []


def test_to_propose_nothing_is_said_to_be_that(app: Flask, submitter: Submitter) -> None:
    answer = Desk(app, "chair").post("/dispositions")
    assert answer.status_code == 422
    assert "Choose at least one case" in answer.text


def test_a_case_that_somebody_may_not_know_of_does_not_exist_for_them(
    app: Flask, installation: Installation, submitter: Submitter, hidden: Submitter
) -> None:
    retain(installation, hidden.case_id)
    desk = Desk(app, "member-2")
    assert hidden.case_id not in desk.get("/dispositions").text
    unknown = desk.post("/dispositions", {"case": "ab" * 32})
    known = desk.post("/dispositions", {"case": hidden.case_id})
    assert known.status_code == unknown.status_code == 404
    assert known.data == unknown.data


def test_cases_with_different_readers_become_lists_of_their_own(
    app: Flask, installation: Installation, submitter: Submitter, hidden: Submitter
) -> None:
    """Attack: learning from the end of one's own case that another one was on its list."""
    for each in (submitter, hidden):
        retain(installation, each.case_id)
    assert propose(app, submitter.case_id, hidden.case_id) == "/dispositions"
    lists, seen = lists_of(app, "chair"), lists_of(app, "member-2")
    assert (len(lists), len(seen)) == (2, 1)
    (hidden_list,) = lists - seen
    desk = Desk(app, "member-2")
    unknown = desk.get(f"/dispositions/{'ab' * 16}")
    found = desk.get(f"/dispositions/{hidden_list}")
    assert found.status_code == unknown.status_code == 404
    assert found.data == unknown.data


def test_whoever_proposed_is_told_who_has_to_approve_and_cannot(
    app: Flask, proposed: Manifest
) -> None:
    where = f"/dispositions/{proposed.id}"
    page = read(app, where, "chair")
    assert "You proposed this, so you cannot approve it. Two others have to." in page
    assert "data-disposition-approve" not in Desk(app, "chair").get(where).text
    assert approve(app, proposed, "chair") == 422
    assert "A list of cases to be disposed of" not in read(app, "/", "chair")


def test_two_others_find_it_at_home_approve_it_and_it_goes_after_the_days_of_cooling(
    app: Flask, installation: Installation, submitter: Submitter, proposed: Manifest
) -> None:
    where = f"/dispositions/{proposed.id}"
    assert "A list of cases to be disposed of" in read(app, "/", "member-1")
    assert "Look through the list below" in read(app, where, "member-1")
    assert approve(app, proposed, "member-1") == 202
    assert "You approved this. One more person has to" in read(app, where, "member-1")
    assert "A list of cases to be disposed of" not in read(app, "/", "member-1")
    assert "yours is the second signature" in read(app, where, "alternate")
    assert approve(app, proposed, "alternate") == 204
    page = read(app, where, "chair")
    assert "approved it. It is carried out in 7 days, on November 28, 2026" in page
    assert ending.execute(installation, COOLED).gone == 1
    page = read(app, where, "chair")
    assert "1 case of it has gone for good" in page
    assert "gone since November 28, 2026" in page
    assert Desk(app, "chair").get(f"/cases/{submitter.case_id}").status_code == 404
    assert "carried out" in read(app, "/dispositions", "alternate")


def test_the_days_of_cooling_are_fixed_when_it_is_proposed(
    app: Flask, installation: Installation, submitter: Submitter
) -> None:
    retain(installation, submitter.case_id)
    environ = {**installation.environment(), "REVIEW_COOLING_DAYS": "30"}
    longer = create_app(Settings.from_environ(environ), "interactive")
    wind(longer)
    assert "30 days later" in read(longer, "/dispositions", "chair")
    manifest = manifest_at(installation, propose(longer, submitter.case_id))
    assert manifest.cooling == 30
    for person in ("member-1", "alternate"):
        approve(app, manifest, person)
    assert "in 30 days" in read(app, f"/dispositions/{manifest.id}", "chair")


def test_a_list_on_which_something_has_changed_says_so_and_asks_to_propose_again(
    app: Flask, installation: Installation, submitter: Submitter, proposed: Manifest
) -> None:
    ending.hold(installation, submitter.case_id)
    where = f"/dispositions/{proposed.id}"
    assert "cannot be approved any more" in read(app, where, "member-1")
    assert "a legal hold stands over it" in read(app, where, "member-1")
    assert "data-disposition-approve" not in Desk(app, "member-1").get(where).text
    assert approve(app, proposed, "member-1") == 422
    assert "A list of cases to be disposed of" not in read(app, "/", "member-1")


@pytest.mark.parametrize("signed", [0, 1, 2])
def test_any_of_them_rejects_it_until_something_has_gone_and_its_cases_are_proposed_again(
    app: Flask, installation: Installation, submitter: Submitter, proposed: Manifest, signed: int
) -> None:
    for person in ("member-1", "alternate")[:signed]:
        approve(app, proposed, person)
    where = f"/dispositions/{proposed.id}"
    assert 'name="reason"' in Desk(app, "member-2").get(where).text
    assert reject(app, installation, proposed, "member-2") == 204
    page = read(app, where, "chair")
    assert ": It is still needed. Nothing of it goes." in page
    (entry,) = entries(installation.book, "disposition.rejected")
    assert entry.by == "member-2"
    assert ending.execute(installation, COOLED).gone == 0
    assert ending.stage_of(installation, submitter.case_id) == Stage.RETENTION
    assert approve(app, proposed, "member-2") == 422
    assert reject(app, installation, proposed, "chair") == 422
    again = manifest_at(installation, propose(app, submitter.case_id, by="member-1"))
    for person in ("chair", "alternate"):
        approve(app, again, person)
    assert ending.execute(installation, COOLED).gone == 1


def test_a_list_that_nobody_approves_keeps_no_case_from_being_proposed_again(
    app: Flask, installation: Installation, submitter: Submitter, proposed: Manifest
) -> None:
    again = manifest_at(installation, propose(app, submitter.case_id, by="member-1"))
    for person in ("chair", "alternate"):
        approve(app, again, person)
    assert ending.execute(installation, COOLED).gone == 1
    assert approve(app, proposed, "member-2") == 422


def test_nobody_rejects_what_has_begun(
    app: Flask, installation: Installation, proposed: Manifest
) -> None:
    for person in ("member-1", "alternate"):
        approve(app, proposed, person)
    ending.execute(installation, COOLED)
    assert reject(app, installation, proposed, "member-2") == 422
    assert entries(installation.book, "disposition.rejected") == []


@pytest.mark.parametrize("data", [{"reason": "BORED"}, {"more": "x"}])
def test_a_rejection_that_says_something_else_is_none(
    app: Flask, installation: Installation, proposed: Manifest, data: dict[str, str]
) -> None:
    assert reject(app, installation, proposed, "member-2", **data) == 400
    assert approve(app, proposed, "member-1") == 202


def test_approving_wants_to_know_who_is_there(app: Flask, proposed: Manifest, clock: Any) -> None:
    desk = Desk(app, "member-1")
    clock.forward(minutes=6)
    sent = fields(ending.act_for(proposed), "member-1")
    assert desk.post(f"/dispositions/{proposed.id}/approvals", sent).status_code == 403


@pytest.mark.parametrize("person", ["secretary", "auditor"])
def test_the_lists_are_for_readers_alone(app: Flask, proposed: Manifest, person: str) -> None:
    for where in ("/dispositions", f"/dispositions/{proposed.id}"):
        assert Desk(app, person).get(where).status_code == 404
    assert approve(app, proposed, person) == 404
    assert Desk(app, person).post("/dispositions", {"case": "ab" * 32}).status_code == 404
