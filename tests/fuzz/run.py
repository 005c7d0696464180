"""Look for inputs that break a parser: python -m tests.fuzz.run TARGET [--runs N] [--keep]

Runs the coverage-guided fuzzer on one target for a number of inputs, from the target's seeds and
the kept corpus. Exit status 0 means that nothing but a refusal was met. With --keep, the inputs
that reach something new become the target's corpus. An input that broke something is written to
the folder that --faults names.
"""

import argparse
import subprocess
import sys
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

CORPUS = Path(__file__).parent / "corpus"
MEMORY_MIB = 1024
SECONDS_EACH = 20
_NO_DAY = (1980, 1, 1, 0, 0, 0)


def kept(target: str) -> list[bytes]:
    """The inputs in the corpus of a target; none before its first --keep."""
    path = CORPUS / f"{target}.zip"
    if not path.exists():
        return []
    with zipfile.ZipFile(path) as archive:
        return [archive.read(name) for name in sorted(archive.namelist())]


def keep(target: str, folder: Path) -> None:
    """Make the files of a folder the corpus of a target."""
    with zipfile.ZipFile(CORPUS / f"{target}.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.iterdir()):
            archive.writestr(zipfile.ZipInfo(path.name, _NO_DAY), path.read_bytes(), 8)


def search(options: argparse.Namespace) -> None:
    """Run one target to the end, or to the first input that breaks it; ends the process."""
    import atheris

    # Only our own code guides the search, and only if it is imported inside this block.
    with atheris.instrument_imports(include=["crypto", "intake", "review", "tests.fuzz"]):
        from tests.fuzz.targets import BROKEN, TARGETS

        target: Any = {**TARGETS, **BROKEN}[options.target]
        # Some import what they search only now.
        seeds = list(target.seeds())
    for number, data in enumerate([*seeds, *kept(options.target)]):
        Path(options.begin, f"{number:04}").write_bytes(data)
    words = [
        sys.argv[0],
        f"-runs={options.runs}",
        f"-seed={options.seed}",
        f"-max_len={target.longest}",
        f"-rss_limit_mb={MEMORY_MIB}",
        f"-timeout={SECONDS_EACH}",
        f"-artifact_prefix={options.faults.resolve()}/",
        options.found,
        options.begin,
    ]
    atheris.Setup(words, target.run)
    atheris.Fuzz()


def main() -> int:
    """The exit status of a search, in a process of its own because the fuzzer ends its process."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("target")
    parser.add_argument("--runs", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--faults", type=Path, default=Path())
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--found", help=argparse.SUPPRESS)
    parser.add_argument("--begin", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.found is not None:
        search(options)
    with TemporaryDirectory() as found, TemporaryDirectory() as begin:
        folders = ["--found", found, "--begin", begin]
        command = [sys.executable, "-m", "tests.fuzz.run", *sys.argv[1:], *folders]
        status = subprocess.run(command).returncode
        if options.keep and status == 0:
            for path in Path(begin).iterdir():
                path.rename(Path(found, path.name))
            keep(options.target, Path(found))
    return status


if __name__ == "__main__":
    sys.exit(main())
