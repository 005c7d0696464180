"""The table of roles and acts, line by line."""

import itertools
from pathlib import Path

import pytest

from deploy import reference
from review.roles import INVITED, READERS, STEP_UP, TABLE, Act, Role, may

EVERYBODY = {
    *(Act.SEE_HOME, Act.SIGN_OUT, Act.STAY_SIGNED_IN, Act.READ_ROSTER),
    *(Act.SEE_OWN_SIGN_INS, Act.CHANGE_OWN_SIGN_INS, Act.CONFIRM, Act.GO_ON_CONFIRMED),
}
READING = EVERYBODY | {
    *(Act.FETCH_IDENTITY, Act.LIST_CASES, Act.OPEN_CASE, Act.NOTE, Act.REPLY, Act.TAKE_COPY),
    *(Act.SEE_ROOT, Act.SEE_STATISTICS, Act.SEE_TEXTS, Act.SEE_CHARTER, Act.RECUSE),
    *(Act.TAKE_STEP, Act.EXPORT_CASE),
    *(Act.SEE_OWN_KEY, Act.MAKE_KEY),
    *(Act.GIVE_CASE_KEY, Act.SHARE_CASE, Act.RELEASE_CASE),
    *(Act.SEE_SCHEDULE, Act.SEE_HOLDS, Act.PLACE_HOLD, Act.RELEASE_HOLD),
    *(Act.SEE_DISPOSITIONS, Act.PROPOSE_DISPOSITION, Act.APPROVE_DISPOSITION),
    *(Act.REJECT_DISPOSITION, Act.SEE_CERTIFICATES),
}
AUDITING = EVERYBODY | {
    *(Act.SEE_ROOT, Act.SEE_LEDGER, Act.EXPORT_LEDGER, Act.HAND_IN_CHECK),
    *(Act.SEE_SCHEDULE, Act.SEE_HOLDS, Act.SEE_RETENTION, Act.SEE_CERTIFICATES),
}
TREATING = {
    Act.CHANGE_SCHEDULE,
    *(Act.KEEP_DOCUMENT, Act.CHANGE_TEXTS, Act.RECORD_CONCERN),
    *(Act.SEE_RECOVERIES, Act.AGREE_RECOVERY, Act.SEE_PEOPLE),
}

EXPECTED = {
    Role.CHAIR: READING | TREATING,
    Role.MEMBER: READING | TREATING,
    Role.ALTERNATE: READING | TREATING,
    Role.COUNSEL: READING,
    Role.INVESTIGATOR: EVERYBODY
    | {Act.FETCH_IDENTITY, Act.LIST_CASES, Act.OPEN_CASE, Act.NOTE, Act.TAKE_STEP}
    | {Act.SEE_OWN_KEY, Act.MAKE_KEY},
    Role.SECRETARY: EVERYBODY
    | {Act.FETCH_IDENTITY, Act.SEE_STATISTICS, Act.SEE_TEXTS, Act.SEE_CHARTER}
    | {Act.RECORD_CHARTER, Act.KEEP_DOCUMENT, Act.SEE_SCHEDULE},
    Role.RETENTION_AUDITOR: AUDITING,
    Role.ADMINISTRATOR: EVERYBODY | {Act.SEE_SIGN_INS, Act.CHANGE_SIGN_INS},
    Role.CANDIDATE: EVERYBODY | {Act.SEE_OWN_KEY, Act.MAKE_KEY},
}


@pytest.mark.parametrize(("role", "act"), list(itertools.product(Role, Act)))
def test_each_role_may_do_each_act_exactly_as_written_here(role: Role, act: Act) -> None:
    assert may(role, act) is (act in EXPECTED[role])


def test_every_role_has_a_row() -> None:
    assert set(TABLE) == set(Role)


def test_only_people_with_a_key_open_anything() -> None:
    opening = {Act.OPEN_CASE, Act.LIST_CASES, Act.REPLY, Act.NOTE, Act.TAKE_STEP}
    assert {role for role in Role if TABLE[role] & opening} == READERS | {Role.INVESTIGATOR}


def test_an_investigator_never_writes_to_the_submitter_and_decides_nothing_of_who_reads() -> None:
    beyond = {Act.REPLY, Act.RECUSE, Act.GIVE_CASE_KEY, Act.SHARE_CASE, Act.RELEASE_CASE}
    beyond |= {
        Act.TAKE_COPY,
        Act.EXPORT_CASE,
        Act.SEE_ROOT,
        Act.SEE_STATISTICS,
        Act.SEE_TEXTS,
        Act.SEE_CHARTER,
    }
    assert not TABLE[Role.INVESTIGATOR] & beyond
    assert Act.MAKE_KEY in STEP_UP


def test_only_the_retention_auditor_sees_and_takes_away_the_ledger() -> None:
    of_the_ledger = {Act.SEE_LEDGER, Act.EXPORT_LEDGER, Act.HAND_IN_CHECK}
    found = {role for role in Role if TABLE[role] & of_the_ledger}
    assert found == {Role.RETENTION_AUDITOR}


def test_the_retention_auditor_reaches_no_case() -> None:
    of_cases = {Act.FETCH_IDENTITY, Act.LIST_CASES, Act.OPEN_CASE, Act.NOTE, Act.REPLY}
    assert not TABLE[Role.RETENTION_AUDITOR] & (of_cases | {Act.TAKE_STEP})


def test_the_administrator_reaches_no_case_and_nobody_else_the_sign_ins() -> None:
    """Attack: the person who attaches sign-ins reads what they open."""
    of_cases = {Act.FETCH_IDENTITY, Act.LIST_CASES, Act.OPEN_CASE, Act.NOTE, Act.REPLY}
    assert not TABLE[Role.ADMINISTRATOR] & (of_cases | {Act.TAKE_STEP, Act.SEE_ROOT})
    of_sign_ins = {Act.SEE_SIGN_INS, Act.CHANGE_SIGN_INS}
    assert {role for role in Role if TABLE[role] & of_sign_ins} == {Role.ADMINISTRATOR}


def test_what_exports_or_changes_keys_or_sign_ins_wants_to_know_who_is_there() -> None:
    told = {Act.EXPORT_LEDGER, Act.CHANGE_OWN_SIGN_INS, Act.CHANGE_SIGN_INS, Act.GO_ON_CONFIRMED}
    assert told | {Act.MAKE_KEY} <= STEP_UP
    # Whoever is asked must be able to answer, and whoever ends a login must not be kept from it.
    assert not STEP_UP & {Act.CONFIRM, Act.SIGN_OUT, Act.STAY_SIGNED_IN, Act.SEE_OWN_SIGN_INS}


def test_an_invitation_opens_nothing_but_the_own_sign_ins() -> None:
    assert INVITED < EVERYBODY
    assert not INVITED & {Act.SEE_HOME, Act.READ_ROSTER}


def test_the_table_cannot_be_changed_while_the_program_runs() -> None:
    with pytest.raises(TypeError):
        TABLE[Role.SECRETARY] = frozenset(Act)  # type: ignore[index]


def test_the_page_of_roles_is_what_the_table_says() -> None:
    page = Path(__file__).resolve().parents[2] / "docs/roles.md"
    assert page.read_text(encoding="utf-8") == reference.roles_page()
