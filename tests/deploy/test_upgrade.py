"""An operator brings an installation of an earlier release to this one, by one command."""

import os
import shutil
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import insert

from crypto.age import open_sealed
from deploy import database
from deploy.cli import main
from deploy.upgrade import stages
from review.store import backups as kept
from review.store.database import open_engine, writing
from review.store.schema import backups
from tests import committee
from tests.postgres import Cluster

PACKED = Path(__file__).resolve().parent.parent / "fixtures" / "demo-0.1.0.zip"
STORES = {"drop": "INTAKE_DATABASE_URL", "book": "REVIEW_BOOK_URL", "shred": "REVIEW_SHRED_URL"}
# What 0.1.0 kept of its cases, and this release keeps too.
TABLES = {
    "drop": ("mailboxes", "letters"),
    "book": ("cases", "envelopes", "people"),
    "shred": ("shred_keys",),
}
earlier = pytest.mark.sqlite("a demo of 0.1.0, which knew no server")
Upgrade = Callable[..., Result]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The databases of 0.1.0, named by the environment."""
    folder = tmp_path / "data"
    with zipfile.ZipFile(PACKED) as archive:
        archive.extractall(folder, [f"{name}.db" for name in STORES])
    for name, setting in STORES.items():
        monkeypatch.setenv(setting, f"sqlite:///{folder}/{name}.db")
    return folder


@pytest.fixture
def upgrade(tmp_path: Path) -> Upgrade:
    """Runs the command with a folder for backups and the operator's recipient."""
    (tmp_path / "kept").mkdir()
    (tmp_path / "to").write_text(committee.identity("operator").recipient.text + "\n")
    given = [str(tmp_path / "kept"), "--recipient", str(tmp_path / "to")]
    return lambda *words: CliRunner().invoke(main, ["upgrade", *given, *words])


def rows(folder: Path, name: str) -> dict[str, list[tuple[object, ...]]]:
    """The ids of everything that was kept."""
    with closing(sqlite3.connect(folder / f"{name}.db")) as connection:
        key = "case_id" if name == "shred" else "id"
        found = {t: f"SELECT {key} FROM {t} ORDER BY 1" for t in TABLES[name]}
        return {table: connection.execute(query).fetchall() for table, query in found.items()}


@earlier
def test_an_installation_of_0_1_0_comes_over_by_one_command_with_a_backup_first(
    data: Path, upgrade: Upgrade, tmp_path: Path
) -> None:
    before = {name: rows(data, name) for name in STORES}
    files = {name: (data / f"{name}.db").read_bytes() for name in STORES}
    done = upgrade()
    assert done.exit_code == 0, done.output
    assert all(stage.is_done for stage in stages(os.environ))
    assert {name: rows(data, name) for name in STORES} == before
    for name, content in files.items():
        (sealed,) = (tmp_path / "kept").glob(f"before-*-{name}-*.age")
        assert content[:100] not in sealed.read_bytes()
        assert sealed.stat().st_mode & 0o077 == 0
        (tmp_path / "opened.db").write_bytes(
            open_sealed(sealed.read_bytes(), [committee.identity("operator")])
        )
        shutil.copy(tmp_path / "opened.db", tmp_path / f"{name}.db")
        assert rows(tmp_path, name) == before[name]
        url = f"sqlite:///{tmp_path}/{name}.db"
        assert database.current(name, url) == "0001"
    again = upgrade()
    assert (again.exit_code, "already" in again.output) == (0, True)
    assert len(list((tmp_path / "kept").iterdir())) == 3


@earlier
def test_a_dry_run_touches_nothing(data: Path, upgrade: Upgrade, tmp_path: Path) -> None:
    files = {name: (data / f"{name}.db").read_bytes() for name in STORES}
    said = upgrade("--dry-run").output
    assert "book: version 0001, would become" in said
    assert files == {name: (data / f"{name}.db").read_bytes() for name in STORES}
    assert not list((tmp_path / "kept").iterdir())


@earlier
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE alembic_version SET version_num = '9999'", "it is newer"),
        ("DROP TABLE alembic_version", "no database of ours"),
        (None, "there is no book at"),
    ],
)
def test_what_does_not_fit_is_refused_in_a_sentence_before_anything_is_touched(
    data: Path, upgrade: Upgrade, tmp_path: Path, change: str | None, said: str
) -> None:
    if change is None:
        (data / "book.db").unlink()
    else:
        with closing(sqlite3.connect(data / "book.db")) as book:
            book.execute(change)
            book.commit()
    drop = (data / "drop.db").read_bytes()
    refused = upgrade()
    assert (refused.exit_code, said in refused.output) == (1, True)
    assert (data / "drop.db").read_bytes() == drop
    assert not list((tmp_path / "kept").iterdir())


@earlier
def test_settings_that_name_not_all_databases_are_refused(
    data: Path, upgrade: Upgrade, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REVIEW_SHRED_URL")
    assert "do not name all three databases: shred" in upgrade().output
    assert data.exists()


@earlier
def test_a_database_that_somebody_writes_to_is_not_upgraded(
    data: Path, upgrade: Upgrade, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *a, **k: real(*a, **{**k, "timeout": 0}))
    with closing(real(data / "book.db", isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        refused = upgrade()
    assert (refused.exit_code, "locked" in refused.output) == (1, True)
    assert {stage.now for stage in stages(os.environ)} == {"0001"}


@pytest.mark.postgresql
def test_on_a_server_the_release_before_must_have_made_a_backup_today(
    cluster: Cluster, upgrade: Upgrade, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = {name: cluster.database(name) for name in STORES}
    for name, setting in STORES.items():
        monkeypatch.setenv(setting, cluster.url(names[name], "migrator"))
    monkeypatch.setenv("INTAKE_TODAY", committee.TODAY.isoformat())
    monkeypatch.setenv("INTAKE_DEMO", "1")
    # As it would be with the next release.
    monkeypatch.setattr(database, "head", lambda _name: "next")
    refused = upgrade()
    assert (refused.exit_code, "there is no backup of" in refused.output) == (1, True)
    book = open_engine(cluster.url(names["book"]))
    with writing(book) as connection:
        for store in STORES:
            made = kept.Backup(
                "1" * 32, store, committee.TODAY, committee.TODAY, "1" * 64, "2" * 64
            )
            connection.execute(insert(backups).values(**vars(made)))
    book.dispose()
    done = upgrade()
    assert done.exit_code == 0, done.output
    assert "book: backed up today" in done.output
    for name in names.values():
        cluster.drop(name)
