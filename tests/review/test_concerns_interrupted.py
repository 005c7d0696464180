"""The collection of a recorded concern, killed at every step: no case lost, and none twice."""

from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from intake import schema as drop_schema
from review.collector import Collector
from tests.browser.installation import Installation
from tests.recorded import Teller, posted
from tests.review.collecting import close, collector_of, contents, run
from tests.review.desk import Desk
from tests.review.killed import copies, deaths
from tests.review.tables import rows
from tests.review.test_collect_interrupted import SOME
from tests.stores import here

pytestmark = pytest.mark.stores


def found(collector: Collector) -> dict[str, Any]:
    """What the book and the drop have of it by now."""
    return {
        **contents(collector),
        "mailboxes": rows(collector.drop, drop_schema.metadata)["mailboxes"],
        "waiting": rows(collector.book)["recorded_concerns"],
        "acts": rows(collector.book)["act_endings"],
    }


def test_killed_at_any_step_a_recorded_concern_becomes_one_case_with_one_mailbox(
    app: Flask, installation: Installation, tmp_path: Path
) -> None:
    teller = Teller(installation.drop, installation.roster, "teller")
    assert Desk(app, "chair").post("/cases", posted(teller.told("chair"))).status_code == 204
    made = copies(installation, tmp_path)
    whole = collector_of(installation, next(made))
    assert run(whole).submissions == 1
    expected = found(whole)
    assert (len(expected["mailboxes"]), expected["waiting"]) == (1, [])
    close(whole)
    killed = 0
    every = SOME if here().on_postgresql else 1
    for allowed, folder in deaths(made, partial(collector_of, installation), run, every):
        killed += 1
        again = collector_of(installation, folder)
        assert run(again).problems == []
        assert found(again) == expected, f"after {allowed} steps"
        close(again)
    assert killed >= (20 // SOME if here().on_postgresql else 20)
