"""Attack 38: a server that swaps what it says of a case's later keys, in a reader's browser."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from crypto.recipient import from_seed
from review.app import create_app
from review.settings import Settings
from tests import committee
from tests.browser.hostile import Manifest, change_manifest
from tests.browser.installation import Installation
from tests.browser.reader import Reader
from tests.review.changing import Table
from tests.review.desk import wind

pytestmark = [
    pytest.mark.browser,
    pytest.mark.sqlite("of the browser; review/web/js/test/generations.test.js has every swap"),
]
THEIRS = from_seed(committee.seed("the server's own key")).text


def name_another_recipient(told: Manifest) -> None:
    told["recipient"] = THEIRS


def swap_the_signed_recipient(told: Manifest) -> None:
    told["held"]["keys"][0]["recipient"] = THEIRS


def put_the_first_key_back(told: Manifest) -> None:
    told["held"]["keys"] = []


def repeat_the_key(told: Manifest) -> None:
    told["held"]["keys"] *= 2
    told["generation"] = 3


def drop_a_signature(told: Manifest) -> None:
    told["held"]["keys"][0]["signatures"].pop()


SWAPS: tuple[Callable[[Manifest], None], ...] = (
    name_another_recipient,
    swap_the_signed_recipient,
    put_the_first_key_back,
    repeat_the_key,
    drop_a_signature,
)


def test_the_server_swaps_nothing_of_a_later_key_unseen(
    reader: Reader, installation: Installation
) -> None:
    submitter = installation.submitter()
    submitter.submit()
    installation.collect()
    app = create_app(Settings.from_environ(installation.environment()), "interactive")
    wind(app)
    table = Table(app, submitter)
    table.recuse("member-2")
    table.rekey(("alternate", "chair", "member-1"), ("alternate", "member-1"))
    reader.sign_in("chair")
    reader.unlock()
    reader.open_case(submitter.case_id)
    # The submission, and the two acts that came after it.
    expect(reader.messages).to_have_count(3)
    for swap in SWAPS:
        reader.page.locator(".back a").click()
        expect(reader.page.locator("body")).to_have_attribute("data-page", "inbox")
        change_manifest(reader.page, submitter.case_id, swap)
        reader.open_case(submitter.case_id)
        expect(reader.warnings).to_contain_text("is not this case")
        expect(reader.messages).to_have_count(0)
        expect(reader.page.locator("#acts")).to_be_hidden()
        reader.page.unroute_all(behavior="wait")
