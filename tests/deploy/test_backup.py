"""Attack 37: backups in clear, never restored. Here: sealed, read to the end, and brought back."""

import hashlib
import json
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from crypto import signing
from crypto.age import open_sealed, seal
from deploy import backup
from deploy.errors import BackupRefused, FolderTaken
from deploy.rights import BACKUP
from intake.database import open_engine, reading, writing
from intake.schema import slices, tally, uploads
from tests import backups, committee
from tests.stores import Stores

pytestmark = pytest.mark.stores
SECRET = b"what nobody may read on a disk"
OPENER = backups.OPENER


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
    backup.write(backups.plan(), url, path)
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
    counts = backup.restore("drop", path, OPENER, url).counts
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
    with pytest.raises(FolderTaken):
        backup.write(backups.plan(), stores.url(tmp_path, "drop"), path)


def signed(lines: list[bytes], seed: bytes = backups.SEED) -> bytes:
    """A backup with these lines before its end, which is made to fit."""
    whole = hashlib.sha256(b"".join(lines)).hexdigest()
    header = json.loads(lines[0]) if lines else {}
    end = {"end": header.get("store"), "id": header.get("id"), "sha256": whole}
    last = json.dumps(signing.sign("backup", end, seed), separators=(",", ":")).encode() + b"\n"
    return seal(b"".join([*lines, last]), [backups.RECIPIENT])


def spoilt(sealed: bytes) -> dict[str, bytes]:
    """Backups that are not to be restored, by what is wrong with them."""
    lines = open_sealed(sealed, OPENER.identities).splitlines(keepends=True)
    said, rest, last = lines[0], lines[1:-1], lines[-1]
    to = [backups.RECIPIENT]
    other = {**json.loads(said), "id": "0" * 32}
    return {
        "changed": sealed[:-1] + bytes([sealed[-1] ^ 1]),
        "cut short": sealed[:-70_000],
        "empty": b"",
        "cut short and sealed again": seal(b"".join(lines[:-1]), to),
        "longer": seal(b"".join([*lines, last]), to),
        "reordered": signed([said, *rest[::-1]]),
        "without a row": signed([x for x in lines[:-1] if b"0" * 63 not in x]),
        "of another store": signed([said.replace(b'"drop"', b'"book"'), *rest]),
        "of another version": signed([said.replace(b'"schema":"', b'"schema":"9'), *rest]),
        "of another id than it was signed with": seal(
            b"".join([json.dumps(other).encode() + b"\n", *rest, last]), to
        ),
        "by another installation": signed(lines[:-1], committee.seed("of somebody else")),
        "for another recipient": seal(b"".join(lines), [committee.recipient("chair")]),
        "signed by nobody": seal(b"".join([*lines[:-1], b'{"end":"drop"}\n']), to),
        "made on nothing": signed([*lines[:-1]][:1] + [named(each) for each in rest]),
        "no backup": seal(b"[1]\n", to),
    }


def named(line: bytes) -> bytes:
    """A row that says of its large contents only which they are."""
    cells = json.loads(line)
    if not isinstance(cells, list) or max(len(str(each)) for each in cells) < 2000:
        return line
    cells = [{"in": "0" * 64} if len(str(each)) > 2000 else each for each in cells]
    return json.dumps(cells, separators=(",", ":")).encode() + b"\n"


def test_what_is_signed_as_ours_is_restored(stores: Stores, tmp_path: Path) -> None:
    """So that the test after this one is about what is wrong, and not about how it was made."""
    sealed = made(stores, tmp_path).read_bytes()
    lines = open_sealed(sealed, OPENER.identities).splitlines(keepends=True)
    again = tmp_path / "again.age"
    again.write_bytes(signed(lines[:-1]))
    assert backup.check("drop", again, OPENER).counts["tally"][0] == 20


def test_what_is_damaged_or_foreign_is_refused_before_anything_is_touched(
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
