import os
from pathlib import Path

import pytest

from crypto import files
from crypto.errors import Malformed, TooLong


def test_a_file_is_read_up_to_its_limit(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"12345")
    assert files.read(str(path), 5) == b"12345"
    with pytest.raises(TooLong):
        files.read(str(path), 4)


def test_what_is_raised_about_a_file_names_it() -> None:
    with pytest.raises(Malformed) as refused, files.about("some file"):
        raise Malformed("not well formed")
    assert refused.value.__notes__ == ["some file"]


def test_a_new_file_is_its_owners_and_replaces_nothing(tmp_path: Path) -> None:
    path = tmp_path / "file"
    files.write_new(str(path), b"first")
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        files.write_new(str(path), b"second")
    assert path.read_bytes() == b"first"


def test_a_replaced_file_is_its_owners_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"first")
    path.chmod(0o644)
    files.replace(str(path), b"second" * 100000)
    assert path.read_bytes() == b"second" * 100000
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_was_not_replaced_stays(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"first")
    with pytest.raises(Malformed), files.replacing(str(path)):
        raise Malformed("something was wrong")
    assert path.read_bytes() == b"first"
    assert list(tmp_path.iterdir()) == [path]


def test_two_cannot_replace_a_file_at_once(tmp_path: Path) -> None:
    path = str(tmp_path / "file")
    with files.replacing(path) as write:
        with pytest.raises(FileExistsError):
            files.replace(path, b"other")
        write(b"one")
    files.replace(path, b"other")
    assert Path(path).read_bytes() == b"other"


def test_a_file_in_a_folder_that_is_not_there_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        files.replace(os.path.join(tmp_path, "none", "file"), b"")


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    path, link = tmp_path / "file", tmp_path / "link"
    link.symlink_to(path)
    files.replace(str(link), b"content")
    assert link.is_symlink()
    assert path.read_bytes() == b"content"


def test_what_is_no_file_is_not_replaced_by_one(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for name in (tmp_path, pipe):
        with pytest.raises(OSError, match="not a file"):
            files.replace(str(name), b"content")
    assert pipe.is_fifo()
