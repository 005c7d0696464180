"""One file for all programs: what each reads of it, and every mistake at once."""

import os
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.strict import to_b64
from deploy import config
from deploy.errors import ConfigurationRefused
from intake import schema

KEY = to_b64(bytes(range(32)))
BASE = f"""
[intake]
database_url = "sqlite:////srv/drop.db"
root_key = "{KEY}"
statement_key_file = "/etc/underrose/keys/statement.key"
timezone = "America/Los_Angeles"
https = true
max_files = 4

[review]
book_url = "sqlite:////srv/book.db"
shred_url = "sqlite:////srv/shred.db"
store_key_file = "STORE"
root_key = "{KEY}"
origin = "https://console.example"

[collector.review]
drop_url = "sqlite:////srv/drop.db"
book_url = "sqlite:////srv/other.db"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    key = tmp_path / "store.key"
    key.write_text(to_b64(bytes(32)) + "\n")
    key.chmod(0o600)
    path = tmp_path / "underrose.toml"
    path.write_text(BASE.replace("STORE", str(key)))
    return path


def refused(path: Path, text: str, program: str = "intake") -> tuple[str, ...]:
    path.write_text(text)
    with pytest.raises(ConfigurationRefused) as caught:
        config.settings(path, program, {})
    return tuple(problem.removeprefix(f"{path}: ") for problem in caught.value.problems)


def test_a_console_that_nobody_could_sign_in_to_is_told_of(file: Path) -> None:
    text = file.read_text()
    assert config.check(file, {}) == []
    file.write_text(text.replace('origin = "https://console.example"', ""))
    (problem,) = config.check(file, {})
    assert problem.startswith("REVIEW_ORIGIN must be set")
    file.write_text(text.replace("https://console.example", "http://console.example"))
    assert [each for each in config.check(file, {}) if "REVIEW_ORIGIN" in each]


def test_a_program_that_serves_reads_its_own_table_and_no_other(file: Path) -> None:
    found = config.settings(file, "intake", {})
    assert {name.partition("_")[0] for name in found} == {"INTAKE"}
    assert (found["INTAKE_HTTPS"], found["INTAKE_MAX_FILES"]) == ("1", "4")
    console = config.settings(file, "review", {})
    assert console["REVIEW_BOOK_URL"] == "sqlite:////srv/book.db"
    assert "REVIEW_DROP_URL" not in console


def test_what_a_job_has_of_its_own_wins(file: Path) -> None:
    found = config.settings(file, "collector", {})
    assert found["REVIEW_BOOK_URL"] == "sqlite:////srv/other.db"
    assert found["REVIEW_DROP_URL"] == found["INTAKE_DATABASE_URL"]
    assert config.settings(file, "keeper", {})["REVIEW_BOOK_URL"] == "sqlite:////srv/book.db"


def test_what_a_job_has_of_its_own_wins_wherever_it_stands(file: Path) -> None:
    head, _, tail = file.read_text().partition("[review]")
    review, _, own = tail.partition("[collector.review]")
    file.write_text(f"[collector.review]{own}\n{head}\n[review]{review}")
    assert config.settings(file, "collector", {})["REVIEW_BOOK_URL"] == "sqlite:////srv/other.db"


def test_the_environment_wins_so_that_a_unit_can_name_its_credentials(file: Path) -> None:
    there = {"INTAKE_STATEMENT_KEY_FILE": "/run/credentials/x/statement.key"}
    assert "INTAKE_STATEMENT_KEY_FILE" not in config.settings(file, "intake", there)


def test_every_mistake_is_told_at_once(file: Path) -> None:
    text = "typo = 1\n[intake]\nhttps = 1.5\nmax_files = [1]\n[keeper]\nroot = 2\n[keeper.drop]\n"
    assert set(refused(file, text)) == {
        "typo is no table of this file",
        "intake.https must be a text, a whole number, true, false or a day",
        "intake.max_files must be a text, a whole number, true, false or a day",
        "keeper.root is no table of this file",
        "keeper.drop is no table of this file",
    }


def test_a_program_that_there_is_none_of_is_named(file: Path) -> None:
    (problem,) = refused(file, "", program="intakes")
    assert problem.startswith("UNDERROSE_PROGRAM must be one of intake, review,")


@pytest.mark.parametrize("text", ["[intake", "intake = {", "a = 'x\ny'"])
def test_what_is_no_toml_is_one_sentence(file: Path, text: str) -> None:
    assert len(refused(file, text)) == 1


def test_a_file_that_is_absent_or_huge_or_no_text_is_one_sentence(tmp_path: Path) -> None:
    for name, content in (("none", None), ("huge", b"#" * (1 << 20) + b"#"), ("odd", b"\xff")):
        path = tmp_path / name
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(ConfigurationRefused) as caught:
            config.settings(path, "intake", {})
        assert len(caught.value.problems) == 1


def test_a_good_file_has_no_problem(file: Path) -> None:
    assert config.check(file, {}) == []


def test_check_tells_what_each_program_would_and_tells_it_once(file: Path) -> None:
    text = file.read_text().replace("max_files", "max_filez").replace("https = true", "https = 7")
    file.write_text(text.replace("timezone = ", "timezone = 'Nowhere/At'\n#"))
    problems = config.check(file, {})
    assert len(problems) == len(set(problems))
    assert {problem.split()[0] for problem in problems} == {
        *("INTAKE_MAX_FILEZ", "INTAKE_HTTPS", "INTAKE_TIMEZONE"),
    }


@given(st.binary(max_size=300))
def test_no_bytes_make_anything_but_settings_or_a_refusal(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "underrose.toml"
        path.write_bytes(content)
        with suppress(ConfigurationRefused):
            assert all(isinstance(text, str) for text in config.settings(path, "intake", {}))


def test_the_command_line_takes_its_settings_from_the_file(tmp_path: Path) -> None:
    path = tmp_path / "underrose.toml"
    path.write_text(f'[intake]\ndatabase_url = "sqlite:///{tmp_path / "drop.db"}"\n')
    done = subprocess.run(
        [sys.executable, "-c", "from deploy.cli import main; main()", "database", "upgrade"],
        env={**os.environ, "UNDERROSE_CONFIG": str(path)},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (0, f"drop: version {schema.VERSION}\n"), done.stderr
