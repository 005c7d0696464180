"""A submitter's files: saved as they were sent under a harmless name, and never run or rendered."""

import struct
import zlib
from pathlib import Path

import pytest
from playwright.sync_api import Download, Locator, expect

from tests.browser.hostile import answer_instead
from tests.browser.installation import Installation
from tests.browser.reader import Reader
from tests.browser.submitter import File, Submitter

pytestmark = [
    pytest.mark.browser,
    pytest.mark.sqlite("of the browser; test_on_server.py has both"),
]

SCRIPT = b"<!doctype html><script>opener.ran=1;parent.ran=1;window.ran=1</script><h1>Hello</h1>"
PICTURE = b"<svg xmlns='http://www.w3.org/2000/svg' onload='window.ran=1'><script>1</script></svg>"
NAMES = (
    "../../.bashrc",
    "..\\..\\autoexec.bat",
    "/etc/cron.d/underrose",
    "C:\\Windows\\win.ini",
    ".profile",
    "annexe\u202efdp.exe",
    "CON.txt",
    "a\u0000b\r\nc.txt",
    "\uff0e\uff0e\uff0fx.txt",
    " . ",
    "x" * 200,
)


def a_png(width: int = 3, height: int = 2) -> bytes:
    """A small red picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    rows = b"".join(b"\x00" + b"\xff\x00\x00" * width for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts)


def opened(reader: Reader, installation: Installation, *files: File) -> Submitter:
    """A case with these files, open at the console."""
    somebody = installation.submitter()
    somebody.submit(files=files)
    installation.collect()
    reader.sign_in("chair")
    reader.unlock()
    reader.open_case(somebody.case_id)
    return somebody


def attachment(reader: Reader, position: int = 0) -> Locator:
    return reader.opened.locator(".attachment").nth(position)


def saved(reader: Reader, position: int = 0) -> Download:
    with reader.page.expect_download() as download:
        attachment(reader, position).locator("[data-save]").click()
    return download.value


def content(download: Download) -> bytes:
    return Path(download.path()).read_bytes()


@pytest.mark.parametrize("size", [0, 1, 65_536, 2_500_000])
def test_a_file_is_saved_as_it_was_sent(
    reader: Reader, installation: Installation, size: int
) -> None:
    sent = bytes(at % 251 for at in range(size))
    opened(
        reader,
        installation,
        File("first.bin", "application/x-first", b"before"),
        File("second.bin", "application/x-second", sent),
    )
    download = saved(reader, 1)
    assert download.suggested_filename == "second.bin"
    assert content(download) == sent
    expect(attachment(reader, 1)).to_contain_text("was checked and saved")


@pytest.mark.parametrize("names", [NAMES[::2], NAMES[1::2]])
def test_saved_names_stay_in_the_chosen_folder(
    reader: Reader, installation: Installation, names: tuple[str, ...]
) -> None:
    """Attack 35: path traversal and disguise in a saved name."""
    opened(reader, installation, *(File(name, "text/plain", b"x") for name in names))
    for position in range(len(names)):
        name = saved(reader, position).suggested_filename
        assert name == Path(name).name
        assert not name.startswith((".", "~", " "))
        assert not set(name) & set('/\\:*?"<>|\u202e\u0000\r\n')
        assert name.split(".")[0].lower() not in ("con", "nul", "aux", "prn")
        assert 0 < len(name) <= 121
        expect(attachment(reader, position).locator(".attachment-name")).to_have_text(name)


@pytest.mark.parametrize(
    ("name", "kind", "sent"),
    [
        ("page.html", "text/html", SCRIPT),
        ("drawing.svg", "image/svg+xml", PICTURE),
        ("page.xhtml", "application/xhtml+xml", SCRIPT),
        ("script.js", "text/javascript", b"window.ran=1"),
    ],
)
def test_active_files_are_saved_and_not_run(
    reader: Reader, installation: Installation, name: str, kind: str, sent: bytes
) -> None:
    """Attack 6: active content in a download."""
    opened(reader, installation, File(name, kind, sent))
    assert content(saved(reader)) == sent
    assert len(reader.page.context.pages) == 1
    assert reader.page.url.startswith(f"{reader.address}/cases/")
    assert reader.page.evaluate("window.ran") is None


def test_every_slice_is_served_as_bytes_to_save(reader: Reader, installation: Installation) -> None:
    """Attack 6: a browser led to a slice's address has nothing to show, and no origin of ours."""
    opened(reader, installation, File("page.html", "text/html", SCRIPT))
    with reader.page.expect_response(lambda answer: "/slices/" in answer.url) as answered:
        saved(reader)
    headers = answered.value.headers
    assert headers["content-type"] == "application/octet-stream"
    assert headers["content-disposition"].startswith("attachment;")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"].endswith("; sandbox")
    assert headers["cache-control"] == "no-store"
    assert SCRIPT not in answered.value.body()


def test_text_is_previewed_as_letters(reader: Reader, installation: Installation) -> None:
    opened(reader, installation, File("page.html", "text/html", SCRIPT))
    attachment(reader).locator("[data-preview]").click()
    expect(reader.opened.locator("pre.opened-text")).to_have_text(SCRIPT.decode())
    expect(reader.opened.locator("script, h1")).to_have_count(0)
    assert reader.page.evaluate("window.ran") is None


def a_huge_png(side: int) -> bytes:
    """A black picture of few bytes and very many pixels."""
    row = b"\x00" * (1 + (side + 7) // 8)
    packer = zlib.compressobj(9)
    rows = b"".join([*(packer.compress(row) for _ in range(side)), packer.flush()])
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", rows), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def test_a_picture_of_few_bytes_and_very_many_pixels_is_not_decoded(
    reader: Reader, installation: Installation
) -> None:
    """Decoding it would take gigabytes of the reader's memory."""
    sent = a_huge_png(22_000)
    assert len(sent) < 100_000
    opened(reader, installation, File("black.png", "image/png", sent))
    reader.page.evaluate(
        """() => {
            const real = createImageBitmap;
            window.decoded = 0;
            window.createImageBitmap = (...all) => ((window.decoded += 1), real(...all));
        }"""
    )
    attachment(reader).locator("[data-preview]").click()
    expect(attachment(reader)).to_contain_text("cannot be shown here")
    assert reader.page.evaluate("window.decoded") == 0
    assert content(saved(reader)) == sent


def test_a_tall_picture_makes_no_endless_canvas(reader: Reader, installation: Installation) -> None:
    opened(reader, installation, File("tall.png", "image/png", a_png(2, 30_000)))
    attachment(reader).locator("[data-preview]").click()
    canvas = reader.opened.locator("canvas")
    expect(canvas).to_be_visible()
    assert int(canvas.get_attribute("height") or 0) <= 4000


def test_a_picture_is_previewed_as_pixels(reader: Reader, installation: Installation) -> None:
    opened(reader, installation, File("red.png", "image/png", a_png()))
    attachment(reader).locator("[data-preview]").click()
    canvas = reader.opened.locator("canvas")
    expect(canvas).to_be_visible()
    pixel = "canvas => [...canvas.getContext('2d').getImageData(1, 1, 1, 1).data]"
    assert canvas.evaluate(pixel) == [255, 0, 0, 255]
    expect(reader.opened.locator("img")).to_have_count(0)


@pytest.mark.parametrize("sent", [PICTURE, SCRIPT, b"", a_png()[:40]])
def test_what_only_calls_itself_a_picture_is_not_shown(
    reader: Reader, installation: Installation, sent: bytes
) -> None:
    opened(reader, installation, File("red.png", "image/png", sent))
    attachment(reader).locator("[data-preview]").click()
    expect(attachment(reader)).to_contain_text("cannot be shown here")
    expect(reader.opened.locator("canvas")).to_have_count(0)


@pytest.mark.parametrize("kind", ["image/svg+xml", "application/pdf", "", "video/mp4"])
def test_other_kinds_of_files_have_no_preview(
    reader: Reader, installation: Installation, kind: str
) -> None:
    opened(reader, installation, File("file", kind, b"x"))
    expect(attachment(reader).locator("[data-save]")).to_be_visible()
    expect(attachment(reader).locator("[data-preview]")).to_have_count(0)


def test_a_file_with_a_changed_slice_is_not_saved(
    reader: Reader, installation: Installation
) -> None:
    opened(reader, installation, File("ledger.txt", "text/plain", b"Order 4711\n"))
    answer_instead(reader.page, "/0", lambda honest: honest[:-1] + bytes([honest[-1] ^ 1]))
    attachment(reader).locator("[data-save]").click()
    expect(attachment(reader)).to_contain_text("It was not saved")


def test_a_file_of_another_message_is_not_saved_under_this_name(
    reader: Reader, installation: Installation
) -> None:
    """Attack 38 for slices: genuine ones of the same case, in the place of another file's."""
    opened(
        reader,
        installation,
        File("first.txt", "text/plain", b"the first"),
        File("second.txt", "text/plain", b"the other"),
    )
    second = reader.page.request.get(slice_address(reader, 1)).body()
    answer_instead(reader.page, "/0", lambda _: second)
    attachment(reader, 0).locator("[data-save]").click()
    expect(attachment(reader, 0)).to_contain_text("It was not saved")
    assert content(saved(reader, 1)) == b"the other"


def slice_address(reader: Reader, index: int) -> str:
    manifest = reader.page.request.get(f"{reader.page.url}/manifest").json()
    upload = manifest["envelopes"][0]["upload"]
    return f"{reader.page.url}/slices/{upload}/{index}"
