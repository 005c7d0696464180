"""Zip files that play tricks: each is refused in one sentence, and within limits."""

import io
import random
import struct
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from crypto import strict
from review.audit import bundle
from review.audit.bundle import Manifest
from review.audit.errors import MalformedBundle
from review.audit.opened import open_bundle
from tests.review.audit.looking import files, look, packed
from tests.review.audit.signing import triage
from tests.review.audit.world import World


def honest() -> World:
    made = World(5)
    made.batch()
    made.submit()
    made.live(2)
    found = made.submit()
    made.morning()
    triage(made, found)
    made.morning()
    # It waits for the next batch.
    made.resolve()
    return made


WORLD = honest()
DATA = WORLD.bundle()
FILES = files(DATA)


def refused(data: bytes) -> str:
    seen = look(data)
    assert seen.status == 2, seen.lines
    (line,) = seen.lines
    assert "\n" not in line
    return line


@pytest.mark.parametrize("data", [b"", b"x", b"PK\x03\x04", b"not a zip" * 100], ids=len)
def test_what_is_no_zip_file_is_refused(data: bytes) -> None:
    assert "not a zip file" in refused(data)


@pytest.mark.parametrize("part", range(1, 20))
def test_a_bundle_that_was_cut_short_is_refused(part: int) -> None:
    refused(DATA[: len(DATA) * part // 20])


def test_bytes_before_or_after_the_zip_file_are_refused() -> None:
    refused(DATA + b"x")
    refused(b"x" + DATA)


def test_a_comment_is_refused() -> None:
    file = io.BytesIO(DATA)
    with zipfile.ZipFile(file, "a") as archive:
        archive.comment = b"look here"
    refused(file.getvalue())


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_given_twice_is_refused() -> None:
    file = io.BytesIO(DATA)
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr(bundle.RECORDS, b"")
    assert refused(file.getvalue()) == "the zip file has a name twice"


@pytest.mark.parametrize(
    "name",
    [
        *("../records.jsonl", "/records.jsonl", "records.jsonl/", "Records.jsonl", "more.txt"),
        *("ledgers/0/entries.jsonl", "ledgers/01/entries.jsonl", "ledgers/1/notes"),
        *("rosters/x.json", "rosters/0.json", "rosters/01.json"),
        *("ledgers/1/../1/checkpoint", "ledgers\\1\\checkpoint", "records.jsonl\x00.txt", "\u0131"),
    ],
)
def test_a_name_that_no_bundle_has_is_refused(name: str) -> None:
    info = zipfile.ZipInfo("x")
    info.filename = name
    file = io.BytesIO(DATA)
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr(info, b"")
    assert "name" in refused(file.getvalue())


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_missing_file_is_refused_or_named(name: str) -> None:
    content = {key: value for key, value in FILES.items() if key != name}
    assert look(packed(content, manifest=False)).status == 2
    if name != bundle.MANIFEST:
        seen = look(packed(content))
        assert seen.status == (1 if name.endswith("/checkpoint") else 2)


def test_a_file_that_the_manifest_does_not_list_is_refused() -> None:
    content = {**FILES, "rosters/2.json": b"{}"}
    assert "not those that the manifest lists" in refused(packed(content, manifest=False))


# Nothing waits in this bundle: a byte of an empty file cannot be another one.
@pytest.mark.parametrize("name", sorted(FILES.keys() - {bundle.MANIFEST, bundle.WAITING}))
def test_a_file_changed_under_its_manifest_is_named(name: str) -> None:
    changed = bytearray(FILES[name])
    changed[len(changed) // 2] ^= 1
    seen = look(packed({**FILES, name: bytes(changed)}, manifest=False))
    assert seen.status in (1, 2)
    if seen.status == 1:
        assert f"{name} is not the file that the manifest lists" in seen.text


def manifest_with(**changes: object) -> bytes:
    value = strict.parse_canonical(FILES[bundle.MANIFEST])
    assert isinstance(value, dict)
    return strict.canonical({**value, **changes})


@pytest.mark.parametrize(
    "manifest",
    [
        b"",
        b"{}",
        FILES[bundle.MANIFEST].replace(b'"v":1', b'"v": 1'),
        manifest_with(v=2),
        manifest_with(kind="reader"),
        manifest_with(made_on="yesterday"),
        manifest_with(installation="x"),
        manifest_with(program="two\nlines"),
        manifest_with(files=[]),
        manifest_with(more=1),
        b"[" * 100_000,
    ],
    ids=range(11),
)
def test_a_manifest_that_is_none_is_refused(manifest: bytes) -> None:
    refused(packed({**FILES, bundle.MANIFEST: manifest}, manifest=False))


def test_a_manifest_with_files_twice_or_out_of_order_is_refused() -> None:
    value = strict.parse_canonical(FILES[bundle.MANIFEST])
    assert isinstance(value, dict)
    listed = value["files"]
    for other in ([*listed, listed[-1]], listed[::-1]):
        manifest = manifest_with(files=other)
        line = refused(packed({**FILES, bundle.MANIFEST: manifest}, manifest=False))
        assert line == "the manifest does not list each file once and in order"


def lying(size: int) -> bytes:
    """The bundle with another size of its records in directory and manifest."""
    manifest = Manifest.parse(FILES[bundle.MANIFEST])
    value = strict.parse_canonical(manifest.to_bytes())
    assert isinstance(value, dict)
    for each in value["files"]:
        if each["name"] == bundle.RECORDS:
            each["size"] = size
    content = {**FILES, bundle.MANIFEST: strict.canonical(value)}
    data = bytearray(packed(content, manifest=False))
    at = data.rfind(b"PK\x01\x02", 0, data.rfind(bundle.RECORDS.encode()))
    struct.pack_into("<L", data, at + 24, size)
    return bytes(data)


@pytest.mark.parametrize("by", [-1000, -1, 1, 1000, 1 << 30])
def test_a_size_that_lies_is_refused(by: int) -> None:
    refused(lying(len(FILES[bundle.RECORDS]) + by))


def test_packings_that_are_not_read_here_are_refused() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_BZIP2) as archive:
        for name, content in FILES.items():
            archive.writestr(name, content)
    assert "packed in a way that is not read here" in refused(file.getvalue())


def test_an_encrypted_file_is_refused() -> None:
    data = bytearray(DATA)
    at = data.rfind(b"PK\x01\x02")
    data[at + 8] |= 1
    assert "packed in a way that is not read here" in refused(bytes(data))


def test_parts_that_overlap_are_refused() -> None:
    """Many names for the same bytes make a small file large without end."""
    data = bytearray(packed(FILES, manifest=False))
    first = data.find(b"PK\x01\x02")
    second = data.find(b"PK\x01\x02", first + 4)
    data[second + 42 : second + 46] = data[first + 42 : first + 46]
    assert refused(bytes(data)) == "two files of the zip file overlap"


def test_a_table_of_contents_too_large_to_hold_is_refused(tmp_path: Path) -> None:
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, 1 << 31, 0, 0)
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.truncate(1 << 31)
        file.seek(0, 2)
        file.write(end)
    with pytest.raises(MalformedBundle, match="lists more than"), open_bundle(path):
        pass


def test_a_line_without_an_end_does_not_fill_the_memory() -> None:
    """A hundred MiB of one line in a hundred KiB of zip file: refused when it is too long."""
    for name in ("ledgers/1/entries.jsonl", "records.jsonl", "ledgers/1/checkpoints.jsonl"):
        data = packed({**FILES, name: b"a" * (100 << 20)})
        tracemalloc.start()
        line = refused(data)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert "is longer than such a line can be" in line
        assert peak < 64 << 20, (name, peak)


def test_a_million_lines_that_are_no_entries_are_counted_and_not_held() -> None:
    data = packed({**FILES, "ledgers/1/entries.jsonl": b"\n" * 300_000})
    seen = look(data)
    assert seen.status == 1
    assert len(seen.lines) < 1000
    assert "entries: 299800 more" in seen.text


def test_a_last_line_that_does_not_end_is_refused() -> None:
    name = "ledgers/1/entries.jsonl"
    assert "does not end" in refused(packed({**FILES, name: FILES[name][:-1]}))


def test_what_a_bundle_says_cannot_move_a_cursor() -> None:
    WORLD.program = "under\u202erose"
    try:
        seen = look(WORLD)
    finally:
        WORLD.program = "underrose 0.2.0"
    assert seen.status in (0, 2)
    assert "\u202e" not in seen.text


def test_any_byte_changed_in_a_bundle_is_found() -> None:
    """Somewhere in the zip file: no place is without its check, or it says nothing."""
    rng = random.Random(1)
    for _ in range(150):
        data = bytearray(DATA)
        at = rng.randrange(len(data))
        data[at] ^= 1 << rng.randrange(8)
        seen = look(bytes(data))
        if seen.status == 0:
            # What remains are fields of the zip format that mean nothing here, such as dates.
            assert files(bytes(data)) == FILES
