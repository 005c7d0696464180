"""Run the checks: python -m tests.run all|quick

First the linters and the types, then the bundles, then every group of tests. Each pytest's closing
line says how many. Exit status 0 means that all of it held. The environment's
LEAVE_OUT names groups to leave out, as in LEAVE_OUT="slow browser" make test.
"""

import os
import subprocess
import sys
import time
from collections.abc import Sequence

from tests import groups

NO_TESTS_RAN = 5
# What is pure or looks at the tree: it starts no server and makes no database.
QUICK = (
    "tests/crypto",
    "tests/intake/test_submission.py",
    "tests/review/casework",
    "tests/review/charter",
    "tests/review/test_workdays.py",
    "tests/review/test_roles.py",
    "tests/test_docs.py",
    "tests/test_groups.py",
    "tests/test_layers.py",
    "tests/test_style.py",
    "tests/test_words.py",
)
# Groups whose tests do not measure, and start little.
SIDE_BY_SIDE = {"core", "node", "fuzz", "postgresql", "host"}
LINT: tuple[tuple[str, list[str]], ...] = (
    ("lint", [sys.executable, "-m", "ruff", "check", "--quiet", "."]),
    ("format", [sys.executable, "-m", "ruff", "format", "--quiet", "--check", "."]),
    ("types", [sys.executable, "-m", "mypy", "--no-error-summary"]),
)


def _step(name: str, command: Sequence[str]) -> bool:
    """Run one check in silence unless it fails, and say in a line how it went."""
    start = time.monotonic()
    done = subprocess.run(command, cwd=groups.ROOT, stdout=subprocess.PIPE, text=True, stderr=-2)
    verdict = "held" if done.returncode == 0 else "DID NOT HOLD"
    print(f"{name}: {verdict} ({time.monotonic() - start:.0f} s)", flush=True)
    if done.returncode != 0:
        print(done.stdout, flush=True)
    return done.returncode == 0


def _bundles(reasons: dict[str, str]) -> bool:
    """Rebuild the browser bundles and compare them; they share the need of the node group."""
    if "node" in reasons:
        print(f"bundles: not rebuilt, because {reasons['node']}", flush=True)
        return True
    return _step("bundles", ["node", "crypto/browser/build.js", "--check"])


def _pytest(names: set[str], available: set[str], *words: str) -> int:
    wanted = groups.expression(names, available)
    command = [sys.executable, "-m", "pytest", "-m", wanted, *words]
    return subprocess.run(command, cwd=groups.ROOT).returncode


def _quick() -> int:
    return _pytest({"core"}, {"core"}, "-q", "-n", "2", *QUICK)


def _whole(names: set[str]) -> int:
    """First what bears a neighbour, on both cores of a small machine, then the rest in one line."""
    status = 0
    for part, words in ((names & SIDE_BY_SIDE, ["-q", "-n", "2"]), (names - SIDE_BY_SIDE, [])):
        if part:
            status = _pytest(part, names, "--groups", ",".join(sorted(part)), *words) or status
    return status


def run(scope: str) -> int:
    """The exit status of the whole: the first thing that went wrong decides, all of it is shown."""
    everything = scope == "all"
    node = groups.find_node()
    if node is not None:
        os.environ["PATH"] = f"{node}{os.pathsep}{os.environ['PATH']}"
    held = [_step(name, command) for name, command in LINT]
    if not everything:
        return _closing(held, _quick())
    reasons = groups.left_out(groups.GROUPS, os.environ.get("LEAVE_OUT", ""))
    held.append(_bundles(reasons))
    for name, reason in reasons.items():
        print(f"left out: {name}, because {reason}", flush=True)
    permitted = (groups.ROOT / ".ci" / "left-out").read_text()
    for name in groups.refused(reasons, os.environ, permitted):
        print(f"CI may not leave out {name}: .ci/left-out does not name it", flush=True)
        held.append(False)
    return _closing(held, _whole({g.name for g in groups.GROUPS} - set(reasons)))


def _closing(held: list[bool], pytest_status: int) -> int:
    """Pytest's status, except that no tests at all and a failed earlier step are failures too."""
    if pytest_status == NO_TESTS_RAN:
        return 1
    return pytest_status or (0 if all(held) else 1)


if __name__ == "__main__":
    if sys.argv[1:] not in (["all"], ["quick"]):
        sys.exit("say which: all or quick")
    sys.exit(run(sys.argv[1]))
