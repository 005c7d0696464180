"""What a duty notes down while it looks: findings and occurrences, as far as the book is kept.

A finding that rests on what did not happen is raised only where the book is complete for its leaf
on the day it began; one that is a lasting condition, where the book is complete on any day of it.
What each code means, whose it is and what cures it is in catalogue.toml.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from review.charter.book import Event
from review.charter.facts import Facts
from review.charter.findings import (
    Figures,
    Finding,
    Occurrence,
    Severity,
    Standing,
    Status,
)
from review.workdays import days_after

SOON_DAYS = 30


@dataclass(frozen=True)
class Code:
    """A code of the catalogue: where it belongs, whose it is, and what ends it."""

    leaves: tuple[str, ...]
    whose: str
    source_class: str
    title: str
    cure: str


@cache
def catalogue() -> Mapping[str, Code]:
    """Every code this half raises."""
    return read_codes(Path(__file__).with_name("catalogue.toml"))


def read_codes(path: Path) -> Mapping[str, Code]:
    """The codes that a file lists."""
    document = tomllib.loads(path.read_text())
    return {
        name: Code(tuple(row["leaves"]), row["whose"], row["class"], row["title"], row["cure"])
        for name, row in document.items()
    }


class Notes:
    """Collects what the duties find, by the codes of the catalogue unless others are given."""

    def __init__(self, facts: Facts, codes: Mapping[str, Code] | None = None) -> None:
        self.facts = facts
        self._codes = catalogue() if codes is None else codes
        self.view = facts.view
        self.findings: list[Finding] = []
        self.occurrences: list[Occurrence] = []

    def acted(self, event: Event, name: str = "decision") -> bool:
        """Whether the committee itself validly decided what an event records."""
        return self.facts.rulings.committee_acted(event, name)

    def finding(  # noqa: PLR0913 (a finding has that many parts)
        self,
        code: str,
        about: str,
        since: date | None,
        severity: Severity,
        sentence: str,
        *,
        leaves: tuple[str, ...] = (),
        until: date | None = None,
        standing: Standing = Standing.OPEN,
        whose: str = "",
        source_class: str = "",
        period: str = "",
        due: date | None = None,
        figures: Figures | None = None,
        records: Iterable[str] = (),
        condition: bool = False,
        always: bool = False,
        cure: str = "",
    ) -> None:
        """Note a finding, unless it lies ahead or its leaf is not kept."""
        entry = self._codes[code]
        if since is None or since > self.view.as_of:
            return
        if standing is Standing.JUDGEMENT and until is None:
            standing, severity, until = self._judged(code, about, since, severity)
        # What ended it may have been recorded of a day before it began: a refusal before a request.
        until = max(until, since) if until is not None else None
        over = until is not None and until <= self.view.as_of
        end = until if over and until else self.view.as_of
        leaf = self._leaf(leaves or entry.leaves, since, max(end, since), condition, always)
        if not leaf:
            return
        made = Finding(
            code, severity, Standing.CLOSED if over else standing, leaf,
            source_class or entry.source_class, whose or entry.whose, about, since, period,
            until if over else None, due, figures or {}, _unique(records), sentence,
            cure or entry.cure,
        )  # fmt: skip
        self.findings.append(made)

    def _judged(
        self, code: str, about: str, since: date, severity: Severity
    ) -> tuple[Standing, Severity, date | None]:
        """What a person's conclusion makes of something that waits for one."""
        judged = self.facts.judgement(about, code)
        if judged is None or judged[1] < since:
            return Standing.JUDGEMENT, severity, None
        if judged[0] == "MET":
            return Standing.JUDGEMENT, severity, judged[1]
        return Standing.OPEN, Severity.B, None

    def _leaf(
        self, leaves: tuple[str, ...], since: date, end: date, condition: bool, always: bool
    ) -> str:
        """The first of the leaves that the charter has, the owner wants and the book keeps."""
        for leaf in leaves:
            if leaf not in self.view.charter.leaf or leaf in self.view.overlay_off:
                continue
            if always or self.view.is_kept(leaf, since):
                return leaf
            if condition and self.view.is_kept_in(leaf, since, end):
                return leaf
        return ""

    def occurrence(
        self,
        leaf: str,
        about: str,
        status: Status,
        *,
        due: date | None = None,
        period: str = "",
        clock: str = "",
        records: Iterable[str] = (),
        figures: Figures | None = None,
    ) -> None:
        """Note a due instance of a leaf."""
        if leaf in self.view.charter.leaf and leaf not in self.view.overlay_off:
            self.occurrences.append(
                Occurrence(leaf, about, status, due, period, clock, _unique(records), figures or {})
            )

    def due(
        self,
        leaf: str,
        about: str,
        due: date | None,
        done: date | None,
        *,
        missed: Status = Status.OVERDUE,
        bucket_from: date | None = None,
        period: str = "",
        clock: str = "",
        records: Iterable[str] = (),
    ) -> None:
        """Note an instance by its due day and the day it was done, if it was.

        Missed is what it is called when the due day has passed. An instance whose time began
        before the book was kept can be satisfied, and is not noted when it was not.
        """
        status = self.status(due, done, missed)
        lacks = status not in (Status.SATISFIED, Status.SATISFIED_LATE)
        if lacks and bucket_from and not self.view.is_kept(leaf, bucket_from):
            return
        self.occurrence(leaf, about, status, due=due, period=period, clock=clock, records=records)

    def status(self, due: date | None, done: date | None, missed: Status) -> Status:
        """Where an instance stands on as_of."""
        today = self.view.as_of
        if done is not None and done <= today:
            return Status.SATISFIED if due is None or done <= due else Status.SATISFIED_LATE
        if due is None:
            return Status.UPCOMING
        if due < today:
            return missed
        return Status.DUE_SOON if due <= days_after(today, SOON_DAYS) else Status.UPCOMING


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name))
