"""The two locks of other people's packages, read; and the part of the Python one that hosts need.

A host installs what the programs import and nothing of what tests and linters need. That part is
worked out from what the installed packages say that they require, and kept as a file, so that a
host has to believe nothing but hashes.
"""

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent.parent
PYTHON_LOCK = ROOT / "requirements.lock"
HOST_LOCK = ROOT / "deploy" / "host" / "requirements.lock"
NODE_LOCK = ROOT / "crypto" / "browser" / "package-lock.json"
_PINNED = re.compile(r"([A-Za-z0-9._-]+)==([^ \\;]+)")
# Debian 12's, and what stands for the others.
_PYTHONS = (("3.11", "3.11.2"), *((each, f"{each}.9") for each in ("3.11", "3.12", "3.13", "3.14")))
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


@dataclass(frozen=True)
class Locked:
    """A package at one version, with the hashes of its files; text is how the lock spells it."""

    name: str
    version: str
    hashes: tuple[str, ...]
    text: str = ""
    # Of Node's packages: in what is sent to browsers, and not only in what builds or tests it.
    is_needed: bool = True


def python_packages(path: Path = PYTHON_LOCK) -> list[Locked]:
    """The packages of a Python lock, in its order."""
    found = []
    for part in re.split(r"\n(?=\S)", path.read_text("utf-8").strip()):
        if pinned := _PINNED.match(part):
            hashes = tuple(_HASH.findall(part))
            found.append(Locked(canonicalize_name(pinned[1]), pinned[2], hashes, part))
    return found


def node_packages(path: Path = NODE_LOCK) -> list[Locked]:
    """The packages of the Node lock, by name; a hash is as npm spells it, in base64."""
    every: Mapping[str, Mapping[str, Any]] = json.loads(path.read_text("utf-8"))["packages"]
    return [
        Locked(
            place.rpartition("node_modules/")[2],
            each["version"],
            (each["integrity"],),
            is_needed=not each.get("dev", False),
        )
        for place, each in sorted(every.items())
        if place
    ]


def needed_on_a_host() -> set[str]:
    """The names of all packages that the programs need to be installed and to run."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    texts = [*project["build-system"]["requires"], *project["project"]["dependencies"]]
    waiting = [Requirement(text) for text in texts]
    found: set[str] = set()
    while waiting:
        each = waiting.pop()
        name = canonicalize_name(each.name)
        if name in found and not each.extras:
            continue
        found.add(name)
        inner = (Requirement(text) for text in _requires(name))
        waiting += [one for one in inner if _applies(one, {"", *each.extras})]
    return found


def _requires(name: str) -> list[str]:
    """What an installed package requires; one that only another Python needs requires nothing."""
    try:
        return metadata.requires(name) or []
    except metadata.PackageNotFoundError:
        return []


def _applies(each: Requirement, extras: set[str]) -> bool:
    """Whether it is needed with any Python that the programs run on."""
    return each.marker is None or any(
        each.marker.evaluate({"extra": one, "python_version": python, "python_full_version": full})
        for one in extras
        for python, full in _PYTHONS
    )


def host_lock() -> str:
    """The text of the lock for hosts."""
    wanted = needed_on_a_host()
    parts = [each.text for each in python_packages() if each.name in wanted]
    return "\n".join(["# Written by `python -m deploy.release lock`.", *parts, ""])
