import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

Checkout = Path
FILES = ("deploy/prepare", "deploy/find-node", "requirements.lock", "pyproject.toml")


@pytest.fixture
def checkout(tmp_path: Path, repository: Path) -> Checkout:
    """A checkout in which nothing was prepared yet, with an empty folder for programs."""
    for name in FILES:
        copied = tmp_path / "checkout" / name
        copied.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(repository / name, copied)
    (tmp_path / "programs").mkdir()
    return tmp_path / "checkout"


def program(checkout: Checkout, name: str, text: str) -> None:
    path = checkout.parent / "programs" / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def run(
    checkout: Checkout, *words: str, only: tuple[str, ...] = ()
) -> subprocess.CompletedProcess[str]:
    """Run a script of the checkout; only the named system programs and ours are found."""
    programs = checkout.parent / "programs"
    for name in ("bash", "env", "dirname", "cat", "mktemp", "rm", "sha256sum", *only):
        if not (programs / name).exists():
            (programs / name).symlink_to(str(shutil.which(name)))
    environment: Mapping[str, str] = {"PATH": str(programs), "HOME": os.environ["HOME"]}
    return subprocess.run(
        [programs / "bash", *words], cwd=checkout, env=environment, capture_output=True, text=True
    )


def test_a_machine_without_python_is_told_what_to_install(checkout: Checkout) -> None:
    done = run(checkout, "deploy/prepare", "demo")
    assert done.returncode == 1
    assert done.stderr == "prepare: python3 is missing; install Python 3.11 or newer\n"


def test_an_old_python_is_refused_by_its_version(checkout: Checkout) -> None:
    program(checkout, "python3", '[ "$1" = --version ] && echo "Python 3.9.2"; exit 1')
    done = run(checkout, "deploy/prepare", "demo")
    assert done.returncode == 1
    assert "Python 3.9.2 is too old" in done.stderr


def test_without_ensurepip_somebody_who_is_not_root_is_told_the_package(
    checkout: Checkout,
) -> None:
    program(checkout, "python3", 'case "$2" in *ensurepip*) exit 1 ;; esac')
    program(checkout, "id", "echo 1000")
    done = run(checkout, "deploy/prepare", "demo")
    assert done.returncode == 1
    assert "install the package python3-venv" in done.stderr
    assert not (checkout / ".venv").exists()


def test_an_unknown_purpose_is_refused_before_anything_is_made(checkout: Checkout) -> None:
    done = run(checkout, "deploy/prepare", "everything")
    assert done.returncode == 1
    assert "demo, check or test" in done.stderr
    assert not (checkout / ".venv").exists()


@pytest.mark.parametrize("purpose", ["demo", "check"])
def test_a_second_run_has_nothing_to_do(purpose: str, repository: Path) -> None:
    done = subprocess.run([repository / "deploy/prepare", purpose], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_node_that_is_too_old_is_passed_over_for_the_environments_own(
    checkout: Checkout,
) -> None:
    program(checkout, "node", "exit 1")
    program(checkout, "npm", "")
    own = checkout / ".venv" / "bin"
    own.mkdir(parents=True)
    for name in ("node", "npm"):
        (own / name).write_text("#!/bin/sh\n")
        (own / name).chmod(0o755)
    done = run(checkout, "deploy/find-node")
    assert (done.returncode, done.stdout.strip()) == (0, str(own))


def test_a_recent_node_of_the_system_is_taken(checkout: Checkout) -> None:
    program(checkout, "node", "exit 0")
    program(checkout, "npm", "")
    done = run(checkout, "deploy/find-node")
    assert done.stdout.strip() == str(checkout.parent / "programs")


def test_no_node_at_all_is_said_by_the_exit_status(checkout: Checkout) -> None:
    done = run(checkout, "deploy/find-node")
    assert (done.returncode, done.stdout) == (1, "")
