"""The groups of tests, what each needs from the machine, and what CI may leave out.

A group is a pytest marker, or "core" for the tests without one. A group whose need is not met is
left out and the reason is printed; in CI that is a failure unless .ci/left-out names the group,
so that a missing installation step cannot look like a green run.
"""

import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def find_node() -> Path | None:
    """The folder of a recent enough node and its npm, or None."""
    found = subprocess.run([ROOT / "deploy" / "find-node"], capture_output=True, text=True)
    return Path(found.stdout.strip()) if found.returncode == 0 else None


def _nothing() -> str | None:
    return None


def _node() -> str | None:
    if find_node() is None:
        return "there is no Node of version 20 or newer"
    if not (ROOT / "crypto" / "browser" / "node_modules").is_dir():
        return "the Node packages are not installed"
    return None


def _chromium() -> str | None:
    return None if shutil.which("chromium") else "there is no chromium on this machine"


def _redis() -> str | None:
    return None if shutil.which("redis-server") else "there is no redis-server on this machine"


def find_postgres() -> Path | None:
    """The folder of the newest PostgreSQL server's programs, or None."""
    found = shutil.which("postgres")
    if found is not None:
        return Path(found).resolve().parent
    installed = Path("/usr/lib/postgresql").glob("*/bin/postgres")
    newest = max(installed, key=lambda path: int(path.parts[-3]), default=None)
    return None if newest is None else newest.parent


def _postgresql() -> str | None:
    return None if find_postgres() else "there is no PostgreSQL server on this machine"


def _fuzzer() -> str | None:
    return None if find_spec("atheris") else "there is no fuzzer for this Python on this machine"


def _host() -> str | None:
    missing = [name for name in ("nginx", "bwrap", "systemd-analyze") if not shutil.which(name)]
    return f"there is no {' and no '.join(missing)} on this machine" if missing else None


def _onion() -> str | None:
    missing = [name for name in ("tor", "tor-gencert", "chromium") if not shutil.which(name)]
    return f"there is no {' and no '.join(missing)} on this machine" if missing else None


@dataclass(frozen=True)
class Group:
    """A name, and a check that gives the reason why the group cannot run here, or None."""

    name: str
    obstacle: Callable[[], str | None]


GROUPS = (
    Group("core", _nothing),
    Group("node", _node),
    Group("browser", _chromium),
    Group("slow", _nothing),
    Group("demo", _nothing),
    Group("host", _host),
    Group("onion", _onion),
    Group("redis", _redis),
    Group("fuzz", _fuzzer),
    Group("postgresql", _postgresql),
)
MARKED = tuple(group.name for group in GROUPS if group.name != "core")


def left_out(groups: tuple[Group, ...], chosen: str) -> dict[str, str]:
    """Which groups do not run and why, from the machine and from the names in chosen."""
    asked = set(chosen.replace(",", " ").split())
    if unknown := asked - {group.name for group in groups}:
        raise ValueError(f"no such group of tests: {', '.join(sorted(unknown))}")
    reasons = {group.name: "LEAVE_OUT names it" for group in groups if group.name in asked}
    for group in groups:
        if group.name not in reasons and (reason := group.obstacle()) is not None:
            reasons[group.name] = reason
    return reasons


def permitted(text: str) -> set[str]:
    """The group names of a left-out list: the first word of every line that is not a comment."""
    lines = (line.strip() for line in text.splitlines())
    return {line.split()[0] for line in lines if line and not line.startswith("#")}


def refused(reasons: Mapping[str, str], environment: Mapping[str, str], text: str) -> list[str]:
    """The groups left out that the left-out list in text does not permit; none outside CI."""
    if environment.get("CI") != "true":
        return []
    return [name for name in reasons if name not in permitted(text)]


def expression(names: set[str], available: set[str] | None = None) -> str:
    """The pytest marker expression that selects exactly the tests of these groups.

    A test belongs to the first group in MARKED that it is marked with, and runs where all that it
    is marked with is available: by default nothing but what is named.
    """
    absent = [name for name in MARKED if name not in (available or names)]
    wanted = [
        " and ".join([name, *(f"not {before}" for before in MARKED[:at])])
        for at, name in enumerate(MARKED)
        if name in names
    ]
    if "core" in names:
        wanted.append(" and ".join(f"not {name}" for name in MARKED))
    return " and ".join([f"({' or '.join(wanted)})", *(f"not {name}" for name in absent)])
