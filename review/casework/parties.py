"""Who is concerned by a case, who can still open it, and who may decide it.

Pure. A person named in a case is out of it from that day: they open nothing of it, decide nothing
in it, and are told nothing about it. What remains is counted here: the live readers, the quorum of
the committee without those who are out, and who decides when there is none.
"""

import enum
from collections.abc import Iterable
from dataclasses import dataclass

LEAST_READERS = 2


class Decider(enum.StrEnum):
    """Who decides an item."""

    COMMITTEE = "COMMITTEE"
    BOARD = "BOARD"


class Named(enum.StrEnum):
    """An office that a case can name, with rules of its own."""

    CHAIR = "CHAIR"
    MEMBER = "MEMBER"
    CEO = "CEO"
    CFO = "CFO"
    GENERAL_COUNSEL = "GENERAL_COUNSEL"
    INTERNAL_AUDIT = "INTERNAL_AUDIT"
    FIRM = "FIRM"


@dataclass(frozen=True)
class Quorum:
    """A quorum as it is counted for one item: who serves, who counts, and how many it takes."""

    serving: frozenset[str]
    counted: frozenset[str]
    required: int

    @property
    def is_reached(self) -> bool:
        """Whether enough members count."""
        return len(self.counted) >= self.required > 0

    @property
    def decider(self) -> Decider:
        """The committee, or the board's independent directors where it cannot."""
        return Decider.COMMITTEE if self.is_reached else Decider.BOARD


def required(serving: int, rule: int | None = None) -> int:
    """How many of so many members make a quorum: a majority, or the number of the bylaws.

    Never fewer than a third of them (DGCL 141(c)(4)), and none of no members.
    """
    return max(rule if rule is not None else serving // 2 + 1, -(-serving // 3)) if serving else 0


def quorum(
    serving: Iterable[str], concerned: Iterable[str], present: Iterable[str] | None = None,
    *, rule: int | None = None,
) -> Quorum:  # fmt: skip
    """The quorum for an item about a case.

    Those who are concerned serve, but do not count. Without present everybody serving may come.
    """
    serve = frozenset(serving)
    there = serve if present is None else serve & frozenset(present)
    return Quorum(serve, there - frozenset(concerned), required(len(serve), rule))


def adopted(count: Quorum, in_favour: Iterable[str]) -> bool:
    """Whether a vote carries: a quorum, and more than half of those who count."""
    votes = frozenset(in_favour) & count.counted
    return count.is_reached and 2 * len(votes) > len(count.counted)


def live_readers(
    granted: Iterable[str], active: Iterable[str], concerned: Iterable[str]
) -> frozenset[str]:
    """Those a case is granted to who have a key and are not concerned by it."""
    return frozenset(granted) & frozenset(active) - frozenset(concerned)


def has_too_few_readers(live: frozenset[str]) -> bool:
    """Whether one more loss could leave the case unreadable, so that somebody must be added."""
    return len(live) < LEAST_READERS


def fill(
    readers: Iterable[str], alternates: Iterable[str], counsel: Iterable[str],
    excluded: Iterable[str],
) -> tuple[str, ...]:  # fmt: skip
    """To whom a submission is sealed when some are left out.

    Alternates hold a share anyhow; independent counsel is added where fewer than two are left.
    Fewer than two in the answer means that the form must say so and send nothing.
    """
    out = frozenset(excluded)
    found = [one for one in (*readers, *alternates) if one not in out]
    if len(set(found)) < LEAST_READERS:
        found += [one for one in counsel if one not in out]
    return tuple(dict.fromkeys(found))


def may_force_recusal(by: Iterable[str], person: str, concerned: Iterable[str]) -> bool:
    """Whether a conflict mark holds: by the person alone, or by two others who are clear."""
    signers = frozenset(by)
    others = signers - {person} - frozenset(concerned)
    return person in signers or len(others) >= LEAST_READERS


_RULES = {
    Named.CHAIR: "Another member who is not concerned leads the case.",
    Named.MEMBER: "The member is out of the case; the others count the quorum without them.",
    Named.CEO: "Nothing is asked of IT or HR through this person's line, and nothing is referred"
    " to management. Counsel must be independent of management.",
    Named.CFO: "Nothing is asked of finance through this person's line, and nothing is referred"
    " to management. Counsel must be independent of management.",
    Named.GENERAL_COUNSEL: "The company's lawyers are out of the case. Counsel must be independent"
    " of management.",
    Named.INTERNAL_AUDIT: "Internal audit investigates nothing of this case and hears nothing.",
    Named.FIRM: "Nothing goes to the engagement team. Think of the PCAOB and of the firm's own"
    " ethics line, and of what clause 1 asks about the firm's independence.",
}


def consequences(named: Iterable[Named]) -> tuple[str, ...]:
    """What follows from the offices that a case names, in the table's order."""
    chosen = frozenset(named)
    return tuple(sentence for office, sentence in _RULES.items() if office in chosen)


def may_refer_to_management(named: Iterable[Named]) -> bool:
    """Whether a case may be passed on to management at all."""
    barred = {Named.CEO, Named.CFO, Named.GENERAL_COUNSEL, Named.INTERNAL_AUDIT}
    return not barred & frozenset(named)
