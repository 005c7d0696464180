"""What a check finds: exceptions and warnings, each one sentence with the entries to look at."""

from dataclasses import dataclass, field

from review.audit.place import Place

# Past so many a check only counts: the list is for people, and the memory is finite.
MAX_TOLD = 200
# And so many entries are named with one exception.
MAX_PLACES = 20


@dataclass(frozen=True)
class Found:
    """An exception or a warning: a sentence, the entries to look at, and its code if it has one."""

    says: str
    places: tuple[Place, ...] = ()
    code: str = ""


@dataclass
class Told:
    """The exceptions and warnings of one check, and what it could not look at."""

    exceptions: list[Found] = field(default_factory=list)
    more: int = 0
    warnings: list[Found] = field(default_factory=list)
    more_warnings: int = 0
    unchecked: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many exceptions there are, the ones past MAX_TOLD included."""
        return len(self.exceptions) + self.more
