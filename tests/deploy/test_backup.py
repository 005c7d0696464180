"""Attack 37: backups in clear, never restored. Here: sealed, read to the end, and brought back."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import insert, select

from crypto.age import open_sealed, seal
from deploy import backup
from deploy.cli import main
from deploy.errors import BackupRefused, FolderTaken
from deploy.rights import BACKUP
from intake.database import open_engine, reading, writing
from intake.schema import slices, tally, uploads
from tests import committee
from tests.stores import Stores

pytestmark = pytest.mark.stores
SECRET = b"what nobody may read on a disk"
TO = [committee.recipient("chair")]
OPENER = [committee.identity("chair")]


def filled(stores: Stores, folder: Path) -> str:
    """A drop with rows of several types, one of them large."""
    url = stores.make(folder, "drop")
    engine = open_engine(url)
    with writing(engine) as connection:
        for n in range(20):
            connection.execute(insert(tally).values(value=f"{n:064d}", on=committee.TODAY))
        connection.execute(insert(uploads).values(id="a" * 64, on=committee.TODAY))
        large = {"index": 0, "envelope": SECRET * 40_000, "on": committee.TODAY}
        connection.execute(insert(slices).values(upload_id="a" * 64, id=1, **large))
    engine.dispose()
    return url


def made(stores: Stores, folder: Path) -> Path:
    """A backup of a filled drop, made as the role that backups are made by."""
    path = folder / "drop.age"
    url = stores.as_role(filled(stores, folder), BACKUP)
    backup.write("drop", url, path, TO, "2026-11-21")
    return path


def other_place(stores: Stores, folder: Path) -> str:
    (folder / "other").mkdir()
    return stores.make(folder / "other", "drop")


def is_empty(url: str) -> bool:
    engine = open_engine(url)
    with reading(engine) as connection:
        nothing = connection.execute(select(tally)).first() is None
    engine.dispose()
    return nothing


def test_every_row_comes_back(stores: Stores, tmp_path: Path) -> None:
    path = made(stores, tmp_path)
    url = other_place(stores, tmp_path)
    counts = backup.restore("drop", path, OPENER, url)
    assert counts["tally"][0] == 20
    for each in (stores.url(tmp_path, "drop"), url):
        engine = open_engine(each)
        with reading(engine) as connection:
            assert backup.held("drop", connection) == counts
            assert connection.execute(select(slices.c.envelope)).scalar() == SECRET * 40_000
        engine.dispose()


def test_a_backup_is_sealed_and_private(stores: Stores, tmp_path: Path) -> None:
    path = made(stores, tmp_path)
    assert SECRET[:12] not in path.read_bytes()
    assert b"tally" not in path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0
    assert not list(tmp_path.glob("*.part"))
    with pytest.raises(BackupRefused):
        backup.check("drop", path, [committee.identity("secretary-of-nobody")])
    with pytest.raises(FolderTaken):
        backup.write("drop", stores.url(tmp_path, "drop"), path, TO, "2026-11-21")


def spoilt(sealed: bytes) -> dict[str, bytes]:
    """Backups that are not to be restored, by what is wrong with them."""
    lines = open_sealed(sealed, OPENER).splitlines(keepends=True)
    return {
        "changed": sealed[:-1] + bytes([sealed[-1] ^ 1]),
        "cut short": sealed[:-70_000],
        "empty": b"",
        "cut short and sealed again": seal(b"".join(lines[:-1]), TO),
        "longer": seal(b"".join([*lines, lines[-1]]), TO),
        "reordered": seal(b"".join([lines[0], *lines[1:-1][::-1], lines[-1]]), TO),
        "without a row": seal(b"".join(x for x in lines if b"0" * 63 not in x), TO),
        "foreign": seal(lines[0].replace(b'"drop"', b'"book"') + b"".join(lines[1:]), TO),
        "no backup": seal(b"[1]\n", TO),
    }


def test_what_is_damaged_is_refused_before_anything_is_touched(
    stores: Stores, tmp_path: Path
) -> None:
    path = made(stores, tmp_path)
    url = other_place(stores, tmp_path)
    for what, content in spoilt(path.read_bytes()).items():
        bad = tmp_path / "bad.age"
        bad.write_bytes(content)
        with pytest.raises(BackupRefused):
            backup.restore("drop", bad, OPENER, url)
        assert is_empty(url), what
        with pytest.raises(BackupRefused):
            backup.restore("drop", bad, OPENER, f"sqlite:///{tmp_path}/never.db")
        assert not (tmp_path / "never.db").exists(), what


def test_a_store_with_rows_is_not_restored_into(stores: Stores, tmp_path: Path) -> None:
    path = made(stores, tmp_path)
    with pytest.raises(BackupRefused, match="not empty"):
        backup.restore("drop", path, OPENER, stores.url(tmp_path, "drop"))


def test_the_commands(stores: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTAKE_DATABASE_URL", filled(stores, tmp_path))
    book = stores.make(tmp_path, "book")
    monkeypatch.setenv("REVIEW_BOOK_URL", stores.as_role(book, BACKUP))
    (tmp_path / "kept").mkdir()
    (tmp_path / "to").write_text(TO[0].text + "\n")
    (tmp_path / "identity").write_text(OPENER[0].text + "\n")
    kept, opener = str(tmp_path / "kept"), ("--identity", str(tmp_path / "identity"))
    run = CliRunner().invoke
    done = run(main, ["backup", "make", "drop", kept, "--recipient", str(tmp_path / "to")])
    assert done.exit_code == 0
    assert "made and read back" in done.output
    (file,) = map(str, (tmp_path / "kept").iterdir())
    assert Path(file).name in run(main, ["backup", "list"]).output
    assert run(main, ["backup", "expire", kept]).output == ""
    checked = run(main, ["backup", "check", "drop", file, *opener])
    drilled = run(main, ["restore", "drop", file, *opener, "--drill"])
    assert checked.exit_code == drilled.exit_code == 0
    assert "tally: 20 rows" in checked.output
    assert drilled.output == checked.output
    refused = run(main, ["restore", "drop", file, *opener])
    assert refused.exit_code == 1
    assert "not empty" in refused.output
