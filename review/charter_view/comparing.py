"""Two assessments side by side: what another day, or what was known then, makes of the charter."""

from dataclasses import dataclass

from review.charter.clauses import Charter
from review.charter.findings import Assessment, Finding
from review.charter_view.states import State, state_of

Key = tuple[str, ...]


@dataclass(frozen=True)
class Changed:
    """A leaf that stood otherwise then than it does now."""

    leaf: str
    name: str
    then: State
    now: State


@dataclass(frozen=True)
class Difference:
    """What was there then and is not now, the other way round, and what changed in between."""

    gone: tuple[Finding, ...]
    new: tuple[Finding, ...]
    altered: tuple[tuple[Finding, Finding], ...]
    leaves: tuple[Changed, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing differs."""
        return not (self.gone or self.new or self.altered or self.leaves)


def compare(charter: Charter, then: Assessment, now: Assessment) -> Difference:
    """What differs between two assessments of a book."""
    old, young = ({_key(one): one for one in each.findings} for each in (then, now))
    before = {one.leaf: one.status for one in then.leaves}
    changed = [
        Changed(
            one.leaf,
            charter.leaf[one.leaf].name,
            state_of(before[one.leaf]),
            state_of(one.status),
        )
        for one in now.leaves
        if before.get(one.leaf, one.status) is not one.status
    ]
    return Difference(
        tuple(one for key, one in old.items() if key not in young),
        tuple(one for key, one in young.items() if key not in old),
        tuple((one, young[key]) for key, one in old.items() if _altered(one, young.get(key))),
        tuple(changed),
    )


def _key(one: Finding) -> Key:
    """What makes two findings of two days the same one."""
    since = one.since.isoformat()
    return (one.code, one.leaf, one.about, one.period, one.source_class, one.whose, since)


def _altered(then: Finding, now: Finding | None) -> bool:
    if now is None:
        return False
    return (then.severity, then.standing) != (now.severity, now.standing)
