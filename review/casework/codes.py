"""The coded values of a case: what each code means, and which of them are kept in clear.

A category, a severity, an outcome or a channel is one word out of a short list, so that clocks,
statistics and the retention auditor can count without reading anything. Whatever says something of
a person, or could, is sealed: the risk of detriment, how far the information can be relied on, what
kind of person wrote, and every free text. This module is pure data.
"""

import enum
from collections.abc import Mapping
from types import MappingProxyType


class Category(enum.StrEnum):
    """What a case is about. The first three are what clause 5 of the charter names.

    Those up to DSC say more closely what of it; a case has as many as fit, the leading one first.
    """

    ACC = "ACC"
    ICF = "ICF"
    AUD = "AUD"
    FSP = "FSP"
    REC = "REC"
    CTL = "CTL"
    FST = "FST"
    FFR = "FFR"
    REV = "REV"
    RES = "RES"
    RPT = "RPT"
    AUI = "AUI"
    DSC = "DSC"
    RET = "RET"
    FRA = "FRA"
    COR = "COR"
    INS = "INS"
    REG = "REG"
    PRV = "PRV"
    PRD = "PRD"
    HR = "HR"
    OTH = "OTH"


class Severity(enum.StrEnum):
    """How grave a case is; S0 is not assessable yet."""

    S0 = "S0"
    S1 = "S1"
    S2 = "S2"
    S3 = "S3"
    S4 = "S4"


class Outcome(enum.StrEnum):
    """What a determination comes to for one subject."""

    SUBSTANTIATED = "SUBSTANTIATED"
    PARTLY = "PARTLY"
    UNSUBSTANTIATED = "UNSUBSTANTIATED"
    INCONCLUSIVE = "INCONCLUSIVE"
    INSUFFICIENT_INFO = "INSUFFICIENT_INFO"
    REFERRED = "REFERRED"
    DUPLICATE = "DUPLICATE"
    NOT_A_REPORT = "NOT_A_REPORT"
    WITHDRAWN_CONTINUED = "WITHDRAWN-CONTINUED"


class Channel(enum.StrEnum):
    """How a concern reached the committee."""

    ONLINE = "ONLINE"
    LETTER = "LETTER"
    PHONE = "PHONE"
    IN_PERSON = "IN_PERSON"


class Measure(enum.StrEnum):
    """What followed from a determination."""

    NONE = "NONE"
    POLICY = "POLICY"
    TRAINING = "TRAINING"
    DISCIPLINE = "DISCIPLINE"
    SEPARATION = "SEPARATION"
    CONTROL_FIX = "CONTROL_FIX"
    ADJUSTMENT = "ADJUSTMENT"
    RESTATEMENT = "RESTATEMENT"
    CLAWBACK = "CLAWBACK"
    SELF_REPORT = "SELF_REPORT"
    FIRM_INFORMED = "FIRM_INFORMED"


class Reliance(enum.StrEnum):
    """How far the information can be relied on: of the information, never of a person. Sealed."""

    E0 = "E0"
    E1 = "E1"
    E2 = "E2"
    E3 = "E3"
    E4 = "E4"


class DetrimentRisk(enum.StrEnum):
    """How likely it is that somebody is made to suffer for it. Sealed."""

    D0 = "D0"
    D1 = "D1"
    D2 = "D2"
    D3 = "D3"


class SubmitterKind(enum.StrEnum):
    """What the submitter says to be; never asked for, and sealed."""

    EMPLOYEE = "EMPLOYEE"
    FORMER = "FORMER"
    CONTRACTOR = "CONTRACTOR"
    VENDOR = "VENDOR"
    SHAREHOLDER = "SHAREHOLDER"
    CUSTOMER = "CUSTOMER"
    AUDITOR = "AUDITOR"
    OTHER = "OTHER"
    UNDISCLOSED = "UNDISCLOSED"


class Recipient(enum.StrEnum):
    """Whom somebody tells of a case: those it is passed on to, or those who have to know."""

    MEMBERS = "MEMBERS"
    BOARD = "BOARD"
    FIRM = "FIRM"
    AUTHORITY = "AUTHORITY"
    HUMAN_RESOURCES = "HUMAN_RESOURCES"
    LEGAL = "LEGAL"
    COMPLIANCE = "COMPLIANCE"
    MANAGEMENT = "MANAGEMENT"


class RecordClass(enum.StrEnum):
    """Under which class of the schedule the records of a case are kept."""

    RC_01 = "RC-01"
    RC_02 = "RC-02"
    RC_03 = "RC-03"
    RC_04 = "RC-04"
    RC_05 = "RC-05"


LABELS: Mapping[enum.StrEnum, str] = MappingProxyType(
    {
        Category.ACC: "Accounting",
        Category.ICF: "Internal accounting controls",
        Category.AUD: "Auditing matters",
        Category.FSP: "Fraud or a deliberate error in making, reviewing or auditing statements",
        Category.REC: "Fraud or a deliberate error in keeping the records",
        Category.CTL: "Controls that are too weak, or not followed",
        Category.FST: "A false statement by or to a senior officer or accountant",
        Category.FFR: "Reporting that is not full and fair",
        Category.REV: "Revenue recognition",
        Category.RES: "Reserves and estimates",
        Category.RPT: "Related-party transactions",
        Category.AUI: "Improper influence on the firm, or its independence",
        Category.DSC: "Disclosure",
        Category.RET: "Retaliation",
        Category.FRA: "Theft or misuse of assets",
        Category.COR: "Bribery and corruption",
        Category.INS: "Insider trading",
        Category.REG: "Other laws and regulations",
        Category.PRV: "Privacy and security",
        Category.PRD: "Product or quality",
        Category.HR: "Workplace matters",
        Category.OTH: "Something else",
        Severity.S0: "Cannot be said yet",
        Severity.S1: "Critical",
        Severity.S2: "High",
        Severity.S3: "Medium",
        Severity.S4: "Low",
        Outcome.SUBSTANTIATED: "Shown to be so",
        Outcome.PARTLY: "Shown to be so in part",
        Outcome.UNSUBSTANTIATED: "The evidence does not show it",
        Outcome.INCONCLUSIVE: "Cannot be decided",
        Outcome.INSUFFICIENT_INFO: "Too little to go on",
        Outcome.REFERRED: "Passed on to others",
        Outcome.DUPLICATE: "The same as another case",
        Outcome.NOT_A_REPORT: "No concern or complaint",
        Outcome.WITHDRAWN_CONTINUED: "Taken back by the submitter, treated nevertheless",
        Channel.ONLINE: "By the intake service",
        Channel.LETTER: "By letter",
        Channel.PHONE: "By telephone",
        Channel.IN_PERSON: "In person",
        Measure.NONE: "No measure",
        Measure.POLICY: "A policy or process changed",
        Measure.TRAINING: "Training",
        Measure.DISCIPLINE: "Discipline",
        Measure.SEPARATION: "Separation",
        Measure.CONTROL_FIX: "A control mended",
        Measure.ADJUSTMENT: "An adjustment in the books",
        Measure.RESTATEMENT: "A restatement",
        Measure.CLAWBACK: "Compensation recovered",
        Measure.SELF_REPORT: "The company went to an authority itself",
        Measure.FIRM_INFORMED: "The firm was informed",
        Reliance.E0: "Not assessed",
        Reliance.E1: "Stated, without particulars",
        Reliance.E2: "Particulars: who, what, when",
        Reliance.E3: "Points to documents or entries that can be checked",
        Reliance.E4: "Borne out by something else",
        DetrimentRisk.D0: "None seen",
        DetrimentRisk.D1: "Low",
        DetrimentRisk.D2: "Real",
        DetrimentRisk.D3: "Acute",
        SubmitterKind.EMPLOYEE: "Employee",
        SubmitterKind.FORMER: "Former employee",
        SubmitterKind.CONTRACTOR: "Contractor",
        SubmitterKind.VENDOR: "Supplier",
        SubmitterKind.SHAREHOLDER: "Shareholder",
        SubmitterKind.CUSTOMER: "Customer",
        SubmitterKind.AUDITOR: "Auditor",
        SubmitterKind.OTHER: "Somebody else",
        SubmitterKind.UNDISCLOSED: "Not said",
        Recipient.MEMBERS: "Every member who is not concerned, and independent counsel",
        Recipient.BOARD: "The board’s independent directors",
        Recipient.FIRM: "The firm, outside the engagement team if it is named",
        Recipient.AUTHORITY: "An authority",
        Recipient.HUMAN_RESOURCES: "Human resources",
        Recipient.LEGAL: "The company’s lawyers",
        Recipient.COMPLIANCE: "Compliance",
        Recipient.MANAGEMENT: "Management",
        RecordClass.RC_01: "Covered by the charter and investigated",
        RecordClass.RC_02: "Covered by the charter, not shown or too little to go on",
        RecordClass.RC_03: "Passed on to others",
        RecordClass.RC_04: "No concern or complaint",
        RecordClass.RC_05: "From the European Union",
    }
)

# Every coded field of a case by the name it is kept under. What is sealed is read by the members'
# browsers only: the server, the ledger and the statistics never see it.
CLEAR: Mapping[str, type[enum.StrEnum]] = MappingProxyType(
    {
        "category": Category,
        "severity": Severity,
        "outcome": Outcome,
        "channel": Channel,
        "measure": Measure,
        "recipient": Recipient,
        "retention_class": RecordClass,
    }
)
SEALED: Mapping[str, type[enum.StrEnum]] = MappingProxyType(
    {
        "reliance": Reliance,
        "detriment_risk": DetrimentRisk,
        "submitter_kind": SubmitterKind,
    }
)

GRAVE = frozenset({Severity.S1, Severity.S2})
_STATUTORY = (
    Category.ACC, Category.ICF, Category.AUD, Category.FSP, Category.REC, Category.CTL,
    Category.FST, Category.FFR, Category.REV, Category.RES, Category.RPT, Category.AUI,
    Category.DSC,
)  # fmt: skip
CHARTER_SCOPE = frozenset(_STATUTORY)
# Kinds of wrong that are fraud by whoever answers for the accounts, whatever the amount.
FRAUD = frozenset({*_STATUTORY, Category.FRA, Category.COR} - {Category.RPT, Category.DSC})
# An outcome of several subjects counts by the gravest: the order of this tuple.
GRAVEST_FIRST = (
    Outcome.SUBSTANTIATED,
    Outcome.PARTLY,
    Outcome.WITHDRAWN_CONTINUED,
    Outcome.INCONCLUSIVE,
    Outcome.UNSUBSTANTIATED,
    Outcome.INSUFFICIENT_INFO,
    Outcome.REFERRED,
    Outcome.DUPLICATE,
    Outcome.NOT_A_REPORT,
)


def in_charter_scope(categories: frozenset[Category]) -> bool:
    """Whether clause 5 of the charter names it; retaliation belongs to what it is about."""
    return bool(categories & CHARTER_SCOPE)


def is_graver(one: Severity, other: Severity) -> bool:
    """Whether one severity is above another; S0 stands below all, as nothing is known of it."""
    return _rank(one) < _rank(other)


def _rank(severity: Severity) -> int:
    return (Severity.S1, Severity.S2, Severity.S3, Severity.S4, Severity.S0).index(severity)


def gravest(severities: frozenset[Severity]) -> Severity:
    """The gravest of some severities; S0 of none."""
    return min(severities, key=_rank, default=Severity.S0)


def gravest_outcome(outcomes: frozenset[Outcome]) -> Outcome | None:
    """The outcome by which a case with several subjects counts; none where nothing is decided."""
    return min(outcomes, key=GRAVEST_FIRST.index, default=None)


def raised(risk: DetrimentRisk) -> DetrimentRisk:
    """The risk one level higher, as after an inquiry by management into who wrote."""
    levels = tuple(DetrimentRisk)
    return levels[min(levels.index(risk) + 1, len(levels) - 1)]
