"""Files: whether what the installer wrote is still so, and whether keys and rows are private."""

import stat
from collections.abc import Iterator
from pathlib import Path

from deploy.doctor.finding import Finding, bad, good, left_out
from deploy.doctor.here import Here
from deploy.host import plan
from deploy.host.configuration import KEYS
from deploy.host.machine import Command, Machine, run

DATA = "/var/lib/underrose"


def look(here: Here) -> Iterator[Finding]:
    """Whatever the installer would do now, and every file that others may read."""
    if here.answers is None:
        yield left_out("this machine was not made by the installer")
    else:
        machine = Machine(here.root, run)
        wrong = [
            step.says
            for step in plan.steps(machine, here.answers, None)
            if not isinstance(step, Command) and not step.is_done(machine)
        ]
        for said in wrong:
            yield bad(f"this is not as it was installed: {said}", "underrose install")
        if not wrong:
            yield good("what was installed is as it was written")
    yield from _private(here.at(KEYS), 0o077, "chmod 0400")
    yield from _private(here.at(DATA), 0o007, "chmod o-rwx")


def _private(folder: Path, forbidden: int, mend: str) -> Iterator[Finding]:
    """Every file below a folder that has one of these rights."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    open_ = [path for path in files if stat.S_IMODE(path.stat().st_mode) & forbidden]
    for path in open_:
        yield bad(f"{path} may be read by more people than it should", f"{mend} {path}")
    if files and not open_:
        yield good(f"the {len(files)} files in {folder} are private")
