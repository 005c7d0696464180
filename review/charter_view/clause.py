"""One clause: its words, its leaves with their rules and sources, its years and its findings."""

from collections.abc import Iterable
from dataclasses import dataclass

from review.charter.book import Event
from review.charter.calendars import span_of
from review.charter.clauses import FROM_MEMORY, Charter, Clause
from review.charter.findings import Assessment, Finding, Occurrence
from review.charter_view.coverage import ClauseLine, LeafLine, coverage, leaf_lines
from review.charter_view.shelf import Shelf
from review.charter_view.states import State, state_of


@dataclass(frozen=True)
class Source:
    """Where a duty comes from, and whether anybody has seen the text."""

    text: str
    from_memory: bool


@dataclass(frozen=True)
class Due:
    """One occurrence with its state."""

    occurrence: Occurrence
    state: State


@dataclass(frozen=True)
class Year:
    """What was due for a fiscal year; 0 for what belongs to none."""

    fiscal_year: int
    due: tuple[Due, ...]


@dataclass(frozen=True)
class ClausePage:
    """Everything about one clause, or one row of the law overlay (then line is None)."""

    id: str
    clause: Clause | None
    line: ClauseLine | None
    leaves: tuple[LeafLine, ...]
    sources: tuple[Source, ...]
    years: tuple[Year, ...]
    findings: tuple[Finding, ...]
    records: tuple[Event, ...]


def clause_page(charter: Charter, found: Assessment, shelf: Shelf, name: str) -> ClausePage | None:
    """The page of a clause or overlay row, by its id or that of one of its leaves; or None."""
    leaf = charter.leaf.get(name)
    place = leaf.clause if leaf and leaf.clause else name
    clause = next((one for one in charter.clauses if one.id == place), None)
    if clause is None and leaf is None:
        return None
    lines = leaf_lines(charter, found)
    own = tuple(
        line for line in lines.values() if (line.leaf.clause == place or line.leaf.id == name)
    )
    ids = {line.leaf.id for line in own}
    findings = tuple(one for one in found.findings if one.leaf in ids)
    due = [one for one in found.occurrences if one.leaf in ids]
    all_lines = coverage(charter, found, shelf).lines if clause else ()
    return ClausePage(
        place,
        clause,
        next((one for one in all_lines if one.clause.id == place), None),
        own,
        tuple(_sources(clause, own)),
        tuple(_years(due)),
        findings,
        tuple(_records(shelf, findings, due)),
    )


def _sources(clause: Clause | None, leaves: Iterable[LeafLine]) -> Iterable[Source]:
    texts = dict.fromkeys(clause.sources if clause else ())
    for line in leaves:
        texts.update(dict.fromkeys(line.leaf.sources))
    return (Source(text, FROM_MEMORY in text) for text in texts)


def _years(due: Iterable[Occurrence]) -> Iterable[Year]:
    """The occurrences by fiscal year, the newest first, and last those of no year."""
    found: dict[int, list[Due]] = {}
    for one in due:
        span = span_of(one.period)
        year = span[0] if span else (one.due.year if one.due else 0)
        found.setdefault(year, []).append(Due(one, state_of(one.status)))
    return (Year(year, tuple(found[year])) for year in sorted(found, reverse=True))


def _records(
    shelf: Shelf, findings: Iterable[Finding], due: Iterable[Occurrence]
) -> Iterable[Event]:
    """What the findings and occurrences rest on, the newest first."""
    names = {name for one in findings for name in one.records}
    names |= {name for one in due for name in one.records}
    events = [shelf.records[name] for name in names if name in shelf.records]
    return sorted(events, key=lambda event: (event.day_of, event.id), reverse=True)
