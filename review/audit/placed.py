"""The auditor's tests RA-01 to RA-18, and where each is made: here, or why not here."""

from dataclasses import dataclass

BUNDLE = "bundle"
HOST = "host"
KEYHOLDER = "keyholder"
OUTSIDE = "outside"


@dataclass(frozen=True)
class Placed:
    """One of the auditor's tests: where it is made, and what it takes."""

    test: str
    where: str
    says: str


_TABLE = (
    ("RA-01", BUNDLE, "entries, records and tally are of the same cases, none twice and none gone"),
    ("RA-02", OUTSIDE, "a submission planted from outside is in tally and ledger: the auditor looks"
     " for the statement or the proof that was kept"),
    ("RA-03", OUTSIDE, "python -m crypto verify checks a proof that was kept"),
    ("RA-04", BUNDLE, "the tree is computed from its first entry and compared with every"
     " checkpoint, and with the one seen last time"),
    ("RA-05", HOST, "underrose verify --store hashes the sealed bytes of cases that the auditor"
     " picks"),
    ("RA-06", KEYHOLDER, "a reader opens an export on a clean machine and says what opened"),
    ("RA-07", BUNDLE, "every step against the rules, every person against roster and role; whom a"
     " submitter excluded is sealed, and only a keyholder can compare it"),
    ("RA-08", BUNDLE, "two eligible signatures over the manifest of every record that went; whom a"
     " submitter excluded is sealed"),
    ("RA-09", BUNDLE, "acknowledgement and feedback are computed from the days of the entries;"
     " whether a letter said what was done, only a keyholder can read"),
    ("RA-10", BUNDLE, "due days are computed from class, version and the days of entries, and held"
     " against the day on which a record went"),
    ("RA-11", BUNDLE, "every hold is asked again as of the day on which a record went"),
    ("RA-12", KEYHOLDER, "a member who did not treat the case classifies it again"),
    ("RA-13", BUNDLE, "certificates, manifests, stubs and entries are one to one; what is left in"
     " files and backups, underrose doctor and a restore show on the host"),
    ("RA-14", HOST, "the auditor tries on the host what their own sign-in shows"),
    ("RA-15", BUNDLE, "people, enrolments and rosters, and who proposed and approved; seats outside"
     " the roster are in the secretary's papers"),
    ("RA-16", BUNDLE, "every quarter was told once and after it was over, and by its hash; counting"
     " takes what only the book has"),
    ("RA-17", BUNDLE, "days of entries against those of batches, and of deposits against the"
     " tally"),
    ("RA-18", BUNDLE, "rules and rosters are on the record from the day of a change; resolutions"
     " are in the minutes"),
)  # fmt: skip
PLACED = tuple(Placed(*line) for line in _TABLE)
