"""How well somebody could tell two kinds of answers apart by the time that they take.

Kinds are asked in an order drawn by lot, so that whatever else this machine does befalls all alike.
What is compared is whole distributions: the largest distance between them is the most that any rule
of the form "longer than so much" can gain over guessing. Chance alone makes some distance, and how
much is known, so a larger one is a suspicion. A suspicion is looked at again with fresh answers and
counts only if it is there each time: that chance does that is one in a million millions.
"""

import gc
import math
import random
from collections.abc import Callable, Mapping
from itertools import combinations

# Of a suspicion by chance: one comparison in a thousand, four times one after the other.
_CHANCE = 1e-3
_TIMES = 4
_COLLECTED = 50
Ask = Callable[[], float]


def distance(some: list[float], others: list[float]) -> float:
    """The largest distance between two distributions, from 0 to 1 (Kolmogorov and Smirnov)."""
    ordered = sorted([*((each, 0) for each in some), *((each, 1) for each in others)])
    counts, largest = [0, 0], 0.0
    for at, (value, kind) in enumerate(ordered):
        counts[kind] += 1
        if at + 1 == len(ordered) or ordered[at + 1][0] != value:
            apart = abs(counts[0] / len(some) - counts[1] / len(others))
            largest = max(largest, apart)
    return largest


def by_chance(some: int, others: int) -> float:
    """The distance that chance exceeds once in a thousand times, for so many of each."""
    return math.sqrt(-math.log(_CHANCE / 2) / 2 * (some + others) / (some * others))


def sample(kinds: Mapping[str, Ask], each: int, seed: int) -> dict[str, list[float]]:
    """So many times of every kind, in an order drawn by lot."""
    found: dict[str, list[float]] = {name: [] for name in kinds}
    order = [name for name in kinds for _ in range(each)]
    random.Random(seed).shuffle(order)
    for ask in kinds.values():
        ask()
    gc.disable()
    try:
        for at, name in enumerate(order):
            if at % _COLLECTED == 0:
                # Between two answers, and not in the middle of one that happens to be the last.
                gc.collect()
            found[name].append(kinds[name]())
    finally:
        gc.enable()
    return found


def told_apart(kinds: Mapping[str, Ask], each: int) -> dict[tuple[str, str], float]:
    """Which kinds can be told apart by their times, and how well; empty if none can."""
    suspected = set(combinations(sorted(kinds), 2))
    worst: dict[tuple[str, str], float] = {}
    for seed in range(_TIMES):
        wanted = {name for pair in suspected for name in pair}
        found = sample({name: kinds[name] for name in sorted(wanted)}, each, seed)
        worst = {pair: distance(*(found[name] for name in pair)) for pair in suspected}
        suspected = {pair for pair in suspected if worst[pair] > by_chance(each, each)}
        if not suspected:
            return {}
    return {pair: worst[pair] for pair in suspected}
