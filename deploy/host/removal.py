"""Takes away what the installer has written, and leaves what somebody else has made of it."""

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path

from deploy.host import answers as told
from deploy.host import plan
from deploy.host.machine import Machine

# What is the operator's from the moment it is written.
_KEPT = (told.FILE, plan.CONFIGURATION, "/etc/underrose/root.pub", "/etc/underrose/roster.json")
_WITH_DATA = ("/var/lib/underrose", "/etc/underrose", "/opt/underrose")


def remove(machine: Machine, *, with_data: bool, dry: bool) -> Iterator[str]:
    """Every thing that goes, said when it has gone; nothing goes when dry."""
    word = "would remove" if dry else "removed"
    yield from _stop(machine, dry)
    for path, digest in sorted(plan.noted(machine).items(), reverse=True):
        there = machine.at(path)
        if path in _KEPT or not there.is_file():
            continue
        if hashlib.sha256(there.read_bytes()).hexdigest() != digest:
            yield f"left, because somebody has changed it: {path}"
            continue
        if not dry:
            there.unlink()
        yield f"{word} {path}"
    if not dry:
        machine.at(plan.NOTED).unlink(missing_ok=True)
    _leave_no_empty(machine.at(f"{plan.SYSTEMD}/underrose-.service.d"), dry)
    if with_data:
        yield from _destroy(machine, dry)


def _destroy(machine: Machine, dry: bool) -> Iterator[str]:
    for folder in _WITH_DATA:
        if machine.at(folder).exists():
            if not dry:
                shutil.rmtree(machine.at(folder))
            yield f"{'would remove' if dry else 'removed'} {folder}, whole"


def _stop(machine: Machine, dry: bool) -> Iterator[str]:
    """Let nothing of ours run or start any more."""
    links = sorted(machine.at(plan.SYSTEMD).glob("*.wants/underrose-*"))
    names = tuple(link.name for link in links)
    if names and machine.is_running and not dry:
        machine.run(("systemctl", "stop", *names))
    for link in links:
        if not dry:
            link.unlink()
        yield f"{'would disable' if dry else 'disabled'} {link.name}"
    if machine.is_running and not dry:
        machine.run(("systemctl", "daemon-reload"))
    for folder in {link.parent for link in links}:
        _leave_no_empty(folder, dry)


def _leave_no_empty(folder: Path, dry: bool) -> None:
    if not dry and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
