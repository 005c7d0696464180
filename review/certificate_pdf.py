"""A certificate as a PDF to print: what it says in plain words, the same bytes each time.

It is made from the certificate alone, and has nothing that the certificate does not have. Text can
be searched; its fonts are those that every reader of PDF files has, so that nothing is embedded.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pydyf

from crypto.certificate_parts import Ended, Head
from crypto.certifying import Certificate
from review.certificate_words import (
    EXCEPTIONS,
    LOOKED,
    METHODS,
    REASONS,
    REMARK,
    ROLES,
    TITLE,
    WIDTHS,
)

# Points; a sheet of A4, and its margins.
_WIDE, _HIGH = 595, 842
_LEFT, _TOP, _BOTTOM = 62, 780, 70
_ROOM = _WIDE - 2 * _LEFT


@dataclass(frozen=True)
class _Line:
    """A line of text: its font, size, and the room that it takes with what is above it."""

    text: str
    font: str = "F1"
    size: float = 10
    above: float = 3

    @property
    def height(self) -> float:
        """How far it is to the next line, in points."""
        return self.size * 1.3 + self.above


def render(certificate: Certificate) -> bytes:
    """The PDF of a certificate."""
    pages = list(_pages(list(_lines(certificate))))
    document = pydyf.PDF()
    document.info["Title"] = pydyf.String(f"{TITLE} {certificate.id}")
    document.info["Producer"] = pydyf.String(certificate.software)
    document.catalog["Lang"] = pydyf.String("en")
    document.catalog["ViewerPreferences"] = pydyf.Dictionary({"DisplayDocTitle": "true"})
    fonts = pydyf.Dictionary()
    for name, base in (("F1", "Helvetica"), ("F2", "Helvetica-Bold"), ("F3", "Courier")):
        font = pydyf.Dictionary(
            {
                "Type": "/Font",
                "Subtype": "/Type1",
                "BaseFont": f"/{base}",
                "Encoding": "/WinAnsiEncoding",
            }
        )
        document.add_object(font)
        fonts[name] = font.reference
    for n, lines in enumerate(pages, start=1):
        _add_page(document, fonts, lines, f"{certificate.id} - page {n} of {len(pages)}")
    written = io.BytesIO()
    document.write(written, identifier=certificate.hash[:32].encode("ascii"))
    return written.getvalue()


def _pages(lines: list[_Line]) -> Iterator[list[_Line]]:
    """The lines of each page; a heading does not end one."""
    page: list[_Line] = []
    left = float(_TOP - _BOTTOM)
    for n, line in enumerate(lines):
        after = lines[n + 1].height if line.font == "F2" and n + 1 < len(lines) else 0.0
        if page and left < line.height + after:
            yield page
            page, left = [], float(_TOP - _BOTTOM)
        page.append(line)
        left -= line.height
    yield page


def _add_page(document: pydyf.PDF, fonts: pydyf.Dictionary, lines: list[_Line], foot: str) -> None:
    stream = pydyf.Stream()
    at = float(_TOP)
    placed = []
    for line in lines:
        at -= line.height
        placed.append((at, line))
    for where, line in [*placed, (_BOTTOM - 28.0, _Line(foot, size=8))]:
        stream.begin_text()
        stream.set_font_size(line.font, line.size)
        stream.set_text_matrix(1, 0, 0, 1, _LEFT, round(where, 2))
        stream.show_text_string(line.text)
        stream.end_text()
    document.add_object(stream)
    page = pydyf.Dictionary(
        {
            "Type": "/Page",
            "Parent": document.pages.reference,
            "MediaBox": pydyf.Array([0, 0, _WIDE, _HIGH]),
            "Contents": stream.reference,
            "Resources": pydyf.Dictionary({"Font": fonts}),
        }
    )
    document.add_page(page)


def _lines(certificate: Certificate) -> Iterator[_Line]:
    """All that is said, from the title to the last record."""
    yield _Line(TITLE, "F2", 18)
    yield from _text(_summary(certificate), above=8)
    yield from _named("Certificate", certificate.id)
    yield from _named("Installation", certificate.installation)
    yield from _named("SHA-256 of certificate.json", certificate.hash)
    yield from _head("By whose authority")
    yield from _text(f"Proposed by {certificate.by} on {_day(certificate.proposed)}.")
    for each in certificate.approvers:
        yield from _text(f"Approved by {each.by}, {ROLES[each.role]}.")
    yield from _text(
        f"The last of these signed on {_day(certificate.approved)}; then {certificate.cooling} "
        "days had to pass. All signed the same list and no other:"
    )
    yield from _named("SHA-256 of the list", certificate.manifest)
    yield from _named("Hash of what they signed", certificate.act)
    yield from _head("What was done")
    if certificate.executed is None:
        yield from _text("Nothing was carried out: every record on the list stayed.")
    else:
        yield from _executed(certificate)
    yield from _head("Who looked, and at what")
    verified = certificate.verified
    yield from _text(
        f"Verified on {_day(verified.on)} by the program that makes backups (account "
        f"{verified.account}), which carries nothing out."
    )
    if certificate.executed is not None:
        yield from _text("It found: " + " ".join(LOOKED))
    yield from _ledger("The ledger before", certificate.before)
    yield from _ledger("The ledger at verification", certificate.after)
    yield from _head("What is out of reach, and until when")
    yield from _elsewhere(certificate)
    yield from _head(f"Records ({len(certificate.records)})")
    for record in certificate.records:
        yield from _record(record)


def _summary(certificate: Certificate) -> str:
    gone, stayed = len(certificate.gone), len(certificate.left_out)
    said = f"Of {gone + stayed} records, {gone} were disposed of and {stayed} stayed."
    return f"{said} {REMARK}"


def _executed(certificate: Certificate) -> Iterator[_Line]:
    run = certificate.executed
    if run is None or certificate.rewritten is None:
        return
    yield from _text(
        f"Carried out by the collector's job (account {run.account}), the last record on "
        f"{_day(run.on)}; all stores were written anew on {_day(certificate.rewritten)}."
    )
    for each in METHODS:
        yield from _text(each, indent="- ")
    yield from _text(
        "Level by NIST SP 800-88: Clear. The key that opened a record was destroyed, and files "
        "were written anew; what a disk has set aside by itself is not reached by that."
    )
    for code in certificate.exceptions:
        yield from _text(f"Exception: {EXCEPTIONS[code]}")


def _elsewhere(certificate: Certificate) -> Iterator[_Line]:
    if certificate.backup is None:
        yield from _text("There was no backup that a record could be brought back with.")
    else:
        yield from _text(
            f"Until {_day(certificate.backup)} a backup could bring a record back, still sealed to "
            "its readers. The ledger says when the last such backup is gone."
        )
    for each in certificate.backups:
        yield from _text(
            f"Backups of the {each.store}: {each.count}, the last ends on {_day(each.ends)}.",
            indent="- ",
        )
    if not certificate.exports:
        yield from _text("No record had been exported.")
    for export in certificate.exports:
        yield from _text(f"Exported on {_day(export.on)}, for: {export.reader}.", indent="- ")
        yield from _named("SHA-256", export.bundle)


def _record(record: Ended) -> Iterator[_Line]:
    line = record.line
    yield _Line(f"Record of class {line.record_class}, version {line.version}", "F2", 10, 8)
    if record.executed is not None:
        yield from _text(f"Disposed of on {_day(record.executed)}.")
    else:
        yield from _text(f"Stayed: {REASONS[record.reason or '']}")
    yield from _text(f"Its time ran from {_day(line.triggered)}; it was due {_day(line.due)}.")
    yield from _named("Record", line.case)
    yield from _named("Hash of its content", line.content)
    if record.holds is not None:
        yield from _named("Hash of the legal holds that stood, none of them over it", record.holds)


def _ledger(name: str, head: Head | None) -> Iterator[_Line]:
    if head is None:
        yield from _text(f"{name}: nothing had been signed yet.")
        return
    yield from _text(f"{name}: {head.size} entries of {head.origin}, with the root")
    yield _Line(head.root, "F3", 9)


def _head(text: str) -> Iterator[_Line]:
    yield _Line(text, "F2", 12, 12)


def _named(name: str, value: str) -> Iterator[_Line]:
    yield from _text(f"{name}:")
    yield _Line(value, "F3", 9, 1)


def _text(text: str, indent: str = "", above: float = 3) -> Iterator[_Line]:
    """A paragraph in as many lines as it needs."""
    line = indent
    for word in text.split():
        longer = f"{line}{word}" if line in ("", indent) else f"{line} {word}"
        if _width(longer) > _ROOM and line not in ("", indent):
            yield _Line(line, above=above)
            line, above = " " * len(indent) + word, 0
        else:
            line = longer
    yield _Line(line, above=above)


def _width(text: str, size: float = 10) -> float:
    return sum(WIDTHS.get(each, 1000) for each in text) * size / 1000


def _day(day: date) -> str:
    return day.isoformat()
