"""Run as `python -m deploy.release VERB`, from a checkout with the development packages."""

import hashlib
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from deploy.release import build as building
from deploy.release import locks, sbom


def lock() -> None:
    """Write the lock for hosts anew."""
    locks.HOST_LOCK.write_text(locks.host_lock(), "utf-8")


def bill() -> None:
    """Print the bill of materials."""
    sys.stdout.write(sbom.bill(building.epoch()))


def build() -> None:
    """Build wheel, source archive and bill into dist, and print their hashes."""
    out = Path("dist")
    out.mkdir(exist_ok=True)
    at = building.epoch()
    made = building.build(out, at)
    (out / "underrose.cdx.json").write_text(sbom.bill(at), "utf-8")
    for path in [*made, out / "underrose.cdx.json"]:
        print(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}")


VERBS: Mapping[str, Callable[[], None]] = {"lock": lock, "sbom": bill, "build": build}

if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in VERBS:
        sys.exit(f"say which: {', '.join(VERBS)}")
    VERBS[sys.argv[1]]()
