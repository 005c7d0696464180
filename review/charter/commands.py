"""What `underrose charter assess` and `underrose charter check` print: text in, text out.

Pure, so that the program around it (review/charter_cli.py) opens the file, prints and exits.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from review.charter.clauses import Charter
from review.charter.findings import Assessment, Finding, LeafStatus, Occurrence
from review.charter.parse import parse_book
from review.charter.story import Assess, Disappointment, charter_alone, check, read_story

FORMATS = ("table", "json")
INDENT = "      "


class UnknownClause(ValueError):
    """A part that the charter does not have."""


class UnknownViewer(ValueError):
    """Somebody whom the book does not name."""


@dataclass(frozen=True)
class Outcome:
    """What to print, and with which status to exit."""

    text: str
    status: int = 0


def assess_book(
    source: bytes,
    charter: Charter,
    as_of: date,
    known_at: date | None = None,
    *,
    clause: str = "",
    form: str = "table",
    viewer: str = "",
    assessed_by: Assess = charter_alone,
) -> Outcome:
    """A book's assessment, for the whole charter or one part of it.

    The caller says which halves assess it, as this half never reaches the other's rules. Raises
    MalformedBook if the book does not parse, UnknownClause for a clause the charter does not have,
    and UnknownViewer for somebody the book does not name. Finding breaches is no failure: the
    status is 0.
    """
    if clause and clause not in charter.below:
        raise UnknownClause(f"{clause} is no part of the charter")
    book = parse_book(source, charter)
    if viewer and viewer not in book.people:
        raise UnknownViewer(f"{viewer} is nobody the book names")
    result = assessed_by(charter, book, as_of, known_at or as_of, viewer)
    if clause:
        result = _part(result, frozenset(charter.below[clause]))
    if form == "json":
        return Outcome(result.render())
    return Outcome(_table(result, charter))


def check_story(source: bytes, charter: Charter, assessed_by: Assess = charter_alone) -> Outcome:
    """Every expectation of a story that does not hold, with what was found instead.

    The status is 1 if there is any. Raises MalformedStory or MalformedBook.
    """
    chapters = read_story(source, charter)
    count = sum(len(chapter.expect) for chapter in chapters)
    wrong = [one for chapter in chapters for one in check(chapter, charter, assessed_by)]
    lines = [line for one in wrong for line in _disappointment(one)]
    held = f"{count - len(wrong)} of {count} expectations hold"
    return Outcome("\n".join([*lines, held]) + "\n", 1 if wrong else 0)


def _disappointment(one: Disappointment) -> list[str]:
    place = f"{one.chapter}: " if one.chapter else ""
    note = one.expectation.row.text("note")
    lines = [f"line {one.expectation.line}: {place}expected {one.expectation}"]
    lines += [f"{INDENT}because {note}"] if note else []
    return [*lines, *(f"{INDENT}found {found}" for found in one.found or ("nothing",))]


def _part(result: Assessment, leaves: frozenset[str]) -> Assessment:
    return Assessment(
        result.as_of,
        result.known_at,
        result.charter_sha256,
        result.book_sha256,
        tuple(one for one in result.findings if one.leaf in leaves),
        tuple(one for one in result.occurrences if one.leaf in leaves),
        tuple(one for one in result.leaves if one.leaf in leaves),
        result.retention_opinion,
    )


def _table(result: Assessment, charter: Charter) -> str:
    known = f", as known on {result.known_at}" if result.known_at != result.as_of else ""
    lines = [f"As of {result.as_of}{known}", ""]
    is_open = [one for one in result.findings if one.is_open]
    over = [one for one in result.findings if not one.is_open]
    lines += _section("Findings", is_open) + _section("Over", over)
    lines += ["Leaves", ""]
    lines += _columns([_leaf_row(one, charter) for one in result.leaves])
    coming = [one for one in result.occurrences if one.due and one.due >= result.as_of]
    if coming:
        lines += ["", "Coming", ""]
        lines += _columns([_occurrence_row(one) for one in sorted(coming, key=_by_due)])
    return "\n".join(lines) + "\n"


def _section(title: str, findings: Iterable[Finding]) -> list[str]:
    found = list(findings)
    if not found:
        return [f"{title}: none", ""]
    lines = [title, ""]
    for one in found:
        until = f" to {one.until}" if one.until else ""
        period = f" {one.period}" if one.period else ""
        figures = "".join(f" {name}={value}" for name, value in one.figures.items())
        lines.append(
            f"{one.severity} {one.code:<4} {one.standing:<9} {one.leaf:<7}"
            f" {one.about}{period} since {one.since}{until}{figures}"
        )
        lines.append(f"{INDENT}{one.sentence}")
        if one.is_open:
            lines.append(f"{INDENT}Whose: {one.whose} ({one.source_class}). Cure: {one.cure}")
    return [*lines, ""]


def _leaf_row(one: LeafStatus, charter: Charter) -> Sequence[str]:
    due = f"next {one.next_due}" if one.next_due else one.reason
    return (one.leaf, str(one.status), charter.leaf[one.leaf].name, due)


def _occurrence_row(one: Occurrence) -> Sequence[str]:
    return (str(one.due), one.leaf, str(one.status), one.clock or one.period, one.about)


def _by_due(one: Occurrence) -> tuple[object, ...]:
    return (one.due or date.max, *one.order())


def _columns(rows: Sequence[Sequence[str]]) -> list[str]:
    if not rows:
        return []
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
