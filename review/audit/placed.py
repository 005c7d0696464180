"""The auditor's tests RA-01 to RA-18, and where each is made: here, or why not here."""

from dataclasses import dataclass

BUNDLE = "bundle"
HOST = "host"
KEYHOLDER = "keyholder"
LATER = "later"


@dataclass(frozen=True)
class Placed:
    """One of the auditor's tests: where it is made, and what it takes."""

    test: str
    where: str
    says: str


_STORE = "underrose verify --store opens the row seals on the host, of the cases the auditor picks"
_NO_DISPOSITION = "this version disposes of nothing"

PLACED: tuple[Placed, ...] = (
    Placed("RA-01", BUNDLE, "entries, records and tally are the same cases, none twice, none gone"),
    Placed("RA-02", BUNDLE, "a submission planted from outside has its value in the tally and an "
           "entry; the auditor looks for the value of the statement they kept"),
    Placed("RA-03", BUNDLE, "python -m crypto verify --proof checks a receipt that was kept, against "
           "the root told here"),
    Placed("RA-04", BUNDLE, "the tree is computed from its first entry and compared with every "
           "checkpoint, and with the one seen last time"),
    Placed("RA-05", HOST, _STORE),
    Placed("RA-06", KEYHOLDER, "a reader opens an export on a clean machine and attests what opened"),
    Placed("RA-07", BUNDLE, "every step against the rules, and every person against roster and role; "
           "who was excluded from which case is sealed, and a keyholder compares it"),
    Placed("RA-08", LATER, _NO_DISPOSITION),
    Placed("RA-09", BUNDLE, "acknowledgement and feedback are computed from the days of the entries; "
           "whether a letter said what was done, a keyholder reads"),
    Placed("RA-10", LATER, _NO_DISPOSITION),
    Placed("RA-11", LATER, "this version has no legal holds"),
    Placed("RA-12", KEYHOLDER, "a member who was not on the case classifies it again"),
    Placed("RA-13", LATER, _NO_DISPOSITION),
    Placed("RA-14", HOST, "the auditor tries their own sign-in on the host; that a bundle has no "
           "words and no times finer than a day shows in the bundle"),
    Placed("RA-15", BUNDLE, "people, enrolments and rosters; keys and seats outside the roster are "
           "for the secretary's papers"),
    Placed("RA-16", LATER, "this version reports no numbers to the board"),
    Placed("RA-17", BUNDLE, "days of entries against days of batches, and of deposits against the "
           "tally"),
    Placed("RA-18", BUNDLE, "rules and rosters are named on the day of their change; resolutions are "
           "for the minutes"),
)  # fmt: skip
