"""What holds for every book, however odd."""

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review.charter.clauses import default_charter, load_charter
from review.charter.engine import BUILT, assess
from review.charter.findings import Assessment, Severity, Standing, Status
from review.charter.located import Json
from tests.review.charter import odd_books

CHARTER = default_charter()
AS_OF = st.dates(date(2025, 6, 1), date(2028, 6, 1))
Rows = list[dict[str, Json]]


def keys(result: Assessment, severity: Severity) -> set[tuple[object, ...]]:
    return {
        (one.code, one.about, one.period, one.source_class, one.whose, one.since)
        for one in result.findings
        if one.severity is severity
    }


def test_what_ended_a_finding_never_did_so_before_it_began() -> None:
    """A prohibited service that was refused on the day before it was requested."""
    rows: Rows = [
        {
            "type": "service_requested",
            "event_date": "2025-06-02",
            "firm": "h",
            "service": "service-1",
            "fiscal_year": 2025,
            "category": "OTHER",
            "description": "Bookkeeping",
            "prohibited_screen": {"result": "PROHIBITED", "code": "BOOKKEEPING"},
        },
        {
            "type": "pre_approval_refused",
            "event_date": "2025-06-01",
            "services": ["service-1"],
            "decision": {"meeting": "meeting-1", "item": "1"},
        },
    ]
    found = assess(CHARTER, odd_books.book_from(rows), date(2025, 6, 3)).findings
    (blocked,) = (one for one in found if one.code == "P01")
    assert (blocked.since, blocked.until) == (date(2025, 6, 2), date(2025, 6, 2))
    assert blocked.standing is Standing.CLOSED


@settings(max_examples=60, deadline=None)
@given(odd_books.rows(), AS_OF, st.sampled_from(["12-31", "06-30", "02-29"]))
def test_an_odd_book_is_assessed_and_never_stops_the_engine(
    rows: Rows, as_of: date, year_end: str
) -> None:
    result = assess(CHARTER, odd_books.book_from(rows, month_day=year_end), as_of)
    assert result.render()
    assert [leaf.leaf for leaf in result.leaves] == [leaf.id for leaf in CHARTER.leaves]
    for one in result.findings:
        assert one.since <= as_of, one
        assert (one.standing is Standing.CLOSED) == (one.until is not None and one.until <= as_of)
        assert one.severity is not Severity.B or one.standing in (Standing.OPEN, Standing.CLOSED)
        assert one.until is None or one.until >= one.since, one
    open_keys = [
        (f.code, f.about, f.period, f.source_class, f.whose) for f in result.findings if f.is_open
    ]
    assert len(open_keys) == len(set(open_keys))


@settings(max_examples=25, deadline=None)
@given(odd_books.rows(), AS_OF, st.randoms(use_true_random=False))
def test_the_order_of_recording_changes_nothing(
    rows: Rows, as_of: date, chance: random.Random
) -> None:
    book = odd_books.book_from(rows)
    events = list(book.events)
    chance.shuffle(events)
    shuffled = type(book)(
        book.header, tuple(events), book.kept, book.people, book.firms, book.fiscal_year_end,
        book.exchange, book.settings,
    )  # fmt: skip
    assert assess(CHARTER, shuffled, as_of).render() == assess(CHARTER, book, as_of).render()


@settings(max_examples=60, deadline=None)
@given(odd_books.rows(), AS_OF)
def test_outside_what_is_kept_nothing_is_raised(rows: Rows, as_of: date) -> None:
    book = odd_books.book_from(rows, first="2500-01-01")
    result = assess(CHARTER, book, as_of)
    assert {one.code[0] for one in result.findings} <= {"Z"}
    assert {leaf.status for leaf in result.leaves} == {Status.UNKNOWN}


@settings(max_examples=50, deadline=None)
@given(odd_books.rows(), AS_OF, st.integers(1, 200))
def test_a_later_day_never_takes_a_breach_back(rows: Rows, as_of: date, days: int) -> None:
    """An opened breach stays in the result, closed or not."""
    rows = [row for row in rows if row["type"] not in REWRITE]
    book = odd_books.book_from(rows)
    before = assess(CHARTER, book, as_of)
    after = assess(CHARTER, book, as_of + timedelta(days=days))
    lost = keys(before, Severity.B) - keys(after, Severity.B)
    assert lost == set()


# Judgements and conclusions decide about what was; they may end it as of its first day.
REWRITE = {"judgement_recorded"}


@settings(max_examples=60, deadline=None)
@given(odd_books.rows(most=12), AS_OF, odd_books.DAYS)
def test_an_unrelated_record_changes_no_other_finding(rows: Rows, as_of: date, day: str) -> None:
    other: dict[str, Json] = {
        "type": "advisor_engaged",
        "event_date": day,
        "advisor": "advisor-new",
        "kind": "COUNSEL",
        "independent_of_management": True,
        "decision": {"meeting": "meeting-1", "item": "1"},
    }
    before = assess(CHARTER, odd_books.book_from(rows), as_of)
    after = assess(CHARTER, odd_books.book_from([*rows, other]), as_of)
    news = [one for one in after.findings if one.about != f"e{len(rows)}"]
    assert news == list(before.findings)


def said(result: Assessment) -> tuple[object, ...]:
    """What an assessment says, beside which book it is of."""
    return (result.findings, result.occurrences, result.leaves)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(odd_books.rows(most=12), AS_OF, st.lists(st.integers(0, 30), max_size=4))
def test_what_is_recorded_later_changes_nothing_that_was_known(
    rows: Rows, as_of: date, places: list[int]
) -> None:
    """New records, records that replace others and withdrawals, all recorded the day after."""
    after = str(as_of + timedelta(days=1))
    known: Rows = [{**row, "recorded_at": str(row["event_date"])} for row in rows]
    known = [row for row in known if str(row["event_date"]) <= str(as_of)]
    later: Rows = [{**row, "recorded_at": after} for row in known[:3]]
    later = [{**row, "supersedes": f"e{n}"} if n % 2 else row for n, row in enumerate(later)]
    later += [
        {"type": "record_withdrawn", "event_date": str(known[n]["event_date"]),
         "recorded_at": after, "reason": "it did not happen", "supersedes": f"e{n}"}
        for n in sorted(set(places))
        if 3 <= n < len(known)
    ]  # fmt: skip
    then = said(assess(CHARTER, odd_books.book_from(known), as_of))
    assert said(assess(CHARTER, odd_books.book_from([*known, *later]), as_of)) == then


@settings(max_examples=25, deadline=None, derandomize=True)
@given(odd_books.rows(most=12), AS_OF, st.integers(0, 30))
def test_a_withdrawal_takes_a_record_away_from_the_day_it_is_recorded(
    rows: Rows, as_of: date, place: int
) -> None:
    """The past changes by it alone, for those who know of it, and both records stay."""
    known = [row for row in rows if str(row["event_date"]) <= str(as_of)]
    if not known:
        return
    n, after = place % len(known), as_of + timedelta(days=1)
    gone: dict[str, Json] = {
        "type": "record_withdrawn", "event_date": str(known[n]["event_date"]),
        "recorded_at": str(after), "reason": "it did not happen", "supersedes": f"e{n}",
    }  # fmt: skip
    book = odd_books.book_from([*known, gone])
    never = odd_books.book_from(known)
    rest = tuple(event for event in never.events if event.id != f"e{n}")
    without = replace(never, events=rest)
    now = assess(CHARTER, book, as_of, after)
    assert said(assess(CHARTER, book, as_of)) == said(assess(CHARTER, never, as_of))
    told = [one for one in now.findings if one.about != f"e{len(known)}"]
    assert told == list(assess(CHARTER, without, as_of, after).findings)
    assert {event.id for event in book.events} >= {f"e{n}", f"e{len(known)}"}


@pytest.mark.parametrize("leaf", CHARTER.leaves, ids=lambda leaf: leaf.id)
def test_a_leaf_without_a_rule_says_so(leaf: object) -> None:
    name = getattr(leaf, "id", "")
    result = assess(CHARTER, odd_books.book_from([]), date(2026, 6, 1))
    status = next(one for one in result.leaves if one.leaf == name)
    assert (status.status is Status.UNKNOWN) == (name not in BUILT)
    assert bool(status.reason) == (status.status is Status.UNKNOWN)


SETTING = st.sampled_from(
    [
        ("quorum", 4), ("quorum", "MAJORITY"), ("meetings_per_year", 52), ("overlay_off", ["L-04"]),
        ("annual_mode", "ROLLING_12M"), ("unpaid_days", [0, 1, 2]), ("channel_test_days", 0),
        ("stockholder_ratification", False), ("pre_approval_valid_months", 1),
    ]
)  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(odd_books.rows(), AS_OF, st.lists(st.tuples(SETTING, odd_books.DAYS), max_size=5))
def test_no_decision_of_the_owner_stops_the_engine(
    rows: Rows, as_of: date, changes: list[tuple[tuple[str, Json], str]]
) -> None:
    more: Rows = [
        {"type": "setting_changed", "event_date": day, "key": key, "value": value}
        for (key, value), day in changes
    ]
    withdrawn: Rows = [
        {"type": "record_withdrawn", "event_date": "2026-01-01", "reason": "no", "supersedes": "e0"}
    ]
    book = odd_books.book_from([*rows, *more, *withdrawn])
    assert assess(CHARTER, book, as_of).render()


@settings(max_examples=30, deadline=None)
@given(odd_books.rows(), AS_OF)
def test_another_charter_hears_of_its_own_leaves_only(rows: Rows, as_of: date) -> None:
    other = load_charter(
        'format = "underrose-charter/1"\ncompany = "A"\ntitle = "B"\n'
        '[[clauses]]\nid = "MT-1"\nkind = "DUTY"\ntext = "meet"\nmeaning = "meet"\n'
        '[[leaves]]\nid = "MT-1.1"\nclause = "MT-1"\nname = "meet"\nkind = "PERIODIC"\n'
        'due = "yearly"\nactor = ["COMMITTEE"]\nclass = ["CHARTER"]\ncodes = ["N01", "N02"]\n'
    )
    result = assess(other, odd_books.book_from(rows), as_of)
    assert [leaf.leaf for leaf in result.leaves] == ["MT-1.1"]
    assert {one.leaf for one in result.findings} <= {"MT-1.1"}
    assert {one.leaf for one in result.occurrences} <= {"MT-1.1"}
