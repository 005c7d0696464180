"""A whole installation for every test that asks for one: databases, people, console."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from review.app import create_app
from review.settings import Settings
from tests.browser.installation import Installation
from tests.browser.submitter import File, Submitter
from tests.review.desk import Clock, wind


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    """Drop, book and shred keys of a committee's own, with everybody enrolled and no case."""
    made = Installation(tmp_path)
    yield made
    made.close()


@pytest.fixture
def app(installation: Installation) -> Flask:
    """The console, at noon of the committee's day."""
    made = create_app(Settings.from_environ(installation.environment()), "interactive")
    wind(made)
    return made


@pytest.fixture
def clock(app: Flask) -> Clock:
    """The console's clock."""
    return wind(app)


@pytest.fixture
def submitter(installation: Installation) -> Submitter:
    """Somebody whose submission with a file, and follow-up, are in the book."""
    somebody = installation.submitter()
    somebody.submit(files=[File("page.txt", "text/plain", b"Order 4711\n")])
    somebody.follow_up("It happened again")
    installation.collect()
    return somebody


@pytest.fixture
def hidden(installation: Installation) -> Submitter:
    """Somebody who named member-2 and the secretary as involved."""
    somebody = installation.submitter("of the hidden case")
    somebody.submit(excluded=["member-2", "secretary"])
    installation.collect()
    return somebody
