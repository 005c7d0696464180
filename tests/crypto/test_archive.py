import struct
import tempfile
import warnings
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.archive import Case, is_archive, read_archive
from crypto.errors import Malformed

ID = "0123456789abcdef" * 4
UPLOAD = "fedcba9876543210" * 4
NAMES = {
    f"cases/{ID}/grants/1.age": b"grant",
    f"cases/{ID}/envelopes/001-submission.age": b"submission",
    f"cases/{ID}/slices/{UPLOAD}/0.age": b"slice",
    f"cases/{ID}/slices/{UPLOAD}/10.age": b"another slice",
    "manifest.json": b"{}",
    "cases/README.txt": b"a note",
}


def make_folder(folder: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def make_zip(path: Path, files: dict[str, bytes], packing: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", packing) as file:
        for name, data in files.items():
            file.writestr(name, data)
    return path


def _intact() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        return make_zip(Path(folder) / "export.zip", NAMES).read_bytes()


INTACT = _intact()


def cases(path: Path) -> list[Case]:
    with read_archive(path) as archive:
        return archive.cases()


def test_a_folder_and_a_zip_file_have_the_same_cases(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "export", NAMES)
    found = cases(folder)
    assert found == cases(make_zip(tmp_path / "export.zip", NAMES))
    [case] = found
    assert case.grants == {1: f"cases/{ID}/grants/1.age"}
    assert set(case.uploads[UPLOAD]) == {0, 10}
    assert cases(folder / "cases" / ID) == found
    with read_archive(folder) as archive:
        assert archive.read(case.grants[1], 5) == b"grant"


def test_what_is_an_archive_and_what_is_one_sealed_file(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "export", NAMES)
    assert is_archive(folder)
    assert is_archive(make_zip(tmp_path / "a.zip", {}))
    assert is_archive(make_zip(tmp_path / "b.zip", NAMES))
    assert not is_archive(folder / f"cases/{ID}/grants/1.age")
    assert not is_archive(tmp_path / "absent")


def test_envelopes_come_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    numbers = ("1000-note", "999-reply", "002-submission", "010-note")
    names = {f"cases/{ID}/envelopes/{name}.age": b"" for name in numbers}
    [case] = cases(make_zip(tmp_path / "export.zip", names))
    ordered = [name for name, _ in case.envelopes_in_order()]
    assert ordered == ["002-submission", "010-note", "999-reply", "1000-note"]


@pytest.mark.parametrize(
    "name",
    [
        f"cases/{ID}/envelopes/1-note.age",
        f"cases/{ID}/envelopes/001-other.age",
        f"cases/{ID}/grants/01.age",
        f"cases/{ID}/grants/\uff11.age",
        f"cases/{ID}/slices/{UPLOAD}/../0.age",
        f"cases/{ID}/other/1.age",
        f"cases/{ID}/1.age",
        "cases/../../1.age",
        f"cases/{ID.upper()}/grants/1.age",
    ],
)
def test_a_sealed_file_in_an_unknown_place_is_not_passed_over(name: str, tmp_path: Path) -> None:
    with read_archive(make_zip(tmp_path / "export.zip", {**NAMES, name: b""})) as archive:
        assert archive.strays() == [name]
        [case] = archive.cases()
    assert len(case.envelopes) == len(case.grants) == 1


def test_an_archive_without_a_case_is_refused(tmp_path: Path) -> None:
    for path in (
        make_folder(tmp_path / "export", {"manifest.json": b"{}"}),
        make_zip(tmp_path / "export.zip", {}),
    ):
        with pytest.raises(Malformed, match="no case"):
            cases(path)


def test_more_than_a_file_can_hold_is_not_read(tmp_path: Path) -> None:
    """A few bytes of a zip file can stand for any amount of memory."""
    name = f"cases/{ID}/grants/1.age"
    path = make_zip(tmp_path / "export.zip", {name: bytes(10_000_000)})
    assert path.stat().st_size < 20_000
    with read_archive(path) as archive, pytest.raises(Malformed, match="larger"):
        archive.read(name, 1000)


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "export.zip", NAMES)
    with warnings.catch_warnings(), zipfile.ZipFile(path, "a") as file:
        warnings.simplefilter("ignore")
        file.writestr(f"cases/{ID}/grants/1.age", b"another")
    with pytest.raises(Malformed, match="one name"):
        cases(path)


def test_a_zip_file_in_another_packing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Malformed, match="packed"):
        cases(make_zip(tmp_path / "export.zip", NAMES, zipfile.ZIP_BZIP2))


def test_a_zip_file_with_a_password_is_refused(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "export.zip", NAMES)
    data = bytearray(path.read_bytes())
    # The flags of the first entry of the central directory, which Python cannot set itself.
    data[data.index(b"PK\1\2") + 8] |= 1
    path.write_bytes(data)
    with pytest.raises(Malformed, match="password"):
        cases(path)


def test_a_damaged_zip_file_is_refused(tmp_path: Path) -> None:
    name = f"cases/{ID}/grants/1.age"
    path = make_zip(tmp_path / "export.zip", {name: b"grant" * 100}, zipfile.ZIP_STORED)
    intact = path.read_bytes()
    path.write_bytes(intact.replace(b"grant" * 100, b"brand" * 100))
    with pytest.raises(Malformed, match="damaged"), read_archive(path) as archive:
        archive.read(name, 1000)
    for size in range(4, len(intact), 7):
        path.write_bytes(intact[:size])
        with pytest.raises(Malformed):
            cases(path)


def test_a_false_size_in_a_zip_file_is_refused(tmp_path: Path) -> None:
    name = f"cases/{ID}/grants/1.age"
    path = make_zip(tmp_path / "export.zip", {name: b"grant"}, zipfile.ZIP_STORED)
    data = bytearray(path.read_bytes())
    struct.pack_into("<II", data, data.index(b"PK\1\2") + 20, 2**31, 2**31)
    path.write_bytes(data)
    with pytest.raises(Malformed), read_archive(path) as archive:
        archive.read(name, 1000)


@settings(max_examples=300)
@given(st.lists(st.tuples(st.integers(4, 10_000), st.integers(0, 255)), min_size=1, max_size=4))
def test_a_zip_file_changed_anywhere_is_read_or_refused_by_name(
    changes: list[tuple[int, int]],
) -> None:
    data = bytearray(INTACT)
    for place, byte in changes:
        data[4 + place % (len(data) - 4)] = byte
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        try:
            with read_archive(Path(file.name)) as archive:
                for case in archive.cases():
                    for name in case.grants.values():
                        archive.read(name, 1000)
        except Malformed:
            return
