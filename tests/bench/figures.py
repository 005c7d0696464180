"""What a benchmark says: a figure, the goal for it, and whether it was reached."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """A measured value; a goal is the least that is hoped for, or the most where most is set."""

    name: str
    unit: str
    value: float
    goal: float | None = None
    most: bool = False

    @property
    def reached(self) -> bool | None:
        """Whether the goal is reached; None without one."""
        if self.goal is None:
            return None
        return self.value <= self.goal if self.most else self.value >= self.goal

    def line(self) -> str:
        """The figure as a row of a table."""
        goal = "–" if self.goal is None else f"{'≤' if self.most else '≥'} {self.goal:g}"
        said = {None: "", True: "reached", False: "missed"}[self.reached]
        return f"| {self.name} | {self.value:.3g} {self.unit} | {goal} | {said} |"


def median_ratio(pairs: Sequence[tuple[float, float]]) -> float:
    """The median over rounds of the first over the second.

    The two of a round were measured one after the other, so that what else the machine did weighs
    on both.
    """
    return statistics.median(first / second for first, second in pairs)


def p95(seconds: Sequence[float]) -> float:
    """The value that 95 of 100 do not exceed."""
    ordered = sorted(seconds)
    return ordered[max(0, -(-len(ordered) * 95 // 100) - 1)]
