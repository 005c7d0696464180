"""The entries of the console's navigation: one list, from which each person gets what is theirs.

The first row is for what somebody comes to do; all else is behind one word, so that a director who
comes twice a year does not have to choose among ten.
"""

from dataclasses import dataclass

from review.roles import Act, Role, may


@dataclass(frozen=True)
class Entry:
    """A link: its words, where it leads, whom it is for, and the pages that are below it."""

    label: str
    address: str
    act: Act
    pages: tuple[str, ...]


FIRST = (
    Entry("Home", "/", Act.SEE_HOME, ("home", "other")),
    Entry("Cases", "/cases", Act.LIST_CASES, ("inbox", "case", "entries", "concern")),
    Entry("Charter", "/charter", Act.SEE_CHARTER, ("charter",)),
    Entry("Sign-ins", "/sign-ins", Act.SEE_SIGN_INS, ("sign-ins",)),
    Entry("Ledger", "/ledger", Act.SEE_LEDGER, ("ledger",)),
)
MORE = (
    Entry("Texts", "/texts", Act.SEE_TEXTS, ("texts",)),
    Entry("Dispositions", "/dispositions", Act.SEE_DISPOSITIONS, ("dispositions",)),
    Entry("Retention", "/retention", Act.SEE_RETENTION, ("retention",)),
    Entry("Legal holds", "/holds", Act.SEE_HOLDS, ("holds",)),
    Entry("Retention schedule", "/schedule", Act.SEE_SCHEDULE, ("schedule",)),
    Entry("Statistics", "/statistics", Act.SEE_STATISTICS, ("statistics",)),
    Entry("Lost passkeys", "/recoveries", Act.SEE_RECOVERIES, ("recoveries",)),
    Entry("People and keys", "/people", Act.SEE_PEOPLE, ("people",)),
    Entry("My key", "/me/key", Act.SEE_OWN_KEY, ("make-key",)),
    Entry("Ledger", "/ledger/root", Act.SEE_ROOT, ("root",)),
)


def entries(role: Role, among: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """The entries for a role, the first of each name."""
    found: dict[str, Entry] = {}
    for entry in among:
        if may(role, entry.act):
            found.setdefault(entry.label, entry)
    return tuple(found.values())
