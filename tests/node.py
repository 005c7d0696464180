"""Runs Node for the tests of our JavaScript, so that a run of nothing never looks like success."""

import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tests.groups import ROOT, find_node


def run(*arguments: str | Path, given: str | None = None) -> subprocess.CompletedProcess[str]:
    """What node printed for these arguments, started in the checkout's root."""
    folder = find_node()
    assert folder is not None, "there is no Node of version 20 or newer"
    command = [folder / "node", *arguments]
    return subprocess.run(command, cwd=ROOT, input=given, capture_output=True, text=True)


def run_tests(folder: str, least: int) -> None:
    """Run every *.test.js of a folder, of which at least so many tests must pass, and all."""
    files: Sequence[Path] = sorted((ROOT / folder).glob("*.test.js"))
    assert files, f"{folder} holds no tests"
    done = run("--test", "--test-reporter=tap", *files)
    assert done.returncode == 0, _failures(done.stdout)
    counts = {name: int(n) for name, n in re.findall(r"^# (\w+) (\d+)$", done.stdout, re.M)}
    assert counts["pass"] == counts["tests"] >= least
    assert counts["skipped"] == counts["todo"] == counts["cancelled"] == 0


def _failures(tap: str) -> str:
    """The lines of a TAP report around each failure."""
    lines = tap.splitlines()
    wanted = {
        at + more
        for at, line in enumerate(lines)
        if line.lstrip().startswith("not ok")
        for more in range(12)
    }
    return "\n".join(line for at, line in enumerate(lines) if at in wanted) or tap
