"""Swap: what a request held must not reach a disk that can be read later."""

from collections.abc import Iterator
from pathlib import Path

from deploy.doctor.finding import Finding, bad, good
from deploy.doctor.here import Here


def look(here: Here) -> Iterator[Finding]:
    """Whether everything that is swapped to is in memory or encrypted."""
    lines = here.at("/proc/swaps").read_text().splitlines()[1:]
    devices = [line.split()[0] for line in lines if line.strip()]
    plain = [device for device in devices if not _is_safe(here, device)]
    for device in plain:
        yield bad(
            f"memory is swapped to {device}, which is not encrypted",
            f"swapoff {device} and take it out of /etc/fstab, or put it on dm-crypt with a key "
            "that is drawn anew at each start (see crypttab(5), option swap)",
        )
    if not plain:
        yield good("nothing is swapped to a disk that could be read")


def _is_safe(here: Here, device: str) -> bool:
    name = Path(device).name
    if name.startswith("zram"):
        return True
    kind = here.at(f"/sys/class/block/{name}/dm/uuid")
    return kind.is_file() and kind.read_text().startswith("CRYPT-")
