"""The sheet that is printed of a certificate."""

import io
from dataclasses import replace

from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from crypto.certificate_parts import LEFT_OUT, ROLES
from crypto.certifying import EXCEPTIONS, LOOKED, METHODS
from review import certificate_words as words
from review.certificate_pdf import render
from tests import certified
from tests.certified import LINES


def read(sheet: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(sheet))


def text_of(sheet: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in read(sheet).pages).split())


def test_the_sheet_is_the_same_bytes_for_the_same_certificate() -> None:
    assert render(certified.gone()) == render(certified.gone())
    assert render(certified.gone()) != render(certified.left_out())


def test_what_the_certificate_says_can_be_searched_in_the_sheet() -> None:
    made = certified.gone()
    said = text_of(render(made))
    for value in (made.id, made.hash, made.manifest, made.act, made.exports[0].bundle):
        assert value in said
    for each in made.records:
        assert each.line.case in said
        assert each.line.content in said
    assert "Of 2 records, 1 were disposed of and 1 stayed." in said
    assert "Proposed by ada on 2026-11-18." in said
    assert "Approved by cleo, chair of the committee." in said
    assert "Until 2026-11-28 a backup could bring a record back" in said
    assert "Stayed: it was under legal hold." in said


def test_a_sheet_of_what_stayed_does_not_say_that_anything_was_done() -> None:
    said = text_of(render(certified.left_out()))
    assert "Nothing was carried out: every record on the list stayed." in said
    assert "destroyed" not in said


def test_the_sheet_has_a_title_a_language_and_the_size_of_paper() -> None:
    sheet = read(render(certified.gone()))
    assert sheet.metadata is not None
    assert sheet.metadata.title == f"{words.TITLE} {certified.gone().id}"
    root = sheet.trailer["/Root"].get_object()
    assert isinstance(root, DictionaryObject)
    assert str(root["/Lang"]) == "en"
    assert [float(each) for each in sheet.pages[0].mediabox] == [0, 0, 595, 842]


def test_many_records_go_on_over_pages_and_none_is_cut() -> None:
    lines = [replace(LINES[0], case=f"{n:064x}") for n in range(1, 121)]
    made = certified.certificate(*(certified.went(each) for each in lines))
    sheet = read(render(made))
    assert len(sheet.pages) > 10
    pages = [page.extract_text() for page in sheet.pages]
    for n, page in enumerate(pages, start=1):
        assert f"page {n} of {len(pages)}" in page
        assert not page.rstrip().splitlines()[-2].startswith("Record of class")
    assert all(any(line.case in page for page in pages) for line in lines)


def test_every_code_of_a_certificate_has_its_words() -> None:
    assert set(words.ROLES) == set(ROLES)
    assert set(words.REASONS) == set(LEFT_OUT)
    assert set(words.EXCEPTIONS) == set(EXCEPTIONS)
    assert (len(words.METHODS), len(words.LOOKED)) == (len(METHODS), len(LOOKED))
