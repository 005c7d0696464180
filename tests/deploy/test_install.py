"""An operator installs into a root folder: what lies there, whose it is, and that twice is once."""

import os
import stat
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from deploy import ceremony, config, days
from deploy.cli import main
from deploy.committee import read
from deploy.host import configuration, plan
from deploy.host.answers import Answers
from deploy.host.machine import Machine, run
from deploy.keys import EXAMPLE
from deploy.rights import ROLES
from tests.deploy.sandbox import UNITS

pytestmark = pytest.mark.host
NAMES = ("--intake-name", "speak.example.com", "--console-name", "committee.example.com")
ANSWERS = (*NAMES, "--console-network", "10.8.0.0/24", "--timezone", "America/Los_Angeles")
GIVEN = Answers(
    intake_name="speak.example.com",
    console_name="committee.example.com",
    console_networks=("10.8.0.0/24",),
)
SECRETS = {"statement.key", "routing.identity", "store.key", "ledger.key"}
Install = Callable[..., Result]


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What somebody brings from the ceremony."""
    folder = tmp_path_factory.mktemp("ceremony") / "papers"
    plan_ = read(EXAMPLE.read_text("utf-8"))
    held = ceremony.hold(plan_, days.today({}), demo=False, work_factor=10)
    host = [each for each in held.papers if not str(each.path).startswith(("safe/", "people/"))]
    ceremony.write(host, folder)
    return folder


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An empty machine."""
    folder = tmp_path / "root"
    (folder / "etc").mkdir(parents=True)
    return folder


@pytest.fixture
def install(root: Path) -> Install:
    """Runs the installer for the empty machine."""
    return lambda *words: CliRunner().invoke(
        main, ["install", "--root", str(root), *(str(word) for word in words)]
    )


def tree(root: Path) -> dict[str, tuple[int, int, int, bytes]]:
    """Mode, owner and content of everything below a folder, with its time of change left out."""
    found = {}
    for path in sorted(root.rglob("*")):
        there = path.lstat()
        content = os.readlink(path).encode() if path.is_symlink() else b""
        if path.is_file() and not path.is_symlink():
            content = path.read_bytes()
        found[str(path.relative_to(root))] = (there.st_mode, there.st_uid, there.st_gid, content)
    return found


def owners(root: Path) -> Mapping[int, str]:
    lines = (root / "etc/passwd").read_text().splitlines()
    return {int(line.split(":")[2]): line.split(":")[0] for line in lines}


def test_everything_lies_where_it_should_with_its_owner_and_mode(
    install: Install, root: Path, papers: Path
) -> None:
    done = install(*ANSWERS, "--papers", papers)
    assert done.exit_code == 0, done.output
    machine = Machine(root, run)
    for step in plan.steps(machine, GIVEN.changed({"timezone": "America/Los_Angeles"}), None):
        assert step.is_done(machine), step.says
    names = owners(root)
    for line in (UNITS / "underrose.tmpfiles").read_text().splitlines():
        kind, path, mode, user, _group = line.split()[:5]
        if kind == "d":
            there = (root / path.lstrip("/")).stat()
            found = stat.S_IMODE(there.st_mode), names.get(there.st_uid, "root")
            assert found == (int(mode, 8), user), path
    keys = {
        path.name: stat.S_IMODE(path.stat().st_mode)
        for path in (root / "etc/underrose/keys").iterdir()
    }
    assert keys == dict.fromkeys(SECRETS, 0o400)
    users = {
        line.split()[1]
        for line in (UNITS / "underrose.sysusers").read_text().splitlines()
        if line.startswith("u ")
    }
    assert users <= set(names.values())
    wanted = {path.name for path in (root / "etc/systemd/system").glob("*.wants/*")}
    assert wanted == set(plan.units(GIVEN))


def test_a_second_run_changes_nothing(install: Install, root: Path, papers: Path) -> None:
    assert install(*ANSWERS, "--papers", papers).exit_code == 0
    before = tree(root)
    again = install()
    assert again.exit_code == 0, again.output
    assert "\n0 of " in f"\n{again.output}"
    assert tree(root) == before


def test_a_dry_run_says_everything_and_changes_nothing(install: Install, root: Path) -> None:
    before = tree(root)
    said = install(*ANSWERS, "--dry-run").output
    assert tree(root) == before
    for name in ("underrose-intake.service", "nginx.conf", "torrc", "run systemd-sysusers"):
        assert name in said
    assert install(*ANSWERS).exit_code == 0
    assert "would" not in install("--dry-run").output


def test_a_dry_run_after_an_answer_has_changed_names_what_follows(install: Install) -> None:
    assert install(*ANSWERS).exit_code == 0
    said = install("--intake-name", "tell.example.com", "--dry-run").output.splitlines()
    assert [line.split()[3].strip(",") for line in said] == [
        "/etc/underrose/proxy/nginx.conf",
        "/etc/underrose/install.toml",
    ]


def test_every_wrong_answer_is_told_at_once(install: Install, root: Path) -> None:
    before = tree(root)
    refused = install("--intake-name", "Speak", "--console-network", "10.8.0.1/24")
    assert refused.exit_code == 1
    for word in ("intake_name", "console_name", "10.8.0.1/24"):
        assert word in refused.output
    assert tree(root) == before


def test_the_two_programs_have_names_of_their_own() -> None:
    """Attack: submitters' pages and console in one origin, where each could act in the other."""
    one = GIVEN.changed({"console_name": GIVEN.intake_name})
    assert GIVEN.problems() == []
    assert one.problems() == ["intake_name and console_name must be two different names"]


def test_the_ceremony_is_led_step_by_step(install: Install, root: Path, papers: Path) -> None:
    said = install(*ANSWERS).output
    assert (
        said.index("Hold the ceremony") < said.index("--papers FOLDER") < said.index("Say to whom")
    )
    said = install("--papers", papers).output
    assert "ceremony" not in said
    assert "certificates" in said
    for name in ("intake.pem", "intake.key", "console.pem", "console.key"):
        (root / "etc/underrose/tls" / name).touch()
    (root / "etc/underrose/operator.recipient").touch()
    (root / "etc/underrose/keys/backup.key").touch()
    assert "start underrose-tor" in install().output
    onion = root / "var/lib/underrose/tor/onion"
    onion.mkdir(parents=True)
    (onion / "hostname").write_text(f"{'a' * 56}.onion\n")
    assert "Next" not in install().output
    file = tomllib.loads((root / "etc/underrose/underrose.toml").read_text())
    assert file["intake"]["onion_location"] == f"http://{'a' * 56}.onion"


def test_papers_with_what_belongs_in_a_safe_are_refused(
    install: Install, root: Path, papers: Path, tmp_path: Path
) -> None:
    whole = tmp_path / "whole"
    (whole / "safe").mkdir(parents=True)
    refused = install(*ANSWERS, "--papers", whole)
    assert (refused.exit_code, (root / "etc/underrose").exists()) == (1, False)
    assert "must never be on a host" in refused.output
    other = tmp_path / "other"
    other.mkdir()
    for each in papers.rglob("*"):
        if each.is_file():
            (other / each.relative_to(papers)).parent.mkdir(exist_ok=True)
            (other / each.relative_to(papers)).write_bytes(each.read_bytes())
    (other / "root.pub").write_text("A" * 43 + "=\n")
    assert "do not fit together" in install(*ANSWERS, "--papers", other).output


def test_what_the_operator_has_changed_is_left(install: Install, root: Path, papers: Path) -> None:
    install(*ANSWERS, "--papers", papers)
    file = root / "etc/underrose/underrose.toml"
    file.write_text(file.read_text().replace("https = true", "https = true\nmax_files = 4", 1))
    own = file.read_text()
    assert "left, because somebody has changed it" in install("--timezone", "UTC").output
    assert file.read_text() == own


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_the_settings_are_good_for_every_program(
    tmp_path: Path, papers: Path, database: str
) -> None:
    answers = GIVEN.changed({"database": database})
    root_key = (papers / "root.pub").read_text().strip()
    text = configuration.settings(answers, root_key, f"{'a' * 56}.onion")
    for path, name in plan.PAPERS.items():
        text = text.replace(f"{configuration.KEYS}/{name}", str(papers / path))
    text = text.replace("/var/lib/underrose/keeper", str(tmp_path))
    file = tmp_path / "underrose.toml"
    file.write_text(text)
    assert config.check(file, {}) == []
    if database == "postgresql":
        found = config.settings(file, "collector", {})
        assert {found["REVIEW_BOOK_URL"].split("//")[1].split("@")[0]} == {"collector"}
        lines = configuration.peers().splitlines()
        mapped = {line.split()[2] for line in lines if line.startswith("underrose ")}
        assert mapped == {*ROLES, "migrator"}


def test_uninstalling_leaves_data_keys_and_settings(
    install: Install, root: Path, papers: Path
) -> None:
    install(*ANSWERS, "--papers", papers)
    data = root / "var/lib/underrose/book/book.db"
    data.write_bytes(b"rows")
    dropin = root / "etc/systemd/system/underrose-intake.service"
    dropin.write_text(dropin.read_text() + "# mine\n")
    kept = tree(root / "var/lib/underrose") | tree(root / "etc/underrose/keys")
    remove = ["uninstall", "--root", str(root)]
    would = CliRunner().invoke(main, [*remove, "--dry-run"])
    assert (root / "etc/systemd/system/underrose-review.service").exists()
    assert "would remove /etc/systemd/system/underrose-review.service" in would.output
    done = CliRunner().invoke(main, remove)
    assert done.exit_code == 0, done.output
    assert tree(root / "var/lib/underrose") | tree(root / "etc/underrose/keys") == kept
    left = {path.name for path in (root / "etc/systemd/system").rglob("underrose*")}
    assert left == {"underrose-intake.service"}
    assert "somebody has changed it" in done.output
    for name in ("underrose.toml", "install.toml", "root.pub", "roster.json"):
        assert (root / "etc/underrose" / name).exists()


def test_only_a_purge_that_was_confirmed_destroys_data(
    install: Install, root: Path, papers: Path
) -> None:
    install(*ANSWERS, "--papers", papers)
    words = ["uninstall", "--root", str(root), "--purge"]
    assert CliRunner().invoke(main, words, input="n\n").exit_code == 1
    assert (root / "etc/underrose/keys/store.key").exists()
    assert (root / "etc/systemd/system/underrose-intake.service").exists()
    assert CliRunner().invoke(main, [*words, "--yes"]).exit_code == 0
    assert not (root / "etc/underrose").exists()
    assert not (root / "var/lib/underrose").exists()
