"""Builds the wheel and the source archive so that whoever builds them again has the same bytes.

Only what git has goes in, with one time for everything: that of SOURCE_DATE_EPOCH, or of the newest
commit. Modes, owners and order are always the same.
"""

import gzip
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Mapping
from pathlib import Path

from deploy.release.locks import ROOT

_WHEEL = "from setuptools import build_meta as b; import sys; b.build_wheel(sys.argv[1])"
_SOURCE = "from setuptools import build_meta as b; import sys; b.build_sdist(sys.argv[1])"
_PRIVATE = 0o022


def epoch(environment: Mapping[str, str] = os.environ) -> int:
    """The time that everything gets, in seconds since 1970."""
    given = environment.get("SOURCE_DATE_EPOCH")
    if given is None:
        words = ["git", "-C", str(ROOT), "log", "-1", "--format=%ct"]
        given = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    return int(given)


def build(out: Path, at: int) -> list[Path]:
    """Build both into a folder that is there, and say where they are."""
    with tempfile.TemporaryDirectory() as scratch:
        source, made = Path(scratch, "source"), Path(scratch, "made")
        made.mkdir()
        _copy(source, at)
        # What setuptools leaves behind while building one must not come into the other.
        for program in (_SOURCE, _WHEEL):
            _run(program, source, made, at)
            for left in [*source.glob("*.egg-info"), source / "build"]:
                shutil.rmtree(left, ignore_errors=True)
        (archive,) = made.glob("*.tar.gz")
        (wheel,) = made.glob("*.whl")
        _repack(archive, out / archive.name, at)
        shutil.copyfile(wheel, out / wheel.name)
        return [out / archive.name, out / wheel.name]


def _copy(target: Path, at: int) -> None:
    """The files that git has, with the same modes and times everywhere."""
    words = ["git", "-C", str(ROOT), "ls-files", "-z"]
    listed = subprocess.run(words, capture_output=True, check=True).stdout.decode().split("\0")
    for name in filter(None, listed):
        if not (ROOT / name).is_file():
            continue
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, path)
        path.chmod(0o755 if os.access(ROOT / name, os.X_OK) else 0o644)
        os.utime(path, (at, at))


def _run(program: str, source: Path, made: Path, at: int) -> None:
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(at), "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program, str(made)],
        cwd=source,
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        umask=_PRIVATE,
    )


def _repack(archive: Path, target: Path, at: int) -> None:
    """The same archive with its members in order, of nobody, and of one time."""
    with (
        tarfile.open(archive) as source,
        target.open("wb") as plain,
        gzip.GzipFile("", "wb", mtime=at, fileobj=plain) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as written,
    ):
        for member in sorted(source.getmembers(), key=lambda each: each.name):
            content = source.extractfile(member) if member.isfile() else None
            member.mtime, member.uid, member.gid, member.uname, member.gname = at, 0, 0, "", ""
            member.mode = 0o755 if member.isdir() or member.mode & 0o100 else 0o644
            member.pax_headers = {}
            written.addfile(member, content)
