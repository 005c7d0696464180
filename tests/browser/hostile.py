"""What a hostile server would answer, put in the place of what the real one answers.

The answers are changed on their way to the reader's browser, so that everything else about them,
headers included, is as the real console sends it.
"""

import json
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, Route, expect

from tests.browser.reader import Reader

Manifest = dict[str, Any]


def answer_instead(page: Page, path: str, change: Callable[[bytes], bytes]) -> None:
    """Let the server answer this path with what change makes of its honest answer."""

    def answer(route: Route) -> None:
        honest = route.fetch()
        route.fulfill(response=honest, body=change(honest.body()))

    page.route(lambda address: address.split("?")[0].endswith(path), answer)


def change_manifest(page: Page, case_id: str, change: Callable[[Manifest], None]) -> None:
    """Let the server tell something else about this case."""

    def changed(honest: bytes) -> bytes:
        manifest = json.loads(honest)
        change(manifest)
        return json.dumps(manifest).encode()

    answer_instead(page, f"/cases/{case_id}/manifest", changed)


def manifest_of(reader: Reader, case_id: str) -> Manifest:
    """What the honest server tells about a case."""
    answer = reader.page.request.get(f"{reader.address}/cases/{case_id}/manifest")
    found: Manifest = answer.json()
    return found


def arrive(reader: Reader, case_id: str) -> None:
    reader.sign_in("chair")
    reader.unlock()
    reader.open_case(case_id)


def send_the_reply(reader: Reader) -> None:
    """What does not check beside the submission is warned about and silences nobody."""
    reader.page.locator("#reply textarea").fill("An answer all the same.")
    reader.page.locator("#reply button").click()
    expect(reader.status("reply")).to_contain_text("Your reply is sealed")
