"""The verbs of intake."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from deploy.rights import COLLECTOR
from intake import cli, drop
from intake.cli import intake_group, is_loopback
from intake.errors import SchemaMismatch, SettingsRefused
from tests import committee
from tests.intake.house import DAY, environ, made_drop


def run(url: str, *arguments: str, **changes: str) -> Result:
    return CliRunner(env=environ(url, COLLECTOR, **changes)).invoke(intake_group, arguments)


@pytest.mark.stores
def test_unfinished_uploads_are_dropped_after_some_days(tmp_path: Path) -> None:
    url = made_drop(tmp_path)
    engine = drop.open_drop(url)
    with drop.writing(engine) as connection:
        for age in range(6):
            drop.put_slice(connection, f"{age:064}", 0, b"x", committee.TODAY - age * DAY)
    assert run(url, "expire-uploads").output == "dropped 2 unfinished uploads\n"
    assert run(url, "expire-uploads", "--days", "1").output == "dropped 2 unfinished uploads\n"
    engine.dispose()


@pytest.mark.parametrize(
    ("bind", "here"),
    [
        ("127.0.0.1:8000", True),
        ("127.8.8.8:8000", True),
        ("[::1]:8000", True),
        ("localhost:8000", True),
        ("unix:/run/intake.sock", True),
        ("0.0.0.0:8000", False),
        ("[::]:8000", False),
        ("192.0.2.1:8000", False),
        ("example.com:8000", False),
        (":8000", False),
    ],
)
def test_a_loopback_address_is_known(bind: str, here: bool) -> None:
    assert is_loopback(bind) is here


@pytest.mark.sqlite("about an address, before anything is served")
def test_a_demonstration_is_not_served_to_others(tmp_path: Path) -> None:
    result = run(made_drop(tmp_path), "serve", "--bind", "0.0.0.0:0")
    assert isinstance(result.exception, SettingsRefused)


@pytest.mark.sqlite("a file that is not there; test_postgres.py has a server")
def test_what_cannot_start_says_so_before_it_serves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "serve", lambda *_arguments: pytest.fail("it began to serve"))
    result = run(f"sqlite:///{tmp_path}/none.db", "serve")
    assert isinstance(result.exception, SchemaMismatch)
