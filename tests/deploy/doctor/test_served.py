"""The scripts of the pages: told to the ledger, and compared with what an address serves."""

import dataclasses
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from deploy import served
from deploy.cli import main
from deploy.doctor.checks import bundles
from deploy.doctor.finding import Found
from deploy.doctor.here import Answer
from intake.app import create_app
from intake.settings import Settings
from review.audit.opened import Bundle, open_bundle
from review.store import entries
from review.store.database import reading, writing
from tests import committee
from tests.browser.installation import Installation
from tests.deploy.doctor.world import of
from tests.intake.house import House, environ
from tests.review.audit.world import World
from tests.review.conftest import installation
from tests.review.ledgers import batch

__all__ = ["installation"]
NAME = "speak.example.com"


@pytest.fixture
def pages(tmp_path: Path) -> Iterator[bundles.Fetch]:
    """What the submitters' pages serve."""
    house = House(tmp_path)
    client = create_app(Settings.from_environ(environ(house.url))).test_client()

    def fetch(path: str) -> Answer:
        answer = client.get(path)
        return Answer(answer.status_code, tuple(answer.headers.items()), answer.data)

    yield fetch
    house.engine.dispose()


@contextmanager
def bundle(folder: Path, *told: dict[str, str]) -> Iterator[Bundle]:
    """An auditor's bundle whose ledger was told of these scripts, one after the other."""
    world = World(3)
    for each in told:
        world.record("scripts.served", data=each)
        world.batch()
    (folder / "bundle.zip").write_bytes(world.bundle())
    with open_bundle(folder / "bundle.zip") as opened:
        yield opened


@pytest.mark.sqlite("what is served is the same whatever store is behind it")
def test_what_is_served_is_what_the_ledger_was_told(pages: bundles.Fetch, tmp_path: Path) -> None:
    """Also: every script and style of the release is named by some page, and no other is."""
    earlier = {"release": "0.0.9", "scripts": "a" * 64}
    with bundle(tmp_path, earlier, served.of_this_release()) as opened:
        (found,) = bundles.against(opened, NAME, pages)
    assert (found.found, found.do) == (Found.GOOD, "")


@pytest.mark.sqlite("what is served is the same whatever store is behind it")
def test_scripts_of_no_release_are_found_by_whoever_has_the_ledger(
    pages: bundles.Fetch, tmp_path: Path
) -> None:
    """Attack: the public host, and the release on it, are somebody else's altogether."""

    def changed(path: str) -> Answer:
        answer = pages(path)
        is_script = "submit" in path
        return dataclasses.replace(answer, body=answer.body + b"//") if is_script else answer

    with bundle(tmp_path, served.of_this_release()) as opened:
        (found,) = bundles.against(opened, NAME, changed)
        assert found.found is Found.BAD
        assert "other scripts than the ledger has" in found.said
    with bundle(tmp_path) as opened:
        (found,) = bundles.against(opened, NAME, pages)
        assert "no entry of the bundle's ledger names scripts" in found.said


@pytest.mark.stores
def test_a_release_is_recorded_once_and_doctor_asks_for_it(installation: Installation) -> None:
    here = of(installation)

    def recorded() -> list[Found]:
        return [each.found for each in bundles.recorded(here)]

    assert recorded() == [Found.BAD]
    with writing(installation.book) as book:
        assert served.record(book, committee.TODAY)
        assert not served.record(book, committee.TODAY)
    assert recorded() == [Found.GOOD]
    batch(installation)
    assert recorded() == [Found.GOOD]
    with writing(installation.book) as book:
        assert not served.record(book, committee.TODAY)
        other = {"release": "9.9.9", "scripts": "b" * 64}
        entries.record(book, entries.Entry(type=served.TYPE, on=committee.TODAY, data=other))
    assert recorded() == [Found.BAD]
    with reading(installation.book) as book:
        assert served.told(book) == other


@pytest.mark.stores
def test_the_command_tells_the_ledger_and_says_so(installation: Installation) -> None:
    settings = {"REVIEW_BOOK_URL": installation.url("book")}
    for word in ("recorded: ", "known: "):
        done = CliRunner().invoke(main, ["scripts", "record"], env=settings)
        assert done.exit_code == 0, done.output
        assert done.output.startswith(word)
        assert json.loads(done.output.partition(": ")[2]) == served.of_this_release()
    refused = CliRunner().invoke(main, ["scripts", "record"], env={"REVIEW_BOOK_URL": ""})
    assert refused.exit_code == 1
    assert "REVIEW_BOOK_URL is not set" in refused.output
