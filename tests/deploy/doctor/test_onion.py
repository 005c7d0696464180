"""What doctor finds at the onion service; tests/deploy/test_onion.py has a real one."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from deploy.doctor.checks import onion
from deploy.doctor.finding import Found
from deploy.doctor.here import Answer, Front, Here
from deploy.host.plan import HOSTNAME
from tests.deploy.doctor.world import NAMES, machine, write, wrong

NAME = f"{'a' * 56}.onion"


def there(folder: Path, **changes: object) -> Here:
    """A machine whose tor has made a name, which the pages say."""
    write(folder, HOSTNAME, f"{NAME}\n")
    said = {"INTAKE_ONION_LOCATION": f"http://{NAME}"}
    return machine(folder, **{"environment": said, **changes})


def answers(**statuses: int) -> Front:
    """An onion service that answers its pages and those of the console so."""

    def ask(name: str, path: str, _headers: Mapping[str, str]) -> Answer:
        assert name == NAME
        return Answer(statuses["console" if path == "/sign-in" else "ours"], (), b"")

    return ask


def test_an_onion_service_that_is_named_and_answers_is_good(tmp_path: Path) -> None:
    here = there(tmp_path, tor=answers(ours=200, console=404))
    assert [each.found for each in onion.look(here)] == [Found.GOOD, Found.GOOD]


def test_what_cannot_be_tried_without_a_client_of_tor_is_said(tmp_path: Path) -> None:
    found = list(onion.look(there(tmp_path)))
    assert [each.found for each in found] == [Found.GOOD, Found.LEFT_OUT]
    assert "Tor Browser" in found[1].said
    none = there(tmp_path, answers=NAMES.changed({"onion": False}))
    assert [each.found for each in onion.look(none)] == [Found.LEFT_OUT]


@pytest.mark.parametrize("text", [None, "", "name.onion\n", f"{NAME}.example\n"])
def test_a_service_without_a_name_is_found(tmp_path: Path, text: str | None) -> None:
    here = machine(tmp_path)
    if text is not None:
        write(tmp_path, HOSTNAME, text)
    (said,) = wrong(onion.look, here)
    assert "no onion address" in said


def test_pages_that_name_another_onion_or_none_are_found(tmp_path: Path) -> None:
    """Attack: whoever changes the settings leads those who use Tor to a service of their own."""
    other = {"INTAKE_ONION_LOCATION": f"http://{'b' * 56}.onion"}
    (said,) = wrong(onion.look, there(tmp_path, environment=other))
    assert "is not the address made here" in said
    assert len(wrong(onion.look, there(tmp_path, environment={}))) == 1


def test_a_service_that_fails_or_shows_the_console_is_found(tmp_path: Path) -> None:
    def silent(_name: str, _path: str, _headers: Mapping[str, str]) -> Answer:
        raise ConnectionError("the proxy did not reach it (answer 4)")

    assert "did not reach it" in wrong(onion.look, there(tmp_path, tor=silent))[0]
    assert "with 502" in wrong(onion.look, there(tmp_path, tor=answers(ours=502, console=404)))[0]
    shown = there(tmp_path, tor=answers(ours=200, console=200))
    assert "can reach the console" in wrong(onion.look, shown)[0]
