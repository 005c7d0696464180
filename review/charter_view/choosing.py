"""The findings that somebody asked to see, by clause, standing and severity."""

from collections.abc import Iterable
from dataclasses import dataclass

from review.charter.clauses import Charter
from review.charter.findings import SEVERITIES, Assessment, Finding, Severity, Standing


@dataclass(frozen=True)
class Choice:
    """What to show: an empty word leaves everything in, OPEN stands for all that is not over."""

    clause: str = ""
    standing: str = "OPEN"

    def has(self, charter: Charter, one: Finding) -> bool:
        """Whether a finding is to be shown."""
        below = charter.below.get(self.clause, (self.clause,))
        return (not self.clause or one.leaf in below) and self._stands(one)

    def _stands(self, one: Finding) -> bool:
        if self.standing == "OPEN":
            return one.is_open
        return not self.standing or str(one.standing) == self.standing


STANDINGS = ("OPEN", "", *(str(one) for one in Standing if one is not Standing.OPEN))


@dataclass(frozen=True)
class Group:
    """The findings of one severity, gravest and oldest first."""

    severity: Severity
    findings: tuple[Finding, ...]


def choose(charter: Charter, found: Assessment, choice: Choice) -> tuple[Group, ...]:
    """The findings chosen, by severity; a severity without any is left out."""
    return tuple(grouped(one for one in found.findings if choice.has(charter, one)))


def grouped(findings: Iterable[Finding]) -> Iterable[Group]:
    """Findings by severity, the gravest first."""
    kept = list(findings)
    for severity in SEVERITIES:
        own = tuple(one for one in kept if one.severity is severity)
        if own:
            yield Group(severity, own)
