"""What holds for every test: no traffic off this machine, no home but a temporary one.

With --groups the named groups are expected to have run: a group without a test, or a test that
was skipped, is then a failure, because either would look like success.
"""

import ipaddress
import os
import sys
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.groups import MARKED

pytest_plugins = ["tests.chromium", "tests.opened", "tests.postgres", "tests.stores"]

# Properties are about what is true, not about how fast this machine is today. A deadline for each
# example fails by chance on a busy machine, and that teaches people to run a test again.
settings.register_profile(
    "unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("unhurried")

_WATCHED = {"socket.connect": 1, "socket.sendto": 1, "socket.sendmsg": 1, "socket.getaddrinfo": 0}


def _is_here(host: object) -> bool:
    if host in (None, "", "localhost", b"localhost"):
        return True
    try:
        return ipaddress.ip_address(str(host).partition("%")[0]).is_loopback
    except ValueError:
        return False


def _refuse_other_machines(event: str, arguments: tuple[object, ...]) -> None:
    """An audit hook, so that no library can go around it by keeping its own socket functions."""
    position = _WATCHED.get(event)
    if position is None:
        return
    target = arguments[position]
    if event != "socket.getaddrinfo":
        # A Unix socket's address is a path; a connected socket's message has no address.
        if not isinstance(target, tuple):
            return
        target = target[0]
    if not _is_here(target):
        raise AssertionError(f"a test tried to reach {target!r}")


sys.addaudithook(_refuse_other_machines)


@pytest.fixture(autouse=True, scope="session")
def _own_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Programs that a test starts find an empty home and no settings of this machine's owner."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(home))
        for name in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"):
            patch.setenv(name, str(home / name.lower()))
        for name in [name for name in os.environ if name.startswith(("INTAKE_", "REVIEW_"))]:
            patch.delenv(name)
        yield


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--groups", default="", help="groups that must have run, with commas")


def _group(item: pytest.Item) -> str:
    return next((name for name in MARKED if item.get_closest_marker(name)), "core")


def pytest_collection_finish(session: pytest.Session) -> None:
    expected = {name for name in session.config.getoption("--groups").split(",") if name}
    if absent := expected - {_group(item) for item in session.items}:
        raise pytest.UsageError(f"no test belongs to: {', '.join(sorted(absent))}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.skipped and item.config.getoption("--groups"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, and a skipped test proves nothing"
    return report


@pytest.fixture
def repository() -> Path:
    """The checkout's root."""
    return Path(__file__).resolve().parent.parent
