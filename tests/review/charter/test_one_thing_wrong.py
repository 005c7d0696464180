"""A good book with one thing wrong: exactly what follows from that is found, and nothing else.

Each case changes the years of tests/review/charter/good_years.py in one place. What is compared is
every finding that the unchanged book does not have: a rule that fires beside the point fails too.
"""

import re
from collections.abc import Callable
from datetime import date

import pytest

from review.charter.clauses import default_charter
from review.charter.engine import assess
from review.charter.findings import Finding
from review.charter.located import Json
from tests.review.charter.good_years import MEMBERS, Event, book_of, good_events
from tests.stories.charter.shifting import changed, in_time

CHARTER = default_charter()
Change = Callable[[list[Event]], list[Event]]
YEARS = re.compile(r"20[0-9]{2}")


def found(rows: list[Event], as_of: str, first: int = 2026) -> set[tuple[str, str, str]]:
    result = assess(CHARTER, book_of(rows, first), date.fromisoformat(as_of))
    return {_short(one) for one in result.findings}


def _short(one: Finding) -> tuple[str, str, str]:
    until = f"-{one.until}" if one.until else ""
    return (one.code + one.severity, one.about, f"{one.since}{until}")


def matches(event: Event, kind: str, wanted: dict[str, Json]) -> bool:
    return event["type"] == kind and all(event.get(n) == value for n, value in wanted.items())


def drop(kind: str, /, **wanted: Json) -> Change:
    return lambda rows: [event for event in rows if not matches(event, kind, wanted)]


def alter(kind: str, wanted: dict[str, Json], /, **fields: Json) -> Change:
    def change(rows: list[Event]) -> list[Event]:
        assert any(matches(event, kind, wanted) for event in rows)
        return [{**e, **fields} if matches(e, kind, wanted) else e for e in rows]

    return change


def add(kind: str, day: str, /, **fields: Json) -> Change:
    return lambda rows: [*rows, {"type": kind, "event_date": day, **fields}]


def all_of(*changes: Change) -> Change:
    def change(rows: list[Event]) -> list[Event]:
        for one in changes:
            rows = one(rows)
        return rows

    return change


def at(day: str, item: str = "1") -> Json:
    return {"meeting": f"m-{day}", "item": item}


def attended(*people: tuple[str, str]) -> Json:
    return [{"person": person, "as": role} for person, role in people]


def partner(first: int, after: int) -> Change:
    """Somebody serves as another audit partner for some years."""
    return all_of(
        *(
            add(
                "partner_served",
                f"{year}-03-20",
                person="cfo",
                firm="h",
                fiscal_year=year,
                role="OTHER_AP",
            )
            for year in range(first, after)
        )
    )


def taxed(fee: str) -> Change:
    """The firm's tax work costs this much, beside an audit for 400000."""
    tax: dict[str, Json] = {"invoice": "i-tax-2027"}
    return all_of(
        alter("invoice_received", tax, amount=fee),
        alter("invoice_paid", tax, amount=fee),
        alter("pre_approval_given", {"pre_approval": "pa-tax-2027"}, cap="900000"),
    )


def report(*members: str, day: str = "2027-04-01") -> Change:
    """The committee's report for 2026, in the names of these."""
    return add("committee_report_made", day, fiscal_year=2026, filing="p-2026",
               members=list(members), statements=["A", "B", "C", "D"])  # fmt: skip


def silent(*days: str) -> Change:
    """The meetings of these days have no item on compliance."""
    items: list[Json] = [{"item": str(n), "title": "x", "clauses": ["R-2"], "outcome": "APPROVED",
                          "vote": {"for": list(MEMBERS)}} for n in (1, 2)]  # fmt: skip
    return all_of(*(alter("meeting_held", {"meeting": f"m-{day}"}, items=items) for day in days))


STAFF = (("cfo", "MANAGEMENT"), ("head", "INTERNAL_AUDITOR"))
ALL = tuple((person, "MEMBER") for person in MEMBERS)
LEAD = ("lead5", "FIRM")
Row = tuple[str, Change, str, set[tuple[str, str, str]]]
E27 = {"engagement": "en-2027"}
CASES: list[Row] = [
    ("no firm was selected", drop("firm_selected", engagement="en-2027"), "2027-04-30",
     {("A01H", "committee", "2027-04-02")}),
    ("the letter came after work began",
     alter("engagement_agreed", dict(E27), event_date="2027-04-20"), "2027-04-30",
     {("A02B", "en-2027", "2027-04-06-2027-04-20")}),
    ("the firm was not evaluated", drop("firm_evaluated", fiscal_year=2026), "2027-03-31",
     {("A04W", "h", "2027-02-24")}),
    ("management selected the firm",
     alter("firm_selected", dict(E27), decision={"management": "cfo"}), "2027-04-30",
     {("A06B", "en-2027", "2027-02-23"), ("A01H", "committee", "2027-04-02"),
      ("E05W", "committee", "2027-02-23")}),
    ("the registration was not looked up", drop("firm_verified", event_date="2027-02-23"),
     "2028-03-01", {("A07W", "h", "2027-02-24-2028-02-23")}),
    ("the letter limits liability", alter("engagement_agreed", dict(E27), indemnity_clause=True),
     "2027-03-01", {("A08H", "en-2027", "2027-02-23")}),
    ("the SEC was not told", add("illegal_act_communicated", "2027-06-01", firm="h", to="BOARD",
                                 material=True), "2027-06-30", {("A09B", "h", "2027-06-03")}),
    ("the firm was absent",
     alter("meeting_held", {"meeting": "m-2027-05-04"}, attendance=attended(*ALL, *STAFF)),
     "2027-12-31", {("A10W", "m-2027-05-04", "2027-05-04-2027-08-03")}),
    ("the board heard nothing in May", drop("board_report_made", event_date="2027-05-12"),
     "2027-06-30", {("B01W", "b-2027-05-12", "2027-05-12")}),
    ("nor in August", drop("board_report_made", event_date="2027-05-12"),
     "2027-08-05", {("B01H", "b-2027-05-12", "2027-05-12")}),
    ("a recommendation lies with the board",
     add("recommendation_made", "2027-02-23", recommendation="r", kind="OTHER", text="this",
         decision=at("2027-02-23")), "2027-12-31", {("B02H", "r", "2027-11-10")}),
    ("the committee was not evaluated", drop("committee_evaluated", fiscal_year=2027),
     "2027-12-31", {("E01W", "committee", "2027-11-03"), ("E01B", "committee", "2027-12-31")}),
    ("the charter was not assessed", drop("charter_reviewed", event_date="2027-11-02"),
     "2027-12-30", {("E02W", "committee", "2027-11-03")}),
    ("the charter is not posted",
     add("charter_adopted", "2027-05-12", version=CHARTER.sha256, effective="2027-06-01",
         board_meeting="b-2027-05-12"), "2027-06-30", {("E03W", "committee", "2027-06-01")}),
    ("the review of the statements is not on record",
     drop("statements_reviewed", fiscal_year=2026), "2027-03-31",
     {("F02B", "k-2026", "2027-03-15"), ("F08B", "k-2026", "2027-03-15"),
      ("E05W", "committee", "2027-03-15")}),
    ("and the 10-K is owed", all_of(drop("statements_reviewed", fiscal_year=2026),
                                    drop("filing_made", filing="k-2026")), "2027-03-30",
     {("F01H", "committee", "2027-03-21")}),
    ("a significant deficiency grows old",
     add("audit_finding_reported", "2026-12-08", audit_finding="sd", source="FIRM", severity="SD",
         in_writing=True), "2027-12-31",
     {("G03H", "sd", "2027-02-23"), ("G05W", "sd", "2027-05-04"), ("G06H", "sd", "2027-12-09")}),
    ("the channel was not tested", drop("channel_tested", event_date="2027-07-10"), "2027-12-31",
     {("K09W", "web", "2027-08-19-2027-08-20")}),
    ("the procedures were not reviewed",
     drop("complaint_procedures_adopted", event_date="2027-08-03"), "2027-12-31",
     {("K10W", "cp-2026", "2027-08-04")}),
    ("the firm asks and waits", add("firm_inquiry_received", "2027-01-20", inquiry="q", firm="h",
                                    fiscal_year=2026, asked_of="CHAIR"), "2027-03-01",
     {("K11W", "q", "2027-01-20")}),
    ("until its report", add("firm_inquiry_received", "2027-01-20", inquiry="q", firm="h",
                             fiscal_year=2026, asked_of="CHAIR"), "2027-03-12",
     {("K11H", "q", "2027-01-20")}),
    ("the plan was reviewed in December",
     alter("audit_plan_reviewed", {"plan": "plan-2027"}, event_date="2027-12-07",
           decision=at("2027-12-07")), "2027-12-31",
     {("L01W", "plan-2027", "2027-08-03-2027-12-07"),
      ("L04W", "plan-2027", "2027-10-05-2027-12-07")}),
    ("the plan was never reviewed", drop("audit_plan_reviewed", plan="plan-2027"), "2028-03-12",
     {("L01B", "plan-2027", "2027-08-03"), ("L04W", "plan-2027", "2027-10-05"),
      ("E05W", "committee", "2027-08-03")}),
    ("a changed plan was passed over",
     add("audit_plan_presented", "2027-09-01", plan="plan-2027-2", firm="h", fiscal_year=2027,
         version=2, contents=["STRATEGY"], change_reason="a purchase"), "2027-11-30",
     {("L02H", "plan-2027-2", "2027-11-02")}),
    ("resources were not minuted",
     alter("audit_plan_reviewed", {"plan": "plan-2027"}, covers=["SCOPE"]), "2027-11-30",
     {("L03W", "plan-2027", "2027-08-03")}),
    ("the board did not determine anew",
     drop("board_determination", event_date="2027-05-12", person="bo"), "2027-12-31",
     {("M04H", "bo", "2027-05-13")}),
    ("a member was the controller until 2025",
     add("independence_event", "2026-06-01", person="cy", kind="PREPARED_STATEMENTS",
         ended_on="2025-03-31", within_control=False), "2027-12-31",
     {("M06B", "cy", "2026-06-01")}),
    ("the exception is used for the chair",
     add("exception_relied_on", "2027-05-12", person="ana", reason="rare",
         board_meeting="b-2027-05-12"), "2027-12-31", {("M11B", "ana", "2027-05-12")}),
    ("a member missed two of five", all_of(*(
        alter("meeting_held", {"meeting": f"m-2027-{day}"},
              attendance=attended(*ALL[:2], *STAFF, LEAD)) for day in ("05-04", "11-02"))),
     "2027-12-31", {("M12W", "cy", "2027-12-31")}),
    ("management was never met alone", all_of(*(
        alter("meeting_held", {"meeting": f"m-2027-{day}"}, executive_sessions=[])
        for day in ("02-23", "05-04", "08-03", "11-02", "12-07"))), "2027-12-31",
     {("N05aH", "MANAGEMENT", "2027-06-08"), ("N05bH", "INTERNAL_AUDITOR", "2027-06-08"),
      ("N05cH", "FIRM", "2027-06-08")}),
    ("there are no minutes", alter("meeting_held", {"meeting": "m-2027-05-04"}, evidence=[]),
     "2027-07-01", {("N06W", "m-2027-05-04", "2027-06-04")}),
    ("nor at the next meeting", alter("meeting_held", {"meeting": "m-2027-05-04"}, evidence=[]),
     "2027-08-03", {("N06W", "m-2027-05-04", "2027-06-04"), ("N06H", "m-2027-05-04", "2027-08-03")}
     - {("N06W", "m-2027-05-04", "2027-06-04")}),
    ("a consent lacks a signature",
     add("consent_signed", "2027-06-01", consent="c", text="this",
         signatures=[{"person": "ana", "on": "2027-06-01"}]), "2027-06-30",
     {("N08B", "c", "2027-06-01")}),
    ("a member approved alone",
     alter("pre_approval_given", {"pre_approval": "pa-tax-2027"}, decision={"delegate": "bo"}),
     "2027-04-30",
     {("P04B", "pa-tax-2027", "2027-02-23"), ("P02B", "s-tax-2027", "2027-04-06"),
      ("P11B", "s-tax-2027", "2027-04-06"), ("E05W", "committee", "2027-02-23")}),
    ("the bill reaches the cap",
     alter("pre_approval_given", {"pre_approval": "pa-tax-2027"}, cap="33333"), "2027-07-31",
     {("P06W", "pa-tax-2027", "2027-06-01")}),
    ("the bill is above the cap",
     alter("pre_approval_given", {"pre_approval": "pa-tax-2027"}, cap="29999.99"), "2027-07-31",
     {("P06H", "pa-tax-2027", "2027-06-01")}),
    ("a package was not complete",
     alter("service_requested", {"service": "s-tax-2027"}, internal_control_related=True),
     "2027-03-31", {("P09B", "s-tax-2027", "2027-02-23"), ("E05W", "committee", "2027-02-23")}),
    ("an invoice belongs to nothing",
     add("invoice_received", "2027-06-01", invoice="i-x", amount="5", fiscal_year=2027,
         **{"from": "h"}), "2027-06-20", {("P15H", "i-x", "2027-06-01")}),
    ("the quality-control report was not reviewed",
     drop("quality_control_report_reviewed", quality_control_report="qc-2027"), "2027-12-31",
     {("Q01W", "h", "2027-08-04"), ("Q01B", "h", "2027-12-31"),
      ("E05W", "committee", "2027-12-31")}),
    ("the report looks back four years",
     alter("quality_control_report_received", {"quality_control_report": "qc-2027"},
           lookback_from="2022-07-01"), "2027-12-31", {("Q02W", "qc-2027", "2027-08-03")}),
    ("an issue has no steps",
     alter("quality_control_report_received", {"quality_control_report": "qc-2027"},
           issues=[{"issue": "one", "steps": False}]), "2027-12-31",
     {("Q03H", "qc-2027", "2027-08-03")}),
    ("the PCAOB's report waits", add("inspection_report_published", "2027-01-11", firm="h",
                                     number="104-2027", year=2027), "2027-12-31",
     {("Q04W", "h", "2027-04-12")}),
    ("an advisor works for management",
     add("advisor_engaged", "2027-02-23", advisor="x", kind="COUNSEL", decision=at("2027-02-23"),
         independent_of_management=False), "2027-03-31", {("V04H", "x", "2027-02-23")}),
    ("an attorney's report is not logged",
     add("attorney_report_received", "2027-02-23", attorney_report="ar", logged=False),
     "2027-03-31", {("K13H", "e", "2027-02-23")}),
    ("nobody determined that a new member reads statements",
     all_of(add("seat_began", "2027-06-01", person="head", body="COMMITTEE", role="MEMBER"),
            add("board_determination", "2027-06-01", person="head", tests=["N5605a2", "R10A3"],
                result="MET", board_meeting="b-2027-05-12")),
     "2027-06-30", {("M07H", "head", "2027-06-01")}),
    ("the certification to the exchange became untrue",
     all_of(add("seat_ended", "2027-06-01", person="cy", body="COMMITTEE", reason="RESIGNED"),
            add("exchange_certification_made", "2026-02-02", kind="FILED")),
     "2027-06-01", {("M01B", "committee", "2027-06-01"), ("M01H", "committee", "2027-06-01"),
                    ("M13H", "committee", "2027-06-01")}),
    ("another partner's seventh year", partner(2021, 2028), "2027-04-30",
     {("R04H", "cfo", "2027-03-20")}),
    ("another partner's eighth year", partner(2020, 2028), "2027-04-30",
     {("R04H", "cfo", "2026-03-20-2027-03-15"), ("R04B", "cfo", "2027-03-20")}),
    ("another partner is back after one year away",
     all_of(partner(2018, 2025), partner(2026, 2027)), "2026-04-30",
     {("R04B", "cfo", "2026-03-20")}),
    ("another partner is back after two years away",
     all_of(partner(2017, 2024), partner(2026, 2027)), "2026-04-30", set()),
    ("other fees just below a quarter of the audit's", taxed("99999"), "2027-12-31", set()),
    ("other fees a quarter of the audit's", taxed("100000"), "2027-12-31",
     {("P14I", "h", "2027-06-01")}),
    ("other fees half of the audit's", taxed("200000"), "2027-12-31",
     {("P14W", "h", "2027-06-01")}),
    ("other fees as high as the audit's, before the year is over", taxed("400000"), "2027-12-30",
     {("P14W", "h", "2027-06-01")}),
    ("other fees as high as the audit's", taxed("400000"), "2027-12-31",
     {("P14H", "h", "2027-06-01")}),
    ("the report names somebody who does not serve", report("ana", "bo", "head"), "2027-04-30",
     {("F08B", "p-2026", "2027-04-01")}),
    ("the report names who serves", report("ana", "bo", "cy"), "2027-04-30", set()),
    ("a corrected report follows", all_of(report("ana", "bo", "head"),
                                          report("ana", "bo", "cy", day="2027-04-20")),
     "2027-04-30", {("F08B", "p-2026", "2027-04-01-2027-04-20")}),
    ("two meetings without compliance", silent("2027-08-03", "2027-11-02"), "2027-11-30",
     {("E06W", "committee", "2027-11-02")}),
    ("one meeting without compliance", silent("2027-08-03"), "2027-11-30", set()),
    ("no meeting for more than 120 days", drop("meeting_held", meeting="m-2027-08-03"),
     "2027-09-02", {("N07W", "committee", "2027-09-02"), ("N01I", "committee", "2027-08-04"),
                    ("K10W", "cp-2026", "2027-08-04"), ("Q01W", "h", "2027-08-04")}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "change", "as_of", "expected"), CASES, ids=[c[0] for c in CASES])
def test_exactly_what_follows_is_found(
    name: str, change: Change, as_of: str, expected: set[tuple[str, str, str]]
) -> None:
    rows = good_events(2026, 3)
    # The added event has the last number; its name is not what is tested.
    last = f"e{len(rows)}"
    news = found(change(rows), as_of) - found(rows, as_of)
    assert {tuple("e" if part == last else part for part in one) for one in news} == expected, name


@pytest.mark.parametrize(("name", "change", "as_of", "expected"), CASES, ids=[c[0] for c in CASES])
def test_the_same_follows_twenty_eight_years_later(
    name: str, change: Change, as_of: str, expected: set[tuple[str, str, str]]
) -> None:
    """Every day is the same day of the week then; nothing is fitted to a year."""

    def later(rows: list[Event]) -> list[Event]:
        moved = changed(list(rows), in_time(lambda day: day.replace(year=day.year + 28), 28))
        assert isinstance(moved, list)
        return [row for row in moved if isinstance(row, dict)]

    rows = good_events(2026, 3)
    last, day = f"e{len(rows)}", f"{int(as_of[:4]) + 28}{as_of[4:]}"
    news = found(later(change(rows)), day, 2054) - found(later(rows), day, 2054)
    moved = {
        tuple("e" if part == last else YEARS.sub(_earlier, part) for part in one) for one in news
    }
    assert moved == expected, name


def _earlier(found: re.Match[str]) -> str:
    """A year as it was before; what an entity is called stays."""
    return str(int(found[0]) - 28) if int(found[0]) > 2040 else found[0]


def test_a_contingent_fee_takes_the_firms_independence_and_what_rests_on_it() -> None:
    rows = alter("invoice_received", {"invoice": "i-tax-2027"}, contingent=True)(
        good_events(2026, 3)
    )
    news = found(rows, "2028-03-31") - found(good_events(2026, 3), "2028-03-31")
    assert {one[0] for one in news} == {"P16B", "F07B", "F02B", "F08B", "E05W"}
    assert {one[1] for one in news if one[0] == "F07B"} == {"q-2027-2", "q-2027-3"}


def test_the_law_watch_fires_on_sas_61_today() -> None:
    result = assess(CHARTER, book_of(good_events()), date(2026, 6, 1))
    watch = next(one for one in result.findings if one.code == "E04")
    assert "SAS 61 is superseded by AS 1301" in watch.sentence


def test_evidence_without_a_hash_is_seen() -> None:
    rows = alter(
        "fee_set", {"engagement": "en-2027"}, evidence=[{"kind": "RES", "title": "Resolution"}]
    )(good_events(2026, 3))
    news = found(rows, "2027-03-01") - found(good_events(2026, 3), "2027-03-01")
    assert {one[0] for one in news} == {"Z02W"}


@pytest.mark.parametrize(
    ("exchange", "expected"),
    [
        ("NASDAQ", {("CHARTER", "B", "OPEN"), ("LISTING", "H", "IN_CURE")}),
        ("NYSE", {("CHARTER", "B", "OPEN"), ("LISTING", "H", "JUDGEMENT")}),
        ("NONE", {("CHARTER", "B", "OPEN")}),
    ],
)
def test_only_a_listed_company_has_a_listing_and_only_nasdaqs_cure_is_known(
    exchange: str, expected: set[tuple[str, str, str]]
) -> None:
    rows = add("seat_ended", "2027-06-01", person="cy", body="COMMITTEE", reason="RESIGNED")(
        good_events(2026, 3)
    )
    book = book_of(rows)
    book = type(book)(
        book.header, book.events, book.kept, book.people, book.firms, book.fiscal_year_end,
        exchange, book.settings,
    )  # fmt: skip
    result = assess(CHARTER, book, date(2027, 6, 30))
    found = [one for one in result.findings if one.code == "M01"]
    assert {(one.source_class, str(one.severity), str(one.standing)) for one in found} == expected


def test_a_cure_without_a_known_meeting_ends_after_a_year() -> None:
    rows = [e for e in good_events(2026, 2) if not str(e["type"]).startswith("stockholder")]
    rows = add("seat_ended", "2026-06-01", person="cy", body="COMMITTEE", reason="RESIGNED")(rows)
    for day, expected in ((date(2027, 6, 1), "IN_CURE"), (date(2027, 6, 2), "OPEN")):
        result = assess(CHARTER, book_of(rows), day)
        listing = [
            str(one.standing)
            for one in result.findings
            if one.code == "M01" and one.source_class == "LISTING"
        ]
        assert listing == [expected]
