"""Who may do what in the console: one table of roles and acts.

This module is pure. It knows nothing of cases: whether a person may see a particular case is
decided by that case's readers, and comes on top. A role that is missing from the table, or an act
that is missing from its row, is a refusal.
"""

import enum
from collections.abc import Mapping
from types import MappingProxyType


class Role(enum.StrEnum):
    """What a person with an account is to the committee."""

    CHAIR = "chair"
    MEMBER = "member"
    ALTERNATE = "alternate"
    COUNSEL = "counsel"
    INVESTIGATOR = "investigator"
    SECRETARY = "secretary"
    RETENTION_AUDITOR = "retention-auditor"
    ADMINISTRATOR = "administrator"
    CANDIDATE = "candidate"


class Act(enum.StrEnum):
    """What can be asked of the console by somebody who has signed in."""

    SEE_HOME = "see_home"
    SIGN_OUT = "sign_out"
    STAY_SIGNED_IN = "stay_signed_in"
    SEE_OWN_SIGN_INS = "see_own_sign_ins"
    CHANGE_OWN_SIGN_INS = "change_own_sign_ins"
    CONFIRM = "confirm"
    GO_ON_CONFIRMED = "go_on_confirmed"
    SEE_SIGN_INS = "see_sign_ins"
    CHANGE_SIGN_INS = "change_sign_ins"
    SEE_RECOVERIES = "see_recoveries"
    AGREE_RECOVERY = "agree_recovery"
    READ_ROSTER = "read_roster"
    FETCH_IDENTITY = "fetch_identity"
    LIST_CASES = "list_cases"
    OPEN_CASE = "open_case"
    REPLY = "reply"
    NOTE = "note"
    RECUSE = "recuse"
    GIVE_CASE_KEY = "give_case_key"
    SHARE_CASE = "share_case"
    RELEASE_CASE = "release_case"
    TAKE_STEP = "take_step"
    RECORD_CONCERN = "record_concern"
    SEE_ROOT = "see_root"
    SEE_LEDGER = "see_ledger"
    EXPORT_LEDGER = "export_ledger"
    HAND_IN_CHECK = "hand_in_check"
    SEE_STATISTICS = "see_statistics"
    TAKE_COPY = "take_copy"
    EXPORT_CASE = "export_case"
    SEE_TEXTS = "see_texts"
    CHANGE_TEXTS = "change_texts"
    SEE_SCHEDULE = "see_schedule"
    CHANGE_SCHEDULE = "change_schedule"
    SEE_HOLDS = "see_holds"
    PLACE_HOLD = "place_hold"
    RELEASE_HOLD = "release_hold"
    SEE_DISPOSITIONS = "see_dispositions"
    PROPOSE_DISPOSITION = "propose_disposition"
    APPROVE_DISPOSITION = "approve_disposition"
    REJECT_DISPOSITION = "reject_disposition"
    SEE_CERTIFICATES = "see_certificates"
    SEE_RETENTION = "see_retention"
    SEE_CHARTER = "see_charter"
    RECORD_CHARTER = "record_charter"
    KEEP_DOCUMENT = "keep_document"
    SEE_OWN_KEY = "see_own_key"
    MAKE_KEY = "make_key"
    SEE_PEOPLE = "see_people"


# The roles that exist by the roster alone: their people hold a key, and no account makes one.
COMMITTEE = frozenset({Role.CHAIR, Role.MEMBER, Role.ALTERNATE})
READERS = COMMITTEE | {Role.COUNSEL}

# What a role may do only within five minutes of having shown again that it is them: what exports,
# shares, disposes, changes keys, texts or sign-ins.
STEP_UP = frozenset(
    {
        *(Act.GO_ON_CONFIRMED, Act.CHANGE_OWN_SIGN_INS, Act.CHANGE_SIGN_INS),
        Act.AGREE_RECOVERY,
        *(Act.EXPORT_LEDGER, Act.GIVE_CASE_KEY, Act.SHARE_CASE),
        *(Act.MAKE_KEY, Act.CHANGE_TEXTS, Act.TAKE_COPY, Act.EXPORT_CASE),
        *(Act.CHANGE_SCHEDULE, Act.RELEASE_HOLD, Act.APPROVE_DISPOSITION),
    }
)
# What somebody may do who came by an invitation and has no passkey yet.
INVITED = frozenset(
    {
        *(Act.SIGN_OUT, Act.STAY_SIGNED_IN, Act.SEE_OWN_SIGN_INS, Act.CHANGE_OWN_SIGN_INS),
        *(Act.CONFIRM, Act.GO_ON_CONFIRMED),
    }
)

_EVERYBODY = INVITED | {Act.SEE_HOME, Act.READ_ROSTER}
_READING = _EVERYBODY | {
    Act.FETCH_IDENTITY,
    Act.LIST_CASES,
    Act.OPEN_CASE,
    Act.NOTE,
    Act.TAKE_COPY,
    Act.EXPORT_CASE,
    Act.REPLY,
    Act.RECUSE,
    Act.GIVE_CASE_KEY,
    Act.SHARE_CASE,
    Act.RELEASE_CASE,
    Act.TAKE_STEP,
    Act.SEE_ROOT,
    Act.SEE_STATISTICS,
    Act.SEE_TEXTS,
    Act.SEE_CHARTER,
    Act.SEE_OWN_KEY,
    Act.MAKE_KEY,
    Act.SEE_SCHEDULE,
    Act.SEE_HOLDS,
    Act.PLACE_HOLD,
    Act.RELEASE_HOLD,
    Act.SEE_DISPOSITIONS,
    Act.PROPOSE_DISPOSITION,
    Act.APPROVE_DISPOSITION,
    Act.REJECT_DISPOSITION,
    Act.SEE_CERTIFICATES,
}
_TREATING = _READING | {
    Act.CHANGE_SCHEDULE,
    Act.RECORD_CONCERN,
    Act.KEEP_DOCUMENT,
    Act.CHANGE_TEXTS,
    Act.SEE_RECOVERIES,
    Act.AGREE_RECOVERY,
    Act.SEE_PEOPLE,
}
_KEEPING = _EVERYBODY | {
    Act.FETCH_IDENTITY,
    Act.SEE_STATISTICS,
    Act.SEE_TEXTS,
    Act.SEE_CHARTER,
    Act.RECORD_CHARTER,
    Act.KEEP_DOCUMENT,
    Act.SEE_SCHEDULE,
}
_INVESTIGATING = _EVERYBODY | {
    Act.FETCH_IDENTITY,
    Act.LIST_CASES,
    Act.OPEN_CASE,
    Act.NOTE,
    Act.TAKE_STEP,
    Act.SEE_OWN_KEY,
    Act.MAKE_KEY,
}
_AUDITING = _EVERYBODY | {
    *(Act.SEE_ROOT, Act.SEE_LEDGER, Act.EXPORT_LEDGER, Act.HAND_IN_CHECK),
    *(Act.SEE_SCHEDULE, Act.SEE_HOLDS, Act.SEE_RETENTION, Act.SEE_CERTIFICATES),
}

# Counsel reads, notes and replies in the cases that were granted to them, and advises on their
# treatment. Which steps a role may take in a case is the table of review/casework/course.py.
# An investigator comes on no roster: they make a key of their own, and two readers share a case
# with it. They read that case and no other, add notes and the steps that the course gives them, and
# never write to the submitter, nor have a say in who reads. The retention auditor sees how the
# ledger stands and takes it away whole, the schedule, holds without their reasons, and by numbers
# and days what is held, due and disposed of. The committee sees its charter's book; the secretary
# alone records in it. Both bring documents: papers of a session without the secretary come from a
# member. The secretary's identity is the secretariat's, and opens no case. The administrator
# attaches sign-ins and reads nothing.
#
# A candidate is to come on the roster: they make the key with which they will, and see no more.
# Who has a key by the roster can make another.
TABLE: Mapping[Role, frozenset[Act]] = MappingProxyType(
    {
        Role.CHAIR: _TREATING,
        Role.MEMBER: _TREATING,
        Role.ALTERNATE: _TREATING,
        Role.COUNSEL: _READING,
        Role.INVESTIGATOR: _INVESTIGATING,
        Role.SECRETARY: _KEEPING,
        Role.RETENTION_AUDITOR: _AUDITING,
        Role.ADMINISTRATOR: _EVERYBODY | {Act.SEE_SIGN_INS, Act.CHANGE_SIGN_INS},
        Role.CANDIDATE: _EVERYBODY | {Act.SEE_OWN_KEY, Act.MAKE_KEY},
    }
)


def may(role: Role, act: Act) -> bool:
    """Whether the table lets this role do this."""
    return act in TABLE.get(role, frozenset())
