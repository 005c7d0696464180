"""What a hostile server would answer, put in the place of what the real one answers.

The answers are changed on their way to the reader's browser, so that everything else about them,
headers included, is as the real console sends it.
"""

import json
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, Route

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
