"""The service as a whole starts only when it could take a submission in."""

from pathlib import Path

import pytest

from intake.app import create_app, from_environ
from intake.errors import SchemaMismatch, SettingsRefused
from intake.settings import Settings
from intake.web.parts import clock
from tests import committee
from tests.intake.house import environ, made_drop

pytestmark = pytest.mark.stores


def test_a_server_makes_it_from_the_environment(tmp_path: Path) -> None:
    assert callable(from_environ(environ(made_drop(tmp_path))))


@pytest.mark.sqlite("a file that is not there; test_postgres.py has a server")
def test_it_does_not_start_on_a_drop_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SchemaMismatch):
        create_app(Settings.from_environ(environ(f"sqlite:///{tmp_path}/none.db")))


def test_it_does_not_start_with_settings_that_cannot_be_meant() -> None:
    with pytest.raises(SettingsRefused):
        from_environ({})


def test_the_day_is_the_installations_or_the_pretended_one() -> None:
    url = "sqlite:////srv/drop.db"
    assert clock(Settings.from_environ(environ(url)))() == committee.TODAY
    east = Settings.from_environ(
        environ(url, INTAKE_TODAY="", INTAKE_TIMEZONE="Pacific/Kiritimati")
    )
    west = Settings.from_environ(environ(url, INTAKE_TODAY="", INTAKE_TIMEZONE="Pacific/Pago_Pago"))
    assert 0 < (clock(east)() - clock(west)()).days <= 2
