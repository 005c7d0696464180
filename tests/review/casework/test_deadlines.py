"""Every clock of a case, on the day before, on and after each of its days."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.casework import clocks
from review.casework.codes import Severity
from review.casework.deadlines import (
    Clock,
    ClockSettings,
    FeedbackMode,
    History,
    Reading,
    Standing,
    check_days,
    days_open,
    feedback_by,
    may_alternate_open,
    read_clocks,
    readings,
)

DEFAULTS = ClockSettings()
ANY = st.dates()
MAYBE = st.none() | ANY
HISTORIES = st.builds(
    History,
    received=ANY,
    opened=MAYBE,
    acknowledged=MAYBE,
    triaged=MAYBE,
    severity=st.sampled_from(Severity),
    classified=MAYBE,
    officer_is_subject=st.booleans(),
    escalated=MAYBE,
    noticed=MAYBE,
    asked=MAYBE,
    answered=MAYBE,
    fed_back=MAYBE,
    closed=MAYBE,
    protected_steps=st.lists(ANY, max_size=2).map(tuple),
    checks=st.lists(ANY, max_size=3).map(tuple),
    next_meeting=MAYBE,
)


def reading(history: History, clock: Clock, settings: ClockSettings = DEFAULTS) -> Reading:
    found = [one for one in readings(history, settings) if one.clock is clock]
    assert len(found) == 1, clock
    return found[0]


def d(text: str) -> date:
    return date.fromisoformat(text)


# Received on Friday 20 November 2026; Thursday 26 November is Thanksgiving.
RECEIVED = d("2026-11-20")


def test_the_acknowledgement_is_due_on_the_seventh_day_and_warns_from_the_sixth() -> None:
    found = reading(History(RECEIVED), Clock.ACKNOWLEDGEMENT)
    assert (found.warn_from, found.due) == (d("2026-11-26"), d("2026-11-27"))
    assert [found.on(d(f"2026-11-{day}")) for day in (25, 26, 27, 28)] == [
        Standing.AHEAD,
        Standing.SOON,
        Standing.SOON,
        Standing.LATE,
    ]


def test_what_is_done_on_the_due_day_is_in_time_and_a_day_later_is_late() -> None:
    for day, standing in (("2026-11-27", Standing.DONE), ("2026-11-28", Standing.DONE_LATE)):
        found = reading(History(RECEIVED, acknowledged=d(day)), Clock.ACKNOWLEDGEMENT)
        assert found.on(d(day)) is standing
        assert found.on(d(day) - timedelta(days=1)) is not standing


def test_an_unopened_case_warns_after_three_days_and_the_alternate_may_open_it_after_five() -> None:
    found = reading(History(RECEIVED), Clock.UNOPENED)
    assert (found.warn_from, found.due) == (d("2026-11-24"), d("2026-11-25"))
    late = [may_alternate_open(History(RECEIVED), DEFAULTS, d(f"2026-11-{n}")) for n in (25, 26)]
    assert late == [False, True]
    opened = History(RECEIVED, opened=d("2026-11-23"))
    assert not may_alternate_open(opened, DEFAULTS, d("2026-12-24"))


@pytest.mark.parametrize(
    ("severity", "due"),
    [
        (Severity.S1, "2026-11-24"),
        (Severity.S2, "2026-11-27"),
        (Severity.S3, "2026-12-01"),
        (Severity.S4, "2026-12-08"),
        (Severity.S0, "2026-12-08"),
    ],
)
def test_triage_is_counted_in_business_days_from_the_opening(severity: Severity, due: str) -> None:
    """Opened on a Monday; Thanksgiving is no business day."""
    history = History(RECEIVED, opened=d("2026-11-23"), severity=severity)
    assert reading(history, Clock.TRIAGE).due == d(due)


def test_a_critical_case_is_told_to_all_by_the_end_of_the_next_day() -> None:
    history = History(RECEIVED, classified=d("2026-11-28"), severity=Severity.S1)
    assert reading(history, Clock.ESCALATION).due == d("2026-11-29")


def test_a_case_against_an_officer_is_told_like_a_critical_one() -> None:
    history = History(RECEIVED, classified=RECEIVED, severity=Severity.S3, officer_is_subject=True)
    assert reading(history, Clock.ESCALATION).due == d("2026-11-21")


def test_other_cases_are_noticed_in_five_business_days_or_at_the_next_meeting() -> None:
    high = History(RECEIVED, classified=RECEIVED, severity=Severity.S2)
    assert reading(high, Clock.NOTICE).due == d("2026-11-30")
    low = History(RECEIVED, classified=RECEIVED, severity=Severity.S4, next_meeting=d("2027-02-23"))
    assert reading(low, Clock.NOTICE).due == d("2027-02-23")


def test_a_late_acknowledgement_wins_no_time_unless_the_owner_reads_the_law_literally() -> None:
    late = History(RECEIVED, acknowledged=d("2026-12-31"))
    assert feedback_by(late, DEFAULTS, FeedbackMode.CONSERVATIVE) == d("2027-02-27")
    assert feedback_by(late, DEFAULTS, FeedbackMode.LITERAL) == d("2027-03-31")
    never = History(RECEIVED)
    assert feedback_by(never, DEFAULTS, FeedbackMode.LITERAL) == d("2027-02-27")
    early = History(d("2026-11-23"), acknowledged=d("2026-11-30"))
    assert feedback_by(early, DEFAULTS, FeedbackMode.LITERAL) == d("2027-02-28")


def test_feedback_warns_fourteen_days_before() -> None:
    found = reading(History(RECEIVED), Clock.FEEDBACK)
    assert (found.warn_from, found.due) == (d("2027-02-13"), d("2027-02-27"))


def test_a_question_is_reminded_after_fourteen_days_and_left_after_thirty() -> None:
    found = reading(History(RECEIVED, asked=d("2026-12-01")), Clock.QUESTION)
    assert (found.warn_from, found.due) == (d("2026-12-15"), d("2026-12-31"))


def test_closing_ageing_and_the_look_back_of_the_sec_run_from_the_receipt() -> None:
    history = History(RECEIVED)
    assert reading(history, Clock.CLOSURE).due == d("2027-01-04")
    assert reading(history, Clock.AGEING).due == d("2027-02-18")
    marker = reading(history, Clock.SEC_MARKER)
    assert marker.due == d("2027-03-20")
    assert marker.on(d("2027-03-21")) is Standing.PASSED


def test_retaliation_is_looked_for_five_times_after_closing_and_after_each_protected_step() -> None:
    closed = d("2027-01-31")
    assert check_days(closed, DEFAULTS) == tuple(
        map(d, ("2027-03-02", "2027-04-01", "2027-05-01", "2027-07-30", "2028-01-31"))
    )
    history = History(RECEIVED, closed=closed, protected_steps=(d("2026-12-01"),))
    found = [one for one in readings(history, DEFAULTS) if one.clock is Clock.RETALIATION_CHECK]
    assert len(found) == 10
    assert found[0].due == d("2026-12-31")


def test_one_late_check_answers_those_that_were_missed_and_none_that_lies_ahead() -> None:
    closed = d("2027-01-31")
    history = History(RECEIVED, closed=closed, checks=(d("2027-04-15"),))
    found = [one for one in readings(history, DEFAULTS) if one.clock is Clock.RETALIATION_CHECK]
    assert [one.on(d("2027-05-02")) for one in found] == [
        Standing.DONE_LATE,
        Standing.DONE_LATE,
        Standing.DONE,
        Standing.AHEAD,
        Standing.AHEAD,
    ]


def test_every_length_can_be_set() -> None:
    settings = ClockSettings(acknowledge=2, feedback_months=1, closure=10, checks=(5,))
    history = History(RECEIVED, closed=RECEIVED)
    assert reading(history, Clock.ACKNOWLEDGEMENT, settings).due == d("2026-11-22")
    assert reading(history, Clock.FEEDBACK, settings).due == d("2026-12-22")
    assert reading(history, Clock.CLOSURE, settings).due == d("2026-11-30")
    assert len(check_days(RECEIVED, settings)) == 2


def test_the_console_s_two_clocks_are_the_same() -> None:
    for acknowledged in (None, d("2026-11-22"), d("2026-12-31")):
        history = History(RECEIVED, acknowledged=acknowledged)
        assert reading(history, Clock.ACKNOWLEDGEMENT).due == clocks.acknowledge_by(RECEIVED)
        assert reading(history, Clock.FEEDBACK).due == clocks.feedback_by(RECEIVED, acknowledged)


def test_the_days_a_case_was_open_end_with_its_closing() -> None:
    assert days_open(History(RECEIVED), d("2026-11-19")) == 0
    assert days_open(History(RECEIVED), d("2026-11-30")) == 10
    assert days_open(History(RECEIVED, closed=d("2026-11-22")), d("2027-11-30")) == 2


@given(HISTORIES, ANY)
def test_no_history_however_odd_stops_a_clock(history: History, day: date) -> None:
    for one in readings(history, DEFAULTS):
        standing = one.on(day)
        assert (standing in (Standing.DONE, Standing.DONE_LATE)) == (
            one.done is not None and one.done <= day
        )
    assert days_open(history, day) >= 0


@given(HISTORIES, ANY, st.integers(1, 400))
def test_a_clock_that_was_late_is_never_in_time_on_a_later_day(
    history: History, day: date, days: int
) -> None:
    later = date.fromordinal(min(day.toordinal() + days, date.max.toordinal()))
    for one in readings(history, DEFAULTS):
        if one.on(day) in (Standing.LATE, Standing.DONE_LATE):
            assert one.on(later) in (Standing.LATE, Standing.DONE_LATE)
        if one.on(day) is Standing.DONE:
            assert one.on(later) is Standing.DONE


def test_clocks_are_set_by_names_and_numbers() -> None:
    read = read_clocks("closure=60 feedback_mode=LITERAL acknowledge=3")
    assert (read.closure, read.acknowledge, read.ageing) == (60, 3, ClockSettings().ageing)
    assert read.feedback_mode is FeedbackMode.LITERAL
    assert read_clocks("") == ClockSettings()


@pytest.mark.parametrize(
    "text",
    ["closure", "closure=0", "closure=-1", "closure=6.0", "closure=１", "lunch=1", "closure=4000",
     "closure=1 closure=2", "feedback_mode=LATER", "checks=1", "closure=60,ageing=9"],
)  # fmt: skip
def test_what_is_no_setting_of_a_clock_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"names|must be|above"):
        read_clocks(text)


@pytest.mark.parametrize("text", ["acknowledge=8", "unopened=6", "feedback_months=4"])
def test_what_submitters_are_promised_cannot_be_made_slower(text: str) -> None:
    with pytest.raises(ValueError, match="above"):
        read_clocks(text)
